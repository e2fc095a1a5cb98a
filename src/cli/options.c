/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parse the command line with argp. One table holds the options in the order of
 * --help, the subject of each option and the destination of its value. value.c
 * and keyword.c check single values; option_check.c checks the options against
 * each other after argp has seen all of them (ARGP_KEY_END).
 *
 * A wrong command line ends the program here, with argp's two lines and exit
 * status 64, before the program touches anything.
 */
#include "cli/options.h"
#include "cli/keyword.h"
#include "cli/option_check.h"
#include "cli/suggest.h"
#include "cli/unknown_option.h"
#include "cli/value.h"
#include "interface/nat.h"
#include "log.h"
#include "pair/squeeze.h"

#include <argp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SETTLE_MS_MAX	60000
#define KEEPALIVE_S_MAX 3600
#define STATS_S_MAX	86400

/* The subject of an option; tasks that make no link refuse some subjects. */
enum about {
	NEITHER,
	INTERFACE,
	LINE,
};

struct given;

/*
 * One option, or, without a name, the heading of the options behind it. @take
 * stores the value of the option; the general functions store it in @member of
 * struct options, and check a number against @min and @max. The other members
 * are those of struct argp_option, except that @name includes the dashes, and
 * @key is 0 if there is no short name.
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

/* An option on the command line, and its value. */
struct given {
	const struct argp_state *state;
	struct options *options;
	const struct option_row *row;
	const char *arg;
};

/* The data that argp hands to its parser: the options, and their subjects. */
struct command_line {
	struct options *options;
	struct option_check_topics topics;
};

/*
 * The offset of a member in struct options. A member of another type does not
 * compile. (_Generic does not allow parentheses around a type.)
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
		keyword_parse_modem_line(given->state, given->row->name,
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

static void take_login(const struct given *given)
{
	given->options->login = value_parse_user(given->state, given->arg);
}

static void take_list(const struct given *given)
{
	given->options->list = keyword_parse_list(given->state, given->arg);
}

static void take_baud(const struct given *given)
{
	struct port_config *port = &given->options->port;

	port->baud_auto = !strcmp(given->arg, "auto");
	port->baud = port->baud_auto
			     ? 0
			     : value_parse_baud(given->state, given->arg);
}

static void take_flow(const struct given *given)
{
	given->options->port.flow =
		keyword_parse_flow(given->state, given->arg);
}

static void take_parity(const struct given *given)
{
	given->options->port.parity =
		keyword_parse_parity(given->state, given->arg);
}

static void take_framing(const struct given *given)
{
	given->options->framing =
		keyword_parse_framing(given->state, given->arg);
}

static void take_lead(const struct given *given)
{
	given->options->lead = keyword_parse_lead(given->state, given->arg);
}

static void take_vj(const struct given *given)
{
	given->options->vj = keyword_parse_vj(given->state, given->arg);
}

static void take_pair(const struct given *given)
{
	given->options->pair = keyword_parse_pair(given->state, given->arg);
	given->options->pair_given = true;
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

static void take_share(const struct given *given)
{
	given->options->share = keyword_parse_share(given->state, given->arg);
}

static void take_verbose(const struct given *given)
{
	given->options->log_level++;
}

static void take_quiet(const struct given *given)
{
	given->options->log_level--;
}

static void take_help(const struct given *given)
{
	argp_state_help(given->state, given->state->out_stream,
			ARGP_HELP_STD_HELP);
}

static void take_usage(const struct given *given)
{
	argp_state_help(given->state, given->state->out_stream,
			ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
}

static void take_version(const struct given *given)
{
	fputs("serialtun " SERIALTUN_VERSION, given->state->out_stream);
	if (!nat_is_built_in())
		fputs(" (without --share: built without libnftnl)",
		      given->state->out_stream);
	if (!squeeze_is_built_in())
		fputs(" (without --pair=zstd: built without libzstd)",
		      given->state->out_stream);
	fputs("\n", given->state->out_stream);
	if (!(given->state->flags & ARGP_NO_EXIT))
		exit(EXIT_SUCCESS);
}

/* argp moves --help and --version to the group -1, which comes last. */
static const char last_heading[] = "Other:";

