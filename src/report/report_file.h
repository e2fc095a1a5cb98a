/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REPORT_FILE_H
#define SERIALTUN_REPORT_FILE_H

#include <stddef.h>

struct failure;

int report_file_write(const char *path, const char *text, size_t len,
		      struct failure *failure);

#endif
