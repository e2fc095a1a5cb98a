/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STATUS_LINE_H
#define SERIALTUN_STATUS_LINE_H

#include <stdbool.h>

bool status_line_is_live(void);
void status_line_show(const char *text);
void status_line_end(void);

#endif
