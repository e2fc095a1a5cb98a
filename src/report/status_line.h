/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STATUS_LINE_H
#define SERIALTUN_STATUS_LINE_H

void status_line_show(const char *text);
void status_line_end(void);

#endif
