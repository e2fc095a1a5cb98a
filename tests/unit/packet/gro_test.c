/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of gro: which segments are joined, and that segmentation restores the
 * original packets byte for byte.
 */
#include "../testing.h"
#include "packet/gro.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define PSH 0x08
#define ACK 0x10
#define URG 0x20
#define ECE 0x40
#define CWR 0x80

#define MSS ((size_t)1448)

/* More packets than any test writes. */
#define WRITES_MAX 512

/* The packets that gro has written. */
static struct {
	size_t count;
	struct {
		struct gro_packet packet;
		uint8_t *bytes;
	} at[WRITES_MAX];
} writes;

static struct gro *gro;
static uint8_t packet[65535];

static void note_write(void *to, const struct gro_packet *written)
{
	assert_ptr_equal(to, &writes);
	assert_true(writes.count < WRITES_MAX);
	writes.at[writes.count].packet = *written;
	writes.at[writes.count].bytes =
		testing_copy(written->data, written->len);
	writes.count++;
}

static void forget_writes(void)
{
	while (writes.count)
		free(writes.at[--writes.count].bytes);
}

static int set_up(void **state)
{
	(void)state;
	gro = gro_new(note_write, &writes);
	return !gro;
}

static int tear_down(void **state)
{
	(void)state;
	forget_writes();
	gro_free(gro);
	return 0;
}

static void add(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = testing_copy(bytes, len);

	gro_add(gro, copy, len, false);
	free(copy);
}

static void add_tcp(const struct testing_tcp *tcp)
{
	add(packet, testing_tcp_make(packet, tcp));
}

/* Return: the next segment of the stream. */
static struct testing_tcp after(const struct testing_tcp *tcp)
{
	struct testing_tcp next = *tcp;

	next.seq += (uint32_t)tcp->payload;
	next.id++;
	return next;
}

/* Check the number of writes, and of packets in each. */
static void assert_writes(size_t count, const size_t *packets)
{
	size_t i;

	assert_int_equal(writes.count, count);
	for (i = 0; i < count; i++)
		assert_int_equal(writes.at[i].packet.packets, packets[i]);
}

/* Check that a write is the unchanged input packet. */
static void assert_untouched(size_t write, const uint8_t *bytes, size_t len)
{
	static const struct gso nothing;

	assert_int_equal(writes.at[write].packet.packets, 1);
	assert_int_equal(writes.at[write].packet.bytes, len);
	assert_int_equal(writes.at[write].packet.len, len);
	assert_memory_equal(writes.at[write].bytes, bytes, len);
	assert_memory_equal(&writes.at[write].packet.gso, &nothing,
			    sizeof(nothing));
}

static void test_gro_joins(void **state)
{
	struct testing_tcp tcp;
	size_t len;
	size_t at;
	int ipv6;
	int i;

	(void)state;
	for (ipv6 = 0; ipv6 <= 1; ipv6++) {
		tcp = (struct testing_tcp){.ipv6 = ipv6,
					   .seq = 0xFFFFFF00,
					   .id = 0xFFFE,
					   .options = 12,
					   .flags = ACK,
					   .payload = MSS};
		at = testing_tcp_at(&tcp);
		for (i = 0; i < 10; i++, tcp = after(&tcp))
			add_tcp(&tcp);
		assert_int_equal(writes.count, 0);
		gro_flush(gro);
		assert_writes(1, (size_t[]){10});
		len = at + 32 + 10 * MSS;
		assert_int_equal(writes.at[0].packet.len, len);
		assert_int_equal(writes.at[0].packet.bytes,
				 10 * (at + 32 + MSS));
		assert_int_equal(writes.at[0].packet.gso.segment_len, MSS);
		assert_true(writes.at[0].packet.gso.needs_sum);
		assert_int_equal(writes.at[0].packet.gso.sum_from, at);
		assert_int_equal(writes.at[0].packet.gso.sum_at, at + 16);
		/* Compare the header with that of one large segment. */
		tcp = (struct testing_tcp){.ipv6 = ipv6,
					   .seq = 0xFFFFFF00,
					   .id = 0xFFFE,
					   .options = 12,
					   .flags = ACK,
					   .payload = 10 * MSS};
		assert_int_equal(testing_tcp_make(packet, &tcp), len);
		packet[at + 16] =
			(uint8_t)(testing_tcp_pseudo(packet, at, len) >> 8);
		packet[at + 17] = (uint8_t)testing_tcp_pseudo(packet, at, len);
		assert_memory_equal(writes.at[0].bytes, packet, len);
		forget_writes();
	}
}

