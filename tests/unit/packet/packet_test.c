/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of packet: valid IP packets, the reason why others are bad, and Router
 * Advertisements behind any extension headers.
 *
 * Each packet is in a buffer of exactly its length.
 */
#include "../testing.h"
#include "framing/framing.h"
#include "packet/packet.h"
#include "packet/siphash.h"

#include <ctype.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

#define IPV4_HEADER_LEN 20
#define IPV6_HEADER_LEN 40

static const char *verdict_name(enum packet_verdict verdict)
{
	static const char *const names[] = {
		[PACKET_IPV4] = "IPv4",
		[PACKET_IPV6] = "IPv6",
		[PACKET_BAD_VERSION] = "bad version",
		[PACKET_BAD_HEADER] = "bad header",
		[PACKET_BAD_LENGTH] = "bad length",
		[PACKET_BAD_CHECKSUM] = "bad checksum",
	};

	return names[verdict];
}

static enum packet_verdict verdict_of(const uint8_t *bytes, size_t len)
{
	uint8_t *packet = testing_copy(bytes, len);
	enum packet_verdict verdict = packet_check(packet, len);

	free(packet);
	return verdict;
}

static bool is_router_advert(const uint8_t *bytes, size_t len)
{
	uint8_t *packet = testing_copy(bytes, len);
	bool is = packet_is_router_advert(packet, len);

	assert_int_equal(packet_check(packet, len), PACKET_IPV6);
	free(packet);
	return is;
}

static void assert_verdict(const char *what, const uint8_t *bytes, size_t len,
			   enum packet_verdict wanted)
{
	enum packet_verdict verdict = verdict_of(bytes, len);

	if (verdict != wanted)
		fail_msg("%s, %zu bytes: %s, wanted is %s", what, len,
			 verdict_name(verdict), verdict_name(wanted));
}

static void assert_bad(const char *what, size_t at, const uint8_t *bytes,
		       size_t len)
{
	enum packet_verdict verdict = verdict_of(bytes, len);

	if (verdict == PACKET_IPV4 || verdict == PACKET_IPV6)
		fail_msg("%s %zu: %s", what, at, verdict_name(verdict));
}

static void put_be16(uint8_t *p, size_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

/* As long as the contents of a frame can be. */
static uint8_t packet[FRAMING_CONTENTS_MAX];

static const struct {
	const char *what;
	size_t len;
	size_t claimed;	    /* total length */
	unsigned int first; /* byte: version and header length */
	enum packet_verdict verdict;
} ipv4_headers[] = {
	{"the shortest", 20, 20, 0x45, PACKET_IPV4},
	{"with one byte in it", 21, 21, 0x45, PACKET_IPV4},
	{"a ping", 84, 84, 0x45, PACKET_IPV4},
	{"length in both bytes", 1500, 1500, 0x45, PACKET_IPV4},
	{"the longest", 65535, 65535, 0x45, PACKET_IPV4},
	{"an option", 84, 84, 0x46, PACKET_IPV4},
	{"options only", 24, 24, 0x46, PACKET_IPV4},
	{"as many options as can be", 60, 60, 0x4F, PACKET_IPV4},

	{"nothing", 0, 0, 0x45, PACKET_BAD_HEADER},
	{"one byte", 1, 1, 0x45, PACKET_BAD_HEADER},
	{"one byte, header length 0", 1, 1, 0x40, PACKET_BAD_HEADER},
	{"one less than a header", 19, 19, 0x45, PACKET_BAD_HEADER},
	{"cut, length as it was", 19, 20, 0x45, PACKET_BAD_HEADER},
	{"header length 0", 84, 84, 0x40, PACKET_BAD_HEADER},
	{"header length 1", 84, 84, 0x41, PACKET_BAD_HEADER},
	{"header length 4", 84, 84, 0x44, PACKET_BAD_HEADER},
	{"header beyond the frame", 20, 20, 0x46, PACKET_BAD_HEADER},
	{"header beyond by one byte", 59, 59, 0x4F, PACKET_BAD_HEADER},
	{"header beyond, length as it was", 59, 60, 0x4F, PACKET_BAD_HEADER},

	{"one byte missing", 84, 85, 0x45, PACKET_BAD_LENGTH},
	{"one byte too many", 84, 83, 0x45, PACKET_BAD_LENGTH},
	{"length 0", 84, 0, 0x45, PACKET_BAD_LENGTH},
	{"length in the wrong order", 84, 84 << 8, 0x45, PACKET_BAD_LENGTH},
	{"low byte of the length only", 84, 256 + 84, 0x45, PACKET_BAD_LENGTH},
	{"length shorter than the header", 84, 19, 0x45, PACKET_BAD_LENGTH},
	{"all the length there is", 84, 65535, 0x45, PACKET_BAD_LENGTH},
	{"65535 bytes, one less said", 65535, 65534, 0x45, PACKET_BAD_LENGTH},
};

static void test_packet_check_ipv4(void **state)
{
	size_t header_len;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(ipv4_headers); i++) {
		testing_ipv4(packet, sizeof(packet), 0xAA);
		packet[0] = (uint8_t)ipv4_headers[i].first;
		put_be16(packet + 2, ipv4_headers[i].claimed);
		header_len = (size_t)(packet[0] & 0xF) * 4;
		testing_ipv4_seal(packet, header_len);
		assert_verdict(ipv4_headers[i].what, packet,
			       ipv4_headers[i].len, ipv4_headers[i].verdict);
	}
}

