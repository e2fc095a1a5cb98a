/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Builds rules of nf_tables with libnftnl. A rule is a list of expressions: one
 * loads a value into a register, the next one compares the register, and so on.
 *
 * A build without libnftnl leaves this file out.
 */
#include "interface/nft_rule.h"

#ifdef SERIALTUN_NFTNL

/* libnftnl/expr.h needs FILE. */
#include <stdio.h>

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

/* The first of the newer registers, of 4 bytes each. */
#define NFT_REG NFT_REG32_00

#define TCP_FLAGS_AT	    13
#define TCP_FLAG_SYN	    0x02
#define TCP_FLAG_RST	    0x04
#define TCP_OPTION_MSS	    2
#define TCP_OPTION_VALUE_AT 2

/**
 * nft_rule() - begin a rule
 * @table: name of the table
 * @chain: name of the chain that the rule is appended to
 *
 * A packet has to match all that is added to the rule, in this order.
 *
 * Return: the rule, for nft_rule_end(); NULL without memory, which
 * nft_rule_end() handles
 */
struct nftnl_rule *nft_rule(const char *table, const char *chain)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();

	if (!rule)
		return NULL;
	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_IPV4);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, table);
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chain);
	return rule;
}

/* A number in an expression. */
struct number {
	uint16_t attr;
	uint32_t value;
};

/*
 * Add an expression to a rule, if there is a rule. Without memory for the
 * expression, the rule gets a mark that nft_rule_end() sees: no table. Return:
 * the expression, owned by the rule; or NULL.
 */
static struct nftnl_expr *add_expr(struct nftnl_rule *rule, const char *name,
				   const struct number *numbers, size_t count)
{
	struct nftnl_expr *expr = rule ? nftnl_expr_alloc(name) : NULL;
	size_t i;

	if (!expr) {
		if (rule)
			nftnl_rule_unset(rule, NFTNL_RULE_TABLE);
		return NULL;
	}
	for (i = 0; i < count; i++)
		nftnl_expr_set_u32(expr, numbers[i].attr, numbers[i].value);
	nftnl_rule_add_expr(rule, expr);
	return expr;
}

#define ADD_EXPR(rule, name, ...)                                  \
	add_expr(rule, name, (const struct number[]){__VA_ARGS__}, \
		 sizeof((const struct number[]){__VA_ARGS__}) /    \
			 sizeof(struct number))

/* Go on with the rule only if the register has this value, or has not. */
static void compare(struct nftnl_rule *rule, uint32_t op, const void *value,
		    size_t len)
{
	struct nftnl_expr *expr =
		ADD_EXPR(rule, "cmp", {NFTNL_EXPR_CMP_SREG, NFT_REG},
			 {NFTNL_EXPR_CMP_OP, op});

	if (expr)
		nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, value, (uint32_t)len);
}

/* Clear the bits of the register that @mask does not have. */
static void apply_mask(struct nftnl_rule *rule, const void *mask, size_t len)
{
	static const uint8_t zero[16];
	struct nftnl_expr *expr =
		ADD_EXPR(rule, "bitwise", {NFTNL_EXPR_BITWISE_SREG, NFT_REG},
			 {NFTNL_EXPR_BITWISE_DREG, NFT_REG},
			 {NFTNL_EXPR_BITWISE_LEN, (uint32_t)len});

	if (!expr)
		return;
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, mask, (uint32_t)len);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, zero, (uint32_t)len);
}

/**
 * nft_match_meta() - match a property of the packet
 * @rule:  the rule
 * @key:   NFT_META_IIF and the like
 * @value: the value, in the order of this machine
 * @len:   its length in bytes
 */
void nft_match_meta(struct nftnl_rule *rule, uint32_t key, const void *value,
		    size_t len)
{
	ADD_EXPR(rule, "meta", {NFTNL_EXPR_META_KEY, key},
		 {NFTNL_EXPR_META_DREG, NFT_REG});
	compare(rule, NFT_CMP_EQ, value, len);
}

/**
 * nft_match_payload() - match bytes of the packet
 * @rule:   the rule
 * @base:   NFT_PAYLOAD_NETWORK_HEADER and the like
 * @offset: of the bytes, in that header
 * @mask:   bits to compare; NULL: all
 * @value:  the bytes
 * @len:    how many, 16 at most
 */
void nft_match_payload(struct nftnl_rule *rule, uint32_t base, uint32_t offset,
		       const void *mask, const void *value, size_t len)
{
	ADD_EXPR(rule, "payload", {NFTNL_EXPR_PAYLOAD_DREG, NFT_REG},
		 {NFTNL_EXPR_PAYLOAD_BASE, base},
		 {NFTNL_EXPR_PAYLOAD_OFFSET, offset},
		 {NFTNL_EXPR_PAYLOAD_LEN, (uint32_t)len});
	if (mask)
		apply_mask(rule, mask, len);
	compare(rule, NFT_CMP_EQ, value, len);
}

/**
 * nft_match_next_hop() - match the router that the packet goes to
 * @rule: the rule
 * @addr: the router's IPv4 address; the next hop of a packet to a neighbour is
 *        the neighbour
 */
void nft_match_next_hop(struct nftnl_rule *rule, const uint8_t *addr)
{
	ADD_EXPR(rule, "rt", {NFTNL_EXPR_RT_KEY, NFT_RT_NEXTHOP4},
		 {NFTNL_EXPR_RT_DREG, NFT_REG});
	compare(rule, NFT_CMP_EQ, addr, sizeof(struct in_addr));
}

