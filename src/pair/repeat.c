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
 * While many frames are lost, packets go in parts: a short frame is damaged
 * less often, and costs less to repeat.
 *
 * repeat is pure: frames and times are arguments.
 */
#include "pair/repeat.h"
#include "clock.h"
#include "packet/packet.h"
#include "pair/arrivals.h"
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

/* Of the last 64 transmissions: more repetitions make the parts shorter, and
 * fewer make them longer. */
#define REPEAT_SHORTER_ABOVE 6
#define REPEAT_LONGER_BELOW  1
#define REPEAT_HISTORY	     64

/* Frames with fewer bytes tell nothing about long ones. */
#define REPEAT_SHORT_LEN 128

/* Most parts of a packet. */
#define REPEAT_PARTS_MAX 32

/* Lengths of the parts; 0: the whole packet. */
static const size_t part_lens[] = {0, 512, 256};
#define REPEAT_PART_LENS (sizeof(part_lens) / sizeof(*part_lens))

/**
 * struct repeat - the repetition of one session
 * @window:      the frames that this end sends
 * @arrivals:    the frames that come
 * @wire:        the wire
 * @wire_ns:     time at which the wire has sent all frames, by the clock
 * @is_ack_due:  an acknowledgement is due at once
 * @has_failed:  a frame failed since the last one that said "failed"
 * @is_asked:    the last probe is not answered yet
 * @failed_ns:   time of the last one that said "failed"; 0: none did
 * @unacked:     frames that came since the last acknowledgement
 * @ack_ns:      time at which it is due; UINT64_MAX: it is not
 * @bits:        the bitmap of the last acknowledgement
 * @rtt_ns:      the smoothed round trip time; 0: not known
 * @check_ns:    time of the next probe; UINT64_MAX: none
 * @check_pause_ns: time from then to the one after it
 * @checks:      probes since @progress_ns
 * @checked_ns:  time of the last probe; 0: there was none
 * @progress_ns: time of the last news from the peer about this end's frames, or
 *               since when any is awaited
 * @queued:      bytes that wait in the port by its own count
 * @queued_then: the same at the last probe
 * @probe_k:     number of the last probe
 * @probe_at:    for each of the last probes, the last transmission before it
 * @verdict:     the judgement of the last acknowledgement
 * @astray:      answers in a row with acknowledgements that cannot be true
 * @history:     bit n: the transmission n before the last one was a repetition
 * @history_len: transmissions in it
 * @part:        index of the length of the parts
 * @stats:       counters since repeat_new()
 */
struct repeat {
	struct window *window;
	struct arrivals *arrivals;
	struct repeat_wire wire;
	uint64_t wire_ns;
	bool is_ack_due;
	bool has_failed;
	bool is_asked;
	uint64_t failed_ns;
	unsigned int unacked;
	uint64_t ack_ns;
	uint8_t bits[FRAME_BITS_MAX];
	uint64_t rtt_ns;
	uint64_t check_ns;
	uint64_t check_pause_ns;
	unsigned int checks;
	uint64_t checked_ns;
	uint64_t progress_ns;
	size_t queued;
	size_t queued_then;
	uint8_t probe_k;
	uint64_t probe_at[REPEAT_PROBES];
	enum window_verdict verdict;
	unsigned int astray;
	uint64_t history;
	unsigned int history_len;
	size_t part;
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

	if (!repeat)
		return NULL;
	repeat->window = window_new();
	repeat->arrivals = arrivals_new();
	if (repeat->window && repeat->arrivals)
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
	if (!repeat)
		return;
	window_free(repeat->window);
	arrivals_free(repeat->arrivals);
	free(repeat);
}

/**
 * repeat_begin() - Begin a session
 * @repeat: the repetition
 * @wire:   the wire, copied
 */
