/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of agrees: an accepted agree can be written again, and reads as the
 * same; a stranger's address is accepted only if it is a private one in a small
 * network, and its name servers only if each is one host.
 *
 * One end's text ends at the first newline; the other end's text follows.
 */
#include "fuzz.h"
#include "pair/agree.h"

#include <sys/socket.h>

static void check_again(const struct agree *agree)
{
	char text[AGREE_TEXT_MAX];
	char text_again[AGREE_TEXT_MAX];
	struct agree again;
	size_t len = agree_write(text, agree);

	assert_true(len <= FIELD_TEXT_MAX);
	assert_true(agree_read((uint8_t *)text, len, &again));
	agree_write(text_again, &again);
	assert_string_equal(text, text_again);
}

static void check_name_servers(const struct name_servers *servers)
{
	size_t i;

	assert_true(servers->count <= NAME_SERVERS_MAX);
	for (i = 0; i < servers->count; i++) {
		assert_int_equal(servers->addrs[i].family, AF_INET);
		assert_int_equal(servers->addrs[i].prefix_len, 32);
		assert_in_range(servers->addrs[i].bytes[0], 1, 223);
		assert_int_not_equal(servers->addrs[i].bytes[0], 127);
	}
}

static void check_taken(const struct addr *take)
{
	const uint8_t *b = take->bytes;

	if (!take->family)
		return;
	assert_int_equal(take->family, AF_INET);
	assert_in_range(take->prefix_len, 24, 32);
	assert_true(b[0] == 10 || (b[0] == 172 && b[1] >= 16 && b[1] < 32) ||
		    (b[0] == 192 && b[1] == 168));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
	const size_t len = newline ? (size_t)(newline - data) : size;
	struct agree own = {.takes = true, .free = {10}, .free_count = 1};
	struct agree_result result;
	struct agree other;

	if (newline && agree_read(newline + 1, size - len - 1, &own))
		check_again(&own);
	if (!agree_read(data, len, &other))
		return 0;
	check_again(&other);
	check_name_servers(&other.name_servers);
	agree_decide(&own, &other, size % 2, &result);
	check_taken(&result.take);
	return 0;
}
