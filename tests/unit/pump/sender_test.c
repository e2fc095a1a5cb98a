/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of sender: the bytes before a frame, and when the sender writes them.
 * The test sets the time. (pump_test.c tests the rest of the sender.)
 */
#include "../testing.h"
#include "clock.h"
#include "framing/length.h"
#include "framing/slip.h"
#include "interface/tun.h"
#include "packet/header.h"
#include "packet/link_layer.h"
#include "packet/transport.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/pump.h"
#include "pump/sender.h"
#include "pump/stats.h"
#include "pump/witness.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOW (1000 * NS_PER_S) /* when the port opens */

static struct {
	struct tun tun;
	struct port_kind kind;
	struct port port;
	struct transport transport;
	struct pump_config config;
	struct witness witness;
	struct sender *sender;
	int interface;
	int line;
} world;

static void open_world(enum framing_lead lead, const struct framing *framing)
{
	static char name[] = "the line";
	world.config = (struct pump_config){
		.tun = &world.tun,
		.framing = framing,
		.lead = lead,
		.mtu = 1500,
		.ipv6 = true,
	};
	int fds[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	world.tun = (struct tun){.fd = fds[0]};
	world.interface = fds[1];
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	world.kind = (struct port_kind){0};
	world.port = (struct port){.kind = &world.kind,
				   .name = name,
				   .read_fd = fds[0],
				   .write_fd = fds[0]};
	world.line = fds[1];
	world.sender =
		sender_new(&world.config, link_layer_of(false), &world.witness);
	assert_non_null(world.sender);
	assert_int_equal(
		sender_fit(world.sender, &world.port, &world.transport), 0);
}

static uint64_t draw(void *context)
{
	static uint64_t number;

	(void)context;
	return ++number * 0x9E3779B97F4A7C15;
}

static struct pair *new_pair(unsigned int can)
{
	const struct pair_config config = {.random = draw, .can = can};
	struct pair *pair = pair_new(&config);

	assert_non_null(pair);
	pair_open(pair, &(struct pair_port){0}, NOW);
	return pair;
}

/* Pass on all that one of a pair has to say. */
static void talk(struct pair *from, struct pair *to, uint64_t now_ns)
{
	static uint8_t out[PAIR_FRAME_MAX];
	const uint8_t *packet;
	size_t packet_len;
	size_t len;

	while ((len = pair_take(from, out, now_ns)))
		pair_receive(to, out, len, now_ns, &packet, &packet_len);
}

/* When meet_peer() has ended. */
#define MET (NOW + 5 * NS_PER_S)

/* Pair this end with another. Return: the other. */
static struct pair *meet_peer(unsigned int can)
{
	struct pair *other = new_pair(can);
	uint64_t now_ns;

	world.config.pair = new_pair(can);
	for (now_ns = NOW; now_ns < MET; now_ns += NS_PER_MS) {
		talk(world.config.pair, other, now_ns);
		talk(other, world.config.pair, now_ns);
	}
	assert_int_equal(pair_state(world.config.pair), PAIR_PAIRED);
	return other;
}

static void meet(unsigned int can)
{
	pair_free(meet_peer(can));
}

static int close_world(void **state)
{
	(void)state;
	pair_free(world.config.pair);
	sender_free(world.sender);
	close(world.tun.fd);
	close(world.interface);
	close(world.port.read_fd);
	close(world.line);
	return 0;
}

static void give(size_t count)
{
	uint8_t packet[40];

	testing_ipv4(packet, sizeof(packet), 'x');
	while (count--)
		assert_int_equal(write(world.interface, packet, sizeof(packet)),
				 sizeof(packet));
}

/* Return: bytes sent for @count packets, minus the bytes of the packets. */
static ssize_t send_at(uint64_t at_ns, size_t count)
{
	uint8_t bytes[4096];
	ssize_t n;

	give(count);
	assert_true(sender_drain(world.sender, true, NOW + at_ns));
	assert_int_equal(sender_send(world.sender, &world.port, NOW + at_ns),
			 1);
	n = read(world.line, bytes, sizeof(bytes));
	return n - (ssize_t)count * 40;
}

/* One byte per packet is its END; another one is an END in front. */
static void test_sender_leads_after_a_long_time(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	assert_int_equal(send_at(0, 1), 2);
	assert_int_equal(send_at(1 * NS_PER_S, 1), 1);
	assert_int_equal(send_at(3 * NS_PER_S, 1), 1);
	assert_int_equal(send_at(13 * NS_PER_S, 1), 1);
	assert_int_equal(send_at(23 * NS_PER_S + 1, 1), 2);
	assert_int_equal(send_at(24 * NS_PER_S, 1), 1);
	/* Of several frames in one write, only the first needs it. */
	assert_int_equal(send_at(40 * NS_PER_S, 5), 6);
}

static void test_sender_leads_on_a_new_port(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	assert_int_equal(send_at(0, 1), 2);
	sender_reset(world.sender);
	assert_int_equal(
		sender_fit(world.sender, &world.port, &world.transport), 0);
	assert_int_equal(send_at(1 * NS_PER_S, 1), 2);
	assert_int_equal(send_at(2 * NS_PER_S, 1), 1);
}

/* The END of a keepalive counts like the END of a frame. */
static void test_sender_idle_is_a_lead(void **state)
{
	uint8_t end[2];

	(void)state;
	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	assert_int_equal(sender_send_idle(world.sender, &world.port, NOW), 1);
	assert_int_equal(read(world.line, end, sizeof(end)), 1);
	assert_int_equal(send_at(10 * NS_PER_S, 1), 1);
	assert_int_equal(sender_send_idle(world.sender, &world.port,
					  NOW + 30 * NS_PER_S),
			 1);
	assert_int_equal(read(world.line, end, sizeof(end)), 1);
	assert_int_equal(send_at(31 * NS_PER_S, 1), 1);
}

static unsigned int parts_taken;

/* A port that takes a part of a frame and refuses the rest. */
static ssize_t write_a_part(struct port *port, const uint8_t *bytes, size_t len)
{
	(void)len;
	return parts_taken++ ? -ECOMM : write(port->write_fd, bytes, 10);
}

static void test_sender_leads_after_a_cut_frame(void **state)
{
	uint8_t part[100];

	(void)state;
	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	assert_int_equal(send_at(0, 1), 2);
	parts_taken = 0;
	world.kind.write = write_a_part;
	give(1);
	assert_true(sender_drain(world.sender, true, NOW));
	assert_int_equal(sender_send(world.sender, &world.port, NOW), 1);
	assert_int_equal(sender_send(world.sender, &world.port, NOW), 0);
	assert_int_equal(read(world.line, part, sizeof(part)), 10);
	world.kind.write = NULL;
	assert_int_equal(send_at(1 * NS_PER_S, 1), 2);
	assert_int_equal(send_at(2 * NS_PER_S, 1), 1);
}

static const struct stats_direction *counted(void)
{
	static struct stats stats;

	sender_get_stats(world.sender, &stats);
	return &stats.to_line;
}

/* No counter ever goes back: others compute rates from two looks at it. */
static void test_sender_counts_what_is_sent(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	assert_int_equal(send_at(0, 1), 2);
	assert_int_equal(counted()->packets, 1);
	assert_int_equal(counted()->bytes, 40);
	parts_taken = 0;
	world.kind.write = write_a_part;
	give(1);
	assert_true(sender_drain(world.sender, true, NOW));
	assert_int_equal(sender_send(world.sender, &world.port, NOW), 1);
	assert_int_equal(counted()->packets, 1);
	assert_int_equal(counted()->bytes, 40);
	assert_int_equal(sender_send(world.sender, &world.port, NOW), 0);
	assert_int_equal(counted()->packets, 1);
	assert_int_equal(counted()->dropped[STATS_DROP_UNSENDABLE], 1);
	/* The port is lost in the middle of a frame. */
	parts_taken = 0;
	give(2);
	assert_true(sender_drain(world.sender, true, NOW));
	assert_int_equal(sender_send(world.sender, &world.port, NOW), 1);
	sender_reset(world.sender);
	assert_int_equal(counted()->packets, 1);
	assert_int_equal(counted()->bytes, 40);
	assert_int_equal(counted()->dropped[STATS_DROP_NO_LINE], 2);
	/* And it was lost once. */
	sender_reset(world.sender);
	assert_int_equal(counted()->dropped[STATS_DROP_NO_LINE], 2);
}

/* The mark goes once, in front of one frame. */
static void test_sender_marks(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	assert_int_equal(send_at(0, 1), 2);
	sender_mark(world.sender);
	assert_int_equal(send_at(1 * NS_PER_S, 2), 3 + 2);
	assert_int_equal(send_at(2 * NS_PER_S, 1), 1);
}

static void test_sender_never_marks_where_it_may_not(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_NEVER, &slip_framing);
	sender_mark(world.sender);
	assert_int_equal(send_at(0, 1), 1);
}

