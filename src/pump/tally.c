/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tally: the counts of all ports of a link. A port counts from its opening,
 * so the tally adds the counts of the lost ports.
 */
#include "pump/tally.h"
#include "pump/stats.h"

/* A port that hung up no longer reports counts: keep its last ones. */
static void look(struct tally *tally, const struct port *port)
{
	struct port_counts now;

	if (!port)
		return;
	port_count(port, &now);
	if (now.line_known || !tally->counts.line_known)
		tally->counts = now;
}

static void add_counts(struct port_counts *sum, const struct port_counts *one)
{
	sum->line_known |= one->line_known;
	sum->frame += one->frame;
	sum->parity += one->parity;
	sum->overrun += one->overrun;
	sum->buf_overrun += one->buf_overrun;
	sum->brk += one->brk;
	sum->refused += one->refused;
	sum->strangers += one->strangers;
}

static struct port_counts sum(struct tally *tally, const struct port *port)
{
	struct port_counts all = tally->past;

	look(tally, port);
	add_counts(&all, &tally->counts);
	return all;
}

/**
 * tally_end_port() - take the last counts of a port
 * @tally: the tally
 * @port: the port, which may have hung up
 */
void tally_end_port(struct tally *tally, const struct port *port)
{
	tally->past = sum(tally, port);
	tally->counts = (struct port_counts){0};
}

/**
 * tally_overruns() - how often have the ports lost bytes?
 * @tally: the tally
 * @port: the port; NULL without one
 *
 * Return: bytes for which the UART or the kernel had no room
 */
uint32_t tally_overruns(struct tally *tally, const struct port *port)
{
	const struct port_counts all = sum(tally, port);

	return all.overrun + all.buf_overrun;
}

/**
 * tally_get_stats() - report the counts of the ports
 * @tally: the tally
 * @port: the port; NULL without one
 * @stats: the tally fills in its own members
 */
void tally_get_stats(struct tally *tally, const struct port *port,
		     struct stats *stats)
{
	const struct port_counts all = sum(tally, port);

	stats->to_line.dropped[STATS_DROP_REFUSED] = all.refused;
	stats->from_line.dropped[STATS_DROP_STRANGER] = all.strangers;
	stats->line = (struct stats_line){
		.known = all.line_known,
		.frame = all.frame,
		.parity = all.parity,
		.overrun = all.overrun,
		.buffer_overrun = all.buf_overrun,
		.breaks = all.brk,
		.losses = tally->losses,
	};
}
