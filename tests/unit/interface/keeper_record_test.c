/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of keeper_record: which bytes are a request, which request is refused,
 * and how often.
 */
#include "../testing.h"
#include "clock.h"
#include "interface/keeper_record.h"

#include <errno.h>
#include <sys/socket.h>

static struct addr parse(const char *text)
{
	struct addr addr;

	if (addr_parse(&addr, text) != ADDR_OK)
		fail_msg("\"%s\" was not read", text);
	return addr;
}

static struct keeper_request take(const char *own, const char *other)
{
	struct keeper_request request = {.kind = KEEPER_TAKE_ADDRESS,
					 .own = parse(own),
					 .other = parse(other)};

	request.other.prefix_len = request.own.prefix_len;
	return request;
}

#define NOT_PRIVATE \
	"an address that the peer proposes must be private (RFC 1918)"
#define TOO_LARGE "a network that the peer proposes must be /24 or smaller"
#define SAME	  "both ends would have the same address"
#define APART	  "the two addresses are in different networks"
#define NO_HOST	  "no host can have the first or the last address of a network"

static const struct {
	const char *own;
	const char *other;
	const char *fault;
} takes[] = {
	{"10.10.10.1/30", "10.10.10.2", NULL},
	{"10.10.10.2/30", "10.10.10.1", NULL},
	{"10.10.10.1/24", "10.10.10.254", NULL},
	{"172.31.10.1/30", "172.31.10.2", NULL},
	{"192.168.7.9/29", "192.168.7.10", NULL},
	{"10.10.10.0/31", "10.10.10.1", NULL},
	{"10.10.10.1/31", "10.10.10.0", NULL},
	{"10.10.10.1/32", "192.168.1.1", NULL},
	/* public addresses */
	{"8.8.8.1/24", "8.8.8.2", NOT_PRIVATE},
	{"8.8.8.1/32", "10.10.10.1", NOT_PRIVATE},
	{"10.10.10.1/32", "8.8.8.8", NOT_PRIVATE},
	{"172.32.0.1/30", "172.32.0.2", NOT_PRIVATE},
	{"100.64.0.1/30", "100.64.0.2", NOT_PRIVATE},
	{"169.254.0.1/30", "169.254.0.2", NOT_PRIVATE},
	{"127.0.0.1/30", "127.0.0.2", NOT_PRIVATE},
	{"0.0.0.0/32", "10.10.10.1", NOT_PRIVATE},
	{"224.0.0.1/30", "224.0.0.2", NOT_PRIVATE},
	{"255.255.255.255/32", "10.10.10.1", NOT_PRIVATE},
	/* large networks */
	{"10.10.10.1/23", "10.10.10.2", TOO_LARGE},
	{"10.10.10.1/16", "10.10.10.2", TOO_LARGE},
	{"10.10.10.1/8", "10.10.10.2", TOO_LARGE},
	{"10.10.10.1/0", "10.10.10.2", TOO_LARGE},
	/* addresses that do not match */
	{"10.10.10.1/30", "10.10.10.1", SAME},
	{"10.10.10.1/32", "10.10.10.1", SAME},
	{"10.10.10.1/30", "10.10.10.5", APART},
	{"10.10.10.1/31", "10.10.10.2", APART},
	{"10.10.10.1/24", "10.10.11.1", APART},
	/* addresses that no host can have */
	{"10.10.10.0/30", "10.10.10.1", NO_HOST},
	{"10.10.10.3/30", "10.10.10.1", NO_HOST},
	{"10.10.10.1/30", "10.10.10.0", NO_HOST},
	{"10.10.10.1/30", "10.10.10.3", NO_HOST},
	{"10.10.10.1/24", "10.10.10.255", NO_HOST},
};

static void test_keeper_request_fault(void **state)
{
	const struct keeper_request drop = {.kind = KEEPER_DROP_ROUTE};
	struct keeper_request request;
	const char *fault;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(takes); i++) {
		request = take(takes[i].own, takes[i].other);
		fault = keeper_request_fault(&request);
		if (!fault != !takes[i].fault ||
		    (fault && strcmp(fault, takes[i].fault) != 0))
			fail_msg("%s and %s: \"%s\"", takes[i].own,
				 takes[i].other, fault ? fault : "");
	}
	assert_null(keeper_request_fault(&drop));
}

static bool decode(struct keeper_request *request, const uint8_t *bytes,
		   size_t len)
{
	uint8_t *copy = testing_copy(bytes, len);
	const bool is_request = keeper_request_decode(request, copy, len);

	free(copy);
	return is_request;
}

/* Compare what the records say; a struct has padding. */
static void assert_same(const struct keeper_request *a,
			const struct keeper_request *b)
{
	uint8_t bytes_a[KEEPER_REQUEST_LEN];
	uint8_t bytes_b[KEEPER_REQUEST_LEN];

	keeper_request_encode(bytes_a, a);
	keeper_request_encode(bytes_b, b);
	assert_memory_equal(bytes_a, bytes_b, sizeof(bytes_a));
}

static void test_keeper_request_decode(void **state)
{
	static const uint8_t wanted[KEEPER_REQUEST_LEN] = {
		1, 30, 0, 0, 10, 10, 10, 1, [20] = 10, 10, 10, 2};
	struct keeper_request request = take("10.10.10.1/30", "10.10.10.2");
	uint8_t bytes[KEEPER_REQUEST_LEN];
	struct keeper_request read;

	(void)state;
	keeper_request_encode(bytes, &request);
	assert_memory_equal(bytes, wanted, sizeof(wanted));
	assert_true(decode(&read, bytes, sizeof(bytes)));
	assert_same(&read, &request);
}