/* An independent example: Wikipedia, "IPv4 header checksum". */
static void test_packet_check_ipv4_published(void **state)
{
	static const uint8_t header[IPV4_HEADER_LEN] = {
		0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
		0xB8, 0x61, 0xC0, 0xA8, 0x00, 0x01, 0xC0, 0xA8, 0x00, 0xC7,
	};

	(void)state;
	memset(packet, 0x55, 0x73);
	memcpy(packet, header, sizeof(header));
	assert_verdict("published", packet, 0x73, PACKET_IPV4);
	packet[11]++;
	assert_verdict("checksum one more", packet, 0x73, PACKET_BAD_CHECKSUM);
	packet[11] -= 2;
	assert_verdict("checksum one less", packet, 0x73, PACKET_BAD_CHECKSUM);
	put_be16(packet + 10, 0);
	assert_verdict("checksum 0", packet, 0x73, PACKET_BAD_CHECKSUM);
}

static void flip(uint8_t *bytes, size_t bit)
{
	bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
}

static void check_bit_flips(const char *what, size_t header_len, size_t len)
{
	size_t bit;

	testing_ipv4(packet, len, 0xAA);
	packet[0] = (uint8_t)(0x40 | header_len / 4);
	testing_ipv4_seal(packet, header_len);
	for (bit = 0; bit < header_len * 8; bit++) {
		flip(packet, bit);
		assert_bad(what, bit, packet, len);
		flip(packet, bit);
	}
	for (; bit < len * 8; bit++) {
		flip(packet, bit);
		assert_verdict("what is behind the header is not ours", packet,
			       len, PACKET_IPV4);
		flip(packet, bit);
	}
}

static void test_packet_check_ipv4_bit_flips(void **state)
{
	(void)state;
	check_bit_flips("shortest, bit", 20, 20);
	check_bit_flips("ping, bit", 20, 84);
	check_bit_flips("options, bit", 60, 100);
}

/* A TCP packet, its header as RFC 1144, section 3.2.2, leaves it. */
static void make_vj(size_t len, size_t header_len)
{
	testing_ipv4(packet, len, 0x5A);
	packet[0] = (uint8_t)(0x40 | header_len / 4);
	packet[9] = IPPROTO_TCP;
	testing_ipv4_seal(packet, header_len);
	packet[0] |= 0x70;
	packet[9] = 15;
}

static void check_vj(size_t len, size_t header_len)
{
	bool is_number;
	size_t bit;

	make_vj(len, header_len);
	assert_true(packet_is_vj(packet, len));
	for (bit = 0; bit < header_len * 8; bit++) {
		is_number = bit / 8 == 9;
		flip(packet, bit);
		assert_int_equal(packet_is_vj(packet, len), is_number);
		flip(packet, bit);
	}
}

static void test_packet_vj(void **state)
{
	(void)state;
	check_vj(40, 20);
	check_vj(100, 60);
}

static void test_packet_vj_every_cut(void **state)
{
	uint8_t *cut;
	size_t len;

	(void)state;
	make_vj(100, 60);
	for (len = 0; len < 100; len++) {
		cut = testing_copy(packet, len);
		assert_false(packet_is_vj(cut, len));
		free(cut);
	}
}

