/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The priority: this process runs ahead of others.
 *
 * A sender that paces itself writes a few bytes hundreds of times a second, and
 * each late wake-up leaves the wire idle or costs delay (pump/lead.c). On a
 * busy or slow machine others keep it waiting for up to their share of the
 * processor, some 10 ms. The speed of the line bounds what this process can
 * take from them.
 *
 * It is a nice value and no real-time policy (sched(7)): noise on the line must
 * not be able to stop the machine.
 */
#include "priority.h"
#include "log.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#define PRIORITY_NICE (-10)

/**
 * priority_raise() - run ahead of others from now on
 *
 * Children of this process will not. Without CAP_SYS_NICE or a limit that
 * allows it (RLIMIT_NICE) nothing changes; the link is then as good as the
 * machine lets it be.
 *
 * See setpriority(2), and SCHED_RESET_ON_FORK in sched(7).
 */
void priority_raise(void)
{
	static const struct sched_param none = {0};

	/* What somebody chose by nice(1) or chrt(1) stays. */
	if (getpriority(PRIO_PROCESS, 0) ||
	    sched_getscheduler(0) != SCHED_OTHER)
		return;
	if (sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none) ||
	    setpriority(PRIO_PROCESS, 0, PRIORITY_NICE))
		log_debug("the process runs at the usual priority: %s",
			  strerror(errno));
}
