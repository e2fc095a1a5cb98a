/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of broker_record: which bytes are a request or an answer.
 */
#include "../testing.h"
#include "broker/broker_record.h"

#include <errno.h>
#include <stdio.h>

/* One byte more than the longest request. */
static uint8_t bytes[BROKER_REQUEST_LEN + BROKER_REPORT_MAX + 1];

static void test_broker_record_requests(void **state)
{
	static const struct {
		uint8_t head[BROKER_REQUEST_LEN];
		size_t text;
		bool is_request;
	} cases[] = {
		{{BROKER_OPEN_PORT}, 0, true},
		{{BROKER_OPEN_PORT, 0, 0, 0, 1, 2, 3, 4}, 0, true},
		{{BROKER_WRITE_REPORT}, 1, true},
		{{BROKER_WRITE_REPORT}, BROKER_REPORT_MAX, true},
		/* a request to open a port has no path */
		{{BROKER_OPEN_PORT}, 1, false},
		{{BROKER_OPEN_PORT}, 12, false},
		{{BROKER_WRITE_REPORT}, 0, false},
		{{BROKER_WRITE_REPORT}, BROKER_REPORT_MAX + 1, false},
		{{BROKER_READY}, 0, false},
		{{BROKER_WRITE_REPORT + 1}, 0, false},
		{{255}, 0, false},
		{{BROKER_OPEN_PORT, 1}, 0, false},
		{{BROKER_OPEN_PORT, 0, 0, 1}, 0, false},
	};
	struct broker_request request;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, cases[i].head, BROKER_REQUEST_LEN);
		if (broker_request_decode(&request, bytes,
					  BROKER_REQUEST_LEN + cases[i].text) !=
		    cases[i].is_request)
			fail_msg("case %zu", i);
		if (cases[i].is_request)
			assert_int_equal(request.len, cases[i].text);
	}
	for (i = 0; i < BROKER_REQUEST_LEN; i++) {
		memset(bytes, 0, sizeof(bytes));
		bytes[0] = BROKER_OPEN_PORT;
		assert_false(broker_request_decode(&request, bytes, i));
	}
}

static void test_broker_record_number(void **state)
{
	const struct broker_request request = {.kind = BROKER_OPEN_PORT,
					       .number = 0xFEDCBA98};
	struct broker_request read;

	(void)state;
	broker_request_encode(bytes, &request);
	assert_true(broker_request_decode(&read, bytes, BROKER_REQUEST_LEN));
	assert_int_equal(read.number, request.number);
}

static void test_broker_record_answers(void **state)
{
	struct broker_answer answer = {
		.kind = BROKER_OPEN_PORT,
		.number = 7,
		.err = -EBUSY,
		.port = CLAIM_USB,
		.is_last = true,
		.is_console = true,
		.text = "cannot open it",
	};
	uint8_t record[BROKER_ANSWER_LEN + BROKER_TEXT_MAX];
	struct broker_answer read;
	size_t len = broker_answer_encode(record, &answer);

	(void)state;
	assert_int_equal(len, BROKER_ANSWER_LEN + strlen(answer.text));
	assert_true(broker_answer_decode(&read, record, len));
	assert_int_equal(read.kind, answer.kind);
	assert_int_equal(read.number, 7);
	assert_int_equal(read.err, -EBUSY);
	assert_int_equal(read.port, CLAIM_USB);
	assert_true(read.is_last);
	assert_true(read.is_console);
	assert_string_equal(read.text, answer.text);

	memset(answer.text, 'x', sizeof(answer.text));
	len = broker_answer_encode(record, &answer);
	assert_true(broker_answer_decode(&read, record, len));
	assert_int_equal(strlen(read.text), BROKER_TEXT_MAX - 1);
	assert_false(broker_answer_decode(&read, record, len + 1));
	assert_false(
		broker_answer_decode(&read, record, BROKER_ANSWER_LEN - 1));
	record[BROKER_ANSWER_LEN + 1] = '\0';
	assert_false(broker_answer_decode(&read, record, len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_broker_record_requests),
		cmocka_unit_test(test_broker_record_number),
		cmocka_unit_test(test_broker_record_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
