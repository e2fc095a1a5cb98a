/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the joining of packets, and of the cutting of what was joined: the
 * packets that went in come out, each as it was, and no packet overtakes one of
 * its own stream, or one that is of no stream.
 *
 * A checksum has two zeros, 0000 and FFFF (RFC 1071). Cutting makes the first
 * of the second.
 *
 * The script is a list of what to do. Each begins with a byte that says what
 * and for which stream, and goes on as is read below.
 */
#include "fuzz.h"
#include "packet/gro.h"
#include "packet/packet.h"

#include <stdbool.h>

#define ACK 0x10

/* More than can be held side by side; every other one is of IPv6. */
#define STREAMS 6

#define INPUTS_MAX 64

/* What a segment has that the one before it does not suggest. */
enum change {
	CHANGE_PAYLOAD = 1,
	CHANGE_FLAGS = 2,
	CHANGE_SEQ = 4,
	CHANGE_ID = 8,
	CHANGE_OPTIONS = 16,
	CHANGE_HEADER = 32,
	CHANGE_SUM = 64,
};

/**
 * struct input - a packet that went in
 * @bytes:  the packet
 * @len:    its length in bytes
 * @passed: it was not to be joined
 * @is_out: it has come out
 */
struct input {
	uint8_t *bytes;
	size_t len;
	bool passed;
	bool is_out;
};

static struct input inputs[INPUTS_MAX];
static size_t input_count;
static struct testing_tcp streams[STREAMS];

/* Addresses and ports, of TCP right behind the header of IP. */
static bool same_stream(const struct input *a, const struct input *b)
{
	const size_t from = a->bytes[0] >> 4 == 6 ? 8 : 12;
	const size_t to = a->bytes[0] >> 4 == 6 ? 44 : 24;

	return a->len >= to && b->len >= to && a->bytes[0] == b->bytes[0] &&
	       !memcmp(a->bytes + from, b->bytes + from, to - from);
}

/* The same checksum, whichever of its zeros is what went in. */
static bool same_sum(const uint8_t *in, const uint8_t *out)
{
	return !memcmp(in, out, 2) ||
	       (!memcmp(in, "\xFF\xFF", 2) && !memcmp(out, "\0\0", 2));
}

static bool same_packet(const struct input *input, const uint8_t *packet,
			size_t len)
{
	const uint8_t *in = input->bytes;
	const size_t at = in[0] >> 4 == 4 ? 20 : 40;

	if (input->len != len)
		return false;
	if (len < at + 20)
		return !memcmp(in, packet, len);
	return !memcmp(in, packet, 10) &&
	       (at == 20 ? same_sum(in + 10, packet + 10)
			 : !memcmp(in + 10, packet + 10, 2)) &&
	       !memcmp(in + 12, packet + 12, at + 16 - 12) &&
	       same_sum(in + at + 16, packet + at + 16) &&
	       !memcmp(in + at + 18, packet + at + 18, len - at - 18);
}

/* One packet has come out. */
static void check_out(const uint8_t *packet, size_t len)
{
	struct input *input;
	size_t i, j;

	for (i = 0; i < input_count; i++)
		if (!inputs[i].is_out && same_packet(&inputs[i], packet, len))
			break;
	assert_true(i < input_count);
	input = &inputs[i];
	for (j = 0; j < i; j++)
		assert_true(
			inputs[j].is_out ||
			(!input->passed && !same_stream(&inputs[j], input)));
	input->is_out = true;
}

/* What is written, in pieces again. */
static void take_apart(void *to, const struct gro_packet *written)
{
	uint8_t *copy = testing_copy(written->data, written->len);
	struct gso_cut cut;
	size_t packets = 0;
	size_t bytes = 0;
	uint8_t *packet;
	size_t len;

	assert_ptr_equal(to, inputs);
	assert_in_range(written->len, 1, PACKET_MAX);
	if (written->packets > 1)
		assert_true(packet_is_good(packet_check(copy, written->len)));
	assert_true(gso_cut_begin(&cut, &written->gso, copy, written->len));
	while ((len = gso_cut_next(&cut, &packet))) {
		check_out(packet, len);
		packets++;
		bytes += len;
	}
	assert_int_equal(packets, written->packets);
	assert_int_equal(bytes, written->bytes);
	free(copy);
}

