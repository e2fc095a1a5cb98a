/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One attempt to change the speed of the line, at the leader or at the
 * follower:
 *
 *   leader  TRY speed ----->
 *           <----- WILL                follower
 *           both finish the frame on the wire, and change the speed
 *           tests, both ways at once
 *           <----- HEARD n
 *   leader  KEEP ----->                most tests arrived both ways
 *           <----- KEPT
 *
 * The ends send their tests at the same time, because a small FIFO loses bytes
 * only under load. No message needs to arrive: each phase ends by itself. An
 * end that misses one has its old speed again, but for the last: a leader that
 * receives no KEPT keeps the speed, and the lease decides (lease.c).
 *
 * A failure is unclear if some tests have arrived, or if an end was late.
 * Without a test, the leader announces the speed three times, and both change.
 *
 * attempt is pure: time is an argument, and the caller sets the port.
 */
#include "pair/attempt.h"
#include "clock.h"

#define MS NS_PER_MS

/*
 * The leader asks again after ATTEMPT_AGAIN_NS and gives up after
 * ATTEMPT_WILL_NS; both are longer by the frames that are on the wire.
 */
#define ATTEMPT_WILL_NS	 (300 * MS)
#define ATTEMPT_AGAIN_NS (100 * MS)

/*
 * The tests may have missed the follower if its WILL took longer than
 * ATTEMPT_PROMPT_NS and the time of the longest frame, or if the leader slept
 * for ATTEMPT_ASLEEP_NS beyond the end of the tests.
 */
#define ATTEMPT_PROMPT_NS (150 * MS)
#define ATTEMPT_ASLEEP_NS (30 * MS)

/* The chip may still hold bytes when the wire should be dry. */
#define ATTEMPT_DRY_NS (10 * MS)
/* An end whose port does not run dry in this time gives the attempt up. */
#define ATTEMPT_DRAIN_NS (300 * MS)

/* The tests begin this long after the leader's change. */
#define ATTEMPT_SETTLE_NS (35 * MS)

/*
 * The leader gives the tests up after ATTEMPT_TESTING_NS. The follower says how
 * many it received after ATTEMPT_HEARD_NS, or as soon as it has all of them.
 */
#define ATTEMPT_TESTING_NS (250 * MS)
#define ATTEMPT_HEARD_NS   (80 * MS)
#define ATTEMPT_REPEAT_NS  (40 * MS)
#define ATTEMPT_KEEPING_NS (200 * MS)

/* The follower returns this long after its change, or after the first test. */
#define ATTEMPT_FOLLOW_NS (350 * MS)

/* This long after its change the leader knows that the follower is back. */
#define ATTEMPT_BACK_NS (450 * MS)

/* How often the leader announces a speed without a test. */
#define ATTEMPT_ANNOUNCEMENTS 3

/**
 * attempt_forget() - Have no attempt
 * @attempt: the attempt; needs no other initialization
 */
void attempt_forget(struct attempt *attempt)
{
	const struct trial trial = attempt->trial;

	*attempt = (struct attempt){
		.due_ns = UINT64_MAX,
		.again_ns = UINT64_MAX,
		.trial = trial,
	};
}

static void enter(struct attempt *attempt, enum attempt_phase phase,
		  uint64_t due_ns)
{
	attempt->phase = phase;
	attempt->due_ns = due_ns;
	attempt->again_ns = UINT64_MAX;
}

static void say(struct attempt *attempt, enum speed_what what,
		unsigned int count, unsigned int times)
{
	attempt->says = (struct speed_message){
		.what = what,
		.k = attempt->k,
		.count = (uint8_t)count,
		.baud = attempt->to,
	};
	attempt->times = times;
}

static void finish(struct attempt *attempt, enum attempt_result result)
{
	enter(attempt, ATTEMPT_NONE, UINT64_MAX);
	trial_stop(&attempt->trial);
	attempt->result = result;
}

static void begin(struct attempt *attempt, bool leads, uint8_t k, uint32_t from,
		  uint32_t to, uint64_t packet_ns)
{
	attempt->leads = leads;
	attempt->k = k;
	attempt->from = from;
	attempt->to = to;
	attempt->packet_ns = packet_ns;
	attempt->has_test = true;
	attempt->has_changed = false;
	attempt->asked_ns = UINT64_MAX;
	attempt->is_late = false;
	trial_begin(&attempt->trial, to);
	attempt->result = ATTEMPT_OPEN;
}

