/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line, by argp: one table of the options, in the order of --help,
 * which also tells what each is about and where its value goes. What each value
 * may be is known to value.c; what fits together, which is looked at when all
 * have been seen (ARGP_KEY_END), to option_check.c.
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
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SETTLE_MS_MAX	60000
#define KEEPALIVE_S_MAX 3600
#define STATS_S_MAX	86400

/* What an option is about, for those that end before there is a link. */
enum about {
	NEITHER,
	INTERFACE,
	LINE,
};

struct given;

/*
 * One option, or, without a name, the heading of those behind it. @take puts
 * the value of the option where it belongs: into this @member of struct
 * options, if that is all; @min and @max are of a number. The rest is argp's,
 * but that @name has its dashes, and @key is 0 if there is no short name.
 */
struct option_row {
	const char *name;
	int key;
	const char *arg;
	int flags;
	enum about about;
	void (*take)(const struct given *given);
	size_t member;
	unsigned int min;
	unsigned int max;
	const char *doc;
};

/* An option on the command line, and the value that was given with it. */
struct given {
	const struct argp_state *state;
	struct options *options;
	const struct option_row *row;
	const char *arg;
};

/* What argp hands to its parser: what is filled in, and what it is about. */
struct command_line {
	struct options *options;
	struct option_check_topics topics;
};

/*
 * Where a member is in struct options, if it has the type: else it does not
 * compile. (A type cannot be put in parentheses here.)
 */
#define MEMBER(type, name)                                     \
	_Generic(((struct options *)0)->name,                  \
		 type /* NOLINT(bugprone-macro-parentheses) */ \
		 : offsetof(struct options, name))

/* How to take a value: @take, @member, @min and @max of a row. */
#define BY(function)	       function, 0, 0, 0
#define SET(name)	       take_set, MEMBER(bool, name), 0, 0
#define CLEAR(name)	       take_clear, MEMBER(bool, name), 0, 0
#define NAME(name)	       take_name, MEMBER(const char *, name), 0, 0
#define NUMBER(name, min, max) take_number, MEMBER(unsigned int, name), min, max
#define MODEM_LINE(name) \
	take_modem_line, MEMBER(enum port_modem_line, name), 0, 0

static void *member(const struct given *given)
{
	return (char *)given->options + given->row->member;
}

static void take_set(const struct given *given)
{
	*(bool *)member(given) = true;
}

static void take_clear(const struct given *given)
{
	*(bool *)member(given) = false;
}

static void take_name(const struct given *given)
{
	*(const char **)member(given) =
		value_parse_name(given->state, given->row->name, given->arg);
}

static void take_number(const struct given *given)
{
	const struct option_row *row = given->row;

	*(unsigned int *)member(given) =
		value_parse_number(given->state, row->name, given->arg,
				   row->min, row->max);
}

static void take_modem_line(const struct given *given)
{
	*(enum port_modem_line *)member(given) =
		value_parse_modem_line(given->state, given->row->name,
				       given->arg);
}

static void take_addr(const struct given *given)
{
	struct options *options = given->options;

	if (options->link.addr_count == LINK_ADDRS_MAX)
		argp_error(given->state, "--addr may be given %d times at most",
			   LINK_ADDRS_MAX);
	options->link.addrs[options->link.addr_count++] =
		value_parse_host(given->state, given->row->name, given->arg);
}

static void take_list(const struct given *given)
{
	given->options->list = value_parse_list(given->state, given->arg);
}

static void take_baud(const struct given *given)
{
	given->options->port.baud = value_parse_baud(given->state, given->arg);
}

static void take_flow(const struct given *given)
{
	given->options->port.flow = value_parse_flow(given->state, given->arg);
}

static void take_parity(const struct given *given)
{
	given->options->port.parity =
		value_parse_parity(given->state, given->arg);
}

static void take_framing(const struct given *given)
{
	given->options->framing = value_parse_framing(given->state, given->arg);
}

static void take_lead(const struct given *given)
{
	given->options->lead = value_parse_lead(given->state, given->arg);
}

static void take_peer(const struct given *given)
{
	if (given->options->link.peer.family != AF_UNSPEC)
		argp_error(given->state, "--peer can be given only once");
	given->options->link.peer =
		value_parse_host(given->state, given->row->name, given->arg);
}

