/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of what is told of a packet by looking at it: nothing looks beyond
 * its end, and a mark changes the mark and the checksum, and nothing else.
 *
 * The script is: whether to make lengths and checksum right, without which few
 * packets would get any further, and the packet.
 */
#include "fuzz.h"
#include "packet/packet.h"
#include "packet/siphash.h"

#include <stdbool.h>

#define IPV4_HEADER_LEN 20
#define IPV6_HEADER_LEN 40

static const struct siphash_key key = {{1, 2}};

static bool is_ipv4(const uint8_t *packet, size_t len)
{
	return len >= IPV4_HEADER_LEN && packet[0] >> 4 == 4;
}

static bool is_ipv6(const uint8_t *packet, size_t len)
{
	return len >= IPV6_HEADER_LEN && packet[0] >> 4 == 6;
}

static void make_right(uint8_t *packet, size_t len)
{
	size_t header_len = (size_t)(packet[0] & 0xF) * 4;

	if (is_ipv4(packet, len) && header_len >= IPV4_HEADER_LEN &&
	    header_len <= len) {
		packet[2] = (uint8_t)(len >> 8);
		packet[3] = (uint8_t)len;
		testing_ipv4_seal(packet, header_len);
	} else if (is_ipv6(packet, len)) {
		packet[4] = (uint8_t)((len - IPV6_HEADER_LEN) >> 8);
		packet[5] = (uint8_t)(len - IPV6_HEADER_LEN);
	}
}

/* What a good packet has, looked at the simplest way. */
static void check_verdict(const uint8_t *packet, size_t len,
			  enum packet_verdict verdict)
{
	if (verdict == PACKET_IPV4) {
		assert_true(is_ipv4(packet, len));
		assert_int_equal(packet[2] << 8 | packet[3], len);
		assert_in_range((packet[0] & 0xF) * 4, IPV4_HEADER_LEN, len);
	} else if (verdict == PACKET_IPV6) {
		assert_true(is_ipv6(packet, len));
		assert_int_equal((packet[4] << 8 | packet[5]) + IPV6_HEADER_LEN,
				 len);
	}
}

static void check_mark(uint8_t *packet, size_t len, enum packet_verdict verdict)
{
	uint8_t *before = testing_copy(packet, len);
	uint32_t flow = packet_flow(packet, len, &key);
	bool ipv4 = is_ipv4(packet, len);

	packet_mark_ce(packet);
	assert_int_equal(packet_check(packet, len), verdict);
	assert_true(packet_is_ecn_capable(packet, len));
	/* Of a header that says it is shorter than one, ports are the mark. */
	if (verdict == PACKET_IPV4 || verdict == PACKET_IPV6)
		assert_int_equal(packet_flow(packet, len, &key), flow);
	assert_int_equal(packet[1], before[1] | (ipv4 ? 0x03 : 0x30));

	before[1] = packet[1];
	if (ipv4)
		memcpy(before + 10, packet + 10, 2);
	assert_memory_equal(packet, before, len);
	free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	bool right = fuzz_number(&script, 1) & 1;
	size_t len = 65535;
	const uint8_t *bytes = fuzz_take(&script, &len);
	uint8_t *packet = testing_copy(bytes, len);
	enum packet_verdict verdict;

	if (right && len)
		make_right(packet, len);
	verdict = packet_check(packet, len);
	check_verdict(packet, len, verdict);
	if (verdict == PACKET_IPV6)
		packet_is_router_advert(packet, len);
	packet_flow(packet, len, &key);
	if (packet_is_ecn_capable(packet, len))
		check_mark(packet, len, verdict);
	free(packet);
	return 0;
}
