/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the repetition of lost frames: two of them with a line between them
 * that loses, doubles and delays what the script says, in order; and a stranger
 * who says any numbers to one of them. Some packets are urgent, and frames may
 * interrupt bulk frames. Without the stranger each packet arrives once, as it
 * was, and each flow in order, whatever is lost; with him nothing is read or
 * written outside of what it has, and neither end repeats for nothing.
 */
#include "clock.h"
#include "fuzz.h"
#include "pair/repeat.h"

#define LINE_MAX_FRAMES 64
#define BODY_MAX	2000
#define FLOWS		3

struct on_line {
	struct frame frame;
	uint8_t body[BODY_MAX];
	uint8_t bits[LANE_COUNT][FRAME_BITS_MAX];
};

/* One end, and the line to the other. A bulk frame that is under way is not on
 * the line yet: what interrupts it goes there first. */
static struct end {
	struct repeat *repeat;
	struct on_line line[LINE_MAX_FRAMES];
	size_t count;
	bool is_inside;
	struct on_line outer;
	uint8_t k;
	unsigned int sent[FLOWS];
	unsigned int delivered[FLOWS];
	bool owes_answer;
	uint8_t answer_k;
} ends[2];

static uint64_t now;
static bool has_stranger;
static bool interrupts;

static size_t len_of(unsigned int flow, unsigned int number)
{
	const unsigned int mix = (number * FLOWS + flow) * 2654435761U;

	/* Most packets of the last flow are long, of the others few. */
	return 3 + (mix >> 8) % ((mix >> 28) % (FLOWS - flow + 1)
					 ? LANES_URGENT_MAX - 3
					 : BODY_MAX - 3);
}

/* Let the pointers of a frame that was moved follow it. */
static void follow(struct on_line *slot)
{
	size_t i;

	slot->frame.body = slot->body;
	for (i = 0; i < LANE_COUNT; i++)
		slot->frame.bits[i] = slot->bits[i];
}

static void fill(struct on_line *slot, const struct frame *frame,
		 const uint8_t *body)
{
	size_t i;

	slot->frame = *frame;
	if (body)
		memcpy(slot->body, body, frame->body_len);
	for (i = 0; i < LANE_COUNT; i++)
		if (frame->bits_len[i])
			memcpy(slot->bits[i], frame->bits[i],
			       frame->bits_len[i]);
	follow(slot);
}

static void put_on_line(struct end *from, const struct frame *frame,
			const uint8_t *body)
{
	fill(&from->line[from->count++], frame, body);
}

/* Let the bulk frame end that is under way. */
static void end_outer(struct end *end)
{
	if (!end->is_inside || end->count == LINE_MAX_FRAMES)
		return;
	end->is_inside = false;
	put_on_line(end, &end->outer.frame, end->outer.body);
}

/* Let an end say all that is due, as far as the line takes it. */
static void say(struct end *end)
{
	static uint8_t body[UINT16_MAX];
	struct frame frame;

	repeat_set_inside(end->repeat, end->is_inside);
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
			if (end->is_inside)
				assert_true(frame.flags & FRAME_URGENT);
			if (interrupts && !(frame.flags & FRAME_URGENT)) {
				end->is_inside = true;
				repeat_set_inside(end->repeat, true);
				fill(&end->outer, &frame, body);
			} else {
				put_on_line(end, &frame, body);
			}
		} else {
			break;
		}
	}
}

static void take_packets(struct end *end)
{
	const uint8_t *packet;
	unsigned int *number;
	size_t len;

	while (repeat_take_packet(end->repeat, &packet, &len)) {
		if (has_stranger)
			continue;
		assert_in_range(packet[0], 0, FLOWS - 1);
		number = &end->delivered[packet[0]];
		assert_int_equal(len, len_of(packet[0], *number));
		assert_int_equal(packet[1], (uint8_t)*number);
		assert_int_equal(packet[len - 1], (uint8_t)(*number >> 8));
		++*number;
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
	for (size_t i = 0; i < from->count; i++)
		follow(&from->line[i]);
}

static void add(struct end *end, uint64_t how)
{
	const uint8_t flow = (uint8_t)(how % FLOWS);
	unsigned int *number = &end->sent[flow];
	struct lanes_packet what = {.len = len_of(flow, *number), .flow = flow};
	uint8_t body[BODY_MAX];

	what.is_sparse = how & 8 && what.len <= LANES_URGENT_MAX &&
			 repeat_may_be_urgent(end->repeat, flow);
	if (!what.is_sparse &&
	    (end->is_inside || !repeat_has_room(end->repeat)))
		return;
	memset(body, 0x55, sizeof(body));
	body[0] = flow;
	body[1] = (uint8_t)*number;
	body[what.len - 1] = (uint8_t)(*number >> 8);
	repeat_add(end->repeat, body,
		   &(struct repeat_packet){
			   .len = what.len,
			   .flow = what.flow,
			   .lane = repeat_choose(end->repeat, &what),
		   });
	++*number;
}

/* A stranger says any numbers. */
static void forge(struct fuzz_script *script, struct end *to)
{
	static uint8_t body[BODY_MAX];
	struct frame frame = {0};
	size_t len = FRAME_BITS_MAX;

	has_stranger = true;
	frame.kind = (enum frame_kind)(fuzz_number(script, 1) % 5);
	frame.flags = (uint8_t)fuzz_number(script, 1) &
		      (FRAME_MORE | FRAME_NEXT | FRAME_URGENT);
	if (!interrupts)
		frame.flags &= ~(unsigned int)FRAME_URGENT;
	frame.seq = (uint8_t)fuzz_number(script, 1);
	frame.next[0] = (uint8_t)fuzz_number(script, 1);
	frame.next[1] = (uint8_t)fuzz_number(script, 1);
	frame.k = (uint8_t)fuzz_number(script, 1);
	frame.body = body;
	frame.body_len = (size_t)fuzz_number(script, 2) % (BODY_MAX + 1);
	if (frame.kind == FRAME_ACK || frame.kind == FRAME_ACK_FAILED) {
		frame.bits[0] = fuzz_take(script, &len);
		frame.bits_len[0] = len;
		len = FRAME_BITS_MAX;
		frame.bits[1] = fuzz_take(script, &len);
		frame.bits_len[1] = len;
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
		add(a, fuzz_number(script, 1));
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
		repeat_set_queued(a->repeat, (size_t)fuzz_number(script, 1));
		break;
	default:
		if (what >> 4 == 15)
			forge(script, a);
		else
			end_outer(a);
		break;
	}
	say(a);
	say(b);
}

/* From now on the line is clean: all that was sent arrives. */
static void settle(void)
{
	int rounds;
	int i;

	for (rounds = 0; rounds < 4000; rounds++) {
		say(&ends[0]);
		say(&ends[1]);
		end_outer(&ends[0]);
		end_outer(&ends[1]);
		pass(&ends[0], &ends[1], 7);
		pass(&ends[1], &ends[0], 7);
		now += NS_PER_MS;
	}
	for (i = 0; i < FLOWS; i++) {
		assert_int_equal(ends[0].delivered[i], ends[1].sent[i]);
		assert_int_equal(ends[1].delivered[i], ends[0].sent[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct repeat_wire wire = {0};
	struct fuzz_script script = {data, size};
	int i;

	now = 1000 * NS_PER_S;
	has_stranger = false;
	wire.interrupts = fuzz_number(&script, 1) & 1;
	interrupts = wire.interrupts;
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