static void put_in(struct gro *gro, const uint8_t *packet, size_t len)
{
	struct input *input = &inputs[input_count++];

	/* The receiver gives nothing else to it. */
	input->passed = !packet_is_good(packet_check(packet, len));
	input->bytes = testing_copy(packet, len);
	input->len = len;
	input->is_out = false;
	if (input->passed)
		gro_pass(gro, input->bytes, len);
	else
		gro_add(gro, input->bytes, len, false);
}

/* Mostly short: what is long takes long. */
static size_t take_payload(struct fuzz_script *script)
{
	size_t len = (size_t)fuzz_number(script, 2);

	return len < 0xF000 ? len % 512 : len;
}

/* The next segment of a stream, with what the script changes. */
static void put_in_segment(struct gro *gro, struct fuzz_script *script,
			   struct testing_tcp *tcp)
{
	static uint8_t packet[PACKET_MAX];
	const uint64_t change = fuzz_number(script, 1);
	const size_t at = testing_tcp_at(tcp);
	size_t len;

	if (change & CHANGE_FLAGS)
		tcp->flags = (uint8_t)fuzz_number(script, 1);
	if (change & CHANGE_SEQ)
		tcp->seq += (uint32_t)fuzz_number(script, 4);
	if (change & CHANGE_ID)
		tcp->id = (uint16_t)(tcp->id + fuzz_number(script, 1));
	if (change & CHANGE_OPTIONS)
		tcp->options = (size_t)fuzz_number(script, 1) % 11 * 4;
	if (change & CHANGE_PAYLOAD)
		tcp->payload = take_payload(script);
	if (tcp->payload > PACKET_MAX - at - 20 - tcp->options)
		tcp->payload = PACKET_MAX - at - 20 - tcp->options;

	len = testing_tcp_make(packet, tcp);
	/* The ports tell streams apart. */
	packet[at] = (uint8_t)(tcp - streams);
	if (change & CHANGE_HEADER)
		packet[fuzz_number(script, 1) % (at + 20)] ^=
			(uint8_t)fuzz_number(script, 1);
	if (!tcp->ipv6)
		testing_ipv4_seal(packet, at);
	testing_tcp_seal(packet, at, len);
	if (change & CHANGE_SUM)
		packet[at + 16 + fuzz_number(script, 1) % 2] ^=
			(uint8_t)fuzz_number(script, 1);
	put_in(gro, packet, len);

	tcp->seq += (uint32_t)tcp->payload;
	tcp->id++;
	tcp->flags = ACK;
}

static void put_in_bytes(struct gro *gro, struct fuzz_script *script)
{
	size_t len = (size_t)fuzz_number(script, 2);
	const uint8_t *bytes = fuzz_take(script, &len);

	if (len)
		put_in(gro, bytes, len);
}

static void flush(struct gro *gro)
{
	size_t i;

	gro_flush(gro);
	for (i = 0; i < input_count; i++)
		assert_true(inputs[i].is_out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	static struct gro *gro;
	uint64_t what;
	size_t i;

	/* Behind a flush it is as good as new. */
	if (!gro)
		gro = gro_new(take_apart, inputs);
	assert_non_null(gro);
	input_count = 0;
	for (i = 0; i < STREAMS; i++)
		streams[i] = (struct testing_tcp){.ipv6 = (int)(i % 2),
						  .flags = ACK,
						  .payload = 100};
	while (script.len && input_count < INPUTS_MAX) {
		what = fuzz_number(&script, 1);
		if (what == 0xFF)
			flush(gro);
		else if (what == 0xFE)
			put_in_bytes(gro, &script);
		else
			put_in_segment(gro, &script, &streams[what % STREAMS]);
	}
	flush(gro);
	for (i = 0; i < input_count; i++)
		free(inputs[i].bytes);
	return 0;
}
