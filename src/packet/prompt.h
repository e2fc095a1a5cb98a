/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PROMPT_H
#define SERIALTUN_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool prompt_ends(const uint8_t *text, size_t len);

#endif
