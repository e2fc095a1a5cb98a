/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_WITNESS_H
#define SERIALTUN_WITNESS_H

#include "interface/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many of the packets that were sent last are remembered, and how much. */
#define WITNESS_SENT_COUNT 8
#define WITNESS_SENT_LEN   128

/**
 * enum witness_verdict - what the packets of both directions say of the ends
 * @WITNESS_NONE:            nothing yet
 * @WITNESS_WELL:            both ends have addresses that suit each other
 * @WITNESS_ECHO:            what is sent comes back
 * @WITNESS_SAME_ADDRESS:    both ends have the same address
 * @WITNESS_NOT_OURS:        what comes is for an address that is not ours,
 *                           but of our network
 * @WITNESS_UNKNOWN_NETWORK: what comes is from no network that we know
 */
enum witness_verdict {
	WITNESS_NONE,
	WITNESS_WELL,
	WITNESS_ECHO,
	WITNESS_SAME_ADDRESS,
	WITNESS_NOT_OURS,
	WITNESS_UNKNOWN_NETWORK,
};

/**
 * struct witness_config - what is known of this end
 * @addrs:   the addresses of the interface, @addr_count of them
 * @peer:    the other end's address, or NULL
 * @routes:  the networks behind it, @route_count of them
 * @partial: the interface may have addresses and routes beside these
 */
struct witness_config {
	const struct addr *addrs;
	size_t addr_count;
	const struct addr *peer;
	const struct addr *routes;
	size_t route_count;
	bool partial;
};

/**
 * struct witness - who sees the first packets of a link
 * @config:  what is known of this end
 * @verdict: what was found; if it is not WITNESS_NONE, no more is looked at
 * @who:     the address that it is about
 * @counts:  how often each verdict was suggested
 * @sent:    the first bytes of what was sent last
 * @sent_len: how many of them
 * @next:    the oldest of them
 */
struct witness {
	struct witness_config config;
	enum witness_verdict verdict;
	struct addr who;
	unsigned int counts[WITNESS_UNKNOWN_NETWORK + 1];
	uint8_t sent[WITNESS_SENT_COUNT][WITNESS_SENT_LEN];
	size_t sent_len[WITNESS_SENT_COUNT];
	unsigned int next;
};

void witness_init(struct witness *witness, const struct witness_config *config);
void witness_sent(struct witness *witness, const uint8_t *packet, size_t len);
void witness_heard(struct witness *witness, const uint8_t *packet, size_t len);
void witness_garbage(struct witness *witness, const uint8_t *frame, size_t len);

/**
 * witness_looks() - is there anything left to be found out?
 * @witness: the witness
 *
 * Return: false if it need not be told anything any more
 */
static inline bool witness_looks(const struct witness *witness)
{
	return witness->verdict == WITNESS_NONE;
}

#endif
