/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Check options against each other. value.c has checked each value alone.
 * option_check() runs after all options are parsed, so that their order does
 * not matter.
 *
 * The functions report an error with argp_error(), which ends the program.
 */
#include "cli/option_check.h"
#include "cli/options.h"
#include "framing/framing.h"
#include "interface/mtu.h"
#include "line/console.h"
#include "line/source.h"
#include "pair/hello.h"

#include <argp.h>
#include <string.h>
#include <sys/socket.h>

/* The limit that keeps a tagged frame within PACKET_MAX. */
#define OPTION_CHECK_MTU_MAX_TAP (PACKET_MAX - ETHERNET_TAGGED_LEN)

static const char *family_name(int family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

static size_t count_family(const struct options *options, int family)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < options->link.addr_count; i++)
		count += options->link.addrs[i].family == family;
	return count;
}

static void check_peer(const struct argp_state *state, struct options *options)
{
	const struct addr *peer = &options->link.peer;
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
	while (options->link.addrs[i].family != peer->family)
		i++;
	if (addr_same_host(peer, &options->link.addrs[i]))
		argp_error(state,
			   "--peer %s is this end's own --addr: the two ends "
			   "need different ones",
			   text);
	options->link.peer_of = &options->link.addrs[i];
}

/*
 * Refuse an address that is its prefix's network or broadcast address, and
 * propose a host address that differs from @other.
 */
static void check_host(const struct argp_state *state, const char *option,
		       const struct addr *addr, const struct addr *other)
{
	const struct addr taken[] = {*addr, *other};
	const bool is_network = addr_is_network(addr);
	char text[ADDR_TEXT_MAX];
	char first[ADDR_TEXT_MAX];
	struct addr host;

	if (!is_network && !addr_is_broadcast(addr))
		return;
	addr_neighbour(addr, taken, 2, &host);
	argp_error(state, "%s %s is %s: no host can have it (say %s %s)",
		   option, addr_format(addr, text),
		   is_network ? "a network, not an address in it"
			      : "the broadcast address of its network",
		   option, addr_format(&host, first));
}

/* The prefix of an address with a peer is not its network, so skip it. */
static void check_hosts(const struct argp_state *state,
			const struct options *options)
{
	size_t i;

	for (i = 0; i < options->link.addr_count; i++)
		if (&options->link.addrs[i] != options->link.peer_of)
			check_host(state, "--addr", &options->link.addrs[i],
				   &options->link.addrs[i]);
	if (options->link.peer_of)
		check_host(state, "--peer", &options->link.peer,
			   options->link.peer_of);
}

static void check_ipv6(const struct argp_state *state, struct options *options)
{
	char text[ADDR_TEXT_MAX];
	size_t i;

	options->link.ipv6 =
		!options->link.addr_count || count_family(options, AF_INET6);
	if (options->link.ipv6 && !options->link.bridge && options->link.mtu &&
	    options->link.mtu < MTU_IPV6_MIN)
		argp_error(
			state,
			"--mtu %u is too small for IPv6, which needs %d%s",
			options->link.mtu, MTU_IPV6_MIN,
			options->link.addr_count
				? ""
				: " (without --addr the link has IPv6 only)");
	if (options->accept_ra && !options->link.ipv6)
		argp_error(state, "--accept-ra needs an IPv6 --addr");
	for (i = 0; i < options->link.route_count; i++)
		if (options->link.routes[i].family == AF_INET6 &&
		    !options->link.ipv6)
			argp_error(state, "--route %s needs an IPv6 --addr",
				   addr_format(&options->link.routes[i], text));
}

static void check_routes(const struct argp_state *state,
			 struct options *options)
{
	int family = count_family(options, AF_INET) ? AF_INET : AF_INET6;
	size_t i;

	for (i = 0; i < options->link.route_count; i++)
		if (options->link.routes[i].family == AF_UNSPEC)
			options->link.routes[i].family = family;
	if (options->link.metric_given && !options->link.route_count &&
	    !options->link.addr_count)
		argp_error(state, "--metric needs a --route or an --addr");
}

