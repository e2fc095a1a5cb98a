/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of agree: texts there and back, and that both ends come to the same
 * result, whatever they say.
 */
#include "../testing.h"
#include "pair/agree.h"

#include <stdio.h>
#include <sys/socket.h>

static bool read(const char *text, struct agree *agree)
{
	uint8_t *copy = testing_copy(text, strlen(text));
	bool good = agree_read(copy, strlen(text), agree);

	free(copy);
	return good;
}

static struct agree said(const char *text)
{
	struct agree agree;

	if (!read(text, &agree))
		fail_msg("not read: %s", text);
	return agree;
}

static const char *shown(const struct addr *addr, char text[ADDR_TEXT_MAX])
{
	return addr->family ? addr_format(addr, text) : "-";
}

static void test_agree_there_and_back(void **state)
{
	static const char *const texts[] = {
		"",
		"mtu=1500",
		"addr=10.10.10.1/24",
		"addr=10.10.10.1 peer=10.10.10.2",
		"took=10.10.11.2/30",
		"free=",
		"free=10,11,12,172.13,172.0,255",
		"free=10,11,12,13,14,15,16,17 speeds=230400,921600,3000000",
		"mtu=1500 addr=10.10.10.1/24 free= release=1.4 name=board",
		"route=default",
		"free=10 route=default dns=192.0.2.1",
		"route=default dns=192.0.2.1,10.0.0.53,203.0.113.9",
	};
	char text[AGREE_TEXT_MAX];
	struct agree agree;
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(texts); i++) {
		agree = said(texts[i]);
		len = agree_write(text, &agree);
		assert_string_equal(text, texts[i]);
		assert_int_equal(len, strlen(text));
	}
}

static void test_agree_unknown_is_passed_over(void **state)
{
	struct agree agree =
		said("new=1 mtu=576 free=10,x,256,172.11,172.,-1,"
		     "12,,13,14,15,16,17,18,19 speeds=9600,fast,0");

	(void)state;
	assert_int_equal(agree.mtu, 576);
	assert_int_equal(agree.free_count, AGREE_FREE_MAX);
	assert_int_equal(agree.free[0], 10);
	assert_int_equal(agree.free[1], AGREE_SECOND_POOL + 11);
	assert_int_equal(agree.free[2], 12);
	assert_int_equal(agree.speed_count, 1);
}

/* Only addresses of one host each, and no more than three. */
static void test_agree_name_servers(void **state)
{
	struct agree agree =
		said("route=default dns=127.0.0.1,0.0.0.0,224.0.0.1,x,,"
		     "10.0.0.1/24,fd00,192.0.2.1,192.0.2.1,192.0.2.2,"
		     "192.0.2.3,192.0.2.4");
	char text[AGREE_TEXT_MAX];

	(void)state;
	assert_true(agree.shares);
	agree_write(text, &agree);
	assert_string_equal(text,
			    "route=default dns=192.0.2.1,192.0.2.2,192.0.2.3");
	agree = said("route=10.0.0.0/8 dns=192.0.2.1");
	assert_false(agree.shares);
}

static void test_agree_malformed(void **state)
{
	static const char *const texts[] = {
		"mtu",
		"mtu=",
		"mtu=x",
		"mtu=-1",
		"mtu=4294967296",
		"mtu=1500  name=a",
		"addr=",
		"addr=10.10.10",
		"addr=10.10.10.1/33",
		"addr=10.10.10.1/24/24",
		"peer=board",
		"took=fd00",
		"name=a_b",
		"name=\033",
	};
	char text[AGREE_TEXT_MAX] = "name=";
	struct agree agree;
	size_t i;

	(void)state;
	memset(text + strlen(text), 'x', FIELD_STRING_MAX);
	assert_false(read(text, &agree));
	for (i = 0; i < TESTING_COUNT(texts); i++)
		if (read(texts[i], &agree))
			fail_msg("taken: %s", texts[i]);
}

static void test_agree_any_name(void **state)
{
	static const char *const names[][2] = {
		{"board", "board"},	     {"my board", "my-board"},
		{"a_b\xC3\xA4\t", "a-b---"}, {"", ""},
		{"pi.local", "pi.local"},    {"a;b'c$d", "a-b-c-d"},
	};
	char name[FIELD_STRING_MAX];
	char text[AGREE_TEXT_MAX];
	struct agree agree = {0};
	char much[300];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(names); i++) {
		agree_set_name(name, names[i][0]);
		assert_string_equal(name, names[i][1]);
	}
	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	agree_set_name(agree.name, much);
	agree_write(text, &agree);
	assert_string_equal(said(text).name, agree.name);
	assert_int_equal(strlen(agree.name), FIELD_STRING_MAX - 1);
}

