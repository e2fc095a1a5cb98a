/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of cell: what the rules of this machine say of calls, by an interpreter
 * and so without a kernel that filters them.
 */
#include "bpf.h"
#include "cell.h"
#include "testing.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/net.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define SELF 4711

/* A process of each kind: the main one of lines, and the broker. */
static const struct cell_needs serial = {.watches = true, .self = SELF};
static const struct cell_needs device = {.devices = true, .self = SELF};
static const struct cell_needs report = {.files = true, .self = SELF};
static const struct cell_needs removal = {.leaves = true, .self = SELF};
static const struct cell_needs ip = {.ip = true, .self = SELF};
static const struct cell_needs local = {.local = true, .self = SELF};
static const struct cell_needs pipes = {.self = SELF};

#define LINES 7
static const struct cell_needs *const all[LINES] = {
	&serial, &device, &report, &removal, &ip, &local, &pipes,
};

/* What the rules say of a call; NULL: those of the process for names. */
static uint32_t verdict(const struct cell_needs *needs, uint32_t call,
			uint64_t first, uint64_t second, uint64_t third)
{
	const struct seccomp_data data = {
		.nr = (int)call,
		.arch = seccomp_native_arch(),
		.args = {first, second, third},
	};
	struct sock_filter code[SECCOMP_CODE_MAX];
	struct seccomp_rule rules[CELL_RULES_MAX];
	struct sock_fprog program;
	size_t count =
		needs ? cell_rules(rules, needs) : cell_name_rules(rules);

	assert_in_range(count, 1, CELL_RULES_MAX - 1);
	assert_int_equal(seccomp_build(&program, code, data.arch, rules, count),
			 0);
	return bpf_run(&program, &data);
}

/* A call without arguments. */
static uint32_t bare(const struct cell_needs *needs, uint32_t call)
{
	return verdict(needs, call, 0, 0, 0);
}

static void test_cell_packets_cross(void **state)
{
	static const uint32_t calls[] = {
		SYS_read,	SYS_write,	  SYS_readv,   SYS_writev,
		SYS_sendto,	SYS_recvfrom,	  SYS_recvmsg, SYS_epoll_pwait,
		SYS_close,	SYS_rt_sigreturn, SYS_brk,     SYS_munmap,
		SYS_exit_group,
	};
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < LINES; i++) {
		for (j = 0; j < TESTING_COUNT(calls); j++)
			assert_int_equal(bare(all[i], calls[j]),
					 SECCOMP_RET_ALLOW);
		assert_int_equal(verdict(all[i], SYS_ioctl, 3, TIOCOUTQ, 0),
				 SECCOMP_RET_ALLOW);
		assert_int_equal(verdict(all[i], SYS_ioctl, 3, TUNSETCARRIER,
					 0),
				 SECCOMP_RET_ALLOW);
	}
}

static void test_cell_no_other_program(void **state)
{
	static const uint32_t calls[] = {
		SYS_execve,
		SYS_execveat,
		SYS_process_vm_readv,
		SYS_process_vm_writev,
		SYS_mount,
		SYS_pivot_root,
		SYS_setns,
		SYS_unshare,
		SYS_keyctl,
		SYS_add_key,
		SYS_bpf,
		SYS_init_module,
		SYS_finit_module,
	};
	size_t i;
	size_t j;

	(void)state;
	for (j = 0; j < TESTING_COUNT(calls); j++) {
		for (i = 0; i < LINES; i++)
			assert_int_equal(bare(all[i], calls[j]), BPF_KILLED);
		assert_int_equal(bare(NULL, calls[j]), BPF_KILLED);
	}
}

static void test_cell_typing_into_a_terminal(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LINES; i++) {
		assert_int_equal(verdict(all[i], SYS_ioctl, 2, TIOCSTI, 0),
				 BPF_KILLED);
		assert_int_equal(verdict(all[i], SYS_ioctl, 2, TIOCLINUX, 0),
				 BPF_KILLED);
		assert_int_equal(verdict(all[i], SYS_ioctl, 2, TUNSETIFF, 0),
				 BPF_DENIED);
		assert_int_equal(verdict(all[i], SYS_ioctl, 2, TIOCSCTTY, 0),
				 BPF_DENIED);
	}
	assert_int_equal(verdict(NULL, SYS_ioctl, 2, TIOCSTI, 0), BPF_KILLED);
}