/* Refuse serial options for a port that is neither a UART nor like one. */
static void check_serial(const struct argp_state *state,
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

	if (option && !source_kind_of(port->name)->is_serial)
		argp_error(state, "%s needs a serial port, which %s is not",
			   option, port->name);
}

static void check_framing(const struct argp_state *state,
			  struct options *options)
{
	const struct port_config *port = &options->port;
	const struct source_kind *kind = source_kind_of(port->name);
	const struct framing *framing = options->framing;

	if (!framing)
		framing = kind->framing;
	if (framing->needs_bounds && !kind->is_datagram)
		argp_error(
			state,
			"--framing %s needs a line that keeps packets apart, "
			"udp:HOST:PORT; on others use slip",
			framing->name);
	if (framing->cannot_resync && kind->loses_bytes)
		argp_error(state,
			   "--framing %s needs a line that loses nothing, such "
			   "as tcp: or unix:; on %s use %s",
			   framing->name, port->name, kind->framing->name);
	if (options->keepalive_s && !framing->idle)
		argp_error(state,
			   "--keepalive sends an END, which --framing %s %s: "
			   "use --framing slip at both ends",
			   framing->name,
			   framing->has_end ? "does not carry to the peer"
					    : "does not have");
	if (options->lead != FRAMING_LEAD_AUTO && !framing->idle)
		argp_error(state,
			   "--leading-end needs --framing slip: --framing %s "
			   "has %s",
			   framing->name,
			   framing->has_end ? "an END before each frame"
					    : "no END");
	if (options->vj == VJ_ON && !framing->idle)
		argp_error(state,
			   "--vj on needs --framing slip: --framing %s has no "
			   "compressed headers",
			   framing->name);
	if (options->pair && options->pair_given && !framing->idle)
		argp_error(state,
			   "--pair needs --framing slip: frames of --framing "
			   "%s carry no pairing",
			   framing->name);
	if (options->board_console && !framing->idle)
		argp_error(state,
			   "--board-console needs --framing slip: --framing %s "
			   "carries no console",
			   framing->name);
	if (options->board_console &&
	    strncmp(options->board_console, "pty:", strlen("pty:")) != 0)
		argp_error(state,
			   "--board-console: \"%s\" is not pty:LINK, where "
			   "LINK is a name for the terminal",
			   options->board_console);
	if (!framing->idle)
		options->pair = 0;
	if (port->flow == PORT_FLOW_XONXOFF && !framing->xonxoff)
		argp_error(state, "--flow xonxoff needs --framing slip: no "
				  "other framing escapes XON and XOFF");
	if (framing->for_ip && !options->tap)
		framing = framing->for_ip;
	options->framing =
		port->flow == PORT_FLOW_XONXOFF ? framing->xonxoff : framing;
}

/* A part of --pair has no effect without the part that it needs. */
static void check_pair(const struct argp_state *state,
		       const struct options *options)
{
	const unsigned int pair = options->pair;

	if (pair && !(pair & HELLO_CAN_CHECK))
		argp_error(state, "--pair without check is no pairing (say "
				  "check,..., or --pair=no)");
	if (pair & HELLO_CAN_INTERRUPT && !(pair & HELLO_CAN_REPEAT))
		argp_error(state, "--pair: interrupt needs repeat (say "
				  "check,repeat,interrupt, or leave interrupt "
				  "out)");
}

