/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SUMS_H
#define SERIALTUN_SUMS_H

#include <stddef.h>
#include <stdint.h>

void sums_flip(uint8_t *ip, size_t len);

#endif