void repeat_begin(struct repeat *repeat, const struct repeat_wire *wire)
{
	const struct repeat begun = {
		.window = repeat->window,
		.arrivals = repeat->arrivals,
		.wire = *wire,
		.ack_ns = UINT64_MAX,
		.check_ns = UINT64_MAX,
		.stats = repeat->stats,
	};

	window_reset(repeat->window);
	arrivals_reset(repeat->arrivals);
	*repeat = begun;
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
	repeat->wire.byte_ns = byte_ns;
	repeat->wire_ns = clock_earlier(repeat->wire_ns, now_ns);
}

/**
 * repeat_end() - Count the frames that a session leaves behind
 * @repeat: the repetition
 */
void repeat_end(struct repeat *repeat)
{
	repeat->stats.given_up += window_frames(repeat->window);
	window_reset(repeat->window);
}

/* Get the number of parts of a packet of unknown length. */
static unsigned int parts_max(const struct repeat *repeat)
{
	return repeat->part ? REPEAT_PARTS_MAX : 1;
}

/**
 * repeat_has_room() - Check whether the window is open for a packet
 * @repeat: the repetition
 *
 * Return: true if repeat_add() may be called
 */
bool repeat_has_room(const struct repeat *repeat)
{
	return window_has_room(repeat->window, parts_max(repeat));
}

/**
 * repeat_add() - Add a packet to those that this end sends
 * @repeat: the repetition; repeat_has_room()
 * @packet: the packet, copied
 * @len:    its length
 * @flags:  0 or FRAME_COMPRESSED
 */
void repeat_add(struct repeat *repeat, const uint8_t *packet, size_t len,
		unsigned int flags)
{
	size_t part_len = part_lens[repeat->part];

	if (!part_len)
		part_len = len;
	else if (part_len < (len + REPEAT_PARTS_MAX - 1) / REPEAT_PARTS_MAX)
		part_len = (len + REPEAT_PARTS_MAX - 1) / REPEAT_PARTS_MAX;
	while (len > part_len) {
		window_add(repeat->window, packet, part_len,
			   flags | FRAME_MORE);
		packet += part_len;
		len -= part_len;
	}
	window_add(repeat->window, packet, len, flags);
}

/* Choose the length of the parts by the last transmissions. */
static void fit_parts(struct repeat *repeat, bool is_repeated, size_t len)
{
	int repeated;

	if (len < REPEAT_SHORT_LEN)
		return;
	repeat->history = repeat->history << 1 | is_repeated;
	if (repeat->history_len < REPEAT_HISTORY)
		repeat->history_len++;
	repeated = __builtin_popcountll(repeat->history);
	if (repeated > REPEAT_SHORTER_ABOVE &&
	    repeat->part < REPEAT_PART_LENS - 1)
		repeat->part++;
	else if (repeated < REPEAT_LONGER_BELOW && repeat->part &&
		 repeat->history_len == REPEAT_HISTORY)
		repeat->part--;
	else
		return;
	repeat->history = 0;
	repeat->history_len = 0;
}

/* Note that the port gets bytes. */
static void occupy_wire(struct repeat *repeat, size_t len, uint64_t now_ns)
{
	repeat->wire_ns = clock_later(repeat->wire_ns, now_ns) +
			  len * repeat->wire.byte_ns;
}

/* Get the time from the last transmission to a probe. */
static uint64_t patience_ns(const struct repeat *repeat)
{
	return repeat->rtt_ns ? clock_later(REPEAT_CHECK_NS, 2 * repeat->rtt_ns)
			      : REPEAT_CHECK_FIRST_NS;
}

/* Restart the wait for an acknowledgement. */
static void await(struct repeat *repeat, uint64_t now_ns)
{
	repeat->check_ns = UINT64_MAX;
	if (!window_awaits(repeat->window))
		return;
	repeat->check_pause_ns = patience_ns(repeat);
	repeat->check_ns =
		clock_later(repeat->wire_ns, now_ns) + repeat->check_pause_ns;
}

static void note_progress(struct repeat *repeat, uint64_t now_ns)
{
	repeat->progress_ns = clock_later(repeat->wire_ns, now_ns);
	repeat->checks = 0;
}

