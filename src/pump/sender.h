/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SENDER_H
#define SERIALTUN_SENDER_H

#include <stdbool.h>
#include <stdint.h>

struct framing;
struct keepalive;
struct port;
struct sender;
struct stats;
struct tun;

/**
 * struct sender_config - what a sender stands between, and what it lets through
 * @tun:       the interface
 * @framing:   how packets travel on the line
 * @keepalive: is told when something was sent
 * @mtu:       bytes of the longest packet that the interface sends
 * @ipv6:      carry IPv6; otherwise such packets are dropped
 *
 * All of it is borrowed for the life of the sender.
 */
struct sender_config {
	const struct tun *tun;
	const struct framing *framing;
	struct keepalive *keepalive;
	uint32_t mtu;
	bool ipv6;
};

struct sender *sender_new(const struct sender_config *config);
void sender_free(struct sender *sender);
int sender_set_port(struct sender *sender, struct port *port);
bool sender_drain(struct sender *sender, uint64_t now_ns);
bool sender_send(struct sender *sender, uint64_t now_ns);
void sender_send_idle(struct sender *sender, uint64_t now_ns);
bool sender_is_paced(const struct sender *sender);
bool sender_is_full(const struct sender *sender);
bool sender_is_stuck(const struct sender *sender);
uint64_t sender_ready_ns(const struct sender *sender);
void sender_get_stats(const struct sender *sender, struct stats *stats);

#endif
