/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records between the process that parses the line and the keeper, which
 * sets addresses and a default route: requests to the keeper, answers from it,
 * each of fixed size.
 *
 *   request:  0     kind
 *             1     prefix length
 *             4-19  our address, IPv4 in the first four bytes
 *             20-35 the peer's address, or the router, or up to three name
 *                   servers
 *   answer:   0     kind
 *             4-7   errno, the highest byte first
 *             8-167 the reason, and zeros
 *
 * All other bytes are zero, as room for later kinds: a route, a metric, IPv6.
 * The keeper checks each request as if a stranger had sent it, because an
 * attacker on the line may control the other process. Pure.
 */
#include "interface/keeper_record.h"
#include "clock.h"

#include <string.h>
#include <sys/socket.h>

#define PREFIX_AT 1
#define OWN_AT	  4
#define OTHER_AT  20
#define ERR_AT	  4
#define TEXT_AT	  8

#define IPV4_LEN 4

/* The largest network that a stranger may propose. */
#define PREFIX_LEN_MIN 24

_Static_assert(TEXT_AT + KEEPER_TEXT_MAX == KEEPER_ANSWER_LEN,
	       "the reason is the rest of the answer");

/**
 * keeper_request_encode() - encode a request
 * @bytes:   filled in
 * @request: the request; its addresses are IPv4
 */
void keeper_request_encode(uint8_t bytes[KEEPER_REQUEST_LEN],
			   const struct keeper_request *request)
{
	size_t i;

	memset(bytes, 0, KEEPER_REQUEST_LEN);
	bytes[0] = (uint8_t)request->kind;
	for (i = 0; i < request->names.count; i++)
		memcpy(bytes + OTHER_AT + i * IPV4_LEN,
		       request->names.addrs[i].bytes, IPV4_LEN);
	if (request->kind == KEEPER_TAKE_ROUTE)
		memcpy(bytes + OTHER_AT, request->other.bytes, IPV4_LEN);
	if (request->kind != KEEPER_TAKE_ADDRESS)
		return;
	bytes[PREFIX_AT] = (uint8_t)request->own.prefix_len;
	memcpy(bytes + OWN_AT, request->own.bytes, IPV4_LEN);
	memcpy(bytes + OTHER_AT, request->other.bytes, IPV4_LEN);
}

static struct addr read_addr(const uint8_t *bytes, unsigned int prefix_len)
{
	struct addr addr = {.family = AF_INET, .prefix_len = prefix_len};

	memcpy(addr.bytes, bytes, IPV4_LEN);
	return addr;
}

static bool is_zero(const struct addr *addr)
{
	static const uint8_t zero[IPV4_LEN];

	return !memcmp(addr->bytes, zero, IPV4_LEN);
}

/* The list ends with the first address that is zero. */
static void read_names(struct name_servers *names, const uint8_t *bytes)
{
	struct addr addr;

	while (names->count < NAME_SERVERS_MAX) {
		addr = read_addr(bytes + names->count * IPV4_LEN,
				 addr_bits(AF_INET));
		if (is_zero(&addr))
			break;
		names->addrs[names->count++] = addr;
	}
}

/**
 * keeper_request_decode() - decode a request
 * @request: filled in on success, untouched otherwise
 * @bytes:   the received record
 * @len:     its length in bytes
 *
 * This checks the form only; keeper_request_fault() judges the content.
 *
 * Return: false if the record is malformed or its kind is unknown
 */
bool keeper_request_decode(struct keeper_request *request, const uint8_t *bytes,
			   size_t len)
{
	struct keeper_request read = {0};
	uint8_t again[KEEPER_REQUEST_LEN];

	if (len != KEEPER_REQUEST_LEN)
		return false;
	switch (bytes[0]) {
	case KEEPER_TAKE_ADDRESS:
		if (bytes[PREFIX_AT] > addr_bits(AF_INET))
			return false;
		read.own = read_addr(bytes + OWN_AT, bytes[PREFIX_AT]);
		read.other = read_addr(bytes + OTHER_AT, bytes[PREFIX_AT]);
		break;
	case KEEPER_TAKE_ROUTE:
		read.other = read_addr(bytes + OTHER_AT, addr_bits(AF_INET));
		if (is_zero(&read.other))
			read.other = (struct addr){0};
		break;
	case KEEPER_USE_NAMES:
		read_names(&read.names, bytes + OTHER_AT);
		break;
	case KEEPER_DROP_ROUTE:
		break;
	default:
		return false;
	}
	read.kind = (enum keeper_kind)bytes[0];
	/* Unused bytes must be zero. */
	keeper_request_encode(again, &read);
	if (memcmp(again, bytes, len) != 0)
		return false;
	*request = read;
	return true;
}

