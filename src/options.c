/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line, by argp: the table of options, and every check that needs
 * nothing but the command line itself. What passes is consistent; what does
 * not ends the program here, with argp's two lines and status 64, before
 * anything was touched.
 *
 * Options are compared with each other when all have been seen
 * (ARGP_KEY_END), so their order does not matter.
 */
#include "options.h"
#include "finder.h"
#include "framing.h"
#include "log.h"
#include "slip.h"
#include "text.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MTU_MIN	     68 /* RFC 791, section 3.2 */
#define MTU_MAX	     65535
#define MTU_MIN_IPV6 1280 /* RFC 8200, section 5 */
/* So that a frame with a tag is no longer than a packet can be. */
#define MTU_MAX_TAP (MTU_MAX - ETHERNET_TAGGED_LEN)

#define SETTLE_MS_MAX	60000
#define KEEPALIVE_S_MAX 3600
#define STATS_S_MAX	86400

/* Options without a short name. */
enum {
	KEY_PEER = 256,
	KEY_METRIC,
	KEY_FRAMING,
	KEY_FLOW,
	KEY_ACCEPT_RA,
	KEY_WAIT,
	KEY_ONCE,
	KEY_KEEPALIVE,
	KEY_PARITY,
	KEY_STOP_BITS,
	KEY_DTR,
	KEY_RTS,
	KEY_HUPCL,
	KEY_SETTLE,
	KEY_NO_LOW_LATENCY,
	KEY_STATS,
	KEY_STATS_JSON,
	KEY_USER,
	KEY_CREATE,
	KEY_DELETE,
	KEY_TAP,
	KEY_MAC,
	KEY_BRIDGE,
	KEY_PERSIST,
	KEY_OWNER,
	KEY_GROUP,
};

/**
 * struct command_line - what is read
 * @options:      what it means
 * @of_interface: the first option about an interface that is to be made, or
 *                NULL
 * @of_line:      the first one about the line, and what runs on it, or NULL
 */
struct command_line {
	struct options *options;
	const char *of_interface;
	const char *of_line;
};

