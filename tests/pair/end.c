/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "end.h"
#include "../unit/testing.h"
#include "clock.h"
#include "framing/weave.h"
#include "packet/packet.h"

#include <stdio.h>

/* The end writes the next frame this long before the line runs dry. */
#define LEAD_NS (2500 * NS_PER_US)

#define PING_NS (150 * NS_PER_MS)
#define IDLE_NS (3 * NS_PER_S)

/* Words are no further to the front of a packet than this. */
#define WORDS_AT 64

/* Types of packets. */
enum {
	TYPE_BULK,
	TYPE_PING,
	TYPE_PONG,
	TYPE_ACK,
};

bool end_is_verbose;

static const char *const event_names[] = {
	[PAIR_EVENT_PAIRED] = "paired",
	[PAIR_EVENT_AGREE] = "agree",
	[PAIR_EVENT_SILENT] = "silent",
	[PAIR_EVENT_GARBAGE] = "garbage",
	[PAIR_EVENT_PLAIN] = "plain",
	[PAIR_EVENT_ANEW] = "anew",
	[PAIR_EVENT_CLOSED] = "closed",
	[PAIR_EVENT_LOSSY] = "lossy",
	[PAIR_EVENT_ASTRAY] = "astray",
	[PAIR_EVENT_UNREADABLE] = "unreadable",
	[PAIR_EVENT_LOOPED] = "looped",
	[PAIR_EVENT_CROWD] = "crowd",
	[PAIR_EVENT_VERSION] = "version",
	[PAIR_EVENT_KIND] = "kind",
	[PAIR_EVENT_FLOW] = "flow",
	[PAIR_EVENT_CHECK] = "check",
	[PAIR_EVENT_DEAF] = "deaf",
	[PAIR_EVENT_SPEED] = "speed",
	[PAIR_EVENT_LISTENS] = "listens",
	[PAIR_EVENT_STRANGER] = "stranger",
};

static void put_32(uint8_t *p, uint32_t n)
{
	memcpy(p, &n, sizeof(n));
}

static uint32_t get_32(const uint8_t *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return n;
}

/**
 * struct content - what a packet says
 * @generation: number of the program that sent it
 * @number:     its number among the packets of this program
 * @session:    the session in which it was sent; 0: none
 * @ordinal:    its number in this session, among those of its flow
 * @type:       its type
 */
struct content {
	uint32_t generation;
	uint32_t number;
	uint32_t session;
	uint32_t ordinal;
	uint8_t type;
};

/*
 * Make a packet whose bytes depend on the other arguments only. The last bytes
 * of every second packet are words, so that it shrinks, and much of it is in
 * the packets before. The bytes before them show damage to the header.
 */
static void make_packet(uint8_t *packet, unsigned int len,
			const struct content *content)
{
	uint32_t mix = content->number * 2654435761U +
		       content->generation * 2246822519U + content->type +
		       content->session + content->ordinal * 3266489917U;
	static const char words[4][8] = {"serial, ", "tunnel, ", "packet, ",
					 "END ESC\n"};
	unsigned int i;

	/* Mix, so that one wrong bit in the header changes most bytes. */
	mix = (mix ^ mix >> 16) * 3266489917U;
	mix = (mix ^ mix >> 13) * 2246822519U;
	mix ^= mix >> 16;
	testing_ipv4(packet, len, 0);
	put_32(packet + 20, content->generation);
	put_32(packet + 24, content->number);
	put_32(packet + 28, content->session);
	put_32(packet + 32, content->ordinal);
	packet[36] = content->type;
	for (i = 37; i < len; i++)
		packet[i] =
			i < WORDS_AT || content->number % 2
				? (uint8_t)(mix * (2 * i + 1) >> 24)
				: (uint8_t)
					  words[mix * (i / 8 + 1) >> 30][i % 8];
}

static void read_packet(const uint8_t *packet, struct content *content)
{
	content->generation = get_32(packet + 20);
	content->number = get_32(packet + 24);
	content->session = get_32(packet + 28);
	content->ordinal = get_32(packet + 32);
	content->type = packet[36];
}

