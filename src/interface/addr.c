/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IP addresses as people type them, "10.10.10.1/24" or "fd00::1/64", and the
 * arithmetic on them. Pure.
 */
#include "interface/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * addr_bits() - length of an address of a family
 * @family: AF_INET or AF_INET6
 *
 * Return: 32 or 128
 */
unsigned int addr_bits(int family)
{
	return family == AF_INET ? 32 : 128;
}

/* Read a netmask in dotted decimal. Return: false if it is not one. */
static bool parse_netmask(unsigned int *prefix_len, const char *text)
{
	struct in_addr netmask;
	uint32_t bits;

	if (inet_pton(AF_INET, text, &netmask) != 1)
		return false;
	bits = ntohl(netmask.s_addr);
	/* The ones of a netmask are on the left: its complement is 2^n - 1. */
	if (~bits & (~bits + 1))
		return false;
	*prefix_len = (unsigned int)__builtin_popcount(bits);
	return true;
}

/* Read the text behind the slash. Return: false if it is malformed. */
static bool parse_prefix_len(struct addr *addr, const char *text)
{
	unsigned long number;
	char *end;

	/* strtoul() would take "+8", " 8" and "-8" as well. */
	if (text[0] < '0' || text[0] > '9')
		return false;
	if (addr->family == AF_INET && strchr(text, '.'))
		return parse_netmask(&addr->prefix_len, text);
	number = strtoul(text, &end, 10);
	if (*end || number > addr_bits(addr->family))
		return false;
	addr->prefix_len = (unsigned int)number;
	return true;
}

/**
 * addr_parse() - read ADDR[/LEN]
 * @addr: filled in on success, untouched otherwise
 * @text: an IPv4 address in dotted decimal or an IPv6 address (RFC 4291,
 *        section 2.2); then, optionally, a slash and the prefix length in
 *        decimal or, for IPv4, a netmask (255.255.255.0); without them the
 *        prefix is the whole address
 *
 * Return: ADDR_OK, or the error
 */
enum addr_error addr_parse(struct addr *addr, const char *text)
{
	struct addr parsed = {.family = AF_INET};
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchrnul(text, '/');
	size_t host_len = (size_t)(slash - text);

	if (host_len >= sizeof(host))
		return ADDR_MALFORMED;
	memcpy(host, text, host_len);
	host[host_len] = '\0';

	if (strchr(host, ':'))
		parsed.family = AF_INET6;
	if (inet_pton(parsed.family, host, parsed.bytes) != 1)
		return ADDR_MALFORMED;

	parsed.prefix_len = addr_bits(parsed.family);
	if (*slash && !parse_prefix_len(&parsed, slash + 1))
		return ADDR_PREFIX_LEN;
	*addr = parsed;
	return ADDR_OK;
}

/**
 * addr_format_host() - write an address without its prefix length
 * @addr: the address
 * @text: where to write it
 *
 * Return: @text
 */
const char *addr_format_host(const struct addr *addr, char text[ADDR_TEXT_MAX])
{
	inet_ntop(addr->family, addr->bytes, text, ADDR_TEXT_MAX);
	return text;
}

/**
 * addr_format() - write an address as addr_parse() reads it
 * @addr: the address
 * @text: where to write it
 *
 * A prefix that is the whole address is left out.
 *
 * Return: @text
 */
const char *addr_format(const struct addr *addr, char text[ADDR_TEXT_MAX])
{
	size_t len;

	addr_format_host(addr, text);
	if (addr->prefix_len < addr_bits(addr->family)) {
		len = strlen(text);
		snprintf(text + len, ADDR_TEXT_MAX - len, "/%u",
			 addr->prefix_len);
	}
	return text;
}

/**
 * addr_is_host() - can this be the address of a host?
 * @addr: the address
 *
 * Return: false for the unspecified address, multicast addresses and IPv4's
 * limited broadcast (RFC 1122, section 3.2.1.3; RFC 4291, sections 2.5.2 and
 * 2.7)
 */
bool addr_is_host(const struct addr *addr)
{
	static const struct addr any = {.family = AF_INET};
	static const struct addr any6 = {.family = AF_INET6};
	static const struct addr broadcast = {.family = AF_INET,
					      .bytes = {255, 255, 255, 255}};

	if (addr->family == AF_INET6)
		return !addr_same_host(addr, &any6) && addr->bytes[0] != 0xFF;
	return !addr_same_host(addr, &any) && addr->bytes[0] >> 4 != 0xE &&
	       !addr_same_host(addr, &broadcast);
}

/**
 * addr_is_loopback() - is this a loopback address?
 * @addr: the address
 *
 * Return: true for 127.0.0.0/8 and ::1 (RFC 1122, section 3.2.1.3; RFC 4291,
 * section 2.5.3)
 */