/* Let a data frame carry the acknowledgement that waits. */
static void ride(struct repeat *repeat, struct frame *head)
{
	if (repeat->ack_ns == UINT64_MAX && !repeat->is_ack_due)
		return;
	if (repeat->has_failed || arrivals_has_gap(repeat->arrivals))
		return;
	head->flags |= FRAME_NEXT;
	head->next[0] = arrivals_next(repeat->arrivals);
	repeat->is_ack_due = false;
	repeat->ack_ns = UINT64_MAX;
	repeat->unacked = 0;
}

/**
 * repeat_take() - Take the data frame that is due
 * @repeat: the repetition
 * @head:   flags, number, length of the body, and next[0] are filled in
 * @body:   buffer for the body
 * @now_ns: the current time
 *
 * Return: false if none is due
 */
bool repeat_take(struct repeat *repeat, struct frame *head, uint8_t *body,
		 uint64_t now_ns)
{
	bool is_repeated;

	if (!window_next_due(repeat->window, &head->seq))
		return false;
	head->kind = FRAME_DATA;
	head->body = body;
	head->body_len =
		window_copy(repeat->window, head->seq, body, &head->flags);
	ride(repeat, head);
	/* Two ENDs, and the head and the check. */
	occupy_wire(repeat, head->body_len + FRAME_HEAD_LEN + FRAME_FCS_LEN + 2,
		    now_ns);
	if (window_is_idle(repeat->window))
		note_progress(repeat, now_ns);
	is_repeated = window_sent(repeat->window, head->seq, repeat->wire_ns);
	repeat->stats.repeated += is_repeated;
	fit_parts(repeat, is_repeated, head->body_len);
	await(repeat, now_ns);
	return true;
}

/**
 * repeat_refused() - Note that the system refuses the last data frame for good
 * @repeat: the repetition
 */
void repeat_refused(struct repeat *repeat)
{
	window_void_last(repeat->window);
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
	const enum arrivals_news news = arrivals_hear(repeat->arrivals, frame);

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
	if (news != ARRIVALS_IN_ORDER || arrivals_has_gap(repeat->arrivals))
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
	return arrivals_take(repeat->arrivals, packet, len);
}

/**
 * repeat_is_compressed() - Check whether the last packet taken is compressed
 * @repeat: the repetition
 *
 * Return: true if so
 */
bool repeat_is_compressed(const struct repeat *repeat)
{
	return arrivals_is_compressed(repeat->arrivals);
}

static void measure(struct repeat *repeat, uint64_t rtt_ns)
{
	if (!rtt_ns)
		return;
	repeat->rtt_ns =
		repeat->rtt_ns ? (7 * repeat->rtt_ns + rtt_ns) / 8 : rtt_ns;
}

