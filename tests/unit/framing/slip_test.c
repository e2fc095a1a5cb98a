/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of slip: RFC 1055 under every chunking, with and without escaped XON
 * and XOFF.
 *
 * A trace records the results of a decoder as text: a frame is "<packet>", a
 * bad escape is "!", a frame that is too long is "#". Two decodings are equal
 * if their traces are equal.
 */
#include "../testing.h"
#include "framing/slip.h"
#include "slip_reference.h"

#include <stdio.h>

/* Octal, because a hexadecimal escape swallows the letters behind it. */
#define END	"\300"
#define ESC	"\333"
#define ESC_END "\334"
#define ESC_ESC "\335"

#define XON	 "\021"
#define XOFF	 "\023"
#define ESC_XON	 "\336"
#define ESC_XOFF "\337"

#define ESC_INNER "\340"

/* Longer than any packet. */
#define STREAM_MAX (1 << 20)

struct trace {
	size_t len;
	uint8_t text[4 * FRAMING_CONTENTS_MAX];
};

static void trace_append(struct trace *trace, const void *text, size_t len)
{
	assert_true(len <= sizeof(trace->text) - trace->len);
	memcpy(trace->text + trace->len, text, len);
	trace->len += len;
}

static void trace_status(struct trace *trace, enum framing_status status,
			 const uint8_t *packet, size_t len)
{
	switch (status) {
	case FRAMING_MORE:
		break;
	case FRAMING_FRAME:
		assert_in_range(len, 1, FRAMING_CONTENTS_MAX);
		trace_append(trace, "<", 1);
		trace_append(trace, packet, len);
		trace_append(trace, ">", 1);
		break;
	case FRAMING_BAD_ESCAPE:
	case FRAMING_XONXOFF_ESCAPE:
		trace_append(trace, "!", 1);
		break;
	case FRAMING_EMPTY:
		fail_msg("SLIP passes over empty frames");
		break;
	case FRAMING_COMMAND:
		fail_msg("SLIP knows no commands");
		break;
	case FRAMING_TOO_LONG:
		trace_append(trace, "#", 1);
		break;
	}
}

/* Decode one chunk, and check the promises of slip_decode(). */
static void feed(struct slip_decoder *decoder, const uint8_t *bytes, size_t len,
		 struct trace *trace)
{
	uint8_t *chunk = testing_copy(bytes, len);
	enum framing_status status;
	size_t at = 0;
	size_t used;

	do {
		used = slip_decode(decoder, chunk + at, len - at, &status);
		assert_true(used <= len - at);
		assert_true(used || at == len);
		if (status == FRAMING_MORE)
			assert_int_equal(used, len - at);
		at += used;
		trace_status(trace, status, decoder->packet + decoder->frame_at,
			     decoder->len - decoder->frame_at);
	} while (at < len);
	free(chunk);
}

static void reference_feed(struct slip_reference *reference,
			   const uint8_t *bytes, size_t len,
			   struct trace *trace)
{
	size_t i;

	for (i = 0; i < len; i++) {
		const enum framing_status status =
			slip_reference_push(reference, bytes[i]);

		trace_status(trace, status, reference->packet + reference->at,
			     reference->len - reference->at);
	}
}

/* Print bytes as text for a person to compare, as far as there is room. */
static const char *readable(const void *bytes, size_t len, char *text,
			    size_t cap)
{
	const uint8_t *o = bytes;
	size_t at = 0;
	size_t i;

	*text = '\0';
	for (i = 0; i < len && at < cap; i++)
		at += (size_t)snprintf(text + at, cap - at,
				       o[i] > ' ' && o[i] < 0x7F ? "%c"
								 : "\\%03o",
				       o[i]);
	return text;
}

static void assert_same(const char *what, const void *got, size_t got_len,
			const void *wanted, size_t wanted_len)
{
	char got_text[256];
	char wanted_text[256];

	if (got_len == wanted_len && !memcmp(got, wanted, wanted_len))
		return;
	fail_msg("%s: %zu bytes %s, wanted are %zu bytes %s", what, got_len,
		 readable(got, got_len, got_text, sizeof(got_text)), wanted_len,
		 readable(wanted, wanted_len, wanted_text,
			  sizeof(wanted_text)));
}

/* These are too large for the stack. */
static struct trace got;
static struct trace wanted;

/* May frames be inside of frames? */
static bool takes_inner;

static struct slip_decoder *new_decoder(enum slip_escapes escapes)
{
	struct slip_decoder *decoder = calloc(1, sizeof(*decoder));

	assert_non_null(decoder);
	decoder->escapes = escapes;
	decoder->takes_inner = takes_inner;
	got.len = 0;
	return decoder;
}

