/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of serialtun-pairing(7): two ends exchange the bytes that the page
 * shows, and an end keeps the times that the page states.
 *
 * Each run of lines of hexadecimal bytes is one frame, in the order of an
 * exchange of two ends, A and B.
 */
#include "../testing.h"
#include "clock.h"
#include "framing/slip.h"
#include "pair/pair.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#define PAGE "src/man/serialtun-pairing.7"

#define EXAMPLES_MAX 16

#define ID_A UINT64_C(0x9f3c11d2a8b04e77)
#define ID_B UINT64_C(0x21b7f0c45e6d9a03)

#define NOW (1000 * NS_PER_S)

#define PAGE_MAX 32768

struct example {
	size_t len;
	uint8_t bytes[300];
};

static struct example examples[EXAMPLES_MAX];
static size_t example_count;
static char page_text[PAGE_MAX]; /* in one line */

static struct pair *a;
static struct pair *b;

/* "c0 2a 01", and nothing else. Return: how many bytes; 0: it is no such. */
static size_t read_hex(const char *line, uint8_t *bytes)
{
	size_t len = 0;
	while (isxdigit((unsigned char)line[0]) &&
	       isxdigit((unsigned char)line[1]) &&
	       isspace((unsigned char)line[2])) {
		bytes[len++] = (uint8_t)strtoul(line, NULL, 16);
		line += 3;
	}
	return *line ? 0 : len;
}

static int read_page(void **state)
{
	FILE *page = fopen(PAGE, "r");
	struct example *example = NULL;
	uint8_t bytes[100];
	char line[256];
	size_t text_len = 0;
	size_t len;

	(void)state;
	assert_non_null(page);
	while (fgets(line, sizeof(line), page)) {
		len = strcspn(line, "\n");
		assert_true(text_len + len + 1 < PAGE_MAX);
		memcpy(page_text + text_len, line, len);
		text_len += len;
		page_text[text_len++] = ' ';
		len = read_hex(line, bytes);
		if (!len) {
			example = NULL;
			continue;
		}
		if (!example) {
			assert_true(example_count < EXAMPLES_MAX);
			example = &examples[example_count++];
		}
		assert_true(example->len + len <= sizeof(example->bytes));
		memcpy(example->bytes + example->len, bytes, len);
		example->len += len;
	}
	fclose(page);
	return 0;
}

static uint64_t draw_a(void *context)
{
	(void)context;
	return ID_A;
}

static uint64_t draw_b(void *context)
{
	(void)context;
	return ID_B;
}

static struct pair *open(uint64_t (*draw)(void *context), const char *text)
{
	const struct pair_config config = {.random = draw,
					   .can = HELLO_CAN_CHECK};
	struct pair *pair = pair_new(&config);
	struct agree agree;

	assert_non_null(pair);
	pair_open(pair, &(struct pair_port){0}, NOW);
	assert_true(agree_read((const uint8_t *)text, strlen(text), &agree));
	pair_set_agree(pair, &agree, NOW);
	return pair;
}

static void assert_shown(size_t which, const uint8_t *frame, size_t len)
{
	uint8_t encoded[1 + FRAMING_ENCODED_MAX(PAIR_FRAME_MAX)];
	const struct example *example = &examples[which];
	size_t i;

	/* The page shows each frame with an END in front. */
	encoded[0] = SLIP_END;
	len = 1 + slip_encode(encoded + 1, frame, len, SLIP_ESCAPES_RFC1055);
	if (example->len == len && !memcmp(example->bytes, encoded, len))
		return;
	for (i = 0; i < len; i++)
		fprintf(stderr, "%02x%c", encoded[i],
			i % 16 == 15 ? '\n' : ' ');
	fail_msg("frame %zu of the page is not this one", which);
}

/* What the page shows, as the other end decodes it. */
static size_t decode(size_t which, uint8_t frame[PAIR_FRAME_MAX])
{
	static struct slip_decoder decoder;
	enum framing_status status;

	memset(&decoder, 0, sizeof(decoder));
	slip_decode(&decoder, examples[which].bytes, examples[which].len,
		    &status);
	assert_int_equal(status, FRAMING_FRAME);
	assert_true(decoder.len <= PAIR_FRAME_MAX);
	memcpy(frame, decoder.packet, decoder.len);
	return decoder.len;
}

/* A probe in the middle of a data frame, each as the page shows it alone. */
static void test_page_interruption(void **state)
{
	static struct slip_decoder decoder;
	const struct example *example = &examples[10];
	uint8_t alone[PAIR_FRAME_MAX];
	enum framing_status status;
	size_t used;
	size_t len;

	(void)state;
	decoder.takes_inner = true;
	used = slip_decode(&decoder, example->bytes, example->len, &status);
	assert_int_equal(status, FRAMING_FRAME);
	len = decode(2, alone);
	assert_int_equal(decoder.len - decoder.frame_at, len);
	assert_memory_equal(decoder.packet + decoder.frame_at, alone, len);
	used += slip_decode(&decoder, example->bytes + used,
			    example->len - used, &status);
	assert_int_equal(status, FRAMING_FRAME);
	assert_int_equal(used, example->len);
	len = decode(9, alone);
	assert_int_equal(decoder.len, len);
	assert_memory_equal(decoder.packet, alone, len);
	assert_true(frame_is_bulk(alone));
}

