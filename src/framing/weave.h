/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_WEAVE_H
#define SERIALTUN_WEAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes in front of the inner frame. */
#define WEAVE_HEAD_LEN 2

size_t weave_piece(const uint8_t *bytes, size_t len, size_t most);
bool weave_fits(const uint8_t *bytes, size_t at);
size_t weave_insert(uint8_t *bytes, size_t *at, size_t *len,
		    const uint8_t *inner, size_t inner_len);

#endif
