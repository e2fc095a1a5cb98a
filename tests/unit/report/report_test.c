/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of report: the status line on a terminal (a pty) and elsewhere (a
 * pipe), and the values in the file. report_test.sh parses the file as JSON.
 */
#include "../testing.h"
#include "log.h"
#include "pair/agree.h"
#include "pump/stats.h"
#include "report/report.h"
#include "report/status_line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define S UINT64_C(1000000000)

/* A directory, a file in it, and the temporary file beside it. */
static char dir[] = "/tmp/serialtun-report-test.XXXXXX";
static char file[64];
static char temporary[80];

/* A replacement of stderr, and its other end. */
static int heard_fd = -1;
static int real_stderr = -1;

static void take_stderr(int theirs, int ours)
{
	assert_int_not_equal(fcntl(ours, F_SETFL, O_NONBLOCK), -1);
	heard_fd = ours;
	real_stderr = dup(STDERR_FILENO);
	assert_true(real_stderr >= 0);
	assert_int_equal(dup2(theirs, STDERR_FILENO), STDERR_FILENO);
	close(theirs);
}

static void take_stderr_by_pipe(void)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	take_stderr(fds[1], fds[0]);
}

static void take_stderr_by_pty(unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	int ours = posix_openpt(O_RDWR | O_NOCTTY);
	struct termios raw;
	int theirs;

	assert_true(ours >= 0);
	assert_int_equal(grantpt(ours), 0);
	assert_int_equal(unlockpt(ours), 0);
	theirs = open(ptsname(ours), O_RDWR | O_NOCTTY);
	assert_true(theirs >= 0);
	assert_int_equal(tcgetattr(theirs, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(theirs, TCSANOW, &raw), 0);
	assert_int_equal(ioctl(theirs, TIOCSWINSZ, &size), 0);
	take_stderr(theirs, ours);
}

static int give_stderr_back(void **state)
{
	(void)state;
	if (heard_fd >= 0) {
		status_line_end();
		dup2(real_stderr, STDERR_FILENO);
		close(real_stderr);
		close(heard_fd);
		heard_fd = -1;
	}
	log_set_level(LOG_LEVEL_INFO);
	unlink(file);
	rmdir(temporary);
	return 0;
}

/* Read all bytes written to stderr since the last call. */
static const char *heard(void)
{
	static char text[4096];
	struct pollfd in = {.fd = heard_fd, .events = POLLIN};
	size_t len = 0;
	ssize_t n;

	while (poll(&in, 1, 0) == 1) {
		n = read(heard_fd, text + len, sizeof(text) - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	return text;
}

static struct stats stats;
static struct report_view view;

static int begin(void **state)
{
	static const struct stats nothing;

	(void)state;
	stats = nothing;
	view = (struct report_view){
		.stats = &stats,
		.interface = "tun0",
		.port = "/dev/ttyUSB0",
		.rate = 11520,
		.carrier = true,
	};
	return 0;
}

static void test_report_derive_rates(void **state)
{
	static const struct {
		uint64_t before;
		uint64_t now;
		uint64_t elapsed_ns;
		uint64_t rate;
	} cases[] = {
		{0, 0, S, 0},
		{0, 11520, S, 11520},
		{1000, 1500, S, 500},
		{0, 5, 10 * S, 1},
		{0, 4, 10 * S, 0},
		{0, 100, S / 2, 200},
		{7, 7, 0, 0},
		{7, 8, 0, 0},
		{0, 1000000, 3 * S, 333333},
		/* A day at 4 Gbit/s: more than 64 bits in between. */
		{5, UINT64_C(43200000000005), 86400 * S, 500000000},
		/* A counter that went back. */
		{100, 99, S, 0},
		{UINT64_MAX, 0, S, 0},
		/* More than a number can say. */
		{0, UINT64_MAX, 1, UINT64_MAX},
		{0, UINT64_C(1) << 63, S / 2, UINT64_MAX},
		{0, UINT64_C(1) << 62, S / 2, UINT64_C(1) << 63},
	};
	struct stats_direction before = {0};
	struct stats_direction now = {0};
	struct report_rates rates;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		before.packets = before.line_bytes = cases[i].before;
		now.packets = now.line_bytes = cases[i].now;
		rates = report_derive_rates(&before, &now, cases[i].elapsed_ns);
		assert_int_equal(rates.packets, cases[i].rate);
		assert_int_equal(rates.bytes, 0);
		assert_int_equal(rates.line_bytes, cases[i].rate);
	}
}

static void test_report_format(void **state)
{
	static const struct report_rates out = {.line_bytes = 10900};
	static const struct report_rates in = {.line_bytes = 58};
	char text[REPORT_TEXT_MAX];

	(void)state;
	stats.queue.backlog_packets = 12;
	stats.queue.backlog_bytes = 18000;
	stats.to_line.dropped[STATS_DROP_CODEL] = 3;
	stats.from_line.dropped[STATS_DROP_BAD_VERSION] = 4;
	assert_string_equal(report_format(&view, &out, &in, text),
			    "to line 10900 B/s (95 %), from line 58 B/s (1 %), "
			    "12 waiting (18000 B, 1.56 s), 7 dropped");

	stats.line.known = true;
	stats.line.frame = 5;
	stats.line.overrun = 1;
	view.carrier = false;
	assert_string_equal(report_format(&view, &out, &in, text),
			    "no carrier, to line 10900 B/s (95 %), from line "
			    "58 B/s (1 %), 12 waiting (18000 B, 1.56 s), 7 "
			    "dropped, 6 errors");

	view.port = NULL;
	view.rate = 0;
	stats.line.known = false;
	assert_string_equal(report_format(&view, &out, &in, text),
			    "no port, to line 10900 B/s, from line 58 B/s, 12 "
			    "waiting (18000 B), 7 dropped");
}

/* A pair shows its speed if its ends choose it. */
static void test_report_format_pair(void **state)
{
	static const struct report_rates none;
	static const char paired[] = ", paired: 9/6 damaged";
	static const char speed[] = ", paired: 9/6 damaged, 921600 baud, 3 "
				    "attempts: the next higher failed";
	char text[REPORT_TEXT_MAX];

	(void)state;
	stats.has_pair = true;
	stats.pair = (struct pair_stats){
		.state = PAIR_PAIRED,
		.theirs.failed = 9,
		.heard.failed = 6,
		.speed = {.baud = 921600, .base = 115200, .attempts = 3},
	};
	report_format(&view, &none, &none, text);
	assert_string_equal(strstr(text, ", paired"), paired);
	stats.pair.speed.stop = SPEED_STOP_FAILED;
	report_format(&view, &none, &none, text);
	assert_string_equal(strstr(text, ", paired"), speed);
	stats.pair.state = PAIR_PLAIN;
	report_format(&view, &none, &none, text);
	assert_null(strstr(text, "baud"));
}

/* The longest line fits into the buffer. */
/* Make every number as large as it can be, and every part known. */
static void fill_stats(void)
{
	memset(&stats, 0xFF, sizeof(stats));
	stats.line.known = true;
	stats.vj.active = true;
	stats.vj.heard = true;
	stats.has_pair = true;
	stats.pair.state = PAIR_PAIRED;
	stats.pair.repeats = true;
	stats.pair.compresses = true;
	stats.pair.speed.stop = SPEED_STOP_FAILED;
}

static void test_report_format_has_room(void **state)
{
	struct report_rates rates;
	char *text = malloc(REPORT_TEXT_MAX);
	const char *end;

	(void)state;
	assert_non_null(text);
	fill_stats();
	memset(&rates, 0xFF, sizeof(rates));
	view.rate = 1;
	view.carrier = false;
	report_format(&view, &rates, &rates, text);
	end = strrchr(text, ' ');
	assert_non_null(end);
	assert_string_equal(end, " failed");
	free(text);
}

static struct report *open_report(unsigned int print_s, const char *path)
{
	const struct report_config config = {
		.print_s = print_s,
		.json_path = path,
	};
	struct report *report = NULL;

	assert_int_equal(report_open(&report, &config, &view, S), 0);
	return report;
}

static void test_report_asked_for_nothing(void **state)
{
	struct report *report = open_report(0, NULL);

	(void)state;
	take_stderr_by_pipe();
	assert_null(report);
	assert_true(report_next_ns(report) == UINT64_MAX);
	report_tick(report, &view, UINT64_MAX);
	report_close(report, &view);
	assert_string_equal(heard(), "");
}

/* A line at the end of each interval, with rates since the last one. */
static void test_report_prints_lines(void **state)
{
	static const char first[] =
		"serialtun: to line 1152 B/s (10 %), from line 0 B/s (0 %), 0 "
		"waiting (0 B, 0.00 s), 0 dropped\n";
	static const char second[] =
		"serialtun: to line 576 B/s (5 %), from line 0 B/s (0 %), 0 "
		"waiting (0 B, 0.00 s), 0 dropped\n";
	static const char late[] =
		"serialtun: to line 0 B/s (0 %), from line 0 B/s (0 %), 0 "
		"waiting (0 B, 0.00 s), 0 dropped\n";
	struct report *report;

	(void)state;
	stats.to_line.line_bytes = 1000; /* of before */
	report = open_report(2, NULL);
	take_stderr_by_pipe();
	log_set_level(
		LOG_LEVEL_ERROR); /* -qq does not suppress a requested line */
	assert_int_equal(report_next_ns(report), 3 * S);
	report_tick(report, &view, 3 * S - 1);
	assert_string_equal(heard(), "");
	stats.to_line.line_bytes += 2304;
	report_tick(report, &view, 3 * S);
	assert_string_equal(heard(), first);
	assert_int_equal(report_next_ns(report), 5 * S);
	/* A late tick: the rate uses the time that has really passed. */
	stats.to_line.line_bytes += 1728;
	report_tick(report, &view, 6 * S);
	assert_string_equal(heard(), second);
	/* Late ticks do not shift the intervals; missed ones are skipped. */
	assert_int_equal(report_next_ns(report), 7 * S);
	report_tick(report, &view, 12 * S);
	assert_string_equal(heard(), late);
	assert_int_equal(report_next_ns(report), 13 * S);
	report_close(report, &view);
	assert_string_equal(heard(), "");
}

#define WIPE "\r\033[K"

/* On a terminal the status line stays below all messages. */
static void test_report_rewrites_the_line(void **state)
{
	static const char line[] = "to line 1152 B/s (10 %), from line 0 B/s "
				   "(0 %), 0 waiting (0 B, 0.00 s), 0 dropped";
	struct report *report = open_report(1, NULL);
	char text[512];

	(void)state;
	take_stderr_by_pty(120);
	stats.to_line.line_bytes += 1152;
	report_tick(report, &view, 2 * S);
	snprintf(text, sizeof(text), WIPE "%s", line);
	assert_string_equal(heard(), text);
	log_info("hello");
	snprintf(text, sizeof(text), WIPE "serialtun: hello\n%s", line);
	assert_string_equal(heard(), text);
	log_debug("not printed");
	assert_string_equal(heard(), "");
	report_close(report, &view);
	assert_string_equal(heard(), "\n");
	log_info("bye");
	assert_string_equal(heard(), "serialtun: bye\n");
}

static void test_report_cuts_the_line(void **state)
{
	static const struct {
		unsigned short columns;
		const char *text;
	} cases[] = {
		{20, WIPE "to line 0 B/s (0 %)"},
		{2, WIPE "t"},
		{1, ""},
		{78, WIPE "to line 0 B/s (0 %), from line 0 B/s (0 %), 0 "
			  "waiting (0 B, 0.00 s), 0 droppe"},
		{79, WIPE "to line 0 B/s (0 %), from line 0 B/s (0 %), 0 "
			  "waiting (0 B, 0.00 s), 0 dropped"},
		{0, WIPE "to line 0 B/s (0 %), from line 0 B/s (0 %), 0 "
			 "waiting (0 B, 0.00 s), 0 dropped"},
		{65535, WIPE "to line 0 B/s (0 %), from line 0 B/s (0 %), 0 "
			     "waiting (0 B, 0.00 s), 0 dropped"},
	};
	struct report *report;
	size_t i;

	for (i = 0; i < TESTING_COUNT(cases); i++) {
		report = open_report(1, NULL);
		take_stderr_by_pty(cases[i].columns);
		report_tick(report, &view, 2 * S);
		assert_string_equal(heard(), cases[i].text);
		report_close(report, &view);
		give_stderr_back(state);
	}
}

/* A terminal that cannot erase gets a new line each time, as a pipe. */
static void test_report_spares_a_dumb_terminal(void **state)
{
	struct report *report = open_report(1, NULL);

	(void)state;
	assert_int_equal(setenv("TERM", "dumb", 1), 0);
	take_stderr_by_pty(80);
	report_tick(report, &view, 2 * S);
	assert_string_equal(heard(),
			    "serialtun: to line 0 B/s (0 %), from line 0 B/s "
			    "(0 %), 0 waiting (0 B, 0.00 s), 0 dropped\n");
	report_close(report, &view);
	assert_string_equal(heard(), "");
	assert_int_equal(setenv("TERM", "vt100", 1), 0);
}

/* Read the file, without its times. */
static const char *read_file(void)
{
	static char text[40000];
	FILE *in = fopen(file, "r");
	char *started;
	char *rest;
	size_t len;

	assert_non_null(in);
	len = fread(text, 1, sizeof(text) - 1, in);
	text[len] = '\0';
	fclose(in);
	started = strstr(text, ", \"started\": \"2");
	assert_non_null(started);
	rest = strstr(text, ", \"interval_s\"");
	assert_non_null(rest);
	assert_int_equal(rest - started,
			 strlen(", \"started\": \"2026-01-01T00:00:00Z\", "
				"\"time\": \"2026-01-01T00:00:00Z\""));
	memmove(started, rest, strlen(rest) + 1);
	return text;
}

#define NO_DROPS                                                                                                                                                                                                           \
	"\"bad_escape\": 0, \"too_long\": 0, \"empty\": 0, "                                                                                                                                                               \
	"\"bad_version\": 0, "                                                                                                                                                                                             \
	"\"bad_header\": 0, \"bad_length\": 0, \"bad_checksum\": 0, "                                                                                                                                                      \
	"\"bad_check\": 0, \"unchecked\": 0, \"stale\": 0, \"vj_bad\": 0, \"vj_tossed\": 0, \"hello\": 0, \"command\": 0, \"board\": 0, \"coap\": 0, \"ipv6\": 0, \"router_advert\": 0, \"codel\": 0, \"queue_full\": 0, " \
	"\"unsendable\": 0, \"refused\": 0, \"stranger\": 0, \"own_transport\": 0, "                                                                                                                                       \
	"\"no_line\": 0, \"interface_down\": 0, \"interface_refused\": 0"

#define NO_WAY                                                                         \
	"{\"packets\": 0, \"bytes\": 0, \"line_bytes\": 0, \"interface_packets\": 0, " \
	"\"short_writes\": 0, \"packets_per_s\": 0, \"bytes_per_s\": 0, "              \
	"\"line_bytes_per_s\": 0, \"share\": null, \"dropped\": {\"total\": "          \
	"0, " NO_DROPS "}}"

static void test_report_writes_the_file(void **state)
{
	struct report *report = open_report(0, file);

	(void)state;
	assert_int_equal(report_next_ns(report), 2 * S);
	stats.to_line.packets = 7;
	stats.to_line.bytes = 5700;
	stats.to_line.line_bytes = 5760;
	stats.to_line.short_writes = 1;
	stats.to_line.dropped[STATS_DROP_CODEL] = 2;
	stats.to_line.dropped[STATS_DROP_NO_LINE] = 3;
	stats.queue.backlog_packets = 2;
	stats.queue.backlog_bytes = 1152;
	stats.queue.sojourn_max_ns = 12345678;
	stats.queue.marked = 9;
	stats.line = (struct stats_line){
		.known = true,
		.frame = 1,
		.parity = 2,
		.overrun = 3,
		.buffer_overrun = 4,
		.breaks = 5,
		.losses = 6,
	};
	report_tick(report, &view, 2 * S);
	assert_string_equal(
		read_file(),
		"{\"running\": true, \"interval_s\": 1, \"interface\": "
		"\"tun0\", \"port\": \"/dev/ttyUSB0\", \"line_rate\": 11520, "
		"\"carrier\": true, \"to_line\": {\"packets\": 7, \"bytes\": "
		"5700, \"line_bytes\": 5760, \"interface_packets\": 0, \"short_writes\": 1, "
		"\"packets_per_s\": 7, \"bytes_per_s\": 5700, "
		"\"line_bytes_per_s\": 5760, \"share\": 0.500, \"dropped\": "
		"{\"total\": 5, \"bad_escape\": 0, \"too_long\": 0, "
		"\"empty\": 0, \"bad_version\": 0, \"bad_header\": 0, \"bad_length\": 0, "
		"\"bad_checksum\": 0, \"bad_check\": 0, \"unchecked\": 0, "
		"\"stale\": 0, \"vj_bad\": 0, \"vj_tossed\": 0, \"hello\": 0, \"command\": 0, \"board\": 0, \"coap\": 0, \"ipv6\": 0, \"router_advert\": 0, "
		"\"codel\": 2, \"queue_full\": 0, \"unsendable\": 0, "
		"\"refused\": 0, \"stranger\": 0, \"own_transport\": 0, \"no_line\": 3, "
		"\"interface_down\": 0, \"interface_refused\": 0}}, "
		"\"from_line\": {\"packets\": 0, \"bytes\": 0, \"line_bytes\": "
		"0, \"interface_packets\": 0, \"short_writes\": 0, \"packets_per_s\": 0, "
		"\"bytes_per_s\": 0, \"line_bytes_per_s\": 0, \"share\": "
		"0.000, \"dropped\": {\"total\": 0, " NO_DROPS
		"}}, \"bad_sums\": {\"tcp\": 0, \"udp\": 0, \"icmp\": 0}, \"queue\": "
		"{\"packets\": 2, \"bytes\": 1152, \"delay_s\": 0.100, "
		"\"longest_wait_s\": 0.012, \"marked\": 9}, \"line\": "
		"{\"losses\": 6, \"errors\": {\"framing\": 1, \"parity\": 2, "
		"\"overrun\": 3, \"buffer_overrun\": 4, \"breaks\": 5}}, \"vj\": null, \"pair\": null}\n");
	report_close(report, &view);
}

/* The file exists from the start, and stays with "running" false. */
static void test_report_file_begins_and_ends(void **state)
{
	static const char rest[] =
		", \"interval_s\": 5, \"interface\": \"tun\\\\0\", \"port\": "
		"null, \"line_rate\": null, \"carrier\": false, \"to_line\": " NO_WAY
		", \"from_line\": " NO_WAY
		", \"bad_sums\": {\"tcp\": 0, \"udp\": 0, \"icmp\": 0}, \"queue\": {\"packets\": "
		"0, \"bytes\": 0, \"delay_s\": null, \"longest_wait_s\": "
		"0.000, \"marked\": 0}, \"line\": {\"losses\": 0, \"errors\": "
		"null}, \"vj\": null, \"pair\": null}\n";
	const mode_t mask = umask(022);
	struct report *report;
	char text[2048];
	struct stat is;

	(void)state;
	view = (struct report_view){.stats = &stats, .interface = "tun\\0"};
	report = open_report(5, file);
	umask(mask);
	snprintf(text, sizeof(text), "{\"running\": true%s", rest);
	assert_string_equal(read_file(), text);
	assert_int_equal(stat(file, &is), 0);
	assert_int_equal(is.st_mode, S_IFREG | 0644);
	report_close(report, &view);
	snprintf(text, sizeof(text), "{\"running\": false%s", rest);
	assert_string_equal(read_file(), text);
	assert_int_not_equal(access(temporary, F_OK), 0);
}

/* The file tells of a pair what is known. */
static void test_report_file_of_compression(void **state)
{
	static const char vj[] = "\"vj\": {\"to_line\": {\"compressed\": 1, "
				 "\"uncompressed\": 2}, \"from_line\": "
				 "{\"compressed\": 3, \"uncompressed\": 4}}, ";
	struct report *report;

	(void)state;
	view = (struct report_view){.stats = &stats, .interface = "tun0"};
	stats.vj = (struct stats_vj){
		.active = true,
		.to_line = {.compressed = 1, .whole = 2},
		.from_line = {.compressed = 3, .whole = 4},
	};
	report = open_report(0, file);
	assert_non_null(strstr(read_file(), vj));
	report_close(report, &view);
	stats.vj = (struct stats_vj){0};
}

static void test_report_file_of_a_pair(void **state)
{
	static struct agree peer = {.name = "board", .release = "1.4"};
	struct report *report;

	(void)state;
	view = (struct report_view){.stats = &stats, .interface = "tun0"};
	stats.has_pair = true;
	stats.pair = (struct pair_stats){
		.state = PAIR_PAIRED,
		.since_ns = 0,
		.sessions = 2,
		.hellos_sent = 3,
		.hellos_heard = 4,
		.heard = {.good = 5, .failed = 6, .overruns = 7},
		.theirs = {.good = 8, .failed = 9, .overruns = 10},
		.compresses = true,
		.squeeze = {.packets = 15,
			    .packet_len = 16,
			    .body_len = 17,
			    .passed_over = 18,
			    .expanded = 19,
			    .bad = 20},
		.missing = 11,
		.twice = 12,
		.unknown = 13,
		.plain = 14,
		.rtt_ns = 1500000,
		.speed = {.baud = 3000000,
			  .base = 115200,
			  .attempts = 4,
			  .failed = 1,
			  .ended = 2,
			  .stop = SPEED_STOP_FAILED},
	};
	report = open_report(0, file);
	assert_string_equal(
		strstr(read_file(), "\"pair\""),
		"\"pair\": {\"state\": \"paired\", \"peer\": null, \"release\": "
		"null, \"since_s\": 1, \"sessions\": 2, \"hellos_sent\": 3, "
		"\"hellos_heard\": 4, \"heard_here\": {\"good\": 5, "
		"\"damaged\": 6, \"overruns\": 7}, \"heard_there\": "
		"{\"good\": 8, \"damaged\": 9, \"overruns\": 10}, "
		"\"repeat\": null, \"zstd\": {\"packets\": 15, \"bytes\": 16, "
		"\"compressed\": 17, \"passed_over\": 18, \"expanded\": 19, "
		"\"undecodable\": 20}, "
		"\"missing\": 11, \"twice\": 12, \"unknown\": 13, "
		"\"unchecked\": 14, \"round_trip_ms\": 1.500, \"speed\": "
		"{\"baud\": 3000000, \"base\": 115200, \"attempts\": 4, "
		"\"failed\": 1, \"lowered\": 0, \"lost\": 2, \"stop\": "
		"\"the next higher failed\"}}}\n");
	view.peer = &peer;
	stats.pair.state = PAIR_MET;
	stats.pair.rtt_ns = 0;
	stats.pair.compresses = false;
	stats.pair.speed.baud = 0;
	report_tick(report, &view, 2 * S);
	assert_non_null(strstr(read_file(),
			       "{\"state\": \"met\", \"peer\": \"board\", "
			       "\"release\": \"1.4\", \"since_s\": 2, "));
	assert_non_null(strstr(read_file(), "\"zstd\": null, "));
	assert_non_null(strstr(read_file(),
			       "\"round_trip_ms\": null, \"speed\": null}}"));
	report_close(report, &view);
}

static void test_report_file_has_room(void **state)
{
	static struct agree peer;
	char *path = malloc(4096);
	struct report *report;

	(void)state;
	assert_non_null(path);
	fill_stats();
	stats.pair.since_ns = 0;
	view.peer = &peer;
	memset(path, '\1', 4095);
	path[4095] = '\0';
	view.port = path;
	view.interface = "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1";
	report = open_report(0, file);
	assert_non_null(strstr(read_file(),
			       ", \"round_trip_ms\": 18446744073709.551, "));
	assert_string_equal(strrchr(read_file(), ','),
			    ", \"stop\": \"the next higher failed\"}}}\n");
	report_close(report, &view);
	free(path);
}

/* A failed write is reported once, and so is the next success. */
static void test_report_goes_on_without_the_file(void **state)
{
	struct report *report;
	char text[256];

	(void)state;
	/* A stale temporary file is replaced; */
	close(open(temporary, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	report = open_report(0, file);
	take_stderr_by_pipe();
	/* a directory of that name is an error. */
	assert_int_equal(mkdir(temporary, 0700), 0);
	report_tick(report, &view, 2 * S);
	snprintf(text, sizeof(text),
		 "serialtun: cannot write %s: Is a directory (it is tried "
		 "again at each interval)\n",
		 file);
	assert_string_equal(heard(), text);
	report_tick(report, &view, 3 * S);
	assert_string_equal(heard(), "");
	assert_int_equal(rmdir(temporary), 0);
	report_tick(report, &view, 4 * S);
	snprintf(text, sizeof(text), "serialtun: %s is written again\n", file);
	assert_string_equal(heard(), text);
	report_tick(report, &view, 5 * S);
	assert_string_equal(heard(), "");
	report_close(report, &view);
}

static void test_report_refuses_at_the_start(void **state)
{
	static const struct {
		const char *path;
		int error;
		const char *line;
	} cases[] = {
		{"/dev/null", -EEXIST,
		 "cannot write /dev/null: it is no regular file, and would be "
		 "replaced by one (choose a name that is free)"},
		{"/dev/stdout", -EEXIST,
		 "cannot write /dev/stdout: it is no regular file, and would "
		 "be replaced by one (choose a name that is free)"},
		{"/tmp", -EISDIR,
		 "cannot write /tmp: it is no regular file, and would be "
		 "replaced by one (choose a name that is free)"},
		{"/nonexistent/s.json", -ENOENT,
		 "cannot write /nonexistent/s.json: No such file or directory "
		 "(create the directory first)"},
		{"/dev/null/s.json", -ENOTDIR,
		 "cannot write /dev/null/s.json: Not a directory"},
	};
	struct report_config config = {0};
	struct report *report;
	char text[256];
	size_t i;

	(void)state;
	take_stderr_by_pipe();
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		config.json_path = cases[i].path;
		assert_int_equal(report_open(&report, &config, &view, 0),
				 cases[i].error);
		assert_null(report);
		snprintf(text, sizeof(text), "serialtun: %s\n", cases[i].line);
		assert_string_equal(heard(), text);
	}
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || setenv("TERM", "vt100", 1))
		return -1;
	snprintf(file, sizeof(file), "%s/s.json", dir);
	snprintf(temporary, sizeof(temporary), "%s.tmp", file);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, begin, give_stderr_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_report_derive_rates),
		TEST(test_report_format),
		TEST(test_report_format_pair),
		TEST(test_report_format_has_room),
		TEST(test_report_asked_for_nothing),
		TEST(test_report_prints_lines),
		TEST(test_report_rewrites_the_line),
		TEST(test_report_cuts_the_line),
		TEST(test_report_spares_a_dumb_terminal),
		TEST(test_report_writes_the_file),
		TEST(test_report_file_begins_and_ends),
		TEST(test_report_file_of_compression),
		TEST(test_report_file_of_a_pair),
		TEST(test_report_file_has_room),
		TEST(test_report_goes_on_without_the_file),
		TEST(test_report_refuses_at_the_start),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
