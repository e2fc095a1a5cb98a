/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of lines over sockets have in common: sockets on the loopback
 * that stand for the other end.
 */
#ifndef SERIALTUN_SOCKET_H
#define SERIALTUN_SOCKET_H

#include "testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/**
 * socket_listen() - listen on the IPv4 loopback
 * @port: set to the port that the system has chosen
 *
 * Return: a descriptor
 */
static inline int socket_listen(unsigned int *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*port = ntohs(addr.sin_port);
	return fd;
}

/**
 * socket_free_port() - a port on which nobody listens
 *
 * Return: its number
 */
static inline unsigned int socket_free_port(void)
{
	unsigned int port;

	close(socket_listen(&port));
	return port;
}

/**
 * socket_connect() - connect to the IPv4 loopback
 * @port: the port
 *
 * Return: a descriptor
 */
static inline int socket_connect(unsigned int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
			 0);
	return fd;
}

/* The path of a unix socket as an address. */
static inline struct sockaddr_un socket_unix_addr(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	size_t len = strlen(path);

	assert_true(len < sizeof(addr.sun_path));
	memcpy(addr.sun_path, path, len);
	return addr;
}

/**
 * socket_unix_bind() - make a unix socket
 * @path: where
 * @type: SOCK_STREAM, and it is listened on; SOCK_DGRAM
 *
 * Return: a descriptor
 */
static inline int socket_unix_bind(const char *path, int type)
{
	const struct sockaddr_un addr = socket_unix_addr(path);
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)),
			 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 0), 0);
	return fd;
}

/**
 * socket_unix_connect() - connect to a unix socket
 * @path: where it is
 *
 * Return: a descriptor
 */
static inline int socket_unix_connect(const char *path)
{
	const struct sockaddr_un addr = socket_unix_addr(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		connect(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/**
 * socket_is_closed() - is this the end of a connection?
 * @fd: a descriptor; what came before the end is thrown away
 *
 * Return: true if the other end closes it within a second
 */
static inline bool socket_is_closed(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char bytes[256];
	ssize_t n;

	do {
		if (poll(&poll_fd, 1, 1000) != 1)
			return false;
		n = recv(fd, bytes, sizeof(bytes), 0);
	} while (n > 0);
	return true;
}

/**
 * socket_send_fd() - send a byte and a descriptor, of standard error
 * @fd: a connected unix socket
 *
 * Return: 0 or -errno
 */
static inline int socket_send_fd(int fd)
{
	const int passed = STDERR_FILENO;
	char byte = 'x';
	struct iovec part = {.iov_base = &byte, .iov_len = sizeof(byte)};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(passed))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(passed)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS}};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};

	memcpy(CMSG_DATA(&control.header), &passed, sizeof(passed));
	return sendmsg(fd, &message, 0) < 0 ? -errno : 0;
}

/**
 * socket_refuses_fds() - does a unix socket refuse descriptors of its peer?
 * @peer: the peer's end of the connection
 *
 * Return: true if it does as the kernel can: SO_PASSRIGHTS, Linux 6.16
 */
static inline bool socket_refuses_fds(int peer)
{
	int value;
	socklen_t len = sizeof(value);
	bool can = !getsockopt(peer, SOL_SOCKET, 83, &value, &len);

	return socket_send_fd(peer) == (can ? -EPERM : 0);
}

#endif
