/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_NFT_RULE_H
#define SERIALTUN_NFT_RULE_H

#include <stddef.h>
#include <stdint.h>

/* A rule in the making; nft_rule_end() adds it to a transaction. */
struct nftnl_rule;

struct nftnl_rule *nft_rule(const char *table, const char *chain);
void nft_match_meta(struct nftnl_rule *rule, uint32_t key, const void *value,
		    size_t len);
void nft_match_payload(struct nftnl_rule *rule, uint32_t base, uint32_t offset,
		       const void *mask, const void *value, size_t len);
void nft_match_next_hop(struct nftnl_rule *rule, const uint8_t *addr);
void nft_match_reply(struct nftnl_rule *rule);
void nft_match_redirected(struct nftnl_rule *rule);
void nft_match_unicast(struct nftnl_rule *rule);
void nft_match_foreign_source(struct nftnl_rule *rule);
void nft_clamp_mss(struct nftnl_rule *rule);
void nft_masquerade(struct nftnl_rule *rule);
void nft_verdict(struct nftnl_rule *rule, int verdict);

#endif
