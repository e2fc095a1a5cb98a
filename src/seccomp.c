/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Filter the system calls of a process (seccomp(2)). A rule tells the kernel to
 * execute a call, to fail it with EPERM, or to end the process. A call without
 * a rule fails with EPERM.
 *
 * The kernel runs a classic BPF program before each system call. The numbers of
 * system calls differ between machines, and one kernel may serve two machines
 * (i386 programs run on x86_64), so the program checks the machine first. The
 * x32 ABI runs on the same machine as x86_64 and marks its call numbers with
 * X32_BIT; the program denies them.
 */
#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

/* Before Linux 4.14 the kernel ends the thread; a process here has only one. */
#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif

#define DENY (SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))

/* Instructions before the rules, of one rule at most, and after the rules. */
#define HEAD_LEN 6
#define RULE_LEN 5
#define TAIL_LEN 1

/* The bit in the numbers of x32 (__X32_SYSCALL_BIT). */
#define X32_BIT 0x40000000U

/* Rules for the same argument of the same call load that argument once. */
#define GROUP_LEN(rules) (3 + 2 * (rules))

/* A jump can skip at most 255 instructions. */
#define GROUP_MAX 126

_Static_assert(HEAD_LEN + 96 * RULE_LEN + TAIL_LEN <= SECCOMP_CODE_MAX,
	       "96 rules fit");
_Static_assert(GROUP_LEN(1) == RULE_LEN, "a group of one is a rule");
_Static_assert(GROUP_LEN(GROUP_MAX) - 1 <= UINT8_MAX, "a jump skips a group");

/**
 * seccomp_native_arch() - get the machine that this program was built for
 *
 * Return: an AUDIT_ARCH_ constant of <linux/audit.h>; 0 for a machine that the
 * function does not know
 */
uint32_t seccomp_native_arch(void)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	return AUDIT_ARCH_X86_64;
#elif defined(__i386__)
	return AUDIT_ARCH_I386;
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
	return AUDIT_ARCH_AARCH64;
#elif defined(__arm__) && !defined(__ARMEB__)
	return AUDIT_ARCH_ARM;
#else
	return 0;
#endif
}

static void put(struct sock_fprog *program, struct sock_filter instruction)
{
	program->filter[program->len++] = instruction;
}

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					    (uint32_t)offset);
}

/* Skip @else_skip instructions unless the loaded word is @value. */
static struct sock_filter expect(uint32_t value, uint8_t else_skip)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0,
					    else_skip);
}

static struct sock_filter answer(uint32_t verdict)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict);
}

static struct sock_filter answer_with(enum seccomp_verdict verdict)
{
	switch (verdict) {
	case SECCOMP_VERDICT_ALLOW:
		return answer(SECCOMP_RET_ALLOW);
	case SECCOMP_VERDICT_KILL:
		return answer(SECCOMP_RET_KILL_PROCESS);
	default:
		return answer(DENY);
	}
}

static void put_rule(struct sock_fprog *program,
		     const struct seccomp_rule *rule)
{
	if (rule->call != SECCOMP_ANY_CALL)
		put(program, expect(rule->call, 1));
	put(program, answer_with(rule->verdict));
}

/* All supported machines are little-endian: the low word comes first. */
static struct sock_filter load_arg(unsigned int index)
{
	return load(offsetof(struct seccomp_data, args) +
		    index * sizeof(uint64_t));
}

/* All @rules must be for the same argument of the same call. */
static void put_group(struct sock_fprog *program,
		      const struct seccomp_rule *rules, size_t count)
{
	size_t i;

	put(program, expect(rules->call, (uint8_t)(GROUP_LEN(count) - 1)));
	put(program, load_arg(rules->index));
	for (i = 0; i < count; i++) {
		if (rules[i].no_bits)
			put(program, (struct sock_filter)BPF_JUMP(
					     BPF_JMP | BPF_JSET | BPF_K,
					     rules[i].arg, 1, 0));
		else
			put(program, expect(rules[i].arg, 1));
		put(program, answer_with(rules[i].verdict));
	}
	put(program, load(offsetof(struct seccomp_data, nr)));
}

static bool looks_at_arg(const struct seccomp_rule *rule)
{
	return rule->has_arg || rule->no_bits;
}

/* Count the first rules that are for the same argument of the same call. */
static size_t group_count(const struct seccomp_rule *rules, size_t rule_count)
{
	size_t count = 0;

	while (count < rule_count && count < GROUP_MAX &&
	       looks_at_arg(&rules[count]) &&
	       rules[count].call == rules->call &&
	       rules[count].index == rules->index)
		count++;
	return count;
}

/**
 * seccomp_build() - compile rules into a BPF program
 * @program:    filled in; it points to @code
 * @code:       filled in with the instructions
 * @arch:       the machine, an AUDIT_ARCH_ constant; little-endian
 * @rules:      the rules, the most frequent calls first
 * @rule_count: number of rules
 *
 * The program depends only on the arguments, so a test on one machine can check
 * the program for another.
 *
 * Return: 0, or -E2BIG if the rules do not fit
 */
int seccomp_build(struct sock_fprog *program,
		  struct sock_filter code[SECCOMP_CODE_MAX], uint32_t arch,
		  const struct seccomp_rule *rules, size_t rule_count)
{
	size_t count;
	size_t len;
	size_t i;

	*program = (struct sock_fprog){.filter = code};
	put(program, load(offsetof(struct seccomp_data, arch)));
	put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						  arch, 1, 0));
	put(program, answer(DENY));
	put(program, load(offsetof(struct seccomp_data, nr)));
	put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
						  X32_BIT, 0, 1));
	put(program, answer(DENY));
	for (i = 0; i < rule_count; i += count ? count : 1) {
		count = group_count(&rules[i], rule_count - i);
		len = count ? GROUP_LEN(count) : RULE_LEN;
		if (program->len + len + TAIL_LEN > SECCOMP_CODE_MAX)
			return -E2BIG;
		if (count)
			put_group(program, &rules[i], count);
		else
			put_rule(program, &rules[i]);
	}
	put(program, answer(DENY));
	return 0;
}

/**
 * seccomp_install() - apply rules to this process, for good
 * @rules:      the rules, with the call numbers of this machine
 * @rule_count: number of rules
 *
 * The process must have set no_new_privs before. Its child processes inherit
 * the rules. A process whose rules allow neither brk(2) nor mmap(2) cannot
 * allocate memory any more.
 *
 * Return: 0 or -errno; -ENOSYS on a machine that seccomp_native_arch() does not
 * know, -EINVAL from a kernel without seccomp
 */
int seccomp_install(const struct seccomp_rule *rules, size_t rule_count)
{
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct sock_fprog program;
	int err;

	if (!seccomp_native_arch())
		return -ENOSYS;
	err = seccomp_build(&program, code, seccomp_native_arch(), rules,
			    rule_count);
	if (err)
		return err;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0)
		       ? -errno
		       : 0;
}
