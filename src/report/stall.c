/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Detect a port that no longer sends. Flow control may stop a port while the
 * peer is busy. After some seconds the likely causes are noise that looks like
 * an XOFF, a cable without CTS, or a peer that does not read.
 *
 * The bytes that have left the port are the bytes written to it minus the bytes
 * in its queue. The port stalls when that number stays constant for too long
 * although the port has data or refuses more. serialtun reports only the first
 * stall, because stalls may come and go.
 *
 * Pure: the caller provides the counters and the time.
 */
#include "report/stall.h"
#include "clock.h"

/**
 * stall_start() - start the clock when the port opens
 * @stall:       all zero before the first call; @told survives later calls
 * @limit_s:     seconds without progress that make a stall
 * @rate:        bytes per second of the port; 0: it has none
 * @queue_slack: by how many bytes the port may overstate its queue
 * @now_ns:      the time
 */
void stall_start(struct stall *stall, unsigned int limit_s, unsigned int rate,
		 unsigned int queue_slack, uint64_t now_ns)
{
	stall->limit_ns = limit_s * NS_PER_S;
	/*
	 * An adapter counts a transfer as queued until its last byte has left.
	 */
	if (rate)
		stall->limit_ns += queue_slack * (2 * NS_PER_S / rate);
	stall->left_ns = now_ns;
}

/**
 * stall_look() - check whether the port stalls
 * @stall:    the state
 * @left:     bytes that have left the port
 * @is_stuck: the port has data in its queue, or refuses more
 * @now_ns:   the time
 *
 * Call this every few seconds.
 *
 * Return: true while the stall lasts
 */
bool stall_look(struct stall *stall, uint64_t left, bool is_stuck,
		uint64_t now_ns)
{
	if (left != stall->left || !is_stuck)
		stall->left_ns = now_ns;
	stall->left = left;
	return now_ns - stall->left_ns >= stall->limit_ns;
}

/**
 * stall_is_news() - check whether to report a stall
 * @stall: the state; the stall then counts as reported
 *
 * Return: true on the first call
 */
bool stall_is_news(struct stall *stall)
{
	const bool told = stall->told;

	stall->told = true;
	return !told;
}

/**
 * stall_text() - explain a stall
 * @flow:      the flow control of the port
 * @is_serial: the port has a cable
 *
 * Return: the usual cause and the remedy, without brackets
 */
const char *stall_text(enum port_flow flow, bool is_serial)
{
	static const char *const texts[] = {
		[PORT_FLOW_NONE] = "is the other side asleep?",
		[PORT_FLOW_RTSCTS] =
			"CTS is off: does the cable have RTS and CTS, is the "
			"other end running? Else use --flow none",
		[PORT_FLOW_XONXOFF] =
			"it was sent an XOFF, or noise that looks like one; "
			"serialtun resumes as after an XON",
	};

	return is_serial ? texts[flow]
			 : "does the other end read? Is the connection "
			   "interrupted?";
}
