/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtnetlink(7): one request, and the kernel's answer to it.
 *
 * rtnl_talk() sends one request and receives until the kernel has acknowledged
 * or refused it. With NETLINK_EXT_ACK a refusal carries the kernel's own
 * sentence ("ipv4: Invalid prefix len"), which tells more than an errno;
 * rtnl_strerror() returns the sentence.
 *
 * rtnl_change has the requests that change the kernel's state, rtnl_read those
 * that read it. Both name interfaces by index, so that a rename does no harm.
 */
#include "interface/rtnl.h"
#include "interface/addr.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The kernel's messages fit into a page (libmnl's advice). */
#define RTNL_BUFFER_LEN 8192

struct rtnl {
	struct mnl_socket *socket;
	uint32_t seq;
	rtnl_reply *on_reply; /* for the messages of the answer; may be NULL */
	void *data;	      /* for on_reply */
	char message[160];    /* the kernel's sentence; "": none */
	char buffer[RTNL_BUFFER_LEN];
};

/**
 * rtnl_open() - open an rtnetlink socket
 * @rtnl: the new handle on success; rtnl_close() frees it
 *
 * Return: 0 or -errno
 */
int rtnl_open(struct rtnl **rtnl)
{
	struct rtnl *r = calloc(1, sizeof(*r));
	int on = 1;
	int err;

	if (!r)
		return -ENOMEM;
	r->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!r->socket || mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID)) {
		err = -errno;
		rtnl_close(r);
		return err;
	}
	/* Kernels before 4.12 lack it: then rtnl_strerror() tells less. */
	mnl_socket_setsockopt(r->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	*rtnl = r;
	return 0;
}

/**
 * rtnl_close() - close the socket
 * @rtnl: a handle of rtnl_open(), or NULL
 */
void rtnl_close(struct rtnl *rtnl)
{
	if (!rtnl)
		return;
	if (rtnl->socket)
		mnl_socket_close(rtnl->socket);
	free(rtnl);
}

/**
 * rtnl_strerror() - tell why the kernel refused the last request
 * @rtnl: the handle of the request
 * @err:  the request's -errno
 *
 * Return: the kernel's own sentence if it sent one, else strerror()'s
 */
const char *rtnl_strerror(const struct rtnl *rtnl, int err)
{
	return *rtnl->message ? rtnl->message : strerror(-err);
}

/**
 * rtnl_request() - begin a request
 * @rtnl:       the handle
 * @type:       RTM_GETLINK and the like
 * @flags:      NLM_F_ACK or NLM_F_DUMP, and more
 * @header_len: bytes of the header that rtnetlink(7) names for the type
 * @family:     its first byte; the others are zero
 *
 * Return: the request, for the caller to fill in and rtnl_talk() to send; the
 * handle keeps it
 */
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type, uint16_t flags,
			      size_t header_len, int family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(rtnl->buffer);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++rtnl->seq;
	/* The family is the first byte of every header used here. */
	*(uint8_t *)mnl_nlmsg_put_extra_header(nlh, header_len) =
		(uint8_t)family;
	return nlh;
}

/**
 * rtnl_put_addr() - add an address to a request
 * @nlh:  the request
 * @attr: the attribute, such as IFA_LOCAL
 * @addr: the address; the prefix length is not part of the attribute
 */
void rtnl_put_addr(struct nlmsghdr *nlh, uint16_t attr, const struct addr *addr)
{
	mnl_attr_put(nlh, attr, addr_bits(addr->family) / 8, addr->bytes);
}

static int message_attr(const struct nlattr *attr, void *data)
{
	struct rtnl *rtnl = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0) {
		rtnl->message[0] = '\0';
		strncat(rtnl->message, mnl_attr_get_str(attr),
			sizeof(rtnl->message) - 1);
	}
	return MNL_CB_OK;
}

/* An NLMSG_ERROR message: error 0 is the acknowledgement. */
static int on_verdict(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *verdict = mnl_nlmsg_get_payload(nlh);
	size_t attrs_at = sizeof(*verdict);

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*verdict))) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS) {
		/* A refusal repeats the request, unless it is capped. */
		if (verdict->error && !(nlh->nlmsg_flags & NLM_F_CAPPED))
			attrs_at += mnl_nlmsg_get_payload_len(&verdict->msg);
		mnl_attr_parse(nlh, (unsigned int)attrs_at, message_attr, data);
	}
	if (!verdict->error)
		return MNL_CB_STOP;
	errno = -verdict->error;
	return MNL_CB_ERROR;
}

static ssize_t receive(struct rtnl *rtnl)
{
	ssize_t n;

	do
		n = mnl_socket_recvfrom(rtnl->socket, rtnl->buffer,
					sizeof(rtnl->buffer));
	while (n < 0 && errno == EINTR);
	return n;
}

/* Is the last message of a dump among the @len bytes in the buffer? */
static bool is_end(const struct rtnl *rtnl, ssize_t len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)rtnl->buffer;
	int left = (int)len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_type == NLMSG_DONE ||
		    nlh->nlmsg_type == NLMSG_ERROR)
			return true;
	return false;
}

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	const struct rtnl *rtnl = data;

	if (rtnl->on_reply)
		rtnl->on_reply(nlh, rtnl->data);
	return MNL_CB_OK;
}

/**
 * rtnl_talk() - send a request, and receive the kernel's answer to it
 * @rtnl:     the handle, whose rtnl_request() was the last call
 * @on_reply: called for each message of the answer, or NULL
 * @data:     for @on_reply
 *
 * Return: 0 or -errno; -EINTR if a list changed during its dump
 */
int rtnl_talk(struct rtnl *rtnl, rtnl_reply *on_reply, void *data)
{
	/* libmnl handles NLMSG_DONE and the like. */
	static mnl_cb_t control[] = {[NLMSG_ERROR] = on_verdict};
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)rtnl->buffer;
	unsigned int portid = mnl_socket_get_portid(rtnl->socket);
	ssize_t n;
	int status;

	rtnl->on_reply = on_reply;
	rtnl->data = data;
	rtnl->message[0] = '\0';
	if (mnl_socket_sendto(rtnl->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = receive(rtnl);
		if (n < 0)
			return -errno;
		status = mnl_cb_run2(rtnl->buffer, (size_t)n, rtnl->seq, portid,
				     on_message, rtnl, control,
				     MNL_ARRAY_SIZE(control));
	} while (status > MNL_CB_STOP);
	if (status == MNL_CB_STOP)
		return 0;
	if (errno != EINTR)
		return -errno;
	/* The socket takes no other request before the end of this dump. */
	while (n > 0 && !is_end(rtnl, n))
		n = receive(rtnl);
	return -EINTR;
}
