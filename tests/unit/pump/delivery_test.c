/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of delivery: which packets reach the interface, a socket here, and
 * which sender was the first. (pump_test.c tests joined packets.)
 */
#include "../testing.h"
#include "framing/framing.h"
#include "interface/tun.h"
#include "packet/link_layer.h"
#include "pump/delivery.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/witness.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define LEN 60

static struct tun tun;
static struct pump_config config;
static struct stats_direction counters;
static struct witness witness;
static struct delivery delivery;
static int interface;
static uint8_t packet[LEN];

static int begin(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	tun.fd = fds[0];
	interface = fds[1];
	config = (struct pump_config){.tun = &tun};
	counters = (struct stats_direction){0};
	witness_init(&witness, &config.witness);
	assert_int_equal(delivery_open(&delivery, &config, link_layer_of(false),
				       &witness, &counters),
			 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	delivery_close(&delivery);
	close(tun.fd);
	close(interface);
	return 0;
}

/* Deliver the packet. Return: has it reached the interface? */
static bool deliver(enum packet_verdict verdict)
{
	const struct framing_frame frame = {.bytes = packet, .len = LEN};
	uint8_t got[LEN + 1];

	delivery_take(&delivery, &frame, verdict);
	return read(interface, got, sizeof(got)) == LEN &&
	       !memcmp(got, packet, LEN);
}

static void test_delivery_counts(void **state)
{
	(void)state;
	testing_ipv4(packet, LEN, 'x');
	assert_true(deliver(PACKET_IPV4));
	assert_int_equal(counters.packets, 1);
	assert_int_equal(counters.bytes, LEN);
	assert_int_equal(counters.interface_packets, 1);
}

static void test_delivery_admits_ipv6_if_asked(void **state)
{
	(void)state;
	testing_ipv6(packet, LEN, IPPROTO_NONE, 'x');
	assert_false(deliver(PACKET_IPV6));
	assert_int_equal(counters.dropped[STATS_DROP_IPV6], 1);
	config.ipv6 = true;
	assert_true(deliver(PACKET_IPV6));
	assert_int_equal(counters.packets, 1);
}

static void test_delivery_names_the_first_sender_once(void **state)
{
	struct addr from;

	(void)state;
	testing_ipv4(packet, LEN, 'x');
	assert_false(delivery_take_first(&delivery, &from));
	deliver(PACKET_IPV4);
	assert_true(delivery.has_heard);
	assert_true(delivery_take_first(&delivery, &from));
	assert_int_equal(from.family, AF_INET);
	assert_memory_equal(from.bytes, packet + 12, 4);
	deliver(PACKET_IPV4);
	assert_false(delivery_take_first(&delivery, &from));
	delivery_reset(&delivery);
	assert_false(delivery.has_heard);
	deliver(PACKET_IPV4);
	assert_true(delivery_take_first(&delivery, &from));
}

/* A packet of our own that comes back shows nothing of the peer. */
static void test_delivery_own_packet_is_no_sender(void **state)
{
	struct addr own = {.family = AF_INET, .prefix_len = 32};

	(void)state;
	testing_ipv4(packet, LEN, 'x');
	memcpy(own.bytes, packet + 12, 4);
	config.witness.addrs = &own;
	config.witness.addr_count = 1;
	assert_true(deliver(PACKET_IPV4));
	assert_false(delivery.has_heard);
}

#define DELIVERY_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DELIVERY_TEST(test_delivery_counts),
		DELIVERY_TEST(test_delivery_admits_ipv6_if_asked),
		DELIVERY_TEST(test_delivery_names_the_first_sender_once),
		DELIVERY_TEST(test_delivery_own_packet_is_no_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