static void check_chunks(const char *what, enum slip_escapes escapes,
			 const void *stream, size_t len, size_t chunk_len)
{
	struct slip_decoder *decoder = new_decoder(escapes);
	const uint8_t *bytes = stream;
	size_t at;

	for (at = 0; at < len; at += chunk_len)
		feed(decoder, bytes + at,
		     len - at < chunk_len ? len - at : chunk_len, &got);
	assert_same(what, got.text, got.len, wanted.text, wanted.len);
	free(decoder);
}

/* Decode in three chunks, any of which may be empty. */
static void check_three_chunks(const char *what, enum slip_escapes escapes,
			       const void *stream, size_t len, size_t first,
			       size_t second)
{
	struct slip_decoder *decoder = new_decoder(escapes);
	const uint8_t *bytes = stream;

	feed(decoder, bytes, first, &got);
	feed(decoder, bytes + first, second - first, &got);
	feed(decoder, bytes + second, len - second, &got);
	assert_same(what, got.text, got.len, wanted.text, wanted.len);
	free(decoder);
}

static void want(const void *text, size_t len)
{
	wanted.len = 0;
	trace_append(&wanted, text, len);
}

#define BYTES(text) (text), sizeof(text) - 1

static const enum slip_escapes both[] = {SLIP_ESCAPES_RFC1055,
					 SLIP_ESCAPES_XONXOFF};

static const struct {
	enum slip_escapes escapes;
	const char *packet;
	size_t packet_len;
	const char *frame;
	size_t frame_len;
} encodings[] = {
	{SLIP_ESCAPES_RFC1055, BYTES(""), BYTES(END)},
	{SLIP_ESCAPES_RFC1055, BYTES("a"), BYTES("a" END)},
	{SLIP_ESCAPES_RFC1055, BYTES("\0\0\377"), BYTES("\0\0\377" END)},
	{SLIP_ESCAPES_RFC1055, BYTES(END), BYTES(ESC ESC_END END)},
	{SLIP_ESCAPES_RFC1055, BYTES(ESC), BYTES(ESC ESC_ESC END)},
	{SLIP_ESCAPES_RFC1055, BYTES(ESC_END), BYTES(ESC_END END)},
	{SLIP_ESCAPES_RFC1055, BYTES(ESC_ESC), BYTES(ESC_ESC END)},
	{SLIP_ESCAPES_RFC1055, BYTES(ESC ESC_END),
	 BYTES(ESC ESC_ESC ESC_END END)},
	{SLIP_ESCAPES_RFC1055, BYTES(ESC ESC_ESC),
	 BYTES(ESC ESC_ESC ESC_ESC END)},
	{SLIP_ESCAPES_RFC1055, BYTES(END END),
	 BYTES(ESC ESC_END ESC ESC_END END)},
	{SLIP_ESCAPES_RFC1055, BYTES(END ESC),
	 BYTES(ESC ESC_END ESC ESC_ESC END)},
	{SLIP_ESCAPES_RFC1055, BYTES("a" END "b" ESC "c"),
	 BYTES("a" ESC ESC_END "b" ESC ESC_ESC "c" END)},
	{SLIP_ESCAPES_RFC1055, BYTES("fifteen bytes" END "and more"),
	 BYTES("fifteen bytes" ESC ESC_END "and more" END)},
	{SLIP_ESCAPES_RFC1055, BYTES("sixteen bytes!" ESC),
	 BYTES("sixteen bytes!" ESC ESC_ESC END)},
	{SLIP_ESCAPES_RFC1055, BYTES("seventeen bytes" END),
	 BYTES("seventeen bytes" ESC ESC_END END)},
	{SLIP_ESCAPES_RFC1055, BYTES(XON XOFF), BYTES(XON XOFF END)},

	{SLIP_ESCAPES_XONXOFF, BYTES(""), BYTES(END)},
	{SLIP_ESCAPES_XONXOFF, BYTES(XON), BYTES(ESC ESC_XON END)},
	{SLIP_ESCAPES_XONXOFF, BYTES(XOFF), BYTES(ESC ESC_XOFF END)},
	{SLIP_ESCAPES_XONXOFF, BYTES(ESC_XON ESC_XOFF),
	 BYTES(ESC_XON ESC_XOFF END)},
	{SLIP_ESCAPES_XONXOFF, BYTES("\020\022\024\221\223"),
	 BYTES("\020\022\024\221\223" END)},
	{SLIP_ESCAPES_XONXOFF, BYTES(END XON ESC XOFF),
	 BYTES(ESC ESC_END ESC ESC_XON ESC ESC_ESC ESC ESC_XOFF END)},
	{SLIP_ESCAPES_XONXOFF,
	 BYTES("seventeen bytes" XOFF "fifteen bytes " XON),
	 BYTES("seventeen bytes" ESC ESC_XOFF
	       "fifteen bytes " ESC ESC_XON END)},
};