/**
 * attempt_lead() - Leader: propose or announce a speed
 * @attempt:   the attempt; no other is under way
 * @from:      the present speed
 * @to:        the other speed
 * @packet_ns: time that the longest frame takes at @from
 * @has_test:  propose and test it; otherwise announce it
 */
void attempt_lead(struct attempt *attempt, uint32_t from, uint32_t to,
		  uint64_t packet_ns, bool has_test)
{
	begin(attempt, true, (uint8_t)(attempt->k + 1), from, to, packet_ns);
	attempt->has_test = has_test;
	enter(attempt, has_test ? ATTEMPT_ASKING : ATTEMPT_ANNOUNCING,
	      UINT64_MAX);
	say(attempt, SPEED_TRY, !has_test,
	    has_test ? 1 : ATTEMPT_ANNOUNCEMENTS);
}

static void drain(struct attempt *attempt, uint64_t now_ns)
{
	enter(attempt, ATTEMPT_DRAINING,
	      now_ns + ATTEMPT_DRAIN_NS + 2 * attempt->packet_ns);
	attempt->dry_ns = UINT64_MAX;
}

/**
 * attempt_is_known() - Follower: check whether a TRY is of the present attempt
 * @attempt: the attempt
 * @message: the message
 *
 * Return: true if so
 */
bool attempt_is_known(const struct attempt *attempt,
		      const struct speed_message *message)
{
	return attempt->phase == ATTEMPT_DRAINING && !attempt->leads &&
	       message->k == attempt->k && message->baud == attempt->to;
}

/**
 * attempt_follow() - Follower: agree to a TRY
 * @attempt:   the attempt; it is under way already if attempt_is_known()
 * @from:      the present speed
 * @message:   the message
 * @packet_ns: time that the longest frame takes at @from
 * @now_ns:    the current time
 */
void attempt_follow(struct attempt *attempt, uint32_t from,
		    const struct speed_message *message, uint64_t packet_ns,
		    uint64_t now_ns)
{
	if (message->count && attempt_is_known(attempt, message))
		return;
	begin(attempt, false, message->k, from, message->baud, packet_ns);
	attempt->has_test = !message->count;
	drain(attempt, now_ns);
	if (attempt->has_test)
		say(attempt, SPEED_WILL, 0, 1);
}

/**
 * attempt_tell() - Follower: send a message while no attempt is under way
 * @attempt: the attempt
 * @message: the message, copied
 */
void attempt_tell(struct attempt *attempt, const struct speed_message *message)
{
	attempt->k = message->k;
	attempt->to = message->baud;
	attempt->says = *message;
	attempt->times = 1;
}

/* The leader returns to the old speed. */
static void fail(struct attempt *attempt)
{
	trial_stop(&attempt->trial);
	attempt->times = 0;
	attempt->wanted = attempt->from;
	enter(attempt, ATTEMPT_RETURNING,
	      attempt->changed_ns + ATTEMPT_BACK_NS);
}

/*
 * Leader: the line has its old speed. A line that cannot do the new one loses
 * all tests. A clean line loses some, or all, if an end was late.
 */
static void finish_failed(struct attempt *attempt)
{
	finish(attempt, attempt->is_late || trial_has_any(&attempt->trial)
				? ATTEMPT_UNCLEAR
				: ATTEMPT_FAILS);
}

/* Leader: keep the speed if the tests have arrived both ways. */
static void judge(struct attempt *attempt, uint64_t now_ns)
{
	if (!trial_is_good(&attempt->trial))
		return;
	enter(attempt, ATTEMPT_KEEPING, now_ns + ATTEMPT_KEEPING_NS);
	attempt->again_ns = now_ns;
}

static void hear_test(struct attempt *attempt, uint64_t now_ns)
{
	trial_hear(&attempt->trial);
	if (attempt->phase != ATTEMPT_FOLLOWING)
		return;
	if (attempt->trial.mine == 1) {
		trial_send(&attempt->trial);
		attempt->due_ns = now_ns + ATTEMPT_FOLLOW_NS;
		attempt->again_ns = now_ns + ATTEMPT_HEARD_NS;
	}
	if (trial_has_all(&attempt->trial))
		attempt->again_ns = now_ns;
}

