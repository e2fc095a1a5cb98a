/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPER_PROCESS_H
#define SERIALTUN_KEEPER_PROCESS_H

#include <stddef.h>

struct seccomp_rule;

void keeper_process_run(const void *config, int fd);
const struct seccomp_rule *keeper_process_rules(size_t *count);

#endif
