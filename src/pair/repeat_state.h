/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REPEAT_STATE_H
#define SERIALTUN_REPEAT_STATE_H

#include "pair/arrivals.h"
#include "pair/parts.h"
#include "pair/repeat.h"
#include "pair/window.h"

/* For the files of repeat; repeat.h has the functions for others. */

/* Minimum interval between two acknowledgements with "failed", and between two
 * probes that they cause. */
#define REPEAT_FAILED_NS (20 * NS_PER_MS)

/* Answers to this many probes can be told apart. */
#define REPEAT_PROBES 8

/**
 * struct repeat_class - the repetition of one class
 * @arrivals: the frames that come
 * @bits:     the bitmap of the last acknowledgement
 * @ended_ns: time at which the wire has sent the last frame, by the clock
 * @check_ns: time of the next probe; UINT64_MAX: none
 * @pause_ns: time from then to the one after it
 * @probe_at: for each of the last probes, the last transmission before it
 * @verdict:  the judgement of the last acknowledgement
 */
struct repeat_class {
	struct arrivals *arrivals;
	uint8_t bits[FRAME_BITS_MAX];
	uint64_t ended_ns;
	uint64_t check_ns;
	uint64_t pause_ns;
	uint64_t probe_at[REPEAT_PROBES];
	enum window_verdict verdict;
};

/**
 * struct repeat - the repetition of one session
 * @lanes:       the frames that this end sends
 * @classes:     what each class has of its own
 * @last_lane:   class of the last frame that was sent
 * @taken:       class of the last packet that repeat_take_packet() returned
 * @is_inside:   what is sent now goes in the middle of a bulk frame
 * @wire:        the wire
 * @wire_ns:     time at which the wire has sent all frames, by the clock
 * @is_ack_due:  an acknowledgement is due at once
 * @has_failed:  a frame failed since the last one that said "failed"
 * @is_asked:    the last probe is not answered yet
 * @failed_ns:   time of the last one that said "failed"; 0: none did
 * @unacked:     frames that came since the last acknowledgement
 * @ack_ns:      time at which it is due; UINT64_MAX: it is not
 * @rtt_ns:      the smoothed round trip time; 0: not known
 * @checks:      probes since @progress_ns
 * @checked_ns:  time of the last probe; 0: there was none
 * @progress_ns: time of the last news from the peer about this end's frames, or
 *               since when any is awaited
 * @queued:      bytes that wait in the port by its own count
 * @queued_then: the same at the last probe
 * @probe_k:     number of the last probe
 * @astray:      answers in a row with acknowledgements that cannot be true
 * @parts:       the length of the parts of packets
 * @stats:       counters since repeat_new()
 */
struct repeat {
	struct lanes lanes;
	struct repeat_class classes[LANE_COUNT];
	enum lane last_lane;
	enum lane taken;
	bool is_inside;
	struct repeat_wire wire;
	uint64_t wire_ns;
	bool is_ack_due;
	bool has_failed;
	bool is_asked;
	uint64_t failed_ns;
	unsigned int unacked;
	uint64_t ack_ns;
	uint64_t rtt_ns;
	unsigned int checks;
	uint64_t checked_ns;
	uint64_t progress_ns;
	size_t queued;
	size_t queued_then;
	uint8_t probe_k;
	unsigned int astray;
	struct parts parts;
	struct repeat_stats stats;
};

void repeat_occupy_wire(struct repeat *repeat, size_t len, uint64_t now_ns);
void repeat_ride(struct repeat *repeat, struct frame *head);
void repeat_await(struct repeat *repeat, enum lane lane, uint64_t now_ns);
void repeat_note_progress(struct repeat *repeat, uint64_t now_ns);
void repeat_measure(struct repeat *repeat, uint64_t rtt_ns);
void repeat_check_soon(struct repeat *repeat, enum lane lane, uint64_t now_ns);
uint64_t repeat_check_ns(const struct repeat *repeat);

#endif