static void test_sender_leads_always(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_ALWAYS, &slip_framing);
	assert_int_equal(send_at(0, 1), 2);
	assert_int_equal(send_at(1 * NS_PER_S, 1), 2);
	assert_int_equal(send_at(2 * NS_PER_S, 3), 6);
}

static void test_sender_leads_never(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_NEVER, &slip_framing);
	assert_int_equal(send_at(0, 1), 1);
	assert_int_equal(send_at(100 * NS_PER_S, 1), 1);
}

/*
 * A frame of a pair is 6 bytes longer. Where the pair repeats lost frames,
 * another END follows the last one, in case the line damages its END.
 */
static void test_sender_ends_a_burst_twice(void **state)
{
	const uint64_t later_ns = 5 * NS_PER_S;

	(void)state;
	open_world(FRAMING_LEAD_NEVER, &slip_framing);
	meet(HELLO_CAN_CHECK | HELLO_CAN_REPEAT);
	assert_int_equal(send_at(later_ns, 1), 6 + 2);
	assert_int_equal(send_at(later_ns, 3), 3 * (6 + 1) + 1);
	/* Not on a wire that is busy anyway. */
	world.port.rate = 11520;
	assert_int_equal(
		sender_fit(world.sender, &world.port, &world.transport), 0);
	assert_int_equal(send_at(later_ns, 3), 6 + 1 - 80);
}

