/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time: nanoseconds of CLOCK_MONOTONIC, in 64 bits.
 */
#ifndef SERIALTUN_CLOCK_H
#define SERIALTUN_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_US UINT64_C(1000)

/**
 * clock_ns() - the time
 *
 * Reads the vDSO, without a system call.
 *
 * Return: nanoseconds since an arbitrary time in the past
 */
static inline uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/**
 * clock_earlier() - the earlier of two times
 * @a: a time
 * @b: a time; UINT64_MAX: never
 *
 * Return: @a or @b
 */
static inline uint64_t clock_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/**
 * clock_later() - the later of two times
 * @a: a time
 * @b: a time
 *
 * Return: @a or @b
 */
static inline uint64_t clock_later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
