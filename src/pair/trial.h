/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TRIAL_H
#define SERIALTUN_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

struct speed_message;

/**
 * struct trial - the tests of a speed, both ways
 * @baud:            the speed
 * @left:            tests that this end has yet to send
 * @mine:            tests that this end has received
 * @theirs:          tests that the peer has received, by its word
 * @overruns:        overruns of this end's port so far
 * @overruns_before: the same before the tests
 */
struct trial {
	uint32_t baud;
	unsigned int left;
	unsigned int mine;
	unsigned int theirs;
	uint32_t overruns;
	uint32_t overruns_before;
};

void trial_begin(struct trial *trial, uint32_t baud);
void trial_expect(struct trial *trial);
void trial_send(struct trial *trial);
void trial_stop(struct trial *trial);
void trial_take(struct trial *trial, struct speed_message *message, uint8_t k);
void trial_hear(struct trial *trial);
void trial_hear_count(struct trial *trial, unsigned int count);
unsigned int trial_heard(const struct trial *trial);
bool trial_has_all(const struct trial *trial);
bool trial_is_good(const struct trial *trial);
bool trial_has_any(const struct trial *trial);

#endif