/* What does not fit is left out, and never cut in two. */
static void test_agree_longest(void **state)
{
	struct agree agree = said("mtu=4294967295 addr=100.100.100.100/24 "
				  "peer=100.100.100.101/24");
	char text[AGREE_TEXT_MAX];
	size_t len;
	size_t i;

	(void)state;
	agree.takes = true;
	memset(agree.name, 'n', FIELD_STRING_MAX - 1);
	memset(agree.release, 'r', 20);
	for (i = 0; i < AGREE_FREE_MAX; i++)
		agree.free[agree.free_count++] = AGREE_SECOND_POOL + 200;
	for (i = 0; i < AGREE_SPEEDS_MAX; i++)
		agree.speeds[agree.speed_count++] = 10000000;
	len = agree_write(text, &agree);
	assert_in_range(len, 200, FIELD_TEXT_MAX);
	assert_string_equal(said(text).name, agree.name);
	for (i = 0; i < said(text).speed_count; i++)
		assert_int_equal(said(text).speeds[i], 10000000);
}

/* What the end that has the higher id, and the other, make of two texts. */
static const struct {
	const char *what;
	const char *higher;
	const char *lower;
	const char *higher_takes;
	const char *lower_takes;
	unsigned int problems;
} cases[] = {
	{"neither has one", "free=10,11", "free=10,11", "10.10.10.1/30",
	 "10.10.10.2/30", 0},
	{"the first that is free at both", "free=10,11,12", "free=9,12,11",
	 "10.10.11.1/30", "10.10.11.2/30", 0},
	{"a name counts more than an id", "free=10 name=b", "free=10 name=a",
	 "10.10.10.2/30", "10.10.10.1/30", 0},
	{"the second pool", "free=172.10", "free=10,172.10", "172.31.10.1/30",
	 "172.31.10.2/30", 0},
	{"the pools are not the same", "free=10", "free=172.10", "-", "-",
	 AGREE_NO_POOL},
	{"none in common", "free=10,11", "free=12,13", "-", "-", AGREE_NO_POOL},
	{"none is free", "free=", "free=10", "-", "-", AGREE_NO_POOL},
	{"one does not take any", "", "free=10", "-", "-", 0},
	{"both keep theirs", "took=10.10.12.2/30 free=10",
	 "took=10.10.12.1/30 free=10", "10.10.12.2/30", "10.10.12.1/30", 0},
	{"one was started anew", "free=10,12", "took=10.10.12.1/30 free=10",
	 "10.10.12.2/30", "10.10.12.1/30", 0},
	{"the other was", "took=10.10.12.2/30 free=10", "free=10,12",
	 "10.10.12.2/30", "10.10.12.1/30", 0},
	{"both had the first", "took=10.10.12.1/30 free=10",
	 "took=10.10.12.1/30 free=10", "10.10.12.1/30", "10.10.12.2/30", 0},
	{"two networks", "took=10.10.12.1/30 free=10,11",
	 "took=10.10.11.1/30 free=10,12", "10.10.12.1/30", "10.10.12.2/30", 0},
	{"what was taken is not free there", "took=10.10.12.1/30 free=10",
	 "free=10", "10.10.10.1/30", "10.10.10.2/30", 0},
	{"what was taken is of no pool", "took=10.0.0.2/24 free=10", "free=10",
	 "10.10.10.1/30", "10.10.10.2/30", 0},
	{"the lowest host", "addr=10.0.0.7/24", "free=10", "-", "10.0.0.1/24",
	 0},
	{"the same, the other way", "free=10", "addr=10.0.0.1/24",
	 "10.0.0.2/24", "-", 0},
	{"a network of two", "free=10", "addr=10.0.0.1/31", "10.0.0.0/31", "-",
	 0},
	{"a peer", "addr=10.0.0.1 peer=192.168.7.2", "free=10", "-",
	 "192.168.7.2", 0},
	{"a host alone", "addr=10.0.0.1", "free=10", "-", "-", 0},
	{"one was given, one was taken", "addr=10.0.0.1/24",
	 "took=10.10.10.2/30 free=10", "-", "10.0.0.2/24", 0},
	{"not private", "addr=8.8.8.1/24", "free=10", "-", "-", AGREE_REFUSED},
	{"not 172.16/12", "addr=172.32.0.1/24", "free=10", "-", "-",
	 AGREE_REFUSED},
	{"172.16/12", "addr=172.16.0.1/24", "free=10", "-", "172.16.0.2/24", 0},
	{"too large", "addr=10.0.0.1/16", "free=10", "-", "-", AGREE_REFUSED},
	{"a peer that is not private", "addr=10.0.0.1 peer=8.8.8.8", "free=10",
	 "-", "-", AGREE_REFUSED},
	{"both were given one", "addr=10.0.0.1/24", "addr=10.0.0.9/24", "-",
	 "-", 0},
	{"public ones, which the users gave", "addr=8.8.8.1/24",
	 "addr=8.8.8.2/24", "-", "-", 0},
	{"the same", "addr=10.0.0.1/24", "addr=10.0.0.1/24", "-", "-",
	 AGREE_SAME_ADDR},
	{"the same, prefixes differ", "addr=10.0.0.1/24", "addr=10.0.0.1/30",
	 "-", "-", AGREE_SAME_ADDR},
	{"apart", "addr=10.0.0.1/24", "addr=10.0.1.2/24", "-", "-",
	 AGREE_APART},
	{"one does not reach", "addr=10.0.0.1/30", "addr=10.0.0.9/24", "-", "-",
	 AGREE_APART},
	{"routes, perhaps", "addr=10.0.0.1/32", "addr=10.0.1.1/32", "-", "-",
	 0},
	{"peers", "addr=10.0.0.1 peer=10.0.1.1", "addr=10.0.1.1 peer=10.0.0.1",
	 "-", "-", 0},
	{"the wrong peer", "addr=10.0.0.1 peer=10.0.1.2",
	 "addr=10.0.1.1 peer=10.0.0.1", "-", "-", AGREE_NOT_PEER},
	{"MTU", "mtu=1500 addr=10.0.0.1/24", "mtu=576 addr=10.0.0.2/24", "-",
	 "-", AGREE_MTU},
	{"no MTU", "mtu=1500 addr=10.0.0.1/24", "addr=10.0.0.2/24", "-", "-",
	 0},
	{"nothing at all", "", "", "-", "-", 0},
};

