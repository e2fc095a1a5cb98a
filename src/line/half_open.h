/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_HALF_OPEN_H
#define SERIALTUN_HALF_OPEN_H

#include "line/resolver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool half_open_parse(const char *text, uint16_t port,
		     union resolver_addr *peer);
size_t half_open_list(uint16_t port, union resolver_addr *peers, size_t cap);

#endif