static void test_slip_encode_table(void **state)
{
	uint8_t out[64];
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(encodings); i++) {
		len = slip_encode(out, (const uint8_t *)encodings[i].packet,
				  encodings[i].packet_len,
				  encodings[i].escapes);
		assert_same("encoded", out, len, encodings[i].frame,
			    encodings[i].frame_len);
	}
}

/* Each frame of the table decodes to its packet, except the empty one. */
static void test_slip_decode_undoes_encode(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(encodings); i++) {
		wanted.len = 0;
		if (encodings[i].packet_len)
			trace_status(&wanted, FRAMING_FRAME,
				     (const uint8_t *)encodings[i].packet,
				     encodings[i].packet_len);
		check_chunks("decoded", encodings[i].escapes,
			     encodings[i].frame, encodings[i].frame_len,
			     encodings[i].frame_len);
	}
}

struct decoding {
	const char *what;
	const char *stream;
	size_t stream_len;
	const char *trace;
	size_t trace_len;
};

/* The same with and without escaped XON and XOFF. */
static const struct decoding decodings[] = {
	{"nothing", BYTES(""), BYTES("")},
	{"a frame", BYTES(END "abc" END), BYTES("<abc>")},
	{"two frames", BYTES(END "abc" END END "de" END), BYTES("<abc><de>")},
	{"one END between", BYTES("abc" END "de" END), BYTES("<abc><de>")},
	{"no END yet", BYTES(END "abc"), BYTES("")},
	{"empty frames", BYTES(END END END "a" END END END END "b" END END),
	 BYTES("<a><b>")},
	{"noise", BYTES("?~" END "abc" END), BYTES("<?~><abc>")},
	{"escapes", BYTES(END ESC ESC_END ESC ESC_ESC END),
	 BYTES("<" END ESC ">")},
	{"escapes inside", BYTES("a" ESC ESC_END "b" ESC ESC_ESC "c" END),
	 BYTES("<a" END "b" ESC "c>")},
	{"an escaped escape of END", BYTES(ESC ESC_ESC ESC_END END),
	 BYTES("<" ESC ESC_END ">")},
	{"the second bytes alone", BYTES(ESC_END ESC_ESC END),
	 BYTES("<" ESC_END ESC_ESC ">")},

	{"ESC plain", BYTES("ab" ESC "cd" END "ef" END), BYTES("!<ef>")},
	{"ESC ESC", BYTES("ab" ESC ESC "cd" END "ef" END), BYTES("!<ef>")},
	{"ESC ESC ESC_END", BYTES(ESC ESC ESC_END END "ef" END),
	 BYTES("!<ef>")},
	{"ESC END", BYTES("ab" ESC END "ef" END), BYTES("!<ef>")},
	{"ESC END END", BYTES("ab" ESC END END "ef" END), BYTES("!<ef>")},
	{"ESC END first of all", BYTES(ESC END "ef" END), BYTES("!<ef>")},
	{"ESC ESC_INNER", BYTES("ab" ESC ESC_INNER "cd" END "ef" END),
	 BYTES("!<ef>")},
	{"ESC 0", BYTES("ab" ESC "\0" END "ef" END), BYTES("!<ef>")},
	{"one report of a bad escape",
	 BYTES("ab" ESC "c" ESC "d" ESC ESC ESC END "ef" END), BYTES("!<ef>")},
	{"a report before the frame ends", BYTES("ab" ESC "c"), BYTES("!")},
	{"escapes in a skipped frame",
	 BYTES(ESC "c" ESC ESC_END ESC ESC_ESC END "ef" END), BYTES("!<ef>")},
	{"ESC at the end of a skipped frame", BYTES(ESC "c" ESC END "ef" END),
	 BYTES("!<ef>")},
	{"one bad frame after the other",
	 BYTES(ESC "a" END ESC END "b" ESC ESC END "ef" END), BYTES("!!!<ef>")},
	{"ESC only", BYTES(ESC ESC ESC ESC ESC ESC ESC ESC ESC), BYTES("!")},
	{"ESC only, then a frame", BYTES(ESC ESC ESC ESC ESC END "ef" END),
	 BYTES("!<ef>")},
	{"a good, a bad, a good one",
	 BYTES(END "ab" END END "c" ESC "d" END END "ef" END),
	 BYTES("<ab>!<ef>")},
};

static const struct decoding decodings_rfc1055[] = {
	{"XON and XOFF are data", BYTES(END XON "a" XOFF END),
	 BYTES("<" XON "a" XOFF ">")},
	{"ESC ESC_XON", BYTES("a" ESC ESC_XON END "ef" END), BYTES("!<ef>")},
	{"ESC ESC_XOFF", BYTES("a" ESC ESC_XOFF END "ef" END), BYTES("!<ef>")},
	{"ESC XON", BYTES("a" ESC XON END "ef" END), BYTES("!<ef>")},
};

