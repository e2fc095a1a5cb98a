/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CHECKSUM_H
#define SERIALTUN_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint16_t checksum_fold(uint32_t sum);
uint16_t checksum_sum(const uint8_t *bytes, size_t len);

#endif
