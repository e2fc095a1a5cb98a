/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of pump: the loop, between sockets instead of an interface and a port.
 *
 *	interface ---- tun.fd  [pump]  port.fd ---- line
 *
 * The test holds the outer ends. The interface is a SOCK_SEQPACKET pair, on
 * which each write is one packet. The line is a SOCK_STREAM pair, or a
 * SOCK_SEQPACKET pair where the write boundaries show the size of each read or
 * write of the pump.
 *
 * A single thread makes every test deterministic: it writes the pump's input
 * first, and then watches for the output in the pump's event set, as the
 * program watches for signals. The test checks for output before each turn, so
 * the pump makes no unnecessary turns.
 */
#include "../testing.h"
#include "clock.h"
#include "events.h"
#include "framing/framing.h"
#include "framing/kiss.h"
#include "framing/length.h"
#include "framing/slip.h"
#include "interface/tun.h"
#include "log.h"
#include "packet/transport.h"
#include "port/port.h"
#include "pump/chatter.h"
#include "pump/pump.h"
#include "pump/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_net.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* More than a socket holds. */
#define BYTES_MAX (1 << 18)

/* SIGALRM ends a test that waits in vain. */
#define TIMEOUT_S 30

struct bytes {
	size_t len;
	uint8_t at[BYTES_MAX];
};

struct setup {
	const struct framing *framing; /* NULL: SLIP */
	const struct port_kind *kind;  /* NULL: only defaults */
	int line_type;		       /* type of the line's sockets */
	unsigned int baud;	       /* 0: unknown speed */
	int room; /* bytes of the port's buffer; 0: the kernel's default */
	bool ipv6;
	bool accept_ra;
	bool vnet; /* packets have a header on the interface */
	bool tap;  /* packets are Ethernet frames */
	unsigned int keepalive_s;
	bool board; /* a board may be there */
};

static struct {
	struct tun tun;
	struct port_kind kind;
	struct port port;
	struct events events;
	struct pump *pump;
	int interface;
	int line;
} world;

static const struct transport no_transport;

static struct chatter chatter;

static const uint8_t prefix[BOARD_PREFIX_LEN] = {0xFD, SLIP_END};

static void begin_port(void)
{
	assert_int_equal(pump_begin_port(world.pump, &world.port, &no_transport,
					 0, clock_ns()),
			 0);
}

static void open_world(const struct setup *setup)
{
	static char name[] = "the line";
	struct pump_config config = {
		.events = &world.events,
		.tun = &world.tun,
		.framing = setup->framing ? setup->framing : &slip_framing,
		.keepalive_s = setup->keepalive_s,
		.mtu = 1500,
		.ipv6 = setup->ipv6,
		.accept_ra = setup->accept_ra,
		.chatter = setup->board ? &chatter : NULL,
	};
	int fds[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	world.tun.fd = fds[0];
	world.tun.vnet = setup->vnet;
	world.tun.tap = setup->tap;
	world.interface = fds[1];
	assert_int_equal(socketpair(AF_UNIX, setup->line_type | SOCK_NONBLOCK,
				    0, fds),
			 0);
	if (setup->room)
		assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF,
					    &setup->room, sizeof(int)),
				 0);
	world.kind = (struct port_kind){0};
	if (setup->kind)
		world.kind = *setup->kind;
	world.kind.is_datagram = config.framing->needs_bounds;
	world.kind.counts_wire = true;
	world.port = (struct port){0};
	world.port.kind = &world.kind;
	world.port.name = name;
	world.port.read_fd = fds[0];
	world.port.write_fd = fds[0];
	world.port.baud = setup->baud;
	world.port.rate = setup->baud / 10;
	world.line = fds[1];
	assert_int_equal(events_open(&world.events), 0);
	world.pump = pump_new(&config);
	assert_non_null(world.pump);
	begin_port();
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int close_world(void **state)
{
	(void)state;
	pump_free(world.pump);
	world.pump = NULL;
	close_fd(&world.tun.fd);
	if (world.port.write_fd != world.port.read_fd)
		close_fd(&world.port.write_fd);
	close_fd(&world.port.read_fd);
	close_fd(&world.interface);
	close_fd(&world.line);
	events_close(&world.events);
	return 0;
}

static void replace_fd(int *fd, int by)
{
	assert_true(by >= 0);
	close(*fd);
	*fd = by;
}

static void replace_port_fd(int by)
{
	pump_end_port(world.pump);
	replace_fd(&world.port.read_fd, by);
	world.port.write_fd = by;
	begin_port();
}

static void replace_tun_fd(int by)
{
	events_forget(&world.events, world.tun.fd);
	replace_fd(&world.tun.fd, by);
	/* epoll(7) rejects a file that only takes writes. */
	events_watch(&world.events, EVENT_INTERFACE, by, EPOLLIN);
}

static const struct stats_direction *to_line(void)
{
	return &pump_stats(world.pump)->to_line;
}

static const struct stats_direction *from_line(void)
{
	return &pump_stats(world.pump)->from_line;
}

/* Return: packets in the queue. */
static uint64_t backlog(void)
{
	return pump_stats(world.pump)->queue.backlog_packets;
}

static uint64_t all_dropped(const struct stats_direction *direction)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < STATS_DROP_COUNT; i++)
		sum += direction->dropped[i];
	return sum;
}

/* Give the pump turns until one ends it or the test's own event comes. */
static enum pump_result run(void)
{
	struct event happened[EVENTS_MAX];
	enum pump_result result = PUMP_GOES_ON;
	bool is_woken = false;
	int count;

	while (result == PUMP_GOES_ON) {
		count = events_wait(&world.events, pump_next_ns(world.pump),
				    happened);
		assert_true(count >= 0);
		while (count--)
			if (happened[count].kind == EVENT_SIGNAL)
				is_woken = true;
			else
				pump_note(world.pump, &happened[count]);
		if (is_woken)
			break;
		result = pump_turn(world.pump);
	}
	return result;
}

/* Let the pump run until @fd has something to read. */
static void run_until(int fd)
{
	assert_int_equal(events_watch(&world.events, EVENT_SIGNAL, fd, EPOLLIN),
			 0);
	assert_int_equal(run(), PUMP_GOES_ON);
	events_forget(&world.events, fd);
}

static void put(int fd, const void *bytes, size_t len)
{
	assert_int_equal(write(fd, bytes, len), len);
}

/* Read once; if there is nothing to read, @bytes is empty. */
static void get(int fd, struct bytes *bytes)
{
	ssize_t n = read(fd, bytes->at, sizeof(bytes->at));

	if (n < 0)
		assert_int_equal(errno, EAGAIN);
	bytes->len = n < 0 ? 0 : (size_t)n;
}

/* Read once and append to @bytes. Return: was there anything? */
static bool get_more(int fd, struct bytes *bytes)
{
	ssize_t n = read(fd, bytes->at + bytes->len,
			 sizeof(bytes->at) - bytes->len);

	if (n < 0)
		assert_int_equal(errno, EAGAIN);
	bytes->len += n < 0 ? 0 : (size_t)n;
	return n > 0;
}

static void assert_bytes(const struct bytes *got, const struct bytes *wanted)
{
	assert_int_equal(got->len, wanted->len);
	assert_memory_equal(got->at, wanted->at, wanted->len);
}

static void ipv4(struct bytes *packet, size_t len, uint8_t fill)
{
	packet->len = len;
	testing_ipv4(packet->at, len, fill);
}

static void ipv6(struct bytes *packet, size_t len, uint8_t next, uint8_t fill)
{
	packet->len = len;
	testing_ipv6(packet->at, len, next, fill);
}

/* Append the frame of a packet. */
static void append_frame(struct bytes *frames, const struct bytes *packet)
{
	assert_true(FRAMING_ENCODED_MAX(packet->len) <=
		    sizeof(frames->at) - frames->len);
	frames->at[frames->len++] = SLIP_END;
	frames->len += slip_encode(frames->at + frames->len, packet->at,
				   packet->len, SLIP_ESCAPES_RFC1055);
}

static void put_frame(const struct bytes *packet)
{
	static struct bytes frame;

	frame.len = 0;
	append_frame(&frame, packet);
	put(world.line, frame.at, frame.len);
}

/*
 * Run exactly one turn of the pump. A packet from the line ends it: the pump
 * serves the line first, and such a packet always gets through.
 */
