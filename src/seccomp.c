/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list of the system calls that a process may make (seccomp(2)). The kernel
 * answers every other system call with EPERM.
 *
 * The kernel runs a program of the classic BPF before each system call. The
 * numbers of system calls differ between machines, and one kernel may serve two
 * machines (i386 programs run on x86_64), so the program looks at the machine
 * first. The numbers of x32 have a bit of their own, so none is on a list.
 */
#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#define DENY (SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))

/* Instructions in front of the rules, at most for one rule, and behind all. */
#define HEAD_LEN 4
#define RULE_LEN 5
#define TAIL_LEN 1

_Static_assert(HEAD_LEN + 48 * RULE_LEN + TAIL_LEN <= SECCOMP_CODE_MAX,
	       "48 rules fit");

/**
 * seccomp_native_arch() - the machine that this program was built for
 *
 * Return: as AUDIT_ARCH_X86_64 of <linux/audit.h>; 0 for a machine whose name
 * is not known here
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

/* Go on if the word that was loaded is @value; else skip @else_skip. */
static struct sock_filter expect(uint32_t value, uint8_t else_skip)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0,
					    else_skip);
}

static struct sock_filter answer(uint32_t verdict)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict);
}

/* The number of the system call is loaded, and is so again behind it. */
static void put_rule(struct sock_fprog *program,
		     const struct seccomp_rule *rule)
{
	if (!rule->has_arg) {
		put(program, expect(rule->call, 1));
		put(program, answer(SECCOMP_RET_ALLOW));
		return;
	}
	put(program, expect(rule->call, 4));
	/* All the machines are little-endian: the low word comes first. */
	put(program, load(offsetof(struct seccomp_data, args)));
	put(program, expect(rule->arg, 1));
	put(program, answer(SECCOMP_RET_ALLOW));
	put(program, load(offsetof(struct seccomp_data, nr)));
}

/**
 * seccomp_build() - make a program that allows some system calls only
 * @program:    the program; it points to @code
 * @code:       the instructions
 * @arch:       the machine, as AUDIT_ARCH_X86_64; little-endian
 * @rules:      the system calls
 * @rule_count: how many
 *
 * The result depends on nothing but the arguments, so a program for any machine
 * can be made and tried on any other.
 *
 * Return: 0, or -E2BIG if the rules do not fit
 */
int seccomp_build(struct sock_fprog *program,
		  struct sock_filter code[SECCOMP_CODE_MAX], uint32_t arch,
		  const struct seccomp_rule *rules, size_t rule_count)
{
	size_t i;

	*program = (struct sock_fprog){.filter = code};
	put(program, load(offsetof(struct seccomp_data, arch)));
	put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						  arch, 1, 0));
	put(program, answer(DENY));
	put(program, load(offsetof(struct seccomp_data, nr)));
	for (i = 0; i < rule_count; i++) {
		if (program->len + RULE_LEN + TAIL_LEN > SECCOMP_CODE_MAX)
			return -E2BIG;
		put_rule(program, &rules[i]);
	}
	put(program, answer(DENY));
	return 0;
}

/**
 * seccomp_install() - from now on, this process makes these system calls only
 * @rules:      the system calls, by the numbers of this machine
 * @rule_count: how many
 *
 * The process has no_new_privs already. What it allocates afterwards has to be
 * at hand already, unless the rules allow brk(2) and mmap(2).
 *
 * Return: 0 or -errno; -ENOSYS on a machine whose name is not known here,
 * -EINVAL from a kernel without seccomp
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
