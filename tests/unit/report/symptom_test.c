/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of symptom: which symptoms are reported, when, and how often.
 */
#include "../testing.h"
#include "pump/stats.h"
#include "report/symptom.h"
#include "report/symptom_text.h"

#include <sys/socket.h>

#define S UINT64_C(1000000000)

static enum symptom look_once(struct symptoms *symptoms,
			      const struct stats *stats, uint64_t now_ns)
{
	const struct symptom_view view = {.stats = stats, .is_serial = true};

	return symptoms_look(symptoms, &view, now_ns);
}

/* Look every two seconds between two times. Return: the symptom. */
static enum symptom look(struct symptoms *symptoms, const struct stats *stats,
			 uint64_t from_s, uint64_t to_s)
{
	enum symptom found = SYMPTOM_NONE;
	uint64_t at_s;

	for (at_s = from_s; at_s <= to_s; at_s += 2)
		if (!found)
			found = look_once(symptoms, stats, at_s * S);
	return found;
}

static void test_symptom_none(void **state)
{
	struct symptoms symptoms = {0};
	struct stats idle = {0};
	struct stats well = {
		.to_line.packets = 1000,
		.from_line = {.packets = 1001, .line_bytes = 84000},
	};

	(void)state;
	assert_int_equal(look(&symptoms, &idle, 100, 10000), SYMPTOM_NONE);
	well.from_line.packets += 900;
	well.from_line.dropped[STATS_DROP_BAD_CHECKSUM] = 100;
	assert_int_equal(look(&symptoms, &well, 10000, 20000), SYMPTOM_NONE);
}

static void test_symptom_nothing(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.to_line.packets = 3};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 108), SYMPTOM_NONE);
	assert_int_equal(look(&symptoms, &stats, 110, 110), SYMPTOM_NOTHING);
	assert_int_equal(look(&symptoms, &stats, 112, 1000), SYMPTOM_NONE);
}

static void test_symptom_nothing_needs_that_something_was_sent(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.to_line.packets = 2};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 200), SYMPTOM_NONE);
	/* The time starts with the first packets sent. */
	stats.to_line.packets = 3;
	assert_int_equal(look(&symptoms, &stats, 200, 208), SYMPTOM_NONE);
	stats.from_line =
		(struct stats_direction){.line_bytes = 1, .packets = 1};
	assert_int_equal(look(&symptoms, &stats, 210, 300), SYMPTOM_NONE);
}

/* REFUSED explains why nothing arrives, so NOTHING does not follow. */
static void test_symptom_refused(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.to_line.packets = 3};

	(void)state;
	stats.to_line.dropped[STATS_DROP_REFUSED] = 2;
	assert_int_equal(look(&symptoms, &stats, 100, 102), SYMPTOM_NONE);
	stats.to_line.dropped[STATS_DROP_REFUSED] = 3;
	assert_int_equal(look(&symptoms, &stats, 104, 104), SYMPTOM_REFUSED);
	assert_int_equal(look(&symptoms, &stats, 106, 200), SYMPTOM_NONE);
}

/* After packets, refusals mean that the peer has ended. */
static void test_symptom_refused_after_packets(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.packets = 1,
			      .from_line.line_bytes = 28};

	(void)state;
	stats.to_line.dropped[STATS_DROP_REFUSED] = 1000;
	assert_int_equal(look(&symptoms, &stats, 100, 200), SYMPTOM_NONE);
}

static void test_symptom_garbage(void **state)
{
	static const enum stats_drop reasons[] = {
		STATS_DROP_BAD_ESCAPE,	STATS_DROP_TOO_LONG,
		STATS_DROP_BAD_VERSION, STATS_DROP_BAD_HEADER,
		STATS_DROP_BAD_LENGTH,	STATS_DROP_BAD_CHECKSUM,
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(reasons); i++) {
		struct symptoms symptoms = {0};
		struct stats stats = {.from_line.line_bytes = 50};

		stats.from_line.dropped[reasons[i]] = 3;
		assert_int_equal(look(&symptoms, &stats, 100, 104),
				 SYMPTOM_NONE);
		assert_int_equal(look(&symptoms, &stats, 106, 106),
				 SYMPTOM_GARBAGE);
		assert_int_equal(look(&symptoms, &stats, 108, 1000),
				 SYMPTOM_NONE);
	}
}

