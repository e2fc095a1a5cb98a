/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIR_H
#define SERIALTUN_PAIR_H

#include "packet/packet.h"
#include "pair/agree.h"
#include "pair/frame.h"
#include "pair/hello.h"
#include "pair/repeat.h"
#include "pair/seek.h"
#include "pair/speed.h"
#include "pair/squeeze.h"
#include "pair/stranger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair;

/* pair_wrap() needs this much room before and behind a packet. */
#define PAIR_HEADROOM (FRAME_HEAD_LEN + FRAME_NEXT_LEN)
#define PAIR_TAILROOM (SQUEEZE_EXTRA + FRAME_FCS_LEN)

/* Length of the longest frame of pair_take(). */
#define PAIR_FRAME_MAX (PAIR_HEADROOM + PACKET_MAX + FRAME_FCS_LEN)

/* The same where no packet of more than 255 bytes is sent, and of
 * pair_close(). */
#define PAIR_SHORT_MAX FRAME_SHORT_MAX

/**
 * struct pair_config - the settings of this end
 * @random:  returns 64 bits that nobody can guess
 * @context: argument of @random
 * @kind:    the content of this end's frames
 * @flow:    the flow control of this end's port
 * @can:     bits of enum hello_can: the parts of the protocol that this end
 *           supports on this port
 * @idle_ns: pair probes the peer after this time without a good frame; 0: pair
 *           probes only for other reasons
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
 * struct pair_port - what an opened port is like
 * @packet_ns: time that the longest frame takes on the wire; 0: not known
 * @byte_ns:   time that a byte takes; 0: not known
 * @is_stream: the port loses no byte, as far as this host can tell
 */
struct pair_port {
	uint64_t packet_ns;
	uint64_t byte_ns;
	bool is_stream;
};

/**
 * struct pair_packet - a packet for the line
 * @len:       its length
 * @flow:      number of its flow
 * @is_sparse: the packet is short, and the flow sends little
 * @is_inside: it goes in the middle of a bulk frame; pair_may_be_urgent()
 */
struct pair_packet {
	size_t len;
	uint32_t flow;
	bool is_sparse;
	bool is_inside;
};

/**
 * enum pair_state - the state of this end
 * @PAIR_PLAIN:  there is no session, and the line is plain SLIP
 * @PAIR_MET:    a session began with a hello to this end's id; this end sends
 *               checked frames, and has not received one yet
 * @PAIR_PAIRED: this end received a checked frame in this session
 */
enum pair_state {
	PAIR_PLAIN,
	PAIR_MET,
	PAIR_PAIRED,
};

/**
 * enum pair_verdict - the result of pair_receive()
 * @PAIR_OURS:   pair used the frame
 * @PAIR_PACKET: the frame passed its check and contains a packet
 * @PAIR_OTHER:  neither; the caller checks for a good packet itself, and asks
 *               pair_admit()
 */
enum pair_verdict {
	PAIR_OURS,
	PAIR_PACKET,
	PAIR_OTHER,
};

/**
 * enum pair_event - news for the user and for other modules
 * @PAIR_EVENT_NONE:    no event
 * @PAIR_EVENT_PAIRED:  the two ends are paired
 * @PAIR_EVENT_AGREE:   the peer sent a new description of its host
 * @PAIR_EVENT_SPEED:   the line has another speed, and keeps it
 * @PAIR_EVENT_LISTENS: only garbage came, so this end listens at other speeds
 * @PAIR_EVENT_STRANGER: it has found the speed of a peer without a session
 * @PAIR_EVENT_SILENT:  the session ended: the peer did not answer
 * @PAIR_EVENT_GARBAGE: the session ended: frames failed their check, and the
 *                      peer did not answer
 * @PAIR_EVENT_PLAIN:   the session ended: the peer sends plain packets
 * @PAIR_EVENT_ANEW:    the session ended: a hello with another id came
 * @PAIR_EVENT_CLOSED:  the session ended: the peer closed it
 * @PAIR_EVENT_LOSSY:   the session ended: the line of a stream damaged a frame
 * @PAIR_EVENT_ASTRAY:  the session ended: the two ends disagree about the
 *                      numbers of their frames
 * @PAIR_EVENT_UNREADABLE: the session ended: a compressed packet was lost
 * @PAIR_EVENT_LOOPED:  this end received its own hello or its own frame
 * @PAIR_EVENT_CROWD:   three ends share one line
 * @PAIR_EVENT_VERSION: the peer does not support this version of the protocol
 * @PAIR_EVENT_KIND:    the peer's frames have another content
 * @PAIR_EVENT_FLOW:    only one of the ends uses XON/XOFF
 * @PAIR_EVENT_CHECK:   the peer does not support the check
 * @PAIR_EVENT_DEAF:    this end receives the peer's hellos, and the peer does
 *                      not receive this end's
 *
 * pair reports PAIR_EVENT_ASTRAY, and PAIR_EVENT_LOOPED and those below it,
 * once a minute at most.
 */