static const struct {
	const char *what;
	size_t len;
	size_t claimed; /* payload length */
	enum packet_verdict verdict;
} ipv6_headers[] = {
	{"the shortest", 40, 0, PACKET_IPV6},
	{"with one byte in it", 41, 1, PACKET_IPV6},
	{"a ping", 104, 64, PACKET_IPV6},
	{"length in both bytes", 1500, 1460, PACKET_IPV6},
	{"the longest in a frame", 65535, 65495, PACKET_IPV6},

	{"one byte", 1, 0, PACKET_BAD_HEADER},
	{"one less than a header", 39, 0, PACKET_BAD_HEADER},
	{"one less, length as for more", 39, 1, PACKET_BAD_HEADER},

	{"one byte missing", 104, 65, PACKET_BAD_LENGTH},
	{"one byte too many", 104, 63, PACKET_BAD_LENGTH},
	{"all bytes missing", 40, 1, PACKET_BAD_LENGTH},
	{"the header counted in", 104, 104, PACKET_BAD_LENGTH},
	{"length in the wrong order", 104, 64 << 8, PACKET_BAD_LENGTH},
	{"low byte of the length only", 104, 256 + 64, PACKET_BAD_LENGTH},
	{"longer than a frame", 65535, 65535, PACKET_BAD_LENGTH},
	{"longer than any packet", PACKET_MAX + 1,
	 PACKET_MAX + 1 - IPV6_HEADER_LEN, PACKET_BAD_LENGTH},
	{"the longest contents of a frame", FRAMING_CONTENTS_MAX,
	 FRAMING_CONTENTS_MAX - IPV6_HEADER_LEN, PACKET_BAD_LENGTH},
	{"a jumbogram", 65535, 0, PACKET_BAD_LENGTH},
};

static void test_packet_check_ipv6(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(ipv6_headers); i++) {
		testing_ipv6(packet, sizeof(packet), IPPROTO_NONE, 0xAA);
		put_be16(packet + 4, ipv6_headers[i].claimed);
		assert_verdict(ipv6_headers[i].what, packet,
			       ipv6_headers[i].len, ipv6_headers[i].verdict);
	}
}

/* All sixteen versions, with every value of the byte. */
static void test_packet_check_version(void **state)
{
	unsigned int first;

	(void)state;
	testing_ipv4(packet, 60, 0);
	for (first = 0; first < 256; first++) {
		if (first >> 4 == 4 || first >> 4 == 6)
			continue;
		packet[0] = (uint8_t)first;
		assert_verdict("version", packet, 60, PACKET_BAD_VERSION);
		assert_verdict("version only", packet, 1, PACKET_BAD_VERSION);
	}
}

static void test_packet_check_every_cut(void **state)
{
	size_t len;

	(void)state;
	testing_ipv4(packet, 84, 0xAA);
	for (len = 0; len < 84; len++)
		assert_bad("IPv4 cut after", len, packet, len);
	testing_ipv6(packet, 104, IPPROTO_UDP, 0xAA);
	for (len = 0; len < 104; len++)
		assert_bad("IPv6 cut after", len, packet, len);
}

/*
 * A chain of IPv6 headers, written as letters with a number each:
 *
 *	H D R	hop-by-hop, destination, routing; its length byte
 *	A	authentication; its length byte
 *	F	fragment; its offset in eights of bytes
 *	I	ICMPv6; its type
 *	P	whatever the number is the protocol of
 *
 * What the chain does not need to be @fill, to mislead who looks there.
 */
struct chain {
	size_t len;
	size_t next_at; /* where the type of the header to come goes */
	size_t last_at; /* where the last header begins */
	uint8_t bytes[4096];
};

static void chain_begin(struct chain *chain, uint8_t fill)
{
	testing_ipv6(chain->bytes, sizeof(chain->bytes), IPPROTO_NONE, fill);
	put_be16(chain->bytes + 4, 0);
	chain->len = IPV6_HEADER_LEN;
	chain->next_at = 6;
	chain->last_at = 0;
}

