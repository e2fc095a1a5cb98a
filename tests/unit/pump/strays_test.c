/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of strays: how frames that are no packets are counted. (pump_test.c
 * tests that packets reach the interface.)
 */
#include "../testing.h"
#include "framing/slip.h"
#include "packet/link_layer.h"
#include "packet/vj.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/strays.h"
#include "pump/witness.h"

static const struct framing_frame ppp = {
	.bytes = (const uint8_t *)"\x7E\xFF\x7D\x23", .len = 4};

/* The packet that opens a connection: 7 as the version. */
static const struct framing_frame cslip = {
	.bytes = (const uint8_t *)"\x75\x00\x00\x28\x00\x01\x00\x00\x40\x01"
				  "\x62\xBF\x0A\x00\x02\x02\x0A\x00\x02\x0F"
				  "\x13\x88\x13\x89\x00\x00\x00\x01\x00\x00"
				  "\x00\x01\x50\x10\x20\x00\x00\x00\x00\x00",
	.len = 40};

static struct pump_config config;
static struct stats_direction counters;
static struct witness witness;
static struct strays strays;
static struct vj vj;

static int begin(void **state)
{
	(void)state;
	config = (struct pump_config){.framing = &slip_framing};
	counters = (struct stats_direction){0};
	witness_init(&witness, &config.witness);
	strays = (struct strays){.config = &config,
				 .layer = link_layer_of(false),
				 .witness = &witness,
				 .counters = &counters};
	return 0;
}

static void test_strays_count_by_reason(void **state)
{
	(void)state;
	strays_take(&strays, &ppp, PACKET_BAD_VERSION);
	strays_take(&strays, &ppp, PACKET_BAD_LENGTH);
	strays_take_broken(&strays, &ppp, FRAMING_TOO_LONG, 0);
	strays_take_broken(&strays, &ppp, FRAMING_BAD_ESCAPE, 0);
	strays_take_broken(&strays, &ppp, FRAMING_EMPTY, 0);
	assert_int_equal(counters.dropped[STATS_DROP_BAD_VERSION], 1);
	assert_int_equal(counters.dropped[STATS_DROP_BAD_LENGTH], 1);
	assert_int_equal(counters.dropped[STATS_DROP_TOO_LONG], 1);
	assert_int_equal(counters.dropped[STATS_DROP_BAD_ESCAPE], 1);
	assert_int_equal(counters.dropped[STATS_DROP_EMPTY], 1);
	assert_int_equal(strays.in_a_row, 5);
	assert_int_equal(strays.guesses[GUESS_PPP], 5);
}

static void test_strays_know_an_escape_of_xonxoff(void **state)
{
	(void)state;
	strays_take_broken(&strays, &ppp, FRAMING_XONXOFF_ESCAPE, 0);
	assert_int_equal(counters.dropped[STATS_DROP_BAD_ESCAPE], 1);
	assert_int_equal(strays.guesses[GUESS_XONXOFF], 1);
	assert_int_equal(strays.guesses[GUESS_PPP], 0);
}

/* A command for a modem is no sign that the frames are out of step. */
static void test_strays_command_is_no_garbage(void **state)
{
	(void)state;
	strays_take_broken(&strays, &ppp, FRAMING_COMMAND, 0);
	assert_int_equal(counters.dropped[STATS_DROP_COMMAND], 1);
	assert_int_equal(strays.in_a_row, 0);
}

/* A protocol that this end speaks is no guess. */
static void test_strays_guess_no_known_protocol(void **state)
{
	(void)state;
	assert_int_equal(strays_guess(&strays, &cslip), GUESS_CSLIP);
	config.vj = &vj;
	assert_int_equal(strays_guess(&strays, &cslip), GUESS_NONE);
}

static void test_strays_begin_again_with_a_port(void **state)
{
	(void)state;
	strays_take(&strays, &ppp, PACKET_BAD_VERSION);
	strays_reset(&strays);
	assert_int_equal(strays.in_a_row, 0);
	assert_int_equal(strays.guesses[GUESS_PPP], 1);
}

#define STRAYS_TEST(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STRAYS_TEST(test_strays_count_by_reason),
		STRAYS_TEST(test_strays_know_an_escape_of_xonxoff),
		STRAYS_TEST(test_strays_command_is_no_garbage),
		STRAYS_TEST(test_strays_guess_no_known_protocol),
		STRAYS_TEST(test_strays_begin_again_with_a_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
