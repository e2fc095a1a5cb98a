/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SEEK_H
#define SERIALTUN_SEEK_H

#include <stdbool.h>
#include <stdint.h>

/* The longest series of hellos. */
#define SEEK_SERIES_MAX 5

/**
 * struct seek_line - what the line is receiving
 * @in_frame: a frame that has not ended
 * @is_text:  that frame is text for people
 */
struct seek_line {
	bool in_frame;
	bool is_text;
};

/**
 * struct seek - the schedule of hellos
 * @opened_ns:   time at which the port was opened
 * @series:      times of the hellos of the current series, in ascending order
 * @series_at:   index of the next of them
 * @series_len:  number of them
 * @budget:      hellos left that no hello of a peer has asked for
 * @lost_ns:     time of the next hello of a search; UINT64_MAX: no search
 * @fast_ns:     end of the fast part of the search
 * @unanswered:  hellos of the search in a row that no hello answered, although
 *               plain packets came
 * @had_plain:   a plain packet came since the last hello
 * @answer_ns:   time at which an answer is due; UINT64_MAX: none is
 * @answered_ns: time of the last answer
 * @said_ns:     time of the last hello of any sort
 * @wait_ns:     time at which the hello that waits for the line was due; 0:
 *               none waits
 * @heard_ns:    time at which bytes last came from the line
 * @line:        what the line was receiving then; set by the owner
 * @was_silent:  no byte came for a second during the search
 * @plain_ns:    time of the last good packet, or of the opening
 * @was_plain:   a good packet came since the opening
 */
struct seek {
	uint64_t opened_ns;
	uint64_t series[SEEK_SERIES_MAX];
	unsigned int series_at;
	unsigned int series_len;
	unsigned int budget;
	uint64_t lost_ns;
	uint64_t fast_ns;
	unsigned int unanswered;
	bool had_plain;
	uint64_t answer_ns;
	uint64_t answered_ns;
	uint64_t said_ns;
	uint64_t wait_ns;
	uint64_t heard_ns;
	struct seek_line line;
	bool was_silent;
	uint64_t plain_ns;
	bool was_plain;
};

void seek_open(struct seek *seek, uint64_t random, uint64_t now_ns);
void seek_heard(struct seek *seek, uint64_t now_ns);
void seek_plain(struct seek *seek, uint64_t now_ns);
void seek_garbage(struct seek *seek, uint64_t now_ns);
void seek_found(struct seek *seek);
void seek_unheard(struct seek *seek, uint64_t now_ns);
void seek_answer(struct seek *seek, uint64_t now_ns);
void seek_lost(struct seek *seek, uint64_t now_ns);
void seek_rest(struct seek *seek);
void seek_stop(struct seek *seek);
uint64_t seek_first_ns(const struct seek *seek);
uint64_t seek_next_ns(const struct seek *seek, uint64_t now_ns);
bool seek_is_due(const struct seek *seek, uint64_t now_ns);
bool seek_take(struct seek *seek, uint64_t random, uint64_t now_ns);

#endif
