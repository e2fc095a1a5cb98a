/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SUGGEST_H
#define SERIALTUN_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* The longest word to compare, in bytes. */
#define SUGGEST_WORD_MAX 32

const char *suggest_translate(const char *word);
unsigned int suggest_distance(const char *word, const char *name);
bool suggest_is_near(unsigned int distance, const char *name);
const char *suggest_option(const char *word);

#endif
