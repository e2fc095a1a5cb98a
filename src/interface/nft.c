/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests to nf_tables, the packet filter of the kernel, over Netlink.
 *
 * A change is a transaction: nft_begin(), the parts, nft_commit(). The kernel
 * takes all parts or none. Each part has a sequence number, and an error names
 * the number of the part that the kernel refused. So nft_commit() can tell what
 * the kernel lacks.
 *
 * The kernel handles a request while the program is in sendto(2), so all of its
 * answers are in the socket when the call returns, and nothing here waits.
 *
 * libnftnl builds rules (nft_rule.c), and allocates memory. nft_delete_chain()
 * and nft_dump() do not, because the process that ends a table may allocate
 * nothing.
 *
 * A build without libnftnl leaves this file out.
 */
#include "interface/nft.h"

#ifdef SERIALTUN_NFTNL

#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A table has less than a hundred rules of less than 512 bytes. */
#define NFT_BATCH_MAX 65536
#define NFT_PARTS_MAX 128

/* Attempts at a dump that other programs' changes interrupt. */
#define NFT_DUMP_TRIES 5

/* Linux 5.12; newer than some headers. */
#define NFT_OWNER 0x2

struct nft {
	struct mnl_socket *socket;
	uint32_t seq;
	uint32_t first_seq; /* of the transaction */
	size_t len;	    /* bytes of the transaction so far */
	bool failed;	    /* a part was not built */
	char table[64];
	const char *needs[NFT_PARTS_MAX]; /* of each part, for an error */
	char batch[NFT_BATCH_MAX];
	char buffer[8192];
};

/**
 * nft_open() - open a socket to nf_tables
 * @nft: the new handle on success; nft_close() frees it
 *
 * Return: 0 or -errno; -EPROTONOSUPPORT if the kernel has no nf_tables
 */
int nft_open(struct nft **nft)
{
	struct nft *n = calloc(1, sizeof(*n));
	int err;

	if (!n)
		return -ENOMEM;
	n->socket = mnl_socket_open2(NETLINK_NETFILTER,
				     SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!n->socket || mnl_socket_bind(n->socket, 0, MNL_SOCKET_AUTOPID)) {
		err = -errno;
		nft_close(n);
		return err;
	}
	*nft = n;
	return 0;
}

/**
 * nft_close() - close the socket; the kernel removes the table that it owns
 * @nft: a handle of nft_open(), or NULL
 */
void nft_close(struct nft *nft)
{
	if (!nft)
		return;
	if (nft->socket)
		mnl_socket_close(nft->socket);
	free(nft);
}

/* The place for the next part of the transaction. */
static char *next_part(struct nft *nft, const char *needs)
{
	nft->needs[++nft->seq - nft->first_seq] = needs;
	return nft->batch + nft->len;
}

static void end_part(struct nft *nft, const struct nlmsghdr *nlh)
{
	nft->len += NLMSG_ALIGN(nlh->nlmsg_len);
	/* A part is far smaller than the room that is kept here. */
	nft->failed |= nft->len > NFT_BATCH_MAX / 2 ||
		       nft->seq - nft->first_seq >= NFT_PARTS_MAX - 2;
}

/**
 * nft_begin() - begin a transaction on one table of the family ip
 * @nft:   the handle
 * @table: name of the table
 */
void nft_begin(struct nft *nft, const char *table)
{
	char *part;

	nft->len = 0;
	snprintf(nft->table, sizeof(nft->table), "%s", table);
	nft->failed = strcmp(nft->table, table) != 0;
	nft->first_seq = nft->seq + 1;
	part = next_part(nft, NULL);
	end_part(nft, nftnl_batch_begin(part, nft->seq));
}

/* Begin a part. Return: NULL if there is no room. */
static struct nlmsghdr *begin_part(struct nft *nft, uint16_t type,
				   uint16_t flags, const char *needs)
{
	char *part;

	if (nft->failed)
		return NULL;
	part = next_part(nft, needs);
	return nftnl_nlmsg_build_hdr(part, type, NFPROTO_IPV4,
				     NLM_F_ACK | flags, nft->seq);
}

