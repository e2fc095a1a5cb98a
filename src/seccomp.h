/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SECCOMP_H
#define SERIALTUN_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The instructions of the longest program, for 96 rules with an argument. */
#define SECCOMP_CODE_MAX 512

/* As the number of a rule: every system call. */
#define SECCOMP_ANY_CALL UINT32_MAX

/**
 * enum seccomp_verdict - what the kernel does about a system call
 * @SECCOMP_VERDICT_ALLOW: it makes it
 * @SECCOMP_VERDICT_DENY:  it answers EPERM
 * @SECCOMP_VERDICT_KILL:  it ends the process by SIGSYS
 */
enum seccomp_verdict {
	SECCOMP_VERDICT_ALLOW,
	SECCOMP_VERDICT_DENY,
	SECCOMP_VERDICT_KILL,
};

/**
 * struct seccomp_rule - what happens to a system call
 * @call:    its number on the machine that the program is for, or
 *           SECCOMP_ANY_CALL, without an argument
 * @verdict: the answer
 * @has_arg: only with this argument
 * @no_bits: only with an argument that has none of the bits of @arg
 * @index:   which argument, 0 to 5
 * @arg:     the low 32 bits of that argument
 *
 * The first rule that applies decides. If none applies, the answer is EPERM.
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
