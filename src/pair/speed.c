/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The speed of the line: two ends search for the highest one that their ports
 * and the cable carry cleanly. The end with the higher id leads. It chooses the
 * speeds (ladder.c) and tries them one by one (attempt.c).
 *
 * Any speed but the base speed is a lease (lease.c). So whatever message was
 * lost and whichever end was restarted, both meet at the base speed again.
 *
 * A lease that ends soon after a change makes the speed a suspect. If then the
 * peer has the same run, this end takes no such speed any more on this port.
 * When a speed damages many frames at either end, the leader announces a lower.
 *
 * speed is pure: time is an argument, and the caller sets the port.
 */
#include "pair/speed.h"
#include "clock.h"

/* The pauses before attempts, in which packets cross the line. */
#define SPEED_FIRST_NS	(100 * NS_PER_MS)
#define SPEED_PAUSE_NS	(300 * NS_PER_MS)
#define SPEED_FAILED_NS (1 * NS_PER_S)
#define SPEED_LATER_NS	(20 * NS_PER_S)

/* An end takes part in this many attempts, so that a stranger costs little. */
#define SPEED_IN_MINUTE 24
#define SPEED_MINUTE_NS (60 * NS_PER_S)

/* A lease that ends this soon after a change makes the speed a suspect. */
#define SPEED_SUSPECT_NS (3 * NS_PER_S)

/* A search repeats this many attempts whose failure is unclear. */
#define SPEED_UNCLEAR_MAX 2

/* The ends go down a step this often, and then to the base speed. */
#define SPEED_STEPS_MAX 2

/* The follower reports a speed that has not changed for this long. */
#define SPEED_SETTLED_NS (2500 * NS_PER_MS)

/**
 * speed_open() - Start on a newly opened port
 * @speed:  the state; needs no other initialization
 * @config: what the port can do, copied
 */
void speed_open(struct speed *speed, const struct speed_config *config)
{
	*speed = (struct speed){
		.config = *config,
		.cap = UINT32_MAX,
		.baud = config->base,
	};
	speed_forget(speed);
}

/**
 * speed_begin() - Begin a session
 * @speed:   the state
 * @is_used: both ends change their speed
 * @leads:   this end leads
 */
void speed_begin(struct speed *speed, bool is_used, bool leads)
{
	speed->is_used = is_used && speed->config.count;
	speed->leads = leads;
	if (speed->is_used)
		speed->stats.stop = leads ? SPEED_STOP_NONE : SPEED_STOP_PEER;
}

static bool is_base(const struct speed *speed)
{
	return speed->baud == speed->config.base;
}

/**
 * speed_forget() - Forget the session, and return to the base speed
 * @speed: the state
 */
void speed_forget(struct speed *speed)
{
	speed->returns = !is_base(speed);
	speed->is_used = false;
	speed->leads = false;
	speed->has_ladder = false;
	speed->next_ns = UINT64_MAX;
	speed->told = speed->config.base;
	speed->tell_ns = UINT64_MAX;
	speed->stats.stop = SPEED_STOP_FIXED;
	lease_end(&speed->lease);
	attempt_forget(&speed->attempt);
}

/* The time that the longest frame takes at the present speed. */
static uint64_t packet_ns(const struct speed *speed)
{
	return speed->baud ? speed->config.packet_ns * speed->config.base /
				     speed->baud
			   : speed->config.packet_ns;
}

static bool can_take(const struct speed *speed, uint32_t baud)
{
	size_t i;

	for (i = 0; i < speed->config.count; i++)
		if (speed->config.speeds[i] == baud)
			return baud <= speed->cap;
	return baud == speed->config.base;
}

/* Count an attempt. Return: false if there were too many. */
static bool count_attempt(struct speed *speed, uint64_t now_ns)
{
	if (!speed->in_minute || now_ns - speed->minute_ns >= SPEED_MINUTE_NS) {
		speed->minute_ns = now_ns;
		speed->in_minute = 0;
	}
	if (speed->in_minute >= SPEED_IN_MINUTE)
		return false;
	speed->in_minute++;
	speed->stats.attempts++;
	return true;
}

