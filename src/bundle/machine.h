/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_MACHINE_H
#define SERIALTUN_MACHINE_H

#include <stdbool.h>

const char *machine_kind(const char *machine);
bool machine_is_own(const char *kind);
unsigned int machine_glibc(const char *libc);
bool machine_has_loader(const char *loaders, const char *loader);
bool machine_is_of_glibc(const char *file);

#endif
