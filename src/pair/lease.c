/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A speed other than the base speed is a lease: it ends by itself when nothing
 * good was heard for a second. So two ends meet at the base speed again,
 * whatever message was lost, whichever of them was restarted, and without any
 * message. An end that hears nothing good probes the peer, so an idle line
 * keeps its lease.
 *
 * lease is pure: time is an argument.
 */
#include "pair/lease.h"
#include "clock.h"

#define LEASE_NS       (1 * NS_PER_S)
#define LEASE_PROBE_NS (250 * NS_PER_MS)

/* The probe and its answer each wait for a frame on the wire. */
#define LEASE_PACKETS 6

/**
 * lease_begin() - Begin a lease
 * @lease:     the lease
 * @packet_ns: time that the longest frame takes on the wire
 * @now_ns:    the current time
 */
void lease_begin(struct lease *lease, uint64_t packet_ns, uint64_t now_ns)
{
	lease->is_on = true;
	lease->len_ns = clock_later(LEASE_NS, LEASE_PACKETS * packet_ns);
	lease_good(lease, now_ns);
}

/**
 * lease_end() - End a lease: the line has its base speed, or is being tested
 * @lease: the lease
 */
void lease_end(struct lease *lease)
{
	lease->is_on = false;
}

/**
 * lease_good() - Note a good frame
 * @lease:  the lease
 * @now_ns: the current time
 */
void lease_good(struct lease *lease, uint64_t now_ns)
{
	lease->good_ns = now_ns;
	lease->probe_ns = now_ns + LEASE_PROBE_NS;
}

/**
 * lease_next_ns() - Get the time of the next call of lease_is_over()
 * @lease: the lease
 *
 * The caller calls lease_take_probe() then, too.
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t lease_next_ns(const struct lease *lease)
{
	if (!lease->is_on)
		return UINT64_MAX;
	return clock_earlier(lease->probe_ns, lease->good_ns + lease->len_ns);
}

/**
 * lease_is_over() - Check whether nothing good was heard for too long
 * @lease:  the lease
 * @now_ns: the current time; the caller has noted all frames that came before
 *
 * Return: true if so
 */
bool lease_is_over(const struct lease *lease, uint64_t now_ns)
{
	return lease->is_on && now_ns >= lease->good_ns + lease->len_ns;
}

/**
 * lease_take_probe() - Check whether a probe is due
 * @lease:  the lease
 * @now_ns: the current time
 *
 * Return: true if it is; the probe then counts as sent
 */
bool lease_take_probe(struct lease *lease, uint64_t now_ns)
{
	if (!lease->is_on || now_ns < lease->probe_ns)
		return false;
	lease->probe_ns = now_ns + LEASE_PROBE_NS;
	return true;
}
