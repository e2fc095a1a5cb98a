/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What several unit tests need: cmocka, random numbers that are the same in
 * every run, packets to try things with, and command lines in pieces.
 *
 * Octets under test are best put on the heap in a buffer that is not one octet
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
 * testing_copy() - put octets where reading beyond them is noticed
 * @octets: the octets
 * @len:    how many
 *
 * Return: a copy of exactly this size, to be freed
 */
static inline uint8_t *testing_copy(const void *octets, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, octets, len);
	return copy;
}

/**
 * testing_ipv4_seal() - make the checksum of an IPv4 header right
 * @packet:     the packet; octets 10 and 11 are set
 * @header_len: octets of its header
 */
static inline void testing_ipv4_seal(uint8_t *packet, size_t header_len)
{
	unsigned int sum = 0;
	size_t i;

	packet[10] = 0;
	packet[11] = 0;
	for (i = 0; i < header_len; i++)
		sum += i % 2 ? packet[i] : (unsigned int)packet[i] << 8;
	sum = (sum & 0xFFFF) + (sum >> 16);
	sum = ~((sum & 0xFFFF) + (sum >> 16));
	packet[10] = (uint8_t)(sum >> 8);
	packet[11] = (uint8_t)sum;
}

/**
 * testing_ipv4() - make a good IPv4 packet without options
 * @packet: where to make it
 * @len:    its length in octets, at least 20
 * @fill:   each octet behind the header
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
 * @len:    its length in octets, at least 40
 * @next:   type of the header behind the first
 * @fill:   each octet behind the header
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
