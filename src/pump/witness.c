/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A witness finds out whether the addresses of the two ends match. The kernel
 * silently drops packets for other hosts, so a link can carry frames and still
 * be useless: both ends have the same address, or addresses in different
 * networks, or one end expects another peer address. Or there is no peer, and
 * the line returns our own packets, either unchanged (a loopback plug) or in
 * pieces (the terminal of a login echoes, and turns each control character into
 * two characters).
 *
 * The witness compares the addresses of the first packets from the line with
 * ours, and their bytes with the packets sent last. The first packet with
 * matching addresses, or WITNESS_ENOUGH packets that suggest the same fault,
 * make the verdict final.
 *
 * A router may have forwarded a packet from an unknown source, and we may have
 * to forward a packet for an unknown destination. So an unknown destination is
 * a fault only in our own network, and an unknown source only until a packet
 * with matching addresses comes.
 *
 * Pure.
 */
#include "pump/witness.h"
#include "packet/header.h"

#include <string.h>
#include <sys/socket.h>

/* Packets that must suggest the same fault. */
#define WITNESS_ENOUGH 3

/* Sent bytes in a bad frame that are no coincidence. */
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

static bool is_known(const struct witness_config *config,
		     const struct addr *addr)
{
	return addr_is_link_local(addr) ||
	       is_in_one(addr, config->addrs, config->addr_count) ||
	       (config->peer && config->peer->family == addr->family &&
		is_in(addr, config->peer)) ||
	       is_in_one(addr, config->routes, config->route_count);
}

/* Is this a broadcast address, the last address of one of our networks? */
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
		    const struct addr *addr)
{
	if (++witness->counts[verdict] < WITNESS_ENOUGH)
		return;
	witness->verdict = verdict;
	witness->addr = *addr;
}

/**
 * witness_init() - start without a verdict
 * @witness: filled in
 * @config: addresses and routes of this end; copied, but its arrays and @peer
 *          are borrowed
 */
void witness_init(struct witness *witness, const struct witness_config *config)
{
	*witness = (struct witness){.config = *config};
}

/**
 * witness_sent() - remember a packet that the sender sends
 * @witness: the witness
 * @packet: an IP packet
 * @len: length of the packet in bytes
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

/* Is this the beginning of a packet that we sent? */
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
	} else if (!addr_is_link_local(from)) {
		witness->verdict = WITNESS_WELL;
	}
}

/**
 * witness_heard() - judge a packet from the line
 * @witness: the witness
 * @packet: an IP packet that packet_check() accepts
 * @len: length of the packet in bytes
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
 * witness_garbage() - look for our own bytes in a frame that is no packet
 * @witness: the witness
 * @frame: the decoded part of the frame
 * @len: number of bytes
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