static uint8_t *chain_append(struct chain *chain, int type, size_t len)
{
	uint8_t *header = chain->bytes + chain->len;

	assert_true(len <= sizeof(chain->bytes) - chain->len);
	chain->bytes[chain->next_at] = (uint8_t)type;
	chain->last_at = chain->len;
	chain->next_at = chain->len;
	chain->len += len;
	put_be16(chain->bytes + 4, chain->len - IPV6_HEADER_LEN);
	return header;
}

static void chain_header(struct chain *chain, char letter, size_t number)
{
	uint8_t *header;

	switch (letter) {
	case 'H':
		header = chain_append(chain, IPPROTO_HOPOPTS, 8 * number + 8);
		header[1] = (uint8_t)number;
		break;
	case 'D':
		header = chain_append(chain, IPPROTO_DSTOPTS, 8 * number + 8);
		header[1] = (uint8_t)number;
		break;
	case 'R':
		header = chain_append(chain, IPPROTO_ROUTING, 8 * number + 8);
		header[1] = (uint8_t)number;
		break;
	case 'A':
		header = chain_append(chain, IPPROTO_AH, 4 * number + 8);
		header[1] = (uint8_t)number;
		break;
	case 'F':
		header = chain_append(chain, IPPROTO_FRAGMENT, 8);
		/* Its last three bits are no offset. */
		put_be16(header + 2, number << 3 | 7);
		break;
	case 'I':
		header = chain_append(chain, IPPROTO_ICMPV6, 16);
		header[0] = (uint8_t)number;
		break;
	case 'P':
		header = chain_append(chain, (int)number, 16);
		header[0] = ND_ROUTER_ADVERT;
		break;
	default:
		fail_msg("no such header: %c", letter);
	}
}

static void chain_build(struct chain *chain, const char *headers, uint8_t fill)
{
	char *next;

	chain_begin(chain, fill);
	for (; *headers; headers = next) {
		char letter = *headers++;

		chain_header(chain, letter, strtoul(headers, &next, 10));
		while (isspace((unsigned char)*next))
			next++;
	}
}

static const char *const router_adverts[] = {
	"I134",
	"H0 I134",
	"H1 I134",
	"H255 I134",
	"D0 I134",
	"D3 I134",
	"R0 I134",
	"R6 I134",
	"A0 I134",
	"A1 I134",
	"A4 I134",
	"F0 I134",
	"H0 D0 I134",
	"H0 R2 I134",
	"H0 F0 I134",
	"F0 D2 I134",
	"A4 D0 I134",
	"H0 D1 R2 F0 A4 D3 I134",
	"D0 D0 D0 D0 D0 D0 D0 D0 D0 D0 D0 D0 D0 D0 D0 D0 I134",
};

static const char *const others[] = {
	/* no header at all, and none more */
	"",
	"H0",
	"P59",
	"D0 P59",
	/* ICMPv6 of other types, with and without something before it */
	"I0",
	"I1",
	"I128",
	"I133",
	"I135",
	"I136",
	"I137",
	"I255",
	"H0 I133",
	"D0 I135",
	"R2 I128",
	"A4 I133",
	"F0 I133",
	/* a later fragment begins with anything */
	"F1 I134",
	"F32 I134",
	"F8191 I134",
	"H0 F1 I134",
	"F0 F1 I134",
	"F1 D0 I134",
	/* TCP, UDP, IPv6 in IPv6, ICMP, ESP, SCTP, and what nobody uses */
	"P6",
	"P17",
	"P41",
	"P1",
	"P50",
	"P132",
	"P253",
	"H0 P17",
	"D0 R0 P6",
};

static void test_packet_router_advert_found(void **state)
{
	struct chain chain;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(router_adverts); i++) {
		chain_build(&chain, router_adverts[i], 0xFF);
		if (!is_router_advert(chain.bytes, chain.len))
			fail_msg("\"%s\" passed", router_adverts[i]);
	}
}

static void test_packet_router_advert_not_seen_elsewhere(void **state)
{
	struct chain chain;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(others); i++) {
		chain_build(&chain, others[i], ND_ROUTER_ADVERT);
		if (is_router_advert(chain.bytes, chain.len))
			fail_msg("\"%s\" was taken for one", others[i]);
	}
}

/*
 * Without its ICMPv6 header it is none. With a part of it, it may be taken
 * for one or not: a receiver wants all its sixteen bytes.
 */
