/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the broker's records: a request that is read is written down as the
 * same bytes, and so is an answer; a request names no file, and the text of a
 * report lies within the record.
 */
#include "broker/broker_record.h"
#include "fuzz.h"

static void check_request(const struct broker_request *request,
			  const uint8_t *data, size_t size)
{
	uint8_t again[BROKER_REQUEST_LEN];

	broker_request_encode(again, request);
	assert_memory_equal(again, data, sizeof(again));
	assert_int_equal(request->len, size - BROKER_REQUEST_LEN);
	if (request->kind == BROKER_OPEN_PORT) {
		assert_int_equal(request->len, 0);
		assert_null(request->text);
		return;
	}
	assert_int_equal(request->kind, BROKER_WRITE_REPORT);
	assert_in_range(request->len, 1, BROKER_REPORT_MAX);
	assert_ptr_equal(request->text, data + BROKER_REQUEST_LEN);
}

static void check_answer(const struct broker_answer *answer,
			 const uint8_t *data, size_t size)
{
	uint8_t again[BROKER_ANSWER_LEN + BROKER_TEXT_MAX];

	assert_true(answer->err <= 0);
	assert_in_range(answer->port, CLAIM_UART, CLAIM_SOCKET);
	assert_in_range(strlen(answer->text), 0, BROKER_TEXT_MAX - 1);
	assert_int_equal(broker_answer_encode(again, answer), size);
	assert_memory_equal(again, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct broker_request request;
	struct broker_answer answer;

	if (broker_request_decode(&request, data, size))
		check_request(&request, data, size);
	if (broker_answer_decode(&answer, data, size))
		check_answer(&answer, data, size);
	return 0;
}
