/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of nf_tables that lets the other end of the link use this host's
 * connection to the internet.
 *
 *   prerouting   drops packets whose source is not on the link
 *   forward      drops what the link may not reach, and what comes from the
 *                uplink and is neither a reply nor redirected by this host;
 *                limits the MSS of TCP
 *   nat          gives packets of the link this host's address
 *
 * The table belongs to the socket (NFT_TABLE_F_OWNER, Linux 5.12): no other
 * program can change it, and the kernel removes it when the socket closes, for
 * whatever reason.
 *
 * A chain without rules is a mark: it says that serialtun has switched on
 * forwarding from the uplink. So of several links that share the same uplink,
 * the last one knows that it has to switch forwarding off again.
 *
 * With a router on the uplink, the forward chain passes only packets that go to
 * the router. This stays right if the networks on the uplink change: a laptop
 * that comes into another network shares nothing there. Without a router, the
 * chain refuses the networks that were on the uplink at the start.
 */
#include "interface/nat.h"

#ifdef SERIALTUN_NFTNL

#include "interface/nft.h"
#include "interface/nft_rule.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_PREFIX "serialtun-"
#define MARK_PREFIX  "opened-"
#define NAME_MAX_LEN 48

#define SOURCES "prerouting"
#define FORWARD "forward"
#define NAT	"nat"

#define IP_DEST_AT   16
#define PORT_DEST_AT 2
#define PORT_DNS     53

struct nat {
	struct nft *nft;
	char table[NAME_MAX_LEN];
	char mark[NAME_MAX_LEN]; /* "": none */
};

/* Link-local addresses (RFC 3927): on a machine in a cloud, its metadata. */
static const struct addr link_local = {
	.family = AF_INET,
	.prefix_len = 16,
	.bytes = {169, 254},
};

/**
 * nat_is_built_in() - can this build of the program make such a table?
 *
 * Return: true if so
 */
bool nat_is_built_in(void)
{
	return true;
}

/**
 * nat_open() - get ready to make the table
 * @nat: the new handle on success; nat_close() frees it
 * @why: filled in on failure: reason and remedy
 *
 * Return: 0 or -errno
 */
int nat_open(struct nat **nat, char why[NAT_WHY_MAX])
{
	struct nat *n = calloc(1, sizeof(*n));
	int err = n ? nft_open(&n->nft) : -ENOMEM;

	if (!err) {
		*nat = n;
		return 0;
	}
	free(n);
	if (err == -EPROTONOSUPPORT)
		snprintf(why, NAT_WHY_MAX,
			 "the kernel has no nf_tables (sudo modprobe "
			 "nf_tables)");
	else
		snprintf(why, NAT_WHY_MAX, "%s", strerror(-err));
	return err;
}

/* A search for a mark in the tables of other links. */
struct search {
	const char *own_table;
	const char *mark;
	bool found;
};

