/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records between the process that parses the line and the broker, which
 * opens the port and writes the report.
 *
 *   request:  0    kind
 *             4-7  number, the highest byte first
 *             8-   BROKER_WRITE_REPORT: the report
 *   answer:   0    kind
 *             1    what was opened
 *             2    1: the port cannot be found again
 *             3    1: it is a console of the kernel
 *             4-7  number of the request
 *             8-11 errno
 *             12-  a path, or the reason
 *
 * All other bytes are zero. No request names a file: an attacker on the line
 * may control the process that sends it, and can then choose only among what
 * the user has named at the start. Pure.
 */
#include "broker/broker_record.h"

#include <string.h>

#define PORT_AT	   1
#define LAST_AT	   2
#define CONSOLE_AT 3
#define NUMBER_AT  4
#define ERR_AT	   8

static void put_number(uint8_t *bytes, uint32_t number)
{
	size_t i;

	for (i = 0; i < sizeof(number); i++)
		bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

static uint32_t get_number(const uint8_t *bytes)
{
	uint32_t number = 0;
	size_t i;

	for (i = 0; i < sizeof(number); i++)
		number = number << 8 | bytes[i];
	return number;
}

/**
 * broker_request_encode() - encode a request, without its text
 * @bytes:   filled in
 * @request: the request
 */
void broker_request_encode(uint8_t bytes[BROKER_REQUEST_LEN],
			   const struct broker_request *request)
{
	memset(bytes, 0, BROKER_REQUEST_LEN);
	bytes[0] = (uint8_t)request->kind;
	put_number(bytes + NUMBER_AT, request->number);
}

/**
 * broker_request_decode() - decode a request
 * @request: filled in on success, untouched otherwise; its text is in @bytes
 * @bytes:   the received record
 * @len:     its length in bytes
 *
 * Return: false if the record is malformed or its kind is unknown
 */
bool broker_request_decode(struct broker_request *request, const uint8_t *bytes,
			   size_t len)
{
	struct broker_request read = {0};
	uint8_t again[BROKER_REQUEST_LEN];

	if (len < BROKER_REQUEST_LEN)
		return false;
	read.len = len - BROKER_REQUEST_LEN;
	if (bytes[0] == BROKER_WRITE_REPORT) {
		if (!read.len || read.len > BROKER_REPORT_MAX)
			return false;
		read.text = (const char *)bytes + BROKER_REQUEST_LEN;
	} else if (bytes[0] != BROKER_OPEN_PORT || read.len) {
		return false;
	}
	read.kind = (enum broker_kind)bytes[0];
	read.number = get_number(bytes + NUMBER_AT);
	/* Unused bytes must be zero. */
	broker_request_encode(again, &read);
	if (memcmp(again, bytes, sizeof(again)) != 0)
		return false;
	*request = read;
	return true;
}

/**
 * broker_answer_encode() - encode an answer
 * @bytes:  filled in
 * @answer: the answer
 *
 * Return: its length in bytes
 */
size_t broker_answer_encode(uint8_t bytes[BROKER_ANSWER_LEN + BROKER_TEXT_MAX],
			    const struct broker_answer *answer)
{
	const size_t len = strnlen(answer->text, BROKER_TEXT_MAX - 1);

	memset(bytes, 0, BROKER_ANSWER_LEN);
	bytes[0] = (uint8_t)answer->kind;
	bytes[PORT_AT] = (uint8_t)answer->port;
	bytes[LAST_AT] = answer->is_last;
	bytes[CONSOLE_AT] = answer->is_console;
	put_number(bytes + NUMBER_AT, answer->number);
	put_number(bytes + ERR_AT, (uint32_t)-answer->err);
	memcpy(bytes + BROKER_ANSWER_LEN, answer->text, len);
	return BROKER_ANSWER_LEN + len;
}

/**
 * broker_answer_decode() - decode an answer
 * @answer: filled in on success, untouched otherwise
 * @bytes:  the received record
 * @len:    its length in bytes
 *
 * Return: false if the record is malformed
 */
bool broker_answer_decode(struct broker_answer *answer, const uint8_t *bytes,
			  size_t len)
{
	const uint8_t *text = bytes + BROKER_ANSWER_LEN;
	uint32_t number;

	if (len < BROKER_ANSWER_LEN ||
	    len >= BROKER_ANSWER_LEN + BROKER_TEXT_MAX ||
	    bytes[0] > BROKER_WRITE_REPORT || bytes[PORT_AT] > CLAIM_SOCKET ||
	    bytes[LAST_AT] > 1 || bytes[CONSOLE_AT] > 1 ||
	    memchr(text, '\0', len - BROKER_ANSWER_LEN))
		return false;
	number = get_number(bytes + ERR_AT);
	if (number > INT32_MAX)
		return false;
	*answer = (struct broker_answer){
		.kind = (enum broker_kind)bytes[0],
		.number = get_number(bytes + NUMBER_AT),
		.err = -(int)number,
		.port = (enum claim_kind)bytes[PORT_AT],
		.is_last = bytes[LAST_AT],
		.is_console = bytes[CONSOLE_AT],
	};
	memcpy(answer->text, text, len - BROKER_ANSWER_LEN);
	return true;
}