static uint64_t draw(void *context)
{
	return sim_random(context);
}

static void clear_outbox(struct end *end)
{
	end->outbox_at = 0;
	end->outbox_len = 0;
	end->inner_end = 0;
	end->was_woven = false;
}

/* Set the port to another speed. What it has not sent or read is lost. */
static void set_baud(struct end *end, uint32_t baud, uint64_t now_ns)
{
	size_t i;

	if (end->in[0])
		wire_set_speed(end->in[0], 1, baud, now_ns);
	wire_set_speed(end->out[0], 0, baud, now_ns);
	for (i = 0; i < END_LINES_MAX; i++)
		end->decoder[i] = (struct slip_decoder){0};
	clear_outbox(end);
	end->settle_ns = now_ns + 10 * NS_PER_MS;
}

/* Change the speed if the pair wants another one. */
static void follow_speed(struct end *end, uint64_t now_ns)
{
	const uint32_t baud = pair_wanted_baud(end->pair, now_ns);
	const bool is_set = !end->refuses || baud == end->speeds.base;

	if (!baud)
		return;
	if (end_is_verbose)
		printf("%10.3f %c %u -> %u baud\n", (double)now_ns / 1e6,
		       end->name, end_baud(end), baud);
	if (is_set) {
		set_baud(end, baud, now_ns);
		pair_set_byte_ns(end->pair, end->out[0]->byte_ns, now_ns);
		end->changes++;
	}
	pair_baud_changed(end->pair, is_set, now_ns);
}

/* Tell the pair what the port can do. */
static void set_speeds(struct end *end, uint64_t packet_ns)
{
	static const uint32_t strangers[] = {9600, 57600, 38400, 230400,
					     921600};
	struct stranger_config config = {
		.base = end->speeds.base,
		.packet_ns = packet_ns,
	};
	struct speed_config speeds = end->speeds;

	if (end->fixed_baud) {
		speeds.base = end->fixed_baud;
		speeds.count = 0;
	} else if (end->listens && end->speeds.count) {
		config.count = sizeof(strangers) / sizeof(*strangers);
		memcpy(config.speeds, strangers, sizeof(strangers));
	}
	speeds.packet_ns = packet_ns;
	pair_set_speeds(end->pair, &speeds);
	pair_set_strangers(end->pair, &config);
}

static void add_past(struct end *end)
{
	end->past_hellos = end_hellos(end);
	end->past_sessions = end_sessions(end);
}

/**
 * end_open() - Start a program
 * @end:    the end; the caller has set all fields that do not start as 0
 * @can:    bits of enum hello_can; 0: another program that speaks plain SLIP
 * @now_ns: the current time
 */
void end_open(struct end *end, unsigned int can, uint64_t now_ns)
{
	const struct pair_config config = {
		.random = draw,
		.context = end->random,
		.can = can,
		.idle_ns = IDLE_NS,
	};
	const uint64_t byte_ns = end->fixed_baud
					 ? 10 * NS_PER_S / end->fixed_baud
					 : end->base_ns;
	const struct pair_port port = {
		.packet_ns = (end->packet_len + 10) * byte_ns,
		.byte_ns = byte_ns,
		.is_stream = end->is_stream,
	};
	struct agree agree = {.mtu = 1500, .takes = true, .free = {10}};
	size_t i;

	agree.free_count = 1;
	agree.name[0] = end->name;
	end->is_alive = true;
	end->is_plain = !can;
	end->can = can;
	end->generation += 0x100;
	end->sent = 0;
	end->queue_len = 0;
	end->read_ns = UINT64_MAX;
	end->wake_ns = now_ns;
	end->ping_ns = now_ns + sim_between(end->random, 0, PING_NS);
	for (i = 0; i < END_LINES_MAX; i++) {
		end->decoder[i] = (struct slip_decoder){0};
		if (end->in[i])
			wire_flush(end->in[i], now_ns);
	}
	clear_outbox(end);
	if (end->fixed_baud)
		set_baud(end, end->fixed_baud, now_ns);
	else if (end->speeds.count)
		set_baud(end, end->speeds.base, now_ns);
	end->settle_ns = 0;
	if (end->is_plain)
		return;
	end->pair = pair_new(&config);
	assert_non_null(end->pair);
	set_speeds(end, port.packet_ns);
	pair_open(end->pair, &port, now_ns);
	pair_set_agree(end->pair, &agree, now_ns);
	if (end_is_verbose)
		printf("%10.3f %c starts\n", (double)now_ns / 1e6, end->name);
}