static void test_symptom_garbage_without_an_end(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.line_bytes = 4096,
			      .unfinished_len = 4096};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 106), SYMPTOM_GARBAGE);
}

/* Certain symptoms are reported at once, even after good packets. */
static void test_symptom_certain(void **state)
{
	static const struct {
		enum guess guess;
		enum symptom symptom;
	} rows[] = {
		{GUESS_PPP, SYMPTOM_PPP},
		{GUESS_CSLIP, SYMPTOM_CSLIP},
		{GUESS_TELNET, SYMPTOM_TELNET},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		struct symptoms symptoms = {0};
		struct stats stats = {.from_line.packets = 1};

		stats.guesses[rows[i].guess] = 1;
		assert_int_equal(look(&symptoms, &stats, 100, 100),
				 rows[i].symptom);
		assert_int_equal(look(&symptoms, &stats, 102, 1000),
				 SYMPTOM_NONE);
	}
}

/* Uncertain ones need most of the bad frames, and no good packet. */
static void test_symptom_likely(void **state)
{
	static const struct {
		enum guess guess;
		enum symptom symptom;
	} rows[] = {
		{GUESS_INFO, SYMPTOM_INFO},
		{GUESS_KISS, SYMPTOM_KISS},
		{GUESS_ETHERNET, SYMPTOM_ETHERNET},
		{GUESS_IP, SYMPTOM_IP},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		struct symptoms symptoms = {0};
		struct stats stats = {0};
		uint64_t *like = &stats.guesses[rows[i].guess];
		uint64_t *bad = &stats.from_line.dropped[STATS_DROP_TOO_LONG];

		*like = *bad = 2;
		assert_int_equal(look(&symptoms, &stats, 100, 200),
				 SYMPTOM_NONE);
		*like = *bad = 3;
		stats.from_line.packets = 1;
		assert_int_equal(look(&symptoms, &stats, 200, 300),
				 SYMPTOM_NONE);
		stats.from_line.packets = 0;
		*bad = 6;
		assert_int_equal(look(&symptoms, &stats, 300, 300),
				 SYMPTOM_NONE);
		*bad = 5;
		assert_int_equal(look(&symptoms, &stats, 302, 302),
				 rows[i].symptom);
	}
}

/* A misfit of the pair is reported already, and explains such frames. */
static void test_symptom_after_a_misfit(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.has_pair = true};

	(void)state;
	stats.guesses[GUESS_ETHERNET] = 9;
	stats.from_line.dropped[STATS_DROP_BAD_VERSION] = 9;
	stats.from_line.line_bytes = 999;
	stats.to_line.packets = 9;
	stats.pair.misfits = 1;
	assert_int_equal(look(&symptoms, &stats, 100, 1000), SYMPTOM_NONE);
	stats.pair.misfits = 0;
	assert_int_equal(look(&symptoms, &stats, 1002, 1100), SYMPTOM_ETHERNET);
}

/* SLIP where KISS is expected: such frames are commands, not bad frames. */
static void test_symptom_slip(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.dropped[STATS_DROP_COMMAND] = 9};

	(void)state;
	stats.guesses[GUESS_SLIP] = 2;
	assert_int_equal(look(&symptoms, &stats, 100, 200), SYMPTOM_NONE);
	stats.guesses[GUESS_SLIP] = 3;
	stats.from_line.packets = 1;
	assert_int_equal(look(&symptoms, &stats, 200, 300), SYMPTOM_NONE);
	stats.from_line.packets = 0;
	assert_int_equal(look(&symptoms, &stats, 300, 300), SYMPTOM_SLIP);
}

/* Return: the seconds until the symptom shows, 1000: never. */
static uint64_t patience_s(const struct stats *stats, enum symptom symptom,
			   bool is_radio)
{
	struct symptom_view view = {.stats = stats,
				    .is_serial = true,
				    .is_radio = is_radio};
	struct symptoms symptoms = {0};
	uint64_t at_s;

	for (at_s = 100; at_s < 1100; at_s += 2)
		if (symptoms_look(&symptoms, &view, at_s * S) == symptom)
			break;
	return at_s - 100;
}