static const struct argp_option table[] = {
	{"addr", 'a', "ADDR[/LEN]", 0,
	 "Address of this end, IPv4 or IPv6; may be repeated. Without LEN: /32 "
	 "or /128. Default: none, the link then has nothing but its IPv6 "
	 "link-local address",
	 0},
	{"port", 'p', "PORT", 0,
	 "Serial port: /dev/ttyUSB0, ttyUSB0, a link such as those in "
	 "/dev/serial/by-id, a pty, or \"auto\" for the only USB port. Or a line "
	 "over the network or to another program: tcp:HOST:PORT, "
	 "tcp-listen:[ADDR:]PORT, unix:PATH, unix-listen:PATH. Required",
	 0},
	{"list", 'l', "json", OPTION_ARG_OPTIONAL,
	 "Print the serial ports that there are, and who uses them; for "
	 "programs, as JSON",
	 0},

	{0, 0, 0, 0, "The line:", 0},
	{"baud", 'b', "N", 0,
	 "Bits per second, any rate that the driver can do. Default: 115200 on "
	 "a device; none on a pty or a socket, which have no clock",
	 0},
	{"flow", KEY_FLOW, "none|rtscts|xonxoff", 0,
	 "Flow control. xonxoff sends 0x11 and 0x13 as DB DE and DB DF (as "
	 "tunslip6 -X does), so both ends must use it. Default: none. Carrier "
	 "detect is always ignored",
	 0},
	{"parity", KEY_PARITY, "none|even|odd", 0, "Default: none", 0},
	{"stop-bits", KEY_STOP_BITS, "1|2", 0, "Default: 1", 0},
	{"dtr", KEY_DTR, "on|off|keep", 0,
	 "The line DTR. Opening a device raises it, for a moment in any case. "
	 "Default: keep, what opening makes of it",
	 0},
	{"rts", KEY_RTS, "on|off|keep", 0,
	 "The line RTS, as --dtr; not with --flow rtscts, which moves it. "
	 "Default: keep",
	 0},
	{"hupcl", KEY_HUPCL, NULL, 0,
	 "Drop DTR and RTS when the port is closed, which resets many a board. "
	 "Default: leave them",
	 0},
	{"settle", KEY_SETTLE, "MS", 0,
	 "After opening, throw away what arrives for so many milliseconds, "
	 "0 to 60000: the chatter of a board that was just reset. Packets are "
	 "sent meanwhile. Default: 0",
	 0},
	{"no-low-latency", KEY_NO_LOW_LATENCY, NULL, 0,
	 "Leave a USB adapter's latency timer as it is. Default: the shortest, "
	 "put back at the end",
	 0},

	{"framing", KEY_FRAMING, "KIND", 0,
	 "How packets travel on the line. slip: as SLIP; length: each behind its "
	 "length in two octets, big-endian, on a line that loses nothing; "
	 "packet: one a datagram. Default: packet on udp:, else slip",
	 0},

	{0, 0, 0, 0, "When the port or the other end is not there:", 0},
	{"wait", KEY_WAIT, NULL, 0,
	 "Start before the port is there, or while another program has it; "
	 "not with --port auto. Default: that is an error",
	 0},
	{"once", KEY_ONCE, NULL, 0,
	 "End, with status 1, when the port is lost. Default: keep the "
	 "interface, and go on when the port is back",
	 0},
	{"keepalive", KEY_KEEPALIVE, "SEC", 0,
	 "Send an END, which every receiver ignores, when nothing was sent for "
	 "so long, 1 to 3600; and say so when nothing arrived for three times "
	 "that. With the same SEC at both ends, the carrier follows. Default: "
	 "off",
	 0},

	{0, 0, 0, 0, "The interface:", 0},
	{"peer", KEY_PEER, "ADDR[/LEN]", 0,
	 "Address of the other end: a point-to-point pair with the one --addr "
	 "of its family, whose own LEN is then ignored. Without LEN: /32 or "
	 "/128. Default: none",
	 0},
	{"route", 'r', "DEST[/LEN]", 0,
	 "Route through the link; may be repeated. \"default\" is 0.0.0.0/0 "
	 "or, without an IPv4 --addr, ::/0. On a --tap it goes by way of the "
	 "--peer, if there is one. Default: none",
	 0},
	{"metric", KEY_METRIC, "N", 0,
	 "Priority of every --route, the lowest wins. Default: the kernel's, 0 "
	 "for IPv4 and 1024 for IPv6",
	 0},
	{"interface", 'i', "NAME", 0,
	 "Name of the interface. If a persistent interface has this name, it "
	 "is attached to, and what is added to it stays after the end. "
	 "Default: the kernel's next tun%d or tap%d",
	 0},
	{"tap", KEY_TAP, NULL, 0,
	 "A TAP interface: Ethernet frames instead of IP packets, at both "
	 "ends. Default: a TUN interface, IP packets",
	 0},
	{"mac", KEY_MAC, "ADDR", 0,
	 "Ethernet address of the --tap, such as 02:00:00:00:00:01. Default: "
	 "a random one",
	 0},
	{"bridge", KEY_BRIDGE, "NAME", 0,
	 "Make the --tap a port of this bridge, which has the addresses. "
	 "Default: none",
	 0},
	{"mtu", 'm', "N|auto", 0,
	 "Longest packet in octets, 68 to 65535; at least 1280 with IPv6, at "
	 "most 65517 on a --tap. "
	 "Default: auto, the largest of 1500, 1006 and 576 that takes 200 ms "
	 "at most, else 296; with IPv6 1500 or 1280; in a bridge, the "
	 "bridge's. An interface that is attached to keeps its own",
	 0},
	{"accept-ra", KEY_ACCEPT_RA, NULL, 0,
	 "Let IPv6 Router Advertisements from the line through. Default: they "
	 "are dropped",
	 0},

	{0, 0, 0, 0, "Interfaces that stay:", 0},
	{"create", KEY_CREATE, NULL, 0,
	 "Make a persistent interface, with its addresses and whatever else of "
	 "the above is asked for, and end: later runs attach to it with "
	 "--interface. Default: make a link",
	 0},
	{"delete", KEY_DELETE, NULL, 0,
	 "Remove the persistent interface that --interface names, and end. "
	 "Default: make a link",
	 0},
	{"persist", KEY_PERSIST, NULL, 0,
	 "Keep the interface after the end, with its addresses and routes. "
	 "Default: it is gone",
	 0},
	{"owner", KEY_OWNER, "USER", 0,
	 "The user, by name or number, who may attach to it without "
	 "privilege; with --create or --persist. Default: you, if there is no "
	 "--group",
	 0},
	{"group", KEY_GROUP, "GROUP", 0,
	 "The group, by name or number, whose members may; together with "
	 "--owner, only the owner as a member of it. Default: none",
	 0},

	{0, 0, 0, 0, "Privileges:", 0},
	{"user", KEY_USER, "NAME", 0,
	 "Run as this user, with its groups and that of the port, once "
	 "everything is set up. Default: the same user. Capabilities are "
	 "dropped either way",
	 0},

	{0, 0, 0, 0, "What is printed:", 0},
	{"stats", KEY_STATS, "SEC", 0,
	 "What crossed the line, every SEC seconds, 1 to 86400; on a terminal "
	 "in one line that is rewritten. Default: only at the end",
	 0},
	{"stats-json", KEY_STATS_JSON, "FILE", 0,
	 "The same into a file, as one JSON object that is replaced at each "
	 "interval, of --stats or 1 second. Default: none",
	 0},
	{"verbose", 'v', NULL, 0,
	 "More: the steps of the set-up; twice: each dropped frame. Default: "
	 "what now is, and the totals at the end",
	 0},
	{"quiet", 'q', NULL, 0,
	 "Less: warnings and errors; twice: errors. Default: see --verbose", 0},

	{0, 0, 0, 0, "Other:", -1},
	{0},
};

