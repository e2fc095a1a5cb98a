/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SUM_H
#define SERIALTUN_SUM_H

#include <stddef.h>
#include <stdint.h>

/* 32 bytes in hexadecimal, and a '\0'. */
#define SUM_TEXT_MAX 65

/**
 * enum sum_kind - the program that sums bytes on the board
 * @SUM_NONE:   there is none
 * @SUM_CKSUM:  cksum(1)
 * @SUM_SHA256: sha256sum(1)
 */
enum sum_kind {
	SUM_NONE,
	SUM_CKSUM,
	SUM_SHA256,
};

enum sum_kind sum_find(const char *program, size_t len);
void sum_write(char text[SUM_TEXT_MAX], enum sum_kind kind,
	       const uint8_t *bytes, size_t len);

#endif