/**
 * end_kill() - Kill the program
 * @end: the end
 */
void end_kill(struct end *end)
{
	add_past(end);
	pair_free(end->pair);
	end->pair = NULL;
	end->is_alive = false;
	end->wake_ns = UINT64_MAX;
	end->read_ns = UINT64_MAX;
}

static void write_bytes(struct end *end, const uint8_t *bytes, size_t len,
			uint64_t now_ns)
{
	size_t i;

	for (i = 0; i < END_LINES_MAX; i++)
		if (end->out[i])
			wire_write(end->out[i], bytes, len, now_ns);
}

/**
 * end_close() - Stop the program, which closes its session
 * @end:    the end
 * @now_ns: the current time
 */
void end_close(struct end *end, uint64_t now_ns)
{
	uint8_t out[PAIR_SHORT_MAX];
	size_t len = end->pair ? pair_close(end->pair, out, now_ns) : 0;

	write_bytes(end, end->outbox + end->outbox_at,
		    end->outbox_len - end->outbox_at, now_ns);
	if (len)
		end_write(end, out, len, now_ns);
	end_kill(end);
}

/**
 * end_write() - Write a frame to the lines
 * @end:    the end
 * @frame:  the frame, not encoded
 * @len:    length of @frame
 * @now_ns: the current time
 */
void end_write(struct end *end, const uint8_t *frame, size_t len,
	       uint64_t now_ns)
{
	uint8_t encoded[FRAMING_ENCODED_MAX(END_PACKET_MAX + 64)];

	encoded[0] = SLIP_END;
	if (end->was_woven)
		write_bytes(end, encoded, 1, now_ns);
	end->was_woven = false;
	len = slip_encode(encoded, frame, len, SLIP_ESCAPES_RFC1055);
	write_bytes(end, encoded, len, now_ns);
}

static void queue(struct end *end, unsigned int len, uint8_t type)
{
	if (end->queue_len == END_QUEUE_MAX)
		return;
	end->queue[(end->queue_at + end->queue_len++) % END_QUEUE_MAX] =
		(struct end_packet){len, type};
}

static bool repeats(const struct end *end)
{
	struct pair_stats stats;

	pair_get_stats(end->pair, &stats);
	return stats.repeats;
}

/* Packets of different flows may overtake each other where short frames
 * interrupt long ones. */
static size_t flow_of(const struct end *end, uint8_t type)
{
	return end->pair && pair_takes_inner(end->pair) ? type % END_FLOWS : 0;
}

/* Check that the packets of a session come without a hole. */
static void check_session(struct end *end, const struct content *content)
{
	uint32_t *ordinal = &end->ordinals_in[flow_of(end, content->type)];

	if (content->session != end->session_in)
		memset(end->ordinals_in, 0, sizeof(end->ordinals_in));
	if (content->ordinal != *ordinal && repeats(end))
		end->faults |= END_HOLE;
	end->session_in = content->session;
	*ordinal = content->ordinal + 1;
}

/* A session that repeats loses no ping, so the answers come in order. */
static void note_trip(struct end *end, uint64_t now_ns)
{
	if (end->trip_count < end->trips_max)
		end->trips[end->trip_count] =
			now_ns - end->trips[end->trip_count];
	end->trip_count++;
}