/* One line an option in --help; the manual has the rest. */
static const struct option_row rows[] = {
	{"--addr", 'a', "ADDR[/LEN]", 0, INTERFACE, BY(take_addr),
	 "Address of this end; may be repeated"},
	{"--port", 'p', "PORT", 0, LINE, NAME(port.name),
	 "Serial port, or other line (see below) [auto]"},
	{"--list", 'l', "json", OPTION_ARG_OPTIONAL, NEITHER, BY(take_list),
	 "List serial ports and the programs that use them"},

	{.doc = "A board with nothing but its console:"},
	{"--login", 0, "USER", OPTION_ARG_OPTIONAL, LINE, BY(take_login),
	 "Log in at the other end, start serialtun there"},
	{"--password-file", 0, "FILE", 0, LINE, NAME(password_file),
	 "File with the password for --login [ask for it]"},
	/* The other end starts it; the manual has it. */
	{"--console", 0, NULL, OPTION_HIDDEN, LINE, SET(console),
	 "Use the own terminal as the port"},

	{.doc = "The line:"},
	{"--baud", 'b', "N|auto", 0, LINE, BY(take_baud),
	 "Bits per second [115200, and then what works]"},
	{"--max-baud", 0, "N", 0, LINE, NUMBER(port.max_baud, 1, INT32_MAX),
	 "Highest speed that two serialtuns may choose"},
	{"--flow", 0, "KIND", 0, LINE, BY(take_flow),
	 "Flow control: none, rtscts or xonxoff [none]"},
	{"--parity", 0, "KIND", 0, LINE, BY(take_parity),
	 "none, even or odd [none]"},
	{"--stop-bits", 0, "1|2", 0, LINE, NUMBER(port.stop_bits, 1, 2),
	 "Stop bits [1]"},
	{"--dtr", 0, "on|off|keep", 0, LINE, MODEM_LINE(port.dtr),
	 "Set DTR; keep: leave it as open() sets it [keep]"},
	{"--rts", 0, "on|off|keep", 0, LINE, MODEM_LINE(port.rts),
	 "Set RTS, as --dtr sets DTR [keep]"},
	{"--hupcl", 0, NULL, 0, LINE, SET(port.hupcl),
	 "Drop DTR and RTS when the port is closed"},
	{"--settle", 0, "MS", 0, LINE, NUMBER(port.settle_ms, 0, SETTLE_MS_MAX),
	 "Discard input for MS ms after opening [0]"},
	{"--no-low-latency", 0, NULL, 0, LINE, CLEAR(port.low_latency),
	 "Leave a USB adapter's latency timer as it is"},
	{"--framing", 0, "KIND", 0, LINE, BY(take_framing),
	 "slip, kiss, length or packet [slip; udp: packet]"},
	{"--pair", 0, "no|LIST", 0, LINE, BY(take_pair),
	 "no, or check,repeat,interrupt,zstd,speed [all]"},
	{"--board-console", 0, "PTY", 0, LINE, NAME(board_console),
	 "Terminal for the console of a board: pty:LINK"},
	{"--vj", 0, "WHEN", 0, LINE, BY(take_vj),
	 "Compress TCP headers: auto, on or off [auto]"},
	{"--leading-end", 0, "WHEN", 0, LINE, BY(take_lead),
	 "END before a frame: auto, always, never [auto]"},

	{.doc = "When the port or the peer is not there:"},
	{"--wait", 0, NULL, 0, LINE, SET(wait),
	 "Start even if the port is missing"},
	{"--once", 0, NULL, 0, LINE, SET(once),
	 "Exit when the port is lost, instead of waiting"},
	{"--keepalive", 0, "SEC", 0, LINE,
	 NUMBER(keepalive_s, 1, KEEPALIVE_S_MAX),
	 "Send an END after SEC seconds of silence [never]"},

	{.doc = "The interface:"},
	{"--peer", 0, "ADDR[/LEN]", 0, INTERFACE, BY(take_peer),
	 "Address of the other end, for a pair of hosts"},
	{"--route", 'r', "DEST[/LEN]", 0, INTERFACE, BY(take_route),
	 "Route through the link; may be repeated"},
	{"--metric", 0, "N", 0, INTERFACE, BY(take_metric),
	 "Metric of the link's routes [the kernel's]"},
	{"--interface", 'i', "NAME", 0, NEITHER, BY(take_interface),
	 "Name of the interface [the next tunN or tapN]"},
	{"--tap", 0, NULL, 0, INTERFACE, SET(tap),
	 "Carry Ethernet frames instead of IP packets"},
	{"--mac", 0, "ADDR", 0, INTERFACE, BY(take_mac),
	 "Ethernet address of a TAP interface [random]"},
	{"--bridge", 0, "NAME", 0, INTERFACE, BY(take_bridge),
	 "Add a TAP interface to this bridge"},
	{"--mtu", 'm', "N|auto", 0, INTERFACE, BY(take_mtu),
	 "Longest packet in bytes [auto: speed decides]"},
	{"--accept-ra", 0, NULL, 0, LINE, SET(accept_ra),
	 "Accept IPv6 Router Advertisements from the line"},

	{.doc = "The internet:"},
	{"--share", 0, "all", OPTION_ARG_OPTIONAL, LINE, BY(take_share),
	 "Share this host's internet with the other end"},
	{"--use-dns", 0, NULL, 0, LINE, SET(use_dns),
	 "Write the other end's name servers to resolv.conf"},

	{.doc = "Interfaces that stay:"},
	{"--create", 0, NULL, 0, NEITHER, SET(create),
	 "Create a persistent interface, and exit"},
	{"--delete", 0, NULL, 0, NEITHER, SET(delete),
	 "Delete the interface named by -i, and exit"},
	{"--persist", 0, NULL, 0, INTERFACE, SET(persist),
	 "Keep the interface after serialtun has ended"},
	{"--owner", 0, "USER", 0, INTERFACE, NAME(owner),
	 "User who may attach without privilege [you]"},
	{"--group", 0, "GROUP", 0, INTERFACE, NAME(group),
	 "Group whose members may attach without privilege"},

	{.doc = "Privileges:"},
	{"--user", 0, "NAME", 0, LINE, NAME(user),
	 "Run as this user once everything is set up"},
	{"--no-sandbox", 0, NULL, 0, LINE, SET(no_sandbox),
	 "Leave all system calls to the process"},

	{.doc = "Output:"},
	{"--stats", 0, "SEC", 0, LINE, NUMBER(stats_s, 1, STATS_S_MAX),
	 "Print statistics every SEC seconds"},
	{"--stats-json", 0, "FILE", 0, LINE, NAME(stats_json),
	 "Write statistics to FILE, as JSON"},
	{"--verbose", 'v', NULL, 0, NEITHER, BY(take_verbose),
	 "Print more; twice: each dropped frame, too"},
	{"--quiet", 'q', NULL, 0, NEITHER, BY(take_quiet),
	 "Print warnings and errors only; twice: errors"},

	{.doc = last_heading},
	{"--help", 'h', NULL, 0, NEITHER, BY(take_help), "Print this help"},
	{"--usage", 0, NULL, 0, NEITHER, BY(take_usage),
	 "Print all options in a few lines"},
	{"--version", 'V', NULL, 0, NEITHER, BY(take_version),
	 "Print the version"},
};