static const char doc[] =
	"Turn a serial line into an IP link: create a TUN interface, give it its "
	"address, and carry its packets over the port as SLIP (RFC 1055); or "
	"Ethernet frames, with --tap.\v"
	"Two machines and a cable:\n\n"
	"  sudo serialtun --addr 10.10.10.1/24 --port /dev/ttyUSB0\n"
	"  sudo serialtun --addr 10.10.10.2/24 --port /dev/ttyUSB0\n\n"
	"It runs until SIGINT, SIGTERM or SIGHUP; then the interface is gone "
	"and the port is as it was. SIGUSR1 prints the counters, SIGUSR2 closes "
	"and reopens the port. "
	"The manual, serialtun(8), has the rest.";

/* The default route, before it is known whose default it is. */
static const struct addr default_route = {.family = AF_UNSPEC};

static const char *family_name(int family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

/* A decimal number from min to max, and nothing else. */
static unsigned long parse_number(struct argp_state *state, const char *option,
				  const char *arg, unsigned long min,
				  unsigned long max)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(arg, &end, 10);
	/* strtoul() itself takes "", " 8" and "-8" as well. */
	if (arg[0] < '0' || arg[0] > '9' || *end || errno || number < min ||
	    number > max)
		argp_error(state, "%s: \"%s\" is not a number from %lu to %lu",
			   option, arg, min, max);
	return number;
}