static bool is_host(const struct addr *addr)
{
	return !addr_is_network(addr) && !addr_is_broadcast(addr);
}

/**
 * keeper_request_fault() - find a reason to refuse a request
 * @request: the request, from keeper_request_decode()
 *
 * A stranger may propose an address only if it is private and its network is
 * small. Such a network can only hide hosts of private networks, and the keeper
 * compares it with the networks that this host reaches already.
 *
 * A prefix of 32 is a pair of addresses (--peer), each of any network; one of
 * 31 has two hosts (RFC 3021).
 *
 * Return: the reason; NULL if there is none
 */
const char *keeper_request_fault(const struct keeper_request *request)
{
	const struct addr own = addr_network(&request->own);
	const struct addr other = addr_network(&request->other);
	size_t i;

	for (i = 0; i < request->names.count; i++)
		if (!name_servers_may_have(&request->names.addrs[i]))
			return "such an address cannot be a name server";
	if (request->kind != KEEPER_TAKE_ADDRESS)
		return NULL;
	if (!addr_is_private(&request->own) ||
	    !addr_is_private(&request->other))
		return "an address that the peer proposes must be private "
		       "(RFC 1918)";
	if (request->own.prefix_len < PREFIX_LEN_MIN)
		return "a network that the peer proposes must be /24 or "
		       "smaller";
	if (addr_same_host(&request->own, &request->other))
		return "both ends would have the same address";
	if (request->own.prefix_len < addr_bits(AF_INET) &&
	    !addr_same_host(&own, &other))
		return "the two addresses are in different networks";
	if (!is_host(&request->own) || !is_host(&request->other))
		return "no host can have the first or the last address of a "
		       "network";
	return NULL;
}

/**
 * keeper_answer_encode() - encode an answer
 * @bytes:  filled in
 * @answer: the answer
 */
void keeper_answer_encode(uint8_t bytes[KEEPER_ANSWER_LEN],
			  const struct keeper_answer *answer)
{
	const uint32_t number = (uint32_t)-answer->err;
	size_t i;

	memset(bytes, 0, KEEPER_ANSWER_LEN);
	bytes[0] = (uint8_t)answer->kind;
	for (i = 0; i < sizeof(number); i++)
		bytes[ERR_AT + i] = (uint8_t)(number >> (24 - 8 * i));
	memcpy(bytes + TEXT_AT, answer->text,
	       strnlen(answer->text, KEEPER_TEXT_MAX - 1));
}

/**
 * keeper_answer_decode() - decode an answer
 * @answer: filled in on success, untouched otherwise
 * @bytes:  the received record
 * @len:    its length in bytes
 *
 * Return: false if the record is malformed
 */
bool keeper_answer_decode(struct keeper_answer *answer, const uint8_t *bytes,
			  size_t len)
{
	struct keeper_answer read = {0};
	uint8_t again[KEEPER_ANSWER_LEN];
	uint32_t number = 0;
	size_t i;

	if (len != KEEPER_ANSWER_LEN || bytes[0] >= KEEPER_KINDS)
		return false;
	for (i = 0; i < sizeof(number); i++)
		number = number << 8 | bytes[ERR_AT + i];
	if (number > INT32_MAX)
		return false;
	read.kind = (enum keeper_kind)bytes[0];
	read.err = -(int)number;
	memcpy(read.text, bytes + TEXT_AT, KEEPER_TEXT_MAX - 1);
	keeper_answer_encode(again, &read);
	if (memcmp(again, bytes, len) != 0)
		return false;
	*answer = read;
	return true;
}

/**
 * keeper_rate_take() - may the keeper set another address now?
 * @rate:   the times so far; on success, with this one added
 * @now_ns: the time
 *
 * Return: false if the keeper has set KEEPER_TAKES_MAX addresses in the last
 * KEEPER_TAKES_S seconds
 */
bool keeper_rate_take(struct keeper_rate *rate, uint64_t now_ns)
{
	uint64_t *oldest = &rate->times[rate->count % KEEPER_TAKES_MAX];

	if (rate->count >= KEEPER_TAKES_MAX &&
	    now_ns - *oldest < KEEPER_TAKES_S * NS_PER_S)
		return false;
	*oldest = now_ns;
	rate->count++;
	return true;
}
