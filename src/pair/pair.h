/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIR_H
#define SERIALTUN_PAIR_H

#include "pair/agree.h"
#include "pair/frame.h"
#include "pair/hello.h"
#include "pair/seek.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair;

/* Room before and behind a packet that is to be wrapped. */
#define PAIR_HEADROOM FRAME_HEAD_LEN
#define PAIR_TAILROOM FRAME_FCS_LEN

/* The longest that pair_take() makes. */
#define PAIR_FRAME_MAX FRAME_SHORT_MAX

/**
 * struct pair_config - what this end is
 * @random:  64 bits that nobody can guess
 * @context: its argument
 * @kind:    what frames carry
 * @flow:    how this end is held up
 * @can:     of enum hello_can, what this end can do on such a port
 * @idle_ns: after so long without a frame, a pair is asked whether it is there;
 *           0: not without a reason
 */
struct pair_config {
	uint64_t (*random)(void *context);
	void *context;
	enum hello_kind kind;
	enum hello_flow flow;
	unsigned int can;
	uint64_t idle_ns;
};

/**
 * enum pair_state - how far two ends are
 * @PAIR_PLAIN:  plain SLIP: nobody is known, or nothing was agreed on
 * @PAIR_MET:    the other end has answered a hello; what is sent is checked
 * @PAIR_PAIRED: a checked frame has come, too
 */
enum pair_state {
	PAIR_PLAIN,
	PAIR_MET,
	PAIR_PAIRED,
};

/**
 * enum pair_verdict - what a frame from the line is
 * @PAIR_OURS:   it was for the pair
 * @PAIR_PACKET: there is a packet in it, which passed its check
 * @PAIR_OTHER:  neither: see whether it is a good packet, and ask pair_admit()
 */
enum pair_verdict {
	PAIR_OURS,
	PAIR_PACKET,
	PAIR_OTHER,
};

/**
 * enum pair_event - what people or other parts may want to know
 * @PAIR_EVENT_NONE:    nothing
 * @PAIR_EVENT_PAIRED:  two are paired
 * @PAIR_EVENT_AGREE:   the other end has said something new of its host
 * @PAIR_EVENT_SILENT:  not paired any more: the other end does not answer
 * @PAIR_EVENT_GARBAGE: not paired any more: what comes is not for us
 * @PAIR_EVENT_PLAIN:   not paired any more: the other end sends plain packets
 * @PAIR_EVENT_ANEW:    not paired any more: the other end has begun anew
 * @PAIR_EVENT_CLOSED:  not paired any more: the other end said good-bye
 * @PAIR_EVENT_LOOPED:  our own hello has come back
 * @PAIR_EVENT_CROWD:   there are three ends on one wire
 * @PAIR_EVENT_VERSION: the other end speaks another version only
 * @PAIR_EVENT_KIND:    the other end's frames carry something else
 * @PAIR_EVENT_FLOW:    XON/XOFF is used at one end only
 * @PAIR_EVENT_CHECK:   the other end does without a check
 * @PAIR_EVENT_DEAF:    the other end is heard, and does not hear us
 *
 * From PAIR_EVENT_LOOPED on they are told once a minute at most.
 */
enum pair_event {
	PAIR_EVENT_NONE,
	PAIR_EVENT_PAIRED,
	PAIR_EVENT_AGREE,
	PAIR_EVENT_SILENT,
	PAIR_EVENT_GARBAGE,
	PAIR_EVENT_PLAIN,
	PAIR_EVENT_ANEW,
	PAIR_EVENT_CLOSED,
	PAIR_EVENT_LOOPED,
	PAIR_EVENT_CROWD,
	PAIR_EVENT_VERSION,
	PAIR_EVENT_KIND,
	PAIR_EVENT_FLOW,
	PAIR_EVENT_CHECK,
	PAIR_EVENT_DEAF,
	PAIR_EVENT_COUNT,
};

/**
 * struct pair_stats - what can be told of a pair
 * @state:        how far it is
 * @since_ns:     since when it is in this state
 * @sessions:     how many there were
 * @hellos_sent:  hellos that were said
 * @hellos_heard: and that were heard, our own included
 * @heard:        what was heard in this session
 * @theirs:       what the other end has heard in it, as it said last
 * @missing:      packets of this session that did not come, by their numbers
 * @twice:        packets that came again, and were dropped
 * @unknown:      checked frames that we do not know
 * @plain:        plain packets that were dropped, because they were not checked
 * @probes:       probes that were sent
 * @rtt_ns:       the last round trip; 0: not known
 * @rtt_min_ns:   the shortest of this session
 *
 * All but @state, @since_ns and those of the session are of all times.
 */
struct pair_stats {
	enum pair_state state;
	uint64_t since_ns;
	uint64_t sessions;
	uint64_t hellos_sent;
	uint64_t hellos_heard;
	struct frame_counters heard;
	struct frame_counters theirs;
	uint64_t missing;
	uint64_t twice;
	uint64_t unknown;
	uint64_t plain;
	uint64_t probes;
	uint64_t rtt_ns;
	uint64_t rtt_min_ns;
};

struct pair *pair_new(const struct pair_config *config);
void pair_free(struct pair *pair);
void pair_open(struct pair *pair, uint64_t packet_ns, uint64_t now_ns);
void pair_set_agree(struct pair *pair, const struct agree *agree,
		    uint64_t now_ns);
void pair_set_overruns(struct pair *pair, uint32_t overruns);

void pair_heard(struct pair *pair, uint64_t now_ns);
enum pair_verdict pair_receive(struct pair *pair, const uint8_t *bytes,
			       size_t len, uint64_t now_ns,
			       const uint8_t **packet, size_t *packet_len);
bool pair_admit(struct pair *pair, bool is_packet, uint64_t now_ns);
void pair_set_line(struct pair *pair, const struct seek_line *line);

uint64_t pair_next_ns(const struct pair *pair, uint64_t now_ns);
size_t pair_take(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		 uint64_t now_ns);
size_t pair_wrap(struct pair *pair, uint8_t *packet, size_t len,
		 uint64_t now_ns, uint8_t **frame);
size_t pair_close(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		  uint64_t now_ns);

enum pair_event pair_next_event(struct pair *pair);
enum pair_state pair_state(const struct pair *pair);
bool pair_is_absent(const struct pair *pair);
const struct hello *pair_peer(const struct pair *pair);
const struct agree *pair_peer_agree(const struct pair *pair);
uint64_t pair_id(const struct pair *pair);
void pair_get_stats(const struct pair *pair, struct pair_stats *stats);

#endif