static void run_round(void)
{
	static struct bytes marker;
	static struct bytes got;

	ipv4(&marker, 25, 'm');
	put_frame(&marker);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &marker);
}

/* Return: bytes that wait at one end of a socket pair. */
static int waiting(int fd)
{
	int n;

	assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	return n;
}

static struct bytes packet;
static struct bytes wanted;
static struct bytes got;

static const struct {
	size_t len;
	uint8_t fill;
} packets[] = {
	{20, 0},	  {21, SLIP_END},   {84, 'x'},
	{1500, SLIP_ESC}, {1501, SLIP_END}, {65535, 'x'},
};

static void test_pump_packets_become_frames(void **state)
{
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	for (i = 0; i < TESTING_COUNT(packets); i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		put(world.interface, packet.at, packet.len);
		run_until(world.line);
		get(world.line, &got);
		wanted.len = 0;
		append_frame(&wanted, &packet);
		assert_bytes(&got, &wanted);
		assert_int_equal(to_line()->packets, i + 1);
	}
}

static void test_pump_frames_become_packets(void **state)
{
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	for (i = 0; i < TESTING_COUNT(packets); i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		put_frame(&packet);
		run_until(world.interface);
		get(world.interface, &got);
		assert_bytes(&got, &packet);
		assert_int_equal(from_line()->packets, i + 1);
	}
	assert_int_equal(all_dropped(from_line()), 0);
}

static void test_pump_several_frames_in_one_chunk(void **state)
{
	struct bytes *frames = &wanted;
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	frames->len = 0;
	for (i = 0; i < 4; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		append_frame(frames, &packet);
	}
	put(world.line, frames->at, frames->len);
	run_until(world.interface);
	for (i = 0; i < 4; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		get(world.interface, &got);
		assert_bytes(&got, &packet);
	}
	assert_int_equal(from_line()->packets, 4);
	assert_int_equal(from_line()->line_bytes, frames->len);
}

/* Two packets come out, and the second is this one. */
static void assert_two_packets(void)
{
	run_until(world.interface);
	get(world.interface, &got);
	assert_int_equal(got.len, 22);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
}

static void test_pump_frames_split_over_chunks(void **state)
{
	struct bytes *frames = &wanted;
	size_t split;
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET});
	frames->len = 0;
	ipv4(&packet, 22, SLIP_ESC);
	append_frame(frames, &packet);
	ipv4(&packet, 23, SLIP_END);
	append_frame(frames, &packet);
	for (split = 1; split < frames->len; split++) {
		put(world.line, frames->at, split);
		put(world.line, frames->at + split, frames->len - split);
		assert_two_packets();
	}
	for (i = 0; i < frames->len; i++)
		put(world.line, frames->at + i, 1);
	assert_two_packets();
	assert_int_equal(from_line()->packets, 2 * frames->len);
	assert_int_equal(all_dropped(from_line()), 0);
}

/* A frame continues in the turn after the one that got its first part. */
static void test_pump_keeps_half_a_frame(void **state)
{
	struct bytes *frame = &wanted;
	int wake = eventfd(0, EFD_NONBLOCK);
	uint64_t one = 1;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET});
	run_round();
	frame->len = 0;
	ipv4(&packet, 84, 'x');
	append_frame(frame, &packet);
	put(world.line, frame->at, 40);
	/* The packet in the other direction ends this run. */
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	assert_int_equal(waiting(world.interface), 0);
	put(wake, &one, sizeof(one));
	run_until(wake);
	put(world.line, frame->at + 40, frame->len - 40);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
	close(wake);
}

static void test_pump_full_port(void **state)
{
	static const size_t lens[] = {20000, 20001, 20002, 500};
	int rounds = 0;
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .room = 1});
	wanted.len = 0;
	for (i = 0; i < TESTING_COUNT(lens); i++) {
		ipv4(&packet, lens[i], i % 2 ? SLIP_END : 'x');
		put(world.interface, packet.at, packet.len);
		append_frame(&wanted, &packet);
	}

	/* The port takes a part of the bytes and is full ... */
	run_round();
	assert_int_equal(to_line()->short_writes, 1);
	assert_in_range(to_line()->line_bytes, 1, 19999);
	assert_in_range(backlog(), 1, TESTING_COUNT(lens));

	/* ... while the pump still reads the line and the interface. */
	for (i = 0; i < 5; i++)
		run_round();
	assert_in_range(backlog(), 1, TESTING_COUNT(lens));
	assert_int_equal(waiting(world.tun.fd), 0);
	assert_int_equal(to_line()->line_bytes, waiting(world.line));

	/* Then the pump continues where it stopped, a bit at a time. */
	got.len = 0;
	while (got.len < wanted.len) {
		assert_true(get_more(world.line, &got));
		assert_true(++rounds < 1000);
		run_round();
	}
	assert_bytes(&got, &wanted);
	assert_int_equal(to_line()->line_bytes, wanted.len);
	assert_int_equal(to_line()->packets, TESTING_COUNT(lens));
	assert_int_equal(to_line()->bytes, 20000 + 20001 + 20002 + 500);
	assert_in_range(to_line()->short_writes, 2, rounds);
	assert_int_equal(all_dropped(to_line()), 0);
}

/* A port that takes nothing at all has not hung up. */
static void test_pump_port_full_from_the_start(void **state)
{
	size_t filled = 0;
	ssize_t n;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .room = 1});
	while ((n = write(world.port.read_fd, got.at, sizeof(got.at))) > 0)
		filled += (size_t)n;
	assert_int_equal(errno, EAGAIN);
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	run_round();
	run_round();
	assert_int_equal(to_line()->line_bytes, 0);

	while (filled) {
		get(world.line, &got);
		assert_in_range(got.len, 1, filled);
		filled -= got.len;
	}
	run_until(world.line);
	get(world.line, &got);
	wanted.len = 0;
	append_frame(&wanted, &packet);
	assert_bytes(&got, &wanted);
}

/* At unknown speed, all waiting packets go out in one write. */
static void test_pump_batches_without_baud(void **state)
{
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET});
	wanted.len = 0;
	for (i = 0; i < 5; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		put(world.interface, packet.at, packet.len);
		append_frame(&wanted, &packet);
	}
	run_until(world.line);
	get(world.line, &got);
	assert_bytes(&got, &wanted);
	assert_int_equal(to_line()->packets, 5);
	assert_int_equal(to_line()->short_writes, 0);
}

/* At known speed, each write is one frame, so the pump chooses late. */
static void test_pump_writes_frame_by_frame_with_baud(void **state)
{
	size_t i;

	(void)state;
	open_world(
		&(struct setup){.line_type = SOCK_SEQPACKET, .baud = 4000000});
	for (i = 0; i < 5; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		put(world.interface, packet.at, packet.len);
	}
	for (i = 0; i < 5; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		wanted.len = 0;
		append_frame(&wanted, &packet);
		run_until(world.line);
		get(world.line, &got);
		assert_bytes(&got, &wanted);
	}
	assert_int_equal(to_line()->packets, 5);
}

/*
 * At known speed, the pump chooses the next packet just before the wire has
 * sent the current one; at 9600 baud that takes some 20 s.
 */
static void test_pump_chooses_late_with_baud(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .baud = 9600});
	ipv4(&packet, 20000, 'x');
	put(world.interface, packet.at, packet.len);
	put(world.interface, packet.at, packet.len);
	run_round();
	run_round();
	assert_int_equal(to_line()->packets, 1);
	assert_int_equal(backlog(), 1);
}

/* The longest frame, begun just below the limit of a batch. */
static void test_pump_batches_the_longest(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET});
	wanted.len = 0;
	ipv4(&packet, 32765, 'x');
	put(world.interface, packet.at, packet.len);
	append_frame(&wanted, &packet);
	assert_int_equal(wanted.len, 32767);
	ipv4(&packet, PACKET_MAX, SLIP_END);
	put(world.interface, packet.at, packet.len);
	append_frame(&wanted, &packet);
	run_until(world.line);
	got.len = 0;
	while (get_more(world.line, &got))
		;
	assert_bytes(&got, &wanted);
}

