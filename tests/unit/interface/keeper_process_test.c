/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of keeper_process: the system calls that it may make, by the numbers of
 * the machine that this is built for. What it does with them needs root, and is
 * tested end to end.
 */
#include "../bpf.h"
#include "../testing.h"
#include "interface/keeper_process.h"
#include "seccomp.h"

#include <linux/audit.h>
#include <sys/syscall.h>

static const struct {
	const char *name;
	uint32_t call;
	uint32_t verdict;
} calls[] = {
	{"read", SYS_read, SECCOMP_RET_ALLOW},
	{"write", SYS_write, SECCOMP_RET_ALLOW},
#ifdef SYS_sendto
	{"sendto", SYS_sendto, SECCOMP_RET_ALLOW},
	{"recvmsg", SYS_recvmsg, SECCOMP_RET_ALLOW},
#endif
	{"pread64", SYS_pread64, SECCOMP_RET_ALLOW},
	{"pwrite64", SYS_pwrite64, SECCOMP_RET_ALLOW},
	{"ftruncate", SYS_ftruncate, SECCOMP_RET_ALLOW},
	{"exit_group", SYS_exit_group, SECCOMP_RET_ALLOW},
	{"openat", SYS_openat, BPF_DENIED},
	{"socket", SYS_socket, BPF_DENIED},
	{"connect", SYS_connect, BPF_DENIED},
	{"bind", SYS_bind, BPF_DENIED},
	{"dup", SYS_dup, BPF_DENIED},
	{"ioctl", SYS_ioctl, BPF_DENIED},
	{"execve", SYS_execve, BPF_DENIED},
	{"clone", SYS_clone, BPF_DENIED},
	{"kill", SYS_kill, BPF_DENIED},
	{"ptrace", SYS_ptrace, BPF_DENIED},
	{"mprotect", SYS_mprotect, BPF_DENIED},
	{"brk", SYS_brk, BPF_DENIED},
	{"prctl", SYS_prctl, BPF_DENIED},
	{"capset", SYS_capset, BPF_DENIED},
	{"setuid", SYS_setuid, BPF_DENIED},
	{"mount", SYS_mount, BPF_DENIED},
	{"unshare", SYS_unshare, BPF_DENIED},
};

static void test_keeper_process_rules(void **state)
{
	const uint32_t arch = seccomp_native_arch();
	struct sock_filter code[SECCOMP_CODE_MAX];
	const struct seccomp_rule *rules;
	struct sock_fprog program;
	size_t count;
	size_t i;

	(void)state;
	rules = keeper_process_rules(&count);
	assert_int_equal(seccomp_build(&program, code, arch, rules, count), 0);
	for (i = 0; i < TESTING_COUNT(calls); i++) {
		if (bpf_verdict(&program, arch, calls[i].call, 0) !=
		    calls[i].verdict)
			fail_msg("%s", calls[i].name);
		assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_MIPS,
					     calls[i].call, 0),
				 BPF_DENIED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeper_process_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
