/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The repetition of lost frames: each packet of a session arrives once, and in
 * order. window has the frames that this end sent, arrivals those that came;
 * here is when what is said about them.
 *
 * An acknowledgement goes at once when it brings news of a loss: after a frame
 * that leaves a gap or has come before, and after a failed check ("failed").
 * Otherwise it waits for a data frame, which carries it in two bytes.
 *
 * The end of a burst has no later frame whose arrival would show a loss. There
 * a probe asks: at once after "failed", otherwise when nothing was acknowledged
 * for two round trips. The answer carries an acknowledgement, so it shows what
 * was lost. Only then is a frame sent again: none is repeated because of a time
 * alone.
 *
 * Where short frames may interrupt long ones, packets have two classes (lanes),
 * each with its own numbers. The line keeps the order within each class, also
 * if a frame is interrupted. The check for losses is made for each class,
 * because a stream of bulk frames proves nothing about an urgent one.
 *
 * repeat is pure: frames and times are arguments.
 */
#include "pair/repeat.h"
#include "clock.h"
#include "packet/packet.h"
#include "pair/arrivals.h"
#include "pair/lanes.h"
#include "pair/parts.h"
#include "pair/window.h"

#include <stdlib.h>
#include <string.h>

/* An acknowledgement without news of a loss waits for this many frames, or for
 * this time, or the time of this many bytes if that is longer. */
#define REPEAT_ACK_FRAMES 8
#define REPEAT_ACK_NS	  (40 * NS_PER_MS)
#define REPEAT_ACK_BYTES  500

/* Minimum interval between two acknowledgements with "failed", and between two
 * probes that they cause. */
#define REPEAT_FAILED_NS (20 * NS_PER_MS)

/* A probe goes after this time, or two round trips if that is longer; before
 * the first is known, after REPEAT_CHECK_FIRST_NS. Each further one waits twice
 * as long, up to REPEAT_CHECK_MAX_NS. */
#define REPEAT_CHECK_NS	      (90 * NS_PER_MS)
#define REPEAT_CHECK_FIRST_NS (200 * NS_PER_MS)
#define REPEAT_CHECK_MAX_NS   (500 * NS_PER_MS)

/* The line is dead after so many probes in vain, and this time, or that of so
 * many of the longest frames. */
#define REPEAT_CHECKS_MAX   5
#define REPEAT_DEAD_NS	    (2 * NS_PER_S)
#define REPEAT_DEAD_PACKETS 6

/* A peer that answers the probes hears something, so the line is noisy, not
 * dead; but not for longer than this. */
#define REPEAT_STUCK_NS (10 * NS_PER_S)

/* While its own port is held, an end waits this much longer. */
#define REPEAT_HELD_NS (3 * NS_PER_S)

/* A frame that the wire ends within this time is under way no more. */
#define REPEAT_LEAD_NS (4 * NS_PER_MS)

/* So many answers in a row that cannot be true end the session. A copy of an
 * earlier answer could be one of them. */
#define REPEAT_ASTRAY_MAX 2

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

/**
 * repeat_new() - Allocate the windows of both directions
 *
 * Return: they, to be freed with repeat_free(); NULL if memory is short
 */
struct repeat *repeat_new(void)
{
	struct repeat *repeat = calloc(1, sizeof(*repeat));
	bool is_whole;
	size_t i;

	if (!repeat)
		return NULL;
	is_whole = lanes_init(&repeat->lanes);
	for (i = 0; i < LANE_COUNT; i++) {
		repeat->classes[i].arrivals = arrivals_new();
		is_whole = is_whole && repeat->classes[i].arrivals;
	}
	if (is_whole)
		return repeat;
	repeat_free(repeat);
	return NULL;
}

/**
 * repeat_free() - Free the windows
 * @repeat: they, or NULL
 */
void repeat_free(struct repeat *repeat)
{
	size_t i;

	if (!repeat)
		return;
	lanes_fini(&repeat->lanes);
	for (i = 0; i < LANE_COUNT; i++)
		arrivals_free(repeat->classes[i].arrivals);
	free(repeat);
}

