/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_WITNESS_H
#define SERIALTUN_WITNESS_H

#include "interface/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Number of sent packets that a witness remembers, and bytes of each. */
#define WITNESS_SENT_COUNT 8
#define WITNESS_SENT_LEN   128

/**
 * enum witness_verdict - result of comparing the addresses of the two ends
 * @WITNESS_NONE: nothing yet
 * @WITNESS_WELL: the addresses of both ends match
 * @WITNESS_ECHO: the line returns our own packets
 * @WITNESS_SAME_ADDRESS: both ends have the same address
 * @WITNESS_NOT_OURS: the peer sends to an address in our network that is not
 *                    ours
 * @WITNESS_UNKNOWN_NETWORK: the peer sends from a network that we have no
 *                           address in and no route to
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
 * struct witness_config - addresses and routes of this end
 * @addrs: addresses of the interface
 * @addr_count: number of @addrs
 * @peer: address of the peer, or NULL
 * @routes: networks behind the peer
 * @route_count: number of @routes
 * @partial: the interface may have other addresses and routes too
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
 * struct witness - judges the first packets of a link
 * @config: addresses and routes of this end
 * @verdict: the verdict; other than WITNESS_NONE, it is final
 * @addr: the address that @verdict is about
 * @counts: how often packets suggested each verdict
 * @sent: first bytes of the packets sent last, a ring
 * @sent_len: bytes in each entry of @sent
 * @next: index of the oldest entry of @sent
 */
struct witness {
	struct witness_config config;
	enum witness_verdict verdict;
	struct addr addr;
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
 * witness_looks() - is the verdict still open?
 * @witness: the witness
 *
 * Return: false if the witness needs no more packets
 */
static inline bool witness_looks(const struct witness *witness)
{
	return witness->verdict == WITNESS_NONE;
}

#endif
