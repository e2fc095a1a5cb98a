/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of witness: the verdicts on the first packets of a link. */
#include "../testing.h"
#include "pump/witness.h"

static struct addr addr(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(&addr, text), ADDR_OK);
	return addr;
}

/* Make an IPv4 packet between two addresses, with a unique number. */
static void make(uint8_t packet[84], const char *from, const char *to,
		 uint8_t number)
{
	const struct addr source = addr(from);
	const struct addr target = addr(to);

	testing_ipv4(packet, 84, 'x');
	packet[5] = number;
	memcpy(packet + 12, source.bytes, 4);
	memcpy(packet + 16, target.bytes, 4);
	testing_ipv4_seal(packet, 20);
}

static void hear(struct witness *witness, const char *from, const char *to,
		 int times)
{
	uint8_t packet[84];

	for (; times > 0 && witness_looks(witness); times--) {
		make(packet, from, to, (uint8_t)times);
		witness_heard(witness, packet, sizeof(packet));
	}
}

static const struct {
	const char *from;
	const char *to;
	enum witness_verdict verdict;
	const char *addr;
} rows[] = {
	{"10.0.0.2", "10.0.0.1", WITNESS_WELL, NULL},
	{"10.0.0.2", "224.0.0.251", WITNESS_WELL, NULL},
	{"10.0.0.2", "255.255.255.255", WITNESS_WELL, NULL},
	{"10.0.0.2", "10.0.0.255", WITNESS_WELL, NULL},
	/* to be forwarded */
	{"10.0.0.2", "8.8.8.8", WITNESS_WELL, NULL},
	/* from behind a route */
	{"192.168.7.9", "10.0.0.1", WITNESS_WELL, NULL},
	{"10.0.0.1", "10.0.0.2", WITNESS_SAME_ADDRESS, "10.0.0.1"},
	{"10.0.0.2", "10.0.0.9", WITNESS_NOT_OURS, "10.0.0.9"},
	{"10.0.1.2", "10.0.1.1", WITNESS_UNKNOWN_NETWORK, "10.0.1.2"},
	{"10.0.1.2", "10.0.0.1", WITNESS_UNKNOWN_NETWORK, "10.0.1.2"},
	/* DHCP */
	{"0.0.0.0", "255.255.255.255", WITNESS_NONE, NULL},
};

static void test_witness_verdicts(void **state)
{
	const struct addr own = addr("10.0.0.1/24");
	const struct addr route = addr("192.168.7.0/24");
	const struct witness_config config = {.addrs = &own,
					      .addr_count = 1,
					      .routes = &route,
					      .route_count = 1};
	char text[ADDR_TEXT_MAX];
	struct witness witness;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		witness_init(&witness, &config);
		hear(&witness, rows[i].from, rows[i].to, 2);
		if (rows[i].verdict != WITNESS_WELL)
			assert_int_equal(witness.verdict, WITNESS_NONE);
		hear(&witness, rows[i].from, rows[i].to, 1);
		assert_int_equal(witness.verdict, rows[i].verdict);
		if (rows[i].addr)
			assert_string_equal(addr_format_host(&witness.addr,
							     text),
					    rows[i].addr);
	}
}

/* A peer that forwards packets also sends its own. */
static void test_witness_well_comes_first(void **state)
{
	const struct addr own = addr("10.0.0.1/24");
	const struct witness_config config = {.addrs = &own, .addr_count = 1};
	struct witness witness;

	(void)state;
	witness_init(&witness, &config);
	hear(&witness, "172.16.3.4", "10.0.0.1", 2);
	hear(&witness, "10.0.0.2", "10.0.0.1", 1);
	hear(&witness, "172.16.3.4", "10.0.0.1", 10);
	assert_int_equal(witness.verdict, WITNESS_WELL);
}

