/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PARTS_H
#define SERIALTUN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct parts - the length of the parts of packets, in one session
 * @history:     bit n: the transmission n before the last one was a repetition
 * @history_len: transmissions in it
 * @at:          index of the length
 */
struct parts {
	uint64_t history;
	unsigned int history_len;
	size_t at;
};

unsigned int parts_max(const struct parts *parts);
size_t parts_len(const struct parts *parts);
size_t parts_len_of(const struct parts *parts, size_t packet_len);
void parts_note(struct parts *parts, bool is_repeated, size_t len);

#endif
