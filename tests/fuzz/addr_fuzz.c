/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of addresses: an accepted address can be written and read again, and
 * its arithmetic is consistent.
 */
#include "fuzz.h"
#include "interface/addr.h"

#include <sys/socket.h>

static void assert_same_addr(const struct addr *a, const struct addr *b)
{
	assert_true(addr_same_host(a, b));
	assert_int_equal(a->prefix_len, b->prefix_len);
}

static struct addr parse_good(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(&addr, text), ADDR_OK);
	return addr;
}

static void check_text(const struct addr *addr)
{
	char text[ADDR_TEXT_MAX];
	struct addr again = parse_good(addr_format(addr, text));

	assert_same_addr(&again, addr);
	again = parse_good(addr_format_host(addr, text));
	assert_true(addr_same_host(&again, addr));
	assert_int_equal(again.prefix_len, addr_bits(addr->family));
}

static void check_sums(const struct addr *addr)
{
	const struct addr network = addr_network(addr);
	const struct addr again = addr_network(&network);
	struct addr other;

	assert_same_addr(&again, &network);
	if (!addr_neighbour(addr, addr, 1, &other))
		return;
	assert_false(addr_same_host(&other, addr));
	assert_int_equal(other.prefix_len, addr->prefix_len);
	other = addr_network(&other);
	assert_same_addr(&other, &network);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct addr untouched = {.family = AF_UNSPEC};
	struct addr addr = untouched;
	char *text = fuzz_string(data, size);

	if (addr_parse(&addr, text) == ADDR_OK) {
		assert_true(addr.family == AF_INET || addr.family == AF_INET6);
		assert_in_range(addr.prefix_len, 0, addr_bits(addr.family));
		addr_is_host(&addr);
		check_text(&addr);
		check_sums(&addr);
	} else {
		assert_memory_equal(&addr, &untouched, sizeof(addr));
	}
	free(text);
	return 0;
}