/* The lines are laid out by hand: argp fills only those that are too long. */
static const char doc[] =
	"Make a network link of a serial cable. On both machines, type:\n\n"
	"  sudo serialtun --port /dev/ttyUSB0\n\v"
	"PORT is one of these:\n"
	"  /dev/ttyUSB0, ttyUSB0, /dev/serial/by-id/...  a serial device, or a pty\n"
	"  auto                                          the only USB adapter\n"
	"  tcp:HOST:PORT, tcp-listen:[ADDR:]PORT, unix:PATH, unix-listen:PATH,\n"
	"  udp:HOST:PORT[,LOCALPORT], pty:[LINK], - (standard input and output)\n\n"
	"Ctrl-C ends the link, removes the interface and restores the port.\n"
	"SIGUSR1 prints the counters, SIGUSR2 reopens the port. See serialtun(8).";

#define ROWS (sizeof(rows) / sizeof(*rows))

/* The key of an option for argp: its short name, or a number above them. */
static int row_key(const struct option_row *row)
{
	return row->key || !row->name ? row->key : 256 + (int)(row - rows);
}

static const struct option_row *find_row(int key)
{
	size_t i;

	if (key == '?')
		key = 'h';
	for (i = 0; i < ROWS; i++)
		if (rows[i].name && row_key(&rows[i]) == key)
			return &rows[i];
	return NULL;
}