static void test_packet_router_advert_every_cut(void **state)
{
	struct chain chain;
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(router_adverts); i++) {
		chain_build(&chain, router_adverts[i], ND_ROUTER_ADVERT);
		for (len = IPV6_HEADER_LEN; len < chain.len; len++) {
			put_be16(chain.bytes + 4, len - IPV6_HEADER_LEN);
			if (is_router_advert(chain.bytes, len) &&
			    len <= chain.last_at)
				fail_msg("\"%s\" cut after %zu was taken for "
					 "one",
					 router_adverts[i], len);
		}
	}
}

/* Lengths that point behind the end find nothing. */
static void test_packet_router_advert_lying_lengths(void **state)
{
	static const char *const lying[] = {"H0 I134", "D0 I134", "R0 I134",
					    "A0 I134", "H0 D0 I134"};
	static const size_t at[] = {41, 41, 41, 41, 49};
	struct chain chain;
	unsigned int claimed;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(lying); i++) {
		chain_build(&chain, lying[i], ND_ROUTER_ADVERT);
		for (claimed = 5; claimed < 256; claimed++) {
			chain.bytes[at[i]] = (uint8_t)claimed;
			if (is_router_advert(chain.bytes, chain.len))
				fail_msg("\"%s\" with length %u was taken for "
					 "one",
					 lying[i], claimed);
		}
	}
}

/* Random packets: no read beyond the end. */
static void test_packet_router_advert_random_chains(void **state)
{
	static const uint8_t bytes[] = {
		IPPROTO_DSTOPTS,
		IPPROTO_ROUTING,
		IPPROTO_AH,
		IPPROTO_FRAGMENT,
		IPPROTO_ICMPV6,
		ND_ROUTER_ADVERT,
		IPPROTO_HOPOPTS,
		0,
		0,
		1,
		0xFF,
	};
	uint64_t seed = 4861;
	int found = 0;
	size_t len;
	size_t at;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		len = IPV6_HEADER_LEN + testing_random(&seed, 100);
		testing_ipv6(packet, len, 0, 0);
		packet[6] = bytes[testing_random(&seed, sizeof(bytes))];
		for (at = IPV6_HEADER_LEN; at < len; at++)
			packet[at] =
				bytes[testing_random(&seed, sizeof(bytes))];
		found += is_router_advert(packet, len);
	}
	assert_in_range(found, 100, 10000);
}

static const struct siphash_key flow_key = {{1, 2}};

static uint32_t flow_of(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = testing_copy(bytes, len);
	uint32_t flow = packet_flow(copy, len, &flow_key);

	free(copy);
	return flow;
}

/* One byte of a packet, and whether it tells flows apart. */
struct flow_byte {
	size_t at;
	bool tells;
};

static void assert_flow_bytes(const uint8_t *good, size_t len,
			      const struct flow_byte *bytes, size_t count)
{
	uint8_t other[200];
	size_t i;

	assert_true(len <= sizeof(other));
	for (i = 0; i < count; i++) {
		memcpy(other, good, len);
		other[bytes[i].at] ^= 1;
		if ((flow_of(good, len) != flow_of(other, len)) !=
		    bytes[i].tells)
			fail_msg("byte %zu %s flows apart", bytes[i].at,
				 bytes[i].tells ? "does not tell" : "tells");
	}
}

static void test_packet_flow_ipv4(void **state)
{
	static const struct flow_byte udp[] = {
		{9, true},  {12, true},	 {19, true},  {20, true},
		{23, true}, {1, false},	 {2, false},  {4, false},
		{8, false}, {10, false}, {24, false}, {28, false}};
	/* A fragment: the first one too, for the others have no ports. */
	static const struct flow_byte fragment[] = {
		{9, true}, {12, true}, {19, true}, {20, false}, {23, false}};

	(void)state;
	testing_ipv4(packet, 60, 7);
	assert_flow_bytes(packet, 60, udp, TESTING_COUNT(udp));
	packet[6] = 0x20; /* more fragments */
	assert_flow_bytes(packet, 60, fragment, TESTING_COUNT(fragment));
	packet[6] = 0;
	packet[7] = 9; /* an offset */
	assert_flow_bytes(packet, 60, fragment, TESTING_COUNT(fragment));
}

