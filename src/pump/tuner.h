/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TUNER_H
#define SERIALTUN_TUNER_H

#include <stdint.h>

struct pair;
struct port;
struct receiver;
struct sender;
struct tally;

/**
 * struct tuner - sets the port to the speed that the pair wants
 * @pair: the pair; NULL: then the owner calls no function of the tuner
 * @sender: follows a change of the speed
 * @receiver: follows a change of the speed
 * @tally: counts lost bytes
 * @mtu: bytes of the longest packet that the interface sends
 *
 * The owner sets all members; the tuner borrows the pointers.
 */
struct tuner {
	struct pair *pair;
	struct sender *sender;
	struct receiver *receiver;
	struct tally *tally;
	uint32_t mtu;
};

void tuner_begin_port(const struct tuner *tuner, const struct port *port,
		      uint64_t settled_ns);
void tuner_look(const struct tuner *tuner, const struct port *port);
void tuner_follow(const struct tuner *tuner, struct port *port,
		  uint64_t now_ns);

#endif
