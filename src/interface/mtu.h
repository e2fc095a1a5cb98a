/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_MTU_H
#define SERIALTUN_MTU_H

#include <stdbool.h>
#include <stdint.h>

/* The least MTU that carries IPv6 (RFC 8200, section 5). */
#define MTU_IPV6_MIN 1280

/* A person who types notices packets that occupy the wire longer than this. */
#define MTU_PACKET_MS_MAX 200

uint32_t mtu_packet_ms(uint32_t rate, uint32_t mtu);
uint32_t mtu_choose(uint32_t rate, bool ipv6);

#endif
