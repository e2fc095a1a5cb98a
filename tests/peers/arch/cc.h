/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lwIP wants to know of the compiler and the system, in a file of this
 * name: where random numbers come from, and that a pointer may be longer than
 * what it has room for in a fragment's header.
 */
#ifndef PEERS_ARCH_CC_H
#define PEERS_ARCH_CC_H

#include <stdlib.h>

#define LWIP_RAND()	     ((u32_t)rand())
#define IPV6_FRAG_COPYHEADER 1

#endif
