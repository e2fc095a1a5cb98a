/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of seccomp: programs for each machine, run by an interpreter of the
 * classic BPF as the kernel would run them; and one for this machine, run by
 * the kernel.
 *
 * Numbers of system calls: arch/x86/entry/syscalls/syscall_64.tbl and
 * syscall_32.tbl, arch/arm/tools/syscall.tbl, and
 * include/uapi/asm-generic/unistd.h (aarch64) of Linux.
 */
#include "bpf.h"
#include "seccomp.h"
#include "testing.h"

#include <errno.h>
#include <linux/audit.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* read, write, exit_group, and one that is not on the list, open or openat. */
static const struct {
	const char *name;
	uint32_t arch;
	uint32_t calls[3];
	uint32_t other;
} machines[] = {
	{"x86_64", AUDIT_ARCH_X86_64, {0, 1, 231}, 2},
	{"i386", AUDIT_ARCH_I386, {3, 4, 252}, 5},
	{"arm", AUDIT_ARCH_ARM, {3, 4, 248}, 5},
	{"aarch64", AUDIT_ARCH_AARCH64, {63, 64, 94}, 56},
};

static void test_seccomp_build_for_each_machine(void **state)
{
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct seccomp_rule rules[3] = {0};
	struct sock_fprog program;
	uint32_t call;
	bool allowed;
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < TESTING_COUNT(machines); i++) {
		for (j = 0; j < TESTING_COUNT(rules); j++)
			rules[j].call = machines[i].calls[j];
		assert_int_equal(seccomp_build(&program, code, machines[i].arch,
					       rules, TESTING_COUNT(rules)),
				 0);
		assert_int_equal(bpf_verdict(&program, machines[i].arch,
					     machines[i].other, 0),
				 BPF_DENIED);
		for (call = 0; call < 600; call++) {
			allowed = false;
			for (j = 0; j < TESTING_COUNT(rules); j++)
				allowed |= call == machines[i].calls[j];
			if (bpf_verdict(&program, machines[i].arch, call, 7) !=
			    (allowed ? SECCOMP_RET_ALLOW : BPF_DENIED))
				fail_msg("%s: call %u", machines[i].name, call);
			/* as another machine, as x32, as one of arm alone */
			for (j = 0; j < TESTING_COUNT(machines); j++)
				if (j != i)
					assert_int_equal(
						bpf_verdict(&program,
							    machines[j].arch,
							    call, 7),
						BPF_DENIED);
			assert_int_equal(bpf_verdict(&program, machines[i].arch,
						     call | 0x40000000, 7),
					 BPF_DENIED);
			assert_int_equal(bpf_verdict(&program, machines[i].arch,
						     call | 0x0F0000, 7),
					 BPF_DENIED);
		}
		assert_int_equal(bpf_verdict(&program, machines[i].arch,
					     UINT32_MAX, 0),
				 BPF_DENIED);
	}
}

static void test_seccomp_build_with_an_argument(void **state)
{
	static const struct seccomp_rule rules[] = {
		{.call = 102, .has_arg = true, .arg = 11},
		{.call = 102, .has_arg = true, .arg = 17},
		{.call = 3},
	};
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct sock_fprog program;
	uint64_t arg;

	(void)state;
	assert_int_equal(seccomp_build(&program, code, AUDIT_ARCH_I386, rules,
				       TESTING_COUNT(rules)),
			 0);
	for (arg = 0; arg < 30; arg++) {
		assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_I386, 102,
					     arg),
				 arg == 11 || arg == 17 ? SECCOMP_RET_ALLOW
							: BPF_DENIED);
		assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_I386, 3, arg),
				 SECCOMP_RET_ALLOW);
		assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_I386, 4, arg),
				 BPF_DENIED);
		/* an argument is no number of a system call */
		assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_I386, 11,
					     arg),
				 BPF_DENIED);
	}
}

static void test_seccomp_build_nothing_is_allowed(void **state)
{
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct sock_fprog program;

	(void)state;
	assert_int_equal(
		seccomp_build(&program, code, AUDIT_ARCH_X86_64, NULL, 0), 0);
	assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_X86_64, 0, 0),
			 BPF_DENIED);
}

static void test_seccomp_build_too_long(void **state)
{
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct seccomp_rule rules[SECCOMP_CODE_MAX] = {0};
	struct sock_fprog program;
	size_t count;

	(void)state;
	for (count = 0; count < TESTING_COUNT(rules); count++)
		rules[count] = (struct seccomp_rule){.call = (uint32_t)count,
						     .has_arg = true};
	assert_int_equal(
		seccomp_build(&program, code, AUDIT_ARCH_X86_64, rules, 48), 0);
	assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_X86_64, 47, 0),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(seccomp_build(&program, code, AUDIT_ARCH_X86_64, rules,
				       TESTING_COUNT(rules)),
			 -E2BIG);
}

/* What a filtered process found; its exit status. */
enum {
	AS_WANTED,
	NO_SECCOMP = 10, /* not what a sanitizer ends with */
	WRITE_FAILED,
	OPEN_WAS_ALLOWED,
	SOCKET_WAS_ALLOWED,
	ARGUMENT_WAS_ALLOWED,
	ARGUMENT_FAILED,
};

static int is_denied(long result)
{
	return result == -1 && errno == EPERM;
}

/* In the process. Nothing but bare system calls: there is no allocating. */
static int try_calls(int fd)
{
	static const struct seccomp_rule rules[] = {
		{.call = SYS_write},
		{.call = SYS_exit_group},
		{.call = SYS_dup, .has_arg = true, .arg = 0},
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    seccomp_install(rules, TESTING_COUNT(rules)))
		return NO_SECCOMP;
	if (write(fd, "w", 1) != 1)
		return WRITE_FAILED;
	if (!is_denied(syscall(SYS_openat, -1, "/dev/null", 0)))
		return OPEN_WAS_ALLOWED;
	if (!is_denied(syscall(SYS_socket, 1, 1, 0)))
		return SOCKET_WAS_ALLOWED;
	if (!is_denied(syscall(SYS_dup, fd)))
		return ARGUMENT_WAS_ALLOWED;
	if (is_denied(syscall(SYS_dup, 0)))
		return ARGUMENT_FAILED;
	return AS_WANTED;
}

static void test_seccomp_install(void **state)
{
	char byte = '\0';
	int pipe_fds[2];
	int status;
	pid_t pid;

	(void)state;
	/* A kernel without it, an emulator, or an unknown machine. */
	if (!seccomp_native_arch() || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		skip();
	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	/* _exit() would make system calls of AddressSanitizer's before. */
	if (!pid)
		syscall(SYS_exit_group, try_calls(pipe_fds[1]));
	close(pipe_fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_SECCOMP)
		skip();
	assert_int_equal(WEXITSTATUS(status), AS_WANTED);
	assert_int_equal(read(pipe_fds[0], &byte, 1), 1);
	assert_int_equal(byte, 'w');
	close(pipe_fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seccomp_build_for_each_machine),
		cmocka_unit_test(test_seccomp_build_with_an_argument),
		cmocka_unit_test(test_seccomp_build_nothing_is_allowed),
		cmocka_unit_test(test_seccomp_build_too_long),
		/* Valgrind makes system calls of its own: without this one. */
		cmocka_unit_test(test_seccomp_install),
	};
	size_t count = TESTING_COUNT(tests) - testing_is_valgrind();

	return _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
}