static void test_gro_passes_one_as_it_is(void **state)
{
	const struct testing_tcp tcp = {.flags = ACK, .payload = MSS};
	size_t len = testing_tcp_make(packet, &tcp);

	(void)state;
	add(packet, len);
	assert_int_equal(writes.count, 0);
	gro_flush(gro);
	assert_int_equal(writes.count, 1);
	assert_untouched(0, packet, len);
	gro_flush(gro);
	assert_int_equal(writes.count, 1);
}

static void test_gro_ends_at_a_push(void **state)
{
	struct testing_tcp tcp = {.flags = ACK, .payload = MSS};

	(void)state;
	add_tcp(&tcp);
	tcp = after(&tcp);
	tcp.flags = ACK | PSH;
	add_tcp(&tcp);
	assert_writes(1, (size_t[]){2});
	assert_int_equal(writes.at[0].bytes[33], ACK | PSH);
	/* A single segment with PSH does not wait. */
	tcp = after(&tcp);
	add_tcp(&tcp);
	assert_writes(2, (size_t[]){2, 1});
	gro_flush(gro);
	assert_int_equal(writes.count, 2);
}

static void test_gro_ends_at_a_shorter_one(void **state)
{
	struct testing_tcp tcp = {.flags = ACK, .payload = MSS};

	(void)state;
	add_tcp(&tcp);
	tcp = after(&tcp);
	tcp.payload = MSS - 1;
	add_tcp(&tcp);
	assert_writes(1, (size_t[]){2});
	/* A longer segment begins a new super-packet. */
	tcp = after(&tcp);
	add_tcp(&tcp);
	tcp = after(&tcp);
	tcp.payload = MSS;
	add_tcp(&tcp);
	gro_flush(gro);
	assert_writes(3, (size_t[]){2, 1, 1});
}

static void test_gro_never_is_too_long(void **state)
{
	struct testing_tcp tcp = {.flags = ACK, .payload = MSS};
	int i;

	(void)state;
	for (i = 0; i < 50; i++, tcp = after(&tcp))
		add_tcp(&tcp);
	gro_flush(gro);
	assert_writes(2, (size_t[]){45, 5});
	assert_int_equal(writes.at[0].packet.len, 40 + 45 * MSS);
	forget_writes();
	/* The longest super-packet. */
	tcp.payload = 65495;
	add_tcp(&tcp);
	tcp = after(&tcp);
	tcp.payload = 1;
	add_tcp(&tcp);
	gro_flush(gro);
	assert_writes(2, (size_t[]){1, 1});
}

/* Interleaved streams, as from a fair queue. */
static void test_gro_joins_streams_side_by_side(void **state)
{
	struct testing_tcp tcp = {.flags = ACK, .payload = MSS};
	uint8_t stream;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 5; i++, tcp = after(&tcp)) {
		for (stream = 0; stream < GRO_STREAMS; stream++) {
			len = testing_tcp_make(packet, &tcp);
			packet[21] = stream;
			testing_tcp_seal(packet, 20, len);
			add(packet, len);
		}
	}
	assert_int_equal(writes.count, 0);
	/* One more stream displaces another. */
	packet[21] = GRO_STREAMS;
	testing_tcp_seal(packet, 20, len);
	add(packet, len);
	assert_int_equal(writes.count, 1);
	gro_flush(gro);
	assert_int_equal(writes.count, GRO_STREAMS + 1);
	for (i = 0; i < (int)writes.count; i++)
		assert_int_equal(writes.at[i].packet.packets,
				 writes.at[i].bytes[21] < GRO_STREAMS ? 5 : 1);
}

