/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Do the two ends suit each other? The kernel drops what does not concern it
 * without a word, so a link on which frames cross can be as good as dead: both
 * ends have the same address, or addresses of two networks, or one expects the
 * other to be somebody else. Or there is no other end, and what is sent comes
 * back, as it was (a loopback plug) or in shreds (the terminal of a login
 * echoes, and makes two characters of each control character).
 *
 * The first packets tell: their addresses, and those that were sent. With the
 * first one that is as it should be, or when the same has been suggested often
 * enough, the verdict stands, and nobody looks any more.
 *
 * A packet from elsewhere may have been forwarded, and one for elsewhere may be
 * to be forwarded. So an unknown destination counts only in our own network,
 * and an unknown source only as long as there is no other.
 *
 * Pure.
 */
#include "pump/witness.h"
#include "packet/header.h"

#include <string.h>
#include <sys/socket.h>

/* So often has the same to be suggested. */
#define WITNESS_ENOUGH 3

/* As much as this of what was sent is no coincidence, in what is no packet. */
#define WITNESS_SHRED_LEN 16

static struct addr read_addr(int family, const uint8_t *bytes)
{
	struct addr addr = {.family = family, .prefix_len = addr_bits(family)};

	memcpy(addr.bytes, bytes, addr.prefix_len / 8);
	return addr;
}

static bool is_in(const struct addr *addr, const struct addr *network)
{
	struct addr masked = *addr;
	struct addr wanted = addr_network(network);

	masked.prefix_len = network->prefix_len;
	masked = addr_network(&masked);
	return addr_same_host(&masked, &wanted);
}

static bool is_in_one(const struct addr *addr, const struct addr *networks,
		      size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (addr->family == networks[i].family &&
		    is_in(addr, &networks[i]))
			return true;
	return false;
}

static bool is_ours(const struct witness_config *config,
		    const struct addr *addr)
{
	size_t i;

	for (i = 0; i < config->addr_count; i++)
		if (addr_same_host(addr, &config->addrs[i]))
			return true;
	return false;
}

static bool is_link_local(const struct addr *addr)
{
	return addr->family == AF_INET6 && addr->bytes[0] == 0xFE &&
	       (addr->bytes[1] & 0xC0) == 0x80;
}

static bool is_known(const struct witness_config *config,
		     const struct addr *addr)
{
	return is_link_local(addr) ||
	       is_in_one(addr, config->addrs, config->addr_count) ||
	       (config->peer && config->peer->family == addr->family &&
		is_in(addr, config->peer)) ||
	       is_in_one(addr, config->routes, config->route_count);
}

/* Everybody in one of our networks: its last address. */
static bool is_broadcast(const struct witness_config *config,
			 const struct addr *addr)
{
	struct addr next = *addr;
	size_t i;

	if (addr->family != AF_INET)
		return false;
	for (i = 4; i-- > 0;)
		if (++next.bytes[i])
			break;
	return is_in_one(addr, config->addrs, config->addr_count) &&
	       !is_in_one(&next, config->addrs, config->addr_count);
}

static void suggest(struct witness *witness, enum witness_verdict verdict,
		    const struct addr *who)
{
	if (++witness->counts[verdict] < WITNESS_ENOUGH)
		return;
	witness->verdict = verdict;
	witness->who = *who;
}

/**
 * witness_init() - begin to look
 * @witness: filled in
 * @config:  what is known of this end; copied, what it points to is borrowed
 */
void witness_init(struct witness *witness, const struct witness_config *config)
{
	*witness = (struct witness){.config = *config};
}

/**
 * witness_sent() - a packet is sent
 * @witness: the witness
 * @packet:  an IP packet
 * @len:     its length
 */
void witness_sent(struct witness *witness, const uint8_t *packet, size_t len)
{
	const unsigned int at = witness->next;

	if (len > WITNESS_SENT_LEN)
		len = WITNESS_SENT_LEN;
	memcpy(witness->sent[at], packet, len);
	witness->sent_len[at] = len;
	witness->next = (at + 1) % WITNESS_SENT_COUNT;
}

/* Does it begin as something does that was sent? */
static bool was_sent(const struct witness *witness, const uint8_t *packet,
		     size_t len)
{
	size_t looked = len < WITNESS_SENT_LEN ? len : WITNESS_SENT_LEN;
	size_t i;

	for (i = 0; i < WITNESS_SENT_COUNT; i++)
		if (witness->sent_len[i] == looked &&
		    !memcmp(witness->sent[i], packet, looked))
			return true;
	return false;
}

static void judge(struct witness *witness, const struct addr *from,
		  const struct addr *to)
{
	const struct witness_config *config = &witness->config;

	if (is_ours(config, from)) {
		suggest(witness, WITNESS_SAME_ADDRESS, from);
	} else if (config->partial || !addr_is_host(from)) {
		return;
	} else if (!is_known(config, from)) {
		suggest(witness, WITNESS_UNKNOWN_NETWORK, from);
	} else if (addr_is_host(to) && !is_ours(config, to) &&
		   !is_broadcast(config, to) &&
		   is_in_one(to, config->addrs, config->addr_count)) {
		suggest(witness, WITNESS_NOT_OURS, to);
	} else if (!is_link_local(from)) {
		witness->verdict = WITNESS_WELL;
	}
}

/**
 * witness_heard() - a packet came
 * @witness: the witness
 * @packet:  an IP packet that packet_check() calls good
 * @len:     its length
 */
void witness_heard(struct witness *witness, const uint8_t *packet, size_t len)
{
	const bool is_ipv4 = packet[0] >> 4 == 4;
	const int family = is_ipv4 ? AF_INET : AF_INET6;
	const uint8_t *at =
		packet + (is_ipv4 ? HEADER_IPV4_FROM : HEADER_IPV6_FROM);
	const struct addr from = read_addr(family, at);
	const struct addr to = read_addr(family, at + addr_bits(family) / 8);

	if (was_sent(witness, packet, len))
		suggest(witness, WITNESS_ECHO, &from);
	else
		judge(witness, &from, &to);
}

/**
 * witness_garbage() - a frame came that is no packet
 * @witness: the witness
 * @frame:   what there is of it
 * @len:     how much
 */
void witness_garbage(struct witness *witness, const uint8_t *frame, size_t len)
{
	static const struct addr nobody;
	size_t i;
	size_t at;

	for (i = 0; i < WITNESS_SENT_COUNT; i++)
		for (at = 0; at + WITNESS_SHRED_LEN <= witness->sent_len[i];
		     at++)
			if (memmem(frame, len, witness->sent[i] + at,
				   WITNESS_SHRED_LEN)) {
				suggest(witness, WITNESS_ECHO, &nobody);
				return;
			}
}
