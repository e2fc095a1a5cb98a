/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of Ethernet frames: no read is beyond their end, the results for the
 * packet in a good frame are those for the packet alone, and a mark keeps the
 * frame good.
 *
 * The script is: whether to give it a sender and make the lengths and the
 * checksum of the IP packet right, and the frame.
 */
#include "fuzz.h"
#include "packet/ethernet.h"
#include "packet/siphash.h"

static const struct siphash_key key = {{1, 2}};

static void make_right(uint8_t *frame, size_t len)
{
	static const uint8_t sender[ETHERNET_MAC_LEN] = {2, 0, 0, 0, 0, 1};
	size_t at = ethernet_find_ip(frame, len);
	uint8_t *packet = frame + at;

	if (len < ETHERNET_HEADER_LEN)
		return;
	memcpy(frame + 6, sender, sizeof(sender));
	if (len - at >= 20 && packet[0] == 0x45) {
		packet[2] = (uint8_t)((len - at) >> 8);
		packet[3] = (uint8_t)(len - at);
		testing_ipv4_seal(packet, 20);
	} else if (len - at >= 40 && packet[0] >> 4 == 6) {
		packet[4] = (uint8_t)((len - at - 40) >> 8);
		packet[5] = (uint8_t)(len - at - 40);
	}
}

static void check_packet(uint8_t *frame, size_t len,
			 enum packet_verdict verdict)
{
	size_t at = ethernet_find_ip(frame, len);
	uint8_t *packet = testing_copy(frame + at, len - at);

	assert_in_range(at, ETHERNET_HEADER_LEN, len - 20);
	assert_int_equal(packet[0] >> 4, verdict == PACKET_IPV4 ? 4 : 6);
	assert_int_equal(ethernet_flow(frame, len, &key),
			 packet_flow(packet, len - at, &key));
	if (verdict == PACKET_IPV6)
		packet_is_router_advert(packet, len - at);
	if (packet_is_ecn_capable(packet, len - at)) {
		packet_mark_ce(frame + at);
		assert_int_equal(ethernet_check(frame, len), verdict);
	}
	free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	bool right = fuzz_number(&script, 1) & 1;
	size_t len = 65535;
	const uint8_t *bytes = fuzz_take(&script, &len);
	uint8_t *frame = testing_copy(bytes, len);
	enum packet_verdict verdict;

	if (right)
		make_right(frame, len);
	verdict = ethernet_check(frame, len);
	assert_in_range(ethernet_find_ip(frame, len), 0, len);
	ethernet_flow(frame, len, &key);
	if (verdict == PACKET_IPV4 || verdict == PACKET_IPV6)
		check_packet(frame, len, verdict);
	else if (verdict == PACKET_OTHER)
		assert_in_range(len, ETHERNET_HEADER_LEN, 65535);
	free(frame);
	return 0;
}