/* A damaged segment must not become part of a super-packet. */
static void test_gro_verifies_checksums(void **state)
{
	const struct testing_tcp tcp = {.flags = ACK, .payload = 100};
	const struct testing_tcp next = after(&tcp);
	size_t len = 140;
	size_t at;

	(void)state;
	for (at = 20; at < len; at++) {
		add_tcp(&tcp);
		testing_tcp_make(packet, &next);
		packet[at] ^= 0x04;
		add(packet, len);
		gro_flush(gro);
		assert_int_equal(writes.count, 2);
		/* gro takes it for another stream, and passes it on. */
		if (at < 24)
			assert_untouched(0, packet, len);
		else
			assert_untouched(1, packet, len);
		forget_writes();

		testing_tcp_make(packet, &tcp);
		packet[at] ^= 0x04;
		add(packet, len);
		assert_int_equal(writes.count, 1);
		assert_untouched(0, packet, len);
		add_tcp(&next);
		gro_flush(gro);
		assert_writes(2, (size_t[]){1, 1});
		forget_writes();
	}
}

/* A checksum of FFFF is as good as one of 0000, which cutting makes of it. */
static void test_gro_takes_both_zeros(void **state)
{
	struct testing_tcp tcp = {.flags = ACK, .payload = 100};
	struct gso_cut cut;
	uint8_t *got;
	size_t len;

	(void)state;
	do {
		tcp.seq++;
		len = testing_tcp_make(packet, &tcp);
	} while (packet[36] || packet[37]);
	memset(packet + 36, 0xFF, 2);
	add(packet, len);
	tcp = after(&tcp);
	add_tcp(&tcp);
	gro_flush(gro);
	assert_writes(1, (size_t[]){2});
	assert_true(gso_cut_begin(&cut, &writes.at[0].packet.gso,
				  writes.at[0].bytes, writes.at[0].packet.len));
	assert_int_equal(gso_cut_next(&cut, &got), len);
	assert_memory_equal(got + 36, "\0", 2);
}

/* A difference in the second segment: both are passed on unchanged. */
struct difference {
	const char *what;
	size_t at;
	uint8_t byte;
};

static const struct difference ipv4_differences[] = {
	{"type of service", 1, 0x10},
	{"ECT(0)", 1, 2},
	{"congestion experienced", 1, 3},
	{"identification", 5, 3},
	{"identification that stands still", 5, 1},
	{"may be fragmented", 6, 0},
	{"the reserved bit", 6, 0xC0},
	{"more fragments", 6, 0x20},
	{"a fragment", 7, 1},
	{"hops", 8, 63},
	{"UDP", 9, 17},
	{"from", 15, 9},
	{"to", 19, 9},
};

static const struct difference ipv6_differences[] = {
	{"traffic class", 0, 0x61},
	{"ECN", 1, 0x30},
	{"flow label", 3, 1},
	{"next header", 6, 0},
	{"fragment", 6, 44},
	{"hops", 7, 63},
	{"from", 23, 9},
	{"to", 39, 9},
};

static const struct difference tcp_differences[] = {
	{"from port", 1, 1},	    {"to port", 3, 1},
	{"a gap", 7, 101},	    {"an overlap", 7, 99},
	{"the same again", 7, 0},   {"far ahead", 4, 1},
	{"acknowledgement", 11, 5}, {"fewer options", 12, 0x70},
	{"more options", 12, 0x90}, {"reserved bits", 12, 0x88},
	{"accurate ECN", 12, 0x81}, {"no flags", 13, 0},
	{"FIN", 13, ACK | FIN},	    {"SYN", 13, ACK | SYN},
	{"RST", 13, ACK | RST},	    {"PSH without ACK", 13, PSH},
	{"URG", 13, ACK | URG},	    {"ECE", 13, ACK | ECE},
	{"CWR", 13, ACK | CWR},	    {"window", 14, 0x21},
	{"urgent pointer", 19, 1},  {"an option", 20, 0},
	{"timestamp", 31, 2},
};