/* Deliver a packet to the interface. */
static void deliver(struct end *end, const uint8_t *packet, size_t len,
		    bool is_checked, uint64_t now_ns)
{
	uint8_t wanted[END_PACKET_MAX];
	struct content content;
	bool is_good = false;
	uint32_t *last;

	if (len >= END_PACKET_MIN && len <= END_PACKET_MAX) {
		read_packet(packet, &content);
		make_packet(wanted, (unsigned int)len, &content);
		is_good = !memcmp(packet, wanted, len);
	}
	if (!is_good) {
		/* Plain SLIP does not detect all damage. */
		if (is_checked && end->trusts)
			end->faults |= END_DAMAGED;
		return;
	}
	last = &end->last[flow_of(end, content.type)];
	if (end->trusts &&
	    (content.generation < end->last_of ||
	     (content.generation == end->last_of && content.number <= *last)))
		end->faults |= END_TWICE;
	if (is_checked && end->trusts)
		check_session(end, &content);
	if (content.generation != end->last_of)
		memset(end->last, 0, sizeof(end->last));
	end->last_of = content.generation;
	*last = content.number;
	end->delivered++;
	end->plain_in += !is_checked;
	end->heard_ns = now_ns;
	if (content.type == TYPE_PONG && end->trips)
		note_trip(end, now_ns);
	if (content.type == TYPE_PING)
		queue(end, (unsigned int)len, TYPE_PONG);
	if (content.type == TYPE_BULK && end->acks && ++end->to_ack % 2)
		queue(end, END_PACKET_MIN, TYPE_ACK);
}

static void hear_plainly(struct end *end, const uint8_t *frame, size_t len,
			 uint64_t now_ns)
{
	if (packet_is_good(packet_check(frame, len)))
		deliver(end, frame, len, false, now_ns);
	else
		end->short_in++;
}

static void hear(struct end *end, const uint8_t *frame, size_t len,
		 uint64_t now_ns)
{
	const uint8_t *packet;
	size_t packet_len;
	bool is_packet;

	switch (pair_receive(end->pair, frame, len, now_ns, &packet,
			     &packet_len)) {
	case PAIR_OURS:
		break;
	case PAIR_PACKET:
		do
			deliver(end, packet, packet_len, true, now_ns);
		while (pair_next_packet(end->pair, &packet, &packet_len));
		break;
	case PAIR_OTHER:
		is_packet = packet_is_good(packet_check(frame, len));
		if (!pair_admit(end->pair, is_packet, now_ns))
			break;
		if (end_state(end) == PAIR_PAIRED)
			end->faults |= END_UNPAIRED;
		deliver(end, frame, len, false, now_ns);
		break;
	}
}

static void decode(struct end *end, size_t i, const uint8_t *bytes, size_t len,
		   uint64_t now_ns)
{
	struct slip_decoder *decoder = &end->decoder[i];
	enum framing_status status;
	size_t used;

	while (len) {
		decoder->takes_inner = end->pair && pair_takes_inner(end->pair);
		used = slip_decode(decoder, bytes, len, &status);
		bytes += used;
		len -= used;
		if (status == FRAMING_MORE)
			continue;
		if (end->is_plain && status == FRAMING_FRAME)
			hear_plainly(end, decoder->packet, decoder->len,
				     now_ns);
		else if (status == FRAMING_FRAME)
			hear(end, decoder->packet + decoder->frame_at,
			     decoder->len - decoder->frame_at, now_ns);
		else if (!end->is_plain)
			pair_admit(end->pair, false, now_ns);
	}
}

static void read_lines(struct end *end, uint64_t now_ns)
{
	struct seek_line line = {0};
	uint8_t bytes[WIRE_PORT_MAX];
	size_t len;
	size_t i;

	for (i = 0; i < END_LINES_MAX && end->in[i]; i++) {
		len = wire_read(end->in[i], bytes, now_ns);
		if (!len || now_ns < end->settle_ns)
			continue;
		if (end->pair)
			pair_heard(end->pair, len, now_ns);
		decode(end, i, bytes, len, now_ns);
	}
	if (!end->pair)
		return;
	line.in_frame = slip_decoder_pending(&end->decoder[0]);
	pair_set_line(end->pair, &line);
}