/* A write has only whole frames, however many packets wait. */
static void test_pump_batches_whole_frames(void **state)
{
	const size_t count = 60;
	size_t frame_len;
	int messages = 0;
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET});
	ipv4(&packet, 1000, 'x');
	wanted.len = 0;
	append_frame(&wanted, &packet);
	frame_len = wanted.len;
	for (i = 0; i < count; i++)
		put(world.interface, packet.at, packet.len);
	run_until(world.line);
	while (waiting(world.line)) {
		get(world.line, &got);
		assert_int_equal(got.len % frame_len, 0);
		messages++;
	}
	assert_in_range(messages, 2, 5);
	assert_int_equal(to_line()->packets, count);
	assert_int_equal(to_line()->line_bytes, count * frame_len);
}

static void test_pump_ipv6_carried_when_wanted(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .ipv6 = true});
	ipv6(&packet, 100, IPPROTO_UDP, 'x');
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	wanted.len = 0;
	append_frame(&wanted, &packet);
	assert_bytes(&got, &wanted);

	put_frame(&packet);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
}

static void test_pump_ipv6_dropped_when_not_wanted(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET});
	ipv6(&packet, 100, IPPROTO_UDP, 'x');
	put(world.interface, packet.at, packet.len);
	put(world.interface, packet.at, packet.len);
	ipv4(&packet, 100, 'x');
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	wanted.len = 0;
	append_frame(&wanted, &packet);
	assert_bytes(&got, &wanted);
	assert_int_equal(to_line()->packets, 1);
	assert_int_equal(to_line()->bytes, 100);
	assert_int_equal(to_line()->dropped[STATS_DROP_IPV6], 2);
	assert_int_equal(all_dropped(to_line()), 2);
	assert_int_equal(all_dropped(from_line()), 0);
}

static void router_advert(void)
{
	ipv6(&packet, 56, IPPROTO_ICMPV6, 0);
	packet.at[40] = ND_ROUTER_ADVERT;
}

static void test_pump_router_advert_carried_when_accepted(void **state)
{
	(void)state;
	open_world(&(struct setup){
		.line_type = SOCK_STREAM, .ipv6 = true, .accept_ra = true});
	router_advert();
	put_frame(&packet);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
	assert_int_equal(all_dropped(from_line()), 0);
}

/* --accept-ra does not concern packets to the line. */
static void test_pump_router_advert_carried_to_the_line(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .ipv6 = true});
	router_advert();
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	wanted.len = 0;
	append_frame(&wanted, &packet);
	assert_bytes(&got, &wanted);
}

/* The make_ functions make a packet for the pump to drop. */
static void make_nothing(void)
{
	packet.len = 0;
}

static void make_text(void)
{
	/* 'U' is 0x55, so the IP version is 5. */
	packet.len = 6;
	memcpy(packet.at, "U-Boot", packet.len);
}

static void make_short_header(void)
{
	ipv4(&packet, 100, 'x');
	packet.len = 12;
}

static void make_short_packet(void)
{
	ipv4(&packet, 100, 'x');
	packet.len = 99;
}

static void make_bad_checksum(void)
{
	ipv4(&packet, 100, 'x');
	packet.at[12]++;
}

static void make_short_ipv6(void)
{
	ipv6(&packet, 100, IPPROTO_UDP, 'x');
	packet.len = 99;
}

static void make_ipv6(void)
{
	ipv6(&packet, 100, IPPROTO_UDP, 'x');
}

#define NO_DROP STATS_DROP_COUNT

static const struct {
	const char *what;
	void (*make)(void); /* the packet of a frame, or NULL: */
	const char *bytes;  /* what is on the line */
	enum stats_drop reason;
	bool ipv6;
} garbage[] = {
	{"empty frames", NULL, "\300\300\300\300", NO_DROP, false},
	{"an empty packet", make_nothing, NULL, NO_DROP, false},
	{"ESC plain", NULL, "\300abc\333d\300", STATS_DROP_BAD_ESCAPE, false},
	{"ESC END", NULL, "\300abc\333\300", STATS_DROP_BAD_ESCAPE, false},
	{"noise", NULL, "~}#\300", STATS_DROP_BAD_VERSION, false},
	{"text", make_text, NULL, STATS_DROP_BAD_VERSION, false},
	{"a cut header", make_short_header, NULL, STATS_DROP_BAD_HEADER, false},
	{"a cut packet", make_short_packet, NULL, STATS_DROP_BAD_LENGTH, false},
	{"a bad checksum", make_bad_checksum, NULL, STATS_DROP_BAD_CHECKSUM,
	 false},
	{"a cut IPv6 packet", make_short_ipv6, NULL, STATS_DROP_BAD_LENGTH,
	 true},
	{"a cut IPv6 packet, IPv6 not wanted", make_short_ipv6, NULL,
	 STATS_DROP_BAD_LENGTH, false},
	{"IPv6, not wanted", make_ipv6, NULL, STATS_DROP_IPV6, false},
	{"a Router Advertisement", router_advert, NULL,
	 STATS_DROP_ROUTER_ADVERT, true},
	{"a Router Advertisement, IPv6 not wanted", router_advert, NULL,
	 STATS_DROP_IPV6, false},
};

static void assert_dropped(const char *what, enum stats_drop reason)
{
	const uint64_t *dropped = from_line()->dropped;
	int i;

	for (i = 0; i < STATS_DROP_COUNT; i++)
		if (dropped[i] != (i == (int)reason))
			fail_msg("%s: dropped %d, %s", what, (int)dropped[i],
				 stats_drop_name((enum stats_drop)i));
}

static void test_pump_garbage(void **state)
{
	size_t i;

	for (i = 0; i < TESTING_COUNT(garbage); i++) {
		open_world(&(struct setup){.line_type = SOCK_STREAM,
					   .ipv6 = garbage[i].ipv6});
		if (garbage[i].make) {
			garbage[i].make();
			put_frame(&packet);
		} else {
			put(world.line, garbage[i].bytes,
			    strlen(garbage[i].bytes));
		}
		/* A good packet behind the bad frame arrives. */
		run_round();
		assert_dropped(garbage[i].what, garbage[i].reason);
		assert_int_equal(from_line()->packets, 1);
		assert_int_equal(from_line()->bytes, 25);
		close_world(state);
	}
}

/* Put an Ethernet header in front of the packet. */
static void put_into_ethernet(unsigned int type)
{
	static const uint8_t addresses[] = {2, 0, 0, 0, 0, 0xB,
					    2, 0, 0, 0, 0, 0xA};

	memmove(packet.at + 14, packet.at, packet.len);
	memcpy(packet.at, addresses, sizeof(addresses));
	packet.at[12] = (uint8_t)(type >> 8);
	packet.at[13] = (uint8_t)type;
	packet.len += 14;
}

static void make_arp(void)
{
	packet.len = 28;
	memset(packet.at, 1, packet.len);
	put_into_ethernet(0x0806);
}

static void make_ipv4_frame(void)
{
	ipv4(&packet, 1500, 'x');
	put_into_ethernet(0x0800);
}

static void make_bad_checksum_frame(void)
{
	make_bad_checksum();
	put_into_ethernet(0x0800);
}

static void make_ipv6_frame(void)
{
	make_ipv6();
	put_into_ethernet(0x86DD);
}

static void make_router_advert_frame(void)
{
	router_advert();
	put_into_ethernet(0x86DD);
}

static const struct {
	const char *what;
	void (*make)(void);
	enum stats_drop reason;
	bool ipv6;
} ethernet[] = {
	{"ARP", make_arp, NO_DROP, false},
	{"IPv4", make_ipv4_frame, NO_DROP, false},
	{"IPv6", make_ipv6_frame, NO_DROP, true},
	{"a runt", make_text, STATS_DROP_BAD_HEADER, false},
	{"an IP packet alone", make_ipv6, STATS_DROP_BAD_HEADER, true},
	{"a bad checksum", make_bad_checksum_frame, STATS_DROP_BAD_CHECKSUM,
	 false},
	{"IPv6, not wanted", make_ipv6_frame, STATS_DROP_IPV6, false},
	{"a Router Advertisement", make_router_advert_frame,
	 STATS_DROP_ROUTER_ADVERT, true},
};

/* The pump drops bad frames, each for its reason, and passes ARP. */
static void test_pump_tap_from_line(void **state)
{
	size_t i;

	for (i = 0; i < TESTING_COUNT(ethernet); i++) {
		open_world(&(struct setup){.line_type = SOCK_STREAM,
					   .ipv6 = ethernet[i].ipv6,
					   .tap = true});
		ethernet[i].make();
		put_frame(&packet);
		if (ethernet[i].reason != NO_DROP) {
			make_arp();
			put_frame(&packet);
		}
		run_until(world.interface);
		get(world.interface, &got);
		assert_bytes(&got, &packet);
		assert_dropped(ethernet[i].what, ethernet[i].reason);
		close_world(state);
	}
}