static void test_sender_ends_a_burst_once(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_NEVER, &slip_framing);
	meet(HELLO_CAN_CHECK);
	assert_int_equal(send_at(5 * NS_PER_S, 3), 3 * (6 + 1));
}

/* The length framing has no idle bytes. */
static void test_sender_leads_in_no_other_framing(void **state)
{
	(void)state;
	open_world(FRAMING_LEAD_AUTO, &length_framing);
	assert_int_equal(send_at(0, 1), 2);
	assert_int_equal(send_at(100 * NS_PER_S, 1), 2);
}

/* Without a port, the line's answers to new peers are counted apart. */
static void test_sender_counts_the_lines_answers(void **state)
{
	uint8_t packet[40];
	struct stats stats = {0};

	(void)state;
	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	world.config.listen_port = 5000;
	testing_ipv4(packet, sizeof(packet), 0);
	packet[HEADER_IPV4_PROTOCOL] = IPPROTO_TCP;
	header_set16(packet + HEADER_IPV4_MIN, 5000);
	packet[HEADER_IPV4_MIN + HEADER_TCP_FLAGS] =
		HEADER_FLAG_SYN | HEADER_FLAG_ACK;
	assert_int_equal(write(world.interface, packet, sizeof(packet)),
			 sizeof(packet));
	give(2);
	assert_true(sender_drain(world.sender, false, NOW));
	sender_get_stats(world.sender, &stats);
	assert_int_equal(stats.to_line.dropped[STATS_DROP_OWN_TRANSPORT], 1);
	assert_int_equal(stats.to_line.dropped[STATS_DROP_NO_LINE], 2);
}

static void give_packet(size_t len, uint8_t host)
{
	uint8_t packet[1500];

	testing_ipv4(packet, len, host);
	packet[HEADER_IPV4_FROM] = host;
	assert_int_equal(write(world.interface, packet, len), (ssize_t)len);
}

/* Run the sender, which has two long packets, and give it a short one after so
 * many pieces, until two packets have arrived. Return: their lengths, the first
 * in the upper bits; @piece_max: the longest write. */
static uint64_t interrupt_after(unsigned int pieces, struct pair *peer,
				uint64_t now_ns, ssize_t *piece_max)
{
	static struct slip_decoder decoder;
	uint8_t bytes[4096];
	enum framing_status status;
	const uint8_t *packet;
	uint64_t order = 0;
	unsigned int count = 0;
	size_t packet_len;
	ssize_t at;
	ssize_t n;

	*piece_max = 0;
	decoder = (struct slip_decoder){.takes_inner = pair_takes_inner(peer)};
	for (; sender_plan(world.sender, now_ns).next_ns < now_ns + NS_PER_S;
	     count++) {
		now_ns = clock_later(now_ns,
				     sender_plan(world.sender, now_ns).next_ns);
		if (count == pieces)
			give_packet(84, 2);
		assert_true(sender_drain(world.sender, true, now_ns));
		sender_send(world.sender, &world.port, now_ns);
		n = read(world.line, bytes, sizeof(bytes));
		if (n > *piece_max)
			*piece_max = n;
		for (at = 0; at < n;) {
			at += (ssize_t)slip_decode(&decoder, bytes + at,
						   (size_t)(n - at), &status);
			if (status != FRAMING_FRAME ||
			    pair_receive(peer,
					 decoder.packet + decoder.frame_at,
					 decoder.len - decoder.frame_at, now_ns,
					 &packet, &packet_len) != PAIR_PACKET)
				continue;
			order = order << 16 | packet_len;
		}
		if (order >> 16)
			break;
		assert_true(count < 1000);
	}
	return order;
}

static void check_interruption(unsigned int can, unsigned int pieces,
			       uint64_t order, ssize_t piece_most)
{
	struct pair *peer;
	ssize_t piece_max;

	open_world(FRAMING_LEAD_AUTO, &slip_framing);
	peer = meet_peer(can);
	world.port.rate = 11520;
	assert_int_equal(
		sender_fit(world.sender, &world.port, &world.transport), 0);
	give_packet(1500, 1);
	give_packet(1500, 1);
	assert_true(sender_drain(world.sender, true, MET));
	assert_int_equal(interrupt_after(pieces, peer, MET, &piece_max), order);
	assert_true(piece_max <= piece_most);
	pair_free(peer);
	close_world(NULL);
}

