/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pair tells others its state, its peer and its counters.
 */
#include "clock.h"
#include "pair/meeting.h"
#include "pair/pair.h"
#include "pair/pair_squeeze.h"

/* A peer that restarts is back within this time. */
#define PAIR_GRACE_NS (3 * NS_PER_S)

/* After this time another program may have taken the peer's place. */
#define PAIR_GIVE_UP_NS (60 * NS_PER_S)

/**
 * pair_state() - Get the state
 * @pair: the pair
 *
 * Return: the state
 */
enum pair_state pair_state(const struct pair *pair)
{
	return pair->state;
}

/**
 * pair_had_any_session() - check whether there was ever a session
 * @pair: the pair
 *
 * Return: true if there was one, on this port or on an earlier one
 */
bool pair_had_any_session(const struct pair *pair)
{
	return pair->stats.sessions;
}

/**
 * pair_repeats() - check whether the session repeats lost frames
 * @pair: the pair
 *
 * Return: true if so; false if there is no session
 */
bool pair_repeats(const struct pair *pair)
{
	return pair->session.repeat;
}

/**
 * pair_is_absent() - check whether the peer is known to be away
 * @pair: the pair
 * @now_ns: the time
 *
 * The peer may be restarting, so it counts as away only after a grace. It does
 * not for long: another program may have taken its place, and one that only
 * answers would never be asked.
 *
 * Return: true if the peer of a pair fell silent or said good-bye some time
 * ago, and neither a packet nor a hello has come since
 */
bool pair_is_absent(const struct pair *pair, uint64_t now_ns)
{
	const uint64_t since_ns = now_ns - pair->absent_ns;

	return pair->absent && since_ns >= PAIR_GRACE_NS &&
	       since_ns < PAIR_GIVE_UP_NS;
}

/**
 * pair_is_given_up() - check whether an absent peer was waited for long enough
 * @pair: the pair
 * @now_ns: the time
 *
 * Return: true if pair_is_absent() was true, and is no more because of the time
 */
bool pair_is_given_up(const struct pair *pair, uint64_t now_ns)
{
	return pair->absent && now_ns - pair->absent_ns >= PAIR_GIVE_UP_NS;
}

/**
 * pair_holds() - Check whether packets have to wait
 * @pair: the pair
 *
 * Return: true while the line changes its speed, and while this end listens at
 * other speeds
 */
bool pair_holds(const struct pair *pair)
{
	if (pair->state != PAIR_PLAIN)
		return speed_holds(&pair->speed);
	return pair->speed.returns || stranger_holds(&pair->stranger);
}

/**
 * pair_is_searching() - Check whether this end searches for a peer's speed
 * @pair: the pair
 *
 * Return: true if the present speed of the port is that of no peer
 */
bool pair_is_searching(const struct pair *pair)
{
	return pair->stranger.phase != STRANGER_FOUND &&
	       pair->stranger.baud != pair->strangers.base;
}

/**
 * pair_quiet_until() - get the time until which packets wait for the pair
 * @pair: the pair
 *
 * The first hello goes before the first packet: a peer whose interface has no
 * carrier then turns it on before the packet is there, and can answer. And no
 * packet goes while the line changes its speed.
 *
 * Return: the time, which may have passed; UINT64_MAX: not known yet
 */
uint64_t pair_quiet_until(const struct pair *pair)
{
	if (pair_holds(pair))
		return UINT64_MAX;
	return seek_first_ns(&pair->seek);
}

/**
 * pair_peer() - Get the last hello
 * @pair: the pair
 *
 * Return: the last hello that this end received; its id is 0 if there is none
 */
const struct hello *pair_peer(const struct pair *pair)
{
	return &pair->peer;
}

/**
 * pair_peer_agree() - Get the peer's description of its host
 * @pair: the pair
 *
 * Return: the description, valid until the session ends; NULL: none came yet
 */
const struct agree *pair_peer_agree(const struct pair *pair)
{
	return pair->session.has_agree ? &pair->session.agree : NULL;
}

/**
 * pair_id() - Get this end's id
 * @pair: the pair
 *
 * Return: the id, which changes when a session ends
 */
uint64_t pair_id(const struct pair *pair)
{
	return pair->id;
}

/**
 * pair_is_own_id() - Check whether an id is this end's
 * @pair: the pair
 * @id:   the id of a hello
 *
 * Return: true if it is, or was lately: the hello is an echo
 */
bool pair_is_own_id(const struct pair *pair, uint64_t id)
{
	size_t i;

	for (i = 0; i < PAIR_OWN_IDS; i++)
		if (pair->own_ids[i] == id)
			return true;
	return false;
}

/**
 * pair_is_looped() - Check whether this end hears itself
 * @pair:   the pair
 * @now_ns: the current time
 *
 * Return: true for a second after an own hello or an own frame came back
 */
bool pair_is_looped(const struct pair *pair, uint64_t now_ns)
{
	return now_ns < pair->looped_until_ns;
}

/**
 * pair_get_stats() - Get the state and the counters
 * @pair:  the pair
 * @stats: filled in
 */
void pair_get_stats(const struct pair *pair, struct pair_stats *stats)
{
	const struct pair_session *session = &pair->session;

	*stats = pair->stats;
	stats->state = pair->state;
	stats->since_ns = pair->since_ns;
	stats->heard = session->heard;
	stats->heard.overruns = pair->overruns;
	stats->theirs = session->theirs;
	stats->missing = session->missing;
	stats->repeats = session->repeat;
	if (pair->repeat)
		repeat_get_stats(pair->repeat, &stats->repeat);
	stats->compresses = session->squeeze[LANE_BULK];
	pair_squeeze_get_stats(pair, &stats->squeeze);
	stats->twice += stats->repeat.twice;
	stats->rtt_ns = session->probe.rtt_ns;
	stats->rtt_min_ns = session->probe.rtt_min_ns;
	stats->speed = pair->speed.stats;
	stats->speed.baud = pair->speed.baud;
	stats->speed.base = pair->speed.config.base;
}
