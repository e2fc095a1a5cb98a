/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIR_NEWS_H
#define SERIALTUN_PAIR_NEWS_H

#include "pair/field.h"
#include "pair/pair.h"

#include <stdbool.h>

struct addr;
struct agree;
struct speed_stats;

#define PAIR_NEWS_LINE_MAX 512

/**
 * struct pair_news - what the user knows of a pair
 * @interface: name of the interface
 * @tap:       the interface carries Ethernet frames
 * @name:      the peer's name, or "the peer"
 * @told:      the last line about the pair
 * @problems:  reported problems, a set of enum agree_problem
 * @loop:      the user knows that this port's line is looped
 * @crowd:     the user knows that this port's line has three ends
 * @loss:      the user knows that the pair was lost
 */
struct pair_news {
	const char *interface;
	bool tap;
	char name[FIELD_STRING_MAX];
	char told[PAIR_NEWS_LINE_MAX];
	unsigned int problems;
	bool loop;
	bool crowd;
	bool loss;
};

void pair_news_init(struct pair_news *news, const char *interface, bool tap);
void pair_news_begin_port(struct pair_news *news);
void pair_news_name(struct pair_news *news, const struct agree *peer);
void pair_news_tell_event(struct pair_news *news, enum pair_event event,
			  const struct speed_stats *speed);
void pair_news_tell_problems(struct pair_news *news, const struct agree *own,
			     const struct agree *peer, unsigned int problems);
void pair_news_tell_pair(struct pair_news *news, const struct agree *peer,
			 const struct addr *here, const struct addr *there);
bool pair_news_told_addresses(const struct pair_news *news);
bool pair_news_told_loop(const struct pair_news *news);
bool pair_news_told_crowd(const struct pair_news *news);

#endif
