/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The speed of the line as a part of the pairing: what the two ends tell each
 * other about it, and the frames of the search. speed.c has the search, and
 * stranger.c that for the speed of a peer that is no serialtun. Only one of
 * them changes the speed: speed.c in a session, stranger.c without one.
 *
 * pair_speed is pure, as pair is.
 */
#include "pair/pair_speed.h"
#include "pair/meeting.h"
#include "pair/speed_message.h"

#include <string.h>

/**
 * pair_set_speeds() - Set what the next port can do
 * @pair:   the pair
 * @config: the speeds of the port, copied; pair chooses the number of the run
 *
 * The caller calls it before pair_open(). Without this call the speed of the
 * port stays as it is.
 */
void pair_set_speeds(struct pair *pair, const struct speed_config *config)
{
	pair->speeds = *config;
}

/**
 * pair_set_strangers() - Set where to listen for a peer that is no serialtun
 * @pair:   the pair
 * @config: the speeds of the next port, copied
 *
 * The caller calls it before pair_open(). Without this call the pair listens at
 * the base speed only.
 */
void pair_set_strangers(struct pair *pair, const struct stranger_config *config)
{
	pair->strangers = *config;
}

/**
 * pair_speed() - Get the speed of the line
 * @pair: the pair
 *
 * Return: the state, for the functions that concern the port
 */
struct speed *pair_speed(struct pair *pair)
{
	return &pair->speed;
}

/**
 * pair_set_byte_ns() - Note that the port has another speed
 * @pair:    the pair
 * @byte_ns: time that a byte takes now
 * @now_ns:  the current time; no byte of the old speed waits
 */
void pair_set_byte_ns(struct pair *pair, uint64_t byte_ns, uint64_t now_ns)
{
	pair->byte_ns = byte_ns;
	if (pair->session.repeat)
		repeat_set_byte_ns(pair->session.repeat, byte_ns, now_ns);
}

/**
 * pair_is_draining() - Check whether pair_set_dry() has to be called
 * @pair: the pair
 *
 * Return: true if so
 */
bool pair_is_draining(const struct pair *pair)
{
	return pair->state == PAIR_PLAIN ? stranger_is_draining(&pair->stranger)
					 : speed_is_draining(&pair->speed);
}

/**
 * pair_set_dry() - Set the time at which the wire is dry
 * @pair:   the pair
 * @dry_ns: the time, which may have passed; UINT64_MAX: not known
 */
void pair_set_dry(struct pair *pair, uint64_t dry_ns)
{
	speed_set_dry(&pair->speed, dry_ns);
	stranger_set_dry(&pair->stranger, dry_ns);
}

/* Tell the user about a stranger, if there is news. */
static void tell_stranger(struct pair *pair)
{
	switch (stranger_take_news(&pair->stranger)) {
	case STRANGER_NO_NEWS:
		break;
	case STRANGER_SEARCHES:
		meeting_tell(pair, PAIR_EVENT_LISTENS);
		break;
	case STRANGER_IS_FOUND:
		if (pair->state == PAIR_PLAIN)
			meeting_tell(pair, PAIR_EVENT_STRANGER);
		break;
	}
}

/**
 * pair_wanted_baud() - Get the speed that the caller has to set now
 * @pair:   the pair
 * @now_ns: the current time
 *
 * Bytes that wait in either direction are worth nothing then. The caller calls
 * pair_baud_changed() afterwards.
 *
 * Return: the speed; 0: it stays
 */
uint32_t pair_wanted_baud(struct pair *pair, uint64_t now_ns)
{
	uint32_t baud;

	if (pair->state != PAIR_PLAIN || pair->speed.returns)
		return speed_wanted(&pair->speed, now_ns);
	if (pair->stranger.phase == STRANGER_OFF)
		return 0;
	baud = stranger_wanted(&pair->stranger, now_ns);
	tell_stranger(pair);
	return baud;
}

/* A session at the speed of a stranger stays at that speed. */
static void use_stranger(struct pair *pair)
{
	struct speed_config config = pair->speeds;

	if (pair->stranger.baud != config.base) {
		config.base = pair->stranger.baud;
		config.count = 0;
	}
	config.packet_ns = stranger_packet_ns(&pair->stranger);
	pair->packet_ns = config.packet_ns;
	speed_open(&pair->speed, &config);
}