enum pair_event {
	PAIR_EVENT_NONE,
	PAIR_EVENT_PAIRED,
	PAIR_EVENT_AGREE,
	PAIR_EVENT_SPEED,
	PAIR_EVENT_LISTENS,
	PAIR_EVENT_STRANGER,
	PAIR_EVENT_SILENT,
	PAIR_EVENT_GARBAGE,
	PAIR_EVENT_PLAIN,
	PAIR_EVENT_ANEW,
	PAIR_EVENT_CLOSED,
	PAIR_EVENT_LOSSY,
	PAIR_EVENT_ASTRAY,
	PAIR_EVENT_UNREADABLE,
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
 * struct pair_stats - state and counters
 * @state:        the state
 * @since_ns:     time at which this end entered @state
 * @sessions:     sessions
 * @hellos_sent:  hellos that this end sent
 * @hellos_heard: hellos that this end received, its own included
 * @misfits:      hellos of ends with which this one cannot pair
 * @heard:        frames that this end received in this session
 * @theirs:       frames that the peer received in this session, by its last
 *                answer
 * @repeats:      the session repeats lost frames
 * @repeat:       then its counters, since pair_new()
 * @compresses:   the session compresses packets
 * @squeeze:      counters of compression, since pair_new()
 * @missing:      packets of this session that were lost, by their numbers
 * @twice:        duplicate packets, which pair dropped
 * @unknown:      frames that passed their check and that pair does not know
 * @plain:        plain packets that pair dropped during a session
 * @probes:       probes that this end sent
 * @rtt_ns:       the last round trip time; 0: not known
 * @rtt_min_ns:   the shortest round trip time of this session
 * @speed:        the speed of the line
 *
 * The counters that do not name the session count since pair_new().
 */
struct pair_stats {
	enum pair_state state;
	uint64_t since_ns;
	uint64_t sessions;
	uint64_t hellos_sent;
	uint64_t hellos_heard;
	uint64_t misfits;
	struct frame_counters heard;
	struct frame_counters theirs;
	bool repeats;
	struct repeat_stats repeat;
	bool compresses;
	struct squeeze_stats squeeze;
	uint64_t missing;
	uint64_t twice;
	uint64_t unknown;
	uint64_t plain;
	uint64_t probes;
	uint64_t rtt_ns;
	uint64_t rtt_min_ns;
	struct speed_stats speed;
};

struct pair *pair_new(const struct pair_config *config);
void pair_free(struct pair *pair);
void pair_set_speeds(struct pair *pair, const struct speed_config *config);
void pair_set_strangers(struct pair *pair,
			const struct stranger_config *config);
void pair_open(struct pair *pair, const struct pair_port *port,
	       uint64_t now_ns);
void pair_set_agree(struct pair *pair, const struct agree *agree,
		    uint64_t now_ns);
struct speed *pair_speed(struct pair *pair);
bool pair_is_draining(const struct pair *pair);
void pair_set_dry(struct pair *pair, uint64_t dry_ns);
uint32_t pair_wanted_baud(struct pair *pair, uint64_t now_ns);
void pair_baud_changed(struct pair *pair, bool is_set, uint64_t now_ns);
void pair_set_byte_ns(struct pair *pair, uint64_t byte_ns, uint64_t now_ns);
void pair_set_overruns(struct pair *pair, uint32_t overruns);

void pair_heard(struct pair *pair, size_t len, uint64_t now_ns);
enum pair_verdict pair_receive(struct pair *pair, const uint8_t *bytes,
			       size_t len, uint64_t now_ns,
			       const uint8_t **packet, size_t *packet_len);
bool pair_next_packet(struct pair *pair, const uint8_t **packet,
		      size_t *packet_len);
bool pair_admit(struct pair *pair, bool is_packet, uint64_t now_ns);
void pair_recognize(struct pair *pair);
void pair_set_line(struct pair *pair, const struct seek_line *line);

uint64_t pair_next_ns(const struct pair *pair, uint64_t now_ns);
size_t pair_take(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		 uint64_t now_ns);
bool pair_interrupts(const struct pair *pair);
bool pair_takes_inner(const struct pair *pair);
size_t pair_take_inside(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
			uint64_t now_ns);
bool pair_has_room(const struct pair *pair);
bool pair_repeats(const struct pair *pair);
bool pair_may_be_urgent(const struct pair *pair, uint32_t flow);
size_t pair_wrap(struct pair *pair, uint8_t *packet,
		 const struct pair_packet *what, uint64_t now_ns,
		 uint8_t **frame);
void pair_refused(struct pair *pair);
void pair_set_queued(struct pair *pair, size_t queued);
size_t pair_close(struct pair *pair, uint8_t out[PAIR_SHORT_MAX],
		  uint64_t now_ns);

enum pair_event pair_next_event(struct pair *pair);
enum pair_state pair_state(const struct pair *pair);
bool pair_had_any_session(const struct pair *pair);
bool pair_is_absent(const struct pair *pair, uint64_t now_ns);
bool pair_is_given_up(const struct pair *pair, uint64_t now_ns);
bool pair_holds(const struct pair *pair);
bool pair_is_searching(const struct pair *pair);
uint64_t pair_quiet_until(const struct pair *pair);
const struct hello *pair_peer(const struct pair *pair);
const struct agree *pair_peer_agree(const struct pair *pair);
uint64_t pair_id(const struct pair *pair);
bool pair_is_own_id(const struct pair *pair, uint64_t id);
bool pair_is_looped(const struct pair *pair, uint64_t now_ns);
void pair_get_stats(const struct pair *pair, struct pair_stats *stats);

#endif