static void test_witness_peer(void **state)
{
	const struct addr own = addr("10.0.0.1");
	const struct addr peer = addr("10.9.9.9");
	const struct witness_config config = {.addrs = &own,
					      .addr_count = 1,
					      .peer = &peer};
	struct witness witness;

	(void)state;
	witness_init(&witness, &config);
	hear(&witness, "10.9.9.9", "10.0.0.1", 1);
	assert_int_equal(witness.verdict, WITNESS_WELL);
	witness_init(&witness, &config);
	hear(&witness, "10.9.9.8", "10.0.0.1", 3);
	assert_int_equal(witness.verdict, WITNESS_UNKNOWN_NETWORK);
}

/* A persistent interface may have addresses that we do not know. */
static void test_witness_partial(void **state)
{
	const struct witness_config config = {.partial = true};
	struct witness witness;

	(void)state;
	witness_init(&witness, &config);
	hear(&witness, "10.0.1.2", "10.0.1.1", 20);
	assert_int_equal(witness.verdict, WITNESS_NONE);
}

/* The kernel makes link-local addresses, and they always match. */
static void test_witness_link_local(void **state)
{
	const struct addr own = addr("10.0.0.1/24");
	const struct witness_config config = {.addrs = &own, .addr_count = 1};
	struct witness witness;
	uint8_t packet[80];
	int i;

	(void)state;
	testing_ipv6(packet, sizeof(packet), 58, 'x');
	witness_init(&witness, &config);
	for (i = 0; i < 10; i++)
		witness_heard(&witness, packet, sizeof(packet));
	assert_int_equal(witness.verdict, WITNESS_NONE);
	packet[8] = 0xFD;
	for (i = 0; i < 3; i++)
		witness_heard(&witness, packet, sizeof(packet));
	assert_int_equal(witness.verdict, WITNESS_UNKNOWN_NETWORK);
}

static void test_witness_echo(void **state)
{
	const struct addr own = addr("10.0.0.1/24");
	const struct witness_config config = {.addrs = &own, .addr_count = 1};
	struct witness witness;
	uint8_t packet[84];
	uint8_t i;

	(void)state;
	witness_init(&witness, &config);
	for (i = 0; i < 3; i++) {
		make(packet, "10.0.0.1", "10.0.0.2", i);
		witness_sent(&witness, packet, sizeof(packet));
		assert_int_equal(witness.verdict, WITNESS_NONE);
		witness_heard(&witness, packet, sizeof(packet));
	}
	assert_int_equal(witness.verdict, WITNESS_ECHO);
}

/* A terminal turns each 0 into ^@, and so on, but keeps printable bytes. */
static void test_witness_echo_in_shreds(void **state)
{
	static const char data[] = "0123456789abcdef";
	const struct witness_config config = {0};
	struct witness witness;
	uint8_t packet[60];
	uint8_t shreds[40];
	int i;

	(void)state;
	testing_ipv4(packet, sizeof(packet), 0);
	/* The bytes are not a string. */
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	memcpy(packet + 30, data, 16);
	memset(shreds, '^', sizeof(shreds));
	witness_init(&witness, &config);
	witness_sent(&witness, packet, sizeof(packet));
	memcpy(shreds + 24, data, 15);
	for (i = 0; i < 10; i++)
		witness_garbage(&witness, shreds, sizeof(shreds));
	assert_int_equal(witness.verdict, WITNESS_NONE);
	shreds[39] = 'f';
	for (i = 0; i < 3; i++)
		witness_garbage(&witness, shreds, sizeof(shreds));
	assert_int_equal(witness.verdict, WITNESS_ECHO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_witness_verdicts),
		cmocka_unit_test(test_witness_well_comes_first),
		cmocka_unit_test(test_witness_peer),
		cmocka_unit_test(test_witness_partial),
		cmocka_unit_test(test_witness_link_local),
		cmocka_unit_test(test_witness_echo),
		cmocka_unit_test(test_witness_echo_in_shreds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
