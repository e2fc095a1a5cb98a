/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SURVEY_H
#define SERIALTUN_SURVEY_H

struct conflict_taken;
struct link_config;
struct rtnl;

int survey_check(struct rtnl *rtnl, const struct link_config *config);
void survey_taken(struct rtnl *rtnl, const struct link_config *config,
		  int index, struct conflict_taken *taken);

#endif
