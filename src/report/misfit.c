/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sentences about two ends that do not fit, each with the remedy. Both ends
 * print one, where both can know.
 *
 * Pure.
 */
#include "report/misfit.h"
#include "interface/addr.h"
#include "pair/agree.h"
#include "pair/pair.h"
#include "text.h"

/**
 * misfit_event_text() - why two ends do not pair, with the remedy
 * @event: the reason, PAIR_EVENT_LOOPED or one behind it
 * @tap:   this end carries Ethernet frames
 *
 * Return: a sentence without a name in front
 */
const char *misfit_event_text(enum pair_event event, bool tap)
{
	switch (event) {
	case PAIR_EVENT_LOOPED:
		return "what this end sends comes back, so there is no pairing "
		       "(are RX and TX of this end connected, or is it a bus "
		       "with an echo, as RS-485? If a login prompt echoes it, "
		       "start serialtun at the other end)";
	case PAIR_EVENT_CROWD:
		return "there are three serialtuns on this line, so there is "
		       "no pairing for a minute (connect two only)";
	case PAIR_EVENT_VERSION:
		return "the serialtun at the other end speaks another version "
		       "of the pairing, so there is none (install the same "
		       "release at both ends)";
	case PAIR_EVENT_KIND:
		return tap ? "the serialtun at the other end carries IP "
			     "packets, this one Ethernet frames: no packet "
			     "crosses (start both ends with --tap, or neither)"
			   : "the serialtun at the other end carries Ethernet "
			     "frames, this one IP packets: no packet crosses "
			     "(start both ends with --tap, or neither)";
	case PAIR_EVENT_FLOW:
		return "only one end uses --flow xonxoff, so frames with XON "
		       "or XOFF are lost (start both ends with it, or "
		       "neither)";
	case PAIR_EVENT_CHECK:
		return "the serialtun at the other end does without the frame "
		       "check, so there is no pairing (start it without "
		       "--pair)";
	default:
		return "this end hears a serialtun that does not hear this end "
		       "(is TX of this end connected to RX of the other?)";
	}
}

/**
 * misfit_problem_text() - why two that are paired have no good link
 * @problem: the problem
 * @own:     the description of this host
 * @peer:    the description of the peer
 * @name:    the peer's name
 * @text:    filled in
 *
 * Return: @text, a sentence without a name in front
 */
const char *misfit_problem_text(enum agree_problem problem,
				const struct agree *own,
				const struct agree *peer, const char *name,
				char text[MISFIT_TEXT_MAX])
{
	char here[ADDR_TEXT_MAX] = "";
	char there[ADDR_TEXT_MAX] = "";

	*text = '\0';
	if (own->addr.family)
		addr_format(&own->addr, here);
	if (peer->addr.family)
		addr_format(&peer->addr, there);
	switch (problem) {
	case AGREE_SAME_ADDR:
		text_append(text, MISFIT_TEXT_MAX,
			    "both ends have the address %s: no packet "
			    "crosses (give one end another --addr, or none)",
			    here);
		break;
	case AGREE_APART:
		text_append(text, MISFIT_TEXT_MAX,
			    "%s here and %s at %s are not in each other's "
			    "network (give both ends addresses of one network, "
			    "or one end no --addr)",
			    here, there, name);
		break;
	case AGREE_NOT_PEER:
		text_append(text, MISFIT_TEXT_MAX,
			    "--peer names another address than the other "
			    "end has: %s here, %s at %s (give --peer the "
			    "other end's address, at both ends)",
			    here, there, name);
		break;
	case AGREE_REFUSED:
		text_append(text, MISFIT_TEXT_MAX,
			    "no address is taken from %s: %s is not a "
			    "private address with a prefix of 24 or more (give "
			    "both ends an --addr)",
			    name, peer->addr.family ? there : here);
		break;
	case AGREE_NO_POOL:
		text_append(text, MISFIT_TEXT_MAX,
			    "no network is free at both ends, so the link "
			    "has IPv6 link-local addresses only (give both "
			    "ends an --addr)");
		break;
	case AGREE_MTU:
		text_append(text, MISFIT_TEXT_MAX,
			    "the MTU is %u here and %u at %s (give both "
			    "ends the same --mtu, as --mtu %u)",
			    own->mtu, peer->mtu, name,
			    own->mtu < peer->mtu ? own->mtu : peer->mtu);
		break;
	}
	return text;
}