static void hear_keep(struct attempt *attempt)
{
	/* Without a phase our KEPT was lost. */
	if (attempt->phase == ATTEMPT_FOLLOWING)
		finish(attempt, ATTEMPT_WORKS);
	else if (attempt->phase != ATTEMPT_NONE || attempt->leads)
		return;
	say(attempt, SPEED_KEPT, 0, 1);
}

/* Handle an answer of the follower. */
static void hear_follower(struct attempt *attempt,
			  const struct speed_message *message, uint64_t now_ns)
{
	if (message->what == SPEED_WILL && attempt->phase == ATTEMPT_ASKING) {
		attempt->times = 0;
		attempt->is_late = now_ns > attempt->asked_ns +
						    ATTEMPT_PROMPT_NS +
						    attempt->packet_ns;
		drain(attempt, now_ns);
	}
	if (message->what == SPEED_WONT && attempt->phase == ATTEMPT_ASKING) {
		attempt->times = 0;
		finish(attempt, message->count ? ATTEMPT_FAILS : ATTEMPT_LATER);
	}
	if (message->what == SPEED_HEARD && attempt->phase == ATTEMPT_TESTING)
		trial_hear_count(&attempt->trial, message->count);
	if (message->what == SPEED_KEPT && attempt->phase == ATTEMPT_KEEPING) {
		attempt->times = 0;
		finish(attempt, ATTEMPT_WORKS);
	}
}

/**
 * attempt_hear() - Handle a message about the attempt
 * @attempt: the attempt
 * @message: the message, other than TRY and POOR
 * @now_ns:  the current time
 */
void attempt_hear(struct attempt *attempt, const struct speed_message *message,
		  uint64_t now_ns)
{
	if (message->k != attempt->k || message->baud != attempt->to)
		return;
	if (message->what == SPEED_TEST)
		hear_test(attempt, now_ns);
	else if (message->what == SPEED_KEEP)
		hear_keep(attempt);
	else if (attempt->leads)
		hear_follower(attempt, message, now_ns);
	if (attempt->phase == ATTEMPT_TESTING)
		judge(attempt, now_ns);
}

/**
 * attempt_good() - Note a good frame
 * @attempt: the attempt
 */
void attempt_good(struct attempt *attempt)
{
	/* The follower has the old speed again, too. */
	if (attempt->phase == ATTEMPT_RETURNING && !attempt->wanted)
		finish_failed(attempt);
}

/* The time at which the wire is certainly dry. */
static uint64_t change_ns(const struct attempt *attempt)
{
	if (attempt->phase != ATTEMPT_DRAINING || attempt->times ||
	    attempt->dry_ns == UINT64_MAX)
		return UINT64_MAX;
	return attempt->dry_ns + ATTEMPT_DRY_NS;
}

/* A phase has lasted too long, or long enough. */
static void end_phase(struct attempt *attempt, uint64_t now_ns)
{
	switch (attempt->phase) {
	case ATTEMPT_NONE:
	case ATTEMPT_ANNOUNCING:
		break;
	case ATTEMPT_ASKING:
	case ATTEMPT_DRAINING:
		attempt->times = 0;
		finish(attempt, ATTEMPT_UNCLEAR);
		break;
	case ATTEMPT_SETTLING:
		trial_send(&attempt->trial);
		enter(attempt, ATTEMPT_TESTING, now_ns + ATTEMPT_TESTING_NS);
		break;
	case ATTEMPT_TESTING:
		if (now_ns > attempt->due_ns + ATTEMPT_ASLEEP_NS)
			attempt->is_late = true;
		fail(attempt);
		break;
	case ATTEMPT_KEEPING:
		attempt->times = 0;
		finish(attempt, ATTEMPT_WORKS);
		break;
	case ATTEMPT_RETURNING:
		if (!attempt->wanted)
			finish_failed(attempt);
		break;
	case ATTEMPT_FOLLOWING:
		attempt->times = 0;
		trial_stop(&attempt->trial);
		attempt->wanted = attempt->from;
		attempt->due_ns = UINT64_MAX;
		break;
	}
}

static void repeat(struct attempt *attempt, uint64_t now_ns)
{
	attempt->again_ns = now_ns + ATTEMPT_REPEAT_NS;
	if (attempt->phase == ATTEMPT_ASKING) {
		attempt->again_ns = UINT64_MAX;
		say(attempt, SPEED_TRY, 0, 1);
	} else if (attempt->phase == ATTEMPT_FOLLOWING) {
		say(attempt, SPEED_HEARD, trial_heard(&attempt->trial), 1);
	} else {
		say(attempt, SPEED_KEEP, 0, 1);
	}
}