/* Stations take turns, so that an answer takes its time. */
static void test_symptom_radio_is_patient(void **state)
{
	struct stats silent = {.to_line.packets = 3};
	struct stats whisper = {.to_line.packets = 3,
				.from_line.line_bytes = 9};
	struct stats garbage = {.from_line.dropped[STATS_DROP_BAD_VERSION] = 3};

	(void)state;
	assert_int_equal(patience_s(&silent, SYMPTOM_NOTHING, false), 10);
	assert_int_equal(patience_s(&silent, SYMPTOM_NOTHING, true), 70);
	assert_int_equal(patience_s(&whisper, SYMPTOM_WHISPER, true), 72);
	assert_int_equal(patience_s(&garbage, SYMPTOM_GARBAGE, false), 6);
	assert_int_equal(patience_s(&garbage, SYMPTOM_GARBAGE, true), 66);
}

/* Look at a line half of whose frames are bad. */
static enum symptom look_at_half(bool is_radio)
{
	struct stats stats = {0};
	const struct symptom_view view = {.stats = &stats,
					  .is_serial = true,
					  .is_radio = is_radio};
	struct symptoms symptoms = {0};
	enum symptom found = SYMPTOM_NONE;
	uint64_t at_s;

	for (at_s = 1; at_s < 100 && !found; at_s++) {
		stats.from_line.packets += 5;
		stats.from_line.dropped[STATS_DROP_BAD_VERSION] += 5;
		found = symptoms_look(&symptoms, &view, at_s * S);
	}
	return found;
}

/* The frames of other stations are no damage. */
static void test_symptom_radio_is_not_damaged(void **state)
{
	(void)state;
	assert_int_equal(look_at_half(false), SYMPTOM_DAMAGED);
	assert_int_equal(look_at_half(true), SYMPTOM_NONE);
}

static void test_symptom_texts_of_a_radio(void **state)
{
	static const enum symptom symptoms[] = {SYMPTOM_NOTHING, SYMPTOM_TEXT,
						SYMPTOM_GARBAGE,
						SYMPTOM_WHISPER};
	struct stats stats = {0};
	struct symptom_view view = {.stats = &stats, .is_serial = true};
	char wire[SYMPTOM_TEXT_MAX];
	char radio[SYMPTOM_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(symptoms); i++) {
		view.is_radio = false;
		symptom_text(symptoms[i], &view, wire);
		view.is_radio = true;
		symptom_text(symptoms[i], &view, radio);
		assert_string_not_equal(wire, radio);
		assert_int_equal(radio[strlen(radio) - 1], ')');
	}
}

/* A telnet port sends commands before any frame. */
static void test_symptom_telnet_that_only_negotiates(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.unfinished = GUESS_TELNET};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 100), SYMPTOM_TELNET);
}

/* Most frames have neither XON nor XOFF, so they get through. */
static void test_symptom_xonxoff_beside_packets(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.packets = 100};
	uint64_t *bad = &stats.from_line.dropped[STATS_DROP_BAD_ESCAPE];

	(void)state;
	stats.guesses[GUESS_XONXOFF] = *bad = 2;
	assert_int_equal(look(&symptoms, &stats, 100, 110), SYMPTOM_NONE);
	stats.guesses[GUESS_XONXOFF] = 3;
	*bad = 6;
	assert_int_equal(look(&symptoms, &stats, 112, 114), SYMPTOM_NONE);
	*bad = 5;
	assert_int_equal(look(&symptoms, &stats, 116, 116), SYMPTOM_XONXOFF);
}

static void test_symptom_text(void **state)
{
	struct symptoms prompted = {0};
	struct stats prompt = {.unfinished = GUESS_TEXT};
	struct symptoms logged = {0};
	struct stats log = {.guesses[GUESS_TEXT] = 1};

	(void)state;
	assert_int_equal(look(&prompted, &prompt, 100, 102), SYMPTOM_NONE);
	assert_int_equal(look(&prompted, &prompt, 104, 104), SYMPTOM_TEXT);
	assert_int_equal(look(&prompted, &prompt, 106, 200), SYMPTOM_NONE);
	assert_int_equal(look(&logged, &log, 100, 104), SYMPTOM_TEXT);
}

/* A boot log before good packets is no symptom. */
static void test_symptom_text_before_packets(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.guesses[GUESS_TEXT] = 1};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 102), SYMPTOM_NONE);
	stats.from_line.packets = 1;
	assert_int_equal(look(&symptoms, &stats, 104, 200), SYMPTOM_NONE);
}