/**
 * repeat_begin() - Begin a session
 * @repeat: the repetition
 * @wire:   the wire, copied
 */
void repeat_begin(struct repeat *repeat, const struct repeat_wire *wire)
{
	struct repeat begun = {
		.lanes = repeat->lanes,
		.wire = *wire,
		.ack_ns = UINT64_MAX,
		.stats = repeat->stats,
	};
	size_t i;

	for (i = 0; i < LANE_COUNT; i++) {
		begun.classes[i].arrivals = repeat->classes[i].arrivals;
		begun.classes[i].check_ns = UINT64_MAX;
		arrivals_reset(repeat->classes[i].arrivals);
	}
	lanes_reset(&begun.lanes, wire->interrupts);
	*repeat = begun;
}

/**
 * repeat_set_inside() - Say where the next frames go
 * @repeat:    the repetition
 * @is_inside: in the middle of a bulk frame, which was taken last of its class
 */
void repeat_set_inside(struct repeat *repeat, bool is_inside)
{
	repeat->is_inside = is_inside;
}

/**
 * repeat_interrupts() - Check whether frames may interrupt others
 * @repeat: the repetition
 *
 * Return: true if so
 */
bool repeat_interrupts(const struct repeat *repeat)
{
	return repeat->wire.interrupts;
}

/**
 * repeat_set_byte_ns() - Note that the wire has another speed
 * @repeat:  the repetition
 * @byte_ns: time that a byte takes now
 * @now_ns:  the current time; no byte of the old speed waits
 */
void repeat_set_byte_ns(struct repeat *repeat, uint64_t byte_ns,
			uint64_t now_ns)
{
	size_t i;

	repeat->wire.byte_ns = byte_ns;
	repeat->wire_ns = clock_earlier(repeat->wire_ns, now_ns);
	for (i = 0; i < LANE_COUNT; i++)
		repeat->classes[i].ended_ns =
			clock_earlier(repeat->classes[i].ended_ns, now_ns);
}

/**
 * repeat_end() - Count the frames that a session leaves behind
 * @repeat: the repetition
 */
void repeat_end(struct repeat *repeat)
{
	size_t i;

	for (i = 0; i < LANE_COUNT; i++)
		repeat->stats.given_up +=
			window_frames(repeat->lanes.windows[i]);
	lanes_reset(&repeat->lanes, false);
}

/**
 * repeat_has_room() - Check whether the windows are open for any packet
 * @repeat: the repetition
 *
 * Return: true if repeat_add() may be called
 */
bool repeat_has_room(const struct repeat *repeat)
{
	return lanes_has_room(&repeat->lanes, parts_max(&repeat->parts));
}

/**
 * repeat_may_be_urgent() - Check whether an urgent packet may be added
 * @repeat: the repetition
 * @flow:   number of the packet's flow, which sends little
 *
 * Return: true if repeat_add() may be called for such a packet
 */
bool repeat_may_be_urgent(const struct repeat *repeat, uint16_t flow)
{
	return lanes_may_be_urgent(&repeat->lanes, flow);
}

/**
 * repeat_choose() - Choose the class of a packet, which repeat_add() adds next
 * @repeat: the repetition; repeat_has_room(), or repeat_may_be_urgent() for
 *          this packet
 * @what:   its length and flow
 *
 * Return: the class
 */
enum lane repeat_choose(struct repeat *repeat, const struct lanes_packet *what)
{
	return lanes_choose(&repeat->lanes, what);
}

/**
 * repeat_add() - Add a packet to those that this end sends
 * @repeat: the repetition; repeat_has_room(), or repeat_may_be_urgent() for
 *          this packet
 * @packet: the packet, copied
 * @what:   its length, flow and class
 *
 * If the packet has to wait for others of its flow, repeat_take() has no new
 * frame until the peer has acknowledged those.
 */
