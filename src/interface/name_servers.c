/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the name servers of this host from resolv.conf(5).
 *
 * A program on loopback, such as systemd-resolved on 127.0.0.53, is no name
 * server for another host. systemd-resolved has the list of the real ones in a
 * file of its own.
 */
#include "interface/name_servers.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The C library reads such a file line by line; these bytes hold any real one.
 */
#define FILE_MAX 8192

#define LINE_ADDR_MAX 64

/**
 * name_servers_may_have() - can this address be a name server of another host?
 * @addr: the address
 *
 * Return: true if it is an IPv4 address of one host, and not on loopback
 */
bool name_servers_may_have(const struct addr *addr)
{
	const uint8_t first = addr->bytes[0];

	/* 0.0.0.0/8, multicast, and what is reserved. */
	return addr->family == AF_INET && first != 0 && first < 224 &&
	       !addr_is_loopback(addr);
}

/**
 * name_servers_has() - is this one of the name servers?
 * @servers: the name servers
 * @addr:    the address
 *
 * Return: true if so
 */
bool name_servers_has(const struct name_servers *servers,
		      const struct addr *addr)
{
	size_t i;

	for (i = 0; i < servers->count; i++)
		if (addr_same_host(&servers->addrs[i], addr))
			return true;
	return false;
}

/* Read one line: "nameserver ADDRESS", and perhaps more behind a space. */
static void parse_line(struct name_servers *servers, const char *line,
		       size_t len)
{
	static const char key[] = "nameserver";
	const size_t key_len = sizeof(key) - 1;
	char text[LINE_ADDR_MAX];
	struct addr addr;
	size_t n = 0;

	if (len <= key_len || memcmp(line, key, key_len) != 0 ||
	    !isblank((unsigned char)line[key_len]))
		return;
	line += key_len;
	len -= key_len;
	for (; len && isblank((unsigned char)*line); len--)
		line++;
	while (n < len && !isspace((unsigned char)line[n]))
		n++;
	if (!n || n >= sizeof(text) || memchr(line, '/', n))
		return;
	memcpy(text, line, n);
	text[n] = '\0';
	if (addr_parse(&addr, text) != ADDR_OK ||
	    !name_servers_may_have(&addr) || name_servers_has(servers, &addr) ||
	    servers->count == NAME_SERVERS_MAX)
		return;
	servers->addrs[servers->count++] = addr;
}

/**
 * name_servers_parse() - read the text of a resolv.conf(5)
 * @servers: filled in with the first IPv4 addresses that are not on loopback
 * @text:    the text
 */
void name_servers_parse(struct name_servers *servers, const char *text)
{
	size_t len;

	servers->count = 0;
	while (*text) {
		len = strcspn(text, "\n");
		parse_line(servers, text, len);
		text += len;
		text += *text == '\n';
	}
}

static void read_file(struct name_servers *servers, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[FILE_MAX + 1];
	ssize_t n = -1;

	servers->count = 0;
	if (fd >= 0) {
		n = read(fd, text, FILE_MAX);
		close(fd);
	}
	if (n <= 0)
		return;
	text[n] = '\0';
	name_servers_parse(servers, text);
}

/**
 * name_servers_read() - find the name servers of this host
 * @servers: filled in; none if there are none, or on loopback only
 */
void name_servers_read(struct name_servers *servers)
{
	read_file(servers, "/etc/resolv.conf");
	if (!servers->count)
		read_file(servers, "/run/systemd/resolve/resolv.conf");
}
