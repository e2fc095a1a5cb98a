/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A failure on its way up. The failing function knows object and reason, and
 * writes the message. A caller knows whether the failure ends the program, is
 * one of many attempts, or is harmless, and prints the message once, or not.
 */
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

/**
 * failure_set() - record a failure
 * @failure: filled in
 * @err:     -errno
 * @format:  the message, as for printf(3), without a newline
 *
 * Return: @err
 */
int failure_set(struct failure *failure, int err, const char *format, ...)
{
	va_list args;

	failure->err = err;
	va_start(args, format);
	vsnprintf(failure->text, sizeof(failure->text), format, args);
	va_end(args);
	return err;
}