static const struct decoding decodings_xonxoff[] = {
	{"XON and XOFF escaped", BYTES(END ESC ESC_XON "a" ESC ESC_XOFF END),
	 BYTES("<" XON "a" XOFF ">")},
	{"the second bytes of XON and XOFF alone", BYTES(ESC_XON ESC_XOFF END),
	 BYTES("<" ESC_XON ESC_XOFF ">")},
	{"XON and XOFF in a frame", BYTES(END "a" XOFF XON "b" XON END),
	 BYTES("<ab>")},
	{"XON and XOFF between frames", BYTES(XON "a" END XOFF XON END "b" END),
	 BYTES("<a><b>")},
	{"nothing else in a frame", BYTES(END XON XOFF END "ef" END),
	 BYTES("<ef>")},
	{"XOFF behind ESC", BYTES("a" ESC XOFF ESC_END "b" END),
	 BYTES("<a" END "b>")},
	{"XON behind ESC, then a bad escape",
	 BYTES("a" ESC XON XON "b" END "ef" END), BYTES("!<ef>")},
	{"XON behind ESC, then END", BYTES("a" ESC XON END "ef" END),
	 BYTES("!<ef>")},
	{"XON in a skipped frame", BYTES("a" ESC "b" XON "c" END "ef" END),
	 BYTES("!<ef>")},
	{"XON in a long run", BYTES("sixteen bytes! and" XON " more" END),
	 BYTES("<sixteen bytes! and more>")},
};

/* The same with and without escaped XON and XOFF, if takes_inner. */
static const struct decoding decodings_inner[] = {
	{"a frame in a frame", BYTES("ab" ESC ESC_INNER "cd" END "ef" END),
	 BYTES("<cd><abef>")},
	{"two frames in a frame",
	 BYTES("ab" ESC ESC_INNER "c" END "d" ESC ESC_INNER "e" END "f" END),
	 BYTES("<c><e><abdf>")},
	{"two frames in one place",
	 BYTES("ab" ESC ESC_INNER "c" END ESC ESC_INNER "e" END "f" END
	       "g" END),
	 BYTES("<c><e><abf><g>")},
	{"a frame in front of the END",
	 BYTES("ab" ESC ESC_INNER "c" END END "d" END), BYTES("<c><ab><d>")},
	{"a frame at the start of a frame",
	 BYTES(ESC ESC_INNER "c" END "ab" END "d" END), BYTES("<c><ab><d>")},
	{"a frame outside of a frame",
	 BYTES("a" END ESC ESC_INNER "c" END END "d" END), BYTES("<a><c><d>")},
	{"escapes in both frames",
	 BYTES("a" ESC ESC_END ESC ESC_INNER ESC ESC_ESC "c" END ESC ESC_ESC
	       "b" END),
	 BYTES("<" ESC "c><a" END ESC "b>")},
	{"the code without ESC", BYTES("a" ESC_INNER "b" END),
	 BYTES("<a" ESC_INNER "b>")},
	{"an escaped ESC, then the code", BYTES("a" ESC ESC_ESC ESC_INNER END),
	 BYTES("<a" ESC ESC_INNER ">")},
	{"an empty frame in a frame", BYTES("ab" ESC ESC_INNER END "cd" END),
	 BYTES("<abcd>")},
	{"a bad escape in the inner frame",
	 BYTES("ab" ESC ESC_INNER "c" ESC "x"
	       "y" END "cd" END),
	 BYTES("!<abcd>")},
	{"ESC END in the inner frame",
	 BYTES("ab" ESC ESC_INNER "c" ESC END "cd" END), BYTES("!<abcd>")},
	{"a bad escape in the outer frame",
	 BYTES("ab" ESC "x" ESC ESC_INNER "c" END "de" END "f" END),
	 BYTES("!<de><f>")},
	{"an inner frame in an inner frame",
	 BYTES("ab" ESC ESC_INNER "c" ESC ESC_INNER "d" END "e" END "f" END),
	 BYTES("!<d><abe><f>")},
	{"inner frames for ever",
	 BYTES("ab" ESC ESC_INNER ESC ESC_INNER ESC ESC_INNER ESC ESC_INNER
	       "d" END "e" END),
	 BYTES("!!!<d><abe>")},
	{"the inner END is lost: a leading END ends both",
	 BYTES("ab" ESC ESC_INNER "c"
	       "de" END END "f" END),
	 BYTES("<cde><ab><f>")},
	{"the outer END is lost",
	 BYTES("ab" ESC ESC_INNER "c" END "d" END "f" END),
	 BYTES("<c><abd><f>")},
	{"the inner frame comes last", BYTES("ab" ESC ESC_INNER "c" END),
	 BYTES("<c>")},
};

