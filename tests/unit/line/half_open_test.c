/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of half_open: who waits for our SYN-ACK, by the kernel's table.
 */
#include "../socket.h"
#include "line/half_open.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#define REST " 00000000:00000000 01:00000063 00000000     0        0 0 2"

/* The kernel prints each word of an address in this host's byte order. */
static void format_words(char *text, const void *addr, size_t len)
{
	uint32_t word;
	size_t at;

	for (at = 0; at < len; at += sizeof(word)) {
		memcpy(&word, (const uint8_t *)addr + at, sizeof(word));
		text += sprintf(text, "%08X", word);
	}
}

static void make_line(char line[256], int family, const char *host,
		      const char *rest)
{
	uint8_t addr[16];
	char words[33];

	assert_int_equal(inet_pton(family, host, addr), 1);
	format_words(words, addr, family == AF_INET ? 4 : 16);
	snprintf(line, 256, "   0: %.*s:1388 %s%s\n",
		 family == AF_INET ? 8 : 32, "00000000000000000000000000000000",
		 words, rest);
}

static void assert_host(const union resolver_addr *peer, int family,
			const char *host)
{
	char text[INET6_ADDRSTRLEN];
	const void *addr = family == AF_INET
				   ? (const void *)&peer->ipv4.sin_addr
				   : (const void *)&peer->ipv6.sin6_addr;

	assert_int_equal(peer->any.sa_family, family);
	assert_non_null(inet_ntop(family, addr, text, sizeof(text)));
	assert_string_equal(text, host);
	assert_int_equal(ntohs(peer->ipv4.sin_port), 0xD431);
}

static void test_half_open_parses(void **state)
{
	union resolver_addr peer;
	char line[256];

	(void)state;
	make_line(line, AF_INET, "172.16.0.2", ":D431 03" REST);
	assert_true(half_open_parse(line, 5000, &peer));
	assert_host(&peer, AF_INET, "172.16.0.2");
	assert_false(half_open_parse(line, 5001, &peer));

	make_line(line, AF_INET6, "2001:db8::7", ":D431 03" REST);
	assert_true(half_open_parse(line, 5000, &peer));
	assert_host(&peer, AF_INET6, "2001:db8::7");

	make_line(line, AF_INET6, "::ffff:172.16.0.2", ":D431 03" REST);
	assert_true(half_open_parse(line, 5000, &peer));
	assert_host(&peer, AF_INET, "172.16.0.2");
}

/* Other states, the heading, and what is no line of the table. */
static void test_half_open_leaves_others(void **state)
{
	static const char *const others[] = {
		"",
		"\n",
		"  sl  local_address rem_address   st tx_queue rx_queue tr\n",
		"   0: 00000000:1388 020010AC:D431 01" REST,
		"   0: 00000000:1388 00000000:0000 0A" REST,
		"   0: 00000000:1388 020010AC:D431",
		"   0: 00000000:1388 020010AC:D43 03" REST,
		"   0: 00000000:1388 020010AC 03" REST,
		"   0: 00000000:1388 020010A:D431 03" REST,
		"   0: 00000000:1388 020010ACD:D431 03" REST,
		"   0: 00000000:1388 02001xAC:D431 03" REST,
		"   0: 00000000 020010AC:D431 03" REST,
	};
	union resolver_addr peer;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(others); i++)
		assert_false(half_open_parse(others[i], 5000, &peer));
}

/* A connection that is accepted, or could be, is not half open. */
static void test_half_open_lists(void **state)
{
	struct half_open tables;
	const unsigned int port = socket_free_port();
	union resolver_addr peers[2];
	struct sockaddr_in own = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int other;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(listen(fd, 1), 0);
	other = socket_connect(port);
	half_open_begin(&tables);
	assert_int_equal(half_open_list(&tables, (uint16_t)port, peers, 2), 0);
	half_open_end(&tables);
	close(other);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half_open_parses),
		cmocka_unit_test(test_half_open_leaves_others),
		cmocka_unit_test(test_half_open_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
