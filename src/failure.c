/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A failure on its way up. The function that fails knows the object and the
 * reason, and writes the message. Its callers know whether the failure ends the
 * program, is one of many attempts, or is nothing: one of them prints the
 * message, once, or keeps it.
 */
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

/**
 * failure_set() - write down a failure
 * @failure: filled in
 * @err:     -errno
 * @format:  the message, as for printf(3), without a newline
 *
 * Return: @err, for the caller to return
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
