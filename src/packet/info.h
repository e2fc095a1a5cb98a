/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_INFO_H
#define SERIALTUN_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flags and protocol of struct tun_pi, two bytes each. */
#define INFO_LEN 4

bool info_is_first(const uint8_t *frame, size_t len);
void info_put(uint8_t out[INFO_LEN], const uint8_t *packet);

#endif