/* The speed of the line, fixed or to be found. */
static void check_speed(const struct argp_state *state, struct options *options)
{
	struct port_config *port = &options->port;
	const bool is_paired = options->pair & HELLO_CAN_SPEED;

	if (port->max_baud && port->baud)
		argp_error(state,
			   "--max-baud limits the speed that is found, and "
			   "--baud %u fixes it: leave one out",
			   port->baud);
	if (port->baud_auto && !source_kind_of(port->name)->is_serial)
		argp_error(state,
			   "--baud auto needs a serial port, which %s is not",
			   options->console ? "--console" : port->name);
	if (port->baud_auto && !is_paired)
		argp_error(state,
			   "--baud auto needs the pairing, which finds the "
			   "speed (leave %s out)",
			   options->pair_given ? "--pair" : "--framing");
	if (port->baud_auto && port->flow == PORT_FLOW_XONXOFF)
		argp_error(state, "--baud auto cannot be used with --flow "
				  "xonxoff: at a wrong speed bytes look like "
				  "XOFF (use --flow rtscts or none)");
	if (port->max_baud && port->max_baud < PORT_BAUD_DEFAULT)
		argp_error(state,
			   "--max-baud %u is below %d, at which the two ends "
			   "meet (say --baud %u at both ends)",
			   port->max_baud, PORT_BAUD_DEFAULT, port->max_baud);
	if (port->baud_auto && options->login)
		argp_error(state, "--baud auto cannot be used with --login: "
				  "the console at the other end keeps its "
				  "speed");
	port->tries_speeds = is_paired && !port->baud && !options->login &&
			     !options->console;
	port->listens = options->login && !port->baud;
}

static void check_line(const struct argp_state *state,
		       const struct options *options)
{
	const struct port_config *port = &options->port;
	char why[SOURCE_WHY_MAX];

	if (!source_check_name(port->name, why))
		argp_error(state, "--port: \"%s\" %s", port->name, why);
	check_serial(state, port);
	if (port->flow == PORT_FLOW_RTSCTS && port->rts != PORT_MODEM_LINE_KEEP)
		argp_error(state, "--rts cannot be used with --flow rtscts, "
				  "which controls RTS");
	if (options->wait && port->name && !strcmp(port->name, "auto"))
		argp_error(state, "--wait needs the name of a --port: --port "
				  "auto, the default, chooses among the "
				  "existing ports only");
}

/* Name the port if the user did not. */
static void choose_port(const struct argp_state *state, struct options *options)
{
	const char *name = options->port.name;

	if (options->console && name)
		argp_error(state, "--console uses its own terminal as the "
				  "port: leave --port out");
	if (name && source_kind_of(name)->is_visit)
		argp_error(state, "--port: \"%s\" is not a port: say --console",
			   name);
	options->port_implied = !name && !options->console;
	if (options->console)
		options->port.name = CONSOLE_NAME;
	else if (!name)
		options->port.name = "auto";
}

static void check_login(const struct argp_state *state,
			const struct options *options)
{
	const struct source_kind *kind = source_kind_of(options->port.name);

	if (options->password_file && !options->login)
		argp_error(state, "--password-file needs --login");
	if (!options->login)
		return;
	if (options->console)
		argp_error(state, "--login cannot be used with --console, "
				  "which is for the other end");
	if (options->board_console)
		argp_error(state, "--login cannot be used with "
				  "--board-console, which is for a board "
				  "without a login");
	if (kind->is_datagram || kind->no_reconnect)
		argp_error(state,
			   "--login needs a line with a console at its other "
			   "end, which %s has not",
			   options->port.name);
	if (!options->pair)
		argp_error(state, "--login needs a pair of serialtuns: leave "
				  "--pair=no and --framing out");
}

static void check_tap(const struct argp_state *state,
		      const struct options *options)
{
	if (options->link.mac_given && !options->tap)
		argp_error(state, "--mac needs --tap: a TUN interface has no "
				  "Ethernet address");
	if (options->link.bridge && !options->tap)
		argp_error(state, "--bridge needs --tap: a bridge takes "
				  "Ethernet frames");
	if (options->tap && options->vj == VJ_ON)
		argp_error(state, "--vj on cannot be used with --tap: it "
				  "compresses IP packets, not Ethernet frames");
	if (options->tap && options->link.mtu > OPTION_CHECK_MTU_MAX_TAP)
		argp_error(state, "--mtu %u is too large for --tap: at most %d",
			   options->link.mtu, OPTION_CHECK_MTU_MAX_TAP);
}

