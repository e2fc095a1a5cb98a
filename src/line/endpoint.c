/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parse the name of a socket line, without its prefix:
 *
 *   HOST:PORT   ADDR:PORT   [IPV6]:PORT   PORT   HOST:PORT,LOCALPORT   PATH
 *
 * Ports are numbers: the names of /etc/services stand for services, and the
 * peer of a line is not one of them. An IPv6 address needs brackets (RFC 3986,
 * section 3.2.2), which tell its end from the port. Whether the host exists is
 * the resolver's task.
 *
 * Pure.
 */
#include "line/endpoint.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define PORT_MAX 65535

/* Write the error to @why. Return: false. */
static bool complain(char why[SOURCE_WHY_MAX], const char *wrong,
		     const char *looks_like)
{
	snprintf(why, SOURCE_WHY_MAX, "%s: it should look like %s", wrong,
		 looks_like);
	return false;
}

/* A decimal number from 1 to PORT_MAX. Return: its end, or NULL. */
static const char *parse_port(uint16_t *port, const char *text)
{
	unsigned int number = 0;

	while (*text >= '0' && *text <= '9' && number <= PORT_MAX)
		number = 10 * number + (unsigned int)(*text++ - '0');
	if (!number || number > PORT_MAX)
		return NULL;
	*port = (uint16_t)number;
	return text;
}

/* Addresses with a zone, "fe80::1%eth0", count as IPv6, too. */
static bool is_ipv6(const char *text, size_t len)
{
	char addr[INET6_ADDRSTRLEN];
	const char *zone = memchr(text, '%', len);
	size_t addr_len = zone ? (size_t)(zone - text) : len;
	struct in6_addr parsed;

	if (addr_len >= sizeof(addr) || addr_len + 1 == len)
		return false;
	memcpy(addr, text, addr_len);
	addr[addr_len] = '\0';
	return inet_pton(AF_INET6, addr, &parsed) == 1;
}

/* Letters, digits, and the punctuation of names and IPv4 addresses. */
static bool is_host(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("-._", text[i]))
			return false;
	return len && len < ENDPOINT_HOST_MAX;
}

static bool set_host(struct endpoint *endpoint, const char *host, size_t len)
{
	if (len >= sizeof(endpoint->host))
		return false;
	memcpy(endpoint->host, host, len);
	endpoint->host[len] = '\0';
	return true;
}

/* "[IPV6]:PORT" from behind the bracket. Return: the port, or NULL and @why. */
static const char *take_bracketed(struct endpoint *endpoint,
				  const struct endpoint_form *form,
				  const char *text, char why[SOURCE_WHY_MAX])
{
	const char *end = strchr(text, ']');
	size_t len;

	if (!end) {
		complain(why, "has no \"]\" behind the address",
			 form->looks_like);
		return NULL;
	}
	len = (size_t)(end - text);
	if (!is_ipv6(text, len) || !set_host(endpoint, text, len)) {
		complain(why, "has no IPv6 address between the brackets",
			 form->looks_like);
		return NULL;
	}
	if (end[1] != ':') {
		complain(why, "has no port", form->looks_like);
		return NULL;
	}
	return end + 2;
}

/* "HOST:PORT" or "PORT". Return: the port, or NULL and @why. */
static const char *take_plain(struct endpoint *endpoint,
			      const struct endpoint_form *form,
			      const char *text, char why[SOURCE_WHY_MAX])
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;

	if (!colon && form->is_host_optional)
		return text;
	if (is_ipv6(text, strlen(text)) || is_ipv6(text, len)) {
		complain(why, "has an IPv6 address without brackets",
			 form->looks_like);
		return NULL;
	}
	if (!colon) {
		complain(why, *text ? "has no port" : "has no host and no port",
			 form->looks_like);
		return NULL;
	}
	if (!is_host(text, len)) {
		complain(why, len ? "has a malformed host" : "has no host",
			 form->looks_like);
		return NULL;
	}
	set_host(endpoint, text, len);
	return colon + 1;
}

/**
 * endpoint_parse() - parse the address of an end
 * @endpoint: filled in on success, untouched otherwise
 * @form:     the syntax
 * @text:     the name without its prefix
 * @why:      on failure, the error and the right syntax
 *
 * Return: true on success
 */
bool endpoint_parse(struct endpoint *endpoint, const struct endpoint_form *form,
		    const char *text, char why[SOURCE_WHY_MAX])
{
	struct endpoint parsed = {0};
	const char *port;
	const char *end;

	if (!strncmp(text, "//", 2))
		return complain(why, "has slashes, as a URL: leave them out",
				form->looks_like);
	port = *text == '[' ? take_bracketed(&parsed, form, text + 1, why)
			    : take_plain(&parsed, form, text, why);
	if (!port)
		return false;
	if (!*port)
		return complain(why, "has no port", form->looks_like);
	end = parse_port(&parsed.port, port);
	if (end && *end == ',' && form->has_local_port) {
		end = parse_port(&parsed.local_port, end + 1);
		if (!end || *end)
			return complain(why,
					"has a local port that is not a "
					"number from 1 to 65535",
					form->looks_like);
	}
	if (!end || *end)
		return complain(
			why, "has a port that is not a number from 1 to 65535",
			form->looks_like);
	*endpoint = parsed;
	return true;
}

/**
 * endpoint_parse_path() - parse the path of a unix socket
 * @addr:       filled in on success, untouched otherwise
 * @looks_like: for people: "unix:PATH"
 * @text:       the name without its prefix
 * @why:        on failure, the error
 *
 * Return: true on success
 */
bool endpoint_parse_path(struct sockaddr_un *addr, const char *looks_like,
			 const char *text, char why[SOURCE_WHY_MAX])
{
	size_t len = strlen(text);

	if (!len)
		return complain(why, "has no path", looks_like);
	if (len >= sizeof(addr->sun_path)) {
		snprintf(
			why, SOURCE_WHY_MAX,
			"has a path of %zu bytes, but the path of a socket has "
			"at most %zu: a relative path may be shorter",
			len, sizeof(addr->sun_path) - 1);
		return false;
	}
	*addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(addr->sun_path, text, len + 1);
	return true;
}