static void assert_takes(const char *what, const struct addr *addr,
			 const char *wanted)
{
	char text[ADDR_TEXT_MAX];

	if (strcmp(shown(addr, text), wanted) != 0)
		fail_msg("%s: takes %s, not %s", what, shown(addr, text),
			 wanted);
}

static void test_agree_decide(void **state)
{
	struct agree_result higher;
	struct agree_result lower;
	struct agree a;
	struct agree b;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		a = said(cases[i].higher);
		b = said(cases[i].lower);
		agree_decide(&a, &b, true, &higher);
		agree_decide(&b, &a, false, &lower);
		assert_takes(cases[i].what, &higher.take,
			     cases[i].higher_takes);
		assert_takes(cases[i].what, &lower.take, cases[i].lower_takes);
		if (higher.problems != cases[i].problems ||
		    lower.problems != cases[i].problems)
			fail_msg("%s: problems %x and %x", cases[i].what,
				 higher.problems, lower.problems);
	}
}

/* A random text of all that matters for addresses. */
static void say_at_random(char text[AGREE_TEXT_MAX], uint64_t *random)
{
	static const char *const addrs[] = {
		"",
		"",
		"",
		"addr=10.0.0.1/24 ",
		"addr=10.0.0.2/30 ",
		"addr=8.8.8.8/24 ",
		"addr=10.0.0.1 peer=10.0.0.2 ",
		"took=10.10.10.1/30 ",
		"took=10.10.10.2/30 ",
		"took=172.31.3.2/30 ",
	};
	static const char *const names[] = {"name=a", "name=b", "mtu=1500"};
	const char *addr = addrs[testing_random(random, TESTING_COUNT(addrs))];
	const char *name = names[testing_random(random, TESTING_COUNT(names))];
	size_t count = testing_random(random, 4);
	int len = snprintf(text, AGREE_TEXT_MAX, "%s%s", addr, name);

	if (testing_random(random, 4))
		len += snprintf(text + len, AGREE_TEXT_MAX - (size_t)len,
				" free=");
	else
		count = 0;
	while (count--)
		len += snprintf(text + len, AGREE_TEXT_MAX - (size_t)len,
				"%zu%s", 8 + testing_random(random, 5),
				count ? "," : "");
}

static void test_agree_both_ends_agree(void **state)
{
	char text[2][AGREE_TEXT_MAX];
	struct agree_result result[2];
	struct agree agree[2];
	uint64_t random = 1;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		say_at_random(text[0], &random);
		say_at_random(text[1], &random);
		agree[0] = said(text[0]);
		agree[1] = said(text[1]);
		agree_decide(&agree[0], &agree[1], true, &result[0]);
		agree_decide(&agree[1], &agree[0], false, &result[1]);
		assert_int_equal(result[0].problems, result[1].problems);
		if (result[0].take.family)
			assert_true(addr_same_host(&result[0].take,
						   &result[1].there));
		if (result[1].take.family)
			assert_true(addr_same_host(&result[1].take,
						   &result[0].there));
		if (result[0].take.family && result[1].take.family)
			assert_false(addr_same_host(&result[0].take,
						    &result[1].take));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agree_there_and_back),
		cmocka_unit_test(test_agree_unknown_is_passed_over),
		cmocka_unit_test(test_agree_name_servers),
		cmocka_unit_test(test_agree_malformed),
		cmocka_unit_test(test_agree_any_name),
		cmocka_unit_test(test_agree_longest),
		cmocka_unit_test(test_agree_decide),
		cmocka_unit_test(test_agree_both_ends_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