/* Decode one stream, in chunks of the test's choice. */
typedef void check_decoding(const struct decoding *decoding,
			    enum slip_escapes escapes);

static void check_decodings(check_decoding *check)
{
	size_t i;
	size_t j;

	for (i = 0; i < TESTING_COUNT(decodings); i++)
		for (j = 0; j < TESTING_COUNT(both); j++)
			check(&decodings[i], both[j]);
	takes_inner = true;
	for (i = 0; i < TESTING_COUNT(decodings_inner); i++)
		for (j = 0; j < TESTING_COUNT(both); j++)
			check(&decodings_inner[i], both[j]);
	takes_inner = false;
	for (i = 0; i < TESTING_COUNT(decodings_rfc1055); i++)
		check(&decodings_rfc1055[i], SLIP_ESCAPES_RFC1055);
	for (i = 0; i < TESTING_COUNT(decodings_xonxoff); i++)
		check(&decodings_xonxoff[i], SLIP_ESCAPES_XONXOFF);
}

static void check_at_once(const struct decoding *decoding,
			  enum slip_escapes escapes)
{
	want(decoding->trace, decoding->trace_len);
	check_chunks(decoding->what, escapes, decoding->stream,
		     decoding->stream_len, STREAM_MAX);
}

static void test_slip_decode_table(void **state)
{
	(void)state;
	check_decodings(check_at_once);
}

static void check_byte_by_byte(const struct decoding *decoding,
			       enum slip_escapes escapes)
{
	want(decoding->trace, decoding->trace_len);
	check_chunks(decoding->what, escapes, decoding->stream,
		     decoding->stream_len, 1);
}

static void test_slip_decode_byte_by_byte(void **state)
{
	(void)state;
	check_decodings(check_byte_by_byte);
}

/* If one of the three chunks is empty, they are two. */
static void check_every_split(const struct decoding *decoding,
			      enum slip_escapes escapes)
{
	size_t len = decoding->stream_len;
	size_t first;
	size_t second;

	want(decoding->trace, decoding->trace_len);
	for (first = 0; first <= len; first++)
		for (second = first; second <= len; second++)
			check_three_chunks(decoding->what, escapes,
					   decoding->stream, len, first,
					   second);
}

static void test_slip_decode_every_split(void **state)
{
	(void)state;
	check_decodings(check_every_split);
}

/* Return: a random byte; one in @plain_per_special + 1 is special. */
static uint8_t random_byte(uint64_t *seed, size_t plain_per_special)
{
	static const uint8_t special[] = {
		SLIP_END,  SLIP_ESC,	 SLIP_ESC_END,	SLIP_ESC_ESC,  SLIP_XON,
		SLIP_XOFF, SLIP_ESC_XON, SLIP_ESC_XOFF, SLIP_ESC_INNER};

	if (!testing_random(seed, plain_per_special + 1))
		return special[testing_random(seed, sizeof(special))];
	return (uint8_t)testing_random(seed, 256);
}

static void random_bytes(uint64_t *seed, uint8_t *bytes, size_t len,
			 size_t plain_per_special)
{
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = random_byte(seed, plain_per_special);
}

/* Decoder and reference read all streams without a reset. */
static void check_random_streams(uint64_t seed, enum slip_escapes escapes)
{
	static const size_t mixes[] = {0, 1, 5, 60};
	struct slip_decoder *decoder = new_decoder(escapes);
	struct slip_reference *reference = calloc(1, sizeof(*reference));
	uint8_t bytes[200];
	char what[64];
	size_t len;
	size_t at;
	size_t n;
	int round;

	assert_non_null(reference);
	reference->escapes = escapes;
	reference->takes_inner = takes_inner;
	snprintf(what, sizeof(what), "seed %#llx", (unsigned long long)seed);
	for (round = 0; round < 3000; round++) {
		len = testing_random(&seed, sizeof(bytes) + 1);
		random_bytes(&seed, bytes, len, mixes[round % 4]);
		got.len = 0;
		wanted.len = 0;
		reference_feed(reference, bytes, len, &wanted);
		for (at = 0; at < len; at += n) {
			n = 1 + testing_random(&seed, 40);
			if (n > len - at)
				n = len - at;
			feed(decoder, bytes + at, n, &got);
		}
		assert_same(what, got.text, got.len, wanted.text, wanted.len);
	}
	free(reference);
	free(decoder);
}

static void test_slip_decode_random_streams(void **state)
{
	static const uint64_t seeds[] = {1, 0xC0DBDCDD, 1055, 0x5EED5EED5EED};
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < TESTING_COUNT(seeds); i++)
		for (j = 0; j < TESTING_COUNT(both); j++)
			check_random_streams(seeds[i], both[j]);
}

static void test_slip_decode_random_inner_frames(void **state)
{
	takes_inner = true;
	test_slip_decode_random_streams(state);
	takes_inner = false;
}

