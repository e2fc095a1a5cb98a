/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of hello, and of field as far as a hello needs it: what is written can
 * be read, what is not known is passed over, and what is damaged is no hello.
 */
#include "../testing.h"
#include "pair/fcs.h"
#include "pair/hello.h"

#include <stdio.h>

#define ID "id=9f3c11d2a8b04e77"
#define TO "to=0000000000000000"

static const struct hello plain = {
	.version = 1,
	.id = 0x9f3c11d2a8b04e77,
	.kind = HELLO_KIND_IP,
	.flow = HELLO_FLOW_NONE,
};

/* A text with its crc, as a frame that is not a byte too long. */
static bool read(const char *text, struct hello *hello)
{
	char sealed[1024];
	uint8_t *frame;
	bool good;
	int len = snprintf(sealed, sizeof(sealed), "%s crc=%08x", text,
			   fcs_of(text, strlen(text)));

	frame = testing_copy(sealed, (size_t)len);
	good = hello_read(frame, (size_t)len, hello);
	free(frame);
	return good;
}

static void assert_same(const struct hello *a, const struct hello *b)
{
	assert_int_equal(a->version, b->version);
	assert_true(a->id == b->id);
	assert_true(a->to == b->to);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->flow, b->flow);
	assert_int_equal(a->can, b->can);
}

static void test_hello_written_exactly(void **state)
{
	struct hello hello = plain;
	char text[HELLO_TEXT_MAX];
	size_t len;

	(void)state;
	hello.can = HELLO_CAN_CHECK | HELLO_CAN_SPEED;
	len = hello_write(text, &hello);
	assert_int_equal(len, strlen(text));
	assert_string_equal(text, "#serialtun/1 " ID " " TO
				  " kind=ip flow=none can=check,speed"
				  " crc=ba30a960");
}

static void test_hello_there_and_back(void **state)
{
	struct hello hello = plain;
	struct hello again;
	char text[HELLO_TEXT_MAX];
	unsigned int kind;
	unsigned int flow;
	size_t len;

	(void)state;
	for (hello.can = 0; hello.can < 64; hello.can++)
		for (kind = 0; kind < HELLO_KIND_OTHER; kind++)
			for (flow = 0; flow < HELLO_FLOW_OTHER; flow++) {
				hello.kind = kind;
				hello.flow = flow;
				hello.to = hello.can * 0x123456789ABCDEF;
				len = hello_write(text, &hello);
				assert_true(len <= FIELD_TEXT_MAX);
				assert_true(hello_read((uint8_t *)text, len,
						       &again));
				assert_same(&hello, &again);
			}
}

static void test_hello_unknown_is_passed_over(void **state)
{
	static const char *const texts[] = {
		"#serialtun/1 " ID " " TO " kind=ip flow=none can=",
		"#serialtun/1 new=1 " ID " x= " TO " kind=ip flow=none",
		"#serialtun/1 flow=none kind=ip " TO " " ID " can=fly,,to-Mars",
		"#serialtun/1 " ID " kind=ip flow=none a=b=c",
	};
	struct hello hello;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(texts); i++) {
		assert_true(read(texts[i], &hello));
		assert_same(&hello, &plain);
	}
	assert_true(read("#serialtun/1 " ID " can=check,more,repeat", &hello));
	assert_int_equal(hello.can, HELLO_CAN_CHECK | HELLO_CAN_REPEAT);
	assert_int_equal(hello.kind, HELLO_KIND_OTHER);
	assert_int_equal(hello.flow, HELLO_FLOW_OTHER);
	assert_true(read("#serialtun/1 " ID " kind=x flow=dtrdsr", &hello));
	assert_int_equal(hello.kind, HELLO_KIND_OTHER);
	assert_int_equal(hello.flow, HELLO_FLOW_OTHER);
}

static void test_hello_of_another_version(void **state)
{
	struct hello hello;

	(void)state;
	assert_true(read("#serialtun/27 " ID " what=ever", &hello));
	assert_int_equal(hello.version, 27);
	assert_true(hello.id == plain.id);
}