/* One says what the page shows next, and the other hears what it shows. */
static enum pair_verdict pass(size_t which, struct pair *from, struct pair *to)
{
	uint8_t frame[PAIR_FRAME_MAX];
	const uint8_t *packet;
	size_t packet_len;
	size_t len = pair_take(from, frame, NOW + 20 * NS_PER_MS);

	assert_true(len);
	assert_shown(which, frame, len);
	len = decode(which, frame);
	return pair_receive(to, frame, len, NOW, &packet, &packet_len);
}

static void test_page_exchange(void **state)
{
	static const uint8_t body[] = {SPEED_TRY, 1, 0, 0x00, 0x0F, 0x42, 0x40};
	const struct frame try = {.kind = FRAME_SPEED,
				  .body = body,
				  .body_len = sizeof(body)};
	uint8_t speed[FRAME_SHORT_MAX];
	uint8_t room[PAIR_FRAME_MAX];
	const uint8_t *packet;
	struct pair_stats stats;
	const struct pair_packet what = {.len = 28};
	uint8_t *frame;
	size_t len;

	(void)state;
	assert_int_equal(example_count, 13);
	a = open(draw_a, "mtu=1500 addr=10.0.0.1/24 release=1.0 name=desk");
	b = open(draw_b, "mtu=1500 free=10,11,12 release=1.0 name=board");
	assert_int_equal(pass(0, a, b), PAIR_OURS); /* hello */
	assert_int_equal(pass(1, b, a), PAIR_OURS); /* hello to A */
	assert_int_equal(pass(2, a, b), PAIR_OURS); /* probe */
	assert_int_equal(pass(3, b, a), PAIR_OURS); /* answer */
	assert_int_equal(pass(4, b, a), PAIR_OURS); /* agree */
	assert_int_equal(pass(5, a, b), PAIR_OURS); /* ack */
	assert_int_equal(pass(6, a, b), PAIR_OURS); /* agree */
	assert_int_equal(pass(7, b, a), PAIR_OURS); /* ack */
	pair_get_stats(a, &stats);
	assert_int_equal(stats.state, PAIR_PAIRED);
	pair_get_stats(b, &stats);
	assert_int_equal(stats.state, PAIR_PAIRED);
	assert_string_equal(pair_peer_agree(a)->name, "board");
	assert_string_equal(pair_peer_agree(b)->name, "desk");

	/* Data: the packet as it is, and in its frame. */
	assert_int_equal(examples[8].len, 28);
	memcpy(room + PAIR_HEADROOM, examples[8].bytes, 28);
	len = pair_wrap(a, room + PAIR_HEADROOM, &what, NOW, &frame);
	assert_shown(9, frame, len);
	len = decode(9, room);
	assert_int_equal(pair_receive(b, room, len, NOW, &packet, &len),
			 PAIR_PACKET);
	assert_int_equal(len, 28);
	assert_memory_equal(packet, examples[8].bytes, 28);

	len = pair_close(a, room, NOW);
	assert_shown(11, room, len);
	assert_shown(12, speed,
		     frame_write(speed, &try, frame_start(ID_A, ID_B)));
	pair_receive(b, room, len, NOW, &packet, &len);
	pair_get_stats(b, &stats);
	assert_int_equal(stats.state, PAIR_PLAIN);
	pair_free(a);
	pair_free(b);
}

__attribute__((format(printf, 1, 2))) static void assert_page_says(
	const char *format, ...)
{
	char wanted[256];
	va_list args;

	va_start(args, format);
	vsnprintf(wanted, sizeof(wanted), format, args);
	va_end(args);
	if (!strstr(page_text, wanted))
		fail_msg("the page does not say \"%s\"", wanted);
}

/* No hello is delayed by this random number. */
static uint64_t draw_no_delay(void *context)
{
	(void)context;
	return UINT64_C(1) << 63;
}

#define HELLOS_MAX 64

static uint64_t now;
static double hellos[HELLOS_MAX]; /* when they were sent, in seconds */
static size_t hello_count;

/* Run an end, and call each_100_ms every 100 ms. */
static void run(struct pair *pair, uint64_t ns,
		void (*each_100_ms)(struct pair *pair))
{
	const uint64_t start = now;
	uint8_t out[PAIR_FRAME_MAX];

	hello_count = 0;
	for (; now < start + ns; now += NS_PER_MS) {
		if (each_100_ms && (now - start) % (100 * NS_PER_MS) == 0)
			each_100_ms(pair);
		while (pair_take(pair, out, now)) {
			if (out[0] != '#')
				continue;
			assert_true(hello_count < HELLOS_MAX);
			hellos[hello_count++] = (double)(now - start) / 1e9;
		}
	}
}

static struct pair *open_alone(uint64_t idle_ns)
{
	const struct pair_config config = {.random = draw_no_delay,
					   .can = HELLO_CAN_CHECK,
					   .idle_ns = idle_ns};
	struct pair *pair = pair_new(&config);