static void test_packet_flow_icmp_by_identifier(void **state)
{
	/* Type, code and checksum, identifier, sequence number. */
	static const struct flow_byte echo[] = {
		{21, false}, {22, false}, {24, true}, {25, true}, {26, false}};
	static const struct flow_byte error[] = {
		{21, false}, {22, false}, {24, false}, {26, false}};

	(void)state;
	testing_ipv4(packet, 84, 7);
	packet[9] = IPPROTO_ICMP;
	packet[20] = 8;
	assert_flow_bytes(packet, 84, echo, TESTING_COUNT(echo));
	packet[20] = 0;
	assert_flow_bytes(packet, 84, echo, TESTING_COUNT(echo));
	packet[20] = 3;
	assert_flow_bytes(packet, 84, error, TESTING_COUNT(error));
}

static void test_packet_flow_ipv6(void **state)
{
	static const struct flow_byte tcp[] = {
		{8, true},  {23, true}, {24, true}, {39, true},
		{40, true}, {43, true}, {1, false}, {2, false},
		{3, false}, {7, false}, {44, false}};

	(void)state;
	testing_ipv6(packet, 80, IPPROTO_TCP, 7);
	assert_flow_bytes(packet, 80, tcp, TESTING_COUNT(tcp));
}

static void test_packet_flow_behind_extension_headers(void **state)
{
	static const struct flow_byte ports[] = {{56, true},
						 {59, true},
						 {60, false}};
	static const struct flow_byte echo[] = {{52, true},
						{53, true},
						{54, false}};

	(void)state;
	testing_ipv6(packet, 100, IPPROTO_HOPOPTS, 0);
	packet[40] = IPPROTO_DSTOPTS;
	packet[48] = IPPROTO_UDP;
	assert_flow_bytes(packet, 100, ports, TESTING_COUNT(ports));

	testing_ipv6(packet, 100, IPPROTO_DSTOPTS, 0);
	packet[40] = IPPROTO_ICMPV6;
	packet[48] = 128;
	assert_flow_bytes(packet, 100, echo, TESTING_COUNT(echo));

	/* A fragment, the first one: by addresses alone. */
	testing_ipv6(packet, 100, IPPROTO_FRAGMENT, 0);
	packet[40] = IPPROTO_UDP;
	packet[43] = 1;
	assert_flow_bytes(packet, 100,
			  (struct flow_byte[]){{48, false}, {39, true}}, 2);
}

static void test_packet_flow_depends_on_the_key(void **state)
{
	static const struct siphash_key other = {{1, 3}};

	(void)state;
	testing_ipv4(packet, 60, 7);
	assert_int_not_equal(packet_flow(packet, 60, &flow_key),
			     packet_flow(packet, 60, &other));
}

/* Random bytes: no read beyond the end. */
static void test_packet_flow_of_anything(void **state)
{
	uint64_t seed = 8290;
	size_t len;
	size_t at;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		len = testing_random(&seed, 120);
		for (at = 0; at < len; at++)
			packet[at] = (uint8_t)testing_random(&seed, 256);
		if (len && round % 2)
			packet[0] = round % 4 == 1 ? 0x45 : 0x60;
		if (len > 6 && round % 3)
			packet[6] = (uint8_t)(testing_random(&seed, 2) * 44);
		flow_of(packet, len);
	}
}

/* Many flows spread over as many places as evenly as by chance. */
static void test_packet_flow_spreads(void **state)
{
	unsigned int places[256] = {0};
	unsigned int most = 0;
	unsigned int i;

	(void)state;
	testing_ipv4(packet, 60, 0);
	for (i = 0; i < 65536; i++) {
		packet[20] = (uint8_t)(i >> 8);
		packet[21] = (uint8_t)i;
		places[flow_of(packet, 60) % 256]++;
	}
	for (i = 0; i < 256; i++)
		if (places[i] > most)
			most = places[i];
	assert_in_range(most, 256, 256 + 5 * 16);
}