static struct addr parse_addr(struct argp_state *state, const char *option,
			      const char *arg)
{
	struct addr addr = {0};
	enum addr_error error = addr_parse(&addr, arg);

	if (error == ADDR_MALFORMED)
		argp_error(state,
			   "%s: \"%s\" is not an IPv4 or IPv6 address, such as "
			   "10.10.10.1/24 or fd00::1/64",
			   option, arg);
	if (error == ADDR_PREFIX_LEN)
		argp_error(state,
			   "%s: \"%s\" has no valid prefix length: 0 to 32 for "
			   "IPv4, 0 to 128 for IPv6",
			   option, arg);
	return addr;
}

static struct addr parse_host(struct argp_state *state, const char *option,
			      const char *arg)
{
	struct addr addr = parse_addr(state, option, arg);

	if (!addr_is_host(&addr))
		argp_error(state,
			   "%s: \"%s\" cannot be the address of one host",
			   option, arg);
	return addr;
}

static struct addr parse_route(struct argp_state *state, const char *arg)
{
	char text[ADDR_TEXT_MAX];
	struct addr network;
	struct addr dest;

	if (!strcmp(arg, "default"))
		return default_route;
	dest = parse_addr(state, "--route", arg);
	network = addr_network(&dest);
	if (!addr_same_host(&dest, &network))
		argp_error(state,
			   "--route: \"%s\" has host bits set; "
			   "the network is %s",
			   arg, addr_format(&network, text));
	return dest;
}

/* The rules of dev_valid_name(), net/core/dev.c. */
static const char *parse_interface(struct argp_state *state, const char *option,
				   const char *arg)
{
	size_t len = strlen(arg);

	if (len >= IFNAMSIZ)
		argp_error(state,
			   "%s: \"%s\" is too long: %zu characters, "
			   "at most %d are possible",
			   option, arg, len, IFNAMSIZ - 1);
	if (!len || !strcmp(arg, ".") || !strcmp(arg, "..") ||
	    strpbrk(arg, "/: \t\n\v\f\r\240"))
		argp_error(state,
			   "%s: \"%s\" cannot be the name of an interface",
			   option, arg);
	return arg;
}

static void parse_mac(struct argp_state *state, uint8_t mac[ETHERNET_MAC_LEN],
		      const char *arg)
{
	if (!ethernet_parse_mac(mac, arg))
		argp_error(state,
			   "--mac: \"%s\" is not an Ethernet address, such as "
			   "02:00:00:00:00:01",
			   arg);
	if (!ethernet_is_station(mac))
		argp_error(state,
			   "--mac: \"%s\" cannot be the address of one "
			   "interface: %s",
			   arg, mac[0] & 1 ? "it is a group's" : "it is zero");
}

/* One of a few words. Return: which one, counted from 0. */
static int parse_word(struct argp_state *state, const char *option,
		      const char *arg, const char *const *words)
{
	char list[64] = "";
	int i;

	for (i = 0; words[i] && strcmp(arg, words[i]) != 0; i++)
		text_append(list, sizeof(list), "%s%s",
			    !i		   ? ""
			    : words[i + 1] ? ", "
					   : " or ",
			    words[i]);
	if (!words[i])
		argp_error(state, "%s: \"%s\" is not %s", option, arg, list);
	return i;
}

static enum port_flow parse_flow(struct argp_state *state, const char *arg)
{
	static const char *const words[] = {
		[PORT_FLOW_NONE] = "none",
		[PORT_FLOW_RTSCTS] = "rtscts",
		[PORT_FLOW_XONXOFF] = "xonxoff",
		NULL,
	};

	return (enum port_flow)parse_word(state, "--flow", arg, words);
}

static const struct framing *parse_framing(struct argp_state *state,
					   const char *arg)
{
	const struct framing *framing = framing_find(arg);
	char names[FRAMING_NAMES_MAX];

	if (!framing)
		argp_error(state, "--framing: \"%s\" is not %s", arg,
			   framing_names(names));
	return framing;
}