/* After a specific symptom, GARBAGE does not follow. */
static void test_symptom_explained(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {
		.from_line = {.line_bytes = 5000,
			      .dropped[STATS_DROP_BAD_VERSION] = 10},
		.unfinished = GUESS_TEXT,
	};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 104), SYMPTOM_TEXT);
	assert_int_equal(look(&symptoms, &stats, 106, 200), SYMPTOM_NONE);
}

/* The ENDs of a peer's keepalive are no garbage. */
static void test_symptom_ends_are_no_garbage(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.line_bytes = 100000};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 200), SYMPTOM_NONE);
}

/* Unwanted packets are packets. */
static void test_symptom_unwanted_is_no_garbage(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.line_bytes = 500};

	(void)state;
	stats.from_line.dropped[STATS_DROP_ROUTER_ADVERT] = 10;
	assert_int_equal(look(&symptoms, &stats, 100, 200), SYMPTOM_NONE);
	/* But if only unwanted IPv6 arrives, it is a symptom. */
	stats.from_line.dropped[STATS_DROP_IPV6] = 2;
	assert_int_equal(look(&symptoms, &stats, 200, 300), SYMPTOM_NONE);
	stats.from_line.dropped[STATS_DROP_IPV6] = 3;
	assert_int_equal(look(&symptoms, &stats, 302, 302), SYMPTOM_IPV6);
	assert_int_equal(look(&symptoms, &stats, 304, 400), SYMPTOM_NONE);
}

/* One byte is no packet, nor are the ENDs of a keepalive. */
static void test_symptom_whisper(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.to_line.packets = 3, .from_line.line_bytes = 1};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 110), SYMPTOM_NONE);
	assert_int_equal(look(&symptoms, &stats, 112, 112), SYMPTOM_WHISPER);
	assert_int_equal(look(&symptoms, &stats, 114, 200), SYMPTOM_NONE);
}

static void test_symptom_seven_bits(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.to_line.packets = 3,
			      .from_line.line_bytes = 100,
			      .unfinished_len = 100};
	uint8_t bytes[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 0x80;
	census_add(&stats.census, bytes, sizeof(bytes));
	assert_int_equal(look(&symptoms, &stats, 100, 102), SYMPTOM_NONE);
	assert_int_equal(look(&symptoms, &stats, 104, 104), SYMPTOM_SEVEN_BITS);
	assert_int_equal(look(&symptoms, &stats, 106, 200), SYMPTOM_NONE);
}

/* Damaged frames beside good ones, not only before the first. */
static void test_symptom_damaged(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.packets = 1000};
	uint64_t *bad = &stats.from_line.dropped[STATS_DROP_BAD_LENGTH];

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 120), SYMPTOM_NONE);
	/* Exactly one of ten is not enough. */
	stats.from_line.packets += 90;
	*bad += 10;
	assert_int_equal(look(&symptoms, &stats, 122, 140), SYMPTOM_NONE);
	/* Nor are a few frames, in any time. */
	*bad += 19;
	assert_int_equal(look(&symptoms, &stats, 142, 200), SYMPTOM_NONE);
	*bad += 1;
	assert_int_equal(look(&symptoms, &stats, 202, 202), SYMPTOM_DAMAGED);
	assert_int_equal(look(&symptoms, &stats, 204, 300), SYMPTOM_NONE);
}

static void test_symptom_missing_bytes(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.packets = 1000};
	struct symptom_view view = {.stats = &stats, .is_serial = true};
	char text[SYMPTOM_TEXT_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < 3 * CENSUS_LEN / 2; i++) {
		const uint8_t byte = (uint8_t)i;

		if (byte != 0x11 && byte != 0x13 && byte != 0x8F &&
		    byte != 0x9B && !census_is_done(&stats.census))
			census_add(&stats.census, &byte, 1);
	}
	assert_int_equal(look(&symptoms, &stats, 100, 110), SYMPTOM_NONE);
	stats.from_line.dropped[STATS_DROP_BAD_LENGTH] = 1;
	assert_int_equal(look(&symptoms, &stats, 112, 112), SYMPTOM_MISSING);
	symptom_text(SYMPTOM_MISSING, &view, text);
	assert_non_null(strstr(text, "the bytes 11 13 8F 9B never arrive"));
}

