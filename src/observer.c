/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The observer watches a running link and reports to the user: the first packet
 * of the peer, a silent peer, a stalled port, a route that leads the line's own
 * packets into the link, a login at the other end, and faults that the counters
 * show (report/symptom).
 *
 * The observer only reads the state of other modules, with two exceptions: it
 * cancels an XOFF that stops the port, because noise may look like an XOFF, and
 * it gives a TAP interface the address that a board tells.
 */
#include "observer.h"
#include "clock.h"
#include "interface/tun.h"
#include "line/line.h"
#include "line/source.h"
#include "log.h"
#include "pair/pair.h"
#include "pairing.h"
#include "port/port.h"
#include "pump/chatter.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/witness.h"
#include "report/pair_news.h"
#include "report/symptom_text.h"
#include "sharing.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

/*
 * The observer waits this long after the first packet before it reports the
 * peer. If the peer is a serialtun, the pairing reports more details meanwhile.
 */
#define OBSERVER_PEER_NS (500 * NS_PER_MS)

/* How often the observer checks the counters. */
#define OBSERVER_CHECK_NS (2 * NS_PER_S)

/**
 * observer_init() - observe a link
 * @observer: filled in
 * @config:   the link; copied
 */
void observer_init(struct observer *observer,
		   const struct observer_config *config)
{
	*observer = (struct observer){
		.config = *config,
		.check_ns = UINT64_MAX,
		.first_ns = UINT64_MAX,
	};
}

/* Seconds without progress that make a stall. */
static unsigned int stall_s(const struct observer *observer)
{
	return observer->config.is_radio ? STALL_RADIO_S : STALL_S;
}

/**
 * observer_begin_port() - a port was opened
 * @observer: the observer
 * @now_ns:   the time
 */
void observer_begin_port(struct observer *observer, uint64_t now_ns)
{
	const struct port *port = line_port(observer->config.line);

	observer->first_ns = UINT64_MAX;
	observer->check_ns = now_ns + OBSERVER_CHECK_NS;
	/* The line has already reported packets that it lost without a port. */
	observer->own_before =
		pump_stats(observer->config.pump)
			->to_line.dropped[STATS_DROP_OWN_TRANSPORT];
	stall_start(&observer->stall, stall_s(observer), port->rate,
		    port->kind->queue_slack, now_ns);
}

/*
 * Warn only once while the carrier stays on: a peer that only answers requests
 * is silent whenever this host sends none.
 */
static void report_silence(struct observer *observer)
{
	const bool has_carrier = pump_has_carrier(observer->config.pump);
	const struct pair *pair = pairing_pair(observer->config.pairing);

	if ((has_carrier && observer->silence_told) ||
	    (pair && pair_is_absent(pair, clock_ns())))
		return;
	observer->silence_told = true;
	log_warning("%s: no data from the peer for %u s%s",
		    line_name(observer->config.line),
		    3 * observer->config.keepalive_s,
		    has_carrier ? "" : ", carrier off until it sends");
}

/* Warn of a stalled port, and cancel an XOFF, which may have been noise. */
static void check_flow(struct observer *observer, const struct stats *stats,
		       uint64_t now_ns)
{
	const bool is_serial = line_kind(observer->config.line)->is_serial;
	const enum port_flow flow = observer->config.flow;
	struct port *port = line_port(observer->config.line);
	const uint64_t sent = stats->to_line.line_bytes - port_queued(port);

	if (!stall_look(&observer->stall, sent,
			pump_is_stuck(observer->config.pump), now_ns))
		return;
	if (stall_is_news(&observer->stall))
		log_warning("%s has sent nothing for %u s (%s)",
			    line_name(observer->config.line), stall_s(observer),
			    stall_text(flow, is_serial));
	if (flow == PORT_FLOW_XONXOFF)
		port_resume(port);
}

/* Warn once of a route that leads the line's own packets into the link. */
static void check_own_packets(struct observer *observer,
			      const struct stats *stats)
{
	const uint64_t lost = stats->to_line.dropped[STATS_DROP_OWN_TRANSPORT];

	if (observer->own_told || lost == observer->own_before)
		return;
	observer->own_told = true;
	log_warning("%s: a route sends the line's own packets into %s, so none "
		    "reaches the peer (find the route with \"ip route\"; "
		    "remove it, or give the peer's host a route of its own)",
		    line_name(observer->config.line),
		    observer->config.tun->name);
}