/* The requests about the internet, there and back. */
static void test_keeper_request_internet(void **state)
{
	const struct keeper_request good[] = {
		{.kind = KEEPER_TAKE_ROUTE},
		{.kind = KEEPER_TAKE_ROUTE, .other = parse("10.10.10.1")},
		{.kind = KEEPER_DROP_ROUTE},
		{.kind = KEEPER_USE_NAMES},
		{.kind = KEEPER_USE_NAMES,
		 .names = {.addrs = {parse("192.0.2.1"), parse("10.0.0.53"),
				     parse("203.0.113.9")},
			   .count = 3}},
	};
	uint8_t bytes[KEEPER_REQUEST_LEN];
	struct keeper_request read;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(good); i++) {
		keeper_request_encode(bytes, &good[i]);
		assert_true(decode(&read, bytes, sizeof(bytes)));
		assert_same(&read, &good[i]);
		assert_null(keeper_request_fault(&read));
		/* behind the third address */
		bytes[32] = 1;
		assert_false(decode(&read, bytes, sizeof(bytes)));
	}
	/* a list with a hole */
	bytes[32] = 0;
	memset(bytes + 24, 0, 4);
	assert_false(decode(&read, bytes, sizeof(bytes)));
	/* a loopback address */
	memcpy(bytes + 24, "\177\0\0\1", 4);
	assert_true(decode(&read, bytes, sizeof(bytes)));
	assert_non_null(keeper_request_fault(&read));
}

/* Any other length, and any value in an unused byte. */
static void test_keeper_request_decode_what_is_none(void **state)
{
	const struct keeper_request good = take("10.10.10.1/30", "10.10.10.2");
	uint8_t bytes[KEEPER_REQUEST_LEN + 1] = {0};
	struct keeper_request request = {0};
	size_t i;

	(void)state;
	keeper_request_encode(bytes, &good);
	for (i = 0; i <= sizeof(bytes); i++)
		if (i != KEEPER_REQUEST_LEN)
			assert_false(decode(&request, bytes, i));
	for (i = 0; i < KEEPER_REQUEST_LEN; i++) {
		if (i < 2 || (i >= 4 && i < 8) || (i >= 20 && i < 24))
			continue;
		bytes[i] = 1;
		assert_false(decode(&request, bytes, KEEPER_REQUEST_LEN));
		bytes[i] = 0;
	}
	for (i = 33; i <= UINT8_MAX; i++) {
		bytes[1] = (uint8_t)i;
		assert_false(decode(&request, bytes, KEEPER_REQUEST_LEN));
	}
	bytes[1] = 30;
	for (i = 0; i <= UINT8_MAX; i++) {
		bytes[0] = (uint8_t)i;
		if (i != KEEPER_TAKE_ADDRESS)
			assert_false(
				decode(&request, bytes, KEEPER_REQUEST_LEN));
	}
	assert_int_equal(request.kind, 0);
}

static void test_keeper_answer(void **state)
{
	struct keeper_answer answer = {.kind = KEEPER_TAKE_ADDRESS,
				       .err = -EADDRINUSE};
	uint8_t bytes[KEEPER_ANSWER_LEN + 1] = {0};
	struct keeper_answer read;
	size_t i;

	(void)state;
	/* the longest reason */
	memset(answer.text, 'x', sizeof(answer.text) - 1);
	keeper_answer_encode(bytes, &answer);
	assert_true(keeper_answer_decode(&read, bytes, KEEPER_ANSWER_LEN));
	assert_memory_equal(&read, &answer, sizeof(answer));

	for (i = 0; i <= sizeof(bytes); i++)
		if (i != KEEPER_ANSWER_LEN)
			assert_false(keeper_answer_decode(&read, bytes, i));
	/* a reason without an end, one behind its end, no errno, no kind */
	bytes[KEEPER_ANSWER_LEN - 1] = 'x';
	assert_false(keeper_answer_decode(&read, bytes, KEEPER_ANSWER_LEN));
	bytes[KEEPER_ANSWER_LEN - 1] = '\0';
	bytes[20] = '\0';
	assert_false(keeper_answer_decode(&read, bytes, KEEPER_ANSWER_LEN));
	bytes[20] = 'x';
	bytes[4] = 0x80;
	assert_false(keeper_answer_decode(&read, bytes, KEEPER_ANSWER_LEN));
	bytes[4] = 0;
	bytes[0] = KEEPER_KINDS;
	assert_false(keeper_answer_decode(&read, bytes, KEEPER_ANSWER_LEN));
	bytes[0] = KEEPER_READY;
	assert_true(keeper_answer_decode(&read, bytes, KEEPER_ANSWER_LEN));
}

static void test_keeper_rate(void **state)
{
	/* just after the start of the machine */
	const uint64_t start = NS_PER_S;
	const uint64_t minute = 60 * NS_PER_S;
	struct keeper_rate rate = {0};
	uint64_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_true(keeper_rate_take(&rate, start + i * NS_PER_S));
	assert_false(keeper_rate_take(&rate, start + 4 * NS_PER_S));
	assert_false(keeper_rate_take(&rate, start + minute - 1));
	/* refused requests do not count */
	assert_true(keeper_rate_take(&rate, start + minute));
	assert_false(keeper_rate_take(&rate, start + minute));
	assert_true(keeper_rate_take(&rate, start + minute + NS_PER_S));
	assert_false(keeper_rate_take(&rate, start + minute + NS_PER_S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeper_request_fault),
		cmocka_unit_test(test_keeper_request_decode),
		cmocka_unit_test(test_keeper_request_internet),
		cmocka_unit_test(test_keeper_request_decode_what_is_none),
		cmocka_unit_test(test_keeper_answer),
		cmocka_unit_test(test_keeper_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
