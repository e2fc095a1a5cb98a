/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SIGNALS_H
#define SERIALTUN_SIGNALS_H

#include <stdbool.h>

int signals_set_up(void);
int signals_fd(void);
void signals_clear_fd(void);
bool signals_stop(void);
bool signals_take_report(void);
bool signals_take_reopen(void);

#endif