/* A long frame with the longest inner one, or with one that is too long. */
static void check_inner_length(size_t outer_len, size_t inner_len)
{
	static uint8_t bytes[FRAMING_CONTENTS_MAX + 2 * FRAMING_INNER_MAX];
	struct slip_decoder *decoder;
	size_t len = 0;

	takes_inner = true;
	decoder = new_decoder(SLIP_ESCAPES_RFC1055);
	takes_inner = false;
	memset(bytes, 'o', outer_len - 1);
	len = outer_len - 1;
	bytes[len++] = SLIP_ESC;
	bytes[len++] = SLIP_ESC_INNER;
	memset(bytes + len, 'i', inner_len);
	len += inner_len;
	bytes[len++] = SLIP_END;
	bytes[len++] = 'o';
	bytes[len++] = SLIP_END;
	bytes[len++] = 'n';
	bytes[len++] = SLIP_END;
	feed(decoder, bytes, len, &got);
	if (inner_len > FRAMING_INNER_MAX) {
		/* Its END was lost, so the outer frame is lost, too. */
		assert_same("too long", got.text, got.len, "#<o><n>", 7);
	} else {
		assert_int_equal(got.len, inner_len + outer_len + 4 + 3);
		assert_memory_equal(got.text + got.len - 6, "oo><n>", 6);
	}
	free(decoder);
}

static void test_slip_decode_inner_lengths(void **state)
{
	(void)state;
	check_inner_length(1500, FRAMING_INNER_MAX);
	check_inner_length(1500, FRAMING_INNER_MAX + 1);
	check_inner_length(FRAMING_CONTENTS_MAX, FRAMING_INNER_MAX);
	check_inner_length(FRAMING_CONTENTS_MAX, FRAMING_INNER_MAX + 1);
}

/* All lengths and alignments, from random bytes to special bytes only. */
static void check_random_packets(enum slip_escapes escapes)
{
	static const size_t mixes[] = {0, 3, 30, 1000};
	uint8_t frame[FRAMING_ENCODED_MAX(300)];
	uint8_t reference[FRAMING_ENCODED_MAX(300)];
	uint8_t bytes[16 + 300];
	uint64_t seed = 1988;
	size_t reference_len;
	size_t frame_len;
	size_t align;
	size_t len;

	for (len = 0; len <= 300; len++) {
		for (align = 0; align < 16; align++) {
			uint8_t *packet;

			random_bytes(&seed, bytes, align + len,
				     mixes[align % 4]);
			packet = testing_copy(bytes, align + len);
			frame_len = slip_encode(frame, packet + align, len,
						escapes);
			reference_len =
				slip_reference_encode(reference, packet + align,
						      len, escapes);
			assert_same("encoded", frame, frame_len, reference,
				    reference_len);
			free(packet);
		}
	}
}

static void test_slip_encode_random_packets(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(both); i++)
		check_random_packets(both[i]);
}

/* Remove XON and XOFF, as a line with software flow control does. */
static size_t eat_xonxoff(uint8_t *bytes, size_t len)
{
	size_t left = 0;
	size_t i;

	for (i = 0; i < len; i++)
		if (bytes[i] != SLIP_XON && bytes[i] != SLIP_XOFF)
			bytes[left++] = bytes[i];
	return left;
}

static void check_survival(enum slip_escapes escapes)
{
	struct slip_decoder *decoder = new_decoder(escapes);
	uint8_t frame[FRAMING_ENCODED_MAX(1500)];
	uint8_t packet[1500];
	uint64_t seed = 1500;
	size_t frame_len;
	size_t len;
	int round;

	for (round = 0; round < 500; round++) {
		len = 1 + testing_random(&seed, sizeof(packet));
		random_bytes(&seed, packet, len, (size_t)round % 100);
		got.len = 0;
		wanted.len = 0;
		trace_status(&wanted, FRAMING_FRAME, packet, len);
		frame_len = slip_encode(frame, packet, len, escapes);
		if (escapes == SLIP_ESCAPES_XONXOFF)
			assert_int_equal(eat_xonxoff(frame, frame_len),
					 frame_len);
		feed(decoder, frame, frame_len, &got);
		assert_same("survived", got.text, got.len, wanted.text,
			    wanted.len);
	}
	free(decoder);
}

static void test_slip_random_packets_survive(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(both); i++)
		check_survival(both[i]);
}

