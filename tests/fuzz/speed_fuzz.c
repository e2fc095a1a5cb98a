/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the speed: a peer says what it likes, when it likes, and the port
 * may refuse. Whatever that is, the port only gets speeds that it can have, the
 * end is not busy without a reason, and some seconds after the last message it
 * has a speed that stays, or its base speed.
 */
#include "clock.h"
#include "fuzz.h"
#include "pair/speed.h"

#define MS   NS_PER_MS
#define BASE 115200

static const struct speed_config config = {
	.base = BASE,
	.packet_ns = 130 * MS,
	.speeds = {230400, 921600, 3000000},
	.count = 3,
	.run = 5,
};

static const uint32_t bauds[] = {230400, 921600, 3000000, BASE, 0, 4000000};

static struct speed speed;
static uint64_t now;
static bool refuses;

/* What the program does in each turn. */
static void turn(void)
{
	struct speed_message message;
	unsigned int count = 0;
	uint32_t baud;

	if (speed_is_over(&speed, now))
		speed_forget(&speed);
	while (speed_take(&speed, &message, now) != SPEED_FRAME_NONE)
		assert_true(count++ < 100);
	if (speed_is_draining(&speed))
		speed_set_dry(&speed, now < 5 * MS ? 0 : now - 5 * MS);
	baud = speed_wanted(&speed, now);
	if (baud) {
		assert_true(baud == BASE || baud == 230400 || baud == 921600 ||
			    baud == 3000000);
		speed_changed(&speed, !refuses || baud == BASE, now);
	}
	speed_take_news(&speed, now);
	while (speed_take(&speed, &message, now) != SPEED_FRAME_NONE)
		assert_true(count++ < 100);
}

static void pass(uint64_t ns)
{
	const uint64_t end = now + ns;

	for (; now < end; now += MS)
		turn();
}

static void hear(const uint8_t *data)
{
	const struct speed_message message = {
		.what = (enum speed_what)(1 + data[0] % (SPEED_WHATS - 1)),
		.k = data[1] & 0x80 ? speed.attempt.k : data[1],
		.count = data[2],
		.baud = data[3] & 0x80 ? speed.attempt.to : bauds[data[3] % 6],
	};

	speed_good(&speed, now);
	speed_hear(&speed, &message, now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at;

	if (size < 2 || size > 400)
		return 0;
	now = 1000 * NS_PER_S;
	refuses = data[0] & 2;
	speed_open(&speed, &config);
	speed_begin(&speed, true, data[0] & 1);
	for (at = 1; at + 5 <= size; at += 5) {
		switch (data[at] >> 5) {
		case 0:
			speed_hear_agree(&speed, bauds, data[at + 1] % 7,
					 data[at + 2], now);
			break;
		case 1:
			speed_set_overruns(&speed, data[at + 1]);
			break;
		case 2:
			speed_failed(&speed, now);
			break;
		case 3:
			speed_forget(&speed);
			speed_begin(&speed, data[at + 1] & 1, data[0] & 1);
			break;
		default:
			hear(data + at + 1);
			break;
		}
		pass((uint64_t)(data[at] & 0x1F) * 20 * MS);
		turn();
	}
	/* Nobody says anything any more: the lease ends what there is. */
	refuses = false;
	pass(5 * NS_PER_S);
	assert_int_equal(speed.baud, BASE);
	assert_true(speed_next_ns(&speed) > now || speed_holds(&speed));
	return 0;
}
