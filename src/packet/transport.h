/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TRANSPORT_H
#define SERIALTUN_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct transport - the connection that is the line, as its packets show it
 * @version:   4 or 6, of IP; 0: the line is no such connection
 * @protocol:  IPPROTO_TCP or IPPROTO_UDP
 * @to:        the peer's address, 4 or 16 bytes
 * @to_port:   the peer's port
 * @from_port: ours
 */
struct transport {
	uint8_t version;
	uint8_t protocol;
	uint8_t to[16];
	uint16_t to_port;
	uint16_t from_port;
};

bool transport_has_sent(const struct transport *transport,
			const uint8_t *packet, size_t len);

#endif
