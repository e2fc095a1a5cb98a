/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A visit: the other end started this one through the login console of this
 * host. The link ends when the other end says that it stops, or when nothing
 * valid has come for 30 seconds. Then the console is a console again.
 *
 * Two ends that are paired probe each other every few seconds, so a peer that
 * is there is heard. Text that is typed, noise and this end's own echo are not
 * valid.
 *
 * Pure.
 */
#include "visit.h"
#include "clock.h"
#include "pump/stats.h"

#define VISIT_SILENCE_NS (30 * NS_PER_S)
#define VISIT_CHECK_NS	 (1 * NS_PER_S)

static uint64_t count_valid(const struct stats *stats)
{
	return stats->from_line.packets + stats->pair.heard.good;
}

/**
 * visit_begin() - the link begins
 * @visit:  filled in
 * @now_ns: the time
 */
void visit_begin(struct visit *visit, uint64_t now_ns)
{
	*visit = (struct visit){
		.heard_ns = now_ns,
		.check_ns = now_ns + VISIT_CHECK_NS,
	};
}

/**
 * visit_why_over() - is the visit over?
 * @visit:    the visit; the next check is due at @check_ns
 * @stats:    the counters of the link
 * @has_left: the peer said that it stops
 * @now_ns:   the time
 *
 * Return: NULL if it is not; else the reason
 */
const char *visit_why_over(struct visit *visit, const struct stats *stats,
			   bool has_left, uint64_t now_ns)
{
	const uint64_t heard = count_valid(stats);

	visit->check_ns = now_ns + VISIT_CHECK_NS;
	if (has_left)
		return "the other end has ended";
	if (heard != visit->heard || stats->pair.state == PAIR_PAIRED)
		visit->heard_ns = now_ns;
	visit->heard = heard;
	if (now_ns - visit->heard_ns < VISIT_SILENCE_NS)
		return NULL;
	return "no frame came for 30 s";
}