/* Remember the first option of each subject. */
static void note_topic(struct option_check_topics *topics,
		       const struct option_row *row)
{
	if (row->about == INTERFACE && !topics->of_interface)
		topics->of_interface = row->name;
	if (row->about == LINE && !topics->of_line)
		topics->of_line = row->name;
}

/* Refuse an argument that is neither an option nor the value of one. */
static void complain_of_arg(const struct argp_state *state,
			    const struct options *options, const char *arg)
{
	const char *option = suggest_option(arg);

	if (option)
		argp_error(state,
			   "unexpected argument \"%s\" (did you mean --%s %s?)",
			   arg, option, arg);
	/* An optional value needs the equals sign. */
	if (options->login)
		argp_error(state,
			   "unexpected argument \"%s\" (did you mean "
			   "--login=%s?)",
			   arg, arg);
	argp_error(state, "unexpected argument \"%s\"", arg);
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
	if (key == ARGP_KEY_INIT)
		unknown_option_refuse(state);
	else if (key == ARGP_KEY_ARG)
		complain_of_arg(state, line->options, arg);
	else if (key == ARGP_KEY_END)
		option_check(state, line->options, &line->topics);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

/*
 * Leave out argp's note about arguments, so that the help fits on two screens.
 * argp frees what this returns.
 */
static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	if (!text || key == ARGP_KEY_HELP_DUP_ARGS_NOTE)
		return NULL;
	return strdup(text);
}

/**
 * options_parse() - parse the command line
 * @options: filled in
 * @argc:    as given to main()
 * @argv:    as given to main(); @options keeps pointers into it
 *
 * Does not return if the command line is wrong (argp's message on stderr,
 * exit status EX_USAGE, 64), or if it asked for help or the version only.
 *
 * Return: 0 or -errno, logged; -ENOMEM: argp has no memory
 */
int options_parse(struct options *options, int argc, char **argv)
{
	struct argp_option table[ROWS + 2] = {0};
	const struct argp argp = {table, parse, NULL, doc, 0, help_filter, 0};
	struct command_line line = {.options = options};
	error_t error;
	size_t i;

	for (i = 0; i < ROWS; i++)
		table[i] = (struct argp_option){
			.name = rows[i].name ? rows[i].name + strlen("--")
					     : NULL,
			.key = row_key(&rows[i]),
			.arg = rows[i].arg,
			.flags = rows[i].flags,
			.doc = rows[i].doc,
			.group = rows[i].doc == last_heading ? -1 : 0,
		};
	/* Hide -?, the short name of argp's own --help. */
	table[ROWS].key = '?';
	table[ROWS].flags = OPTION_HIDDEN;

	*options = (struct options){
		.port = {.stop_bits = 1, .low_latency = true},
		.lead = FRAMING_LEAD_AUTO,
		.vj = VJ_AUTO,
		.pair = KEYWORD_PAIR_ALL,
		.log_level = LOG_LEVEL_INFO,
	};
	error = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &line);
	if (error)
		log_error("cannot read the command line: %s", strerror(error));
	return -error;
}
