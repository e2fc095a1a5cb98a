/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An interpreter of the classic BPF, for the programs that filter system calls:
 * those for any machine can be run on any other, and where the kernel, or what
 * emulates it, has no seccomp.
 */
#ifndef SERIALTUN_BPF_H
#define SERIALTUN_BPF_H

#include "testing.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#define BPF_DENIED (SECCOMP_RET_ERRNO | EPERM)
#define BPF_KILLED 0x80000000U /* SECCOMP_RET_KILL_PROCESS, Linux 4.14 */

/**
 * bpf_run() - run a program as the kernel does (net/core/filter.c)
 * @program: the program, of those instructions that are used here; all others
 *           fail, and so does whatever reads or jumps out of bounds
 * @data:    what it looks at
 *
 * Return: its verdict
 */
static inline uint32_t bpf_run(const struct sock_fprog *program,
			       const struct seccomp_data *data)
{
	const struct sock_filter *at;
	uint32_t accumulator = 0;
	size_t pc = 0;

	for (;;) {
		assert_in_range(pc, 0, program->len - 1);
		at = &program->filter[pc++];
		switch (at->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_int_equal(at->k % sizeof(uint32_t), 0);
			assert_in_range(at->k, 0,
					sizeof(*data) - sizeof(uint32_t));
			memcpy(&accumulator, (const uint8_t *)data + at->k,
			       sizeof(accumulator));
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += accumulator == at->k ? at->jt : at->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += accumulator & at->k ? at->jt : at->jf;
			break;
		case BPF_RET | BPF_K:
			return at->k;
		default:
			fail_msg("instruction %#x", at->code);
		}
	}
}

/**
 * bpf_verdict() - what a program says of a system call
 * @program: the program
 * @arch:    the machine, as AUDIT_ARCH_X86_64
 * @call:    its number
 * @arg:     its first argument
 *
 * Return: SECCOMP_RET_ALLOW, BPF_DENIED, BPF_KILLED or another one
 */
static inline uint32_t bpf_verdict(const struct sock_fprog *program,
				   uint32_t arch, uint32_t call, uint64_t arg)
{
	const struct seccomp_data data = {
		.nr = (int)call,
		.arch = arch,
		.args = {arg, UINT64_MAX, UINT64_MAX},
	};

	return bpf_run(program, &data);
}

#endif
