/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The speed of the line as a part of the pairing: what the two ends tell each
 * other about it, and the frames of the search. speed.c has the search.
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
 * pair_speed_open() - Start on a newly opened port
 * @pair: the pair
 */
void pair_speed_open(struct pair *pair)
{
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
