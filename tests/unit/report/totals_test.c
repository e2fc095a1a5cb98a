/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of totals: the lines that a person reads.
 */
#include "../testing.h"
#include "pump/stats.h"
#include "report/totals.h"

static const struct {
	struct stats_direction direction;
	const char *line;
} lines[] = {
	{{0}, "0 packets, 0 bytes (0 on the line), 0 short writes, 0 dropped"},
	{{.packets = 1, .bytes = 84, .line_bytes = 86, .short_writes = 1},
	 "1 packet, 84 bytes (86 on the line), 1 short write, 0 dropped"},
	{{.packets = 2, .bytes = 1, .line_bytes = 4, .short_writes = 2},
	 "2 packets, 1 byte (4 on the line), 2 short writes, 0 dropped"},
	{{.packets = 12,
	  .line_bytes = 5000000000,
	  .dropped = {[STATS_DROP_BAD_CHECKSUM] = 3}},
	 "12 packets, 0 bytes (5000000000 on the line), 0 short writes, 3 "
	 "dropped, 3 bad checksum"},
	{{.dropped = {[STATS_DROP_BAD_ESCAPE] = 1,
		      [STATS_DROP_INTERFACE_REFUSED] = 20}},
	 "0 packets, 0 bytes (0 on the line), 0 short writes, 21 dropped, 1 "
	 "bad escape, 20 refused by the interface"},
	{{.dropped = {[STATS_DROP_BAD_ESCAPE] = 1,
		      [STATS_DROP_TOO_LONG] = 2,
		      [STATS_DROP_BAD_VERSION] = 3,
		      [STATS_DROP_BAD_HEADER] = 4,
		      [STATS_DROP_BAD_LENGTH] = 5,
		      [STATS_DROP_BAD_CHECKSUM] = 6,
		      [STATS_DROP_IPV6] = 7,
		      [STATS_DROP_ROUTER_ADVERT] = 8,
		      [STATS_DROP_INTERFACE_DOWN] = 9,
		      [STATS_DROP_INTERFACE_REFUSED] = 10}},
	 "0 packets, 0 bytes (0 on the line), 0 short writes, 55 dropped, 1 "
	 "bad escape, 2 too long, 3 not IP, 4 bad header, 5 bad length, 6 bad "
	 "checksum, 7 IPv6 not wanted, 8 Router Advertisement, 9 interface "
	 "down, 10 refused by the interface"},
	{{.packets = 9,
	  .bad_sums = {[STATS_SUM_TCP] = 2, [STATS_SUM_ICMP] = 1}},
	 "9 packets, 0 bytes (0 on the line), 0 short writes, 0 dropped, 2 "
	 "with a bad TCP checksum, 1 with a bad ICMP checksum"},
	{{.dropped = {[STATS_DROP_NO_LINE] = 4}},
	 "0 packets, 0 bytes (0 on the line), 0 short writes, 4 dropped, 4 no "
	 "line"},
};

static void test_totals_format_direction(void **state)
{
	char text[TOTALS_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(lines); i++) {
		assert_ptr_equal(totals_format_direction(&lines[i].direction,
							 text),
				 text);
		assert_string_equal(text, lines[i].line);
	}
}

/* The longest line fits into the buffer. */
static void test_totals_format_direction_has_room(void **state)
{
	static const char end[] =
		", 18446744073709551615 with a bad ICMP checksum";
	struct stats_direction direction;
	char *text = malloc(TOTALS_TEXT_MAX);
	size_t len;

	(void)state;
	assert_non_null(text);
	memset(&direction, 0xFF, sizeof(direction));
	totals_format_direction(&direction, text);
	len = strlen(text);
	assert_in_range(len, sizeof(end), TOTALS_TEXT_MAX - 2);
	assert_string_equal(text + len - strlen(end), end);
	free(text);
}

/* {0} would leave out the braces of the first member. */
#define NOTHING                     \
	{                           \
		.unfinished_len = 0 \
	}
#define SECONDS(s) ((uint64_t)((s)*1e9))