static enum port_parity parse_parity(struct argp_state *state, const char *arg)
{
	static const char *const words[] = {
		[PORT_PARITY_NONE] = "none",
		[PORT_PARITY_EVEN] = "even",
		[PORT_PARITY_ODD] = "odd",
		NULL,
	};

	return (enum port_parity)parse_word(state, "--parity", arg, words);
}

static enum port_modem_line parse_modem_line(struct argp_state *state,
					     const char *option,
					     const char *arg)
{
	static const char *const words[] = {
		[PORT_MODEM_LINE_KEEP] = "keep",
		[PORT_MODEM_LINE_ON] = "on",
		[PORT_MODEM_LINE_OFF] = "off",
		NULL,
	};

	return (enum port_modem_line)parse_word(state, option, arg, words);
}

static enum options_list parse_list(struct argp_state *state, const char *arg)
{
	static const char *const words[] = {"json", NULL};

	if (!arg)
		return OPTIONS_LIST_TABLE;
	parse_word(state, "--list", arg, words);
	return OPTIONS_LIST_JSON;
}

/* Seconds. */
static unsigned int parse_seconds(struct argp_state *state, const char *option,
				  const char *arg, unsigned long max)
{
	return (unsigned int)parse_number(state, option, arg, 1, max);
}

/* A name that must not be empty. */
static const char *parse_name(struct argp_state *state, const char *option,
			      const char *arg)
{
	if (!*arg)
		argp_error(state, "%s: the name is empty", option);
	return arg;
}

/* Return: octets, 0 for "auto". */
static uint32_t parse_mtu(struct argp_state *state, const char *arg)
{
	if (!strcmp(arg, "auto"))
		return 0;
	return (uint32_t)parse_number(state, "--mtu", arg, MTU_MIN, MTU_MAX);
}

static size_t count_family(const struct options *options, int family)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < options->addr_count; i++)
		count += options->addrs[i].family == family;
	return count;
}

static void check_peer(struct argp_state *state, struct options *options)
{
	const struct addr *peer = &options->peer;
	const char *family = family_name(peer->family);
	size_t count = count_family(options, peer->family);
	char text[ADDR_TEXT_MAX];
	size_t i = 0;

	if (peer->family == AF_UNSPEC)
		return;
	addr_format_host(peer, text);
	if (!count)
		argp_error(state, "--peer %s needs an %s --addr for this end",
			   text, family);
	if (count > 1)
		argp_error(state,
			   "--peer %s matches %zu --addr options: give only "
			   "one %s --addr",
			   text, count, family);
	while (options->addrs[i].family != peer->family)
		i++;
	if (addr_same_host(peer, &options->addrs[i]))
		argp_error(state,
			   "--peer %s is this end's own --addr: the two ends "
			   "need different ones",
			   text);
	options->peer_of = &options->addrs[i];
}

static void check_ipv6(struct argp_state *state, struct options *options)
{
	char text[ADDR_TEXT_MAX];
	size_t i;

	options->ipv6 = !options->addr_count || count_family(options, AF_INET6);
	if (options->ipv6 && !options->bridge && options->mtu &&
	    options->mtu < MTU_MIN_IPV6)
		argp_error(
			state,
			"--mtu %u is too small for IPv6, which needs %d%s",
			options->mtu, MTU_MIN_IPV6,
			options->addr_count
				? ""
				: " (without --addr the link has IPv6 only)");
	if (options->accept_ra && !options->ipv6)
		argp_error(state, "--accept-ra needs an IPv6 --addr");
	for (i = 0; i < options->route_count; i++)
		if (options->routes[i].family == AF_INET6 && !options->ipv6)
			argp_error(state, "--route %s needs an IPv6 --addr",
				   addr_format(&options->routes[i], text));
}

static void check_routes(struct argp_state *state, struct options *options)
{
	int family = count_family(options, AF_INET) ? AF_INET : AF_INET6;
	size_t i;

	for (i = 0; i < options->route_count; i++)
		if (options->routes[i].family == AF_UNSPEC)
			options->routes[i].family = family;
	if (options->metric_given && !options->route_count)
		argp_error(state, "--metric needs a --route");
}