void repeat_add(struct repeat *repeat, const uint8_t *packet,
		const struct repeat_packet *what)
{
	struct window *window = repeat->lanes.windows[what->lane];
	size_t len = what->len;
	size_t part_len = len;

	/* The answer to a probe ends the wait soon. */
	if (lanes_is_held(&repeat->lanes))
		repeat->classes[LANE_URGENT].check_ns = 0;
	if (what->lane == LANE_BULK)
		part_len = parts_len_of(&repeat->parts, len);
	while (len > part_len) {
		window_add(window, packet, part_len, what->flags | FRAME_MORE,
			   what->flow);
		packet += part_len;
		len -= part_len;
	}
	window_add(window, packet, len, what->flags, what->flow);
}

/* Note that the port gets bytes. */
static void occupy_wire(struct repeat *repeat, size_t len, uint64_t now_ns)
{
	repeat->wire_ns = clock_later(repeat->wire_ns, now_ns) +
			  len * repeat->wire.byte_ns;
}

/*
 * Get the time from the last transmission to a probe. The acknowledgement of an
 * urgent frame may wait for the end of the peer's bulk frame.
 */
static uint64_t patience_ns(const struct repeat *repeat, enum lane lane)
{
	uint64_t ns = REPEAT_CHECK_FIRST_NS;

	if (repeat->rtt_ns)
		ns = clock_later(REPEAT_CHECK_NS, 2 * repeat->rtt_ns);
	return lane == LANE_URGENT ? ns + repeat->wire.packet_ns : ns;
}

/* Restart the wait for an acknowledgement. */
static void await(struct repeat *repeat, enum lane lane, uint64_t now_ns)
{
	struct repeat_class *class = &repeat->classes[lane];

	class->check_ns = UINT64_MAX;
	if (!window_awaits(repeat->lanes.windows[lane]))
		return;
	class->pause_ns = patience_ns(repeat, lane);
	class->check_ns =
		clock_later(class->ended_ns, now_ns) + class->pause_ns;
	if (lane == LANE_URGENT && lanes_is_held(&repeat->lanes))
		class->check_ns = 0;
}

static void note_progress(struct repeat *repeat, uint64_t now_ns)
{
	repeat->progress_ns = clock_later(repeat->wire_ns, now_ns);
	repeat->checks = 0;
}

static bool has_gap(const struct repeat *repeat)
{
	return arrivals_has_gap(repeat->classes[LANE_BULK].arrivals) ||
	       arrivals_has_gap(repeat->classes[LANE_URGENT].arrivals);
}

/* Fill in the numbers of an acknowledgement, and await new reasons for one. */
static void acknowledge(struct repeat *repeat, struct frame *frame)
{
	size_t i;

	for (i = 0; i < LANE_COUNT; i++)
		frame->next[i] = arrivals_next(repeat->classes[i].arrivals);
	repeat->is_ack_due = false;
	repeat->ack_ns = UINT64_MAX;
	repeat->unacked = 0;
}

/* Let a data frame carry the acknowledgement that waits. */
static void ride(struct repeat *repeat, struct frame *head)
{
	if (repeat->ack_ns == UINT64_MAX && !repeat->is_ack_due)
		return;
	if (repeat->has_failed || has_gap(repeat))
		return;
	head->flags |= FRAME_NEXT;
	acknowledge(repeat, head);
}

/* Check whether all that was sent is acknowledged. */
static bool is_idle(const struct repeat *repeat)
{
	return window_is_idle(repeat->lanes.windows[LANE_BULK]) &&
	       window_is_idle(repeat->lanes.windows[LANE_URGENT]);
}

/**
 * repeat_take() - Take the data frame that is due
 * @repeat: the repetition
 * @head:   flags, number, length of the body, and next are filled in
 * @body:   buffer for the body
 * @now_ns: the current time
 *
 * Return: false if none is due
 */
