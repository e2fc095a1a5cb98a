/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_NFT_H
#define SERIALTUN_NFT_H

#include <stddef.h>
#include <stdint.h>

struct nft;
struct nlmsghdr;

struct nftnl_rule;

typedef void nft_reply(const struct nlmsghdr *nlh, void *data);

int nft_open(struct nft **nft);
void nft_close(struct nft *nft);

/* A transaction: all of its requests take effect, or none. */
void nft_begin(struct nft *nft, const char *table);
void nft_add_table(struct nft *nft);
void nft_add_chain(struct nft *nft, const char *chain, const char *type,
		   uint32_t hook, int32_t priority);
void nft_add_plain_chain(struct nft *nft, const char *chain);
void nft_delete_chain(struct nft *nft, const char *chain);
void nft_rule_end(struct nft *nft, struct nftnl_rule *rule, const char *needs);
int nft_commit(struct nft *nft, const char **needs);

int nft_dump(struct nft *nft, uint16_t type, uint8_t family, const char *table,
	     const char *chain, nft_reply *on_reply, void *data);

#endif
