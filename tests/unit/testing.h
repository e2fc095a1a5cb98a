/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What several unit tests need: cmocka, random numbers that are the same in
 * every run, packets to try things with, and command lines in pieces.
 *
 * Bytes under test are best put on the heap in a buffer that is not one byte
 * too long (testing_copy()): AddressSanitizer and valgrind then see whoever
 * looks beyond.
 */
#ifndef SERIALTUN_TESTING_H
#define SERIALTUN_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define TESTING_COUNT(array) (sizeof(array) / sizeof(*(array)))

/**
 * testing_is_valgrind() - is this process run by valgrind?
 *
 * For tests that valgrind cannot play: they are left out, which its run says
 * by their number.
 *
 * Return: 1 or 0, as a number of tests
 */
static inline size_t testing_is_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded && strstr(preloaded, "vgpreload");
}

/**
 * testing_has_own_malloc() - does a checker of memory replace malloc()?
 *
 * Return: as testing_is_valgrind(), and 1 under AddressSanitizer
 */
static inline size_t testing_has_own_malloc(void)
{
#ifdef __SANITIZE_ADDRESS__
	return 1;
#else
	return testing_is_valgrind();
#endif
}

/**
 * testing_random() - the next number of a reproducible sequence
 * @state: the seed, not 0; updated (xorshift64*, Vigna, 2014)
 * @below: the number is less than this, at least 1
 *
 * Return: the number
 */
static inline size_t testing_random(uint64_t *state, size_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (size_t)(*state * 0x2545F4914F6CDD1D >> 32) % below;
}

/**
 * testing_copy() - put bytes where reading beyond them is noticed
 * @bytes: the bytes
 * @len:    how many
 *
 * Return: a copy of exactly this size, to be freed
 */
static inline uint8_t *testing_copy(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return copy;
}

/**
 * testing_checksum() - the ones' complement sum, as RFC 1071 writes it down
 * @sum:    of what comes before
 * @bytes: the bytes
 * @len:    how many; an odd one has a zero behind it
 *
 * Return: the sum, not complemented
 */
static inline uint16_t testing_checksum(unsigned int sum, const uint8_t *bytes,
					size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		sum += i % 2 ? bytes[i] : (unsigned int)bytes[i] << 8;
		sum = (sum & 0xFFFF) + (sum >> 16);
	}
	return (uint16_t)sum;
}

/**
 * testing_ipv4_seal() - make the checksum of an IPv4 header right
 * @packet:     the packet; bytes 10 and 11 are set
 * @header_len: bytes of its header
 */
static inline void testing_ipv4_seal(uint8_t *packet, size_t header_len)
{
	unsigned int sum;

	packet[10] = 0;
	packet[11] = 0;
	sum = ~(unsigned int)testing_checksum(0, packet, header_len);
	packet[10] = (uint8_t)(sum >> 8);
	packet[11] = (uint8_t)sum;
}

/**
 * testing_ipv4() - make a good IPv4 packet without options
 * @packet: where to make it
 * @len:    its length in bytes, at least 20
 * @fill:   each byte behind the header
 */
static inline void testing_ipv4(uint8_t *packet, size_t len, uint8_t fill)
{
	static const uint8_t header[20] = {
		0x45, 0,  0, 0, /* version and header length */
		0,    0,  0, 0, /* no fragment */
		64,   17, 0, 0, /* hops, UDP */
		10,   0,  0, 1, /* from */
		10,   0,  0, 2, /* to */
	};

	memset(packet, fill, len);
	memcpy(packet, header, sizeof(header));
	packet[2] = (uint8_t)(len >> 8);
	packet[3] = (uint8_t)len;
	testing_ipv4_seal(packet, sizeof(header));
}

/**
 * testing_ipv6() - make a good IPv6 packet
 * @packet: where to make it
 * @len:    its length in bytes, at least 40
 * @next:   type of the header behind the first
 * @fill:   each byte behind the header
 */
static inline void testing_ipv6(uint8_t *packet, size_t len, uint8_t next,
				uint8_t fill)
{
	static const uint8_t header[40] = {
		0x60, 0,    0, 0, 0, 0, 0, 255, /* version, hops */
		0xFE, 0x80, 0, 0, 0, 0, 0, 0,	/* from fe80::1 */
		0,    0,    0, 0, 0, 0, 0, 1,
		0xFF, 2,    0, 0, 0, 0, 0, 0, /* to ff02::1 */
		0,    0,    0, 0, 0, 0, 0, 1,
	};

	memset(packet, fill, len);
	memcpy(packet, header, sizeof(header));
	packet[4] = (uint8_t)((len - sizeof(header)) >> 8);
	packet[5] = (uint8_t)(len - sizeof(header));
	packet[6] = next;
}

/**
 * testing_tcp_pseudo() - the sum of the pseudo-header (RFC 9293, section 3.1)
 * @packet: a packet with TCP behind its IP header
 * @at:     where TCP begins
 * @len:    bytes of the packet
 *
 * Return: the sum, not complemented
 */
