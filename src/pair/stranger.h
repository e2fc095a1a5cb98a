/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STRANGER_H
#define SERIALTUN_STRANGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Speeds at which a stranger may send. */
#define STRANGER_SPEEDS_MAX 16

/**
 * struct stranger_config - the speeds of a port
 * @base:      the speed at which serialtuns meet
 * @packet_ns: time that the longest frame takes at this speed
 * @speeds:    other speeds, the most common one first
 * @count:     number of them; 0: this end does not search
 */
struct stranger_config {
	uint32_t base;
	uint64_t packet_ns;
	uint32_t speeds[STRANGER_SPEEDS_MAX];
	size_t count;
};

/**
 * enum stranger_phase - what this end does
 * @STRANGER_OFF:    nothing: the user did not ask for it, or a serialtun is
 *                   there
 * @STRANGER_WATCH:  it has the base speed, and watches whether packets come
 * @STRANGER_BASE:   search: it has the base speed for a moment
 * @STRANGER_LEAVE:  it sends nothing, until the wire is dry, and then changes
 *                   its speed
 * @STRANGER_LISTEN: search: it listens at another speed, and sends nothing
 * @STRANGER_FOUND:  packets came at another speed, which it keeps
 */
enum stranger_phase {
	STRANGER_OFF,
	STRANGER_WATCH,
	STRANGER_BASE,
	STRANGER_LEAVE,
	STRANGER_LISTEN,
	STRANGER_FOUND,
};

/**
 * enum stranger_news - what the user should know
 * @STRANGER_NO_NEWS: nothing
 * @STRANGER_SEARCHES: the search has begun
 * @STRANGER_IS_FOUND: the search has ended, at the present speed
 */
enum stranger_news {
	STRANGER_NO_NEWS,
	STRANGER_SEARCHES,
	STRANGER_IS_FOUND,
};

/**
 * struct stranger - the search for the speed of a peer that is no serialtun
 * @config:   the speeds
 * @phase:    what this end does
 * @baud:     the speed that the port has
 * @wanted:   the speed that the caller has to set; 0: it stays
 * @at:       index of the speed at which to listen next
 * @in_run:   bytes are coming, without a long pause, and no good frame yet
 * @run_ns:   begin of this run
 * @heard_ns: time of its last byte
 * @run_len:  its bytes
 * @bad:      bad frames in it
 * @pending:  a frame has begun, and is no text
 * @failed:   failed runs since the last good frame
 * @since_ns: begin of the first of them
 * @slot_ns:  end of the present slot, if no byte comes
 * @judged:   the last slot ended with a failed run
 * @dry_ns:   time at which the wire is dry; UINT64_MAX: not known
 * @limit_ns: time until which to wait for that
 * @told:     the last speed that the user was told
 * @news:     news that nobody has taken yet
 */
struct stranger {
	struct stranger_config config;
	enum stranger_phase phase;
	uint32_t baud;
	uint32_t wanted;
	size_t at;
	bool in_run;
	uint64_t run_ns;
	uint64_t heard_ns;
	size_t run_len;
	unsigned int bad;
	bool pending;
	unsigned int failed;
	uint64_t since_ns;
	uint64_t slot_ns;
	bool judged;
	uint64_t dry_ns;
	uint64_t limit_ns;
	uint32_t told;
	enum stranger_news news;
};

void stranger_open(struct stranger *stranger,
		   const struct stranger_config *config, uint64_t now_ns);
void stranger_heard(struct stranger *stranger, size_t len, uint64_t now_ns);
void stranger_good(struct stranger *stranger);
void stranger_bad(struct stranger *stranger);
void stranger_set_line(struct stranger *stranger, bool in_frame, bool is_text);
void stranger_met(struct stranger *stranger);
void stranger_lost(struct stranger *stranger, uint64_t now_ns);
void stranger_set_dry(struct stranger *stranger, uint64_t dry_ns);
uint64_t stranger_packet_ns(const struct stranger *stranger);
uint64_t stranger_next_ns(const struct stranger *stranger);
uint32_t stranger_wanted(struct stranger *stranger, uint64_t now_ns);
void stranger_changed(struct stranger *stranger, bool is_set, uint64_t now_ns);
enum stranger_news stranger_take_news(struct stranger *stranger);

/**
 * stranger_holds() - Check whether this end must send nothing
 * @stranger: the state
 *
 * Return: true if so
 */
static inline bool stranger_holds(const struct stranger *stranger)
{
	return stranger->phase == STRANGER_LEAVE ||
	       stranger->phase == STRANGER_LISTEN;
}

/**
 * stranger_is_draining() - Check whether stranger_set_dry() has to be called
 * @stranger: the state
 *
 * Return: true if so
 */
static inline bool stranger_is_draining(const struct stranger *stranger)
{
	return stranger->phase == STRANGER_LEAVE;
}

#endif