/* A bare IP packet shows that the peer has no --tap. */
static void test_pump_tap_guesses(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .tap = true});
	ipv4(&packet, 100, 'x');
	put_frame(&packet);
	make_arp();
	put_frame(&packet);
	run_until(world.interface);
	assert_int_equal(pump_stats(world.pump)->guesses[GUESS_IP], 1);
}

static void test_pump_tap_to_line(void **state)
{
	static void (*const make[])(void) = {make_arp, make_ipv4_frame};
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .tap = true});
	make_ipv6_frame();
	put(world.interface, packet.at, packet.len);
	for (i = 0; i < TESTING_COUNT(make); i++) {
		make[i]();
		put(world.interface, packet.at, packet.len);
		run_until(world.line);
		get(world.line, &got);
		wanted.len = 0;
		append_frame(&wanted, &packet);
		assert_bytes(&got, &wanted);
	}
	assert_int_equal(to_line()->dropped[STATS_DROP_IPV6], 1);
	assert_int_equal(all_dropped(to_line()), 1);
}

static void test_pump_garbage_too_long(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	memset(got.at, 'x', 100000);
	put(world.line, got.at, 100000);
	run_round();
	assert_dropped("too long", STATS_DROP_TOO_LONG);
	assert_int_equal(from_line()->packets, 1);
}

/* A frame that is no packet may show the peer's protocol. */
static void test_pump_guesses(void **state)
{
	static const char prompt[] = "\xC0\r\nboard login: ";
	const struct stats *stats;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	put(world.line, "\x7E\xFF\x7D\x23\xC0", 5);
	put(world.line, "\xC0\x00\x82\xA0\xC0", 5);
	ipv4(&packet, 25, 'm');
	put_frame(&packet);
	put(world.line, prompt, sizeof(prompt) - 1);
	run_until(world.interface);
	stats = pump_stats(world.pump);
	assert_int_equal(stats->guesses[GUESS_PPP], 1);
	assert_int_equal(stats->guesses[GUESS_KISS], 1);
	assert_int_equal(stats->guesses[GUESS_TEXT], 0);
	assert_int_equal(stats->guesses[GUESS_NONE], 0);
	assert_int_equal(stats->unfinished, GUESS_TEXT);
}

/* All counters of one link. */
static void test_pump_counts(void **state)
{
	uint64_t line_bytes = 0;
	uint64_t bytes = 0;
	size_t i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	wanted.len = 0;
	for (i = 0; i < 5; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		put(world.interface, packet.at, packet.len);
		append_frame(&wanted, &packet);
		bytes += packet.len;
	}
	put(world.line, wanted.at, wanted.len);
	line_bytes = wanted.len;
	put(world.line, "U-Boot\300noise\333\300\300", 15);
	run_until(world.line);
	got.len = 0;
	while (get_more(world.line, &got))
		;
	assert_bytes(&got, &wanted);

	assert_int_equal(to_line()->packets, 5);
	assert_int_equal(to_line()->bytes, bytes);
	assert_int_equal(to_line()->line_bytes, line_bytes);
	assert_int_equal(to_line()->short_writes, 0);
	assert_int_equal(all_dropped(to_line()), 0);
	assert_int_equal(from_line()->packets, 5);
	assert_int_equal(from_line()->bytes, bytes);
	assert_int_equal(from_line()->line_bytes, line_bytes + 15);
	assert_int_equal(from_line()->short_writes, 0);
	assert_int_equal(from_line()->dropped[STATS_DROP_BAD_VERSION], 1);
	assert_int_equal(from_line()->dropped[STATS_DROP_BAD_ESCAPE], 1);
	assert_int_equal(all_dropped(from_line()), 2);
}

/* More packets than fit into one turn: the line is served in between. */
static void test_pump_interface_flood_leaves_the_line_its_turn(void **state)
{
	const int count = 100;
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET, .baud = 9600});
	ipv4(&packet, 20, 0);
	for (i = 0; i < count; i++)
		put(world.interface, packet.at, packet.len);
	run_round();
	assert_in_range(to_line()->packets, 1, count - 1);
}

static void test_pump_unwanted_flood_leaves_the_line_its_turn(void **state)
{
	const int count = 100;
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET, .baud = 9600});
	ipv6(&packet, 40, IPPROTO_NONE, 0);
	for (i = 0; i < count; i++)
		put(world.interface, packet.at, packet.len);
	run_round();
	assert_in_range(to_line()->dropped[STATS_DROP_IPV6], 1, count - 1);
}

/* A port with endless bytes, all available at once. */
static int flood;

static ssize_t read_flood(struct port *port, uint8_t *buffer, size_t cap)
{
	ssize_t n = read(flood, buffer, cap);

	(void)port;
	return n > 0 ? n : -EIO;
}

static void test_pump_line_flood_leaves_the_interface_its_turn(void **state)
{
	static const struct port_kind kind = {.read = read_flood};
	const off_t len = 4 << 20;

	(void)state;
	flood = memfd_create("flood", MFD_CLOEXEC);
	open_world(&(struct setup){.line_type = SOCK_STREAM, .kind = &kind});
	assert_int_equal(ftruncate(flood, len), 0);
	ipv4(&packet, 84, 'x');
	wanted.len = 0;
	append_frame(&wanted, &packet);
	put(flood, wanted.at, wanted.len);
	assert_int_equal(lseek(flood, 0, SEEK_SET), 0);
	put(world.line, "x", 1); /* which nobody reads */
	run_until(world.interface);
	assert_in_range(from_line()->line_bytes, 65536, len - 1);
	close(flood);
}

static void test_pump_hang_up(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
}

/* The end of a stream: poll() reports POLLIN, not POLLHUP. */
static void test_pump_line_ends(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	assert_int_equal(shutdown(world.line, SHUT_WR), 0);
	assert_int_equal(run(), PUMP_PORT_GONE);
}

/* A port that never had a peer: poll() reports POLLHUP without POLLIN. */
static void test_pump_line_was_never_there(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	replace_port_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
	assert_int_equal(run(), PUMP_PORT_GONE);
}

/* More bytes than one read returns, ending in half a frame. */
static void test_pump_hang_up_behind_frames(void **state)
{
	const int count = 4;
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	ipv4(&packet, 30000, 'x');
	wanted.len = 0;
	for (i = 0; i < count; i++)
		append_frame(&wanted, &packet);
	put(world.line, wanted.at, wanted.len);
	put(world.line, wanted.at, 20000);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
	for (i = 0; i < count; i++) {
		get(world.interface, &got);
		assert_bytes(&got, &packet);
	}
	assert_int_equal(waiting(world.interface), 0);
	assert_int_equal(from_line()->packets, count);
	assert_int_equal(from_line()->line_bytes, wanted.len + 20000);
}

/* Bytes from before the hang-up count, even if the pump cannot send. */
static void test_pump_hang_up_while_sending(void **state)
{
	const int count = 3;
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_SEQPACKET});
	ipv4(&packet, 84, 'x');
	for (i = 0; i < count; i++)
		put_frame(&packet);
	put(world.interface, packet.at, packet.len);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
	assert_int_equal(from_line()->packets, count);
}

/* Only a write shows that the port is gone. */
static void test_pump_port_refuses_writes(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	assert_int_equal(shutdown(world.line, SHUT_RD), 0);
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	assert_int_equal(run(), PUMP_PORT_GONE);
}

/* Replace the port by one end of a pty. */
static void open_pty(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	struct termios settings;

	replace_fd(&world.line, master);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	replace_port_fd(open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK));
	assert_int_equal(tcgetattr(world.port.read_fd, &settings), 0);
	cfmakeraw(&settings);
	assert_int_equal(tcsetattr(world.port.read_fd, TCSANOW, &settings), 0);
}

static void test_pump_hang_up_of_a_pty(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	open_pty();
	run_round();
	ipv4(&packet, 84, SLIP_END);
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
	assert_int_equal(to_line()->packets, 1);
	assert_int_equal(from_line()->packets, 1);
}

#define TCP_ACK 0x10