static void seal(const struct testing_tcp *tcp, size_t len)
{
	if (!tcp->ipv6)
		testing_ipv4_seal(packet, 20);
	testing_tcp_seal(packet, testing_tcp_at(tcp), len);
}

static void assert_differs(const struct testing_tcp *tcp, size_t base,
			   const struct difference *difference)
{
	const struct testing_tcp next = after(tcp);
	size_t len;

	add_tcp(tcp);
	len = testing_tcp_make(packet, &next);
	packet[base + difference->at] = difference->byte;
	seal(tcp, len);
	add(packet, len);
	gro_flush(gro);
	if (writes.count != 2)
		fail_msg("%s: %zu writes", difference->what, writes.count);
	forget_writes();
}

static void test_gro_does_not_join_what_differs(void **state)
{
	struct testing_tcp tcp = {
		.id = 1, .options = 12, .flags = ACK, .payload = 100};
	size_t at;
	size_t i;

	(void)state;
	for (tcp.ipv6 = 0; tcp.ipv6 <= 1; tcp.ipv6++) {
		at = testing_tcp_at(&tcp);
		for (i = 0; i < TESTING_COUNT(tcp_differences); i++)
			assert_differs(&tcp, at, &tcp_differences[i]);
	}
	tcp.ipv6 = 0;
	for (i = 0; i < TESTING_COUNT(ipv4_differences); i++)
		assert_differs(&tcp, 0, &ipv4_differences[i]);
	tcp.ipv6 = 1;
	for (i = 0; i < TESTING_COUNT(ipv6_differences); i++)
		assert_differs(&tcp, 0, &ipv6_differences[i]);
}

/* Properties that forbid joining, even if all segments have them. */
static void test_gro_does_not_join_what_is_special(void **state)
{
	static const uint8_t flags[] = {0,	   FIN,	      SYN,
					RST,	   PSH,	      ACK | FIN,
					ACK | SYN, ACK | RST, ACK | URG,
					ACK | ECE, ACK | CWR, ACK | PSH};
	struct testing_tcp tcp = {.payload = 100};
	struct testing_tcp next;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(flags); i++) {
		tcp.flags = flags[i];
		next = after(&tcp);
		add_tcp(&tcp);
		add_tcp(&next);
		assert_writes(2, (size_t[]){1, 1});
		forget_writes();
	}
	/* Acknowledgements alone. */
	tcp.flags = ACK;
	tcp.payload = 0;
	next = after(&tcp);
	add_tcp(&tcp);
	add_tcp(&next);
	assert_writes(2, (size_t[]){1, 1});
}

/* Two packets with IP options, and two fragments. */
static void test_gro_does_not_join_behind_ip_options(void **state)
{
	static const uint8_t firsts[] = {0x46, 0x44, 0x55, 0x25};
	const struct testing_tcp tcp = {.flags = ACK, .payload = 100};
	const struct testing_tcp next = after(&tcp);
	size_t len = 140;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(firsts); i++) {
		testing_tcp_make(packet, &tcp);
		packet[0] = firsts[i];
		testing_ipv4_seal(packet, 20);
		add(packet, len);
		testing_tcp_make(packet, &next);
		packet[0] = firsts[i];
		testing_ipv4_seal(packet, 20);
		add(packet, len);
		assert_writes(2, (size_t[]){1, 1});
		forget_writes();
	}
}