static void check_bridge(const struct argp_state *state,
			 struct options *options)
{
	if (!options->link.bridge)
		return;
	if (options->link.addr_count)
		argp_error(state,
			   "--addr cannot be used with --bridge: the address "
			   "belongs to the bridge (sudo ip address add ... dev "
			   "%s)",
			   options->link.bridge);
	if (options->link.route_count)
		argp_error(state,
			   "--route cannot be used with --bridge: the route "
			   "belongs to the bridge (sudo ip route add ... dev "
			   "%s)",
			   options->link.bridge);
	/* The hosts behind the bridge decide, not this one. */
	options->accept_ra = true;
}

static void check_share(const struct argp_state *state,
			const struct options *options)
{
	size_t i;

	if (options->use_dns && !options->pair)
		argp_error(state, "--use-dns needs a pairing, which tells the "
				  "name servers");
	if (options->share == OPTIONS_SHARE_NOTHING)
		return;
	if (options->use_dns)
		argp_error(state, "--use-dns is for the end that --share at "
				  "the other end leads to the internet: leave "
				  "one out");
	if (options->link.bridge)
		argp_error(state, "--share cannot be used with --bridge: the "
				  "hosts behind the bridge decide");
	for (i = 0; i < options->link.route_count; i++)
		if (!options->link.routes[i].prefix_len)
			argp_error(state,
				   "--share leads the other end to the "
				   "internet, and --route default this one: "
				   "leave one out");
	if (options->link.addr_count && !count_family(options, AF_INET))
		argp_error(state, "--share is about IPv4: give an IPv4 --addr, "
				  "too");
	if (!options->link.addr_count && !options->pair &&
	    !*options->link.interface)
		argp_error(state, "--share without a pairing needs an IPv4 "
				  "--addr");
}

static void check_persistent(const struct argp_state *state,
			     const struct options *options)
{
	const char *option = options->owner ? "--owner" : "--group";

	if ((options->owner || options->group) && !options->create &&
	    !options->persist)
		argp_error(state,
			   "%s needs --create or --persist: only a persistent "
			   "interface has an owner or a group",
			   option);
}

static void check_alone(const struct argp_state *state, const char *task,
			const char *option)
{
	if (option)
		argp_error(state, "%s, and nothing else: leave %s out", task,
			   option);
}

/*
 * Check the options of a task other than making a link. Return: is there one?
 */
static bool check_task(const struct argp_state *state,
		       const struct options *options,
		       const struct option_check_topics *topics)
{
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
			    options->create ? "--create"
					    : topics->of_interface);
		check_alone(state, "--delete removes an interface",
			    topics->of_line);
		if (!*options->link.interface)
			argp_error(state, "--delete needs --interface, the "
					  "name of the interface to remove");
		return true;
	}
	if (options->create)
		check_alone(state, "--create makes an interface",
			    topics->of_line);
	return false;
}

/**
 * option_check() - check the options against each other
 * @state:   of argp
 * @options: the parsed options, each valid alone; the function fills in the
 *           values that depend on several options: @framing, @peer_of, @ipv6,
 *           the family of default routes, @accept_ra in a bridge, and the
 *           port if the user named none
 * @topics:  the topics of the given options
 *
 * The function ends the program if the options contradict each other.
 */
void option_check(const struct argp_state *state, struct options *options,
		  const struct option_check_topics *topics)
{
	if (check_task(state, options, topics))
		return;
	if (!options->create) {
		choose_port(state, options);
		check_line(state, options);
		check_framing(state, options);
		check_pair(state, options);
		check_speed(state, options);
		check_login(state, options);
	}
	check_tap(state, options);
	check_bridge(state, options);
	check_share(state, options);
	check_persistent(state, options);
	check_routes(state, options);
	check_peer(state, options);
	check_hosts(state, options);
	check_ipv6(state, options);
}
