/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The messages when the link is up: its configuration, and the command to type
 * at the other end.
 */
#include "cli/announce.h"
#include "cli/options.h"
#include "framing/framing.h"
#include "interface/addr.h"
#include "interface/link.h"
#include "interface/mtu.h"
#include "interface/tun.h"
#include "line/source.h"
#include "port/port.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append_addrs(char text[ANNOUNCE_TEXT_MAX],
			 const struct options *options)
{
	char addr[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < options->link.addr_count; i++) {
		const struct addr *own = &options->link.addrs[i];

		if (own == options->link.peer_of) {
			text_append(text, ANNOUNCE_TEXT_MAX, "%s peer ",
				    addr_format_host(own, addr));
			own = &options->link.peer;
		}
		text_append(text, ANNOUNCE_TEXT_MAX, "%s, ",
			    addr_format(own, addr));
	}
}

/* Append the interface's addresses, bridge and MTU. */
static void append_link(char text[ANNOUNCE_TEXT_MAX],
			const struct options *options, const struct link *link)
{
	char addr[ADDR_TEXT_MAX];

	append_addrs(text, options);
	if (link->link_local_only)
		text_append(text, ANNOUNCE_TEXT_MAX, "%s (link-local%s), ",
			    addr_format(&link->link_local, addr),
			    link->takes_addr ? ", IPv4 by pairing" : " only");
	else if (link->takes_addr)
		text_append(text, ANNOUNCE_TEXT_MAX, "IPv4 by pairing, ");
	if (options->link.bridge)
		text_append(text, ANNOUNCE_TEXT_MAX, "in bridge %s, ",
			    options->link.bridge);
	text_append(text, ANNOUNCE_TEXT_MAX, "mtu %u", link->mtu);
}

/* As in "8N1". */
static char parity_letter(enum port_parity parity)
{
	switch (parity) {
	case PORT_PARITY_EVEN:
		return 'E';
	case PORT_PARITY_ODD:
		return 'O';
	default:
		return 'N';
	}
}

/* Append the port, its speed and its character format. */
static void append_port(char text[ANNOUNCE_TEXT_MAX],
			const struct options *options, const struct port *port)
{
	const char *name = options->port.name;
	const struct source_kind *kind = source_kind_of(name);

	if (!kind->is_serial) {
		text_append(text, ANNOUNCE_TEXT_MAX, ", on %s", name);
		if (strcmp(name, port->name) != 0)
			text_append(text, ANNOUNCE_TEXT_MAX, ", %s %s",
				    kind->found_as, port->name);
		if (port->baud)
			text_append(text, ANNOUNCE_TEXT_MAX, " at %u baud",
				    port->baud);
		return;
	}
	text_append(text, ANNOUNCE_TEXT_MAX, ", on %s", port->name);
	/* Show a symbolic link together with its current target. */
	if (strchr(name, '/') && strcmp(name, port->name) != 0)
		text_append(text, ANNOUNCE_TEXT_MAX, " (%s)", name);
	if (port->baud)
		text_append(text, ANNOUNCE_TEXT_MAX, " at %u baud 8%c%u",
			    port->baud, parity_letter(options->port.parity),
			    options->port.stop_bits);
}

/**
 * announce_link() - describe the link
 * @options: the command line
 * @tun:     the interface
 * @link:    the configuration of the interface
 * @port:    the port; NULL: absent
 * @awaited: the name to wait for if the port is absent
 * @text:    filled in
 *
 * Return: @text, one line
 */
const char *announce_link(const struct options *options, const struct tun *tun,
			  const struct link *link, const struct port *port,
			  const char *awaited, char text[ANNOUNCE_TEXT_MAX])
{
	uint32_t packet_ms;

	*text = '\0';
	text_append(text, ANNOUNCE_TEXT_MAX,
		    tun->attached ? "attached to %s: " : "%s is up: ",
		    tun->name);
	append_link(text, options, link);
	packet_ms = mtu_packet_ms(port ? port->rate : 0, link->mtu);
	if (packet_ms > MTU_PACKET_MS_MAX)
		text_append(text, ANNOUNCE_TEXT_MAX, " (%u ms a packet)",
			    packet_ms);
	if (!port) {
		text_append(text, ANNOUNCE_TEXT_MAX, ", waiting for %s",
			    awaited);
		return text;
	}
	append_port(text, options, port);
	if (options->port.flow == PORT_FLOW_RTSCTS)
		text_append(text, ANNOUNCE_TEXT_MAX, ", RTS/CTS");
	if (options->port.flow == PORT_FLOW_XONXOFF)
		text_append(text, ANNOUNCE_TEXT_MAX, ", XON/XOFF");
	return text;
}