/* Make frames with segments of one TCP stream. */
static void tcp_segments(struct bytes *frames, size_t count)
{
	struct testing_tcp tcp = {.flags = TCP_ACK, .payload = 1460};
	static struct bytes segment;

	frames->len = 0;
	for (; count; count--) {
		segment.len = testing_tcp_make(segment.at, &tcp);
		append_frame(frames, &segment);
		tcp.seq += (uint32_t)tcp.payload;
		tcp.id++;
	}
}

/* Make a super-packet of the same segments, with the interface's header. */
static void tcp_super_packet(struct bytes *super, size_t count)
{
	const struct virtio_net_hdr header = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = 40,
		.gso_size = 1460,
		.csum_start = 20,
		.csum_offset = 16,
	};
	const struct testing_tcp tcp = {.flags = TCP_ACK,
					.payload = 1460 * count};
	uint8_t *at = super->at + sizeof(header);
	size_t len = testing_tcp_make(at, &tcp);
	uint16_t sum = testing_tcp_pseudo(at, 20, len);

	memcpy(super->at, &header, sizeof(header));
	at[36] = (uint8_t)(sum >> 8);
	at[37] = (uint8_t)sum;
	super->len = sizeof(header) + len;
}

static void test_pump_cuts_super_packets(void **state)
{
	const size_t count = 44;
	/* Even at known speed: the super-packet may be under way already. */
	const unsigned int bauds[] = {0, 500000000};
	size_t i;

	(void)state;
	tcp_segments(&wanted, count);
	for (i = 0; i < TESTING_COUNT(bauds); i++) {
		open_world(&(struct setup){.line_type = SOCK_STREAM,
					   .baud = bauds[i],
					   .vnet = true});
		tcp_super_packet(&packet, count);
		put(world.interface, packet.at, packet.len);
		got.len = 0;
		while (got.len < wanted.len) {
			run_until(world.line);
			get_more(world.line, &got);
		}
		assert_bytes(&got, &wanted);
		assert_int_equal(to_line()->packets, count);
		assert_int_equal(to_line()->bytes, count * 1500);
		close_world(NULL);
	}
}

static void test_pump_joins_segments(void **state)
{
	const size_t count = 20;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .vnet = true});
	tcp_segments(&packet, count);
	put(world.line, packet.at, packet.len);
	run_until(world.interface);
	get(world.interface, &got);
	tcp_super_packet(&wanted, count);
	assert_bytes(&got, &wanted);
	get(world.interface, &got);
	assert_int_equal(got.len, 0);
	assert_int_equal(from_line()->packets, count);
	assert_int_equal(from_line()->bytes, count * 1500);
}

/* The pump writes joined packets even if the line hangs up behind them. */
static void test_pump_joins_before_a_hang_up(void **state)
{
	const size_t count = 3;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .vnet = true});
	tcp_segments(&packet, count);
	put(world.line, packet.at, packet.len);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
	get(world.interface, &got);
	tcp_super_packet(&wanted, count);
	assert_bytes(&got, &wanted);
}

/* At known speed the pump joins nothing. */
static void test_pump_joins_nothing_with_baud(void **state)
{
	static const uint8_t header[sizeof(struct virtio_net_hdr)];
	const size_t count = 3;
	size_t i;

	(void)state;
	open_world(&(struct setup){
		.line_type = SOCK_STREAM, .baud = 115200, .vnet = true});
	tcp_segments(&packet, count);
	put(world.line, packet.at, packet.len);
	for (i = 0; i < count; i++) {
		run_until(world.interface);
		get(world.interface, &got);
		assert_int_equal(got.len, sizeof(header) + 1500);
		assert_memory_equal(got.at, header, sizeof(header));
	}
	assert_int_equal(from_line()->packets, count);
}

/* If the interface refuses a super-packet, all its packets count. */
static void test_pump_counts_what_was_joined_and_refused(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .vnet = true});
	replace_tun_fd(open("/proc/self/mem", O_WRONLY | O_CLOEXEC));
	tcp_segments(&packet, 7);
	put(world.line, packet.at, packet.len);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
	assert_int_equal(from_line()->packets, 0);
	assert_int_equal(from_line()->dropped[STATS_DROP_INTERFACE_DOWN], 7);
}

/* The pump drops a packet that contradicts its header. */
static void test_pump_drops_what_cannot_be_cut(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .vnet = true});
	tcp_super_packet(&packet, 3);
	packet.at[offsetof(struct virtio_net_hdr, csum_start)] = 24;
	put(world.interface, packet.at, packet.len);
	tcp_super_packet(&packet, 1);
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	tcp_segments(&wanted, 1);
	assert_bytes(&got, &wanted);
	assert_int_equal(to_line()->packets, 1);
	assert_int_equal(to_line()->dropped[STATS_DROP_BAD_HEADER], 1);
	assert_int_equal(all_dropped(to_line()), 1);
}

/* A deleted TUN reports POLLERR, and so does a broken pipe. */
static void test_pump_interface_gone(void **state)
{
	int fds[2];

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	replace_tun_fd(fds[1]);
	assert_int_equal(run(), PUMP_TUN_GONE);
}

/* An epoll descriptor polls readable, but read() fails. */
static void test_pump_interface_gone_at_a_read(void **state)
{
	struct epoll_event event = {.events = EPOLLOUT};
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	assert_int_equal(
		epoll_ctl(epoll, EPOLL_CTL_ADD, world.interface, &event), 0);
	replace_tun_fd(epoll);
	assert_int_equal(run(), PUMP_TUN_GONE);
}

/* Like a TUN, an eventfd accepts some writes and refuses others (EINVAL). */
static void test_pump_interface_refuses(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	replace_tun_fd(eventfd(0, EFD_NONBLOCK));
	ipv4(&packet, 84, 'x');
	put_frame(&packet);
	put_frame(&packet);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
	assert_int_equal(from_line()->packets, 0);
	assert_int_equal(from_line()->bytes, 0);
	assert_int_equal(from_line()->dropped[STATS_DROP_INTERFACE_REFUSED], 2);
	assert_int_equal(all_dropped(from_line()), 2);
}

/* The queue of the interface is full. */
static void test_pump_interface_full(void **state)
{
	const int count = 40;
	int arrived = 0;
	int small = 1;
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	assert_int_equal(setsockopt(world.tun.fd, SOL_SOCKET, SO_SNDBUF, &small,
				    sizeof(small)),
			 0);
	ipv4(&packet, 1500, 'x');
	wanted.len = 0;
	for (i = 0; i < count; i++)
		append_frame(&wanted, &packet);
	put(world.line, wanted.at, wanted.len);
	run_until(world.interface);
	for (; waiting(world.interface); arrived++)
		get(world.interface, &got);
	assert_in_range(arrived, 1, count - 1);
	assert_int_equal(from_line()->packets, arrived);
	assert_int_equal(from_line()->bytes, arrived * 1500);
	assert_int_equal(from_line()->dropped[STATS_DROP_INTERFACE_REFUSED],
			 count - arrived);
}

/*
 * A write to an invalid address of /proc/self/mem fails with EIO, like a write
 * to an interface that is down.
 */
static void test_pump_interface_down(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	replace_tun_fd(open("/proc/self/mem", O_WRONLY | O_CLOEXEC));
	ipv4(&packet, 84, 'x');
	put_frame(&packet);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
	assert_int_equal(from_line()->packets, 0);
	assert_int_equal(from_line()->dropped[STATS_DROP_INTERFACE_DOWN], 1);
	assert_int_equal(all_dropped(from_line()), 1);
}

/* A wake-up takes precedence over packets. */
static void test_pump_woken(void **state)
{
	uint64_t one = 1;
	int wake = eventfd(0, EFD_NONBLOCK);

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	put_frame(&packet);
	put(wake, &one, sizeof(one));
	run_until(wake);
	assert_int_equal(to_line()->packets, 0);
	assert_int_equal(from_line()->line_bytes, 0);
	close(wake);
	run_until(world.line);
	assert_int_equal(to_line()->packets, 1);
	assert_int_equal(from_line()->packets, 1);
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

/* The pump waits for 20 ms, interrupted by a signal each millisecond. */
static void test_pump_interrupted(void **state)
{
	struct sigaction action = {.sa_handler = count_signal};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = SIGUSR1};
	struct itimerspec often = {{.tv_nsec = 1000000}, {.tv_nsec = 1000000}};
	struct itimerspec later = {.it_value = {.tv_nsec = 20000000}};
	int wake = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	timer_t timer;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	sigaction(SIGUSR1, &action, NULL);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timerfd_settime(wake, 0, &later, NULL), 0);
	assert_int_equal(timer_settime(timer, 0, &often, NULL), 0);
	run_until(wake);
	timer_delete(timer);
	assert_true(signals > 0);
	close(wake);
}

