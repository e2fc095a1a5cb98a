/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The check whether the peer of a session is still there. Good frames prove
 * that it is. There are three reasons for doubt: a new session has not received
 * a checked frame yet; frames that fail their check may come from somebody
 * else; or no good frame comes, although this end has sent something or has
 * been idle for long. In doubt this end sends probes until the peer answers,
 * or until its patience ends.
 *
 * The patience starts with the first probe that really was sent, and wants a
 * minimum of probes. A probe that waits because our own port is blocked proves
 * nothing about the peer, nor does the time in which this process was stopped.
 */
#include "pair/probe.h"
#include "clock.h"

#define PROBE_NS (250 * NS_PER_MS)

/* Noise alone hardly damages this many frames in a row. */
#define PROBE_FAILED_MAX 10

/* This end doubts if no good frame comes for this long after it sent
 * something. */
#define PROBE_UNHEARD_NS (1 * NS_PER_S)

/* This end gives the peer up after this many probes and this time. */
#define PROBE_SENT_MIN 4
static const uint64_t patience_ns[] = {
	[PROBE_NEW] = 1200 * NS_PER_MS,
	[PROBE_GARBAGE] = 1 * NS_PER_S,
	[PROBE_SILENCE] = 2 * NS_PER_S,
};

/*
 * The probe waits for a frame on its way to the peer, and the answer for one on
 * its way back. The line may damage either of them, so the patience is longer.
 */
#define PROBE_PATIENCE_PACKETS 6

static void begin_doubt(struct probe *probe, enum probe_doubt doubt,
			uint64_t now_ns)
{
	/* A second reason must not restart the patience, or it would never
	 * end. */
	if (probe->doubt != PROBE_SURE)
		return;
	probe->doubt = doubt;
	probe->since_ns = 0;
	probe->sent = 0;
	probe->next_ns = now_ns;
}

/**
 * probe_begin() - Begin with a new session
 * @probe:     the state; needs no other initialization
 * @packet_ns: time that the longest frame takes on the wire; 0: not known
 * @idle_ns:   this end probes the peer after this time without a good frame; 0:
 *             it probes only for other reasons
 * @now_ns:    the current time
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
 * probe_good() - Note a frame that passed its check
 * @probe:  the state
 * @now_ns: the current time
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
 * probe_failed() - Note a frame that failed its check
 * @probe:  the state
 * @now_ns: the current time
 */
void probe_failed(struct probe *probe, uint64_t now_ns)
{
	if (++probe->failed >= PROBE_FAILED_MAX)
		begin_doubt(probe, PROBE_GARBAGE, now_ns);
}

/**
 * probe_sent() - Note that this end sent something
 * @probe:  the state
 * @now_ns: the current time
 */
void probe_sent(struct probe *probe, uint64_t now_ns)
{
	if (!probe->unheard_ns)
		probe->unheard_ns = now_ns;
}

/**
 * probe_answered() - Measure the round trip of an answered probe
 * @probe:  the state
 * @k:      number of the probe that the peer answered
 * @now_ns: the current time
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

/* Get the time at which silence becomes a doubt. */
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
	/* The last probe, too, gets its time for an answer. */
	return clock_later(probe->next_ns,
			   probe->since_ns +
				   clock_later(patience_ns[probe->doubt],
					       PROBE_PATIENCE_PACKETS *
						       probe->packet_ns));
}

/**
 * probe_next_ns() - Get the time of the next call of probe_is_dead()
 * @probe: the state
 *
 * The caller calls probe_take() then, too.
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t probe_next_ns(const struct probe *probe)
{
	if (probe->doubt == PROBE_SURE)
		return silence_ns(probe);
	return clock_earlier(probe->next_ns, death_ns(probe));
}

/**
 * probe_is_dead() - Check whether to give the peer up
 * @probe:  the state
 * @now_ns: the current time; the caller has noted all frames that came before
 *
 * Return: true if the peer did not answer in time
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
 * probe_number() - Number a probe that is sent
 * @probe:  the state
 * @now_ns: the current time
 *
 * Return: the number
 */
uint8_t probe_number(struct probe *probe, uint64_t now_ns)
{
	/* An answer with number 0 answers no probe. */
	if (!++probe->k)
		probe->k = 1;
	probe->k_ns = now_ns;
	return probe->k;
}

/**
 * probe_take() - Check whether a probe is due
 * @probe:  the state
 * @now_ns: the current time
 *
 * Return: true if it is; the probe with number @probe->k then counts as sent
 */
bool probe_take(struct probe *probe, uint64_t now_ns)
{
	if (probe->doubt == PROBE_SURE || probe->next_ns > now_ns)
		return false;
	if (!probe->since_ns)
		probe->since_ns = now_ns;
	probe->sent++;
	probe->next_ns = now_ns + clock_later(PROBE_NS, probe->packet_ns);
	probe_number(probe, now_ns);
	return true;
}
