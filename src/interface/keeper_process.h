/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPER_PROCESS_H
#define SERIALTUN_KEEPER_PROCESS_H

#include <stddef.h>

struct keeper_config;
struct seccomp_rule;

_Noreturn void keeper_process_run(const struct keeper_config *config, int fd);
const struct seccomp_rule *keeper_process_rules(size_t *count);

#endif