/* A packet of special bytes only: the longest possible frame. */
static void check_worst_case(uint8_t special, enum slip_escapes escapes)
{
	static const uint8_t guard[16] = "fifteen guards!";
	/* One byte of the maximum is for a leading END. */
	const size_t cap = 2 * FRAMING_CONTENTS_MAX + 1;
	uint8_t *packet = malloc(FRAMING_CONTENTS_MAX);
	uint8_t *out = malloc(cap + sizeof(guard));

	assert_non_null(packet);
	assert_non_null(out);
	memset(packet, special, FRAMING_CONTENTS_MAX);
	memset(out, 0, cap);
	memcpy(out + cap, guard, sizeof(guard));
	assert_int_equal(
		slip_encode(out, packet, FRAMING_CONTENTS_MAX, escapes), cap);
	assert_int_equal(out[0], SLIP_ESC);
	assert_int_equal(out[cap - 3], SLIP_ESC);
	assert_int_equal(out[cap - 1], SLIP_END);
	assert_memory_equal(out + cap, guard, sizeof(guard));

	wanted.len = 0;
	trace_status(&wanted, FRAMING_FRAME, packet, FRAMING_CONTENTS_MAX);
	check_chunks("decoded", escapes, out, cap, cap);
	free(out);
	free(packet);
}

static void test_slip_encode_worst_case(void **state)
{
	(void)state;
	check_worst_case(SLIP_END, SLIP_ESCAPES_RFC1055);
	check_worst_case(SLIP_ESC, SLIP_ESCAPES_RFC1055);
	check_worst_case(SLIP_END, SLIP_ESCAPES_XONXOFF);
	check_worst_case(SLIP_ESC, SLIP_ESCAPES_XONXOFF);
	check_worst_case(SLIP_XON, SLIP_ESCAPES_XONXOFF);
	check_worst_case(SLIP_XOFF, SLIP_ESCAPES_XONXOFF);
}

static uint8_t stream[STREAM_MAX];
static size_t stream_len;

/* Append a text to the stream, @times times. */
static void stream_append(const char *text, size_t times)
{
	const char *t;

	assert_true(strlen(text) * times <= sizeof(stream) - stream_len);
	for (; times; times--)
		for (t = text; *t; t++)
			stream[stream_len++] = (uint8_t)*t;
}

/* Frames at the limit, just above it, and far above it. */
static const struct {
	const char *what;
	const char *begin;
	const char *fill; /* repeated so often: */
	size_t times;
	const char *end;
	const char *verdict; /* NULL: a good frame */
} lengths[] = {
	{"65543 plain bytes", "", "x", 65543, END, NULL},
	{"65543 escaped bytes", "", ESC ESC_END, 65543, END, NULL},
	{"65542 plain bytes and an escaped one", "", "x", 65542,
	 ESC ESC_ESC END, NULL},
	{"65543 plain bytes behind a frame", "a" END END, "x", 65543, END,
	 NULL},
	{"65544 plain bytes", "", "x", 65544, END, "#"},
	{"65544 escaped bytes", "", ESC ESC_END, 65544, END, "#"},
	{"65543 plain bytes and END escaped", "", "x", 65543, ESC ESC_END END,
	 "#"},
	{"65543 plain bytes and ESC escaped", "", "x", 65543, ESC ESC_ESC END,
	 "#"},
	{"65543 escaped bytes and a plain one", "", ESC ESC_ESC, 65543, "x" END,
	 "#"},
	{"65543 plain bytes and a bad escape", "", "x", 65543, ESC "x" END,
	 "!"},
	{"65543 plain bytes and ESC END", "", "x", 65543, ESC END, "!"},
	{"a bad escape in what is too long", "", "x", 65544, ESC "x" ESC END,
	 "#"},
	{"what is too long in a bad escape", ESC "x", "x", 70000, END, "!"},
	{"a million plain bytes", "", "x", 1000000, END, "#"},
	{"half a million escaped bytes", "", ESC ESC_END, 500000, END, "#"},
	{"a million ESC", "", ESC, 1000000, END, "!"},
};

/* A stream of the table yields its own result, and then "next". */
static void want_length(size_t row)
{
	static struct slip_reference reference;

	memset(&reference, 0, sizeof(reference));
	want("", 0);
	if (!lengths[row].verdict) {
		reference_feed(&reference, stream, stream_len, &wanted);
		assert_true(wanted.len > 65543);
		return;
	}
	trace_append(&wanted, lengths[row].verdict, 1);
	trace_append(&wanted, BYTES("<next>"));
}

static void test_slip_decode_lengths(void **state)
{
	static const size_t chunk_lens[] = {STREAM_MAX, 4095, 65536, 1};
	size_t row;
	size_t i;

	(void)state;
	for (row = 0; row < TESTING_COUNT(lengths); row++) {
		stream_len = 0;
		stream_append(lengths[row].begin, 1);
		stream_append(lengths[row].fill, lengths[row].times);
		stream_append(lengths[row].end, 1);
		stream_append(END "next" END, 1);
		want_length(row);
		for (i = 0; i < TESTING_COUNT(chunk_lens); i++)
			check_chunks(lengths[row].what, SLIP_ESCAPES_RFC1055,
				     stream, stream_len, chunk_lens[i]);
	}
}