/* No packet overtakes held segments of its own stream. */
static void test_gro_keeps_order(void **state)
{
	struct testing_tcp tcp = {.flags = ACK, .payload = 100};
	size_t len;

	(void)state;
	add_tcp(&tcp);
	tcp = after(&tcp);
	add_tcp(&tcp);
	tcp = after(&tcp);
	tcp.flags = ACK | FIN;
	len = testing_tcp_make(packet, &tcp);
	add(packet, len);
	assert_writes(2, (size_t[]){2, 1});
	assert_untouched(1, packet, len);
	forget_writes();

	tcp.flags = ACK;
	add_tcp(&tcp);
	testing_ipv4(packet, 50, 'x');
	add(packet, 50);
	assert_writes(2, (size_t[]){1, 1});
	assert_untouched(1, packet, 50);
	forget_writes();

	add_tcp(&tcp);
	testing_ipv4(packet, 50, 'x');
	gro_pass(gro, packet, 50);
	assert_writes(2, (size_t[]){1, 1});
	assert_untouched(1, packet, 50);
}

/* Truncated packets are passed on; AddressSanitizer checks the reads. */
static void test_gro_takes_truncated_packets(void **state)
{
	struct testing_tcp tcp = {.options = 40, .flags = ACK, .payload = 100};
	size_t len;
	size_t cut;

	(void)state;
	for (tcp.ipv6 = 0; tcp.ipv6 <= 1; tcp.ipv6++) {
		len = testing_tcp_make(packet, &tcp);
		for (cut = 1; cut < len; cut++) {
			add(packet, cut);
			assert_int_equal(writes.count, 1);
			assert_untouched(0, packet, cut);
			forget_writes();
		}
	}
}

/* Truncated TCP headers in packets of the right length. */
static void test_gro_takes_short_segments(void **state)
{
	struct testing_tcp tcp = {.flags = ACK, .payload = 100};
	size_t len;
	size_t at;

	(void)state;
	for (tcp.ipv6 = 0; tcp.ipv6 <= 1; tcp.ipv6++) {
		at = testing_tcp_at(&tcp);
		for (len = at; len < at + 60; len++) {
			testing_tcp_make(packet, &tcp);
			packet[2] = 0;
			packet[tcp.ipv6 ? 5 : 3] =
				(uint8_t)(tcp.ipv6 ? len - at : len);
			packet[at + 12] = 0xF0;
			seal(&tcp, len);
			add(packet, len);
			assert_int_equal(writes.count, 1);
			assert_untouched(0, packet, len);
			forget_writes();
		}
	}
}

#define FLOWS	 6
#define SENT_MAX 200

/* The packets that one flow has sent. */
struct sent {
	struct testing_tcp next;
	size_t count;
	size_t got;
	size_t lens[SENT_MAX];
	uint8_t *bytes[SENT_MAX];
};

/* A segment like the one before, most of the time. */
static size_t random_segment(struct sent *flow, uint8_t port, uint64_t *seed)
{
	struct testing_tcp *tcp = &flow->next;
	size_t at = testing_tcp_at(tcp);
	size_t len;

	tcp->flags = testing_random(seed, 12) ? ACK : ACK | PSH;
	if (!testing_random(seed, 20))
		tcp->flags = (uint8_t)testing_random(seed, 256);
	if (!testing_random(seed, 15))
		tcp->payload = testing_random(seed, 300);
	if (!testing_random(seed, 40))
		tcp->options = testing_random(seed, 11) * 4;
	if (!testing_random(seed, 20))
		tcp->seq += 1 + (uint32_t)testing_random(seed, 100);
	if (!testing_random(seed, 40))
		tcp->id += (uint16_t)testing_random(seed, 3);
	len = testing_tcp_make(packet, tcp);
	packet[at + 1] = port;
	if (!testing_random(seed, 30))
		packet[1] |= 3;
	if (!testing_random(seed, 30))
		packet[at + 14] ^= 1;
	seal(tcp, len);
	if (!testing_random(seed, 30))
		packet[at + 4 + testing_random(seed, len - at - 4)] ^= 0x10;
	*tcp = after(tcp);
	return len;
}

