/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the cutting of super-packets: each packet is a good one, and is the
 * one that is made of the same headers and its part of the payload in the
 * simplest way.
 *
 * The script is: whether to make right what the kernel makes right, whether
 * the checksum is missing, the three numbers of struct gso, and the packet.
 */
#include "fuzz.h"
#include "packet/gso.h"
#include "packet/packet.h"

#include <stdbool.h>

#define FIN 0x01
#define PSH 0x08
#define CWR 0x80

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/*
 * The kernel knows where TCP begins, and makes the sum of the pseudo-header.
 * Return: false if there is no room for a header of TCP
 */
static bool make_right(struct gso *gso, uint8_t *packet, size_t len)
{
	size_t at = (size_t)(packet[0] & 0xF) * 4;

	/* Extension headers may be between them. */
	if (packet[0] >> 4 == 6)
		at = 40 + (size_t)gso->sum_from % 4 * 8;
	if (at < 20 || at + 20 > len)
		return false;
	gso->needs_sum = true;
	gso->sum_from = (uint16_t)at;
	gso->sum_at = (uint16_t)(at + 16);
	put16(packet + at + 16, testing_tcp_pseudo(packet, at, len));
	return true;
}

/* One packet, with a checksum that may have been missing. */
static void check_whole(const struct gso *gso, const uint8_t *before,
			const uint8_t *packet, size_t len)
{
	uint8_t *wanted = testing_copy(before, len);

	if (gso->needs_sum) {
		memcpy(wanted + gso->sum_at, packet + gso->sum_at, 2);
		/* What was in the field is the sum of the pseudo-header. */
		if ((gso->sum_at - gso->sum_from) % 2 == 0)
			assert_int_equal(
				testing_checksum(get16(before + gso->sum_at),
						 packet + gso->sum_from,
						 len - gso->sum_from),
				0xFFFF);
	}
	assert_memory_equal(packet, wanted, len);
	free(wanted);
}

/* What cutting makes anew in the headers of the packet of one part. */
static void renew_headers(uint8_t *packet, size_t len, size_t tcp_at,
			  size_t part, size_t at, bool is_last)
{
	uint8_t *tcp = packet + tcp_at;
	uint32_t seq = (uint32_t)get16(tcp + 4) << 16 | get16(tcp + 6);

	if (packet[0] >> 4 == 6) {
		put16(packet + 4, len - 40);
	} else {
		put16(packet + 2, len);
		put16(packet + 4, get16(packet + 4) + part);
		testing_ipv4_seal(packet, tcp_at);
	}
	put16(tcp + 4, (seq + (uint32_t)at) >> 16);
	put16(tcp + 6, seq + (uint32_t)at);
	if (part)
		tcp[13] &= (uint8_t)~CWR;
	if (!is_last)
		tcp[13] &= (uint8_t) ~(FIN | PSH);
	testing_tcp_seal(packet, tcp_at, len);
}

static void check_segments(const struct gso *gso, const uint8_t *before,
			   size_t before_len, struct gso_cut *cut, bool right)
{
	const size_t tcp_at = gso->sum_from;
	const size_t headers = tcp_at + (size_t)(before[tcp_at + 12] >> 4) * 4;
	const size_t total = before_len - headers;
	uint8_t *wanted = testing_copy(before, before_len);
	uint8_t *packet;
	size_t at, len;
	size_t part;

	for (at = 0, part = 0; at < total; at += len - headers, part++) {
		len = total - at;
		if (len > gso->segment_len)
			len = gso->segment_len;
		len += headers;
		assert_int_equal(gso_cut_next(cut, &packet), len);
		memcpy(wanted, before, headers);
		memcpy(wanted + headers, before + headers + at, len - headers);
		renew_headers(wanted, len, tcp_at, part, at,
			      at + len - headers == total);
		/* That of the wrong pseudo-header is wrong. */
		if (!right)
			memcpy(wanted + tcp_at + 16, packet + tcp_at + 16, 2);
		assert_memory_equal(packet, wanted, len);
		assert_in_range(packet_check(packet, len), PACKET_IPV4,
				PACKET_IPV6);
	}
	free(wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	const uint64_t bits = fuzz_number(&script, 1);
	bool right = bits & 1;
	struct gso gso = {.needs_sum = bits >> 1 & 1};
	size_t len = PACKET_MAX;
	struct gso_cut cut;
	const uint8_t *bytes;
	uint8_t *before, *packet, *cut_off;

	gso.segment_len = (uint16_t)fuzz_number(&script, 2);
	gso.sum_from = (uint16_t)fuzz_number(&script, 2);
	gso.sum_at = (uint16_t)fuzz_number(&script, 2);
	bytes = fuzz_take(&script, &len);
	if (!len)
		return 0;
	packet = testing_copy(bytes, len);
	if (right)
		right = make_right(&gso, packet, len);
	before = testing_copy(packet, len);
	if (gso_cut_begin(&cut, &gso, packet, len)) {
		if (gso.segment_len) {
			check_segments(&gso, before, len, &cut, right);
		} else {
			assert_int_equal(gso_cut_next(&cut, &cut_off), len);
			assert_ptr_equal(cut_off, packet);
			check_whole(&gso, before, packet, len);
		}
		assert_int_equal(gso_cut_next(&cut, &cut_off), 0);
	}
	free(before);
	free(packet);
	return 0;
}
