/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lwIP wants to know of the compiler and the system, in a file of this
 * name: nothing that it does not assume anyway, but random numbers.
 */
#ifndef PEERS_ARCH_CC_H
#define PEERS_ARCH_CC_H

#include <stdlib.h>

#define LWIP_RAND() ((u32_t)rand())

#endif
