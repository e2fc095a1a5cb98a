/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The message of each symptom: what the counters show, and the remedies that a
 * user can try. Pure.
 */
#include "report/symptom_text.h"
#include "interface/addr.h"
#include "pump/census.h"
#include "pump/stats.h"
#include "pump/witness.h"
#include "text.h"

#include <string.h>

/*
 * @text:  the message; %s is the subject
 * @other: the message for a port without a cable; NULL: the same
 */
static const struct {
	const char *text;
	const char *other;
} rows[SYMPTOM_COUNT] = {
	[SYMPTOM_REFUSED] =
		{"the other host refuses the packets (no program listens on "
		 "that port: is the other end running, is the port right?)",
		 NULL},
	[SYMPTOM_NOTHING] =
		{"nothing has arrived yet, although packets were sent%s (do both "
		 "ends have the same --baud? Are RX and TX crossed, is the "
		 "ground connected? Are there messages at the other end? Are "
		 "both addresses in one network?)",
		 "nothing has arrived yet, although packets were sent%s (does "
		 "serialtun listen there? Are there messages at the other end? "
		 "Are both addresses in one network?)"},
	[SYMPTOM_ECHO] =
		{"the line returns this end's own packets, so sending waits "
		 "for a packet from the peer (is there a loopback plug, or are "
		 "RX and TX of this end connected? If a login prompt echoes "
		 "the packets, start serialtun at the other end)",
		 "the line returns this end's own packets, so sending waits "
		 "for a packet from the peer (a program echoes the packets: "
		 "start serialtun at the other end)"},
	[SYMPTOM_PPP] =
		{"the other end speaks PPP, not SLIP (run pppd at this end too, "
		 "or serialtun at the other)",
		 NULL},
	[SYMPTOM_CSLIP] =
		{"the other end compresses headers, so TCP does not get "
		 "through (it speaks CSLIP: leave out --vj off; or, with "
		 "slattach, give it -p slip)",
		 NULL},
	[SYMPTOM_TELNET] =
		{"the port speaks telnet, which changes the data (use the raw "
		 "port of that server; with ser2net, set accepter: tcp instead "
		 "of telnet)",
		 NULL},
	[SYMPTOM_XONXOFF] =
		{"the other end uses --flow xonxoff, and this one does not "
		 "(give it to both, or to neither)",
		 NULL},
	[SYMPTOM_INFO] =
		{"the other end puts packet information in front of each "
		 "packet (it has to open its TUN interface with IFF_NO_PI)",
		 NULL},
	[SYMPTOM_KISS] =
		{"the other end speaks KISS, as packet radio does, not SLIP "
		 "(give --framing kiss at this end)",
		 NULL},
	[SYMPTOM_SLIP] =
		{"the other end speaks SLIP, not KISS (leave --framing kiss "
		 "out at this end, or give it at the other too)",
		 NULL},
	[SYMPTOM_ETHERNET] =
		{"the other end sends Ethernet frames, not IP packets (give "
		 "--tap at this end; or, with Zephyr, set CONFIG_SLIP_TAP=n "
		 "there)",
		 NULL},
	[SYMPTOM_IP] =
		{"the other end sends IP packets, not Ethernet frames (leave "
		 "--tap out at this end, or give it at the other too)",
		 NULL},
	[SYMPTOM_TEXT] =
		{"text arrives, not packets (is there a login prompt or the "
		 "kernel's console on the other end's port? Is serialtun "
		 "running there?)",
		 NULL},
	[SYMPTOM_SEVEN_BITS] =
		{"the eighth bit of every byte is missing, so no END arrives "
		 "(set 8 data bits and no parity at the other end and on all "
		 "devices between)",
		 NULL},
	[SYMPTOM_IPV6] =
		{"the other end sends nothing but IPv6, and this end has IPv4 "
		 "alone (give the other end an IPv4 --addr, or this one an "
		 "IPv6 --addr as well)",
		 NULL},
	[SYMPTOM_GARBAGE] =
		{"bytes arrive, but not one IP packet (do both ends have the "
		 "same --baud? Does the other end speak SLIP?)",
		 "bytes arrive, but not one IP packet (do both ends have the "
		 "same --framing? Most programs speak slip)"},
	[SYMPTOM_WHISPER] =
		{"a few bytes arrive, but not one packet (do both ends have "
		 "the same --baud? Are there messages at the other end? Are "
		 "both addresses in one network?)",
		 "a few bytes arrive, but not one packet (do both ends have "
		 "the same --framing? Are there messages at the other end? Are "
		 "both addresses in one network?)"},
	[SYMPTOM_SAME_ADDRESS] =
		{"packets arrive from %s, which is this end's own address "
		 "(give the other end another --addr of the same network)",
		 NULL},
	[SYMPTOM_NOT_OURS] =
		{"packets arrive for %s, which is no address of this end (give "
		 "this end --addr %s, or tell the other end the right one)",
		 NULL},
	[SYMPTOM_UNKNOWN_NETWORK] =
		{"packets arrive from %s, whose network this end does not know "
		 "(give both ends an --addr of one network, or this end "
		 "--route %s)",
		 NULL},
	[SYMPTOM_DAMAGED] =
		{"more than one frame of ten arrives damaged (is there noise, "
		 "or are bytes lost? A shorter or shielded cable, a lower "
		 "--baud, or --flow rtscts at both ends helps, and a smaller "
		 "--mtu)",
		 "more than one frame of ten arrives damaged (something between "
		 "the ends loses or changes bytes: is there a serial line "
		 "without flow control?)"},
	[SYMPTOM_MISSING] =
		{"the bytes %s never arrive, and frames are damaged (a device "
		 "between the ends removes them: switch off its flow control "
		 "and its escape characters; for 11 and 13, --flow xonxoff at "
		 "both ends also helps)",
		 NULL},
	[SYMPTOM_BAD_SUMS] =
		{"packets arrive with a wrong checksum of TCP, UDP or ICMP "
		 "(noise that SLIP cannot detect: use a lower --baud, or a "
		 "better cable)",
		 "packets arrive with a wrong checksum of TCP, UDP or ICMP "
		 "(something between the ends changes bytes, or the other end "
		 "leaves its checksums to absent hardware)"},
	[SYMPTOM_BAUD] =
		{"packets wait in the pty, where no urgent packet can overtake "
		 "them (give the speed of the wire with --baud: serialtun then "
		 "queues the packets)",
		 NULL},
	[SYMPTOM_FRAMING] =
		{"framing errors (do both ends have the same --baud, --parity "
		 "and --stop-bits?)",
		 NULL},
	[SYMPTOM_BREAKS] =
		{"breaks arrive instead of bytes (do both ends have the same "
		 "--baud? A slower peer looks like this)",
		 NULL},
	[SYMPTOM_PARITY] =
		{"parity errors (do both ends have the same --parity? Or there "
		 "is noise on the line)",
		 NULL},
	[SYMPTOM_OVERRUN] =
		{"bytes were lost: they arrived faster than this host read "
		 "them (wire RTS and CTS, and use --flow rtscts on both ends)",
		 NULL},
};