bool addr_is_loopback(const struct addr *addr)
{
	static const struct addr one = {.family = AF_INET6,
					.bytes = {[15] = 1}};

	return addr->family == AF_INET6 ? addr_same_host(addr, &one)
					: addr->bytes[0] == 127;
}

/**
 * addr_is_link_local() - is this an IPv6 link-local address?
 * @addr: the address
 *
 * Return: true for fe80::/10 (RFC 4291, section 2.5.6)
 */
bool addr_is_link_local(const struct addr *addr)
{
	return addr->family == AF_INET6 && addr->bytes[0] == 0xFE &&
	       (addr->bytes[1] & 0xC0) == 0x80;
}

/**
 * addr_is_private() - is this an address that nobody has on the Internet?
 * @addr: the address
 *
 * Return: true for 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918,
 * section 3), whatever the prefix
 */
bool addr_is_private(const struct addr *addr)
{
	const uint8_t *b = addr->bytes;

	return addr->family == AF_INET &&
	       (b[0] == 10 || (b[0] == 172 && b[1] >> 4 == 1) ||
		(b[0] == 192 && b[1] == 168));
}

/**
 * addr_same_host() - are two addresses the same, whatever their prefixes?
 * @a: one address
 * @b: another
 *
 * Return: true if family and all bits are equal
 */
bool addr_same_host(const struct addr *a, const struct addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->bytes, b->bytes, addr_bits(a->family) / 8);
}

/**
 * addr_network() - clear the host part of an address
 * @addr: the address
 *
 * Return: the address with every bit behind the prefix clear
 */
struct addr addr_network(const struct addr *addr)
{
	struct addr network = *addr;
	unsigned int bit;

	for (bit = addr->prefix_len; bit < addr_bits(addr->family); bit++)
		network.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return network;
}

/**
 * addr_is_network() - is this the address of a network, not of a host?
 * @addr: the address
 *
 * In IPv6 it is the subnet-router anycast address (RFC 4291, section 2.6.1). A
 * prefix of one or two addresses has hosts only (RFC 3021, RFC 6164).
 *
 * Return: true if all bits behind the prefix are zero
 */
bool addr_is_network(const struct addr *addr)
{
	const struct addr network = addr_network(addr);

	return addr->prefix_len + 1 < addr_bits(addr->family) &&
	       addr_same_host(addr, &network);
}

/**
 * addr_is_broadcast() - is this the broadcast address of its network?
 * @addr: the address
 *
 * IPv6 has no broadcast, nor has a prefix of one or two addresses.
 *
 * Return: true if all bits behind the prefix are one (RFC 1122, section
 * 3.2.1.3)
 */
bool addr_is_broadcast(const struct addr *addr)
{
	unsigned int bit;

	if (addr->family != AF_INET ||
	    addr->prefix_len + 1 >= addr_bits(addr->family))
		return false;
	for (bit = addr->prefix_len; bit < addr_bits(addr->family); bit++)
		if (!(addr->bytes[bit / 8] & 0x80 >> bit % 8))
			return false;
	return true;
}

static bool is_among(const struct addr *addr, const struct addr *list,
		     size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (addr_same_host(addr, &list[i]))
			return true;
	return false;
}

/* Advance to the next address. Return: false behind the last one. */
static bool next_host(struct addr *addr)
{
	unsigned int i = addr_bits(addr->family) / 8;

	while (i-- > 0)
		if (++addr->bytes[i])
			return true;
	return false;
}

/**
 * addr_neighbour() - guess the address of the peer
 * @own:         address of this end
 * @taken:       addresses that the peer cannot have, @own among them
 * @taken_count: how many
 * @other:       filled in with the lowest host address of the prefix that is
 *               not taken, and its prefix length; untouched if there is none
 *
 * The first address of a prefix names the network in IPv4 and is the
 * subnet-router anycast address in IPv6 (RFC 4291, section 2.6.1), so hosts
 * begin at the second; in a prefix of two both are hosts (RFC 3021, RFC 6164).
 *
 * Return: false if there is no such address
 */
bool addr_neighbour(const struct addr *own, const struct addr *taken,
		    size_t taken_count, struct addr *other)
{
	const unsigned int bits = addr_bits(own->family);
	const struct addr network = addr_network(own);
	struct addr host = network;
	struct addr last;

	if (own->prefix_len == bits)
		return false;
	if (own->prefix_len < bits - 1)
		next_host(&host);
	while (is_among(&host, taken, taken_count))
		if (!next_host(&host))
			return false;
	/* IPv4's last address is the broadcast (RFC 1122, section 3.2.1.3). */
	last = host;
	if (own->family == AF_INET && own->prefix_len < bits - 1)
		next_host(&last);
	last = addr_network(&last);
	if (!addr_same_host(&last, &network))
		return false;
	*other = host;
	return true;
}
