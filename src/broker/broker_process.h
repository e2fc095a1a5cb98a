/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BROKER_PROCESS_H
#define SERIALTUN_BROKER_PROCESS_H

void broker_process_run(const void *config, int fd);

#endif
