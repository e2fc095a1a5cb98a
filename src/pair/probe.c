/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is the other end of a session still there? As long as good frames come, it
 * is. Otherwise it is asked, again and again, until it answers or is given up:
 * a new session must prove itself; frames that do not pass their check may be
 * of somebody else; and silence is an answer only to what was said.
 *
 * The time is counted from the first question that really was sent: one that
 * waits, because our own port is held up, says nothing of the other end, nor
 * does the time in which this process was stopped.
 */
#include "pair/probe.h"
#include "clock.h"

#define PROBE_NS (250 * NS_PER_MS)

/* So many that fail in a row are no noise. */
#define PROBE_FAILED_MAX 10

/* After so long without a good frame, when something was sent. */
#define PROBE_UNHEARD_NS (1 * NS_PER_S)

/* The other end is given up after so many and so long. */
#define PROBE_SENT_MIN 4
static const uint64_t patience_ns[] = {
	[PROBE_NEW] = 1200 * NS_PER_MS,
	[PROBE_GARBAGE] = 1 * NS_PER_S,
	[PROBE_SILENCE] = 2 * NS_PER_S,
};

/*
 * An answer has to wait for the frame that is on its way here, as the question
 * had to for one on its way there; and the frames behind them may be damaged.
 */
#define PROBE_PATIENCE_PACKETS 6

static void begin_doubt(struct probe *probe, enum probe_doubt doubt,
			uint64_t now_ns)
{
	/* What is already doubted is not doubted anew, or it had no end. */
	if (probe->doubt != PROBE_SURE)
		return;
	probe->doubt = doubt;
	probe->since_ns = 0;
	probe->sent = 0;
	probe->next_ns = now_ns;
}

/**
 * probe_begin() - a session begins
 * @probe:     the state, which needs no other initialization
 * @packet_ns: how long the longest frame is on the wire; 0: not known
 * @idle_ns:   after so long without a good frame the other end is asked; 0: not
 *             without a reason
 * @now_ns:    the time
 */
void probe_begin(struct probe *probe, uint64_t packet_ns, uint64_t idle_ns,
		 uint64_t now_ns)
{
	*probe = (struct probe){
		.packet_ns = packet_ns,
		.idle_ns = idle_ns ? idle_ns : UINT64_MAX,
		.good_ns = now_ns,
	};
	begin_doubt(probe, PROBE_NEW, now_ns);
}

/**
 * probe_good() - a good frame was heard
 * @probe:  the state
 * @now_ns: the time
 */
void probe_good(struct probe *probe, uint64_t now_ns)
{
	probe->doubt = PROBE_SURE;
	probe->next_ns = UINT64_MAX;
	probe->good_ns = now_ns;
	probe->unheard_ns = 0;
	probe->failed = 0;
}

/**
 * probe_failed() - a frame did not pass its check
 * @probe:  the state
 * @now_ns: the time
 */
void probe_failed(struct probe *probe, uint64_t now_ns)
{
	if (++probe->failed >= PROBE_FAILED_MAX)
		begin_doubt(probe, PROBE_GARBAGE, now_ns);
}

/**
 * probe_sent() - something was sent that the other end should hear
 * @probe:  the state
 * @now_ns: the time
 */
void probe_sent(struct probe *probe, uint64_t now_ns)
{
	if (!probe->unheard_ns)
		probe->unheard_ns = now_ns;
}

/**
 * probe_answered() - an answer has come
 * @probe:  the state
 * @k:      of the probe that it answers
 * @now_ns: the time
 */
void probe_answered(struct probe *probe, uint8_t k, uint64_t now_ns)
{
	if (k != probe->k || !probe->k_ns)
		return;
	probe->rtt_ns = now_ns - probe->k_ns;
	if (!probe->rtt_min_ns || probe->rtt_ns < probe->rtt_min_ns)
		probe->rtt_min_ns = probe->rtt_ns;
	probe->k_ns = 0;
}

/* When silence begins to mean something. */
static uint64_t silence_ns(const struct probe *probe)
{
	uint64_t ns = UINT64_MAX;

	if (probe->idle_ns != UINT64_MAX)
		ns = probe->good_ns + probe->idle_ns;
	if (probe->unheard_ns)
		ns = clock_earlier(
			ns, probe->unheard_ns +
				    clock_later(PROBE_UNHEARD_NS,
						PROBE_PATIENCE_PACKETS / 2 *
							probe->packet_ns));
	return ns;
}

static uint64_t death_ns(const struct probe *probe)
{
	if (!probe->since_ns || probe->sent < PROBE_SENT_MIN)
		return UINT64_MAX;
	/* The last one, too, has its time. */
	return clock_later(probe->next_ns,
			   probe->since_ns +
				   clock_later(patience_ns[probe->doubt],
					       PROBE_PATIENCE_PACKETS *
						       probe->packet_ns));
}

/**
 * probe_next_ns() - when is something to be done next?
 * @probe: the state
 *
 * Return: a time, which may have passed; UINT64_MAX: never
 */
uint64_t probe_next_ns(const struct probe *probe)
{
	if (probe->doubt == PROBE_SURE)
		return silence_ns(probe);
	return clock_earlier(probe->next_ns, death_ns(probe));
}

/**
 * probe_is_dead() - is the other end to be given up?
 * @probe:  the state
 * @now_ns: the time; what had come by then was told
 *
 * Return: true if it is
 */
bool probe_is_dead(struct probe *probe, uint64_t now_ns)
{
	if (probe->doubt == PROBE_SURE) {
		if (silence_ns(probe) <= now_ns)
			begin_doubt(probe, PROBE_SILENCE, now_ns);
		return false;
	}
	return death_ns(probe) <= now_ns;
}

/**
 * probe_take() - is a probe to be sent now?
 * @probe:  the state
 * @now_ns: the time
 *
 * Return: true if it is, with @probe->k; then it counts as sent
 */
bool probe_take(struct probe *probe, uint64_t now_ns)
{
	if (probe->doubt == PROBE_SURE || probe->next_ns > now_ns)
		return false;
	if (!probe->since_ns)
		probe->since_ns = now_ns;
	probe->sent++;
	probe->next_ns = now_ns + clock_later(PROBE_NS, probe->packet_ns);
	/* 0 is for an answer that nobody has asked for. */
	if (!++probe->k)
		probe->k = 1;
	probe->k_ns = now_ns;
	return true;
}
