/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BROKER_RECORD_H
#define SERIALTUN_BROKER_RECORD_H

#include "broker/broker.h"
#include "port/claim.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes in front of the text of a request, and of an answer. */
#define BROKER_REQUEST_LEN 8
#define BROKER_ANSWER_LEN  12

/* Size of the text of an answer, with its '\0'. */
#define BROKER_TEXT_MAX PATH_MAX

/**
 * enum broker_kind - kind of a request or an answer
 * @BROKER_READY:        no request; the broker's first answer, once it runs
 * @BROKER_OPEN_PORT:    open the port that the user has named, and lock it
 * @BROKER_WRITE_REPORT: replace the file of --stats-json by this text
 */
enum broker_kind {
	BROKER_READY,
	BROKER_OPEN_PORT,
	BROKER_WRITE_REPORT,
};

/**
 * struct broker_request - a request to the broker
 * @kind:   its kind
 * @number: repeated in the answer
 * @text:   BROKER_WRITE_REPORT: the report, at most BROKER_REPORT_MAX bytes; no
 *          '\0' at its end
 * @len:    its length
 */
struct broker_request {
	enum broker_kind kind;
	uint32_t number;
	const char *text;
	size_t len;
};

/**
 * struct broker_answer - the result of a request
 * @kind:    the kind of the request; BROKER_READY if the request was malformed
 * @number:  the number of the request
 * @err:     0 or -errno
 * @port:    BROKER_OPEN_PORT, on success: as in struct claim
 * @is_last: the same
 * @is_console: the same
 * @text:    on failure, the reason; of BROKER_OPEN_PORT, on success, the path
 *
 * The descriptor of the port comes with the record (SCM_RIGHTS, unix(7)).
 */
struct broker_answer {
	enum broker_kind kind;
	uint32_t number;
	int err;
	enum claim_kind port;
	bool is_last;
	bool is_console;
	char text[BROKER_TEXT_MAX];
};

void broker_request_encode(uint8_t bytes[BROKER_REQUEST_LEN],
			   const struct broker_request *request);
bool broker_request_decode(struct broker_request *request, const uint8_t *bytes,
			   size_t len);
size_t broker_answer_encode(uint8_t bytes[BROKER_ANSWER_LEN + BROKER_TEXT_MAX],
			    const struct broker_answer *answer);
bool broker_answer_decode(struct broker_answer *answer, const uint8_t *bytes,
			  size_t len);

#endif