bool repeat_take(struct repeat *repeat, struct frame *head, uint8_t *body,
		 uint64_t now_ns)
{
	struct repeat_class *class;
	struct window *window;
	bool is_repeated;
	enum lane lane;
	size_t len;

	if (!lanes_next_due(&repeat->lanes, repeat->is_inside, &lane,
			    &head->seq))
		return false;
	class = &repeat->classes[lane];
	window = repeat->lanes.windows[lane];
	head->kind = FRAME_DATA;
	head->body = body;
	head->body_len = window_copy(window, head->seq, body, &head->flags);
	if (lane == LANE_URGENT)
		head->flags |= FRAME_URGENT;
	ride(repeat, head);
	/* Two ENDs, and the head and the check. */
	len = head->body_len + FRAME_HEAD_LEN + FRAME_FCS_LEN + 2;
	occupy_wire(repeat, len, now_ns);
	if (is_idle(repeat))
		note_progress(repeat, now_ns);
	/* The wire sends it before the rest of the frame around it. */
	class->ended_ns = repeat->is_inside
				  ? now_ns + len * repeat->wire.byte_ns
				  : repeat->wire_ns;
	is_repeated = window_sent(window, head->seq, class->ended_ns);
	repeat->stats.repeated += is_repeated;
	repeat->stats.inside += repeat->is_inside;
	parts_note(&repeat->parts, is_repeated, head->body_len);
	await(repeat, lane, now_ns);
	repeat->last_lane = lane;
	return true;
}

/**
 * repeat_refused() - Note that the system refuses the last data frame for good
 * @repeat: the repetition
 */
void repeat_refused(struct repeat *repeat)
{
	window_void_last(repeat->lanes.windows[repeat->last_lane]);
}

/* Get the time that an acknowledgement may wait. */
static uint64_t ack_wait_ns(const struct repeat *repeat)
{
	return clock_later(REPEAT_ACK_NS,
			   REPEAT_ACK_BYTES * repeat->wire.byte_ns);
}

static void acknowledge_later(struct repeat *repeat, uint64_t now_ns)
{
	if (++repeat->unacked >= REPEAT_ACK_FRAMES)
		repeat->is_ack_due = true;
	else if (repeat->ack_ns == UINT64_MAX)
		repeat->ack_ns = now_ns + ack_wait_ns(repeat);
}

/**
 * repeat_hear_data() - Handle a data frame
 * @repeat: the repetition; repeat_take_packet() has returned false
 * @frame:  the frame; its body must stay until repeat_take_packet() returns
 *          false
 * @now_ns: the current time
 *
 * Return: true if it is the expected frame: repeat_take_packet() may have
 * packets
 */
bool repeat_hear_data(struct repeat *repeat, const struct frame *frame,
		      uint64_t now_ns)
{
	const enum lane lane =
		frame->flags & FRAME_URGENT ? LANE_URGENT : LANE_BULK;
	const enum arrivals_news news =
		arrivals_hear(repeat->classes[lane].arrivals, frame);

	switch (news) {
	case ARRIVALS_IN_ORDER:
		break;
	case ARRIVALS_EARLY:
		repeat->stats.early++;
		break;
	case ARRIVALS_TWICE:
		repeat->stats.twice++;
		break;
	case ARRIVALS_FULL:
	case ARRIVALS_OUTSIDE:
		repeat->stats.invalid++;
		break;
	}
	/* The frame that closes a gap opens the window, so it is news, too. */
	if (news != ARRIVALS_IN_ORDER ||
	    arrivals_has_gap(repeat->classes[lane].arrivals))
		repeat->is_ack_due = true;
	else
		acknowledge_later(repeat, now_ns);
	return news == ARRIVALS_IN_ORDER;
}

/**
 * repeat_take_packet() - Take the next packet that has come, in order
 * @repeat: the repetition
 * @packet: set to the packet, valid until the next call of any function
 * @len:    set to its length, which may be 0
 *
 * Return: false if none is complete
 */
bool repeat_take_packet(struct repeat *repeat, const uint8_t **packet,
			size_t *len)
{
	repeat->taken = LANE_URGENT;
	if (arrivals_take(repeat->classes[LANE_URGENT].arrivals, packet, len))
		return true;
	repeat->taken = LANE_BULK;
	return arrivals_take(repeat->classes[LANE_BULK].arrivals, packet, len);
}

