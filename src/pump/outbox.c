/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outbox encodes frames, and keeps them until the port has taken the last
 * byte. So a full port never truncates a frame. On a wire of known speed the
 * outbox holds one frame; otherwise a batch, to save system calls.
 *
 * The outbox puts the framing's idle bytes (a leading END) before a frame if
 * the receiver may be in the middle of other bytes: noise since our last END,
 * or a truncated frame of ours. It does not always do so, because some
 * receivers mishandle a leading END: Serial-TUN stops at the first END of a
 * read, and RIOT's sliptty takes a second END for a packet type.
 *
 * A frame may leave in pieces, so that an urgent frame can interrupt it
 * (weave). The frame behind an interrupted one has a leading END: if the END of
 * the inner frame was lost, the receiver takes the END of the outer one for it.
 *
 * The sender writes the bytes, and passes the time.
 */
#include "pump/outbox.h"
#include "clock.h"
#include "pump/drop.h"
#include "pump/pump.h"
#include "pump/stats.h"

#include <sys/param.h>

/* A piece of a frame that may be interrupted is not shorter than this. */
#define OUTBOX_PIECE_MIN 16

/*
 * Time after our last END after which noise may have come. It is longer than
 * the interval of a ping every second or two, whose packets need no leading
 * END.
 */
#define OUTBOX_LEAD_NS (10 * NS_PER_S)

/**
 * outbox_clear() - start anew behind frames that the port has taken
 * @outbox: the outbox
 */
void outbox_clear(struct outbox *outbox)
{
	outbox->at = 0;
	outbox->len = 0;
	outbox->packets = 0;
	outbox->packet_bytes = 0;
	outbox->in_pieces = false;
	outbox->is_short = false;
	outbox->inner_end = 0;
}

/**
 * outbox_drop() - drop the frames that wait, because the receiver is gone
 * @outbox: the outbox
 *
 * Of a batch that the port took in part, all packets count as dropped.
 */
void outbox_drop(struct outbox *outbox)
{
	if (!outbox_is_empty(outbox) && outbox->packets)
		drop_packets(outbox->counters, STATS_DROP_NO_LINE,
			     outbox->packets, outbox->packet_bytes);
	outbox_clear(outbox);
	outbox->was_woven = false;
	outbox->is_between = false;
}

/**
 * outbox_refuse() - drop the frames that wait, because the system refuses them
 * @outbox: the outbox
 */
void outbox_refuse(struct outbox *outbox)
{
	if (outbox->at)
		outbox->is_between = false;
	outbox->at = outbox->len;
	drop_packets(outbox->counters, STATS_DROP_UNSENDABLE, outbox->packets,
		     outbox->packet_bytes);
}

/* May the receiver be in the middle of a frame or of noise? */
static bool needs_lead(const struct outbox *outbox, uint64_t now_ns)
{
	if (!outbox->config->framing->idle)
		return false;
	switch (outbox->config->lead) {
	case FRAMING_LEAD_ALWAYS:
		return true;
	case FRAMING_LEAD_NEVER:
		return false;
	default:
		return !outbox->len &&
		       (!outbox->is_between ||
			now_ns - outbox->ended_ns > OUTBOX_LEAD_NS);
	}
}

/**
 * outbox_append_idle() - append the framing's idle bytes
 * @outbox: the outbox; its framing has idle bytes
 */
void outbox_append_idle(struct outbox *outbox)
{
	outbox->len +=
		outbox->config->framing->idle(outbox->bytes + outbox->len);
}

/* Count the packet of a frame that the outbox takes. */
static void add_packet(struct outbox *outbox, const struct outbox_frame *frame)
{
	outbox->packets += frame->packet_len > 0;
	outbox->packet_bytes += frame->packet_len;
}

/**
 * outbox_append() - encode and append a frame
 * @outbox: the outbox; all frames but the last are within OUTBOX_BATCH_LEN
 * @frame: the frame
 * @now_ns: the time
 */
void outbox_append(struct outbox *outbox, const struct outbox_frame *frame,
		   uint64_t now_ns)
{
	const bool lead = outbox->was_woven || needs_lead(outbox, now_ns);
	int ends;

	for (ends = 0; outbox->marks && ends < KEEPALIVE_MARK_ENDS; ends++)
		outbox_append_idle(outbox);
	outbox->marks = false;
	outbox->was_woven = false;
	if (lead)
		outbox_append_idle(outbox);
	outbox->len +=
		outbox->config->framing->encode(outbox->bytes + outbox->len,
						frame->bytes, frame->len);
	outbox->in_pieces = frame->in_pieces;
	add_packet(outbox, frame);
}

/**
 * outbox_takes_inner() - can a frame interrupt the one in the outbox now?
 * @outbox: the outbox, between two pieces
 *
 * Return: true if so
 */
bool outbox_takes_inner(const struct outbox *outbox)
{
	return outbox->at >= outbox->inner_end &&
	       weave_fits(outbox->bytes, outbox->at);
}

/**
 * outbox_insert() - encode a frame and put it in front of the next piece
 * @outbox: the outbox, after outbox_takes_inner()
 * @frame: the frame, FRAMING_INNER_MAX bytes at most
 */
void outbox_insert(struct outbox *outbox, const struct outbox_frame *frame)
{
	uint8_t inner[OUTBOX_INNER_LEN];
	const size_t len = outbox->config->framing->encode(inner, frame->bytes,
							   frame->len);

	outbox->inner_end = weave_insert(outbox->bytes, &outbox->at,
					 &outbox->len, inner, len);
	outbox->was_woven = true;
	add_packet(outbox, frame);
}

/**
 * outbox_next_len() - how long is the next write?
 * @outbox: the outbox
 * @piece: bytes of a piece of a frame that may be interrupted
 *
 * Return: bytes to write, from @outbox->bytes + @outbox->at on
 */
size_t outbox_next_len(const struct outbox *outbox, size_t piece)
{
	const size_t rest = outbox->len - outbox->at;

	if (!outbox->in_pieces)
		return rest;
	if (outbox->at < outbox->inner_end)
		return outbox->inner_end - outbox->at;
	return weave_piece(outbox->bytes + outbox->at, rest,
			   MAX(piece, OUTBOX_PIECE_MIN));
}

/**
 * outbox_take() - note that the port has taken bytes
 * @outbox: the outbox
 * @taken: bytes that the port took
 * @len: bytes that it was given
 * @now_ns: the time
 */
void outbox_take(struct outbox *outbox, size_t taken, size_t len,
		 uint64_t now_ns)
{
	struct stats_direction *counters = outbox->counters;

	outbox->at += taken;
	counters->line_bytes += taken;
	outbox->is_short = taken < len;
	if (outbox->is_short) {
		counters->short_writes++;
	} else if (outbox_is_empty(outbox)) {
		/* Not before: a counter that goes back has no rate. */
		counters->packets += outbox->packets;
		counters->bytes += outbox->packet_bytes;
		outbox->ended_ns = now_ns;
		outbox->is_between = true;
	}
}
