/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TUN_MAKE_H
#define SERIALTUN_TUN_MAKE_H

#include <stdbool.h>

struct owner;
struct tun;

int tun_open(struct tun *tun, const char *name, bool tap);
int tun_create(struct tun *tun, const char *name, bool tap);
int tun_persist(struct tun *tun, const struct owner *owner);
int tun_delete(const char *name);

#endif