/**
 * repeat_is_compressed() - Check whether the last packet taken is compressed
 * @repeat: the repetition
 * @lane:   set to the class of the packet
 *
 * Return: true if so
 */
bool repeat_is_compressed(const struct repeat *repeat, enum lane *lane)
{
	*lane = repeat->taken;
	return arrivals_is_compressed(repeat->classes[repeat->taken].arrivals);
}

static void measure(struct repeat *repeat, uint64_t rtt_ns)
{
	if (!rtt_ns)
		return;
	repeat->rtt_ns =
		repeat->rtt_ns ? (7 * repeat->rtt_ns + rtt_ns) / 8 : rtt_ns;
}

/* "Failed" came, and no later frame will show whether one of ours was lost. */
static void check_soon(struct repeat *repeat, enum lane lane, uint64_t now_ns)
{
	struct repeat_class *class = &repeat->classes[lane];

	if (!window_awaits(repeat->lanes.windows[lane]) ||
	    class->ended_ns > now_ns + REPEAT_LEAD_NS)
		return;
	/* While bulk frames go, a later one shows the loss of one. */
	if (lane == LANE_BULK && repeat->wire_ns > now_ns + REPEAT_LEAD_NS)
		return;
	if (repeat->checked_ns &&
	    now_ns - repeat->checked_ns < REPEAT_FAILED_NS)
		return;
	class->check_ns = clock_earlier(class->check_ns, now_ns);
}

static void hear_ack(struct repeat *repeat, enum lane lane,
		     const struct frame *frame, uint64_t now_ns)
{
	const struct window_ack ack = {
		.next = frame->next[lane],
		.bits = frame->bits[lane],
		.bits_len = frame->bits_len[lane],
	};
	uint64_t rtt_ns = 0;

	repeat->classes[lane].verdict =
		window_hear(repeat->lanes.windows[lane], &ack, now_ns, &rtt_ns);
	switch (repeat->classes[lane].verdict) {
	case WINDOW_NOTHING:
	case WINDOW_OLD:
		break;
	case WINDOW_NEWS:
		measure(repeat, rtt_ns);
		note_progress(repeat, now_ns);
		await(repeat, lane, now_ns);
		break;
	case WINDOW_INVALID:
		repeat->stats.invalid++;
		break;
	}
}

/**
 * repeat_hear_ack() - Handle an acknowledgement
 * @repeat: the repetition
 * @frame:  the acknowledgement, or a data frame that carries one
 * @now_ns: the current time
 */
void repeat_hear_ack(struct repeat *repeat, const struct frame *frame,
		     uint64_t now_ns)
{
	hear_ack(repeat, LANE_BULK, frame, now_ns);
	if (repeat->lanes.is_two)
		hear_ack(repeat, LANE_URGENT, frame, now_ns);
	if (frame->kind == FRAME_ACK_FAILED) {
		repeat->stats.failed++;
		check_soon(repeat, LANE_BULK, now_ns);
		check_soon(repeat, LANE_URGENT, now_ns);
	}
}

/* Get the time from which an acknowledgement may say "failed" again. */
static uint64_t next_failed_ns(const struct repeat *repeat)
{
	return repeat->failed_ns ? repeat->failed_ns + REPEAT_FAILED_NS : 0;
}

/**
 * repeat_hear_failure() - Note a frame that failed its check
 * @repeat: the repetition
 * @now_ns: the current time
 */
void repeat_hear_failure(struct repeat *repeat, uint64_t now_ns)
{
	repeat->has_failed = true;
	repeat->ack_ns =
		clock_earlier(repeat->ack_ns,
			      clock_later(now_ns, next_failed_ns(repeat)));
}

/* Can an acknowledgement in an answer not be true? */
static bool is_untrue(enum window_verdict verdict)
{
	return verdict == WINDOW_OLD || verdict == WINDOW_INVALID;
}