/* The decoder reports a dropped frame at once, not at its END. */
static void test_slip_decode_tells_at_once(void **state)
{
	struct slip_decoder *decoder = new_decoder(SLIP_ESCAPES_RFC1055);

	(void)state;
	memset(stream, 'x', FRAMING_CONTENTS_MAX + 1);
	feed(decoder, stream, FRAMING_CONTENTS_MAX, &got);
	assert_int_equal(got.len, 0);
	feed(decoder, stream, 1, &got);
	assert_same("at once", got.text, got.len, "#", 1);
	feed(decoder, stream, FRAMING_CONTENTS_MAX + 1, &got);
	assert_same("once", got.text, got.len, "#", 1);
	free(decoder);
}

/* The packet stays readable until the next call. */
static void test_slip_decode_keeps_the_packet(void **state)
{
	static const uint8_t bytes[] = {'a', 'b', SLIP_END, 'c', SLIP_END};
	struct slip_decoder *decoder = new_decoder(SLIP_ESCAPES_RFC1055);
	enum framing_status status;

	(void)state;
	assert_int_equal(slip_decode(decoder, bytes, sizeof(bytes), &status),
			 3);
	assert_int_equal(status, FRAMING_FRAME);
	assert_int_equal(decoder->len, 2);
	assert_memory_equal(decoder->packet, "ab", 2);
	assert_int_equal(slip_decode(decoder, bytes + 3, 0, &status), 0);
	assert_int_equal(status, FRAMING_MORE);
	assert_int_equal(slip_decode(decoder, bytes + 3, 2, &status), 2);
	assert_int_equal(status, FRAMING_FRAME);
	assert_int_equal(decoder->len, 1);
	assert_memory_equal(decoder->packet, "c", 1);
	free(decoder);
}

/* The decoded part of a dropped frame is readable, too. */
static void test_slip_decode_keeps_what_is_dropped(void **state)
{
	static const uint8_t bytes[] = {'a', SLIP_ESC, 'b',
					'c', SLIP_END, 'd',
					'e', SLIP_ESC, SLIP_END};
	struct slip_decoder *decoder = new_decoder(SLIP_ESCAPES_RFC1055);
	enum framing_status status;

	(void)state;
	assert_int_equal(slip_decode(decoder, bytes, sizeof(bytes), &status),
			 3);
	assert_int_equal(status, FRAMING_BAD_ESCAPE);
	assert_int_equal(decoder->len, 1);
	assert_memory_equal(decoder->packet, "a", 1);
	assert_int_equal(slip_decode(decoder, bytes + 3, 6, &status), 6);
	assert_int_equal(status, FRAMING_BAD_ESCAPE);
	assert_int_equal(decoder->len, 2);
	assert_memory_equal(decoder->packet, "de", 2);
	free(decoder);
}

/* So is the part of an unfinished frame. */
static void test_slip_decoder_pending(void **state)
{
	static const struct {
		const char *bytes;
		size_t pending;
	} rows[] = {
		{"", 0},
		{END, 0},
		{"a", 1},
		{"ab" ESC, 2},
		{"ab" ESC ESC_END, 3},
		{"ab" END, 0},
		{"ab" END "c", 1},
		{"ab" ESC "c", 0},
		{"ab" ESC "cd", 0},
		{"ab" ESC "c" END "d", 1},
	};
	struct slip_decoder *decoder;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		decoder = new_decoder(SLIP_ESCAPES_RFC1055);
		got.len = 0;
		feed(decoder, (const uint8_t *)rows[i].bytes,
		     strlen(rows[i].bytes), &got);
		assert_int_equal(slip_decoder_pending(decoder),
				 rows[i].pending);
		free(decoder);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slip_encode_table),
		cmocka_unit_test(test_slip_encode_random_packets),
		cmocka_unit_test(test_slip_encode_worst_case),
		cmocka_unit_test(test_slip_decode_undoes_encode),
		cmocka_unit_test(test_slip_random_packets_survive),
		cmocka_unit_test(test_slip_decode_table),
		cmocka_unit_test(test_slip_decode_byte_by_byte),
		cmocka_unit_test(test_slip_decode_every_split),
		cmocka_unit_test(test_slip_decode_random_streams),
		cmocka_unit_test(test_slip_decode_random_inner_frames),
		cmocka_unit_test(test_slip_decode_inner_lengths),
		cmocka_unit_test(test_slip_decode_lengths),
		cmocka_unit_test(test_slip_decode_tells_at_once),
		cmocka_unit_test(test_slip_decode_keeps_the_packet),
		cmocka_unit_test(test_slip_decode_keeps_what_is_dropped),
		cmocka_unit_test(test_slip_decoder_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