/* Catch the lines on stderr during one turn of the pump. */
static void run_round_traced(char *text, size_t cap)
{
	int saved = dup(STDERR_FILENO);
	int file = memfd_create("stderr", MFD_CLOEXEC);
	ssize_t len;

	dup2(file, STDERR_FILENO);
	log_set_level(LOG_LEVEL_TRACE);
	run_round();
	log_set_level(LOG_LEVEL_INFO);
	dup2(saved, STDERR_FILENO);
	close(saved);
	len = pread(file, text, cap - 1, 0);
	close(file);
	assert_true(len >= 0);
	text[len] = '\0';
}

static void test_pump_traces_drops(void **state)
{
	char text[1024];

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	make_text();
	put_frame(&packet);
	make_ipv6();
	put_frame(&packet);
	run_round_traced(text, sizeof(text));
	assert_string_equal(text,
			    "serialtun: dropped 6 bytes: not IP\n"
			    "serialtun: dropped 100 bytes: IPv6 not wanted\n");
}

static void test_pump_traces_bad_escape(void **state)
{
	char text[1024];

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	put(world.line, "\300abc\333d\300", 7);
	run_round_traced(text, sizeof(text));
	assert_string_equal(text, "serialtun: dropped 3 bytes: bad escape\n");
}

/* The drop may happen at any byte beyond the limit. */
static void test_pump_traces_too_long(void **state)
{
	char text[1024];

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	memset(got.at, 'x', 100000);
	put(world.line, got.at, 100000);
	run_round_traced(text, sizeof(text));
	assert_non_null(strstr(text, " bytes: too long\n"));
	assert_string_not_equal(text, "serialtun: dropped 0 bytes: too long\n");
}

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN); /* as main() does */
	alarm(TIMEOUT_S);
	return 0;
}

#define PUMP_TEST(test) cmocka_unit_test_teardown(test, close_world)

/* Let the pump run until it has nothing left to do. */
static void run_until_idle(void)
{
	struct itimerspec soon = {.it_value.tv_nsec = 20000000};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	assert_true(timer >= 0);
	assert_int_equal(timerfd_settime(timer, 0, &soon, NULL), 0);
	run_until(timer);
	close(timer);
}

/* The pump sleeps while the port is full and nothing arrives. */
static void test_pump_full_port_sleeps(void **state)
{
	struct rusage before;
	struct rusage after;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .room = 1});
	ipv4(&packet, 60000, 'x');
	put(world.interface, packet.at, packet.len);
	run_round();
	assert_int_equal(to_line()->short_writes, 1);
	getrusage(RUSAGE_SELF, &before);
	run_until_idle();
	getrusage(RUSAGE_SELF, &after);
	assert_in_range(after.ru_nvcsw - before.ru_nvcsw, 0, 3);
}

/* Without a port the pump drops and counts the interface's packets. */
static void test_pump_without_port(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	pump_end_port(world.pump);
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	put(world.interface, packet.at, packet.len);
	run_until_idle();
	assert_int_equal(to_line()->dropped[STATS_DROP_NO_LINE], 2);
	assert_int_equal(to_line()->packets, 0);
	assert_int_equal(waiting(world.line), 0);
	assert_int_equal(backlog(), 0);
}

/* Losing the port drops the queue, and the half frame of each direction. */
static void test_pump_loses_port(void **state)
{
	static const uint8_t half[] = {0xC0, 0x45, 0x00, 0xDB};

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .baud = 9600});
	ipv4(&packet, 20000, 'x');
	put(world.interface, packet.at, packet.len);
	ipv4(&packet, 84, 'y');
	put(world.interface, packet.at, packet.len);
	put(world.line, half, sizeof(half));
	run_until_idle();
	assert_int_equal(to_line()->packets, 1);
	assert_int_equal(backlog(), 1);

	pump_end_port(world.pump);
	assert_int_equal(backlog(), 0);
	assert_int_equal(to_line()->dropped[STATS_DROP_NO_LINE], 1);

	/* The next port starts clean, at once, in both directions. */
	while (get(world.line, &got), got.len)
		;
	begin_port();
	ipv4(&packet, 84, 'z');
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	wanted.len = 0;
	append_frame(&wanted, &packet);
	get(world.line, &got);
	assert_bytes(&got, &wanted);
	put_frame(&packet);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
	assert_int_equal(all_dropped(from_line()), 0);
}

/* A port of another speed gets a matching queue; the counters continue. */
static void test_pump_port_of_another_speed(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .baud = 9600});
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	pump_end_port(world.pump);
	world.port.rate = 0;
	begin_port();
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	assert_int_equal(pump_stats(world.pump)->queue.enqueued, 2);
	assert_int_equal(pump_stats(world.pump)->queue.dequeued, 2);
	assert_int_equal(to_line()->packets, 2);
}

/* The pump sends an END on an idle line, and reports a silent peer once. */
static void test_pump_keeps_alive(void **state)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	struct itimerspec later = {.it_value = {.tv_sec = 3, .tv_nsec = 1}};

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .keepalive_s = 1});
	run_until(world.line);
	get(world.line, &got);
	assert_int_equal(got.len, 1);
	assert_int_equal(got.at[0], SLIP_END);
	assert_int_equal(to_line()->line_bytes, 1);
	assert_int_equal(to_line()->packets, 0);
	assert_false(pump_take_silence(world.pump));

	assert_int_equal(timerfd_settime(timer, 0, &later, NULL), 0);
	run_until(timer);
	assert_true(pump_take_silence(world.pump));
	assert_false(pump_take_silence(world.pump));
	/* A peer that only answers keeps the carrier. */
	assert_true(pump_has_carrier(world.pump));
	close(timer);
}

/* The pump discards bytes that arrive before the port has settled. */
static void test_pump_settles(void **state)
{
	const uint64_t now_ns = clock_ns();

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	pump_end_port(world.pump);
	assert_int_equal(pump_begin_port(world.pump, &world.port, &no_transport,
					 now_ns + 60 * NS_PER_S, now_ns),
			 0);
	ipv4(&packet, 84, 'x');
	put_frame(&packet);
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	assert_int_equal(from_line()->line_bytes, 0);
	assert_int_equal(waiting(world.port.read_fd), 0);

	pump_end_port(world.pump);
	begin_port();
	put_frame(&packet);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
}

/* A hang-up counts even before the port has settled. */
static void test_pump_settling_sees_a_hang_up(void **state)
{
	const uint64_t now_ns = clock_ns();

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	pump_end_port(world.pump);
	assert_int_equal(pump_begin_port(world.pump, &world.port, &no_transport,
					 now_ns + 60 * NS_PER_S, now_ns),
			 0);
	close_fd(&world.line);
	assert_int_equal(run(), PUMP_PORT_GONE);
}

/* Put the frame of a packet on the line. */
static void put_framed(const struct framing *framing, const struct bytes *of)
{
	static struct bytes frame;

	frame.len = framing->encode(frame.at, of->at, of->len);
	put(world.line, frame.at, frame.len);
}

static void test_pump_length_both_ways(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM,
				   .framing = &length_framing});
	ipv4(&packet, 1500, SLIP_END);
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	wanted.len = length_framing.encode(wanted.at, packet.at, packet.len);
	assert_bytes(&got, &wanted);
	put(world.line, wanted.at, wanted.len);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
	assert_int_equal(all_dropped(from_line()), 0);
}

/* Is the frame that goes to the line that of a packet in this framing? */
static void expect_framed(const struct framing *framing)
{
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	wanted.len = framing->encode(wanted.at, packet.at, packet.len);
	assert_bytes(&got, &wanted);
}

/* The sender adds packet information until the peer does without. */
static void test_pump_kiss_follows_the_peer(void **state)
{
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM,
				   .framing = kiss_framing.for_ip});
	ipv4(&packet, 84, SLIP_END);
	for (i = 0; i < 2; i++) {
		expect_framed(kiss_framing.for_ip);
		put_framed(&kiss_framing, &packet);
		run_until(world.interface);
		get(world.interface, &got);
		assert_bytes(&got, &packet);
		expect_framed(&kiss_framing);
		/* Nothing is known of the peer on the next port. */
		pump_end_port(world.pump);
		begin_port();
	}
	assert_int_equal(all_dropped(from_line()), 0);
}