/*
 * Judge the acknowledgement in an answer to the last probe. Frame numbers have
 * 8 bits. If something on the line repeats what it heard some seconds ago, an
 * old frame or acknowledgement may count as a new one. From then on the two
 * ends disagree about the numbers, and no repetition helps. The answers show
 * that.
 */
static void judge_answer(struct repeat *repeat)
{
	repeat->is_asked = false;
	if (is_untrue(repeat->classes[LANE_BULK].verdict) ||
	    is_untrue(repeat->classes[LANE_URGENT].verdict))
		repeat->astray++;
	else
		repeat->astray = 0;
}

/**
 * repeat_hear_answer() - Find what was lost before a probe
 * @repeat: the repetition; it has had the acknowledgement in the answer
 * @k:      number of the probe
 * @now_ns: the current time
 */
void repeat_hear_answer(struct repeat *repeat, uint8_t k, uint64_t now_ns)
{
	const uint8_t ago = (uint8_t)(repeat->probe_k - k);
	uint64_t *at;
	size_t i;

	/* Numbers go from 255 to 1, so one that is 0 answers no probe. */
	if (!k || ago >= REPEAT_PROBES)
		return;
	if (!ago && repeat->is_asked)
		judge_answer(repeat);
	for (i = 0; i < LANE_COUNT; i++) {
		at = &repeat->classes[i].probe_at[k % REPEAT_PROBES];
		window_lose(repeat->lanes.windows[i], *at);
		/* A second answer to the same probe shows nothing. */
		*at = 0;
	}
	if (now_ns - repeat->progress_ns < REPEAT_STUCK_NS)
		repeat->checks = 0;
}

/* One without news of a loss interrupts no frame: the next one carries it. */
static bool is_ack_due(const struct repeat *repeat, uint64_t now_ns)
{
	return repeat->is_ack_due ||
	       (repeat->ack_ns <= now_ns &&
		(!repeat->is_inside || repeat->has_failed));
}

/**
 * repeat_take_ack() - Take the acknowledgement that is due
 * @repeat: the repetition
 * @frame:  kind, next and bits are filled in; they are valid until the next
 *          call
 * @is_due: it is due for another reason
 * @now_ns: the current time
 *
 * Return: false if none is due
 */
bool repeat_take_ack(struct repeat *repeat, struct frame *frame, bool is_due,
		     uint64_t now_ns)
{
	struct repeat_class *class;
	size_t i;

	if (!is_due && !is_ack_due(repeat, now_ns))
		return false;
	acknowledge(repeat, frame);
	frame->kind = FRAME_ACK;
	if (repeat->has_failed && next_failed_ns(repeat) <= now_ns) {
		frame->kind = FRAME_ACK_FAILED;
		repeat->has_failed = false;
		repeat->failed_ns = now_ns;
	} else if (repeat->has_failed) {
		repeat->ack_ns = next_failed_ns(repeat);
	}
	for (i = 0; i < LANE_COUNT; i++) {
		class = &repeat->classes[i];
		frame->bits[i] = class->bits;
		frame->bits_len[i] =
			arrivals_bits(class->arrivals, class->bits);
	}
	occupy_wire(repeat, 11 + frame->bits_len[0] + frame->bits_len[1],
		    now_ns);
	return true;
}

/* Get the time of the next probe. */
static uint64_t check_ns(const struct repeat *repeat)
{
	return clock_earlier(repeat->classes[LANE_BULK].check_ns,
			     repeat->classes[LANE_URGENT].check_ns);
}

/**
 * repeat_wants_probe() - Check whether to ask the peer what it has
 * @repeat: the repetition
 * @now_ns: the current time
 *
 * Return: true if so
 */
bool repeat_wants_probe(const struct repeat *repeat, uint64_t now_ns)
{
	return check_ns(repeat) <= now_ns;
}

/* Check whether the own port is held: its count does not fall. */
static bool is_held(const struct repeat *repeat, uint64_t now_ns)
{
	return repeat->queued && repeat->queued >= repeat->queued_then &&
	       now_ns - repeat->progress_ns < REPEAT_DEAD_NS + REPEAT_HELD_NS;
}

