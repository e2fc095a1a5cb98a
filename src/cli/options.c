/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line, by argp: the table of options, and where the value of each
 * goes. What each value may be is known to value.c; what fits together, which
 * is looked at when all have been seen (ARGP_KEY_END), to option_check.c.
 *
 * So all is checked that can be with nothing but the command line. What passes
 * is consistent; what does not ends the program here, with argp's two lines
 * and status 64, before anything was touched.
 */
#include "cli/options.h"
#include "cli/option_check.h"
#include "cli/value.h"
#include "log.h"

#include <argp.h>
#include <stdio.h>
#include <sys/socket.h>

#define SETTLE_MS_MAX	60000
#define KEEPALIVE_S_MAX 3600
#define STATS_S_MAX	86400

/* Options without a short name. */
enum {
	KEY_PEER = 256,
	KEY_METRIC,
	KEY_FRAMING,
	KEY_LEADING_END,
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

/* What argp hands to its parser: what is filled in, and what it is about. */
struct command_line {
	struct options *options;
	struct option_check_topics topics;
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
	 "tcp-listen:[ADDR:]PORT, unix:PATH, unix-listen:PATH, "
	 "udp:HOST:PORT[,LOCALPORT], pty:[LINK], or - for standard input and "
	 "output. Required",
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
	 "length in two bytes, big-endian, on a line that loses nothing; "
	 "packet: one a datagram. Default: packet on udp:, else slip",
	 0},
	{"leading-end", KEY_LEADING_END, "WHEN", 0,
	 "Send an END in front of a frame, too: auto, where noise may have come "
	 "since the last one, that is after 10 seconds or a frame that was cut; "
	 "always; or never. Needs --framing slip. Default: auto",
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
	 "that. With the same SEC at both ends, the carrier follows. Needs "
	 "--framing slip. Default: off",
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
	 "Default: the first of tun0, tun1 and so on, or of tap0, that is free",
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
	 "Longest packet in bytes, 68 to 65535; at least 1280 with IPv6, at "
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
	"Turn a serial line, or a socket in its place, into an IP link: create a "
	"TUN interface, give it its address, and carry its packets over the port "
	"as SLIP (RFC 1055); or Ethernet frames, with --tap.\v"
	"Two machines and a cable:\n\n"
	"  sudo serialtun --addr 10.10.10.1/24 --port /dev/ttyUSB0\n"
	"  sudo serialtun --addr 10.10.10.2/24 --port /dev/ttyUSB0\n\n"
	"It runs until SIGINT, SIGTERM or SIGHUP; then the interface is gone "
	"and the port is as it was. SIGUSR1 prints the counters, SIGUSR2 closes "
	"and reopens the port. "
	"The manual, serialtun(8), has the rest.";

/* Remember what an option is about. */
static void sort_option(struct option_check_topics *topics, int key)
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
		if (!topics->of_interface)
			topics->of_interface = option->name;
		break;
	default:
		if (!topics->of_line)
			topics->of_line = option->name;
		break;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct command_line *line = state->input;
	struct options *options = line->options;

	sort_option(&line->topics, key);
	switch (key) {
	case 'a':
		if (options->addr_count == OPTIONS_ADDRS_MAX)
			argp_error(state,
				   "--addr may be given %d times at most",
				   OPTIONS_ADDRS_MAX);
		options->addrs[options->addr_count++] =
			value_parse_host(state, "--addr", arg);
		break;
	case KEY_PEER:
		if (options->peer.family != AF_UNSPEC)
			argp_error(state, "--peer can be given only once");
		options->peer = value_parse_host(state, "--peer", arg);
		break;
	case 'r':
		if (options->route_count == OPTIONS_ROUTES_MAX)
			argp_error(state,
				   "--route may be given %d times at most",
				   OPTIONS_ROUTES_MAX);
		options->routes[options->route_count++] =
			value_parse_route(state, arg);
		break;
	case KEY_METRIC:
		options->metric = value_parse_number(state, "--metric", arg, 0,
						     UINT32_MAX);
		options->metric_given = true;
		break;
	case 'p':
		options->port.name = value_parse_name(state, "--port", arg);
		break;
	case 'b':
		options->port.baud =
			value_parse_number(state, "--baud", arg, 1, INT32_MAX);
		break;
	case KEY_FRAMING:
		options->framing = value_parse_framing(state, arg);
		break;
	case KEY_LEADING_END:
		options->lead = value_parse_lead(state, arg);
		break;
	case KEY_FLOW:
		options->port.flow = value_parse_flow(state, arg);
		break;
	case KEY_PARITY:
		options->port.parity = value_parse_parity(state, arg);
		break;
	case KEY_STOP_BITS:
		options->port.stop_bits =
			value_parse_number(state, "--stop-bits", arg, 1, 2);
		break;
	case KEY_DTR:
		options->port.dtr = value_parse_modem_line(state, "--dtr", arg);
		break;
	case KEY_RTS:
		options->port.rts = value_parse_modem_line(state, "--rts", arg);
		break;
	case KEY_HUPCL:
		options->port.hupcl = true;
		break;
	case KEY_SETTLE:
		options->port.settle_ms =
			value_parse_number(state, "--settle", arg, 0,
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
		options->keepalive_s =
			value_parse_number(state, "--keepalive", arg, 1,
					   KEEPALIVE_S_MAX);
		break;
	case KEY_USER:
		options->user = value_parse_name(state, "--user", arg);
		break;
	case KEY_STATS:
		options->stats_s = value_parse_number(state, "--stats", arg, 1,
						      STATS_S_MAX);
		break;
	case KEY_STATS_JSON:
		options->stats_json =
			value_parse_name(state, "--stats-json", arg);
		break;
	case 'l':
		options->list = value_parse_list(state, arg);
		break;
	case 'i':
		snprintf(options->interface, sizeof(options->interface), "%s",
			 value_parse_interface(state, "--interface", arg));
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
		value_parse_mac(state, options->mac, arg);
		options->mac_given = true;
		break;
	case KEY_BRIDGE:
		options->bridge = value_parse_interface(state, "--bridge", arg);
		break;
	case KEY_PERSIST:
		options->persist = true;
		break;
	case KEY_OWNER:
		options->owner = value_parse_name(state, "--owner", arg);
		break;
	case KEY_GROUP:
		options->group = value_parse_name(state, "--group", arg);
		break;
	case 'm':
		options->mtu = value_parse_mtu(state, arg);
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
		option_check(state, options, &line->topics);
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
		.lead = FRAMING_LEAD_AUTO,
		.log_level = LOG_LEVEL_INFO,
	};
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}