/* Leader: plan the next attempt, or end the search. */
static void plan_next(struct speed *speed, uint64_t pause_ns, uint64_t now_ns)
{
	speed->next_ns = now_ns + pause_ns;
	if (ladder_next(&speed->ladder))
		return;
	speed->next_ns = UINT64_MAX;
	speed->tell_ns = now_ns;
	speed->stats.stop = ladder_has_failed(&speed->ladder)
				    ? SPEED_STOP_FAILED
				    : SPEED_STOP_TOP;
}

/**
 * speed_hear_agree() - Note the speeds of the peer's port
 * @speed:  the state
 * @speeds: the speeds
 * @count:  number of them
 * @run:    the number of the peer's run
 * @now_ns: the current time
 */
void speed_hear_agree(struct speed *speed, const uint32_t *speeds, size_t count,
		      uint32_t run, uint64_t now_ns)
{
	if (!speed->is_used)
		return;
	speed->peer_run = run;
	if (speed->suspect && speed->suspect_run == run &&
	    speed->suspect <= speed->cap)
		speed->cap = speed->suspect - 1;
	speed->suspect = 0;
	if (!speed->leads || speed->has_ladder)
		return;
	ladder_begin(&speed->ladder, speed->config.speeds, speed->config.count,
		     speeds, count, speed->config.base, speed->cap);
	speed->has_ladder = true;
	speed->unclear = 0;
	plan_next(speed, SPEED_FIRST_NS, now_ns);
}

/* Leader: begin the next attempt. */
static void try_next(struct speed *speed, uint64_t now_ns)
{
	const uint32_t baud = ladder_next(&speed->ladder);

	speed->next_ns = now_ns + SPEED_LATER_NS;
	if (count_attempt(speed, now_ns))
		attempt_lead(&speed->attempt, speed->baud, baud,
			     packet_ns(speed), true);
}

/* Leader: go down, because the line damages too many frames. */
static void step_down(struct speed *speed)
{
	uint32_t baud = 0;

	if (speed->stats.lowered < SPEED_STEPS_MAX)
		baud = ladder_lower(&speed->ladder, speed->baud);
	if (!baud)
		baud = speed->config.base;
	speed->stats.lowered++;
	speed->stats.stop = SPEED_STOP_NOISE;
	speed->next_ns = UINT64_MAX;
	speed->cap = baud;
	attempt_lead(&speed->attempt, speed->baud, baud, packet_ns(speed),
		     false);
}

/* Handle the end of an attempt. */
static void end_attempt(struct speed *speed, uint64_t now_ns)
{
	const struct attempt *attempt = &speed->attempt;
	const enum attempt_result result = attempt_take_result(&speed->attempt);
	const bool works = result == ATTEMPT_WORKS;
	uint64_t pause_ns =
		result == ATTEMPT_FAILS ? SPEED_FAILED_NS : SPEED_PAUSE_NS;

	if (result == ATTEMPT_OPEN)
		return;
	damage_begin(&speed->damage, now_ns);
	if (works)
		speed->kept_ns = now_ns;
	speed->stats.failed += !works && result != ATTEMPT_LATER;
	/* An attempt that changed nothing does not renew the lease. */
	if (is_base(speed))
		lease_end(&speed->lease);
	else if (attempt->has_changed)
		lease_begin(&speed->lease, packet_ns(speed), now_ns);
	speed->tell_ns = now_ns + SPEED_SETTLED_NS;
	if (!speed->leads || !attempt->has_test)
		return;
	if (result == ATTEMPT_LATER)
		pause_ns = SPEED_LATER_NS;
	else if (result != ATTEMPT_UNCLEAR ||
		 speed->unclear++ >= SPEED_UNCLEAR_MAX)
		ladder_note(&speed->ladder, attempt->to, works);
	plan_next(speed, pause_ns, now_ns);
}

/* Follower: refuse an attempt, for now or for ever, or complain of damage. */
static void tell(struct speed *speed, enum speed_what what, uint8_t k,
		 bool never, uint32_t baud)
{
	const struct speed_message message = {
		.what = what, .k = k, .count = never, .baud = baud};

	attempt_tell(&speed->attempt, &message);
}