static int chain_attr(const struct nlattr *attr, void *data)
{
	const char **names = data;
	const uint16_t type = mnl_attr_get_type(attr);

	if ((type == NFTA_CHAIN_TABLE || type == NFTA_CHAIN_NAME) &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		names[type] = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

static void see_chain(const struct nlmsghdr *nlh, void *data)
{
	const char *names[NFTA_CHAIN_NAME + 1] = {0};
	struct search *search = data;

	mnl_attr_parse(nlh, sizeof(struct nfgenmsg), chain_attr, names);
	if (!names[NFTA_CHAIN_TABLE] || !names[NFTA_CHAIN_NAME])
		return;
	search->found |=
		!strncmp(names[NFTA_CHAIN_TABLE], TABLE_PREFIX,
			 strlen(TABLE_PREFIX)) &&
		strcmp(names[NFTA_CHAIN_TABLE], search->own_table) != 0 &&
		!strcmp(names[NFTA_CHAIN_NAME], search->mark);
}

/**
 * nat_is_marked() - has another link switched on forwarding from the uplink?
 * @nat:    the handle
 * @uplink: name of the uplink's interface
 *
 * Allocates no memory.
 *
 * Return: true if so
 */
bool nat_is_marked(struct nat *nat, const char *uplink)
{
	char mark[NAME_MAX_LEN];
	struct search search = {.own_table = nat->table, .mark = mark};

	snprintf(mark, sizeof(mark), MARK_PREFIX "%s", uplink);
	return !nft_dump(nat->nft, NFT_MSG_GETCHAIN, NFPROTO_IPV4, NULL, NULL,
			 see_chain, &search) &&
	       search.found;
}

/* Begin a rule about packets that come by an interface. */
static struct nftnl_rule *rule_from(struct nat *nat, const char *chain,
				    int index)
{
	struct nftnl_rule *rule = nft_rule(nat->table, chain);
	const uint32_t number = (uint32_t)index;

	nft_match_meta(rule, NFT_META_IIF, &number, sizeof(number));
	return rule;
}

static void match_to(struct nftnl_rule *rule, int index)
{
	const uint32_t number = (uint32_t)index;

	nft_match_meta(rule, NFT_META_OIF, &number, sizeof(number));
}

static void match_dest(struct nftnl_rule *rule, const struct addr *network)
{
	const struct addr first = addr_network(network);
	uint8_t mask[sizeof(struct in_addr)] = {0};
	size_t i;

	for (i = 0; i < network->prefix_len; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	nft_match_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, IP_DEST_AT, mask,
			  first.bytes, sizeof(mask));
}

static void end_rule(struct nat *nat, struct nftnl_rule *rule, int verdict)
{
	nft_verdict(rule, verdict);
	nft_rule_end(nat->nft, rule, "nf_tables");
}

static void add_sources(struct nat *nat, const struct nat_config *config)
{
	struct nftnl_rule *rule;

	nft_add_chain(nat->nft, SOURCES, "filter", NF_INET_PRE_ROUTING,
		      NF_IP_PRI_FILTER);
	rule = rule_from(nat, SOURCES, config->index);
	nft_match_unicast(rule);
	nft_match_foreign_source(rule);
	nft_verdict(rule, NF_DROP);
	nft_rule_end(nat->nft, rule, "nft_fib_ipv4");
}

static void add_mss(struct nat *nat, const struct nat_config *config)
{
	struct nftnl_rule *rule = rule_from(nat, FORWARD, config->index);

	nft_clamp_mss(rule);
	nft_rule_end(nat->nft, rule, "nf_tables");
	rule = nft_rule(nat->table, FORWARD);
	match_to(rule, config->index);
	nft_clamp_mss(rule);
	nft_rule_end(nat->nft, rule, "nf_tables");
}

/* Pass replies from an interface, before other rules for it. */
static void pass_replies(struct nat *nat, int index)
{
	struct nftnl_rule *rule = rule_from(nat, FORWARD, index);

	nft_match_reply(rule);
	nft_verdict(rule, NF_ACCEPT);
	nft_rule_end(nat->nft, rule, "nft_ct");
}

/* A name server may be on a network that is refused. */
static void pass_name_server(struct nat *nat, const struct nat_config *config,
			     const struct addr *server)
{
	static const uint8_t protocols[] = {IPPROTO_UDP, IPPROTO_TCP};
	static const uint8_t port[] = {0, PORT_DNS};
	struct nftnl_rule *rule;
	size_t i;

	for (i = 0; i < sizeof(protocols); i++) {
		rule = rule_from(nat, FORWARD, config->index);
		match_dest(rule, server);
		nft_match_meta(rule, NFT_META_L4PROTO, &protocols[i],
			       sizeof(*protocols));
		nft_match_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER,
				  PORT_DEST_AT, NULL, port, sizeof(port));
		end_rule(nat, rule, NF_ACCEPT);
	}
}

static void drop_network(struct nat *nat, const struct nat_config *config,
			 const struct addr *network)
{
	struct nftnl_rule *rule = rule_from(nat, FORWARD, config->index);

	match_dest(rule, network);
	end_rule(nat, rule, NF_DROP);
}

/* Pass packets to the uplink; @gateway: only those that go to this router. */
static void pass_uplink(struct nat *nat, const struct nat_config *config,
			const struct addr *gateway)
{
	struct nftnl_rule *rule = rule_from(nat, FORWARD, config->index);

	match_to(rule, config->uplink.index);
	if (gateway)
		nft_match_next_hop(rule, gateway->bytes);
	end_rule(nat, rule, NF_ACCEPT);
}

/* Limit what the link may reach. */
static void limit_link(struct nat *nat, const struct nat_config *config)
{
	const struct uplink *uplink = &config->uplink;
	size_t i;

	for (i = 0; i < uplink->name_servers.count; i++)
		pass_name_server(nat, config, &uplink->name_servers.addrs[i]);
	drop_network(nat, config, &link_local);
	for (i = 0; i < uplink->gateway_count; i++)
		pass_uplink(nat, config, &uplink->gateways[i]);
	if (!uplink->gateway_count) {
		for (i = 0; i < uplink->network_count; i++)
			drop_network(nat, config, &uplink->networks[i]);
		pass_uplink(nat, config, NULL);
	}
	end_rule(nat, rule_from(nat, FORWARD, config->index), NF_DROP);
}

/*
 * Limit what comes from the uplink. If the uplink's packets were forwarded
 * before, this host is a router by its user's wish, and only the link is
 * guarded.
 */
static void limit_uplink(struct nat *nat, const struct nat_config *config,
			 bool was_router)
{
	struct nftnl_rule *rule;

	pass_replies(nat, config->uplink.index);
	/* The user publishes a service, as Docker does for a container. */
	rule = rule_from(nat, FORWARD, config->uplink.index);
	nft_match_redirected(rule);
	nft_verdict(rule, NF_ACCEPT);
	nft_rule_end(nat->nft, rule, "nft_ct");
	rule = rule_from(nat, FORWARD, config->uplink.index);
	if (was_router)
		match_to(rule, config->index);
	end_rule(nat, rule, NF_DROP);
}

static void add_nat(struct nat *nat, const struct nat_config *config)
{
	struct nftnl_rule *rule;

	nft_add_chain(nat->nft, NAT, "nat", NF_INET_POST_ROUTING,
		      NF_IP_PRI_NAT_SRC);
	rule = rule_from(nat, NAT, config->index);
	nft_masquerade(rule);
	nft_rule_end(nat->nft, rule, "nft_masq");
}

static int explain(int err, const char *needs, const struct nat *nat,
		   char why[NAT_WHY_MAX])
{
	if (err == -EEXIST)
		snprintf(why, NAT_WHY_MAX,
			 "the table %s exists already (sudo nft delete table "
			 "ip %s)",
			 nat->table, nat->table);
	else if (needs && err == -EPERM) {
		/* Without CAP_NET_ADMIN, the kernel refuses no single part. */
		snprintf(why, NAT_WHY_MAX,
			 "the table %s belongs to another process (end the "
			 "other serialtun first)",
			 nat->table);
		return -EBUSY;
	} else if (needs && (err == -ENOENT || err == -EOPNOTSUPP ||
			     err == -EINVAL || err == -EPROTONOSUPPORT))
		snprintf(why, NAT_WHY_MAX,
			 "the kernel lacks a part of nf_tables (sudo modprobe "
			 "%s; Linux 5.12 or later)",
			 needs);
	else
		snprintf(why, NAT_WHY_MAX, "nf_tables: %s", strerror(-err));
	return err;
}

/**
 * nat_begin() - make the table
 * @nat:    the handle, which owns the table from now on
 * @config: what the table lets through
 * @mark:   serialtun switches on forwarding from the uplink
 * @why:    filled in on failure: reason and remedy
 *
 * Return: 0 or -errno; -EBUSY: another process owns a table of this name
 */
int nat_begin(struct nat *nat, const struct nat_config *config, bool mark,
	      char why[NAT_WHY_MAX])
{
	const char *needs;
	int err;

	snprintf(nat->table, sizeof(nat->table), TABLE_PREFIX "%s",
		 config->interface);
	nft_begin(nat->nft, nat->table);
	nft_add_table(nat->nft);
	if (mark) {
		snprintf(nat->mark, sizeof(nat->mark), MARK_PREFIX "%s",
			 config->uplink.name);
		nft_add_plain_chain(nat->nft, nat->mark);
	}
	add_sources(nat, config);
	nft_add_chain(nat->nft, FORWARD, "filter", NF_INET_FORWARD,
		      NF_IP_PRI_FILTER);
	add_mss(nat, config);
	pass_replies(nat, config->index);
	if (!config->reach_all)
		limit_link(nat, config);
	limit_uplink(nat, config, !mark);
	add_nat(nat, config);
	err = nft_commit(nat->nft, &needs);
	return err ? explain(err, needs, nat, why) : 0;
}

/**
 * nat_unmark() - is this the last link with forwarding from the uplink?
 * @nat: the handle, after nat_begin()
 *
 * Removes the mark first, so that of two links that end at the same time at
 * least one is the last. Allocates no memory.
 *
 * Return: true if serialtun has switched on forwarding, and no other link needs
 * it any more
 */
bool nat_unmark(struct nat *nat)
{
	const char *needs;

	if (!*nat->mark)
		return false;
	nft_begin(nat->nft, nat->table);
	nft_delete_chain(nat->nft, nat->mark);
	if (nft_commit(nat->nft, &needs))
		return false;
	return !nat_is_marked(nat, nat->mark + strlen(MARK_PREFIX));
}

/**
 * nat_close() - remove the table
 * @nat: a handle of nat_open(), or NULL
 */
void nat_close(struct nat *nat)
{
	if (!nat)
		return;
	nft_close(nat->nft);
	free(nat);
}

#else

#include <errno.h>
#include <stdio.h>

bool nat_is_built_in(void)
{
	return false;
}

int nat_open(struct nat **nat, char why[NAT_WHY_MAX])
{
	*nat = NULL;
	snprintf(why, NAT_WHY_MAX,
		 "serialtun was built without libnftnl (install libnftnl-dev "
		 "and build it again)");
	return -ENOSYS;
}

bool nat_is_marked(struct nat *nat, const char *uplink)
{
	(void)nat;
	(void)uplink;
	return false;
}

int nat_begin(struct nat *nat, const struct nat_config *config, bool mark,
	      char why[NAT_WHY_MAX])
{
	(void)config;
	(void)mark;
	return nat_open(&nat, why);
}

bool nat_unmark(struct nat *nat)
{
	(void)nat;
	return false;
}

void nat_close(struct nat *nat)
{
	(void)nat;
}

#endif