static const struct {
	struct stats stats;
	uint64_t elapsed_ns;
	uint32_t baud;
	const char *sum;
} sums[] = {
	{NOTHING, 0, 0, "sent nothing, received nothing, in 0.0 s"},
	{NOTHING, SECONDS(3.19), 9600,
	 "sent nothing, received nothing, in 3.1 s at 9600 baud"},
	{{.to_line = {.packets = 1, .bytes = 84}},
	 0,
	 115200,
	 "sent 84 B in 1 packet, received nothing, in 0.0 s at 115200 baud"},
	{{.to_line = {.packets = 910, .bytes = 1234567},
	  .from_line = {.packets = 455, .bytes = 34321}},
	 SECONDS(123),
	 115200,
	 "sent 1.2 MB in 910 packets (10 kB/s), received 34 kB in 455 packets "
	 "(279 B/s), in 2 min 3 s at 115200 baud"},

	/* each unit, from its smallest value */
	{{.to_line = {.packets = 2, .bytes = 999},
	  .from_line = {.packets = 2, .bytes = 1000}},
	 SECONDS(9.99),
	 0,
	 "sent 999 B in 2 packets (100 B/s), received 1.0 kB in 2 packets (100 "
	 "B/s), in 9.9 s"},
	{{.to_line = {.packets = 2, .bytes = 9949},
	  .from_line = {.packets = 2, .bytes = 9950}},
	 SECONDS(10),
	 0,
	 "sent 9.9 kB in 2 packets (995 B/s), received 10 kB in 2 packets (995 "
	 "B/s), in 10 s"},
	{{.to_line = {.packets = 2, .bytes = 999499},
	  .from_line = {.packets = 2, .bytes = 999500}},
	 SECONDS(59.9),
	 0,
	 "sent 999 kB in 2 packets (17 kB/s), received 1.0 MB in 2 packets (17 "
	 "kB/s), in 59 s"},
	{{.to_line = {.packets = 2, .bytes = 5000000000},
	  .from_line = {.packets = 2, .bytes = 7000000000000}},
	 SECONDS(3600),
	 0,
	 "sent 5.0 GB in 2 packets (1.4 MB/s), received 7.0 TB in 2 packets "
	 "(1.9 GB/s), in 1 h 0 min"},
	{{.to_line = {.packets = UINT64_MAX, .bytes = UINT64_MAX}},
	 SECONDS(86400 * 3 + 3600 * 4 + 1),
	 0,
	 "sent 18 EB in 18446744073709551615 packets (67 TB/s), received "
	 "nothing, in 3 d 4 h"},

	/* drops of a clean line are no damage */
	{{.to_line = {.dropped = {[STATS_DROP_CODEL] = 20}},
	  .line = {.known = true, .frame = 3, .losses = 4}},
	 SECONDS(60),
	 0,
	 "sent nothing, received nothing, in 1 min 0 s"},
};

static void test_totals_format_sum(void **state)
{
	char text[TOTALS_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(sums); i++)
		assert_string_equal(totals_format_sum(&sums[i].stats,
						      sums[i].elapsed_ns,
						      sums[i].baud, text),
				    sums[i].sum);
}