static void test_packet_ecn(void **state)
{
	size_t ecn;

	(void)state;
	for (ecn = 0; ecn < 4; ecn++) {
		testing_ipv4(packet, 60, 7);
		packet[1] = (uint8_t)(0xB8 | ecn);
		testing_ipv4_seal(packet, 20);
		assert_int_equal(packet_is_ecn_capable(packet, 60), ecn != 0);
		packet_mark_ce(packet);
		assert_int_equal(packet[1], 0xBB);
		assert_int_equal(packet_check(packet, 60), PACKET_IPV4);

		testing_ipv6(packet, 60, IPPROTO_TCP, 7);
		packet[1] = (uint8_t)(0x8F | ecn << 4);
		assert_int_equal(packet_is_ecn_capable(packet, 60), ecn != 0);
		packet_mark_ce(packet);
		assert_int_equal(packet[1], 0xBF);
	}
	testing_ipv4(packet, 60, 7);
	packet[1] = 3;
	assert_false(packet_is_ecn_capable(packet, 19));
	assert_false(packet_is_ecn_capable(packet, 0));
	packet[0] = 0x75;
	assert_false(packet_is_ecn_capable(packet, 60));
}

/* Random headers: a right checksum stays right, a wrong one wrong. */
static void test_packet_mark_ce_keeps_the_checksum(void **state)
{
	uint64_t seed = 1624;
	size_t at;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		testing_ipv4(packet, 20, 0);
		for (at = 1; at < 20; at++)
			if (at != 2 && at != 3)
				packet[at] =
					(uint8_t)testing_random(&seed, 256);
		testing_ipv4_seal(packet, 20);
		packet_mark_ce(packet);
		assert_int_equal(packet_check(packet, 20), PACKET_IPV4);
		packet[11] ^= 4;
		packet[1] &= 0xFC;
		packet_mark_ce(packet);
		assert_int_equal(packet_check(packet, 20), PACKET_BAD_CHECKSUM);
	}
}

/*
 * A packet whose checksum is right. Return: where that is, from the beginning
 */
static size_t make_summed(uint8_t *bytes, size_t len, bool is_ipv4,
			  uint8_t protocol)
{
	const size_t at = is_ipv4 ? IPV4_HEADER_LEN : IPV6_HEADER_LEN;
	const size_t from = is_ipv4 ? 12 : 8;
	const uint8_t rest[] = {0, protocol, (uint8_t)((len - at) >> 8),
				(uint8_t)(len - at)};
	const size_t sum_at = at + (protocol == IPPROTO_TCP   ? 16
				    : protocol == IPPROTO_UDP ? 6
							      : 2);
	unsigned int sum = 0;

	if (is_ipv4)
		bytes[9] = protocol;
	if (is_ipv4)
		testing_ipv4_seal(bytes, IPV4_HEADER_LEN);
	if (protocol == IPPROTO_UDP) {
		bytes[at + 4] = rest[2];
		bytes[at + 5] = rest[3];
	}
	bytes[sum_at] = 0;
	bytes[sum_at + 1] = 0;
	if (protocol != IPPROTO_ICMP)
		sum = testing_checksum(testing_checksum(0, bytes + from,
							at - from),
				       rest, sizeof(rest));
	sum = ~(unsigned int)testing_checksum(sum, bytes + at, len - at);
	bytes[sum_at] = (uint8_t)(sum >> 8);
	bytes[sum_at + 1] = (uint8_t)sum;
	return sum_at;
}

static uint8_t bad_sum_of(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = testing_copy(bytes, len);
	uint8_t bad;

	assert_true(packet_is_good(packet_check(copy, len)));
	bad = packet_bad_sum(copy);
	free(copy);
	return bad;
}

static void test_packet_bad_sum(void **state)
{
	static const struct {
		bool is_ipv4;
		uint8_t protocol;
	} kinds[] = {
		{true, IPPROTO_TCP},  {true, IPPROTO_UDP},
		{true, IPPROTO_ICMP}, {false, IPPROTO_TCP},
		{false, IPPROTO_UDP}, {false, IPPROTO_ICMPV6},
	};
	uint8_t bytes[200];
	size_t sum_at;
	size_t len;
	size_t at;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(kinds); i++) {
		for (len = 64; len < sizeof(bytes); len++) {
			const uint8_t protocol = kinds[i].protocol;

			if (kinds[i].is_ipv4)
				testing_ipv4(bytes, len, (uint8_t)len);
			else
				testing_ipv6(bytes, len, protocol, 'x');
			sum_at = make_summed(bytes, len, kinds[i].is_ipv4,
					     protocol);
			assert_int_equal(bad_sum_of(bytes, len), 0);
			/* Flip a bit behind the IP header, not UDP's length. */
			at = sum_at + 1 + len % (len - sum_at - 1);
			bytes[at] ^= (uint8_t)(1 << len % 8);
			assert_int_equal(bad_sum_of(bytes, len), protocol);
			bytes[at] ^= (uint8_t)(1 << len % 8);
			assert_int_equal(bad_sum_of(bytes, len), 0);
		}
	}
}

