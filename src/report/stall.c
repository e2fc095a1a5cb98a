/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does the port send what it was given? What stops it is flow control, and
 * that is in order for as long as the other end is busy. After some seconds it
 * is rather noise that looked like an XOFF, a cable without CTS, or nobody who
 * reads.
 *
 * What has left the port is what was written to it, less what still waits in
 * it; a stall is when that has not changed for too long while the port refuses
 * more. It is worth a word only once: it may come and go.
 *
 * Pure: the caller brings the counters and the time.
 */
#include "report/stall.h"
#include "clock.h"

/**
 * stall_start() - the port was opened
 * @stall:       all zero in the beginning; whether it is news, it keeps
 * @rate:        bytes per second of the port; 0: it has none
 * @queue_slack: by how many bytes the port may say too much of what waits in it
 * @now_ns:      the time
 */
void stall_start(struct stall *stall, unsigned int rate,
		 unsigned int queue_slack, uint64_t now_ns)
{
	stall->limit_ns = STALL_S * NS_PER_S;
	/* An adapter counts a transfer until the last byte of it has left. */
	if (rate)
		stall->limit_ns += queue_slack * (2 * NS_PER_S / rate);
	stall->left_ns = now_ns;
}

/**
 * stall_look() - has nothing left the port for too long?
 * @stall:    whose
 * @left:     bytes that have left the port
 * @is_stuck: something waits in it, or it takes no more
 * @now_ns:   the time
 *
 * To be called every few seconds.
 *
 * Return: true for as long as the stall lasts
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
 * stall_is_news() - is this the first stall?
 * @stall: whose, from now on taken as told
 *
 * Return: true if nobody asked before
 */
bool stall_is_news(struct stall *stall)
{
	const bool told = stall->told;

	stall->told = true;
	return !told;
}

/**
 * stall_text() - what a stall usually means
 * @flow:      the flow control of the port
 * @is_serial: the port has a cable
 *
 * Return: what to ask or tell the user, without brackets
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
			"going on as if an XON had come",
	};

	return is_serial ? texts[flow]
			 : "does the other end read? Is the way there "
			   "interrupted?";
}
