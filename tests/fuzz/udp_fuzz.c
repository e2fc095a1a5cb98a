/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the line over UDP: datagrams of the peer and of strangers, and
 * errors that come back because nobody is there.
 *
 * The script is: IPv4 or IPv6, and the steps of source.h. A peer is a socket on
 * the peer's port, on another port of its host, or on another host.
 */
#include "source.h"

static unsigned int number; /* the peer's port */
static unsigned int local;
static bool is_ipv6;

static unsigned int free_number(void)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	socklen_t len = sizeof(own);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
	close(fd);
	return ntohs(own.sin_port);
}

static void begin(char name[LOOKING_NAME_MAX], struct fuzz_script *script)
{
	is_ipv6 = fuzz_number(script, 1) % 2;
	number = free_number();
	local = free_number();
	snprintf(name, LOOKING_NAME_MAX, "udp:%s:%u,%u",
		 is_ipv6 ? "[::1]" : "127.0.0.1", number, local);
}

/* Return: 0 or -1; the address may be in use. */
static int join(int fd, uint16_t port, bool is_stranger)
{
	const struct sockaddr_in own = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + is_stranger),
		.sin_port = htons(port),
	};
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)local),
	};

	return bind(fd, (const struct sockaddr *)&own, sizeof(own)) ||
			       connect(fd, (const struct sockaddr *)&to,
				       sizeof(to))
		       ? -1
		       : 0;
}

static int join_ipv6(int fd, uint16_t port)
{
	const struct sockaddr_in6 own = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port),
	};
	struct sockaddr_in6 to = own;

	to.sin6_port = htons((uint16_t)local);
	return bind(fd, (const struct sockaddr *)&own, sizeof(own)) ||
			       connect(fd, (const struct sockaddr *)&to,
				       sizeof(to))
		       ? -1
		       : 0;
}

static int come(const struct looking *looking, struct fuzz_script *script)
{
	const unsigned int who = (unsigned int)fuzz_number(script, 1) % 3;
	const uint16_t port = who ? 0 : (uint16_t)number;
	int fd = socket(is_ipv6 ? AF_INET6 : AF_INET,
			SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)looking;
	if (fd >= 0 &&
	    (is_ipv6 ? join_ipv6(fd, port) : join(fd, port, who == 2))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A datagram without a byte, or a long one. */
static void act(int fd, struct fuzz_script *script)
{
	static const uint8_t bytes[65535];
	size_t len = (size_t)fuzz_number(script, 2);

	if (fd >= 0)
		(void)!send(fd, bytes, len, 0);
}

static const struct source_peers peers = {.begin = begin,
					  .come = come,
					  .act = act};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return source_run(&peers, data, size);
}
