/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds tables of other programs that drop forwarded packets: those of Docker,
 * of firewalld, of ufw, or the administrator's. A packet has to pass the chains
 * of all tables, so the table of serialtun cannot overrule them.
 *
 * A chain counts if it sees forwarded IPv4 packets, and drops what its rules do
 * not accept, by its policy or by its last rule. Its rules may accept the
 * packets of the link, which is too much to find out here; so the text is a
 * hint, not an error.
 */
#include "interface/rival.h"

#ifdef SERIALTUN_NFTNL

#include "interface/nft.h"
#include "text.h"

#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More chains at one hook are too many for messages. */
#define CHAINS_MAX   8
#define NAME_MAX_LEN 64

/* A chain that sees forwarded packets. */
struct chain {
	uint32_t family;
	char table[NAME_MAX_LEN];
	char name[NAME_MAX_LEN];
	bool drops;
};

struct chains {
	struct chain chains[CHAINS_MAX];
	size_t count;
	bool has_docker; /* Docker asks users to put their rules into a chain */
	bool has_ufw;
};

static void copy_name(char to[NAME_MAX_LEN], const char *name)
{
	snprintf(to, NAME_MAX_LEN, "%s", name ? name : "");
	text_make_plain(to);
}

static void note_chain(struct chains *chains, const struct nftnl_chain *chain)
{
	const char *table = nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE);
	const char *name = nftnl_chain_get_str(chain, NFTNL_CHAIN_NAME);
	const char *type = nftnl_chain_get_str(chain, NFTNL_CHAIN_TYPE);
	const uint32_t family = nftnl_chain_get_u32(chain, NFTNL_CHAIN_FAMILY);
	struct chain *noted;

	if (!table || !name ||
	    (family != NFPROTO_IPV4 && family != NFPROTO_INET))
		return;
	chains->has_docker |= !strcmp(name, "DOCKER-USER");
	chains->has_ufw |= !strcmp(name, "ufw-user-forward");
	if (!nftnl_chain_is_set(chain, NFTNL_CHAIN_HOOKNUM) || !type ||
	    strcmp(type, "filter") != 0 ||
	    nftnl_chain_get_u32(chain, NFTNL_CHAIN_HOOKNUM) !=
		    NF_INET_FORWARD ||
	    !strncmp(table, "serialtun-", strlen("serialtun-")) ||
	    chains->count == CHAINS_MAX)
		return;
	noted = &chains->chains[chains->count++];
	noted->family = family;
	copy_name(noted->table, table);
	copy_name(noted->name, name);
	noted->drops =
		nftnl_chain_get_u32(chain, NFTNL_CHAIN_POLICY) == NF_DROP;
}

static void see_chain(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (!chain)
		return;
	if (!nftnl_chain_nlmsg_parse(nlh, chain))
		note_chain(data, chain);
	nftnl_chain_free(chain);
}

/* A rule drops all packets if it is nothing but a verdict and a counter. */
static int see_expr(struct nftnl_expr *expr, void *data)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	bool *drops = data;

	if (!strcmp(name, "counter") || !strcmp(name, "log"))
		return 0;
	*drops =
		!strcmp(name, "reject") ||
		(!strcmp(name, "immediate") &&
		 nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_VERDICT) &&
		 nftnl_expr_get_u32(expr, NFTNL_EXPR_IMM_VERDICT) == NF_DROP) ||
		(!strcmp(name, "target") &&
		 nftnl_expr_is_set(expr, NFTNL_EXPR_TG_NAME) &&
		 !strcmp(nftnl_expr_get_str(expr, NFTNL_EXPR_TG_NAME),
			 "REJECT"));
	return *drops ? 0 : -1;
}

static void see_rule(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	bool *drops = data;

	if (!rule)
		return;
	/* The last rule of the chain remains. */
	*drops = false;
	if (!nftnl_rule_nlmsg_parse(nlh, rule) &&
	    nftnl_expr_foreach(rule, see_expr, drops) < 0)
		*drops = false;
	nftnl_rule_free(rule);
}

/* Write the commands that let the link pass. */
static void append_remedy(char *text, const struct chains *chains,
			  const struct chain *chain, const char *interface)
{
	const char *family = chain->family == NFPROTO_INET ? "inet" : "ip";
	const char *into = chains->has_docker ? "DOCKER-USER" : chain->name;

	if (!strcmp(chain->table, "firewalld"))
		text_append(text, RIVAL_TEXT_MAX,
			    "sudo firewall-cmd --zone=trusted "
			    "--add-interface=%s",
			    interface);
	else if (chains->has_ufw && !strcmp(chain->name, "FORWARD"))
		text_append(text, RIVAL_TEXT_MAX,
			    "sudo ufw route allow in on %s", interface);
	else if (!strcmp(chain->name, "FORWARD"))
		text_append(text, RIVAL_TEXT_MAX,
			    "sudo iptables -I %s -i %s -j ACCEPT; sudo "
			    "iptables -I %s -o %s -j ACCEPT",
			    into, interface, into, interface);
	else
		text_append(text, RIVAL_TEXT_MAX,
			    "sudo nft insert rule %s %s %s iifname %s accept; "
			    "sudo nft insert rule %s %s %s oifname %s accept",
			    family, chain->table, chain->name, interface,
			    family, chain->table, chain->name, interface);
}

/**
 * rival_each() - find tables that may drop the link's forwarded packets
 * @interface: name of the link's interface
 * @tell:      called with one line for each table: its name, and the remedy
 * @data:      for @tell
 *
 * Needs CAP_NET_ADMIN. A failure finds nothing.
 */
void rival_each(const char *interface, rival_tell *tell, void *data)
{
	struct chains *chains = calloc(1, sizeof(*chains));
	struct nft *nft = NULL;
	char text[RIVAL_TEXT_MAX];
	size_t i;

	if (!chains || nft_open(&nft) ||
	    nft_dump(nft, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, NULL, NULL,
		     see_chain, chains))
		goto out;
	for (i = 0; i < chains->count; i++) {
		const struct chain *chain = &chains->chains[i];
		bool drops = false;

		if (!chain->drops)
			nft_dump(nft, NFT_MSG_GETRULE, (uint8_t)chain->family,
				 chain->table, chain->name, see_rule, &drops);
		if (!chain->drops && !drops)
			continue;
		snprintf(text, sizeof(text),
			 "another firewall drops forwarded packets that it "
			 "does not accept: table %s %s, chain %s (",
			 chain->family == NFPROTO_INET ? "inet" : "ip",
			 chain->table, chain->name);
		append_remedy(text, chains, chain, interface);
		text_append(text, sizeof(text), ")");
		tell(text, data);
	}
out:
	nft_close(nft);
	free(chains);
}

#else

void rival_each(const char *interface, rival_tell *tell, void *data)
{
	(void)interface;
	(void)tell;
	(void)data;
}

#endif