static void take_route(const struct given *given)
{
	struct options *options = given->options;

	if (options->link.route_count == LINK_ROUTES_MAX)
		argp_error(given->state,
			   "--route may be given %d times at most",
			   LINK_ROUTES_MAX);
	options->link.routes[options->link.route_count++] =
		value_parse_route(given->state, given->arg);
}

static void take_metric(const struct given *given)
{
	given->options->link.metric =
		value_parse_number(given->state, given->row->name, given->arg,
				   0, UINT32_MAX);
	given->options->link.metric_given = true;
}

static void take_interface(const struct given *given)
{
	snprintf(given->options->link.interface, IFNAMSIZ, "%s",
		 value_parse_interface(given->state, given->row->name,
				       given->arg));
}

static void take_mac(const struct given *given)
{
	value_parse_mac(given->state, given->options->link.mac, given->arg);
	given->options->link.mac_given = true;
}

static void take_bridge(const struct given *given)
{
	given->options->link.bridge =
		value_parse_interface(given->state, given->row->name,
				      given->arg);
}

static void take_mtu(const struct given *given)
{
	given->options->link.mtu = value_parse_mtu(given->state, given->arg);
}

static void take_verbose(const struct given *given)
{
	given->options->log_level++;
}

static void take_quiet(const struct given *given)
{
	given->options->log_level--;
}

