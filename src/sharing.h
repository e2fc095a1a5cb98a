/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SHARING_H
#define SERIALTUN_SHARING_H

#include <stdbool.h>

struct addr;
struct agree;
struct options;
struct privilege_user;
struct sharing;
struct tun;

int sharing_open(struct sharing **sharing, const struct options *options,
		 const struct tun *tun, const struct privilege_user *user);
void sharing_close(struct sharing *sharing);
int sharing_fd(const struct sharing *sharing);
bool sharing_attend(struct sharing *sharing);
void sharing_announce(const struct sharing *sharing);
void sharing_describe(const struct sharing *sharing, struct agree *own);
void sharing_tell_commands(const struct sharing *sharing);

#endif
