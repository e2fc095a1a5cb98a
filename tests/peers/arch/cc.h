/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts about compiler and system that lwIP includes from a file of this name:
 * the source of random numbers, and that a pointer may not fit into the fields
 * of a fragment's header.
 */
#ifndef PEERS_ARCH_CC_H
#define PEERS_ARCH_CC_H

#include <stdlib.h>

#define LWIP_RAND()	     ((u32_t)rand())
#define IPV6_FRAG_COPYHEADER 1

#endif