/* What only a UART has, or what looks like one. */
static void check_serial(struct argp_state *state,
			 const struct port_config *port)
{
	const char *option = port->flow == PORT_FLOW_RTSCTS ? "--flow rtscts"
			     : port->parity != PORT_PARITY_NONE	 ? "--parity"
			     : port->stop_bits != 1		 ? "--stop-bits"
			     : port->dtr != PORT_MODEM_LINE_KEEP ? "--dtr"
			     : port->rts != PORT_MODEM_LINE_KEEP ? "--rts"
			     : port->hupcl			 ? "--hupcl"
			     : !port->low_latency ? "--no-low-latency"
						  : NULL;

	if (option && !finder_kind_of(port->name)->is_serial)
		argp_error(state, "%s needs a serial port, which %s is not",
			   option, port->name);
}

static void check_framing(struct argp_state *state, struct options *options)
{
	const struct port_config *port = &options->port;
	const struct finder_kind *kind = finder_kind_of(port->name);
	const struct framing *framing = options->framing;

	if (!framing)
		framing = kind->framing;
	if (framing->needs_bounds && !kind->keeps_bounds)
		argp_error(
			state,
			"--framing %s needs a line that keeps packets apart, "
			"udp:HOST:PORT; on others use slip",
			framing->name);
	if (framing->drifts && kind->loses_octets)
		argp_error(state,
			   "--framing %s needs a line that loses nothing, such "
			   "as tcp: or unix:; on %s use %s",
			   framing->name, port->name, kind->framing->name);
	if (options->keepalive_s && !framing->idle)
		argp_error(state,
			   "--keepalive sends an END, which --framing %s does "
			   "not have: use --framing slip at both ends",
			   framing->name);
	if (port->flow == PORT_FLOW_XONXOFF && framing != &slip_framing)
		argp_error(state, "--flow xonxoff needs --framing slip, whose "
				  "escapes it uses");
	options->framing = port->flow == PORT_FLOW_XONXOFF
				   ? &slip_xonxoff_framing
				   : framing;
}

static void check_line(struct argp_state *state, const struct options *options)
{
	const struct port_config *port = &options->port;
	char why[FINDER_WHY_MAX];

	if (!finder_check_name(port->name, why))
		argp_error(state, "--port: \"%s\" %s", port->name, why);
	check_serial(state, port);
	if (port->flow == PORT_FLOW_RTSCTS && port->rts != PORT_MODEM_LINE_KEEP)
		argp_error(state, "--rts cannot be set with --flow rtscts, "
				  "which moves it by itself");
	if (options->wait && port->name && !strcmp(port->name, "auto"))
		argp_error(state, "--wait needs the name of the port that it "
				  "waits for: --port auto is the one that is "
				  "there");
}

static void check_tap(struct argp_state *state, const struct options *options)
{
	if (options->mac_given && !options->tap)
		argp_error(state, "--mac needs --tap: a TUN interface has no "
				  "Ethernet address");
	if (options->bridge && !options->tap)
		argp_error(state, "--bridge needs --tap: a bridge takes "
				  "Ethernet frames");
	if (options->tap && options->mtu > MTU_MAX_TAP)
		argp_error(state, "--mtu %u is too large for --tap: at most %d",
			   options->mtu, MTU_MAX_TAP);
}

static void check_bridge(struct argp_state *state, struct options *options)
{
	if (!options->bridge)
		return;
	if (options->addr_count)
		argp_error(state,
			   "--addr cannot be used with --bridge: the address "
			   "belongs to the bridge (sudo ip address add ... dev "
			   "%s)",
			   options->bridge);
	if (options->route_count)
		argp_error(state,
			   "--route cannot be used with --bridge: the route "
			   "belongs to the bridge (sudo ip route add ... dev "
			   "%s)",
			   options->bridge);
	/* Whom it is for is not for us to say. */
	options->accept_ra = true;
}