static void test_symptom_bad_sums(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.packets = 1000};

	(void)state;
	stats.from_line.bad_sums[STATS_SUM_TCP] = 3;
	stats.from_line.bad_sums[STATS_SUM_UDP] = 1;
	assert_int_equal(look(&symptoms, &stats, 100, 200), SYMPTOM_NONE);
	stats.from_line.bad_sums[STATS_SUM_ICMP] = 1;
	assert_int_equal(look(&symptoms, &stats, 202, 202), SYMPTOM_BAD_SUMS);
}

/* Packets wait all the time. Return: the symptom. */
static enum symptom press(struct symptoms *symptoms, struct symptom_view *view,
			  uint64_t rate, uint64_t from_s)
{
	static struct stats stats;
	enum symptom found = SYMPTOM_NONE;
	uint64_t at_s;

	stats.from_line.packets = 1;
	view->stats = &stats;
	for (at_s = from_s; at_s <= from_s + 10 && !found; at_s += 2) {
		stats.to_line.short_writes++;
		stats.to_line.line_bytes += 2 * rate;
		found = symptoms_look(symptoms, view, at_s * S);
	}
	return found;
}

static void test_symptom_baud(void **state)
{
	struct symptoms symptoms = {0};
	struct symptom_view fast = {.is_serial = true};
	struct symptom_view known = {.is_serial = true, .rate = 11520};
	struct symptom_view socket = {.is_serial = false};
	struct symptom_view slow = {.is_serial = true};

	(void)state;
	assert_int_equal(press(&symptoms, &fast, 30000000, 100), SYMPTOM_NONE);
	assert_int_equal(press(&symptoms, &known, 11520, 200), SYMPTOM_NONE);
	assert_int_equal(press(&symptoms, &socket, 11520, 300), SYMPTOM_NONE);
	assert_int_equal(press(&symptoms, &slow, 11520, 400), SYMPTOM_BAUD);
	assert_int_equal(press(&symptoms, &slow, 11520, 500), SYMPTOM_NONE);
}

/* Symptoms of addresses. */
static void test_symptom_witness(void **state)
{
	static const struct {
		enum witness_verdict verdict;
		enum symptom symptom;
	} verdicts[] = {
		{WITNESS_WELL, SYMPTOM_NONE},
		{WITNESS_ECHO, SYMPTOM_ECHO},
		{WITNESS_SAME_ADDRESS, SYMPTOM_SAME_ADDRESS},
		{WITNESS_NOT_OURS, SYMPTOM_NOT_OURS},
		{WITNESS_UNKNOWN_NETWORK, SYMPTOM_UNKNOWN_NETWORK},
	};
	char text[SYMPTOM_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(verdicts); i++) {
		const struct witness witness = {
			.verdict = verdicts[i].verdict,
			.addr = {.family = AF_INET, .bytes = {10, 0, 0, 9}}};
		struct stats stats = {.from_line.packets = 1,
				      .witness = &witness};
		struct symptoms symptoms = {0};
		const struct symptom_view view = {.stats = &stats};

		assert_int_equal(look(&symptoms, &stats, 100, 100),
				 verdicts[i].symptom);
		assert_int_equal(look(&symptoms, &stats, 102, 200),
				 SYMPTOM_NONE);
		if (verdicts[i].verdict > WITNESS_ECHO)
			assert_non_null(strstr(symptom_text(verdicts[i].symptom,
							    &view, text),
					       " 10.0.0.9"));
	}
}

static void test_symptom_line_errors(void **state)
{
	static const struct {
		struct stats_line line;
		enum symptom symptom;
	} rows[] = {
		{{.known = true, .frame = 1}, SYMPTOM_FRAMING},
		{{.known = true, .parity = 1}, SYMPTOM_PARITY},
		{{.known = true, .overrun = 1}, SYMPTOM_OVERRUN},
		{{.known = true, .buffer_overrun = 1}, SYMPTOM_OVERRUN},
		{{.known = true, .breaks = 4}, SYMPTOM_NONE},
		{{.known = true, .breaks = 5}, SYMPTOM_BREAKS},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		struct symptoms symptoms = {0};
		struct stats stats = {.line = rows[i].line};

		assert_int_equal(look(&symptoms, &stats, 100, 100),
				 rows[i].symptom);
		assert_int_equal(look(&symptoms, &stats, 102, 200),
				 SYMPTOM_NONE);
	}
}

