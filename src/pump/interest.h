/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_INTEREST_H
#define SERIALTUN_INTEREST_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct events;
struct port;
struct tun;

/**
 * struct interest - what the event set watches for the pump
 * @events: the event set; borrowed
 * @tun: the interface; borrowed
 * @tun_mask: events of the interface that interest_note() noted; the owner
 *            clears it
 * @port_mask: as @tun_mask, of the port
 * @tun_wanted: events of interest of the interface
 * @port_wanted: events of interest of the port, or of its read_fd
 * @room_wanted: events of interest of its write_fd, if that is another one
 */
struct interest {
	struct events *events;
	const struct tun *tun;
	uint32_t tun_mask;
	uint32_t port_mask;
	uint32_t tun_wanted;
	uint32_t port_wanted;
	uint32_t room_wanted;
};

int interest_open(struct interest *interest, struct events *events,
		  const struct tun *tun);
void interest_close(struct interest *interest);
int interest_begin_port(struct interest *interest, const struct port *port);
void interest_end_port(struct interest *interest, const struct port *port);
void interest_note(struct interest *interest, const struct event *event);
void interest_set(struct interest *interest, const struct port *port,
		  bool packets, bool room);

#endif