static void check_persistent(struct argp_state *state,
			     const struct options *options)
{
	const char *option = options->owner ? "--owner" : "--group";

	if ((options->owner || options->group) && !options->create &&
	    !options->persist)
		argp_error(state,
			   "%s needs --create or --persist: only an interface "
			   "that stays can belong to somebody",
			   option);
}

static void check_alone(struct argp_state *state, const char *task,
			const char *option)
{
	if (option)
		argp_error(state, "%s, and nothing else: leave --%s out", task,
			   option);
}

/* Is something else to be done than to make a link? */
static bool check_task(struct argp_state *state,
		       const struct command_line *line)
{
	const struct options *options = line->options;

	if (options->list) {
		if (state->argc > 2)
			argp_error(state,
				   "--list prints all ports, and does "
				   "nothing else: leave the other options "
				   "out");
		return true;
	}
	if (options->delete) {
		check_alone(state, "--delete removes an interface",
			    options->create ? "create" : line->of_interface);
		check_alone(state, "--delete removes an interface",
			    line->of_line);
		if (!*options->interface)
			argp_error(state, "--delete needs --interface: which "
					  "one is to be removed?");
		return true;
	}
	if (options->create)
		check_alone(state, "--create makes an interface",
			    line->of_line);
	else if (!options->port.name)
		argp_error(state, "--port is required, such as --port "
				  "/dev/ttyUSB0 (--list shows the ports that "
				  "there are)");
	return false;
}

static void check(struct argp_state *state, const struct command_line *line)
{
	struct options *options = line->options;

	if (check_task(state, line))
		return;
	if (!options->create) {
		check_line(state, options);
		check_framing(state, options);
	}
	check_tap(state, options);
	check_bridge(state, options);
	check_persistent(state, options);
	check_routes(state, options);
	check_peer(state, options);
	check_ipv6(state, options);
}

