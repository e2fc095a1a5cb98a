/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CHIP_MAX_H
#define SERIALTUN_CHIP_MAX_H

#include <stdint.h>

unsigned int chip_max_usb(uint16_t vid, uint16_t pid);
unsigned int chip_max_uart(unsigned long clock);

#endif