/* Note a probe for a class. */
static void probed(struct repeat *repeat, enum lane lane, uint64_t now_ns)
{
	struct repeat_class *class = &repeat->classes[lane];
	uint64_t sent = window_transmissions(repeat->lanes.windows[lane]);

	/* The frame around the probe ends behind it. */
	if (lane == LANE_BULK && repeat->is_inside && sent)
		sent--;
	class->probe_at[repeat->probe_k % REPEAT_PROBES] = sent;
	if (class->check_ns > now_ns)
		return;
	class->check_ns =
		clock_later(repeat->is_inside ? 0 : repeat->wire_ns, now_ns) +
		class->pause_ns;
	class->pause_ns = clock_later(patience_ns(repeat, lane),
				      clock_earlier(2 * class->pause_ns,
						    REPEAT_CHECK_MAX_NS));
}

/**
 * repeat_probed() - Note a probe, whatever its reason
 * @repeat: the repetition
 * @k:      its number
 * @now_ns: the current time
 */
void repeat_probed(struct repeat *repeat, uint8_t k, uint64_t now_ns)
{
	const bool is_check = check_ns(repeat) <= now_ns;
	size_t i;

	repeat->probe_k = k;
	repeat->is_asked = true;
	occupy_wire(repeat, 8, now_ns);
	for (i = 0; i < LANE_COUNT; i++)
		probed(repeat, (enum lane)i, now_ns);
	if (!is_check)
		return;
	if (!is_held(repeat, now_ns))
		repeat->checks++;
	repeat->queued_then = repeat->queued;
	repeat->checked_ns = now_ns;
}

/**
 * repeat_set_queued() - Set the count of the port
 * @repeat: the repetition
 * @queued: bytes that wait in the port; 0: none, or not known
 */
void repeat_set_queued(struct repeat *repeat, size_t queued)
{
	repeat->queued = queued;
}

/**
 * repeat_is_dead() - Check whether to give the line up
 * @repeat: the repetition
 * @now_ns: the current time; all frames that came before were heard
 *
 * Return: true if the peer acknowledged nothing in time, although asked
 */
bool repeat_is_dead(const struct repeat *repeat, uint64_t now_ns)
{
	const uint64_t most_ns =
		clock_later(REPEAT_DEAD_NS,
			    REPEAT_DEAD_PACKETS * repeat->wire.packet_ns);

	/* The last probe, too, gets its time for an answer. */
	return repeat->checks >= REPEAT_CHECKS_MAX &&
	       check_ns(repeat) <= now_ns &&
	       now_ns >= repeat->progress_ns + most_ns;
}

/**
 * repeat_is_astray() - Check whether the ends disagree about the numbers
 * @repeat: the repetition
 *
 * Return: true if only a new session helps
 */
bool repeat_is_astray(const struct repeat *repeat)
{
	return repeat->astray >= REPEAT_ASTRAY_MAX;
}

/**
 * repeat_next_ns() - Get the time at which something is due
 * @repeat: the repetition
 * @now_ns: the current time
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t repeat_next_ns(const struct repeat *repeat, uint64_t now_ns)
{
	enum lane lane;
	uint8_t seq;

	if (repeat->is_ack_due || repeat_is_astray(repeat) ||
	    lanes_next_due(&repeat->lanes, false, &lane, &seq))
		return now_ns;
	return clock_earlier(repeat->ack_ns, check_ns(repeat));
}

/**
 * repeat_get_stats() - Get the counters
 * @repeat: the repetition
 * @stats:  filled in
 */
void repeat_get_stats(const struct repeat *repeat, struct repeat_stats *stats)
{
	*stats = repeat->stats;
	stats->invalid +=
		arrivals_too_long(repeat->classes[LANE_BULK].arrivals) +
		arrivals_too_long(repeat->classes[LANE_URGENT].arrivals);
	stats->part_len = parts_len(&repeat->parts);
}
