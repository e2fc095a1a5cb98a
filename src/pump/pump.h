/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PUMP_H
#define SERIALTUN_PUMP_H

#include <stdbool.h>
#include <stdint.h>

struct framing;
struct keepalive;
struct port;
struct pump;
struct stats;
struct tun;

/**
 * struct pump_config - what a pump runs between, and what it lets through
 * @tun:       the interface
 * @framing:   how packets travel on the line
 * @keepalive: is told when something was sent or heard
 * @mtu:       bytes of the longest packet that the interface sends
 * @wake_fd:   pump_run() returns when this descriptor is readable
 * @ipv6:      carry IPv6; otherwise such packets are dropped both ways
 * @accept_ra: let Router Advertisements from the line through
 *
 * All of it is borrowed for the life of the pump.
 */
struct pump_config {
	const struct tun *tun;
	const struct framing *framing;
	struct keepalive *keepalive;
	uint32_t mtu;
	int wake_fd;
	bool ipv6;
	bool accept_ra;
};

/**
 * enum pump_end - why pump_run() returned
 * @PUMP_WOKEN:     @wake_fd is readable, or a silent peer was heard; it may be
 *                  run again
 * @PUMP_PORT_GONE: the port hung up
 * @PUMP_OUT_OF_STEP: the framing is one that cannot_resync, and what comes
 * makes no sense any more
 * @PUMP_TUN_GONE:  the interface was deleted
 * @PUMP_FAILED:    the system did not let us wait; errno says why
 */
enum pump_end {
	PUMP_WOKEN,
	PUMP_PORT_GONE,
	PUMP_OUT_OF_STEP,
	PUMP_TUN_GONE,
	PUMP_FAILED,
};

struct pump *pump_new(const struct pump_config *config);
void pump_free(struct pump *pump);
int pump_set_port(struct pump *pump, struct port *port);
enum pump_end pump_run(struct pump *pump);
void pump_send_idle(struct pump *pump);
bool pump_is_stuck(const struct pump *pump);
const struct stats *pump_stats(struct pump *pump);

#endif