/* Follower: agree to an attempt, or refuse it. */
static void hear_try(struct speed *speed, const struct speed_message *message,
		     uint64_t now_ns)
{
	struct attempt *attempt = &speed->attempt;
	const bool is_known = attempt_is_known(attempt, message);
	const bool is_free = attempt->phase == ATTEMPT_NONE && !speed->returns;

	if (speed->leads || (!is_known && !is_free))
		return;
	/* The rest of an announcement: this end has the speed. */
	if (message->count && message->baud == speed->baud)
		return;
	if (!can_take(speed, message->baud) || message->baud == speed->baud) {
		tell(speed, SPEED_WONT, message->k, true, message->baud);
		return;
	}
	if (!is_known && !message->count && !count_attempt(speed, now_ns)) {
		tell(speed, SPEED_WONT, message->k, false, message->baud);
		return;
	}
	if (message->count && !is_known) {
		speed->stats.stop = SPEED_STOP_NOISE;
		speed->stats.lowered++;
		speed->cap = message->baud;
	}
	attempt_follow(attempt, speed->baud, message, packet_ns(speed), now_ns);
}

/**
 * speed_hear() - Handle a message of the peer
 * @speed:   the state
 * @message: the message
 * @now_ns:  the current time
 */
void speed_hear(struct speed *speed, const struct speed_message *message,
		uint64_t now_ns)
{
	if (!speed->is_used)
		return;
	if (message->what == SPEED_TRY)
		hear_try(speed, message, now_ns);
	else if (message->what != SPEED_POOR)
		attempt_hear(&speed->attempt, message, now_ns);
	else if (speed->leads && !speed_holds(speed) && !is_base(speed) &&
		 message->baud == speed->baud)
		step_down(speed);
	end_attempt(speed, now_ns);
}

/* Count a frame, and act if too many are damaged. */
static void count_frame(struct speed *speed, bool is_bad, uint64_t now_ns)
{
	if (speed_holds(speed) || is_base(speed) ||
	    !damage_add(&speed->damage, is_bad, speed->stats.lowered, now_ns))
		return;
	if (speed->leads)
		step_down(speed);
	else
		tell(speed, SPEED_POOR, speed->attempt.k, false, speed->baud);
}

/**
 * speed_good() - Note a frame that passed its check
 * @speed:  the state
 * @now_ns: the current time
 */
void speed_good(struct speed *speed, uint64_t now_ns)
{
	lease_good(&speed->lease, now_ns);
	attempt_good(&speed->attempt);
	end_attempt(speed, now_ns);
	count_frame(speed, false, now_ns);
}

/**
 * speed_failed() - Note a frame that failed its check
 * @speed:  the state
 * @now_ns: the current time
 */
void speed_failed(struct speed *speed, uint64_t now_ns)
{
	count_frame(speed, true, now_ns);
}

/**
 * speed_set_overruns() - Set the number of overruns of this end's port
 * @speed:    the state
 * @overruns: overruns so far
 */
void speed_set_overruns(struct speed *speed, uint32_t overruns)
{
	speed->attempt.trial.overruns = overruns;
}

/**
 * speed_holds() - Check whether packets have to wait
 * @speed: the state
 *
 * Return: true if so
 */
bool speed_holds(const struct speed *speed)
{
	return speed->returns || speed->attempt.phase != ATTEMPT_NONE;
}

/**
 * speed_is_alone() - Check whether only frames of speed_take() may be sent
 * @speed: the state
 *
 * Return: true if so
 */
bool speed_is_alone(const struct speed *speed)
{
	return speed->returns || attempt_is_alone(&speed->attempt);
}

/**
 * speed_is_draining() - Check whether speed_set_dry() has to be called
 * @speed: the state
 *
 * Return: true if so
 */
bool speed_is_draining(const struct speed *speed)
{
	return speed->attempt.phase == ATTEMPT_DRAINING;
}