/**
 * nft_add_table() - create the table of the transaction
 * @nft: the handle, which owns the table: no other process can change it, and
 *       the kernel removes it when the socket closes
 */
void nft_add_table(struct nft *nft)
{
	struct nftnl_table *table = nftnl_table_alloc();
	struct nlmsghdr *nlh;

	nft->failed |= !table;
	nlh = begin_part(nft, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL,
			 "nf_tables");
	if (nlh) {
		nftnl_table_set_str(table, NFTNL_TABLE_NAME, nft->table);
		nftnl_table_set_u32(table, NFTNL_TABLE_FLAGS, NFT_OWNER);
		nftnl_table_nlmsg_build_payload(nlh, table);
		end_part(nft, nlh);
	}
	if (table)
		nftnl_table_free(table);
}

static void add_chain(struct nft *nft, struct nftnl_chain *chain,
		      const char *name, const char *needs)
{
	struct nlmsghdr *nlh;

	nft->failed |= !chain;
	nlh = begin_part(nft, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL,
			 needs);
	if (nlh) {
		nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, nft->table);
		nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
		nftnl_chain_nlmsg_build_payload(nlh, chain);
		end_part(nft, nlh);
	}
	if (chain)
		nftnl_chain_free(chain);
}

/**
 * nft_add_chain() - add a chain that sees packets
 * @nft:      the handle
 * @chain:    name of the chain
 * @type:     "filter" or "nat"
 * @hook:     NF_INET_FORWARD and the like
 * @priority: chains of lower priorities come first
 */
void nft_add_chain(struct nft *nft, const char *chain, const char *type,
		   uint32_t hook, int32_t priority)
{
	struct nftnl_chain *c = nftnl_chain_alloc();

	if (c) {
		nftnl_chain_set_str(c, NFTNL_CHAIN_TYPE, type);
		nftnl_chain_set_u32(c, NFTNL_CHAIN_HOOKNUM, hook);
		nftnl_chain_set_s32(c, NFTNL_CHAIN_PRIO, priority);
		nftnl_chain_set_u32(c, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	}
	add_chain(nft, c, chain,
		  strcmp(type, "nat") ? "nf_tables" : "nft_chain_nat");
}

/**
 * nft_add_plain_chain() - add a chain that sees no packet
 * @nft:   the handle
 * @chain: name of the chain
 */
void nft_add_plain_chain(struct nft *nft, const char *chain)
{
	add_chain(nft, nftnl_chain_alloc(), chain, "nf_tables");
}

/**
 * nft_delete_chain() - remove a chain of the table
 * @nft:   the handle
 * @chain: name of the chain, which has no rules
 *
 * Allocates no memory.
 */
void nft_delete_chain(struct nft *nft, const char *chain)
{
	struct nlmsghdr *nlh =
		begin_part(nft, NFT_MSG_DELCHAIN, 0, "nf_tables");

	if (!nlh)
		return;
	mnl_attr_put_strz(nlh, NFTA_CHAIN_TABLE, nft->table);
	mnl_attr_put_strz(nlh, NFTA_CHAIN_NAME, chain);
	end_part(nft, nlh);
}

/**
 * nft_rule_end() - add a rule to the transaction
 * @nft:   the handle
 * @rule:  the rule, which is freed; or NULL
 * @needs: the kernel module that the rule needs, as a hint for an error
 */
void nft_rule_end(struct nft *nft, struct nftnl_rule *rule, const char *needs)
{
	struct nlmsghdr *nlh;

	nft->failed |= !rule || !nftnl_rule_is_set(rule, NFTNL_RULE_TABLE);
	nlh = begin_part(nft, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
			 needs);
	if (nlh) {
		nftnl_rule_nlmsg_build_payload(nlh, rule);
		end_part(nft, nlh);
	}
	if (rule)
		nftnl_rule_free(rule);
}

static ssize_t receive(struct nft *nft)
{
	ssize_t n;

	do
		n = mnl_socket_recvfrom(nft->socket, nft->buffer,
					sizeof(nft->buffer));
	while (n < 0 && errno == EINTR);
	return n;
}

/* Note the first error among the @len bytes in the buffer. */
static void read_verdicts(struct nft *nft, ssize_t len, int *err,
			  const char **needs)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)nft->buffer;
	const struct nlmsgerr *verdict;
	int left = (int)len;
	uint32_t part;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_type != NLMSG_ERROR ||
		    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*verdict)))
			continue;
		verdict = mnl_nlmsg_get_payload(nlh);
		part = nlh->nlmsg_seq - nft->first_seq;
		if (*err || !verdict->error)
			continue;
		*err = verdict->error;
		if (part < NFT_PARTS_MAX)
			*needs = nft->needs[part];
	}
}

