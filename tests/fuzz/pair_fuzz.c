/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of a pair: somebody who knows both ids says what it likes, when it
 * likes. Whatever that is, while two are paired only packets that passed their
 * check get in, what a pair says is in its frames, and it does not say much,
 * apart from the frames that it is asked to repeat.
 */
#include "clock.h"
#include "fuzz.h"
#include "pair/fcs.h"
#include "pair/pair.h"

#define ID_MAX 4

/* All that it says in a run must be less than this for each second. */
#define SAID_PER_S 40

/* A take is over sometime: each frame is repeated once for each answer, or for
 * each acknowledgement of a later one. */
#define REPEATED_MAX 200000

static struct pair *pair;
static uint64_t now;
static uint64_t said;
static uint64_t repeated;

static uint64_t draw(void *context)
{
	uint64_t *state = context;

	return *state = *state * 6364136223846793005 + 1442695040888963407;
}

static void check_said(const uint8_t *out, size_t len)
{
	const uint32_t start = frame_start(pair_id(pair), pair_peer(pair)->id);
	struct hello hello;

	assert_in_range(len, 5, PAIR_FRAME_MAX);
	if (hello_read(out, len, &hello)) {
		assert_true(hello.id == pair_id(pair));
		return;
	}
	assert_true(frame_looks_checked(out, len));
	assert_true(frame_passes(start, out, len));
}

/* A port that refuses a speed now and then. */
static void follow_speed(void)
{
	unsigned int count = 0;

	if (pair_is_draining(pair))
		pair_set_dry(pair, now);
	while (pair_wanted_baud(pair, now)) {
		assert_true(count++ < 3);
		pair_baud_changed(pair, now / NS_PER_MS % 7, now);
	}
}

static void take(void)
{
	static uint8_t out[PAIR_FRAME_MAX];
	unsigned int count = 0;
	size_t len;

	while ((len = pair_take(pair, out, now))) {
		check_said(out, len);
		if (out[0] >> 4 == 1) {
			assert_true(repeated++ < REPEATED_MAX);
			continue;
		}
		assert_true(count++ < 6);
		said++;
	}
	assert_true(pair_next_ns(pair, now) > now);
}

/* A byte of a packet, read so that it must be readable. */
static volatile uint8_t read_byte;

static void hear(const uint8_t *frame, size_t len, bool is_packet)
{
	uint8_t *copy = testing_copy(frame, len);
	struct pair_stats stats;
	const uint8_t *packet = NULL;
	size_t packet_len = 0;

	switch (pair_receive(pair, copy, len, now, &packet, &packet_len)) {
	case PAIR_OURS:
		break;
	case PAIR_PACKET:
		/* Packets are readable to their ends. */
		do
			while (packet_len)
				read_byte = packet[--packet_len];
		while (pair_next_packet(pair, &packet, &packet_len));
		break;
	case PAIR_OTHER:
		if (!pair_admit(pair, is_packet, now))
			break;
		pair_get_stats(pair, &stats);
		assert_true(is_packet && stats.state != PAIR_PAIRED);
		break;
	}
	free(copy);
}

static uint64_t take_id(struct fuzz_script *script)
{
	const uint64_t which = fuzz_number(script, 1) % (ID_MAX + 2);

	if (which == ID_MAX)
		return pair_id(pair);
	if (which == ID_MAX + 1)
		return pair_peer(pair)->id | 1;
	return which + 1;
}

static void hear_hello(struct fuzz_script *script)
{
	struct hello hello = {.version = 1};
	char text[HELLO_TEXT_MAX];
	uint64_t how;
	size_t len;

	hello.id = take_id(script);
	hello.to = take_id(script);
	how = fuzz_number(script, 1);
	hello.kind = how & 1 ? HELLO_KIND_ETHERNET : HELLO_KIND_IP;
	hello.flow = how & 2 ? HELLO_FLOW_XONXOFF : HELLO_FLOW_NONE;
	hello.can = how & 4 ? 0 : HELLO_CAN_CHECK;
	hello.can |= how & 16 ? HELLO_CAN_REPEAT : 0;
	hello.can |= how & 32 ? HELLO_CAN_STREAM : 0;
	hello.can |= how & 64 ? HELLO_CAN_INTERRUPT : 0;
	hello.can |= how & 128 ? HELLO_CAN_ZSTD : 0;
	hello.version += how & 8 ? 1 : 0;
	len = hello_write(text, &hello);
	hear((uint8_t *)text, len, false);
}