static const struct option_row rows[] = {
	{"--addr", 'a', "ADDR[/LEN]", 0, INTERFACE, BY(take_addr),
	 "Address of this end, IPv4 or IPv6; may be repeated. Without LEN: /32 "
	 "or /128. Default: none, the link then has nothing but its IPv6 "
	 "link-local address"},
	{"--port", 'p', "PORT", 0, LINE, NAME(port.name),
	 "Serial port: /dev/ttyUSB0, ttyUSB0, a link such as those in "
	 "/dev/serial/by-id, a pty, or \"auto\" for the only USB port. Or a line "
	 "over the network or to another program: tcp:HOST:PORT, "
	 "tcp-listen:[ADDR:]PORT, unix:PATH, unix-listen:PATH, "
	 "udp:HOST:PORT[,LOCALPORT], pty:[LINK], or - for standard input and "
	 "output. Required"},
	{"--list", 'l', "json", OPTION_ARG_OPTIONAL, NEITHER, BY(take_list),
	 "Print the serial ports that there are, and who uses them; for "
	 "programs, as JSON"},

	{.doc = "The line:"},
	{"--baud", 'b', "N", 0, LINE, BY(take_baud),
	 "Bits per second, any rate that the driver can do. Default: 115200 on "
	 "a device; none on a pty or a socket, which have no clock"},
	{"--flow", 0, "none|rtscts|xonxoff", 0, LINE, BY(take_flow),
	 "Flow control. xonxoff sends 0x11 and 0x13 as DB DE and DB DF (as "
	 "tunslip6 -X does), so both ends must use it. Default: none. Carrier "
	 "detect is always ignored"},
	{"--parity", 0, "none|even|odd", 0, LINE, BY(take_parity),
	 "Default: none"},
	{"--stop-bits", 0, "1|2", 0, LINE, NUMBER(port.stop_bits, 1, 2),
	 "Default: 1"},
	{"--dtr", 0, "on|off|keep", 0, LINE, MODEM_LINE(port.dtr),
	 "The line DTR. Opening a device raises it, for a moment in any case. "
	 "Default: keep, what opening makes of it"},
	{"--rts", 0, "on|off|keep", 0, LINE, MODEM_LINE(port.rts),
	 "The line RTS, as --dtr; not with --flow rtscts, which moves it. "
	 "Default: keep"},
	{"--hupcl", 0, NULL, 0, LINE, SET(port.hupcl),
	 "Drop DTR and RTS when the port is closed, which resets many a board. "
	 "Default: leave them"},
	{"--settle", 0, "MS", 0, LINE, NUMBER(port.settle_ms, 0, SETTLE_MS_MAX),
	 "After opening, throw away what arrives for so many milliseconds, "
	 "0 to 60000: the chatter of a board that was just reset. Packets are "
	 "sent meanwhile. Default: 0"},
	{"--no-low-latency", 0, NULL, 0, LINE, CLEAR(port.low_latency),
	 "Leave a USB adapter's latency timer as it is. Default: the shortest, "
	 "put back at the end"},

	{"--framing", 0, "KIND", 0, LINE, BY(take_framing),
	 "How packets travel on the line. slip: as SLIP; length: each behind its "
	 "length in two bytes, big-endian, on a line that loses nothing; "
	 "packet: one a datagram. Default: packet on udp:, else slip"},
	{"--leading-end", 0, "WHEN", 0, LINE, BY(take_lead),
	 "Send an END in front of a frame, too: auto, where noise may have come "
	 "since the last one, that is after 10 seconds or a frame that was cut; "
	 "always; or never. Needs --framing slip. Default: auto"},

	{.doc = "When the port or the other end is not there:"},
	{"--wait", 0, NULL, 0, LINE, SET(wait),
	 "Start before the port is there, or while another program has it; "
	 "not with --port auto. Default: that is an error"},
	{"--once", 0, NULL, 0, LINE, SET(once),
	 "End, with status 1, when the port is lost. Default: keep the "
	 "interface, and go on when the port is back"},
	{"--keepalive", 0, "SEC", 0, LINE,
	 NUMBER(keepalive_s, 1, KEEPALIVE_S_MAX),
	 "Send an END, which every receiver ignores, when nothing was sent for "
	 "so long, 1 to 3600; and say so when nothing arrived for three times "
	 "that. With the same SEC at both ends, the carrier follows. Needs "
	 "--framing slip. Default: off"},

	{.doc = "The interface:"},
	{"--peer", 0, "ADDR[/LEN]", 0, INTERFACE, BY(take_peer),
	 "Address of the other end: a point-to-point pair with the one --addr "
	 "of its family, whose own LEN is then ignored. Without LEN: /32 or "
	 "/128. Default: none"},
	{"--route", 'r', "DEST[/LEN]", 0, INTERFACE, BY(take_route),
	 "Route through the link; may be repeated. \"default\" is 0.0.0.0/0 "
	 "or, without an IPv4 --addr, ::/0. On a --tap it goes by way of the "
	 "--peer, if there is one. Default: none"},
	{"--metric", 0, "N", 0, INTERFACE, BY(take_metric),
	 "Priority of every --route and of the route to the network of every "
	 "--addr, the lowest wins. Default: the kernel's, 0 for IPv4, and for "
	 "IPv6 1024 or, of an --addr, 256"},
	{"--interface", 'i', "NAME", 0, NEITHER, BY(take_interface),
	 "Name of the interface. If a persistent interface has this name, it "
	 "is attached to, and what is added to it stays after the end. "
	 "Default: the first of tun0, tun1 and so on, or of tap0, that is free"},
	{"--tap", 0, NULL, 0, INTERFACE, SET(tap),
	 "A TAP interface: Ethernet frames instead of IP packets, at both "
	 "ends. Default: a TUN interface, IP packets"},
	{"--mac", 0, "ADDR", 0, INTERFACE, BY(take_mac),
	 "Ethernet address of the --tap, such as 02:00:00:00:00:01. Default: "
	 "a random one"},
	{"--bridge", 0, "NAME", 0, INTERFACE, BY(take_bridge),
	 "Make the --tap a port of this bridge, which has the addresses. "
	 "Default: none"},
	{"--mtu", 'm', "N|auto", 0, INTERFACE, BY(take_mtu),
	 "Longest packet in bytes, 68 to 65535; at least 1280 with IPv6, at "
	 "most 65517 on a --tap. "
	 "Default: auto, the largest of 1500, 1006 and 576 that takes 200 ms "
	 "at most, else 296; with IPv6 1500 or 1280; in a bridge, the "
	 "bridge's. An interface that is attached to keeps its own"},
	{"--accept-ra", 0, NULL, 0, LINE, SET(accept_ra),
	 "Let IPv6 Router Advertisements from the line through. Default: they "
	 "are dropped"},

	{.doc = "Interfaces that stay:"},
	{"--create", 0, NULL, 0, NEITHER, SET(create),
	 "Make a persistent interface, with its addresses and whatever else of "
	 "the above is asked for, and end: later runs attach to it with "
	 "--interface. Default: make a link"},
	{"--delete", 0, NULL, 0, NEITHER, SET(delete),
	 "Remove the persistent interface that --interface names, and end. "
	 "Default: make a link"},
	{"--persist", 0, NULL, 0, INTERFACE, SET(persist),
	 "Keep the interface after the end, with its addresses and routes. "
	 "Default: it is gone"},
	{"--owner", 0, "USER", 0, INTERFACE, NAME(owner),
	 "The user, by name or number, who may attach to it without "
	 "privilege; with --create or --persist. Default: you, if there is no "
	 "--group"},
	{"--group", 0, "GROUP", 0, INTERFACE, NAME(group),
	 "The group, by name or number, whose members may; together with "
	 "--owner, only the owner as a member of it. Default: none"},

	{.doc = "Privileges:"},
	{"--user", 0, "NAME", 0, LINE, NAME(user),
	 "Run as this user, with its groups and that of the port, once "
	 "everything is set up. Default: the same user. Capabilities are "
	 "dropped either way"},

	{.doc = "What is printed:"},
	{"--stats", 0, "SEC", 0, LINE, NUMBER(stats_s, 1, STATS_S_MAX),
	 "What crossed the line, every SEC seconds, 1 to 86400; on a terminal "
	 "in one line that is rewritten. Default: only at the end"},
	{"--stats-json", 0, "FILE", 0, LINE, NAME(stats_json),
	 "The same into a file, as one JSON object that is replaced at each "
	 "interval, of --stats or 1 second. Default: none"},
	{"--verbose", 'v', NULL, 0, NEITHER, BY(take_verbose),
	 "More: the steps of the set-up; twice: each dropped frame. Default: "
	 "what now is, and the totals at the end"},
	{"--quiet", 'q', NULL, 0, NEITHER, BY(take_quiet),
	 "Less: warnings and errors; twice: errors. Default: see --verbose"},
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

#define ROWS (sizeof(rows) / sizeof(*rows))

/* What argp calls an option: its short name, else a number that is none. */
static int row_key(const struct option_row *row)
{
	return row->key || !row->name ? row->key : 256 + (int)(row - rows);
}

static const struct option_row *find_row(int key)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (rows[i].name && row_key(&rows[i]) == key)
			return &rows[i];
	return NULL;
}