/* Commands are no damage, whatever they look like. */
static void test_pump_kiss_counts_commands(void **state)
{
	const struct stats *stats;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM,
				   .framing = kiss_framing.for_ip});
	ipv4(&packet, 84, 'x');
	put(world.line, "\xC0\x01\x32\xC0\xC0\xFF\xC0", 7);
	put_frame(&packet);
	put_framed(&kiss_framing, &packet);
	run_until(world.interface);
	stats = pump_stats(world.pump);
	assert_int_equal(stats->from_line.packets, 1);
	assert_int_equal(stats->from_line.dropped[STATS_DROP_COMMAND], 3);
	assert_int_equal(all_dropped(from_line()), 3);
	assert_int_equal(stats->guesses[GUESS_SLIP], 1);
}

/* Text is no damage, and is printed; the packet behind it is not lost. */
static void test_pump_hears_a_board(void **state)
{
	char text[CHATTER_TEXT_MAX];
	const struct stats *stats;
	uint64_t lost;

	(void)state;
	chatter_init(&chatter, prefix);
	open_world(&(struct setup){.line_type = SOCK_STREAM, .board = true});
	ipv4(&packet, 84, 'x');
	put(world.line, "\xC0\rone\n\xC0", 7);
	put_frame(&packet);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
	put(world.line, "the second\n", 11);
	run_until_idle();
	assert_true(chatter_take_line(&chatter, text, &lost, clock_ns()));
	assert_string_equal(text, "one");
	assert_true(chatter_take_line(&chatter, text, &lost, clock_ns()));
	assert_string_equal(text, "the second");

	/* Without the END in front, the text is the beginning of the frame. */
	wanted.len = slip_encode(wanted.at, packet.at, packet.len,
				 SLIP_ESCAPES_RFC1055);
	put(world.line, wanted.at, wanted.len);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
	stats = pump_stats(world.pump);
	assert_int_equal(stats->from_line.dropped[STATS_DROP_BOARD], 1);
	assert_int_equal(all_dropped(from_line()), 1);
	assert_int_equal(stats->guesses[GUESS_TEXT], 0);
	assert_int_equal(stats->unfinished, GUESS_NONE);
}

/* A login's text is printed, too, and still a sign of a fault. */
static void test_pump_hears_a_login(void **state)
{
	static const char prompt[] = "Debian\r\n\xC0\r\nboard login: ";
	const struct stats *stats;

	(void)state;
	chatter_init(&chatter, prefix);
	open_world(&(struct setup){.line_type = SOCK_STREAM, .board = true});
	put(world.line, prompt, sizeof(prompt) - 1);
	run_until_idle();
	stats = pump_stats(world.pump);
	assert_int_equal(stats->guesses[GUESS_TEXT], 1);
	assert_int_equal(stats->unfinished, GUESS_TEXT);
	assert_true(pump_is_held(world.pump));
}

/* The question for a prefix is answered at once, and once. */
static void test_pump_answers_a_board(void **state)
{
	(void)state;
	chatter_init(&chatter, prefix);
	open_world(&(struct setup){.line_type = SOCK_STREAM, .board = true});
	put(world.line, "\xC0?P\xC0", 4);
	run_until(world.line);
	get(world.line, &got);
	assert_int_equal(got.len, 13);
	assert_memory_equal(got.at, "\xC0!P\xFD\xDB\xDC\0\0\0\0\0\0\xC0", 13);
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	assert_int_equal(got.at[1], 0x45);
}

/* Two bad frames between good ones do not end the port. */
static void test_pump_length_survives_bad_frames(void **state)
{
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM,
				   .framing = &length_framing});
	for (i = 0; i < 3; i++) {
		put(world.line, "\0\0\0\4spam", 8);
		ipv4(&packet, 84, 'x');
		put_framed(&length_framing, &packet);
		run_until(world.interface);
		get(world.interface, &got);
		assert_bytes(&got, &packet);
	}
	assert_int_equal(from_line()->dropped[STATS_DROP_EMPTY], 3);
	assert_int_equal(from_line()->dropped[STATS_DROP_BAD_VERSION], 3);
}

/* After three bad frames in a row the pump ignores the rest. */
static void test_pump_length_out_of_step(void **state)
{
	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM,
				   .framing = &length_framing});
	put(world.line, "\0\4spam\0\0\0\0\0\4spam", 16);
	assert_int_equal(run(), PUMP_OUT_OF_STEP);
	assert_int_equal(from_line()->dropped[STATS_DROP_EMPTY], 2);
	assert_int_equal(from_line()->dropped[STATS_DROP_BAD_VERSION], 1);

	/* The next port starts in step. */
	pump_end_port(world.pump);
	begin_port();
	ipv4(&packet, 84, 'x');
	put_framed(&length_framing, &packet);
	run_until(world.interface);
	get(world.interface, &got);
	assert_bytes(&got, &packet);
}

/* SLIP resyncs by itself, however many frames were bad. */
static void test_pump_slip_is_never_out_of_step(void **state)
{
	int i;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	for (i = 0; i < 10; i++)
		put(world.line, "\300spam\300", 6);
	run_round();
	assert_int_equal(from_line()->dropped[STATS_DROP_BAD_VERSION], 10);
}

/* Set: the port refuses the next datagram for good. */
static bool unsendable;

static ssize_t bounds_read(struct port *port, uint8_t *buffer, size_t cap)
{
	ssize_t n = recv(port->read_fd, buffer, cap, MSG_TRUNC);

	return n < 0 ? -errno : n;
}

static ssize_t bounds_write(struct port *port, const uint8_t *bytes, size_t len)
{
	ssize_t n;

	if (unsendable) {
		unsendable = false;
		return -ECOMM;
	}
	n = send(port->write_fd, bytes, len, 0);
	if (n >= 0)
		return n;
	return errno == EAGAIN ? 0 : -errno;
}

static const struct port_kind bounds_kind = {
	.read = bounds_read,
	.write = bounds_write,
};

static const struct setup bounds_setup = {
	.line_type = SOCK_DGRAM,
	.framing = &datagram_framing,
	.kind = &bounds_kind,
};

/* At unknown speed, too, each packet goes in a datagram of its own. */
static void test_pump_packet_a_write(void **state)
{
	size_t i;

	(void)state;
	open_world(&bounds_setup);
	for (i = 0; i < 5; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		put(world.interface, packet.at, packet.len);
	}
	for (i = 0; i < 5; i++) {
		ipv4(&packet, packets[i].len, packets[i].fill);
		run_until(world.line);
		get(world.line, &got);
		assert_bytes(&got, &packet);
	}
	assert_int_equal(to_line()->packets, 5);
	assert_int_equal(to_line()->short_writes, 0);
}

/* A bad datagram does not affect the next one. */
static void test_pump_packet_a_read(void **state)
{
	static const uint8_t bad[] = "spam";
	int i;

	(void)state;
	open_world(&bounds_setup);
	for (i = 0; i < 4; i++) {
		put(world.line, bad, sizeof(bad));
		assert_int_equal(send(world.line, bad, 0, 0), 0);
	}
	memset(got.at, 'x', PACKET_MAX + 1);
	put(world.line, got.at, PACKET_MAX + 1);
	for (i = 0; i < 4; i++) {
		ipv4(&packet, 84, (uint8_t)i);
		put(world.line, packet.at, packet.len);
	}
	for (i = 0; i < 4; i++) {
		ipv4(&packet, 84, (uint8_t)i);
		run_until(world.interface);
		get(world.interface, &got);
		assert_bytes(&got, &packet);
	}
	assert_int_equal(from_line()->dropped[STATS_DROP_EMPTY], 4);
	assert_int_equal(from_line()->dropped[STATS_DROP_BAD_VERSION], 4);
	assert_int_equal(from_line()->dropped[STATS_DROP_TOO_LONG], 1);
	assert_int_equal(from_line()->packets, 4);
}

