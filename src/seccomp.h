/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SECCOMP_H
#define SERIALTUN_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most instructions of a program: enough for 96 rules with an argument. */
#define SECCOMP_CODE_MAX 512

/* In struct seccomp_rule.call: the rule applies to every system call. */
#define SECCOMP_ANY_CALL UINT32_MAX

/**
 * enum seccomp_verdict - the kernel's reaction to a system call
 * @SECCOMP_VERDICT_ALLOW: the kernel executes the call
 * @SECCOMP_VERDICT_DENY:  the call fails with EPERM
 * @SECCOMP_VERDICT_KILL:  the kernel ends the process with SIGSYS
 */
enum seccomp_verdict {
	SECCOMP_VERDICT_ALLOW,
	SECCOMP_VERDICT_DENY,
	SECCOMP_VERDICT_KILL,
};

/**
 * struct seccomp_rule - a rule for a system call
 * @call:    number of the call on the machine that the program is for; or
 *           SECCOMP_ANY_CALL, without @has_arg and @no_bits
 * @verdict: the kernel's reaction
 * @has_arg: the rule applies only if the argument is @arg
 * @no_bits: the rule applies only if the argument has none of the bits of @arg
 * @index:   index of the argument, 0 to 5
 * @arg:     value for the low 32 bits of the argument
 *
 * The kernel follows the first rule that applies. A call to which no rule
 * applies fails with EPERM.
 */
struct seccomp_rule {
	uint32_t call;
	enum seccomp_verdict verdict;
	bool has_arg;
	bool no_bits;
	uint8_t index;
	uint32_t arg;
};

uint32_t seccomp_native_arch(void);
int seccomp_build(struct sock_fprog *program,
		  struct sock_filter code[SECCOMP_CODE_MAX], uint32_t arch,
		  const struct seccomp_rule *rules, size_t rule_count);
int seccomp_install(const struct seccomp_rule *rules, size_t rule_count);

#endif
