/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines about a pair: who the peer is, what does not fit, how the pair was
 * lost, and the speed of the line.
 *
 * Each line appears once. The struct keeps what the user knows already, and
 * other modules ask it, so that they do not report the same cause again.
 */
#include "report/pair_news.h"
#include "interface/addr.h"
#include "log.h"
#include "pair/agree.h"
#include "pair/speed_stats.h"
#include "report/misfit.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/**
 * pair_news_init() - the user knows nothing of a pair yet
 * @news:      filled in
 * @interface: name of the interface; borrowed
 * @tap:       the interface carries Ethernet frames
 */
void pair_news_init(struct pair_news *news, const char *interface, bool tap)
{
	*news = (struct pair_news){
		.interface = interface,
		.tap = tap,
		.name = "the peer",
	};
}

/**
 * pair_news_begin_port() - forget what was told of another port's line
 * @news: what the user knows
 */
void pair_news_begin_port(struct pair_news *news)
{
	news->loop = false;
	news->crowd = false;
}

/**
 * pair_news_name() - call the peer by its name from now on, if it has one
 * @news: what the user knows
 * @peer: the description of the peer
 */
void pair_news_name(struct pair_news *news, const struct agree *peer)
{
	if (*peer->name)
		snprintf(news->name, sizeof(news->name), "%s", peer->name);
}

/* Tell the user that the pair was lost, and why. */
static void tell_loss(struct pair_news *news, enum pair_event event)
{
	const char *tun = news->interface;
	const char *name = news->name;

	switch (event) {
	case PAIR_EVENT_SILENT:
		log_warning("%s: %s does not answer any more", tun, name);
		break;
	case PAIR_EVENT_CLOSED:
		log_info("%s: %s has ended", tun, name);
		break;
	case PAIR_EVENT_GARBAGE:
		log_warning("%s: every frame from %s fails its check, so this "
			    "end looks for it again",
			    tun, name);
		break;
	default:
		log_warning("%s: the other end sends frames without a check "
			    "now, so damage is not noticed any more (is it "
			    "another program, or a serialtun with --pair=no?)",
			    tun);
		break;
	}
	news->loss = true;
}

/* Tell the user the new speed of the line. */
static void tell_speed(const struct pair_news *news,
		       const struct speed_stats *speed)
{
	const uint32_t times = (speed->baud + speed->base / 2) / speed->base;

	if (speed->baud > speed->base)
		log_info("%s: %" PRIu32 " baud now (%" PRIu32 " times %" PRIu32
			 "), both ends",
			 news->interface, speed->baud, times, speed->base);
	else
		log_info("%s: %" PRIu32 " baud again, both ends",
			 news->interface, speed->baud);
}

/**
 * pair_news_tell_event() - tell the user of an event of the pair
 * @news:  what the user knows
 * @event: the event
 * @speed: the speed of the line, for PAIR_EVENT_SPEED and PAIR_EVENT_STRANGER
 *
 * PAIR_EVENT_PAIRED and PAIR_EVENT_AGREE print no line: pair_news_tell_pair()
 * does, with the addresses.
 */