/* After an unsendable datagram the pump sends the next one. */
static void test_pump_packet_unsendable(void **state)
{
	(void)state;
	open_world(&bounds_setup);
	unsendable = true;
	ipv4(&packet, 1400, 'x');
	put(world.interface, packet.at, packet.len);
	ipv4(&packet, 84, 'y');
	put(world.interface, packet.at, packet.len);
	run_until(world.line);
	get(world.line, &got);
	assert_bytes(&got, &packet);
	assert_int_equal(to_line()->dropped[STATS_DROP_UNSENDABLE], 1);
	assert_int_equal(to_line()->packets, 1);
	assert_int_equal(to_line()->bytes, 84);
	assert_int_equal(to_line()->line_bytes, 84);
}

static struct port_counts fake_counts;

static void count(const struct port *port, struct port_counts *counts)
{
	(void)port;
	*counts = fake_counts;
}

/* The pump sums the counters of the port and of its lost predecessors. */
static void test_pump_sums_what_ports_count(void **state)
{
	static const struct port_kind kind = {.count = count};

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .kind = &kind});
	fake_counts = (struct port_counts){
		.line_known = true, .frame = 8, .refused = 2, .strangers = 4};
	assert_int_equal(to_line()->dropped[STATS_DROP_REFUSED], 2);
	assert_int_equal(from_line()->dropped[STATS_DROP_STRANGER], 4);
	assert_int_equal(pump_stats(world.pump)->line.frame, 8);
	/* A port that hung up no longer reports counters. */
	fake_counts = (struct port_counts){0};
	assert_int_equal(pump_stats(world.pump)->line.frame, 8);
	pump_end_port(world.pump);
	fake_counts = (struct port_counts){
		.line_known = true, .frame = 1, .refused = 1, .strangers = 1};
	begin_port();
	assert_int_equal(to_line()->dropped[STATS_DROP_REFUSED], 3);
	assert_int_equal(from_line()->dropped[STATS_DROP_STRANGER], 5);
	assert_int_equal(pump_stats(world.pump)->line.frame, 9);
	assert_true(pump_stats(world.pump)->line.known);
}

static size_t fake_queued;

static size_t queued(const struct port *port)
{
	(void)port;
	return fake_queued;
}

/* The pump stops at queue_max; later packets wait in the queue. */
static void test_pump_high_water(void **state)
{
	static const struct port_kind kind = {.queued = queued};

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM, .kind = &kind});
	world.kind.counts_wire = false;
	world.port.queue_max = 1000;
	fake_queued = 1001;
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	run_round();
	run_round();
	assert_int_equal(to_line()->packets, 0);
	assert_int_equal(backlog(), 1);
	assert_true(pump_is_stuck(world.pump));
	fake_queued = 1000;
	run_until(world.line);
	wanted.len = 0;
	append_frame(&wanted, &packet);
	get(world.line, &got);
	assert_bytes(&got, &wanted);
	fake_queued = 0;
}

/* One descriptor to read, another to write, as standard input and output. */
static void test_pump_two_descriptors(void **state)
{
	int out[2];
	char fill[4096] = {0};
	size_t filled = 0;

	(void)state;
	open_world(&(struct setup){.line_type = SOCK_STREAM});
	assert_int_equal(pipe2(out, O_NONBLOCK | O_CLOEXEC), 0);
	pump_end_port(world.pump);
	world.port.write_fd = out[1];
	begin_port();
	ipv4(&packet, 84, 'x');
	put(world.interface, packet.at, packet.len);
	run_until(out[0]);
	wanted.len = 0;
	append_frame(&wanted, &packet);
	get(out[0], &got);
	assert_bytes(&got, &wanted);
	run_round();

	/* A full output does not hold up the input ... */
	while (write(out[1], fill, sizeof(fill)) > 0)
		filled += sizeof(fill);
	put(world.interface, packet.at, packet.len);
	run_round();
	run_round();
	assert_int_equal(to_line()->line_bytes, wanted.len);
	while (filled) {
		get(out[0], &got);
		assert_in_range(got.len, 1, filled);
		filled -= got.len;
	}
	run_until(out[0]);
	get(out[0], &got);
	assert_bytes(&got, &wanted);

	/* ... and if its reader has closed it, the port is gone. */
	close(out[0]);
	assert_int_equal(run(), PUMP_PORT_GONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PUMP_TEST(test_pump_without_port),
		PUMP_TEST(test_pump_loses_port),
		PUMP_TEST(test_pump_port_of_another_speed),
		PUMP_TEST(test_pump_keeps_alive),
		PUMP_TEST(test_pump_settles),
		PUMP_TEST(test_pump_settling_sees_a_hang_up),
		PUMP_TEST(test_pump_packets_become_frames),
		PUMP_TEST(test_pump_frames_become_packets),
		PUMP_TEST(test_pump_several_frames_in_one_chunk),
		PUMP_TEST(test_pump_frames_split_over_chunks),
		PUMP_TEST(test_pump_keeps_half_a_frame),
		PUMP_TEST(test_pump_full_port),
		PUMP_TEST(test_pump_full_port_sleeps),
		PUMP_TEST(test_pump_port_full_from_the_start),
		PUMP_TEST(test_pump_batches_without_baud),
		PUMP_TEST(test_pump_writes_frame_by_frame_with_baud),
		PUMP_TEST(test_pump_chooses_late_with_baud),
		PUMP_TEST(test_pump_batches_the_longest),
		PUMP_TEST(test_pump_batches_whole_frames),
		PUMP_TEST(test_pump_ipv6_carried_when_wanted),
		PUMP_TEST(test_pump_ipv6_dropped_when_not_wanted),
		PUMP_TEST(test_pump_router_advert_carried_when_accepted),
		PUMP_TEST(test_pump_router_advert_carried_to_the_line),
		PUMP_TEST(test_pump_garbage),
		PUMP_TEST(test_pump_tap_from_line),
		PUMP_TEST(test_pump_tap_guesses),
		PUMP_TEST(test_pump_tap_to_line),
		PUMP_TEST(test_pump_garbage_too_long),
		PUMP_TEST(test_pump_guesses),
		PUMP_TEST(test_pump_counts),
		PUMP_TEST(test_pump_interface_flood_leaves_the_line_its_turn),
		PUMP_TEST(test_pump_unwanted_flood_leaves_the_line_its_turn),
		PUMP_TEST(test_pump_line_flood_leaves_the_interface_its_turn),
		PUMP_TEST(test_pump_hang_up),
		PUMP_TEST(test_pump_line_ends),
		PUMP_TEST(test_pump_line_was_never_there),
		PUMP_TEST(test_pump_hang_up_behind_frames),
		PUMP_TEST(test_pump_hang_up_while_sending),
		PUMP_TEST(test_pump_port_refuses_writes),
		PUMP_TEST(test_pump_hang_up_of_a_pty),
		PUMP_TEST(test_pump_cuts_super_packets),
		PUMP_TEST(test_pump_joins_segments),
		PUMP_TEST(test_pump_joins_before_a_hang_up),
		PUMP_TEST(test_pump_joins_nothing_with_baud),
		PUMP_TEST(test_pump_counts_what_was_joined_and_refused),
		PUMP_TEST(test_pump_drops_what_cannot_be_cut),
		PUMP_TEST(test_pump_interface_gone),
		PUMP_TEST(test_pump_interface_gone_at_a_read),
		PUMP_TEST(test_pump_interface_refuses),
		PUMP_TEST(test_pump_interface_full),
		PUMP_TEST(test_pump_interface_down),
		PUMP_TEST(test_pump_woken),
		PUMP_TEST(test_pump_interrupted),
		PUMP_TEST(test_pump_traces_drops),
		PUMP_TEST(test_pump_traces_bad_escape),
		PUMP_TEST(test_pump_traces_too_long),
		PUMP_TEST(test_pump_length_both_ways),
		PUMP_TEST(test_pump_hears_a_board),
		PUMP_TEST(test_pump_hears_a_login),
		PUMP_TEST(test_pump_answers_a_board),
		PUMP_TEST(test_pump_kiss_follows_the_peer),
		PUMP_TEST(test_pump_kiss_counts_commands),
		PUMP_TEST(test_pump_length_survives_bad_frames),
		PUMP_TEST(test_pump_length_out_of_step),
		PUMP_TEST(test_pump_slip_is_never_out_of_step),
		PUMP_TEST(test_pump_packet_a_write),
		PUMP_TEST(test_pump_packet_a_read),
		PUMP_TEST(test_pump_packet_unsendable),
		PUMP_TEST(test_pump_sums_what_ports_count),
		PUMP_TEST(test_pump_high_water),
		PUMP_TEST(test_pump_two_descriptors),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