/* Choose an address for this end, in the peer's network with a prefix of 24. */
static const char *propose_address(const struct addr *peer,
				   char text[ADDR_TEXT_MAX])
{
	struct addr network = *peer;
	struct addr host;

	network.prefix_len = 24;
	if (!addr_neighbour(&network, &network, 1, &host))
		return "ADDR/24";
	host.prefix_len = network.prefix_len;
	return addr_format(&host, text);
}

/* Report a peer that does not pair, or has not sent a hello yet. */
static void report_plain_peer(struct observer *observer)
{
	const struct addr *from = &observer->first;
	const struct pairing *pairing = observer->config.pairing;
	char own[ADDR_TEXT_MAX];
	char text[ADDR_TEXT_MAX];

	/* Do not report the same peer again after each loss of the line. */
	if (observer->peer_told && addr_same_host(from, &observer->peer))
		return;
	if (pairing && !observer->peer_told)
		sharing_tell_commands(observer->config.sharing);
	observer->peer_told = true;
	observer->peer = *from;
	if (from->family == AF_UNSPEC)
		log_info("%s: the peer is there",
			 line_name(observer->config.line));
	else if (from->family == AF_INET && pairing_takes_address(pairing) &&
		 !pairing_has_address(pairing))
		log_warning("%s: the peer is there: %s, but does not pair, so "
			    "this end has no IPv4 address (give it one, as "
			    "with --addr %s)",
			    line_name(observer->config.line),
			    addr_format_host(from, text),
			    propose_address(from, own));
	else
		log_info("%s: the peer is there: %s",
			 line_name(observer->config.line),
			 addr_format_host(from, text));
}

/* Does the line return our own packets? */
static bool is_echo(const struct observer *observer)
{
	return pump_stats(observer->config.pump)->witness->verdict ==
	       WITNESS_ECHO;
}

/* Report the peer after the first packet from a port. */
static void report_peer(struct observer *observer, uint64_t now_ns)
{
	const struct pair *pair = pairing_pair(observer->config.pairing);

	if (pump_take_first(observer->config.pump, &observer->first)) {
		observer->held_told = false;
		observer->first_ns = now_ns + (pair ? OBSERVER_PEER_NS : 0);
	}
	/* The pairing reports a serialtun, and a looped line. */
	if (pair &&
	    (pair_state(pair) != PAIR_PLAIN ||
	     pair_news_told_loop(pairing_news(observer->config.pairing))))
		observer->first_ns = UINT64_MAX;
	if (now_ns < observer->first_ns)
		return;
	observer->first_ns = UINT64_MAX;
	/* check_counters() reports an echo. */
	if (!is_echo(observer))
		report_plain_peer(observer);
}

/* Warn that the sender waits, because a shell would execute the packets. */
static void check_held(struct observer *observer, const struct stats *stats)
{
	if (observer->held_told || !pump_is_held(observer->config.pump) ||
	    stats->witness->verdict == WITNESS_ECHO)
		return;
	observer->held_told = true;
	log_warning("%s: a login or a shell is at the other end and would "
		    "execute packets as commands: sending waits until a packet "
		    "comes from there (end the login and start serialtun "
		    "there; then ping from there, or start again here)",
		    line_name(observer->config.line));
}

/* Tell once that the peer speaks CSLIP, and that this end answers in it. */
static void report_vj(struct observer *observer, const struct stats *stats)
{
	if (observer->vj_told || !stats->vj.heard)
		return;
	observer->vj_told = true;
	log_info("%s: the peer compresses TCP headers (CSLIP), and so does "
		 "this end",
		 line_name(observer->config.line));
}

/* Has check_held() or the pairing already reported the cause of a symptom? */
static bool is_explained(const struct observer *observer, enum symptom symptom)
{
	const struct pair_news *news = pairing_news(observer->config.pairing);

	switch (symptom) {
	case SYMPTOM_TEXT:
		return observer->held_told;
	case SYMPTOM_ECHO:
		return pair_news_told_loop(news) || pair_news_told_crowd(news);
	case SYMPTOM_DAMAGED:
	case SYMPTOM_MISSING:
		return pair_news_told_crowd(news);
	case SYMPTOM_SAME_ADDRESS:
	case SYMPTOM_UNKNOWN_NETWORK:
		return pair_news_told_addresses(news);
	default:
		return false;
	}
}