static uint64_t dry_ns(const struct end *end, uint64_t now_ns)
{
	return wire_dry_ns(end->out[0], now_ns);
}

/* Take the next packet from the interface. Return: false if there is none. */
static bool next_packet(struct end *end, struct end_packet *packet)
{
	if (end->queue_len) {
		*packet = end->queue[end->queue_at++ % END_QUEUE_MAX];
		end->queue_at %= END_QUEUE_MAX;
		end->queue_len--;
		return true;
	}
	*packet = (struct end_packet){end->packet_len, TYPE_BULK};
	/* Sometimes the flow pauses, and a short packet comes. */
	if (end->traffic == END_GREEDY && sim_chance(end->random, 0.05))
		packet->len = END_PACKET_MIN;
	return end->traffic == END_GREEDY;
}

/* Is the next packet of the interface urgent? */
static bool has_urgent(const struct end *end)
{
	const struct end_packet *packet = &end->queue[end->queue_at];

	return end->pair && end->queue_len && packet->len <= 256 &&
	       pair_may_be_urgent(end->pair, packet->type);
}

/* Get the session of the next packet; 0: none. */
static uint32_t session_of(struct end *end)
{
	uint32_t session = 0;

	if (end_state(end) != PAIR_PLAIN)
		session = (uint32_t)(pair_id(end->pair) ^
				     pair_peer(end->pair)->id * 3) |
			  1;
	if (session != end->session_out)
		memset(end->ordinals_out, 0, sizeof(end->ordinals_out));
	end->session_out = session;
	return session;
}

/* Make the frame of a packet. Return: its length; 0: the packet waits. */
static size_t wrap_packet(struct end *end, const struct end_packet *packet,
			  bool is_inside, uint8_t *room, uint64_t now_ns,
			  uint8_t **frame)
{
	const struct content content = {
		.generation = end->generation,
		.number = ++end->sent,
		.session = session_of(end),
		.ordinal = end->ordinals_out[flow_of(end, packet->type)]++,
		.type = packet->type,
	};
	struct pair_packet what = {
		.len = packet->len,
		.flow = packet->type,
		.is_inside = is_inside,
	};

	*frame = room + PAIR_HEADROOM;
	make_packet(*frame, packet->len, &content);
	if (!end->pair)
		return packet->len;
	what.is_sparse =
		what.len <= 256 && pair_may_be_urgent(end->pair, what.flow);
	return pair_wrap(end->pair, *frame, &what, now_ns, frame);
}

/* Write a frame, or its first piece. */
static void write_frame(struct end *end, const uint8_t *frame, size_t len,
			uint64_t now_ns)
{
	if (!end->pair || !pair_interrupts(end->pair) ||
	    !frame_is_bulk(frame)) {
		end_write(end, frame, len, now_ns);
		return;
	}
	end->outbox_at = 0;
	end->outbox_len = 0;
	end->inner_end = 0;
	if (end->was_woven)
		end->outbox[end->outbox_len++] = SLIP_END;
	end->was_woven = false;
	end->outbox_len += slip_encode(end->outbox + end->outbox_len, frame,
				       len, SLIP_ESCAPES_RFC1055);
}

static void send_packet(struct end *end, const struct end_packet *packet,
			uint64_t now_ns)
{
	uint8_t room[PAIR_HEADROOM + END_PACKET_MAX + PAIR_TAILROOM];
	uint8_t *frame;
	size_t len = wrap_packet(end, packet, false, room, now_ns, &frame);

	if (len)
		write_frame(end, frame, len, now_ns);
}

