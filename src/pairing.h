/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIRING_H
#define SERIALTUN_PAIRING_H

#include "port/port_config.h"

#include <stdbool.h>
#include <stdint.h>

struct agree;
struct link_config;
struct pair;
struct pair_news;
struct pairing;
struct privilege_user;
struct sharing;
struct tun;

/**
 * struct pairing_config - this end of the link
 * @parts: parts of the pairing to use, of enum hello_can
 * @flow:  flow control of the port
 * @link:  the user's options for the interface
 * @tun:   the interface, configured
 * @mtu:   its MTU in bytes
 * @user:  the user of the keeper
 * @use_dns: use the name servers of a peer that shares the internet
 * @sharing: the connection that this end shares, or NULL
 *
 * The pairing borrows @link and @tun for its life.
 */
struct pairing_config {
	unsigned int parts;
	enum port_flow flow;
	const struct link_config *link;
	const struct tun *tun;
	uint32_t mtu;
	const struct privilege_user *user;
	bool use_dns;
	const struct sharing *sharing;
};

int pairing_open(struct pairing **pairing, const struct pairing_config *config);
void pairing_close(struct pairing *pairing);
struct pair *pairing_pair(const struct pairing *pairing);
int pairing_fd(const struct pairing *pairing);
bool pairing_takes_address(const struct pairing *pairing);
bool pairing_has_address(const struct pairing *pairing);
void pairing_begin_port(struct pairing *pairing, uint64_t now_ns);
void pairing_stop_sharing(struct pairing *pairing, uint64_t now_ns);
void pairing_wake(struct pairing *pairing);
void pairing_attend(struct pairing *pairing, uint64_t now_ns);
bool pairing_peer_has_left(const struct pairing *pairing);
bool pairing_has_lost(const struct pairing *pairing);
const struct pair_news *pairing_news(const struct pairing *pairing);
const struct agree *pairing_peer(const struct pairing *pairing);

#endif
