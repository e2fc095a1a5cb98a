/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the repetition of lost frames: two of them with a line between them
 * that loses, doubles and delays what the script says, in order; and a stranger
 * who says any numbers to one of them. Without the stranger each packet arrives
 * once, in order, and as it was, whatever is lost; with him nothing is read or
 * written outside of what it has, and neither end repeats for nothing.
 */
#include "clock.h"
#include "fuzz.h"
#include "pair/repeat.h"

#define LINE_MAX_FRAMES 64
#define BODY_MAX	2000

struct on_line {
	struct frame frame;
	uint8_t body[BODY_MAX];
	uint8_t bits[FRAME_BITS_MAX];
};

/* One end, and the line to the other. */
static struct end {
	struct repeat *repeat;
	struct on_line line[LINE_MAX_FRAMES];
	size_t count;
	uint8_t k;
	unsigned int sent;
	unsigned int delivered;
	bool owes_answer;
	uint8_t answer_k;
} ends[2];

static uint64_t now;
static bool has_stranger;

static size_t len_of(unsigned int number)
{
	return 2 + number * 2654435761U % (BODY_MAX - 2);
}

static void put_on_line(struct end *from, const struct frame *frame,
			const uint8_t *body)
{
	struct on_line *slot = &from->line[from->count++];

	slot->frame = *frame;
	if (frame->kind == FRAME_DATA && body) {
		memcpy(slot->body, body, frame->body_len);
		slot->frame.body = slot->body;
	}
	if (frame->bits_len[0]) {
		memcpy(slot->bits, frame->bits[0], frame->bits_len[0]);
		slot->frame.bits[0] = slot->bits;
	}
}

/* Let an end say all that is due, as far as the line takes it. */
static void say(struct end *end)
{
	static uint8_t body[UINT16_MAX];
	struct frame frame;

	while (end->count < LINE_MAX_FRAMES) {
		frame = (struct frame){0};
		if (repeat_take_ack(end->repeat, &frame, end->owes_answer,
				    now)) {
			if (end->owes_answer)
				frame.kind = FRAME_ANSWER;
			frame.k = end->answer_k;
			end->owes_answer = false;
			put_on_line(end, &frame, NULL);
		} else if (repeat_wants_probe(end->repeat, now)) {
			if (!++end->k)
				end->k = 1;
			repeat_probed(end->repeat, end->k, now);
			frame.kind = FRAME_PROBE;
			frame.k = end->k;
			put_on_line(end, &frame, NULL);
		} else if (repeat_take(end->repeat, &frame, body, now)) {
			put_on_line(end, &frame, body);
		} else {
			break;
		}
	}
}

static void take_packets(struct end *end)
{
	const uint8_t *packet;
	size_t len;

	while (repeat_take_packet(end->repeat, &packet, &len)) {
		if (has_stranger)
			continue;
		assert_int_equal(len, len_of(end->delivered));
		assert_int_equal(packet[0], (uint8_t)end->delivered);
		assert_int_equal(packet[len - 1],
				 (uint8_t)(end->delivered >> 8));
		end->delivered++;
	}
}

static void hear(struct end *end, const struct frame *frame)
{
	switch (frame->kind) {
	case FRAME_DATA:
		if (frame->flags & FRAME_NEXT)
			repeat_hear_ack(end->repeat, frame, now);
		repeat_hear_data(end->repeat, frame, now);
		take_packets(end);
		break;
	case FRAME_PROBE:
		end->owes_answer = true;
		end->answer_k = frame->k;
		break;
	case FRAME_ANSWER:
		repeat_hear_ack(end->repeat, frame, now);
		repeat_hear_answer(end->repeat, frame->k, now);
		break;
	default:
		repeat_hear_ack(end->repeat, frame, now);
		break;
	}
}

/* The first frame of a line arrives, twice, damaged, or not at all. */
static void pass(struct end *from, struct end *to, uint64_t how)
{
	if (!from->count)
		return;
	if (how % 8 == 0)
		repeat_hear_failure(to->repeat, now);
	else if (how % 8 != 1)
		hear(to, &from->line[0].frame);
	from->count--;
	memmove(from->line, from->line + 1, from->count * sizeof(*from->line));
	/* The pointers of those that moved follow them. */
	for (size_t i = 0; i < from->count; i++) {
		if (from->line[i].frame.kind == FRAME_DATA)
			from->line[i].frame.body = from->line[i].body;
		if (from->line[i].frame.bits_len[0])
			from->line[i].frame.bits[0] = from->line[i].bits;
	}
}

static void add(struct end *end)
{
	uint8_t body[BODY_MAX];
	size_t len = len_of(end->sent);

	if (!repeat_has_room(end->repeat))
		return;
	memset(body, 0x55, sizeof(body));
	body[0] = (uint8_t)end->sent;
	body[len - 1] = (uint8_t)(end->sent >> 8);
	repeat_add(end->repeat, body, len, 0);
	end->sent++;
}

/* A stranger says any numbers. */
static void forge(struct fuzz_script *script, struct end *to)
{
	static uint8_t body[BODY_MAX];
	struct frame frame = {0};
	size_t len = FRAME_BITS_MAX;

	has_stranger = true;
	frame.kind = (enum frame_kind)(fuzz_number(script, 1) % 5);
	frame.flags = fuzz_number(script, 1) & (FRAME_MORE | FRAME_NEXT);
	frame.seq = (uint8_t)fuzz_number(script, 1);
	frame.next[0] = (uint8_t)fuzz_number(script, 1);
	frame.k = (uint8_t)fuzz_number(script, 1);
	frame.body = body;
	frame.body_len = fuzz_number(script, 2) % (BODY_MAX + 1);
	if (frame.kind == FRAME_ACK || frame.kind == FRAME_ACK_FAILED) {
		frame.bits[0] = fuzz_take(script, &len);
		frame.bits_len[0] = len;
	}
	hear(to, &frame);
}

static void step(struct fuzz_script *script)
{
	const uint64_t what = fuzz_number(script, 1);
	struct end *a = &ends[what & 1];
	struct end *b = &ends[~what & 1];

	switch (what >> 1 & 7) {
	case 0:
	case 1:
		add(a);
		break;
	case 2:
	case 3:
	case 4:
		pass(a, b, fuzz_number(script, 1));
		break;
	case 5:
		now += fuzz_number(script, 1) * NS_PER_MS;
		break;
	case 6:
		repeat_set_queued(a->repeat, fuzz_number(script, 1));
		break;
	default:
		if (what >> 4 == 15)
			forge(script, a);
		break;
	}
	say(a);
	say(b);
}

/* From now on the line is clean: all that was sent arrives. */
static void settle(void)
{
	int rounds;

	for (rounds = 0; rounds < 4000; rounds++) {
		say(&ends[0]);
		say(&ends[1]);
		pass(&ends[0], &ends[1], 7);
		pass(&ends[1], &ends[0], 7);
		now += NS_PER_MS;
	}
	assert_int_equal(ends[0].delivered, ends[1].sent);
	assert_int_equal(ends[1].delivered, ends[0].sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct repeat_wire wire = {0};
	struct fuzz_script script = {data, size};
	int i;

	now = 1000 * NS_PER_S;
	has_stranger = false;
	memset(ends, 0, sizeof(ends));
	for (i = 0; i < 2; i++) {
		ends[i].repeat = repeat_new();
		assert_non_null(ends[i].repeat);
		repeat_begin(ends[i].repeat, &wire);
	}
	while (script.len)
		step(&script);
	if (!has_stranger)
		settle();
	for (i = 0; i < 2; i++)
		repeat_free(ends[i].repeat);
	return 0;
}
