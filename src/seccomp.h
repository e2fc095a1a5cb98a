/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SECCOMP_H
#define SERIALTUN_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The instructions of the longest program, for 48 rules with an argument. */
#define SECCOMP_CODE_MAX 256

/**
 * struct seccomp_rule - a system call that a process may make
 * @call:    its number on the machine that the program is for
 * @has_arg: only with this first argument
 * @arg:     the low 32 bits of that argument
 */
struct seccomp_rule {
	uint32_t call;
	bool has_arg;
	uint32_t arg;
};

uint32_t seccomp_native_arch(void);
int seccomp_build(struct sock_fprog *program,
		  struct sock_filter code[SECCOMP_CODE_MAX], uint32_t arch,
		  const struct seccomp_rule *rules, size_t rule_count);
int seccomp_install(const struct seccomp_rule *rules, size_t rule_count);

#endif
