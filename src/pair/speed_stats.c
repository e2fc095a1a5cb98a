/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures that show the user the search for the speed.
 *
 * speed_stats is pure.
 */
#include "pair/speed_stats.h"

/**
 * speed_stop_name() - Name the reason why the ends try no higher speed
 * @stop: the reason
 *
 * Return: one or two words
 */
const char *speed_stop_name(enum speed_stop stop)
{
	static const char *const names[] = {
		[SPEED_STOP_FIXED] = "fixed",
		[SPEED_STOP_NONE] = "searching",
		[SPEED_STOP_PEER] = "the peer decides",
		[SPEED_STOP_TOP] = "highest of both ports",
		[SPEED_STOP_FAILED] = "the next higher failed",
		[SPEED_STOP_NOISE] = "damaged frames",
	};

	return stop < sizeof(names) / sizeof(*names) ? names[stop] : names[0];
}
