/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_VJ_HEADER_H
#define SERIALTUN_VJ_HEADER_H

#include "packet/header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connections that each end remembers; the usual number (RFC 1144, 3.2.1). */
#define VJ_SLOTS 16

/* IP and TCP headers, each with as many options as possible. */
#define VJ_HEADER_MAX 120

/* The types in the first byte (RFC 1144, section 3.2.2). */
#define VJ_TYPE_MASK	   0xF0
#define VJ_TYPE_IP	   0x40
#define VJ_TYPE_WHOLE	   0x70
#define VJ_TYPE_COMPRESSED 0x80

/* The change mask. */
#define VJ_CHANGE_C 0x40
#define VJ_CHANGE_I 0x20
#define VJ_CHANGE_P 0x10
#define VJ_CHANGE_S 0x08
#define VJ_CHANGE_A 0x04
#define VJ_CHANGE_W 0x02
#define VJ_CHANGE_U 0x01

/* The bits that the special cases use, and those cases. */
#define VJ_CHANGE_NUMBERS \
	(VJ_CHANGE_S | VJ_CHANGE_A | VJ_CHANGE_W | VJ_CHANGE_U)
#define VJ_SPECIAL_I (VJ_CHANGE_S | VJ_CHANGE_W | VJ_CHANGE_U)
#define VJ_SPECIAL_D (VJ_CHANGE_S | VJ_CHANGE_A | VJ_CHANGE_W | VJ_CHANGE_U)

/* The flags that a compressed header can change. */
#define VJ_FLAGS_FREE (HEADER_FLAG_PSH | HEADER_FLAG_URG)

/**
 * struct vj_header - the headers of the last packet of a connection
 * @bytes:    IP header and TCP header, with their options
 * @ip_len:   length of the IP header
 * @len:      length of both; 0: no packet yet
 * @data_len: bytes behind the headers
 */
struct vj_header {
	uint8_t bytes[VJ_HEADER_MAX];
	uint8_t ip_len;
	uint8_t len;
	uint16_t data_len;
};

/**
 * struct vj_counters - TCP packets of one direction
 * @compressed: with a compressed header
 * @whole:      with the whole header, which begins or repairs a connection
 */
struct vj_counters {
	uint64_t compressed;
	uint64_t whole;
};

/**
 * vj_header_tcp() - find the TCP header
 * @header: the headers
 *
 * Return: its first byte
 */
static inline const uint8_t *vj_header_tcp(const struct vj_header *header)
{
	return header->bytes + header->ip_len;
}

bool vj_header_read(struct vj_header *header, const uint8_t *packet,
		    size_t len);
bool vj_header_is_compressible(const struct vj_header *header);
bool vj_header_is_same(const struct vj_header *a, const struct vj_header *b);

#endif