/**
 * nft_commit() - let the transaction take effect
 * @nft:   the handle, after nft_begin() and the parts
 * @needs: set to the kernel module that the refused part needs; NULL: unknown
 *
 * Return: 0 or -errno: then the kernel has changed nothing
 */
int nft_commit(struct nft *nft, const char **needs)
{
	int err = 0;
	char *part;
	ssize_t n;

	*needs = NULL;
	if (nft->failed)
		return -ENOMEM;
	part = next_part(nft, NULL);
	end_part(nft, nftnl_batch_end(part, nft->seq));
	if (mnl_socket_sendto(nft->socket, nft->batch, nft->len) < 0)
		return -errno;
	while ((n = receive(nft)) > 0)
		read_verdicts(nft, n, &err, needs);
	if (!err && errno != EAGAIN)
		err = -errno;
	return err;
}

/* The caller's function for each message of a dump. */
struct dump {
	nft_reply *on_reply;
	void *data;
};

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	const struct dump *dump = data;

	dump->on_reply(nlh, dump->data);
	return MNL_CB_OK;
}

static int dump_once(struct nft *nft, uint16_t type, uint8_t family,
		     const char *table, const char *chain, struct dump *dump)
{
	struct nlmsghdr *nlh = nftnl_nlmsg_build_hdr(nft->buffer, type, family,
						     NLM_F_DUMP, ++nft->seq);
	int status = MNL_CB_OK;
	ssize_t n;

	if (table)
		mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, table);
	if (chain)
		mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, chain);
	if (mnl_socket_sendto(nft->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (status > MNL_CB_STOP) {
		n = receive(nft);
		if (n < 0)
			return -errno;
		status = mnl_cb_run(nft->buffer, (size_t)n, nft->seq,
				    mnl_socket_get_portid(nft->socket),
				    on_message, dump);
	}
	return status < 0 ? -errno : 0;
}

/**
 * nft_dump() - read objects of the kernel's
 * @nft:      the handle; @on_reply must not use it
 * @type:     NFT_MSG_GETCHAIN or NFT_MSG_GETRULE
 * @family:   NFPROTO_UNSPEC: of all families
 * @table:    the rules of this table only; or NULL
 * @chain:    the rules of this chain only; or NULL
 * @on_reply: called for each object; more than once if the list changes
 * @data:     for @on_reply
 *
 * Allocates no memory.
 *
 * Return: 0 or -errno
 */
int nft_dump(struct nft *nft, uint16_t type, uint8_t family, const char *table,
	     const char *chain, nft_reply *on_reply, void *data)
{
	struct dump dump = {on_reply, data};
	int tries = NFT_DUMP_TRIES;
	int err;

	do {
		err = dump_once(nft, type, family, table, chain, &dump);
		/* The socket takes no other dump before the end of this one. */
		while (err == -EINTR && receive(nft) > 0)
			;
	} while (err == -EINTR && --tries);
	return err;
}

#endif