/* "Failed" came, and no later frame will show whether one of ours was lost. */
static void check_soon(struct repeat *repeat, uint64_t now_ns)
{
	if (!window_awaits(repeat->window) ||
	    repeat->wire_ns > now_ns + REPEAT_LEAD_NS)
		return;
	if (repeat->checked_ns &&
	    now_ns - repeat->checked_ns < REPEAT_FAILED_NS)
		return;
	repeat->check_ns = clock_earlier(repeat->check_ns, now_ns);
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
	const struct window_ack ack = {
		.next = frame->next[0],
		.bits = frame->bits[0],
		.bits_len = frame->bits_len[0],
	};
	uint64_t rtt_ns = 0;

	repeat->verdict = window_hear(repeat->window, &ack, now_ns, &rtt_ns);
	switch (repeat->verdict) {
	case WINDOW_NOTHING:
	case WINDOW_OLD:
		break;
	case WINDOW_NEWS:
		measure(repeat, rtt_ns);
		note_progress(repeat, now_ns);
		await(repeat, now_ns);
		break;
	case WINDOW_INVALID:
		repeat->stats.invalid++;
		break;
	}
	if (frame->kind == FRAME_ACK_FAILED) {
		repeat->stats.failed++;
		check_soon(repeat, now_ns);
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
	if (repeat->verdict == WINDOW_OLD || repeat->verdict == WINDOW_INVALID)
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
	uint64_t *at = &repeat->probe_at[k % REPEAT_PROBES];

	/* Numbers go from 255 to 1, so one that is 0 answers no probe. */
	if (!k || ago >= REPEAT_PROBES)
		return;
	if (!ago && repeat->is_asked)
		judge_answer(repeat);
	window_lose(repeat->window, *at);
	/* A second answer to the same probe shows nothing. */
	*at = 0;
	if (now_ns - repeat->progress_ns < REPEAT_STUCK_NS)
		repeat->checks = 0;
}

/**
 * repeat_take_ack() - Take the acknowledgement that is due
 * @repeat: the repetition
 * @frame:  kind, next[0] and bits[0] are filled in; they are valid until the
 *          next call
 * @is_due: it is due for another reason
 * @now_ns: the current time
 *
 * Return: false if none is due
 */
bool repeat_take_ack(struct repeat *repeat, struct frame *frame, bool is_due,
		     uint64_t now_ns)
{
	if (!is_due && !repeat->is_ack_due && repeat->ack_ns > now_ns)
		return false;
	repeat->ack_ns = UINT64_MAX;
	frame->kind = FRAME_ACK;
	if (repeat->has_failed && next_failed_ns(repeat) <= now_ns) {
		frame->kind = FRAME_ACK_FAILED;
		repeat->has_failed = false;
		repeat->failed_ns = now_ns;
	} else if (repeat->has_failed) {
		repeat->ack_ns = next_failed_ns(repeat);
	}
	frame->next[0] = arrivals_next(repeat->arrivals);
	frame->bits[0] = repeat->bits;
	frame->bits_len[0] = arrivals_bits(repeat->arrivals, repeat->bits);
	repeat->is_ack_due = false;
	repeat->unacked = 0;
	occupy_wire(repeat, 11 + frame->bits_len[0], now_ns);
	return true;
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
	return repeat->check_ns <= now_ns;
}

/* Check whether the own port is held: its count does not fall. */
static bool is_held(const struct repeat *repeat, uint64_t now_ns)
{
	return repeat->queued && repeat->queued >= repeat->queued_then &&
	       now_ns - repeat->progress_ns < REPEAT_DEAD_NS + REPEAT_HELD_NS;
}

/**
 * repeat_probed() - Note a probe, whatever its reason
 * @repeat: the repetition
 * @k:      its number
 * @now_ns: the current time
 */
void repeat_probed(struct repeat *repeat, uint8_t k, uint64_t now_ns)
{
	repeat->probe_k = k;
	repeat->is_asked = true;
	repeat->probe_at[k % REPEAT_PROBES] =
		window_transmissions(repeat->window);
	occupy_wire(repeat, 8, now_ns);
	if (repeat->check_ns > now_ns)
		return;
	if (!is_held(repeat, now_ns))
		repeat->checks++;
	repeat->queued_then = repeat->queued;
	repeat->checked_ns = now_ns;
	repeat->check_ns =
		clock_later(repeat->wire_ns, now_ns) + repeat->check_pause_ns;
	repeat->check_pause_ns =
		clock_later(patience_ns(repeat),
			    clock_earlier(2 * repeat->check_pause_ns,
					  REPEAT_CHECK_MAX_NS));
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
	       repeat->check_ns <= now_ns &&
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
	if (repeat->is_ack_due || window_has_due(repeat->window) ||
	    repeat_is_astray(repeat))
		return now_ns;
	return clock_earlier(repeat->ack_ns, repeat->check_ns);
}

/**
 * repeat_get_stats() - Get the counters
 * @repeat: the repetition
 * @stats:  filled in
 */
void repeat_get_stats(const struct repeat *repeat, struct repeat_stats *stats)
{
	*stats = repeat->stats;
	stats->invalid += arrivals_too_long(repeat->arrivals);
	stats->part_len = part_lens[repeat->part];
}
