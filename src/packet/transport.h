/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TRANSPORT_H
#define SERIALTUN_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct transport - the connection that carries the line
 * @version:   IP version, 4 or 6; 0: the line is neither TCP nor UDP
 * @protocol:  IPPROTO_TCP or IPPROTO_UDP
 * @to:        the peer's address, 4 or 16 bytes
 * @to_port:   the peer's port
 * @from_port: our port
 */
struct transport {
	uint8_t version;
	uint8_t protocol;
	uint8_t to[16];
	uint16_t to_port;
	uint16_t from_port;
};

bool transport_has_answered(uint16_t port, const uint8_t *packet, size_t len);
bool transport_has_sent(const struct transport *transport,
			const uint8_t *packet, size_t len);

#endif