/* Check the counters, every OBSERVER_CHECK_NS, and warn of symptoms. */
static void check_counters(struct observer *observer, uint64_t now_ns)
{
	struct symptom_view view = {
		.is_serial = line_kind(observer->config.line)->is_serial,
		.is_radio = observer->config.is_radio,
		.rate = line_port(observer->config.line)->rate,
	};
	char text[SYMPTOM_TEXT_MAX];
	enum symptom symptom;

	if (now_ns < observer->check_ns)
		return;
	observer->check_ns = now_ns + OBSERVER_CHECK_NS;
	view.stats = pump_stats(observer->config.pump);
	check_held(observer, view.stats);
	report_vj(observer, view.stats);
	symptom = symptoms_look(&observer->symptoms, &view, now_ns);
	if (symptom != SYMPTOM_NONE && !is_explained(observer, symptom))
		log_warning("%s: %s", line_name(observer->config.line),
			    symptom_text(symptom, &view, text));
	check_own_packets(observer, view.stats);
	check_flow(observer, view.stats, now_ns);
}

/* Print the text of a board. */
static void print_board(struct observer *observer, uint64_t now_ns)
{
	char text[CHATTER_TEXT_MAX];
	uint64_t lost;

	while (chatter_take_line(observer->config.chatter, text, &lost,
				 now_ns)) {
		log_info("%s: board: %s", line_name(observer->config.line),
			 text);
		if (lost)
			log_info("%s: board: (%" PRIu64 " more lines, too fast "
				 "to print)",
				 line_name(observer->config.line), lost);
	}
}

/* Report the first question for a prefix. */
static void report_question(struct observer *observer)
{
	const struct chatter *chatter = observer->config.chatter;
	struct addr prefix = {.family = AF_INET6, .prefix_len = 64};
	char text[ADDR_TEXT_MAX];

	if (!chatter->has_asked || observer->board_told)
		return;
	observer->board_told = true;
	if (!chatter->prefix) {
		log_warning("%s: the board asks for an IPv6 prefix, and this "
			    "end has none (give it an address, as with --addr "
			    "fd00::1/64)",
			    line_name(observer->config.line));
		return;
	}
	memcpy(prefix.bytes, chatter->prefix, BOARD_PREFIX_LEN);
	log_info("%s: the board asks for its prefix and gets %s",
		 line_name(observer->config.line), addr_format(&prefix, text));
}

/* Report the first message of CoAP. */
static void report_coap(struct observer *observer)
{
	if (!observer->config.chatter->has_coap || observer->coap_told)
		return;
	observer->coap_told = true;
	log_info("%s: the board sends CoAP beside IP (slipmux), which is "
		 "counted and goes no further",
		 line_name(observer->config.line));
}

/* Give a TAP interface the address that a board tells, as tunslip6 does. */
static void take_mac(struct observer *observer)
{
	const struct tun *tun = observer->config.tun;
	uint8_t mac[BOARD_MAC_LEN];

	if (!chatter_take_mac(observer->config.chatter, mac) ||
	    !observer->config.takes_mac)
		return;
	observer->config.takes_mac = false;
	if (!tun_set_mac(tun, mac))
		log_info("%s: the board gives it the Ethernet address "
			 "%02x:%02x:%02x:%02x:%02x:%02x",
			 tun->name, mac[0], mac[1], mac[2], mac[3], mac[4],
			 mac[5]);
}

static void report_board(struct observer *observer, uint64_t now_ns)
{
	print_board(observer, now_ns);
	report_question(observer);
	report_coap(observer);
	take_mac(observer);
}

/**
 * observer_look() - report news to the user
 * @observer: the observer, while there is a port
 * @now_ns:   the time
 *
 * Call it after each turn of the pump.
 */
void observer_look(struct observer *observer, uint64_t now_ns)
{
	report_peer(observer, now_ns);
	if (pump_take_silence(observer->config.pump))
		report_silence(observer);
	check_counters(observer, now_ns);
	if (chatter_has_news(observer->config.chatter))
		report_board(observer, now_ns);
}

/**
 * observer_next_ns() - time of the next observer_look() without an event
 * @observer: the observer
 *
 * Return: the time; UINT64_MAX: none
 */
uint64_t observer_next_ns(const struct observer *observer)
{
	return clock_earlier(observer->check_ns, observer->first_ns);
}