/* Check that an output packet is the next one of its flow. */
static void assert_next(struct sent *flows, const uint8_t *bytes, size_t len)
{
	struct sent *flow = &flows[bytes[bytes[0] >> 4 == 6 ? 41 : 21]];

	assert_true(flow->got < flow->count);
	assert_int_equal(len, flow->lens[flow->got]);
	assert_memory_equal(bytes, flow->bytes[flow->got], len);
	flow->got++;
}

/* Cut all written super-packets. */
static size_t assert_writes_give_back(struct sent *flows)
{
	struct gso_cut cut;
	size_t joined = 0;
	size_t packets;
	size_t bytes;
	uint8_t *got;
	size_t len;
	size_t i;

	for (i = 0; i < writes.count; i++) {
		packets = 0;
		bytes = 0;
		assert_true(gso_cut_begin(&cut, &writes.at[i].packet.gso,
					  writes.at[i].bytes,
					  writes.at[i].packet.len));
		for (; (len = gso_cut_next(&cut, &got)); packets++) {
			assert_next(flows, got, len);
			bytes += len;
		}
		assert_int_equal(packets, writes.at[i].packet.packets);
		assert_int_equal(bytes, writes.at[i].packet.bytes);
		joined += packets > 1 ? packets : 0;
	}
	forget_writes();
	return joined;
}

static size_t assert_round_trip(uint64_t *seed)
{
	static struct sent flows[FLOWS];
	size_t total = testing_random(seed, SENT_MAX);
	struct sent *flow;
	size_t joined;
	size_t i;
	size_t n;

	for (i = 0; i < FLOWS; i++)
		flows[i] = (struct sent){
			.next = {.ipv6 = i % 2 != 0,
				 .seq = (uint32_t)testing_random(seed,
								 UINT32_MAX),
				 .id = (uint16_t)testing_random(seed, 65536),
				 .payload = 1 + testing_random(seed, 300)}};
	while (total) {
		i = testing_random(seed, FLOWS);
		flow = &flows[i];
		for (n = 1 + testing_random(seed, 4); n && total; n--) {
			size_t len = random_segment(flow, (uint8_t)i, seed);

			flow->lens[flow->count] = len;
			flow->bytes[flow->count++] = testing_copy(packet, len);
			add(packet, len);
			total--;
		}
		if (!testing_random(seed, 20))
			gro_flush(gro);
	}
	gro_flush(gro);
	joined = assert_writes_give_back(flows);
	for (i = 0; i < FLOWS; i++) {
		assert_int_equal(flows[i].got, flows[i].count);
		while (flows[i].count)
			free(flows[i].bytes[--flows[i].count]);
	}
	return joined;
}

static void test_gro_can_be_undone(void **state)
{
	uint64_t seed = 1071;
	size_t joined = 0;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		joined += assert_round_trip(&seed);
	/* The test is void if nothing was joined. */
	assert_true(joined > 30000);
}

#define GRO_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GRO_TEST(test_gro_joins),
		GRO_TEST(test_gro_passes_one_as_it_is),
		GRO_TEST(test_gro_ends_at_a_push),
		GRO_TEST(test_gro_ends_at_a_shorter_one),
		GRO_TEST(test_gro_never_is_too_long),
		GRO_TEST(test_gro_joins_streams_side_by_side),
		GRO_TEST(test_gro_verifies_checksums),
		GRO_TEST(test_gro_takes_both_zeros),
		GRO_TEST(test_gro_does_not_join_what_differs),
		GRO_TEST(test_gro_does_not_join_what_is_special),
		GRO_TEST(test_gro_does_not_join_behind_ip_options),
		GRO_TEST(test_gro_keeps_order),
		GRO_TEST(test_gro_takes_truncated_packets),
		GRO_TEST(test_gro_takes_short_segments),
		GRO_TEST(test_gro_can_be_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
