/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPER_RECORD_H
#define SERIALTUN_KEEPER_RECORD_H

#include "interface/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a request and of an answer, each always the same. */
#define KEEPER_REQUEST_LEN 40
#define KEEPER_ANSWER_LEN  168

/* The longest reason in an answer, and a '\0'. */
#define KEEPER_TEXT_MAX 160

/* So many addresses are taken in so much time. */
#define KEEPER_TAKES_MAX 4
#define KEEPER_TAKES_S	 60

/**
 * enum keeper_kind - what the keeper is asked to do
 * @KEEPER_READY:        nothing: it says by itself that it has started
 * @KEEPER_TAKE_ADDRESS: give the interface an address, in place of the one that
 *                       it was given before
 * @KEEPER_DROP_ADDRESS: take that address from the interface
 */
enum keeper_kind {
	KEEPER_READY,
	KEEPER_TAKE_ADDRESS,
	KEEPER_DROP_ADDRESS,
};

/**
 * struct keeper_request - one thing to do
 * @kind:  what
 * @own:   KEEPER_TAKE_ADDRESS: the address, with the prefix of the network
 * @other: KEEPER_TAKE_ADDRESS: the other end's, with the same prefix length
 */
struct keeper_request {
	enum keeper_kind kind;
	struct addr own;
	struct addr other;
};

/**
 * struct keeper_answer - what became of it
 * @kind: what was asked; KEEPER_READY if that was not understood
 * @err:  0 or -errno
 * @text: the reason, if @err is not 0: the kernel's sentence or the keeper's
 */
struct keeper_answer {
	enum keeper_kind kind;
	int err;
	char text[KEEPER_TEXT_MAX];
};

/**
 * struct keeper_rate - when addresses were taken; zero at first
 * @times: of the last ones, in nanoseconds
 * @count: how many there were
 */
struct keeper_rate {
	uint64_t times[KEEPER_TAKES_MAX];
	size_t count;
};

void keeper_request_encode(uint8_t bytes[KEEPER_REQUEST_LEN],
			   const struct keeper_request *request);
bool keeper_request_decode(struct keeper_request *request, const uint8_t *bytes,
			   size_t len);
const char *keeper_request_fault(const struct keeper_request *request);
void keeper_answer_encode(uint8_t bytes[KEEPER_ANSWER_LEN],
			  const struct keeper_answer *answer);
bool keeper_answer_decode(struct keeper_answer *answer, const uint8_t *bytes,
			  size_t len);
bool keeper_rate_take(struct keeper_rate *rate, uint64_t now_ns);

#endif
