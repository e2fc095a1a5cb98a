/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UDP as the line: one socket, bound to LOCALPORT, that sends to HOST:PORT.
 *
 * The socket is not connected, because a connected socket only receives from
 * PORT; tun2udp and others send from an ephemeral port and listen on another.
 * So the line takes datagrams from any port of HOST, and drops those of other
 * hosts. HOST is the first address of its name. This keeps strays out, but not
 * a sender that forges its address.
 *
 * Such a line is always up. A datagram that cannot be sent, or that the peer's
 * host refuses, is one lost packet, as on any network. Refusals arrive in the
 * socket's error queue (IP_RECVERR, ip(7)), which must be emptied, otherwise
 * poll() keeps reporting POLLERR.
 *
 * IP fragments a datagram that exceeds the path MTU (IP_PMTUDISC_DONT):
 * refusing it would only lose the packet, because the packet's sender does not
 * know this path. A smaller --mtu avoids fragments.
 *
 * Nothing can overtake a datagram in the send buffer, so the buffer is small.
 * But all fragments of a datagram must fit into twice its size
 * (ip_append_data(), ip_output.c), or the kernel could never send the datagram;
 * those of the longest fit if the path MTU is at least 1280 bytes.
 */
#include "line/udp.h"
#include "failure.h"
#include "framing/framing.h"
#include "line/endpoint.h"
#include "line/resolver.h"
#include "line/source.h"
#include "port/port.h"
#include "port/port_config.h"
#include "text.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes of send buffer; the kernel doubles it (socket(7)), and a packet of 1500
 * bytes takes 2304. */
#define UDP_SNDBUF 32768

/* Bytes of receive buffer; the system's default is full after 90 datagrams. */
#define UDP_RCVBUF (1 << 20)

/* Datagrams of other hosts read in one call, before the pump gets its turn. */
#define UDP_STRANGERS_MAX 16

struct udp_source {
	struct source source;
	struct endpoint endpoint;
	struct resolver resolver;
};

struct udp {
	struct port port;
	union resolver_addr to;
	uint64_t refused;
	uint64_t strangers;
};

static const struct endpoint_form form = {
	.looks_like = "udp:HOST:PORT[,LOCALPORT]",
	.has_local_port = true,
};

static bool udp_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	struct endpoint endpoint;

	return endpoint_parse(&endpoint, &form, rest, why);
}

static bool is_loopback(const char *host)
{
	return !strncmp(host, "127.", 4) || !strcmp(host, "localhost");
}

/*
 * Without a local port of ours, the other end cannot name a port to send to.
 * The other end's name for this host is known only if both are the same host.
 */
static void udp_other_end(const char *rest, char name[SOURCE_NAME_MAX])
{
	struct endpoint endpoint;
	char why[SOURCE_WHY_MAX];

	if (endpoint_parse(&endpoint, &form, rest, why) && endpoint.local_port)
		snprintf(name, SOURCE_NAME_MAX, "udp:%s:%u,%u",
			 is_loopback(endpoint.host) ? endpoint.host : "HOST",
			 endpoint.local_port, endpoint.port);
}

/* Did the network return the datagram? Else this host did not send it. */
static bool has_come_back(struct msghdr *message)
{
	const struct cmsghdr *control = CMSG_FIRSTHDR(message);
	struct sock_extended_err error;

	if (!control || control->cmsg_len < CMSG_LEN(sizeof(error)))
		return false;
	memcpy(&error, CMSG_DATA(control), sizeof(error));
	return error.ee_origin != SO_EE_ORIGIN_LOCAL;
}

/* Read the error queue, and count datagrams that the peer's host refused. */
static void empty_error_queue(struct udp *udp)
{
	char control[CMSG_SPACE(sizeof(struct sock_extended_err) +
				sizeof(struct sockaddr_in6))];
	struct msghdr message;

	for (;;) {
		message = (struct msghdr){.msg_control = control,
					  .msg_controllen = sizeof(control)};
		if (recvmsg(udp->port.read_fd, &message, MSG_ERRQUEUE) < 0)
			break;
		if (has_come_back(&message))
			udp->refused++;
	}
}