/* Remember the first option about a thing. */
static void note_topic(struct option_check_topics *topics,
		       const struct option_row *row)
{
	if (row->about == INTERFACE && !topics->of_interface)
		topics->of_interface = row->name;
	if (row->about == LINE && !topics->of_line)
		topics->of_line = row->name;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct command_line *line = state->input;
	const struct given given = {state, line->options, find_row(key), arg};

	if (given.row) {
		note_topic(&line->topics, given.row);
		given.row->take(&given);
		return 0;
	}
	if (key == ARGP_KEY_ARG)
		argp_error(state, "unexpected argument \"%s\"", arg);
	else if (key == ARGP_KEY_END)
		option_check(state, line->options, &line->topics);
	else
		return ARGP_ERR_UNKNOWN;
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
	struct argp_option table[ROWS + 2] = {0};
	const struct argp argp = {table, parse, NULL, doc, 0, 0, 0};
	struct command_line line = {.options = options};
	size_t i;

	for (i = 0; i < ROWS; i++)
		table[i] = (struct argp_option){
			.name = rows[i].name ? rows[i].name + strlen("--")
					     : NULL,
			.key = row_key(&rows[i]),
			.arg = rows[i].arg,
			.flags = rows[i].flags,
			.doc = rows[i].doc,
		};
	/* The heading of those that argp has by itself, --help and its like. */
	table[ROWS].doc = "Other:";
	table[ROWS].group = -1;

	argp_program_version = "serialtun " SERIALTUN_VERSION;
	*options = (struct options){
		.port = {.stop_bits = 1, .low_latency = true},
		.lead = FRAMING_LEAD_AUTO,
		.log_level = LOG_LEVEL_INFO,
	};
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}