/**
 * nft_match_reply() - match a packet of a connection that exists, or an ICMP
 *                     error about one
 * @rule: the rule
 */
void nft_match_reply(struct nftnl_rule *rule)
{
	static const uint32_t states = NF_CT_STATE_BIT(IP_CT_ESTABLISHED) |
				       NF_CT_STATE_BIT(IP_CT_RELATED);
	static const uint32_t none;

	ADD_EXPR(rule, "ct", {NFTNL_EXPR_CT_KEY, NFT_CT_STATE},
		 {NFTNL_EXPR_CT_DREG, NFT_REG});
	apply_mask(rule, &states, sizeof(states));
	compare(rule, NFT_CMP_NEQ, &none, sizeof(none));
}

/**
 * nft_match_redirected() - match a packet of a connection whose destination
 *                          this host has changed (DNAT)
 * @rule: the rule
 */
void nft_match_redirected(struct nftnl_rule *rule)
{
	static const uint32_t status = IPS_DST_NAT;
	static const uint32_t none;

	ADD_EXPR(rule, "ct", {NFTNL_EXPR_CT_KEY, NFT_CT_STATUS},
		 {NFTNL_EXPR_CT_DREG, NFT_REG});
	apply_mask(rule, &status, sizeof(status));
	compare(rule, NFT_CMP_NEQ, &none, sizeof(none));
}

/* Match the type of the destination. */
static void match_fib(struct nftnl_rule *rule, uint32_t flags, uint32_t result,
		      uint32_t value)
{
	ADD_EXPR(rule, "fib", {NFTNL_EXPR_FIB_DREG, NFT_REG},
		 {NFTNL_EXPR_FIB_RESULT, result},
		 {NFTNL_EXPR_FIB_FLAGS, flags});
	compare(rule, NFT_CMP_EQ, &value, sizeof(value));
}

/**
 * nft_match_unicast() - match a packet to another host: neither to this one,
 *                       nor broadcast, nor multicast
 * @rule: the rule, in a chain at NF_INET_PRE_ROUTING
 */
void nft_match_unicast(struct nftnl_rule *rule)
{
	match_fib(rule, NFTA_FIB_F_DADDR, NFT_FIB_RESULT_ADDRTYPE, RTN_UNICAST);
}

/**
 * nft_match_foreign_source() - match a packet whose answer would leave by
 *                              another interface than it came by
 * @rule: the rule, in a chain at NF_INET_PRE_ROUTING
 */
void nft_match_foreign_source(struct nftnl_rule *rule)
{
	match_fib(rule, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF, NFT_FIB_RESULT_OIF,
		  0);
}

/**
 * nft_clamp_mss() - limit the MSS of a new TCP connection to the path's MTU
 * @rule: the rule; it matches segments with SYN from here on
 */
void nft_clamp_mss(struct nftnl_rule *rule)
{
	static const uint8_t tcp = IPPROTO_TCP;
	static const uint8_t flags = TCP_FLAG_SYN | TCP_FLAG_RST;
	static const uint8_t syn = TCP_FLAG_SYN;
	struct nftnl_expr *expr;

	nft_match_meta(rule, NFT_META_L4PROTO, &tcp, sizeof(tcp));
	nft_match_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, TCP_FLAGS_AT,
			  &flags, &syn, sizeof(syn));
	ADD_EXPR(rule, "rt", {NFTNL_EXPR_RT_KEY, NFT_RT_TCPMSS},
		 {NFTNL_EXPR_RT_DREG, NFT_REG});
	ADD_EXPR(rule, "byteorder", {NFTNL_EXPR_BYTEORDER_SREG, NFT_REG},
		 {NFTNL_EXPR_BYTEORDER_DREG, NFT_REG},
		 {NFTNL_EXPR_BYTEORDER_OP, NFT_BYTEORDER_HTON},
		 {NFTNL_EXPR_BYTEORDER_LEN, sizeof(uint16_t)},
		 {NFTNL_EXPR_BYTEORDER_SIZE, sizeof(uint16_t)});
	/* The kernel only lowers the value of this option. */
	expr = ADD_EXPR(rule, "exthdr", {NFTNL_EXPR_EXTHDR_SREG, NFT_REG},
			{NFTNL_EXPR_EXTHDR_OP, NFT_EXTHDR_OP_TCPOPT},
			{NFTNL_EXPR_EXTHDR_OFFSET, TCP_OPTION_VALUE_AT},
			{NFTNL_EXPR_EXTHDR_LEN, sizeof(uint16_t)});
	if (expr)
		nftnl_expr_set_u8(expr, NFTNL_EXPR_EXTHDR_TYPE, TCP_OPTION_MSS);
}

/**
 * nft_masquerade() - give the packet this host's address as its source
 * @rule: the rule, in a chain of the type nat
 */
void nft_masquerade(struct nftnl_rule *rule)
{
	add_expr(rule, "masq", NULL, 0);
}

/**
 * nft_verdict() - end the chain for the packet
 * @rule:    the rule
 * @verdict: NF_ACCEPT or NF_DROP
 */
void nft_verdict(struct nftnl_rule *rule, int verdict)
{
	ADD_EXPR(rule, "immediate", {NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT},
		 {NFTNL_EXPR_IMM_VERDICT, (uint32_t)verdict});
}

#endif
