/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find peers whose connection to a listening port is half open: their SYN has
 * arrived, but nothing has followed our SYN-ACK (RFC 9293, section 3.5).
 *
 * If a route of the link covers such a peer, the kernel sends the SYN-ACK into
 * the link. The link has no carrier while there is no peer, so the kernel drops
 * the SYN-ACK before serialtun could read it, and accept() never returns the
 * connection. Only the kernel's table of connections (/proc/net/tcp, proc(5))
 * shows the connection.
 */
#include "line/half_open.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An address and a port: 8 or 32 hexadecimal digits, a colon, 4 digits. */
#define HALF_OPEN_TEXT_MAX 48
#define HALF_OPEN_DIGITS   8
#define HALF_OPEN_PORT_LEN 4

/* A line of /proc/net/tcp6 has about 170 bytes. */
#define HALF_OPEN_LINE_MAX 512

/* Parse ":" and four digits. Return: false if @text has another form. */
static bool parse_port(const char *text, uint16_t *port)
{
	if (*text != ':' || strlen(text + 1) != HALF_OPEN_PORT_LEN)
		return false;
	*port = (uint16_t)strtoul(text + 1, NULL, 16);
	return true;
}

/* The kernel prints each word of an address in the host's byte order. */
static bool parse_words(const char *text, size_t digits, void *addr)
{
	char word[HALF_OPEN_DIGITS + 1] = "";
	uint32_t value;
	size_t at;

	if (strspn(text, "0123456789ABCDEF") != digits)
		return false;
	for (at = 0; at < digits; at += HALF_OPEN_DIGITS) {
		memcpy(word, text + at, HALF_OPEN_DIGITS);
		value = (uint32_t)strtoul(word, NULL, 16);
		memcpy((uint8_t *)addr + at / 2, &value, sizeof(value));
	}
	return true;
}

static bool parse_peer(const char *text, union resolver_addr *peer)
{
	union resolver_addr addr = {0};
	const size_t digits = strcspn(text, ":");
	uint16_t port;

	if (!parse_port(text + digits, &port))
		return false;
	if (parse_words(text, 8, &addr.ipv4.sin_addr)) {
		addr.ipv4.sin_family = AF_INET;
		addr.ipv4.sin_port = htons(port);
	} else if (parse_words(text, 32, &addr.ipv6.sin6_addr)) {
		addr.ipv6.sin6_family = AF_INET6;
		addr.ipv6.sin6_port = htons(port);
	} else {
		return false;
	}
	*peer = resolver_addr_unmap(&addr);
	return true;
}

/**
 * half_open_parse() - parse a line of the kernel's table of TCP connections
 * @text: the line
 * @port: the listening port
 * @peer: the peer, on success
 *
 * Return: true if a peer's connection to @port is half open
 */
bool half_open_parse(const char *text, uint16_t port, union resolver_addr *peer)
{
	char own[HALF_OPEN_TEXT_MAX];
	char other[HALF_OPEN_TEXT_MAX];
	char state[3];
	uint16_t own_port;

	return sscanf(text, " %*s %47s %47s %2s", own, other, state) == 3 &&
	       strtoul(state, NULL, 16) == TCP_SYN_RECV &&
	       parse_port(own + strcspn(own, ":"), &own_port) &&
	       own_port == port && parse_peer(other, peer);
}

/**
 * half_open_begin() - open the kernel's tables
 * @tables: filled in
 *
 * Call it before cell_enter(), because the process cannot open files later. The
 * kernel makes a new table each time the file is read from its beginning.
 */
void half_open_begin(struct half_open *tables)
{
	tables->ipv4 = fopen("/proc/net/tcp", "re");
	tables->ipv6 = fopen("/proc/net/tcp6", "re");
}

/**
 * half_open_end() - close the tables
 * @tables: the tables, or zero
 */
void half_open_end(struct half_open *tables)
{
	if (tables->ipv4)
		fclose(tables->ipv4);
	if (tables->ipv6)
		fclose(tables->ipv6);
	*tables = (struct half_open){0};
}

static size_t list_from(FILE *table, uint16_t port, union resolver_addr *peers,
			size_t cap)
{
	char line[HALF_OPEN_LINE_MAX];
	size_t count = 0;

	if (!table)
		return 0;
	rewind(table);
	while (count < cap && fgets(line, sizeof(line), table))
		count += half_open_parse(line, port, &peers[count]);
	return count;
}

/**
 * half_open_list() - list the peers whose connection is half open
 * @tables: from half_open_begin()
 * @port:   the listening port
 * @peers:  filled in
 * @cap:    size of @peers
 *
 * Return: number of peers; 0 if the tables cannot be read
 */
size_t half_open_list(const struct half_open *tables, uint16_t port,
		      union resolver_addr *peers, size_t cap)
{
	size_t count = list_from(tables->ipv4, port, peers, cap);

	return count +
	       list_from(tables->ipv6, port, peers + count, cap - count);
}
