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
#include <signal.h>
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

/* What a program says of a call with two arguments. */
static uint32_t verdict_of(const struct sock_fprog *program, uint32_t call,
			   uint64_t first, uint64_t second)
{
	const struct seccomp_data data = {
		.nr = (int)call,
		.arch = AUDIT_ARCH_X86_64,
		.args = {first, second},
	};

	return bpf_run(program, &data);
}

static void test_seccomp_build_first_rule_decides(void **state)
{
	static const struct seccomp_rule rules[] = {
		{.call = 41, .has_arg = true, .arg = 1},
		{.call = 41,
		 .has_arg = true,
		 .arg = 2,
		 .verdict = SECCOMP_VERDICT_DENY},
		{.call = 41, .verdict = SECCOMP_VERDICT_KILL},
		{.call = 16, .has_arg = true, .index = 1, .arg = 0x5401},
		{.call = 16, .has_arg = true, .index = 0, .arg = 7},
		{.call = 9, .no_bits = true, .index = 1, .arg = 0x6},
		{.call = 59, .verdict = SECCOMP_VERDICT_KILL},
		{.call = 0},
	};
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct sock_fprog program;

	(void)state;
	assert_int_equal(seccomp_build(&program, code, AUDIT_ARCH_X86_64, rules,
				       TESTING_COUNT(rules)),
			 0);
	assert_int_equal(verdict_of(&program, 41, 1, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(verdict_of(&program, 41, 2, 0), BPF_DENIED);
	assert_int_equal(verdict_of(&program, 41, 3, 0), BPF_KILLED);
	/* the first argument is no number of a call, nor the second one */
	assert_int_equal(verdict_of(&program, 59, 0, 0), BPF_KILLED);
	assert_int_equal(verdict_of(&program, 0, 59, 59), SECCOMP_RET_ALLOW);
	/* rules for two arguments of a call: one of them is enough */
	assert_int_equal(verdict_of(&program, 16, 3, 0x5401),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(verdict_of(&program, 16, 7, 0x5412),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(verdict_of(&program, 16, 3, 0x5412), BPF_DENIED);
	assert_int_equal(verdict_of(&program, 9, 6, 1), SECCOMP_RET_ALLOW);
	assert_int_equal(verdict_of(&program, 9, 0, 2), BPF_DENIED);
	assert_int_equal(verdict_of(&program, 9, 0, 4), BPF_DENIED);
	assert_int_equal(verdict_of(&program, 9, 0, 7), BPF_DENIED);
	assert_int_equal(verdict_of(&program, 9, 0, 8), SECCOMP_RET_ALLOW);
}

/* More rules for one argument than one jump can skip. */
static void test_seccomp_build_a_long_group(void **state)
{
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct seccomp_rule rules[202] = {0};
	struct sock_fprog program;
	uint32_t i;

	(void)state;
	for (i = 0; i < 200; i++)
		rules[i] = (struct seccomp_rule){
			.call = 16, .has_arg = true, .index = 1, .arg = i};
	rules[200] = (struct seccomp_rule){.call = 1};
	rules[201] = (struct seccomp_rule){.call = SECCOMP_ANY_CALL,
					   .verdict = SECCOMP_VERDICT_KILL};
	assert_int_equal(seccomp_build(&program, code, AUDIT_ARCH_X86_64, rules,
				       TESTING_COUNT(rules)),
			 0);
	for (i = 0; i < 250; i++) {
		assert_int_equal(verdict_of(&program, 16, 0, i),
				 i < 200 ? SECCOMP_RET_ALLOW : BPF_KILLED);
		assert_int_equal(verdict_of(&program, 1, i, i),
				 SECCOMP_RET_ALLOW);
		assert_int_equal(verdict_of(&program, 2, i, i), BPF_KILLED);
	}
}

static void test_seccomp_build_any_call(void **state)
{
	static const struct seccomp_rule rules[] = {
		{.call = 59, .verdict = SECCOMP_VERDICT_KILL},
		{.call = SECCOMP_ANY_CALL},
	};
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct sock_fprog program;
	uint32_t call;

	(void)state;
	assert_int_equal(seccomp_build(&program, code, AUDIT_ARCH_X86_64, rules,
				       TESTING_COUNT(rules)),
			 0);
	for (call = 0; call < 600; call++)
		assert_int_equal(verdict_of(&program, call, 59, 59),
				 call == 59 ? BPF_KILLED : SECCOMP_RET_ALLOW);
	/* calls of another machine, and of x32, have other numbers */
	assert_int_equal(verdict_of(&program, 0x40000000 | 520, 0, 0),
			 BPF_DENIED);
	assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_I386, 59, 0),
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
		seccomp_build(&program, code, AUDIT_ARCH_X86_64, rules, 96), 0);
	assert_int_equal(bpf_verdict(&program, AUDIT_ARCH_X86_64, 95, 0),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(seccomp_build(&program, code, AUDIT_ARCH_X86_64, rules,
				       TESTING_COUNT(rules)),
			 -E2BIG);
}

/* What a filtered process found; its exit status. */
enum {
	NO_SECCOMP = 10, /* not what a sanitizer ends with */
	WRITE_FAILED,
	OPEN_WAS_ALLOWED,
	SOCKET_WAS_ALLOWED,
	ARGUMENT_WAS_ALLOWED,
	ARGUMENT_FAILED,
	KILL_FAILED,
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
		{.call = SYS_getpid, .verdict = SECCOMP_VERDICT_KILL},
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
	syscall(SYS_getpid);
	return KILL_FAILED;
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
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SECCOMP)
		skip();
	/* as wanted, to the last of them, which is its end */
	assert_false(WIFEXITED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
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
		cmocka_unit_test(test_seccomp_build_first_rule_decides),
		cmocka_unit_test(test_seccomp_build_a_long_group),
		cmocka_unit_test(test_seccomp_build_any_call),
		cmocka_unit_test(test_seccomp_build_too_long),
		/* Valgrind makes system calls of its own: without this one. */
		cmocka_unit_test(test_seccomp_install),
	};
	size_t count = TESTING_COUNT(tests) - testing_is_valgrind();

	return _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
}
