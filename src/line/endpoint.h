/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ENDPOINT_H
#define SERIALTUN_ENDPOINT_H

#include "line/source.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

/* The longest host name has 253 characters (RFC 1035, section 2.3.4, written
 * with dots); addresses with a zone are shorter. */
#define ENDPOINT_HOST_MAX 254

/**
 * struct endpoint_form - the syntax of an endpoint
 * @looks_like:       for people, with the prefix: "tcp:HOST:PORT"
 * @is_host_optional: the port may stand alone
 * @has_local_port:   ",LOCALPORT" may follow
 */
struct endpoint_form {
	const char *looks_like;
	bool is_host_optional;
	bool has_local_port;
};

/**
 * struct endpoint - one end of a connection over IP
 * @host:       a name or an address, IPv6 without brackets; "": none
 * @port:       1 to 65535
 * @local_port: 1 to 65535; 0: none
 */
struct endpoint {
	char host[ENDPOINT_HOST_MAX];
	uint16_t port;
	uint16_t local_port;
};

bool endpoint_parse(struct endpoint *endpoint, const struct endpoint_form *form,
		    const char *text, char why[SOURCE_WHY_MAX]);
bool endpoint_parse_path(struct sockaddr_un *addr, const char *looks_like,
			 const char *text, char why[SOURCE_WHY_MAX]);

#endif