/* Put what is urgent in front of the next piece. */
static void interrupt(struct end *end, uint64_t now_ns)
{
	static uint8_t out[PAIR_FRAME_MAX];
	uint8_t inner[FRAMING_ENCODED_MAX(FRAMING_INNER_MAX)];
	struct end_packet packet;
	uint8_t *frame = out;
	size_t len;

	if (!end->pair || end->outbox_at < end->inner_end ||
	    !weave_fits(end->outbox, end->outbox_at))
		return;
	len = pair_take_inside(end->pair, out, now_ns);
	if (!len && has_urgent(end) && !pair_holds(end->pair) &&
	    next_packet(end, &packet))
		len = wrap_packet(end, &packet, true, out, now_ns, &frame);
	if (!len)
		return;
	if (end_is_verbose)
		printf("%10.3f %c frame %02x inside\n", (double)now_ns / 1e6,
		       end->name, frame[0]);
	len = slip_encode(inner, frame, len, SLIP_ESCAPES_RFC1055);
	end->inner_end = weave_insert(end->outbox, &end->outbox_at,
				      &end->outbox_len, inner, len);
	end->was_woven = true;
}

/* Write the next piece of a bulk frame. Return: false if there is none. */
static bool write_piece(struct end *end, uint64_t now_ns)
{
	const size_t piece = (size_t)(4 * NS_PER_MS / end->out[0]->byte_ns);
	size_t len;

	if (end->outbox_at == end->outbox_len)
		return false;
	interrupt(end, now_ns);
	len = weave_piece(end->outbox + end->outbox_at,
			  end->outbox_len - end->outbox_at,
			  piece > 16 ? piece : 16);
	write_bytes(end, end->outbox + end->outbox_at, len, now_ns);
	end->outbox_at += len;
	return true;
}

/* Is this a message that the scenario wants to be lost? */
static bool is_lost(struct end *end, const uint8_t *frame)
{
	const uint8_t speed_byte = 0x28 | 4;

	if (!end->watched || frame[0] != speed_byte || frame[1] != end->watched)
		return false;
	end->seen++;
	return end->seen >= end->watch_at &&
	       end->seen < end->watch_at + end->watch_len;
}

/* May a packet go, or does it wait for the window or for another speed? */
static bool may_send(const struct end *end)
{
	return !end->pair || ((pair_has_room(end->pair) || has_urgent(end)) &&
			      !pair_holds(end->pair));
}

static bool has_more(const struct end *end, uint64_t now_ns)
{
	return end->queue_len || end->traffic == END_GREEDY ||
	       (end->pair && pair_next_ns(end->pair, now_ns) <= now_ns);
}

static void end_burst(struct end *end, uint64_t now_ns)
{
	const uint8_t byte = SLIP_END;
	size_t i;

	for (i = 0; end->pair && pair_repeats(end->pair) && i < END_LINES_MAX;
	     i++)
		if (end->out[i])
			wire_write(end->out[i], &byte, 1, now_ns);
}

/* Send like the real sender: frames of the pair first, then packets. */
static void send(struct end *end, uint64_t now_ns)
{
	static uint8_t out[PAIR_FRAME_MAX];
	struct end_packet packet;
	bool has_sent = false;
	size_t len;

	while (dry_ns(end, now_ns) <= now_ns + LEAD_NS) {
		if (write_piece(end, now_ns)) {
			has_sent = true;
			continue;
		}
		if (end->pair)
			pair_set_queued(end->pair, end->out[0]->len);
		len = end->pair ? pair_take(end->pair, out, now_ns) : 0;
		if (len) {
			if (end_is_verbose && out[0] == '#')
				printf("%10.3f %c %.*s\n", (double)now_ns / 1e6,
				       end->name, (int)len, out);
			else if (end_is_verbose)
				printf("%10.3f %c frame %02x\n",
				       (double)now_ns / 1e6, end->name, out[0]);
			if (!is_lost(end, out))
				write_frame(end, out, len, now_ns);
		} else if (may_send(end) && next_packet(end, &packet)) {
			send_packet(end, &packet, now_ns);
		} else {
			break;
		}
		has_sent = true;
	}
	if (has_sent && end->outbox_at == end->outbox_len &&
	    !has_more(end, now_ns))
		end_burst(end, now_ns);
}