void pair_news_tell_event(struct pair_news *news, enum pair_event event,
			  const struct speed_stats *speed)
{
	switch (event) {
	case PAIR_EVENT_PAIRED:
		news->loop = false;
		break;
	case PAIR_EVENT_AGREE:
		break;
	case PAIR_EVENT_SPEED:
		tell_speed(news, speed);
		break;
	case PAIR_EVENT_LISTENS:
		log_info("%s: only garbage has come for 10 s, so this end also "
			 "listens at other speeds, and sends nothing there",
			 news->interface);
		break;
	case PAIR_EVENT_STRANGER:
		log_info("%s: the other end sends at %" PRIu32
			 " baud, so this end uses that speed (next time say "
			 "--baud %" PRIu32 ")",
			 news->interface, speed->baud, speed->baud);
		break;
	case PAIR_EVENT_ANEW:
		log_debug("%s: %s has started again", news->interface,
			  news->name);
		break;
	case PAIR_EVENT_LOSSY:
		log_debug("%s: the line damages bytes, so lost frames are "
			  "repeated from now on",
			  news->interface);
		break;
	case PAIR_EVENT_ASTRAY:
		log_warning("%s: %s acknowledges frames that this end did not "
			    "send, so the two pair anew (does another program "
			    "send on this line?)",
			    news->interface, news->name);
		break;
	case PAIR_EVENT_UNREADABLE:
		log_warning("%s: a compressed packet from or to %s was lost, "
			    "so both ends go on without compression",
			    news->interface, news->name);
		break;
	case PAIR_EVENT_SILENT:
	case PAIR_EVENT_GARBAGE:
	case PAIR_EVENT_PLAIN:
	case PAIR_EVENT_CLOSED:
		tell_loss(news, event);
		break;
	default:
		news->loop |= event == PAIR_EVENT_LOOPED;
		news->crowd |= event == PAIR_EVENT_CROWD;
		log_warning("%s: %s", news->interface,
			    misfit_event_text(event, news->tap));
		break;
	}
}

/**
 * pair_news_tell_problems() - tell the user of each problem when it appears
 * @news:     what the user knows
 * @own:      the description of this host
 * @peer:     the description of the peer
 * @problems: the present problems, a set of enum agree_problem
 */
void pair_news_tell_problems(struct pair_news *news, const struct agree *own,
			     const struct agree *peer, unsigned int problems)
{
	const unsigned int appeared = problems & ~news->problems;
	char text[MISFIT_TEXT_MAX];
	unsigned int problem;

	for (problem = 1; problem <= appeared; problem <<= 1)
		if (appeared & problem)
			log_warning("%s: %s", news->interface,
				    misfit_problem_text(
					    (enum agree_problem)problem, own,
					    peer, news->name, text));
	news->problems = problems;
}

/**
 * pair_news_tell_pair() - tell the user the peer and both addresses
 * @news:  what the user knows
 * @peer:  the description of the peer
 * @here:  the address of this end, or NULL
 * @there: the address of the other end; family 0: not known
 */
void pair_news_tell_pair(struct pair_news *news, const struct agree *peer,
			 const struct addr *here, const struct addr *there)
{
	char line[PAIR_NEWS_LINE_MAX] = "";
	char text[ADDR_TEXT_MAX];

	text_append(line, sizeof(line), "%s: paired with %s", news->interface,
		    news->name);
	if (*peer->release)
		text_append(line, sizeof(line), " (serialtun %s)",
			    peer->release);
	if (here)
		text_append(line, sizeof(line), ": %s here",
			    addr_format_host(here, text));
	if (there->family)
		text_append(line, sizeof(line), "%s %s there", here ? "," : ":",
			    addr_format_host(there, text));
	/* Do not repeat the line if the user was not told of a loss. */
	if (news->loss || strcmp(line, news->told) != 0)
		log_info("%s", line);
	snprintf(news->told, sizeof(news->told), "%s", line);
	news->loss = false;
}

/**
 * pair_news_told_addresses() - does the user know that the addresses do not
 * fit?
 * @news: what the user knows, or NULL
 *
 * Return: true if so
 */
bool pair_news_told_addresses(const struct pair_news *news)
{
	return news && news->problems & (AGREE_SAME_ADDR | AGREE_APART |
					 AGREE_NOT_PEER | AGREE_REFUSED);
}

/**
 * pair_news_told_loop() - does the user know that this port's line is looped?
 * @news: what the user knows, or NULL
 *
 * Return: true if so
 */
bool pair_news_told_loop(const struct pair_news *news)
{
	return news && news->loop;
}

/**
 * pair_news_told_crowd() - does the user know that this port's line has three
 *                         ends?
 * @news: what the user knows, or NULL
 *
 * Return: true if so
 */
bool pair_news_told_crowd(const struct pair_news *news)
{
	return news && news->crowd;
}