/* The sanitizers' own processes are an exception. */
static void test_cell_no_other_process(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LINES; i++) {
		if (!CELL_FOR_SANITIZERS) {
			assert_int_equal(bare(all[i], SYS_clone), BPF_DENIED);
			assert_int_equal(bare(all[i], SYS_ptrace), BPF_KILLED);
		}
		assert_int_equal(verdict(all[i], SYS_kill, 1, SIGKILL, 0),
				 BPF_DENIED);
		/* abort(3) */
		assert_int_equal(verdict(all[i], SYS_tgkill, SELF, SELF,
					 SIGABRT),
				 SECCOMP_RET_ALLOW);
		if (!CELL_FOR_SANITIZERS)
			assert_int_equal(verdict(all[i], SYS_tgkill, 1, 1,
						 SIGKILL),
					 BPF_DENIED);
		assert_int_equal(verdict(all[i], SYS_fcntl, 3, F_SETOWN, 1),
				 BPF_DENIED);
		assert_int_equal(verdict(all[i], SYS_fcntl, 3, F_SETSIG,
					 SIGKILL),
				 BPF_DENIED);
		assert_int_equal(verdict(all[i], SYS_fcntl, 3, F_SETFL,
					 O_NONBLOCK),
				 SECCOMP_RET_ALLOW);
	}
	/* Is the owner of a lock file alive? */
	assert_int_equal(verdict(&device, SYS_kill, 1, 0, 0),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(verdict(&serial, SYS_kill, 1, 0, 0), BPF_DENIED);
	assert_int_equal(verdict(&pipes, SYS_kill, 1, 0, 0), BPF_DENIED);
}

static void test_cell_memory_is_not_executable(void **state)
{
#ifdef SYS_mmap2
	const uint32_t map = SYS_mmap2;
#else
	const uint32_t map = SYS_mmap;
#endif
	const uint64_t prot[] = {PROT_EXEC, PROT_READ | PROT_EXEC,
				 PROT_READ | PROT_WRITE | PROT_EXEC};
	size_t i;

	(void)state;
	assert_int_equal(verdict(&ip, map, 0, 4096, PROT_READ | PROT_WRITE),
			 SECCOMP_RET_ALLOW);
	for (i = 0; i < TESTING_COUNT(prot); i++) {
		assert_int_equal(verdict(&ip, map, 0, 4096, prot[i]),
				 BPF_DENIED);
		assert_int_equal(verdict(&ip, SYS_mprotect, 0, 4096, prot[i]),
				 BPF_DENIED);
	}
}

static uint32_t opening(const struct cell_needs *needs, int flags)
{
	return verdict(needs, SYS_openat, (uint64_t)AT_FDCWD, 0,
		       (uint64_t)flags);
}