static void show_events(struct end *end, uint64_t now_ns)
{
	enum pair_event event;

	while ((event = pair_next_event(end->pair))) {
		if (event == PAIR_EVENT_UNREADABLE && end->trusts)
			end->faults |= END_UNREADABLE;
		if (end_is_verbose)
			printf("%10.3f %c event: %s\n", (double)now_ns / 1e6,
			       end->name, event_names[event]);
	}
}

static uint64_t next_wake(struct end *end, uint64_t now_ns)
{
	const uint64_t dry = dry_ns(end, now_ns);
	const uint64_t ready = dry > LEAD_NS ? dry - LEAD_NS : 0;
	uint64_t ns = UINT64_MAX;

	if (end->pair)
		ns = pair_next_ns(end->pair, now_ns);
	if ((end->queue_len || end->traffic == END_GREEDY) && may_send(end))
		ns = 0;
	if (end->outbox_at < end->outbox_len)
		ns = 0;
	if (ns != UINT64_MAX)
		ns = clock_later(ns, ready);
	if (end->traffic == END_PINGS)
		ns = clock_earlier(ns, end->ping_ns);
	if (ns == UINT64_MAX)
		return ns;
	/* The kernel wakes a process a little late, and sometimes very late. */
	return clock_later(ns, now_ns) + 20 * NS_PER_US +
	       (sim_chance(end->random, 0.01)
			? sim_between(end->random, 0, 10 * NS_PER_MS)
			: sim_between(end->random, 0, 300 * NS_PER_US));
}

/* Some pings are long, so that their flow changes its class, but not where the
 * trips are measured. */
static unsigned int ping_len(const struct end *end)
{
	return !end->trips && sim_chance(end->random, 0.1) ? 280 : 84;
}

/**
 * end_turn() - Run the program until it has nothing more to do
 * @end:    the end
 * @now_ns: the current time
 */
void end_turn(struct end *end, uint64_t now_ns)
{
	read_lines(end, now_ns);
	if (end->traffic == END_PINGS && end->ping_ns <= now_ns) {
		queue(end, ping_len(end), TYPE_PING);
		if (end->trips && end->ping_count < end->trips_max)
			end->trips[end->ping_count++] = now_ns;
		end->ping_ns = now_ns + PING_NS / 2 +
			       sim_between(end->random, 0, PING_NS);
	}
	if (end->pair)
		follow_speed(end, now_ns);
	send(end, now_ns);
	if (end->pair) {
		if (pair_is_draining(end->pair))
			pair_set_dry(end->pair, end->outbox_at < end->outbox_len
							? UINT64_MAX
							: dry_ns(end, now_ns));
		follow_speed(end, now_ns);
		show_events(end, now_ns);
	}
	end->wake_ns = next_wake(end, now_ns);
}

/**
 * end_baud() - Get the speed of its port
 * @end: the end
 *
 * Return: bits per second
 */
uint32_t end_baud(const struct end *end)
{
	return end->out[0]->speeds[0];
}

/**
 * end_hellos() - Get the number of hellos that all its programs sent
 * @end: the end
 *
 * Return: the number
 */
uint64_t end_hellos(const struct end *end)
{
	struct pair_stats stats = {0};

	if (end->pair)
		pair_get_stats(end->pair, &stats);
	return end->past_hellos + stats.hellos_sent;
}

/**
 * end_sessions() - Get the number of sessions that all its programs had
 * @end: the end
 *
 * Return: the number
 */
uint64_t end_sessions(const struct end *end)
{
	struct pair_stats stats = {0};

	if (end->pair)
		pair_get_stats(end->pair, &stats);
	return end->past_sessions + stats.sessions;
}

/**
 * end_state() - Get the state of its pair
 * @end: the end
 *
 * Return: the state; PAIR_PLAIN if it has no pair
 */
enum pair_state end_state(const struct end *end)
{
	struct pair_stats stats = {.state = PAIR_PLAIN};

	if (end->pair)
		pair_get_stats(end->pair, &stats);
	return stats.state;
}
