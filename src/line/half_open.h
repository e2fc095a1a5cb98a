/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_HALF_OPEN_H
#define SERIALTUN_HALF_OPEN_H

#include "line/resolver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct half_open - the kernel's tables of TCP connections
 * @ipv4: the table of IPv4; NULL: not available
 * @ipv6: the table of IPv6; NULL: not available
 */
struct half_open {
	FILE *ipv4;
	FILE *ipv6;
};

bool half_open_parse(const char *text, uint16_t port,
		     union resolver_addr *peer);
void half_open_begin(struct half_open *tables);
void half_open_end(struct half_open *tables);
size_t half_open_list(const struct half_open *tables, uint16_t port,
		      union resolver_addr *peers, size_t cap);

#endif
