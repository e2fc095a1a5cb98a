/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_EXCHANGE_H
#define SERIALTUN_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

struct events;
struct options;
struct pairing;
struct privilege_user;
struct sharing;
struct tun;

/**
 * struct exchange - what the two ends give each other besides packets
 * @options:       the user's options
 * @events:        event set for the keepers
 * @pairing:       descriptions, and an address for this end; NULL: without
 * @sharing:       the internet for the other end; NULL: without
 * @sharing_woken: the end of the keeper of @sharing is not handled yet
 */
struct exchange {
	const struct options *options;
	struct events *events;
	struct pairing *pairing;
	struct sharing *sharing;
	bool sharing_woken;
};

void exchange_init(struct exchange *exchange, const struct options *options,
		   struct events *events);
int exchange_share(struct exchange *exchange, const struct tun *tun,
		   const struct privilege_user *user);
int exchange_pair(struct exchange *exchange, const struct tun *tun,
		  uint32_t mtu, const struct privilege_user *user);
void exchange_announce(const struct exchange *exchange);
void exchange_wake_sharing(struct exchange *exchange);
void exchange_attend_sharing(struct exchange *exchange, uint64_t now_ns);
void exchange_close(struct exchange *exchange);

#endif