static bool is_from_host(const struct udp *udp, const union resolver_addr *from)
{
	if (from->any.sa_family != udp->to.any.sa_family)
		return false;
	if (from->any.sa_family == AF_INET)
		return from->ipv4.sin_addr.s_addr ==
		       udp->to.ipv4.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&from->ipv6.sin6_addr,
				  &udp->to.ipv6.sin6_addr);
}

static ssize_t udp_read(struct port *port, uint8_t *buffer, size_t cap)
{
	struct udp *udp = (struct udp *)port;
	union resolver_addr from = {0};
	socklen_t len;
	ssize_t n;
	int i;

	for (i = 0; i < UDP_STRANGERS_MAX; i++) {
		len = sizeof(from);
		n = recvfrom(port->read_fd, buffer, cap, 0, &from.any, &len);
		if (n >= 0 && is_from_host(udp, &from))
			return n;
		if (n >= 0)
			udp->strangers++;
		else if (errno == EAGAIN)
			break;
		else
			empty_error_queue(udp);
	}
	return -EAGAIN;
}

/* A pending error of an earlier datagram makes sendto() fail: try twice. */
static ssize_t udp_write(struct port *port, const uint8_t *bytes, size_t len)
{
	struct udp *udp = (struct udp *)port;
	ssize_t n;
	int i;

	for (i = 0; i < 2; i++) {
		n = sendto(port->write_fd, bytes, len, 0, &udp->to.any,
			   resolver_addr_len(&udp->to));
		if (n >= 0)
			return n;
		if (errno == EAGAIN)
			return 0;
		empty_error_queue(udp);
	}
	return -ECOMM;
}

static void udp_close(struct port *port)
{
	close(port->read_fd);
}

static void udp_count(const struct port *port, struct port_counts *counts)
{
	const struct udp *udp = (const struct udp *)port;

	counts->refused = udp->refused;
	counts->strangers = udp->strangers;
}

static const struct port_kind udp_port_kind = {
	.is_datagram = true,
	.close = udp_close,
	.read = udp_read,
	.write = udp_write,
	.count = udp_count,
};

/* Return: 0: @to is the peer's address; -EINPROGRESS, or another -errno */
static int look_up(struct udp_source *by, union resolver_addr *to,
		   struct failure *failure)
{
	const struct source *source = &by->source;
	struct resolver_answer answer;
	int err = by->resolver.asked
			  ? resolver_take(&by->resolver, &answer)
			  : resolver_ask(&by->resolver, &by->endpoint, &answer);

	if (err == -EINPROGRESS &&
	    !source_watch(source, by->resolver.child.fd, EPOLLIN))
		return err;
	if (err)
		return failure_set(failure, err, "cannot send to %s: %s",
				   source->name, strerror(-err));
	if (answer.err)
		return failure_set(
			failure, answer.err,
			"cannot send to %s: %s: %s (is the name right? is a "
			"name server reachable?%s)",
			source->name, by->endpoint.host, answer.why,
			source_wait_hint(source));
	*to = resolver_addr_unmap(&answer.addrs[0]);
	return 0;
}

/* Return: 0 or -errno. */
static int set_up(int fd, int family)
{
	static const int dont = IP_PMTUDISC_DONT;
	static const int dont_ipv6 = IPV6_PMTUDISC_DONT;
	static const int sndbuf = UDP_SNDBUF;
	static const int rcvbuf = UDP_RCVBUF;
	static const int on = 1;
	const bool is_ipv4 = family == AF_INET;
	const int level = is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6;

	if (!is_ipv4 && setsockopt(fd, level, IPV6_V6ONLY, &on, sizeof(on)))
		return -errno;
	if (setsockopt(fd, level, is_ipv4 ? IP_RECVERR : IPV6_RECVERR, &on,
		       sizeof(on)) ||
	    setsockopt(fd, level, is_ipv4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
		       is_ipv4 ? &dont : &dont_ipv6, sizeof(int)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf)))
		return -errno;
	/* Only CAP_NET_ADMIN may exceed the system's limit. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	return 0;
}

/* Receive on the local port, on all addresses of this host. */
static int bind_to(int fd, int family, uint16_t port)
{
	union resolver_addr own = {0};

	own.any.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		own.ipv4.sin_port = htons(port);
	else
		own.ipv6.sin6_port = htons(port);
	return bind(fd, &own.any,
		    family == AF_INET ? sizeof(own.ipv4) : sizeof(own.ipv6))
		       ? -errno
		       : 0;
}