/* A peer with packets may send breaks (SysRq). */
static void test_symptom_breaks_between_packets(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.from_line.packets = 1, .line.breaks = 100};

	(void)state;
	assert_int_equal(look(&symptoms, &stats, 100, 200), SYMPTOM_NONE);
}

/* Several symptoms at once are reported one after the other. */
static void test_symptom_several(void **state)
{
	struct symptoms symptoms = {0};
	struct stats stats = {.line = {.frame = 1, .overrun = 1}};

	(void)state;
	assert_int_equal(look_once(&symptoms, &stats, 1 * S), SYMPTOM_FRAMING);
	assert_int_equal(look_once(&symptoms, &stats, 2 * S), SYMPTOM_OVERRUN);
	assert_int_equal(look_once(&symptoms, &stats, 3 * S), SYMPTOM_NONE);
}

/* The longest text fits into the buffer. */
static const char *text_of(enum symptom symptom, bool is_serial)
{
	static char text[SYMPTOM_TEXT_MAX];
	static const struct witness witness = {
		.addr = {.family = AF_INET6,
			 .bytes = {0xFD, 0xFF, 0xFF, 0xFF}}};
	static struct stats stats = {.witness = &witness};
	const struct symptom_view view = {.stats = &stats,
					  .is_serial = is_serial};

	symptom_text(symptom, &view, text);
	assert_int_equal(text[strlen(text) - 1], ')');
	assert_null(strchr(text, '%'));
	return text;
}

static void test_symptom_texts(void **state)
{
	int symptom;

	(void)state;
	for (symptom = SYMPTOM_NONE + 1; symptom < SYMPTOM_COUNT; symptom++) {
		enum symptom shown = (enum symptom)symptom;

		assert_non_null(strchr(text_of(shown, true), '('));
		assert_non_null(strchr(text_of(shown, false), '('));
	}
}

/* Without a cable, the text does not mention one. */
static void test_symptom_texts_without_a_cable(void **state)
{
	(void)state;
	assert_non_null(strstr(text_of(SYMPTOM_NOTHING, true), "RX"));
	assert_null(strstr(text_of(SYMPTOM_NOTHING, false), "RX"));
	assert_non_null(strstr(text_of(SYMPTOM_GARBAGE, true), "--baud"));
	assert_null(strstr(text_of(SYMPTOM_GARBAGE, false), "--baud"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symptom_none),
		cmocka_unit_test(test_symptom_nothing),
		cmocka_unit_test(
			test_symptom_nothing_needs_that_something_was_sent),
		cmocka_unit_test(test_symptom_refused),
		cmocka_unit_test(test_symptom_refused_after_packets),
		cmocka_unit_test(test_symptom_garbage),
		cmocka_unit_test(test_symptom_garbage_without_an_end),
		cmocka_unit_test(test_symptom_ends_are_no_garbage),
		cmocka_unit_test(test_symptom_unwanted_is_no_garbage),
		cmocka_unit_test(test_symptom_certain),
		cmocka_unit_test(test_symptom_likely),
		cmocka_unit_test(test_symptom_telnet_that_only_negotiates),
		cmocka_unit_test(test_symptom_xonxoff_beside_packets),
		cmocka_unit_test(test_symptom_after_a_misfit),
		cmocka_unit_test(test_symptom_slip),
		cmocka_unit_test(test_symptom_radio_is_patient),
		cmocka_unit_test(test_symptom_radio_is_not_damaged),
		cmocka_unit_test(test_symptom_texts_of_a_radio),
		cmocka_unit_test(test_symptom_text),
		cmocka_unit_test(test_symptom_text_before_packets),
		cmocka_unit_test(test_symptom_explained),
		cmocka_unit_test(test_symptom_whisper),
		cmocka_unit_test(test_symptom_seven_bits),
		cmocka_unit_test(test_symptom_damaged),
		cmocka_unit_test(test_symptom_missing_bytes),
		cmocka_unit_test(test_symptom_bad_sums),
		cmocka_unit_test(test_symptom_baud),
		cmocka_unit_test(test_symptom_witness),
		cmocka_unit_test(test_symptom_line_errors),
		cmocka_unit_test(test_symptom_breaks_between_packets),
		cmocka_unit_test(test_symptom_several),
		cmocka_unit_test(test_symptom_texts),
		cmocka_unit_test(test_symptom_texts_without_a_cable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