/* Remember what an option is about. */
static void sort_option(struct command_line *line, int key)
{
	const struct argp_option *option = table;

	while (option->key != key && (option->name || option->doc))
		option++;
	if (!option->name)
		return;
	switch (key) {
	case 'l':
	case KEY_CREATE:
	case KEY_DELETE:
	case 'i':
	case 'v':
	case 'q':
		break;
	case 'a':
	case KEY_PEER:
	case 'r':
	case KEY_METRIC:
	case 'm':
	case KEY_TAP:
	case KEY_MAC:
	case KEY_BRIDGE:
	case KEY_PERSIST:
	case KEY_OWNER:
	case KEY_GROUP:
		if (!line->of_interface)
			line->of_interface = option->name;
		break;
	default:
		if (!line->of_line)
			line->of_line = option->name;
		break;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct command_line *line = state->input;
	struct options *options = line->options;

	sort_option(line, key);
	switch (key) {
	case 'a':
		if (options->addr_count == OPTIONS_ADDRS_MAX)
			argp_error(state,
				   "--addr may be given %d times at most",
				   OPTIONS_ADDRS_MAX);
		options->addrs[options->addr_count++] =
			parse_host(state, "--addr", arg);
		break;
	case KEY_PEER:
		if (options->peer.family != AF_UNSPEC)
			argp_error(state, "--peer can be given only once");
		options->peer = parse_host(state, "--peer", arg);
		break;
	case 'r':
		if (options->route_count == OPTIONS_ROUTES_MAX)
			argp_error(state,
				   "--route may be given %d times at most",
				   OPTIONS_ROUTES_MAX);
		options->routes[options->route_count++] =
			parse_route(state, arg);
		break;
	case KEY_METRIC:
		options->metric = (uint32_t)parse_number(state, "--metric", arg,
							 0, UINT32_MAX);
		options->metric_given = true;
		break;
	case 'p':
		options->port.name = parse_name(state, "--port", arg);
		break;
	case 'b':
		options->port.baud =
			(unsigned int)parse_number(state, "--baud", arg, 1,
						   INT32_MAX);
		break;
	case KEY_FRAMING:
		options->framing = parse_framing(state, arg);
		break;
	case KEY_FLOW:
		options->port.flow = parse_flow(state, arg);
		break;
	case KEY_PARITY:
		options->port.parity = parse_parity(state, arg);
		break;
	case KEY_STOP_BITS:
		options->port.stop_bits =
			(unsigned int)parse_number(state, "--stop-bits", arg, 1,
						   2);
		break;
	case KEY_DTR:
		options->port.dtr = parse_modem_line(state, "--dtr", arg);
		break;
	case KEY_RTS:
		options->port.rts = parse_modem_line(state, "--rts", arg);
		break;
	case KEY_HUPCL:
		options->port.hupcl = true;
		break;
	case KEY_SETTLE:
		options->port.settle_ms =
			(unsigned int)parse_number(state, "--settle", arg, 0,
						   SETTLE_MS_MAX);
		break;
	case KEY_NO_LOW_LATENCY:
		options->port.low_latency = false;
		break;
	case KEY_WAIT:
		options->wait = true;
		break;
	case KEY_ONCE:
		options->once = true;
		break;
	case KEY_KEEPALIVE:
		options->keepalive_s = parse_seconds(state, "--keepalive", arg,
						     KEEPALIVE_S_MAX);
		break;
	case KEY_USER:
		options->user = parse_name(state, "--user", arg);
		break;
	case KEY_STATS:
		options->stats_s =
			parse_seconds(state, "--stats", arg, STATS_S_MAX);
		break;
	case KEY_STATS_JSON:
		options->stats_json = parse_name(state, "--stats-json", arg);
		break;
	case 'l':
		options->list = parse_list(state, arg);
		break;
	case 'i':
		snprintf(options->interface, sizeof(options->interface), "%s",
			 parse_interface(state, "--interface", arg));
		break;
	case KEY_CREATE:
		options->create = true;
		break;
	case KEY_DELETE:
		options->delete = true;
		break;
	case KEY_TAP:
		options->tap = true;
		break;
	case KEY_MAC:
		parse_mac(state, options->mac, arg);
		options->mac_given = true;
		break;
	case KEY_BRIDGE:
		options->bridge = parse_interface(state, "--bridge", arg);
		break;
	case KEY_PERSIST:
		options->persist = true;
		break;
	case KEY_OWNER:
		options->owner = parse_name(state, "--owner", arg);
		break;
	case KEY_GROUP:
		options->group = parse_name(state, "--group", arg);
		break;
	case 'm':
		options->mtu = parse_mtu(state, arg);
		break;
	case KEY_ACCEPT_RA:
		options->accept_ra = true;
		break;
	case 'v':
		options->log_level++;
		break;
	case 'q':
		options->log_level--;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument \"%s\"", arg);
		break;
	case ARGP_KEY_END:
		check(state, line);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/**
 * options_parse() - turn a command line into what the user asked for
 * @options: filled in
 * @argc:    as given to main()
 * @argv:    as given to main(); @options keeps pointers into it
 *
 * Does not return if the command line is wrong (argp's message on stderr,
 * exit status EX_USAGE, 64), or if it asked for help or the version only.
 */
void options_parse(struct options *options, int argc, char **argv)
{
	static const struct argp argp = {table, parse, NULL, doc, 0, 0, 0};
	struct command_line line = {.options = options};

	argp_program_version = "serialtun " SERIALTUN_VERSION;
	*options = (struct options){
		.port = {.stop_bits = 1, .low_latency = true},
		.log_level = LOG_LEVEL_INFO,
	};
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}