static const struct {
	struct stats stats;
	const char *damage;
} damages[] = {
	{NOTHING, ""},
	{{.to_line = {.dropped = {[STATS_DROP_CODEL] = 20,
				  [STATS_DROP_QUEUE_FULL] = 3,
				  [STATS_DROP_NO_LINE] = 5}},
	  .from_line = {.packets = 100,
			.dropped = {[STATS_DROP_EMPTY] = 1,
				    [STATS_DROP_IPV6] = 2,
				    [STATS_DROP_ROUTER_ADVERT] = 3,
				    [STATS_DROP_STRANGER] = 4,
				    [STATS_DROP_INTERFACE_DOWN] = 5,
				    [STATS_DROP_INTERFACE_REFUSED] = 6}}},
	 ""},
	{{.from_line = {.dropped = {[STATS_DROP_BAD_VERSION] = 1}}},
	 "1 frame arrived, but no packet"},
	{{.from_line = {.dropped = {[STATS_DROP_BAD_VERSION] = 6,
				    [STATS_DROP_BAD_LENGTH] = 1}},
	  .line = {.losses = 1}},
	 "7 frames arrived, but no packet, the port was lost 1 time"},
	{{.from_line = {.dropped = {[STATS_DROP_BAD_VERSION] = 6,
				    [STATS_DROP_HELLO] = 1}}},
	 "the line damaged 6 of 7 frames"},
	{{.from_line = {.packets = 455,
			.dropped = {[STATS_DROP_BAD_ESCAPE] = 1,
				    [STATS_DROP_TOO_LONG] = 2,
				    [STATS_DROP_BAD_VERSION] = 3,
				    [STATS_DROP_BAD_HEADER] = 1,
				    [STATS_DROP_BAD_LENGTH] = 4,
				    [STATS_DROP_BAD_CHECKSUM] = 1}}},
	 "the line damaged 12 of 467 frames"},
	/* other drops are undamaged frames, or no frames */
	{{.from_line = {.packets = 10,
			.dropped = {[STATS_DROP_BAD_LENGTH] = 1,
				    [STATS_DROP_IPV6] = 2,
				    [STATS_DROP_STRANGER] = 100,
				    [STATS_DROP_EMPTY] = 100}}},
	 "the line damaged 1 of 13 frames"},
	{{.line = {.losses = 1}}, "the port was lost 1 time"},
	{{.from_line = {.packets = 1, .dropped = {[STATS_DROP_TOO_LONG] = 1}},
	  .line = {.losses = 2}},
	 "the line damaged 1 of 2 frames, the port was lost 2 times"},
};

static void test_totals_format_damage(void **state)
{
	char text[TOTALS_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(damages); i++)
		assert_string_equal(totals_format_damage(&damages[i].stats,
							 text),
				    damages[i].damage);
}

static void test_totals_format_queue(void **state)
{
	static const struct fq_codel_stats queue = {
		.backlog_packets = 3,
		.backlog_bytes = 4500,
		.sojourn_max_ns = 1042999999,
		.marked = 7,
	};
	char text[TOTALS_TEXT_MAX];

	(void)state;
	assert_string_equal(totals_format_queue(&queue, text),
			    "3 packets, 4500 bytes waiting, longest wait "
			    "1.042 s, 7 marked");
}

static void test_totals_format_line(void **state)
{
	static const struct {
		struct stats_line line;
		const char *text;
	} cases[] = {
		{{.known = false, .losses = 2}, "lost 2 times"},
		{{.known = true},
		 "0 framing, 0 parity, 0 overrun, 0 buffer overrun errors, 0 "
		 "breaks, lost 0 times"},
		{{.known = true,
		  .frame = 3,
		  .parity = 4,
		  .overrun = 5,
		  .buffer_overrun = 6,
		  .breaks = 7,
		  .losses = 8},
		 "3 framing, 4 parity, 5 overrun, 6 buffer overrun errors, 7 "
		 "breaks, lost 8 times"},
	};
	char text[TOTALS_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++)
		assert_string_equal(totals_format_line(&cases[i].line, text),
				    cases[i].text);
}

static void test_totals_format_vj(void **state)
{
	static const struct stats_vj vj = {
		.to_line = {.compressed = 12, .whole = 3},
		.from_line = {.compressed = 4, .whole = 1},
	};
	char text[TOTALS_TEXT_MAX];

	(void)state;
	assert_string_equal(totals_format_vj(&vj, text),
			    "sent 12 compressed, 3 uncompressed, received 4 "
			    "compressed, 1 uncompressed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totals_format_vj),
		cmocka_unit_test(test_totals_format_direction),
		cmocka_unit_test(test_totals_format_direction_has_room),
		cmocka_unit_test(test_totals_format_sum),
		cmocka_unit_test(test_totals_format_damage),
		cmocka_unit_test(test_totals_format_queue),
		cmocka_unit_test(test_totals_format_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