static const char *remedy(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return " (another program uses that local port, \"ss -lunp\" "
		       "shows which: choose another one)";
	case -EACCES:
		return " (ports below 1024 need root: choose a higher local "
		       "port)";
	case -EAFNOSUPPORT:
		return " (IPv6 is missing or switched off: give an IPv4 "
		       "address)";
	default:
		return "";
	}
}

/* Return: the socket, or -errno. */
static int open_socket(const struct source *source, int family, uint16_t port,
		       struct failure *failure)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : set_up(fd, family);

	if (!err)
		err = bind_to(fd, family, port);
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	return failure_set(failure, err, "cannot open %s: %s%s", source->name,
			   strerror(-err), remedy(err));
}

/* Return: the port that the socket is bound to; 0: unknown */
static uint16_t local_port(int fd)
{
	union resolver_addr own = {0};
	socklen_t len = sizeof(own);

	getsockname(fd, &own.any, &len);
	return ntohs(own.any.sa_family == AF_INET ? own.ipv4.sin_port
						  : own.ipv6.sin6_port);
}

/* The user's name for the line, and the ephemeral local port, if it has one. */
static void name_udp(char name[SOURCE_NAME_MAX], int fd,
		     const struct udp_source *by)
{
	*name = '\0';
	text_append(name, SOURCE_NAME_MAX, "%s", by->source.name);
	if (!by->endpoint.local_port)
		text_append(name, SOURCE_NAME_MAX, ",%u", local_port(fd));
}

static int udp_look(struct source *source, struct port **port, uint64_t now_ns,
		    struct failure *failure)
{
	struct udp_source *by = (struct udp_source *)source;
	char name[SOURCE_NAME_MAX];
	union resolver_addr to = {0};
	struct udp *udp;
	int err = look_up(by, &to, failure);
	int fd;

	(void)now_ns;
	if (err)
		return err;
	fd = open_socket(source, to.any.sa_family, by->endpoint.local_port,
			 failure);
	if (fd < 0)
		return fd;
	err = reach_guard(&source->reach, fd, &to, source->name, failure);
	if (err) {
		close(fd);
		return err;
	}
	name_udp(name, fd, by);
	udp = port_new(sizeof(*udp), name, failure);
	if (!udp) {
		close(fd);
		return -ENOMEM;
	}
	udp->to = to;
	udp->port.read_fd = fd;
	udp->port.write_fd = fd;
	udp->port.baud = source->config->baud;
	*port = port_begin(&udp->port, &udp_port_kind, source->config);
	return 0;
}

/* source_check_name() has accepted the name. */
static int udp_open(struct source *source, struct failure *failure)
{
	char why[SOURCE_WHY_MAX];

	(void)failure;
	endpoint_parse(&((struct udp_source *)source)->endpoint, &form,
		       source_rest(source), why);
	return 0;
}

static void udp_end(struct source *source)
{
	resolver_close(&((struct udp_source *)source)->resolver);
}

const struct source_kind udp_kind = {
	.prefix = "udp:",
	.framing = &datagram_framing,
	.is_datagram = true,
	.loses_bytes = true,
	.uses_ip = true,
	.how_lost = "the socket failed",
	.remedy = "start again",
	.found_as = "as",
	.check = udp_check,
	.other_end = udp_other_end,
	.size = sizeof(struct udp_source),
	.open = udp_open,
	.look = udp_look,
	.close = udp_end,
};