/* A process that writes counters needs files, and so has other rules. */
#if !CELL_FOR_COVERAGE
/* A family of sockets for who needs it. */
static void test_cell_sockets(void **state)
{
	static const struct {
		const struct cell_needs *needs;
		int family;
		uint32_t verdict;
	} cases[] = {
		{&ip, AF_INET, SECCOMP_RET_ALLOW},
		{&ip, AF_INET6, SECCOMP_RET_ALLOW},
		{&ip, AF_NETLINK, SECCOMP_RET_ALLOW},
		{&ip, AF_UNIX, BPF_DENIED},
		{&ip, AF_PACKET, BPF_KILLED},
		{&local, AF_UNIX, SECCOMP_RET_ALLOW},
		{&local, AF_INET, BPF_KILLED},
		{&serial, AF_UNIX, BPF_KILLED},
		{&serial, AF_INET, BPF_KILLED},
		/* the C library asks nscd for the name of a group */
		{&device, AF_UNIX, BPF_DENIED},
		{&report, AF_UNIX, BPF_DENIED},
		{&device, AF_INET, BPF_KILLED},
		{&device, AF_NETLINK, BPF_KILLED},
		{&device, AF_VSOCK, BPF_KILLED},
		{&pipes, AF_INET6, BPF_KILLED},
		{&report, AF_ALG, BPF_KILLED},
		{&removal, AF_UNIX, BPF_KILLED},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++)
		assert_int_equal(verdict(cases[i].needs, SYS_socket,
					 (uint64_t)cases[i].family, 1, 0),
				 cases[i].verdict);
	assert_int_equal(bare(&ip, SYS_connect), SECCOMP_RET_ALLOW);
	assert_int_equal(bare(&device, SYS_connect), BPF_DENIED);
#ifdef SYS_socketcall
	assert_int_equal(verdict(&ip, SYS_socketcall, SYS_SOCKET, 0, 0),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(verdict(&device, SYS_socketcall, SYS_SOCKET, 0, 0),
			 BPF_DENIED);
	assert_int_equal(verdict(&serial, SYS_socketcall, SYS_SOCKET, 0, 0),
			 BPF_KILLED);
	assert_int_equal(verdict(&device, SYS_socketcall, SYS_RECV, 0, 0),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(verdict(&device, SYS_socketcall, SYS_CONNECT, 0, 0),
			 BPF_DENIED);
#endif
}

static void test_cell_files(void **state)
{
	(void)state;
	assert_int_equal(opening(&device, O_RDWR | O_NOCTTY | O_NONBLOCK),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(opening(&device, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(opening(&device, O_WRONLY | O_CREAT), BPF_DENIED);
	assert_int_equal(opening(&device, O_RDWR | O_TRUNC), BPF_DENIED);
	assert_int_equal(opening(&device, O_RDWR | O_TMPFILE), BPF_DENIED);
	assert_int_equal(bare(&device, SYS_unlinkat), BPF_DENIED);
	assert_int_equal(bare(&device, SYS_renameat2), BPF_DENIED);

	assert_int_equal(opening(&report, O_WRONLY | O_CREAT | O_EXCL),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(bare(&report, SYS_renameat2), SECCOMP_RET_ALLOW);

	assert_int_equal(bare(&removal, SYS_unlinkat), SECCOMP_RET_ALLOW);
	assert_int_equal(bare(&removal, SYS_renameat2), BPF_DENIED);
	assert_int_equal(bare(&removal, SYS_linkat), BPF_DENIED);

	/* No file at all, but what a sanitizer reads. */
	assert_int_equal(opening(&ip, O_RDONLY),
			 CELL_FOR_SANITIZERS ? SECCOMP_RET_ALLOW : BPF_DENIED);
	assert_int_equal(opening(&ip, O_RDWR), BPF_DENIED);
	assert_int_equal(opening(&serial, O_RDONLY),
			 CELL_FOR_SANITIZERS ? SECCOMP_RET_ALLOW : BPF_DENIED);
	assert_int_equal(opening(&serial, O_RDWR | O_NOCTTY), BPF_DENIED);
	assert_int_equal(opening(&pipes, O_WRONLY), BPF_DENIED);
	assert_int_equal(bare(&pipes, SYS_unlinkat), BPF_DENIED);
	assert_int_equal(bare(&device, SYS_fchmodat), BPF_DENIED);
	assert_int_equal(bare(&device, SYS_symlinkat), BPF_DENIED);
}
#endif

/* Name lookups use modules that are not ours, with files and sockets. */
static void test_cell_names(void **state)
{
	(void)state;
	assert_int_equal(opening(NULL, O_RDONLY), SECCOMP_RET_ALLOW);
	assert_int_equal(verdict(NULL, SYS_socket, AF_UNIX, 1, 0),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(bare(NULL, SYS_clone), SECCOMP_RET_ALLOW);
	assert_int_equal(bare(NULL, SYS_ptrace), BPF_KILLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cell_packets_cross),
		cmocka_unit_test(test_cell_no_other_program),
		cmocka_unit_test(test_cell_typing_into_a_terminal),
		cmocka_unit_test(test_cell_no_other_process),
		cmocka_unit_test(test_cell_memory_is_not_executable),
#if !CELL_FOR_COVERAGE
		cmocka_unit_test(test_cell_sockets),
		cmocka_unit_test(test_cell_files),
#endif
		cmocka_unit_test(test_cell_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