/* A proposed command, and notes on the placeholders in it. */
struct proposal {
	char *text;
	char notes[ANNOUNCE_TEXT_MAX / 2];
};

__attribute__((format(printf, 2, 3))) static void note(
	struct proposal *proposal, const char *format, ...)
{
	char text[sizeof(proposal->notes)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_append(proposal->notes, sizeof(proposal->notes), "%s%s",
		    *proposal->notes ? "; " : "", text);
}

/* Explain how to complete the other end's --port. */
static void note_port(struct proposal *proposal, const char *own,
		      const char *name)
{
	const struct source_kind *kind = source_kind_of(own);
	const char *port = strrchr(own, ':');

	if (kind->is_serial)
		return;
	if (strstr(name, ":HOST:"))
		note(proposal, "replace HOST by this host's address");
	else if (kind->is_datagram && !strcmp(name, "PORT"))
		note(proposal,
		     "the peer cannot send until this end has a local port: "
		     "start with --port %s,%s here, and udp:HOST:%s,%s there",
		     own, port + 1, port + 1, port + 1);
	else if (!strcmp(name, "PORT"))
		note(proposal, "replace PORT by the peer's end of this line");
	else if (!strcmp(kind->prefix, "tcp-listen:") &&
		 !strncmp(name, "tcp:127.", strlen("tcp:127.")))
		note(proposal,
		     "on this host; for a peer on another host, listen with "
		     "--port tcp-listen:0.0.0.0:%s, or forward the port: ssh "
		     "-R %s:127.0.0.1:%s HOST",
		     port + 1, port + 1, port + 1);
}

/* Append --port, and --framing if it differs from that port's default. */
static void append_other_port(struct proposal *proposal,
			      const struct options *options)
{
	char *text = proposal->text;
	const struct source_kind *kind = source_kind_of(options->port.name);
	const char *framing = options->framing->name;
	char name[SOURCE_NAME_MAX] = "PORT";

	if (kind->other_end)
		kind->other_end(options->port.name + strlen(kind->prefix),
				name);
	text_append(text, ANNOUNCE_TEXT_MAX, " --port %s", name);
	note_port(proposal, options->port.name, name);
	kind = source_kind_of(name);
	if (strcmp(framing, kind->framing->name) != 0)
		text_append(text, ANNOUNCE_TEXT_MAX, " --framing %s", framing);
}

/**
 * announce_created() - describe a persistent interface
 * @options:    the command line
 * @tun:        the interface, persistent
 * @link:       the configuration of the interface
 * @needs_root: only root may use the interface
 * @text:       filled in
 *
 * Return: @text, one line
 */
const char *announce_created(const struct options *options,
			     const struct tun *tun, const struct link *link,
			     bool needs_root, char text[ANNOUNCE_TEXT_MAX])
{
	*text = '\0';
	text_append(text, ANNOUNCE_TEXT_MAX, "%s is persistent: ", tun->name);
	append_link(text, options, link);
	if (options->owner)
		text_append(text, ANNOUNCE_TEXT_MAX, ", of user %s",
			    options->owner);
	if (options->group)
		text_append(text, ANNOUNCE_TEXT_MAX, ", of group %s",
			    options->group);
	text_append(text, ANNOUNCE_TEXT_MAX, "; to use it: %sserialtun",
		    needs_root ? "sudo " : "");
	if (tun->tap)
		text_append(text, ANNOUNCE_TEXT_MAX, " --tap");
	if (options->link.bridge)
		text_append(text, ANNOUNCE_TEXT_MAX, " --bridge %s",
			    options->link.bridge);
	text_append(text, ANNOUNCE_TEXT_MAX, " -i %s --port PORT", tun->name);
	return text;
}

/* Does the command line have a route of this address family? */
static bool has_route(const struct options *options, int family)
{
	size_t i;

	for (i = 0; i < options->link.route_count; i++)
		if (options->link.routes[i].family == family)
			return true;
	return false;
}

/**
 * announce_other_end() - propose the command for the other end
 * @options: the command line of this end
 * @link:    the configuration of the interface
 * @text:    filled in
 *
 * The other end's address is that of --peer; else the lowest free host address
 * of our prefix; else the placeholder ADDR, with a route to our address. The
 * other end's bridge is a placeholder. Its port is a placeholder unless our
 * --port determines it. Notes at the end explain all placeholders but those of
 * a bridge and a serial port.
 *
 * Return: @text, one line
 */
const char *announce_other_end(const struct options *options,
			       const struct link *link,
			       char text[ANNOUNCE_TEXT_MAX])
{
	struct addr taken[2 * LINK_ADDRS_MAX + CONFLICT_TAKEN_MAX];
	size_t taken_count = options->link.addr_count;
	char addr[ADDR_TEXT_MAX];
	struct proposal proposal = {.text = text};
	struct addr swapped;
	struct addr other;
	bool is_addr_open = false;
	bool is_lost = false;
	size_t i;

	*text = '\0';
	text_append(text, ANNOUNCE_TEXT_MAX,
		    "at the other end: sudo serialtun");
	if (options->tap)
		text_append(text, ANNOUNCE_TEXT_MAX, " --tap");
	if (options->link.bridge)
		text_append(text, ANNOUNCE_TEXT_MAX, " --bridge BRIDGE");
	memcpy(taken, options->link.addrs, sizeof(options->link.addrs));
	for (i = 0; i < link->taken.count; i++)
		taken[taken_count++] = link->taken.addrs[i];
	for (i = 0; i < options->link.addr_count; i++) {
		const struct addr *own = &options->link.addrs[i];

		if (own == options->link.peer_of) {
			text_append(text, ANNOUNCE_TEXT_MAX, " --addr %s",
				    addr_format_host(&options->link.peer,
						     addr));
			swapped = *own;
			swapped.prefix_len = options->link.peer.prefix_len;
			text_append(text, ANNOUNCE_TEXT_MAX, " --peer %s",
				    addr_format(&swapped, addr));
		} else if (addr_neighbour(own, taken, taken_count, &other)) {
			taken[taken_count++] = other;
			text_append(text, ANNOUNCE_TEXT_MAX, " --addr %s",
				    addr_format(&other, addr));
		} else {
			text_append(text, ANNOUNCE_TEXT_MAX,
				    " --addr ADDR --route %s",
				    addr_format(own, addr));
			is_addr_open = true;
			is_lost |= !has_route(options, own->family);
		}
	}
	if (is_addr_open)
		note(&proposal, "replace ADDR by the peer's address%s",
		     is_lost ? ", and start this end with --peer ADDR" : "");
	/* A paired end takes this route by itself. */
	if (options->share != OPTIONS_SHARE_NOTHING && !options->pair)
		text_append(text, ANNOUNCE_TEXT_MAX, " --route default");
	append_other_port(&proposal, options);
	if (options->port.baud)
		text_append(text, ANNOUNCE_TEXT_MAX, " --baud %u",
			    options->port.baud);
	if (options->port.parity != PORT_PARITY_NONE)
		text_append(text, ANNOUNCE_TEXT_MAX, " --parity %s",
			    options->port.parity == PORT_PARITY_EVEN ? "even"
								     : "odd");
	if (options->port.stop_bits != 1)
		text_append(text, ANNOUNCE_TEXT_MAX, " --stop-bits %u",
			    options->port.stop_bits);
	if (options->port.flow == PORT_FLOW_RTSCTS)
		text_append(text, ANNOUNCE_TEXT_MAX, " --flow rtscts");
	if (options->port.flow == PORT_FLOW_XONXOFF)
		text_append(text, ANNOUNCE_TEXT_MAX, " --flow xonxoff");
	if (options->keepalive_s)
		text_append(text, ANNOUNCE_TEXT_MAX, " --keepalive %u",
			    options->keepalive_s);
	if (link->mtu_chosen)
		text_append(text, ANNOUNCE_TEXT_MAX, " --mtu %u", link->mtu);
	if (*proposal.notes)
		text_append(text, ANNOUNCE_TEXT_MAX, " (%s)", proposal.notes);
	return text;
}