/* A frame that passes the check, with anything in it. */
static void hear_checked(struct fuzz_script *script)
{
	uint8_t frame[300];
	size_t len = (size_t)fuzz_number(script, 1);
	const uint8_t *bytes = fuzz_take(script, &len);
	uint32_t fcs;
	size_t i;

	if (!len)
		return;
	memcpy(frame, bytes, len);
	fcs = ~fcs_add(frame_start(pair_peer(pair)->id, pair_id(pair)), frame,
		       len);
	for (i = 0; i < 4; i++)
		frame[len++] = (uint8_t)(fcs >> (8 * i));
	hear(frame, len, false);
}

static void hear_bytes(struct fuzz_script *script)
{
	size_t len = (size_t)fuzz_number(script, 1);
	const uint8_t *bytes = fuzz_take(script, &len);

	pair_heard(pair, 1, now);
	if (len)
		hear(bytes, len, bytes[0] % 2);
}

static void wrap(struct fuzz_script *script)
{
	uint8_t room[PAIR_HEADROOM + 64 + PAIR_TAILROOM] = {0};
	size_t len = fuzz_number(script, 1) % 64 + 1;
	struct pair_packet what = {.len = len};
	uint8_t *frame;
	size_t frame_len;

	what.flow = fuzz_number(script, 1) % 4;
	what.is_sparse = pair_may_be_urgent(pair, what.flow);
	if (!what.is_sparse && !pair_has_room(pair))
		return;
	frame_len = pair_wrap(pair, room + PAIR_HEADROOM, &what, now, &frame);
	if (!frame_len)
		return;
	assert_true(frame >= room);
	assert_true(frame + frame_len <= room + sizeof(room));
	if (frame_len == len)
		return;
	assert_true(
		frame_passes(frame_start(pair_id(pair), pair_peer(pair)->id),
			     frame, frame_len));
}

/* What interrupts a bulk frame is short, and never a bulk frame. */
static void take_inside(void)
{
	static uint8_t out[PAIR_FRAME_MAX];
	size_t len = pair_take_inside(pair, out, now);

	if (!len)
		return;
	check_said(out, len);
	assert_true(out[0] != '#' && !frame_is_bulk(out));
	if (out[0] >> 4 == 1)
		assert_true(repeated++ < REPEATED_MAX);
	else
		said++;
}

static void step(struct fuzz_script *script)
{
	const uint64_t where = fuzz_number(script, 1);
	const struct seek_line line = {where & 1, false};
	uint8_t out[PAIR_SHORT_MAX];
	struct agree agree = {0};

	switch (fuzz_number(script, 1) % 11) {
	case 0:
		hear_hello(script);
		break;
	case 1:
		hear_checked(script);
		break;
	case 2:
		hear_bytes(script);
		break;
	case 3:
		wrap(script);
		break;
	case 4:
		agree.mtu = (unsigned int)fuzz_number(script, 1) + 1;
		pair_set_agree(pair, &agree, now);
		break;
	case 5:
		if (fuzz_number(script, 1) < 16)
			pair_close(pair, out, now);
		break;
	case 9:
		pair_set_queued(pair, (size_t)fuzz_number(script, 1));
		break;
	case 10:
		pair_refused(pair);
		break;
	case 6:
		now += fuzz_number(script, 1) * 100 * NS_PER_MS;
		break;
	default:
		now += fuzz_number(script, 1) * 5 * NS_PER_MS;
		break;
	}
	pair_set_line(pair, &line);
	follow_speed();
	if (where & 2)
		take_inside();
	take();
	while (pair_next_event(pair))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	uint64_t random = 1;
	const struct pair_config config = {
		.random = draw,
		.context = &random,
		.can = HELLO_CAN_CHECK | HELLO_CAN_REPEAT |
		       HELLO_CAN_INTERRUPT | HELLO_CAN_ZSTD,
		.idle_ns = 3 * NS_PER_S,
	};
	const struct speed_config speeds = {.base = 115200};
	const struct stranger_config strangers = {
		.base = 115200,
		.packet_ns = 130 * NS_PER_MS,
		.speeds = {9600, 921600},
		.count = size / 2 % 2 ? 2 : 0,
	};
	/* Without a speed the pair does not compress. */
	const struct pair_port port = {
		.is_stream = size % 2,
		.byte_ns = size & 4 ? 10 * NS_PER_US : 0,
	};
	uint64_t probes = 0;

	now = 1000 * NS_PER_S;
	said = 0;
	repeated = 0;
	pair = pair_new(&config);
	assert_non_null(pair);
	pair_set_speeds(pair, &speeds);
	pair_set_strangers(pair, &strangers);
	pair_open(pair, &port, now);
	while (script.len) {
		step(&script);
		/* One answer each to a probe, an agree, a hello to us, and
		 * an acknowledgement of a frame. */
		probes += 4;
	}
	assert_true(said <= probes + (now / NS_PER_S - 999) * SAID_PER_S);
	pair_free(pair);
	return 0;
}