/* A missing checksum, or one of missing bytes, is not wrong. */
static void test_packet_bad_sum_unknown(void **state)
{
	uint8_t bytes[100];
	size_t sum_at;

	(void)state;
	testing_ipv4(bytes, sizeof(bytes), 'x');
	sum_at = make_summed(bytes, sizeof(bytes), true, IPPROTO_UDP);
	bytes[99] ^= 1;
	assert_int_equal(bad_sum_of(bytes, sizeof(bytes)), IPPROTO_UDP);
	bytes[6] = 0x20; /* more fragments */
	testing_ipv4_seal(bytes, IPV4_HEADER_LEN);
	assert_int_equal(bad_sum_of(bytes, sizeof(bytes)), 0);
	bytes[6] = 0;
	bytes[7] = 1; /* a later one */
	testing_ipv4_seal(bytes, IPV4_HEADER_LEN);
	assert_int_equal(bad_sum_of(bytes, sizeof(bytes)), 0);
	bytes[7] = 0;
	testing_ipv4_seal(bytes, IPV4_HEADER_LEN);
	bytes[sum_at] = bytes[sum_at + 1] = 0; /* RFC 768: not generated */
	assert_int_equal(bad_sum_of(bytes, sizeof(bytes)), 0);
	bytes[sum_at] = 1;
	bytes[sum_at - 2] = 1; /* longer than the packet */
	assert_int_equal(bad_sum_of(bytes, sizeof(bytes)), 0);
	/* Packets too short for a checksum. */
	testing_ipv4(bytes, 20, 0);
	assert_int_equal(bad_sum_of(bytes, 20), 0);
	testing_ipv4(bytes, 39, 1);
	bytes[9] = IPPROTO_TCP;
	testing_ipv4_seal(bytes, IPV4_HEADER_LEN);
	assert_int_equal(bad_sum_of(bytes, 39), 0);
	testing_ipv6(bytes, 43, IPPROTO_ICMPV6, 1);
	assert_int_equal(bad_sum_of(bytes, 43), 0);
	testing_ipv6(bytes, 40, IPPROTO_UDP, 1);
	assert_int_equal(bad_sum_of(bytes, 40), 0);
	/* Behind another header. */
	testing_ipv6(bytes, 80, IPPROTO_FRAGMENT, 1);
	assert_int_equal(bad_sum_of(bytes, 80), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet_check_ipv4),
		cmocka_unit_test(test_packet_check_ipv4_published),
		cmocka_unit_test(test_packet_check_ipv4_bit_flips),
		cmocka_unit_test(test_packet_vj),
		cmocka_unit_test(test_packet_vj_every_cut),
		cmocka_unit_test(test_packet_check_ipv6),
		cmocka_unit_test(test_packet_check_version),
		cmocka_unit_test(test_packet_check_every_cut),
		cmocka_unit_test(test_packet_router_advert_found),
		cmocka_unit_test(test_packet_router_advert_not_seen_elsewhere),
		cmocka_unit_test(test_packet_router_advert_every_cut),
		cmocka_unit_test(test_packet_router_advert_lying_lengths),
		cmocka_unit_test(test_packet_router_advert_random_chains),
		cmocka_unit_test(test_packet_flow_ipv4),
		cmocka_unit_test(test_packet_flow_icmp_by_identifier),
		cmocka_unit_test(test_packet_flow_ipv6),
		cmocka_unit_test(test_packet_flow_behind_extension_headers),
		cmocka_unit_test(test_packet_flow_depends_on_the_key),
		cmocka_unit_test(test_packet_flow_of_anything),
		cmocka_unit_test(test_packet_flow_spreads),
		cmocka_unit_test(test_packet_ecn),
		cmocka_unit_test(test_packet_mark_ce_keeps_the_checksum),
		cmocka_unit_test(test_packet_bad_sum),
		cmocka_unit_test(test_packet_bad_sum_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