/* A short packet arrives before the long one whose pieces are on their way; the
 * port gets some 4 ms at once, or a whole short frame. */
static void test_sender_interrupts(void **state)
{
	const unsigned int can =
		HELLO_CAN_CHECK | HELLO_CAN_REPEAT | HELLO_CAN_INTERRUPT;
	const uint64_t short_first = (uint64_t)84 << 16 | 1500;
	const uint64_t long_first = (uint64_t)1500 << 16 | 1500;
	unsigned int pieces;

	(void)state;
	for (pieces = 1; pieces < 30; pieces += 4)
		check_interruption(can, pieces, short_first, 2 * 84 + 2 * 47);
	check_interruption(can, 100, long_first, 2 * 47 + 10);
	/* Without it the short one waits, and the port gets whole frames. */
	check_interruption(can & ~(unsigned int)HELLO_CAN_INTERRUPT, 1,
			   (uint64_t)1500 << 16 | 84, 3100);
}

#define SENDER_TEST(test) cmocka_unit_test_teardown(test, close_world)

static size_t queued;

static size_t play_queued(const struct port *port)
{
	(void)port;
	return queued;
}

/* Make the port a USB adapter of this speed. */
static void open_adapter(unsigned int rate)
{
	open_world(FRAMING_LEAD_NEVER, &slip_framing);
	world.kind = (struct port_kind){
		.counts_wire = true,
		.queue_slack = 512,
		.queued = play_queued,
	};
	world.port.rate = rate;
	assert_int_equal(
		sender_fit(world.sender, &world.port, &world.transport), 0);
}

static uint64_t dry_after(uint64_t at_ns)
{
	const uint64_t now_ns = NOW + at_ns;

	return sender_dry_ns(world.sender, &world.port, now_ns) - now_ns;
}

/* The wire is dry by the clock, and by the port's count: a slow wire is behind
 * the clock, by less than the pacer cares for. */
static void test_sender_knows_when_the_wire_is_dry(void **state)
{
	(void)state;
	open_adapter(1000);
	queued = 0;
	send_at(0, 1);
	assert_int_equal(dry_after(0), 41 * NS_PER_MS);
	queued = 3;
	assert_int_equal(dry_after(10 * NS_PER_MS), 31 * NS_PER_MS);
	assert_int_equal(dry_after(50 * NS_PER_MS), 3 * NS_PER_MS);
	queued = 0;
	assert_true(sender_dry_ns(world.sender, &world.port,
				  NOW + 50 * NS_PER_MS) <=
		    NOW + 50 * NS_PER_MS);
}

/* A change of the speed loses no packet that waits, and the clock follows. */
static void test_sender_follows(void **state)
{
	struct stats stats = {0};

	(void)state;
	open_adapter(1000);
	queued = 0;
	give(4);
	assert_true(sender_drain(world.sender, true, NOW));
	assert_int_equal(sender_send(world.sender, &world.port, NOW), 1);
	world.port.rate = 41000;
	sender_follow(world.sender, &world.port);
	sender_get_stats(world.sender, &stats);
	assert_int_equal(stats.queue.backlog_packets, 3);
	assert_int_equal(stats_dropped(&stats.to_line), 0);
	assert_int_equal(sender_send(world.sender, &world.port, NOW), 1);
	sender_get_stats(world.sender, &stats);
	assert_int_equal(stats.to_line.packets + stats.queue.backlog_packets,
			 4);
	assert_int_equal(dry_after(0), (stats.to_line.packets - 1) * NS_PER_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENDER_TEST(test_sender_leads_after_a_long_time),
		SENDER_TEST(test_sender_leads_on_a_new_port),
		SENDER_TEST(test_sender_idle_is_a_lead),
		SENDER_TEST(test_sender_leads_after_a_cut_frame),
		SENDER_TEST(test_sender_counts_what_is_sent),
		SENDER_TEST(test_sender_marks),
		SENDER_TEST(test_sender_never_marks_where_it_may_not),
		SENDER_TEST(test_sender_leads_always),
		SENDER_TEST(test_sender_leads_never),
		SENDER_TEST(test_sender_ends_a_burst_twice),
		SENDER_TEST(test_sender_ends_a_burst_once),
		SENDER_TEST(test_sender_leads_in_no_other_framing),
		SENDER_TEST(test_sender_counts_the_lines_answers),
		SENDER_TEST(test_sender_knows_when_the_wire_is_dry),
		SENDER_TEST(test_sender_follows),
		cmocka_unit_test(test_sender_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