static void test_hello_malformed(void **state)
{
	static const char *const texts[] = {
		"",
		"#",
		"#serialtun/1",
		"#serialtun/1 ",
		"#serialtun/1 " TO,
		"#serialtun/1 id=0000000000000000",
		"#serialtun/1 id=9f3c11d2a8b04e7",
		"#serialtun/1 id=9f3c11d2a8b04e777",
		"#serialtun/1 id=9F3C11D2A8B04E77",
		"#serialtun/1 id=9f3c11d2a8b04e7g",
		"#serialtun/1 " ID " to=0",
		"#serialtun/1  " ID,
		"#serialtun/1 " ID " word",
		"#serialtun/1 " ID " =value",
		"#serialtun/ " ID,
		"#serialtun/x " ID,
		"#serialtun/-1 " ID,
		"#serialtun/65536 " ID,
		"#serialtun/99999999999999999999 " ID,
		"#Serialtun/1 " ID,
		" #serialtun/1 " ID,
		"#serialtun/1 " ID " name=a_b",
		"#serialtun/1 " ID " name=a\tb",
		"#serialtun/1 " ID " name=\xC3\xA4",
		"#serialtun/1 " ID "\r",
	};
	struct hello hello;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(texts); i++)
		if (read(texts[i], &hello))
			fail_msg("taken: %s", texts[i]);
}

static void test_hello_255_bytes_at_most(void **state)
{
	char text[FIELD_TEXT_MAX + 1] = "#serialtun/1 " ID " x=";
	const size_t crc_len = strlen(" crc=00000000");
	size_t len = strlen(text);
	struct hello hello;

	(void)state;
	memset(text + len, 'y', FIELD_TEXT_MAX - crc_len - len);
	assert_true(read(text, &hello));
	text[FIELD_TEXT_MAX - crc_len] = 'y';
	assert_false(read(text, &hello));
}

/* Whatever one byte becomes, and wherever it is cut. */
static void test_hello_damaged(void **state)
{
	char text[HELLO_TEXT_MAX];
	const size_t len = hello_write(text, &plain);
	struct hello hello;
	size_t i;
	int bits;

	(void)state;
	for (i = 0; i < len; i++) {
		for (bits = 1; bits < 256; bits++) {
			text[i] = (char)(text[i] ^ bits);
			assert_false(hello_read((uint8_t *)text, len, &hello));
			text[i] = (char)(text[i] ^ bits);
		}
		assert_false(hello_read((uint8_t *)text, i, &hello));
	}
	assert_true(hello_read((uint8_t *)text, len, &hello));
	assert_false(hello_read((uint8_t *)text, len + 1, &hello));
}

/* A person or a program at the other end may read it as commands. */
static void test_hello_harmless(void **state)
{
	struct hello hello = plain;
	char text[HELLO_TEXT_MAX];
	size_t i;

	(void)state;
	hello.can = ~0U;
	hello_write(text, &hello);
	assert_int_equal(text[0], '#');
	for (i = 0; text[i]; i++)
		assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz"
				       "0123456789#/=,.- ",
				       text[i]));
}

static void test_hello_parts_by_name(void **state)
{
	(void)state;
	assert_int_equal(hello_can_of("check"), HELLO_CAN_CHECK);
	assert_int_equal(hello_can_of("stream"), HELLO_CAN_STREAM);
	assert_int_equal(hello_can_of("checks"), 0);
	assert_int_equal(hello_can_of(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello_written_exactly),
		cmocka_unit_test(test_hello_there_and_back),
		cmocka_unit_test(test_hello_unknown_is_passed_over),
		cmocka_unit_test(test_hello_of_another_version),
		cmocka_unit_test(test_hello_malformed),
		cmocka_unit_test(test_hello_255_bytes_at_most),
		cmocka_unit_test(test_hello_damaged),
		cmocka_unit_test(test_hello_harmless),
		cmocka_unit_test(test_hello_parts_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