static inline uint16_t testing_tcp_pseudo(const uint8_t *packet, size_t at,
					  size_t len)
{
	const size_t addresses = packet[0] >> 4 == 6 ? 32 : 8;
	const size_t from = packet[0] >> 4 == 6 ? 8 : 12;
	const uint8_t rest[] = {0, 6, (uint8_t)((len - at) >> 8),
				(uint8_t)(len - at)};

	return testing_checksum(testing_checksum(0, packet + from, addresses),
				rest, sizeof(rest));
}

/**
 * testing_tcp_seal() - make the checksum of a TCP segment right
 * @packet: a packet with TCP behind its IP header
 * @at:     where TCP begins
 * @len:    bytes of the packet
 */
static inline void testing_tcp_seal(uint8_t *packet, size_t at, size_t len)
{
	unsigned int sum;

	packet[at + 16] = 0;
	packet[at + 17] = 0;
	sum = ~(unsigned int)testing_checksum(
		testing_tcp_pseudo(packet, at, len), packet + at, len - at);
	packet[at + 16] = (uint8_t)(sum >> 8);
	packet[at + 17] = (uint8_t)sum;
}

/**
 * struct testing_tcp - a TCP segment to be made
 * @options: bytes of options, a multiple of 4: each one NOP
 * @payload: bytes of payload, which are made of @seq, so that those of
 *           segments that follow each other are different
 * @seq:     sequence number of its first byte
 * @ipv6:    in IPv6, else in IPv4 with "don't fragment" set
 * @id:      IPv4's identification
 * @flags:   as in the header
 */
struct testing_tcp {
	size_t options;
	size_t payload;
	uint32_t seq;
	int ipv6;
	uint16_t id;
	uint8_t flags;
};

/**
 * testing_tcp_at() - where TCP begins in what testing_tcp_make() makes
 * @tcp: what is made
 *
 * Return: bytes of the IP header
 */
static inline size_t testing_tcp_at(const struct testing_tcp *tcp)
{
	return tcp->ipv6 ? 40 : 20;
}

/**
 * testing_tcp_make() - make a good TCP segment
 * @packet: where to make it
 * @tcp:    what it is to be
 *
 * Return: bytes of the packet
 */
static inline size_t testing_tcp_make(uint8_t *packet,
				      const struct testing_tcp *tcp)
{
	size_t at = testing_tcp_at(tcp);
	size_t headers = at + 20 + tcp->options;
	size_t len = headers + tcp->payload;
	static const uint8_t header[20] = {
		0x30, 0x39, 0,	  80, /* from port 12345 to 80 */
		0,    0,    0,	  0,  /* sequence number */
		1,    2,    3,	  4,  /* acknowledgement */
		0,    0,    0x20, 0,  /* offset, flags, window */
	};
	uint8_t *to = packet + at;
	size_t i;

	if (tcp->ipv6) {
		testing_ipv6(packet, len, 6, 1);
	} else {
		testing_ipv4(packet, len, 1);
		packet[4] = (uint8_t)(tcp->id >> 8);
		packet[5] = (uint8_t)tcp->id;
		packet[6] = 0x40;
		packet[9] = 6;
		testing_ipv4_seal(packet, at);
	}
	memcpy(to, header, sizeof(header));
	for (i = 0; i < 4; i++)
		to[4 + i] = (uint8_t)(tcp->seq >> (24 - 8 * i));
	to[12] = (uint8_t)((20 + tcp->options) << 2);
	to[13] = tcp->flags;
	for (i = 0; i < tcp->payload; i++)
		packet[headers + i] = (uint8_t)((tcp->seq + i) * 37 >> 3);
	testing_tcp_seal(packet, at, len);
	return len;
}

#define TESTING_ARGS_MAX 256

/**
 * struct testing_args - a command line as main() gets it
 * @argc:  as in main()
 * @argv:  as in main(); its strings are in @text
 * @text:  the command line, cut in pieces
 */
struct testing_args {
	int argc;
	char *argv[TESTING_ARGS_MAX];
	char text[8192];
};

/**
 * testing_args_split() - cut a command line at each space
 * @args: filled in
 * @line: what is behind the program's name; '' is an empty argument
 */
static inline void testing_args_split(struct testing_args *args,
				      const char *line)
{
	static char program[] = "serialtun";
	size_t len = strlen(line);
	char *rest = NULL;
	char *arg;

	assert_true(len < sizeof(args->text));
	memcpy(args->text, line, len + 1);
	args->argv[0] = program;
	args->argc = 1;
	for (arg = strtok_r(args->text, " ", &rest); arg;
	     arg = strtok_r(NULL, " ", &rest)) {
		assert_true(args->argc < TESTING_ARGS_MAX - 1);
		args->argv[args->argc++] = strcmp(arg, "''") ? arg : arg + 2;
	}
	args->argv[args->argc] = NULL;
}

#endif
