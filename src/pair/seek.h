/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SEEK_H
#define SERIALTUN_SEEK_H

#include <stdbool.h>
#include <stdint.h>

/* So many hellos are in a series. */
#define SEEK_SERIES_MAX 5

/**
 * struct seek_line - what the line is doing
 * @in_frame: something has come of a frame that has not ended
 * @is_text:  and it is text for people
 */
struct seek_line {
	bool in_frame;
	bool is_text;
};

/**
 * struct seek - when a hello is said
 * @opened_ns:   when the port was opened
 * @series:      when those of a series are due, in this order
 * @series_at:   the next of them
 * @series_len:  how many there are
 * @budget:      how many more may be said that nobody has asked for
 * @lost_ns:     when one is due because a pair is sought; UINT64_MAX: none is
 *               sought
 * @fast_ns:     until when it is sought fast
 * @unanswered:  how many were said in a row while plain packets came, and none
 *               was answered
 * @had_plain:   a plain packet came since the last one
 * @answer_ns:   when an answer is due; UINT64_MAX: none
 * @answered_ns: when the last one was given
 * @said_ns:     when one was last said
 * @wait_ns:     since when one that is due waits for the line; 0: none does
 * @heard_ns:    when something last came from the line
 * @line:        what the line was doing then, as the owner sets it
 * @was_silent:  nothing came for a second, since a pair is sought
 * @plain_ns:    when a good plain packet last came, or the port was opened
 * @was_plain:   there was one since the opening
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
uint64_t seek_next_ns(const struct seek *seek, uint64_t now_ns);
bool seek_take(struct seek *seek, uint64_t random, uint64_t now_ns);

#endif