	assert_non_null(pair);
	now = NOW;
	pair_open(pair, &(struct pair_port){0}, now);
	return pair;
}

static void hear_packet(struct pair *pair)
{
	pair_heard(pair, 1, now);
	pair_admit(pair, true, now);
}

static void hear_garbage(struct pair *pair)
{
	pair_heard(pair, 1, now);
	pair_admit(pair, false, now);
}

static void hear_hello(struct pair *pair, uint64_t to)
{
	const struct hello hello = {.version = HELLO_VERSION,
				    .id = ID_B,
				    .to = to,
				    .can = HELLO_CAN_CHECK};
	char text[HELLO_TEXT_MAX];
	const size_t len = hello_write(text, &hello);
	const uint8_t *packet;
	size_t packet_len;

	pair_heard(pair, 1, now);
	assert_int_equal(pair_receive(pair, (uint8_t *)text, len, now, &packet,
				      &packet_len),
			 PAIR_OURS);
}

static void test_page_unasked_hellos(void **state)
{
	struct pair *pair = open_alone(0);
	int i;

	(void)state;
	run(pair, 20 * NS_PER_S, NULL);
	assert_int_equal(hello_count, 5);
	assert_page_says("%g, %g, %g, %g and %g seconds after it has opened",
			 hellos[0], hellos[1], hellos[2], hellos[3], hellos[4]);
	for (i = 0; i < 4; i++) {
		hear_packet(pair);
		run(pair, 20 * NS_PER_S, NULL);
		if (i == 3)
			break;
		assert_int_equal(hello_count, 4);
		assert_page_says(
			"%g, %g, %g and %g seconds after a good packet",
			hellos[0], hellos[1], hellos[2], hellos[3]);
	}
	assert_page_says("at most three times;");
	assert_int_equal(hello_count, 0);
	pair_free(pair);

	pair = open_alone(0);
	run(pair, 20 * NS_PER_S, NULL);
	run(pair, 60 * NS_PER_S, hear_garbage);
	assert_page_says("at most eight times;");
	assert_int_equal(hello_count, 8);
	pair_free(pair);
}

static void test_page_search(void **state)
{
	struct pair *pair = open_alone(0);

	(void)state;
	run(pair, 20 * NS_PER_S, NULL);
	hear_hello(pair, 0);
	run(pair, 30 * NS_PER_S, NULL);
	assert_page_says("every half second, and after ten seconds every two.");
	assert_int_equal(hello_count, 20 + 10);
	assert_page_says("after each of five hellos in a row.");
	run(pair, 60 * NS_PER_S, hear_packet);
	assert_in_range(hello_count, 5, 6);
	pair_free(pair);
}

/* When a session that begins now and hears nothing more ends, in ms. */
static uint64_t session_ms(struct pair *pair)
{
	const uint64_t start = now;

	while (pair_state(pair) != PAIR_PLAIN && now < start + 60 * NS_PER_S)
		run(pair, NS_PER_MS, NULL);
	return (now - NS_PER_MS - start) / NS_PER_MS;
}

/* A checked frame of the other end, which makes a pair paired. */
static void hear_checked(struct pair *pair)
{
	const struct frame frame = {.kind = FRAME_ANSWER};
	uint8_t out[FRAME_SHORT_MAX];
	const uint8_t *packet;
	size_t len = frame_write(out, &frame, frame_start(ID_B, pair_id(pair)));

	pair_receive(pair, out, len, now, &packet, &len);
	assert_int_equal(pair_state(pair), PAIR_PAIRED);
}

static void test_page_patience(void **state)
{
	uint8_t room[PAIR_HEADROOM + 28 + PAIR_TAILROOM] = {0};
	struct pair *pair = open_alone(0);
	const struct pair_packet what = {.len = 28};
	uint8_t *frame;

	(void)state;
	hear_hello(pair, pair_id(pair));
	assert_page_says("not paired 1.2 seconds after the first probe");
	assert_page_says("the last probe has had 250 milliseconds");
	assert_int_equal(session_ms(pair), 1000 + 250);
	pair_free(pair);

	pair = open_alone(0);
	hear_hello(pair, pair_id(pair));
	hear_checked(pair);
	pair_wrap(pair, room + PAIR_HEADROOM, &what, now, &frame);
	assert_page_says(
		"has received no good frame for one second after that");
	assert_page_says("no good frame comes within two seconds after");
	assert_int_equal(session_ms(pair), 1000 + 2000);
	pair_free(pair);

	/* src/pairing.c sets the time of an idle session. */
	pair = open_alone(3 * NS_PER_S);
	hear_hello(pair, pair_id(pair));
	hear_checked(pair);
	assert_page_says("received none for three seconds anyway");
	assert_int_equal(session_ms(pair), 3000 + 2000);
	pair_free(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_exchange),
		cmocka_unit_test(test_page_interruption),
		cmocka_unit_test(test_page_unasked_hellos),
		cmocka_unit_test(test_page_search),
		cmocka_unit_test(test_page_patience),
	};

	return cmocka_run_group_tests(tests, read_page, NULL);
}
