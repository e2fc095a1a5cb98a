/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPER_RECORD_H
#define SERIALTUN_KEEPER_RECORD_H

#include "interface/addr.h"
#include "interface/name_servers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a request and of an answer, each always the same. */
#define KEEPER_REQUEST_LEN 40
#define KEEPER_ANSWER_LEN  168

/* Size of the reason in an answer, with its '\0'. */
#define KEEPER_TEXT_MAX 160

/* The keeper sets at most this many addresses in this time. */
#define KEEPER_TAKES_MAX 4
#define KEEPER_TAKES_S	 60

/**
 * enum keeper_kind - kind of a request or an answer
 * @KEEPER_READY:        no request; the keeper's first answer, once it runs
 * @KEEPER_TAKE_ADDRESS: set an address, in place of the keeper's previous one
 * @KEEPER_TAKE_ROUTE:   set a default route through the link
 * @KEEPER_DROP_ROUTE:   remove the keeper's default route
 * @KEEPER_USE_NAMES:    write name servers into /etc/resolv.conf
 */
enum keeper_kind {
	KEEPER_READY,
	KEEPER_TAKE_ADDRESS,
	KEEPER_TAKE_ROUTE,
	KEEPER_DROP_ROUTE,
	KEEPER_USE_NAMES,
	KEEPER_KINDS,
};

/**
 * struct keeper_request - a request to the keeper
 * @kind:  its kind
 * @own:   KEEPER_TAKE_ADDRESS: our address, with the prefix of the network
 * @other: KEEPER_TAKE_ADDRESS: the peer's address, with the same prefix length;
 *         KEEPER_TAKE_ROUTE: the router on an Ethernet link; family 0: none
 * @names: KEEPER_USE_NAMES: the name servers; none: the old ones
 */
struct keeper_request {
	enum keeper_kind kind;
	struct addr own;
	struct addr other;
	struct name_servers names;
};

/**
 * struct keeper_answer - the result of a request
 * @kind: the kind of the request; KEEPER_READY if the request was malformed
 * @err:  0 or -errno
 * @text: the reason, if @err is not 0, in the words of the kernel or the keeper
 */
struct keeper_answer {
	enum keeper_kind kind;
	int err;
	char text[KEEPER_TEXT_MAX];
};

/**
 * struct keeper_rate - limits how often the keeper sets addresses; zero at
 * first
 * @times: times of the last addresses, in nanoseconds
 * @count: number of addresses so far
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