/* The message where a radio is behind the port; NULL: the same. */
static const char *radio_text(enum symptom symptom)
{
	switch (symptom) {
	case SYMPTOM_NOTHING:
		return "nothing has arrived yet, although packets were sent (is "
		       "the modem in KISS mode, with this --baud? Is the other "
		       "station on the air? Are both addresses in one network?)";
	case SYMPTOM_TEXT:
		return "text arrives, not packets (is the modem in KISS mode? "
		       "In a terminal program, type KISS ON and RESTART)";
	case SYMPTOM_GARBAGE:
	case SYMPTOM_WHISPER:
		return "frames arrive, but not one IP packet (do all come from "
		       "other stations? Does the modem have this --baud? The "
		       "other end has to run serialtun --framing kiss, or "
		       "tncattach)";
	default:
		return NULL;
	}
}

/* Return: the text that replaces %s in the message. */
static const char *find_subject(enum symptom symptom, const struct stats *stats,
				char text[SYMPTOM_TEXT_MAX])
{
	switch (symptom) {
	case SYMPTOM_NOTHING:
		return stats->has_pair ? ", and hellos to a serialtun" : "";
	case SYMPTOM_MISSING:
		return census_format(&stats->census, text);
	case SYMPTOM_SAME_ADDRESS:
	case SYMPTOM_NOT_OURS:
	case SYMPTOM_UNKNOWN_NETWORK:
		return addr_format_host(&stats->witness->addr, text);
	default:
		return "";
	}
}

/**
 * symptom_text() - format the message of a symptom
 * @symptom: the symptom, not SYMPTOM_NONE
 * @view:    the line that shows it
 * @text:    filled in
 *
 * Return: @text, to be printed behind the name of the port
 */
const char *symptom_text(enum symptom symptom, const struct symptom_view *view,
			 char text[SYMPTOM_TEXT_MAX])
{
	char subject[SYMPTOM_TEXT_MAX];
	const char *about = find_subject(symptom, view->stats, subject);
	const char *from = rows[symptom].text;
	const char *mark;

	if (!view->is_serial && rows[symptom].other)
		from = rows[symptom].other;
	if (view->is_radio && radio_text(symptom))
		from = radio_text(symptom);
	*text = '\0';
	while ((mark = strstr(from, "%s"))) {
		text_append(text, SYMPTOM_TEXT_MAX, "%.*s%s",
			    (int)(mark - from), from, about);
		from = mark + 2;
	}
	text_append(text, SYMPTOM_TEXT_MAX, "%s", from);
	return text;
}