/**
 * pair_baud_changed() - Note that the port was set to pair_wanted_baud()
 * @pair:   the pair
 * @is_set: it was; false: it refused, and has its speed of before
 * @now_ns: the current time
 */
void pair_baud_changed(struct pair *pair, bool is_set, uint64_t now_ns)
{
	if (!pair->stranger.wanted) {
		speed_changed(&pair->speed, is_set, now_ns);
		return;
	}
	stranger_changed(&pair->stranger, is_set, now_ns);
	use_stranger(pair);
}

/**
 * pair_recognize() - Note a frame that is no packet, but that only comes at
 * the right speed
 * @pair: the pair
 *
 * The caller need not call it for a packet or a hello.
 */
void pair_recognize(struct pair *pair)
{
	if (pair->state == PAIR_PLAIN)
		stranger_good(&pair->stranger);
}

/**
 * pair_speed_open() - Start on a newly opened port
 * @pair:   the pair
 * @now_ns: the current time
 */
void pair_speed_open(struct pair *pair, uint64_t now_ns)
{
	/* An Ethernet frame has no checksum that tells it from garbage. */
	if (pair->config.kind != HELLO_KIND_IP)
		pair->strangers.count = 0;
	stranger_open(&pair->stranger, &pair->strangers, now_ns);
	if (!(pair->config.can & HELLO_CAN_SPEED))
		pair->speeds.count = 0;
	pair->speeds.run =
		pair->speeds.count ? (uint32_t)meeting_random(pair) : 0;
	speed_open(&pair->speed, &pair->speeds);
}

/**
 * pair_speed_describe() - Add the speeds to the description of this host
 * @pair:  the pair
 * @agree: the description
 */
void pair_speed_describe(const struct pair *pair, struct agree *agree)
{
	agree->run = pair->speeds.run;
	agree->speed_count = pair->speeds.count;
	memcpy(agree->speeds, pair->speeds.speeds, sizeof(agree->speeds));
}

/**
 * pair_speed_hear_agree() - Handle a new description of the peer's host
 * @pair:   the pair
 * @now_ns: the current time
 */
void pair_speed_hear_agree(struct pair *pair, uint64_t now_ns)
{
	const struct agree *agree = &pair->session.agree;

	speed_hear_agree(&pair->speed, agree->speeds, agree->speed_count,
			 agree->run, now_ns);
}

/**
 * pair_speed_hear() - Handle a frame about the speed
 * @pair:   the pair
 * @frame:  the frame, which passed its check
 * @now_ns: the current time
 */
void pair_speed_hear(struct pair *pair, const struct frame *frame,
		     uint64_t now_ns)
{
	struct speed_message message;

	if (speed_message_read(&message, frame->body, frame->body_len))
		speed_hear(&pair->speed, &message, now_ns);
	else
		pair->stats.unknown++;
}

/**
 * pair_speed_next_ns() - Get the time of the next task without a session
 * @pair: the pair, without a session
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t pair_speed_next_ns(const struct pair *pair)
{
	if (pair->speed.returns)
		return 0;
	return pair->stranger.phase == STRANGER_OFF
		       ? UINT64_MAX
		       : stranger_next_ns(&pair->stranger);
}

/**
 * pair_speed_take() - Write the next frame about the speed
 * @pair:   the pair, with a session
 * @out:    buffer for the frame
 * @now_ns: the current time
 *
 * Return: its length; 0: none is due
 */
size_t pair_speed_take(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		       uint64_t now_ns)
{
	struct speed_message message;
	uint8_t body[SPEED_TEST_LEN];
	struct frame frame = {.kind = FRAME_SPEED, .body = body};

	switch (speed_take(&pair->speed, &message, now_ns)) {
	case SPEED_FRAME_NONE:
		return 0;
	case SPEED_FRAME_MESSAGE:
		frame.body_len = speed_message_write(body, &message);
		break;
	case SPEED_FRAME_PROBE:
		frame.kind = FRAME_PROBE;
		pair->stats.probes++;
		break;
	}
	return frame_write(out, &frame, pair->session.start_out);
}
