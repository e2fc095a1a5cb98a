/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_FAILURE_H
#define SERIALTUN_FAILURE_H

#include "log.h"

/**
 * struct failure - a failure, for a caller to judge
 * @err:  -errno
 * @text: the whole message: object, operation, reason, remedy
 */
struct failure {
	int err;
	char text[LOG_TEXT_MAX];
};

int failure_set(struct failure *failure, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
