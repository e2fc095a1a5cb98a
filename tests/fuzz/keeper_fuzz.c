/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the keeper's records: a request that is read is written down as the
 * same bytes, and so is an answer; what is done for a stranger is an address of
 * RFC 1918 in a small network, with another host beside it.
 */
#include "fuzz.h"
#include "interface/keeper_record.h"

#include <sys/socket.h>

static uint32_t number_of(const struct addr *addr)
{
	const uint8_t *b = addr->bytes;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

static void check_private(uint32_t addr)
{
	assert_true(addr >> 24 == 10 || addr >> 20 == 0xAC1 ||
		    addr >> 16 == 0xC0A8);
}

static void check_take(const struct keeper_request *request)
{
	const uint32_t own = number_of(&request->own);
	const uint32_t other = number_of(&request->other);
	const unsigned int prefix_len = request->own.prefix_len;
	const uint32_t hosts = (uint32_t)(UINT64_C(0xFFFFFFFF) >> prefix_len);

	assert_in_range(prefix_len, 24, 32);
	assert_int_equal(request->other.prefix_len, prefix_len);
	assert_int_equal(request->own.family, AF_INET);
	assert_int_equal(request->other.family, AF_INET);
	check_private(own);
	check_private(other);
	assert_int_not_equal(own, other);
	if (prefix_len < 32)
		assert_int_equal(own & ~hosts, other & ~hosts);
	if (prefix_len < 31) {
		assert_in_range(own & hosts, 1, hosts - 1);
		assert_in_range(other & hosts, 1, hosts - 1);
	}
}

static void check_names(const struct name_servers *names)
{
	size_t i;

	assert_true(names->count <= NAME_SERVERS_MAX);
	for (i = 0; i < names->count; i++)
		assert_true(name_servers_may_have(&names->addrs[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[KEEPER_ANSWER_LEN];
	struct keeper_request request;
	struct keeper_answer answer;

	if (keeper_request_decode(&request, data, size)) {
		keeper_request_encode(again, &request);
		assert_memory_equal(again, data, KEEPER_REQUEST_LEN);
		if (request.kind == KEEPER_TAKE_ADDRESS &&
		    !keeper_request_fault(&request))
			check_take(&request);
		if (!keeper_request_fault(&request))
			check_names(&request.names);
	}
	if (keeper_answer_decode(&answer, data, size)) {
		assert_true(answer.err <= 0);
		assert_in_range(strlen(answer.text), 0, KEEPER_TEXT_MAX - 1);
		keeper_answer_encode(again, &answer);
		assert_memory_equal(again, data, KEEPER_ANSWER_LEN);
	}
	return 0;
}