/**
 * speed_set_dry() - Set the time at which the wire is dry
 * @speed:  the state
 * @dry_ns: the time, which may have passed; UINT64_MAX: not known
 */
void speed_set_dry(struct speed *speed, uint64_t dry_ns)
{
	speed->attempt.dry_ns = dry_ns;
}

static uint64_t try_ns(const struct speed *speed)
{
	return speed->is_used && !speed_holds(speed) ? speed->next_ns
						     : UINT64_MAX;
}

static uint64_t news_ns(const struct speed *speed)
{
	if (speed_holds(speed) || speed->told == speed->baud)
		return UINT64_MAX;
	return speed->tell_ns;
}

/**
 * speed_next_ns() - Get the time of the next call of speed_take()
 * @speed: the state
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t speed_next_ns(const struct speed *speed)
{
	uint64_t ns = attempt_next_ns(&speed->attempt);

	if (speed->returns)
		return 0;
	if (!speed_is_alone(speed))
		ns = clock_earlier(ns, lease_next_ns(&speed->lease));
	return clock_earlier(ns, clock_earlier(try_ns(speed), news_ns(speed)));
}

/**
 * speed_is_over() - Check whether the lease has ended
 * @speed:  the state
 * @now_ns: the current time; the caller has noted all frames that came before
 *
 * Return: true if it has, and the session with it
 */
bool speed_is_over(struct speed *speed, uint64_t now_ns)
{
	if (speed_is_alone(speed) || !lease_is_over(&speed->lease, now_ns))
		return false;
	speed->stats.ended++;
	if (now_ns - speed->kept_ns < SPEED_SUSPECT_NS) {
		speed->suspect = speed->baud;
		speed->suspect_run = speed->peer_run;
	}
	return true;
}

static void tick(struct speed *speed, uint64_t now_ns)
{
	attempt_tick(&speed->attempt, now_ns);
	end_attempt(speed, now_ns);
	if (try_ns(speed) <= now_ns)
		try_next(speed, now_ns);
}

/**
 * speed_take() - Take the next frame that this end has to send
 * @speed:   the state
 * @message: with SPEED_FRAME_MESSAGE filled in
 * @now_ns:  the current time
 *
 * Return: the frame
 */
enum speed_frame speed_take(struct speed *speed, struct speed_message *message,
			    uint64_t now_ns)
{
	if (speed->returns)
		return SPEED_FRAME_NONE;
	tick(speed, now_ns);
	if (attempt_take(&speed->attempt, message, now_ns))
		return SPEED_FRAME_MESSAGE;
	if (!speed_is_alone(speed) && lease_take_probe(&speed->lease, now_ns))
		return SPEED_FRAME_PROBE;
	return SPEED_FRAME_NONE;
}

/**
 * speed_wanted() - Get the speed that the caller has to set now
 * @speed:  the state
 * @now_ns: the current time
 *
 * Bytes that wait in either direction are worth nothing then. The caller calls
 * speed_changed() afterwards.
 *
 * Return: the speed; 0: it stays
 */
uint32_t speed_wanted(struct speed *speed, uint64_t now_ns)
{
	if (speed->returns)
		return speed->config.base;
	tick(speed, now_ns);
	return speed->attempt.wanted;
}

/**
 * speed_changed() - Note that the port was set to speed_wanted()
 * @speed:  the state
 * @is_set: it was; false: it refused, and has its speed of before
 * @now_ns: the current time
 */
void speed_changed(struct speed *speed, bool is_set, uint64_t now_ns)
{
	if (speed->returns) {
		speed->baud = speed->config.base;
		speed->returns = false;
		return;
	}
	if (is_set)
		speed->baud = speed->attempt.wanted;
	attempt_changed(&speed->attempt, is_set, now_ns);
	end_attempt(speed, now_ns);
}

/**
 * speed_take_news() - Check whether the user should know of another speed
 * @speed:  the state
 * @now_ns: the current time
 *
 * Return: true once for each speed that has settled
 */
bool speed_take_news(struct speed *speed, uint64_t now_ns)
{
	if (news_ns(speed) > now_ns)
		return false;
	speed->told = speed->baud;
	return true;
}