/**
 * attempt_tick() - Let time pass
 * @attempt: the attempt
 * @now_ns:  the current time; the caller has passed on all messages that came
 *           before
 */
void attempt_tick(struct attempt *attempt, uint64_t now_ns)
{
	if (attempt->wanted)
		return;
	if (change_ns(attempt) <= now_ns)
		attempt->wanted = attempt->to;
	else if (attempt->due_ns <= now_ns)
		end_phase(attempt, now_ns);
	else if (attempt->again_ns <= now_ns)
		repeat(attempt, now_ns);
}

/**
 * attempt_next_ns() - Get the time of the next call of attempt_tick()
 * @attempt: the attempt
 *
 * The caller calls attempt_take() then, too.
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t attempt_next_ns(const struct attempt *attempt)
{
	if (attempt->times || attempt->trial.left || attempt->wanted)
		return 0;
	return clock_earlier(clock_earlier(attempt->due_ns, attempt->again_ns),
			     change_ns(attempt));
}

static void note_said(struct attempt *attempt, uint64_t now_ns)
{
	attempt->times--;
	if (attempt->says.what == SPEED_WILL)
		drain(attempt, now_ns);
	if (attempt->phase == ATTEMPT_ASKING) {
		if (attempt->asked_ns == UINT64_MAX) {
			attempt->asked_ns = now_ns;
			attempt->due_ns = now_ns + ATTEMPT_WILL_NS +
					  2 * attempt->packet_ns;
		}
		attempt->again_ns =
			now_ns + ATTEMPT_AGAIN_NS + attempt->packet_ns;
	}
	if (attempt->phase == ATTEMPT_ANNOUNCING && !attempt->times)
		drain(attempt, now_ns);
}

/**
 * attempt_take() - Take the next message that this end has to send
 * @attempt: the attempt, after attempt_tick()
 * @message: filled in
 * @now_ns:  the current time
 *
 * Return: false if none is due
 */
bool attempt_take(struct attempt *attempt, struct speed_message *message,
		  uint64_t now_ns)
{
	if (attempt->wanted)
		return false;
	if (attempt->trial.left) {
		trial_take(&attempt->trial, message, attempt->k);
		return true;
	}
	if (!attempt->times)
		return false;
	*message = attempt->says;
	note_said(attempt, now_ns);
	return true;
}

/**
 * attempt_changed() - Note that the port has the speed @attempt->wanted
 * @attempt: the attempt
 * @is_set:  it has; false: it refused, and has its speed of before
 * @now_ns:  the current time
 */
void attempt_changed(struct attempt *attempt, bool is_set, uint64_t now_ns)
{
	attempt->wanted = 0;
	if (!is_set) {
		finish(attempt, ATTEMPT_FAILS);
		return;
	}
	trial_expect(&attempt->trial);
	if (attempt->phase == ATTEMPT_FOLLOWING) {
		finish(attempt, ATTEMPT_FAILS);
	} else if (attempt->phase == ATTEMPT_DRAINING) {
		attempt->has_changed = true;
		attempt->changed_ns = now_ns;
		if (!attempt->has_test)
			finish(attempt, ATTEMPT_WORKS);
		else if (attempt->leads)
			enter(attempt, ATTEMPT_SETTLING,
			      now_ns + ATTEMPT_SETTLE_NS);
		else
			enter(attempt, ATTEMPT_FOLLOWING,
			      now_ns + ATTEMPT_FOLLOW_NS);
	}
}

/**
 * attempt_is_alone() - Check whether nothing else may use the line
 * @attempt: the attempt; packets wait while one is under way
 *
 * Return: true if so
 */
bool attempt_is_alone(const struct attempt *attempt)
{
	return attempt->phase >= ATTEMPT_DRAINING || attempt->wanted;
}

/**
 * attempt_take_result() - Take the result
 * @attempt: the attempt
 *
 * Return: the result, once
 */
enum attempt_result attempt_take_result(struct attempt *attempt)
{
	const enum attempt_result result = attempt->result;

	attempt->result = ATTEMPT_OPEN;
	return result;
}
