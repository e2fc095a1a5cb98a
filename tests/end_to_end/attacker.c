/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A serialtun that an attacker has taken over: build/tests/end_to_end/attacked
 *
 * The program consists of serialtun's own objects, but the linker diverts each
 * call of packet_check() to this file (ld's --wrap). When a frame with the text
 * "attack NAME" arrives, the program makes the system calls of that attack, and
 * prints the start and the outcome on stderr:
 *
 *   attack NAME: begun
 *   attack NAME: stopped: REASON    the kernel has refused the call
 *   attack NAME: SUCCEEDED
 *
 * If the kernel ends the process, the program prints only the first line.
 */
#include "packet/packet.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define WORD "attack "

enum packet_verdict __real_packet_check(const uint8_t *packet, size_t len);
enum packet_verdict __wrap_packet_check(const uint8_t *packet, size_t len);

/* go() returns a negative number if the kernel has refused the attack. */
struct attack {
	const char *name;
	long (*go)(void);
};

static long read_secret(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/shadow", O_RDONLY);
}

/* A file that every user may read. */
static long read_file(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static long write_etc(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/passwd",
		       O_WRONLY | O_APPEND);
}

static long create_in_etc(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/serialtun-was-here",
		       O_WRONLY | O_CREAT | O_EXCL, 0644);
}

static long create_in_tmp(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/tmp/serialtun-was-here",
		       O_WRONLY | O_CREAT | O_EXCL, 0644);
}

static long delete_file(void)
{
	return syscall(SYS_unlinkat, AT_FDCWD, "/etc/motd", 0);
}

static long rename_file(void)
{
	return syscall(SYS_renameat2, AT_FDCWD, "/etc/motd", AT_FDCWD,
		       "/etc/motd.old", 0);
}

static long change_mode(void)
{
	return syscall(SYS_fchmodat, AT_FDCWD, "/etc/shadow", 0666);
}

static long make_set_uid(void)
{
	return syscall(SYS_fchmod, STDERR_FILENO, 04755);
}

static long run_program(void)
{
	char *const args[] = {(char[]){"true"}, NULL};

	return syscall(SYS_execve, "/bin/true", args, args + 1);
}

static long run_program_by_fd(void)
{
	char *const args[] = {(char[]){"true"}, NULL};

	return syscall(SYS_execveat, AT_FDCWD, "/bin/true", args, args + 1, 0);
}

static long start_process(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		syscall(SYS_exit_group, 0);
	return pid;
}

static long end_parent(void)
{
	return syscall(SYS_kill, getppid(), SIGKILL);
}

static long end_everything(void)
{
	return syscall(SYS_kill, -1, SIGKILL);
}

static long signal_thread(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), SIGKILL);
}

static long look_into_parent(void)
{
	return syscall(SYS_ptrace, PTRACE_SEIZE, getppid(), 0, 0);
}

static long read_parent(void)
{
	return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static long open_family(int family, int type)
{
	return syscall(SYS_socket, family, type, 0);
}

static long socket_unix(void)
{
	return open_family(AF_UNIX, SOCK_STREAM);
}

static long socket_ip(void)
{
	return open_family(AF_INET, SOCK_STREAM);
}

static long socket_netlink(void)
{
	return open_family(AF_NETLINK, SOCK_RAW);
}

static long socket_packet(void)
{
	return open_family(AF_PACKET, SOCK_RAW);
}

static long do_mount(void)
{
	return syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL);
}

static long join_namespace(void)
{
	return syscall(SYS_setns, STDIN_FILENO, 0);
}

static long new_namespace(void)
{
	return syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */);
}

static long read_keys(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		       KEY_SPEC_SESSION_KEYRING, 1);
}

static long load_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0);
}

static long load_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "");
}

static long type_into_terminal(void)
{
	return ioctl(STDERR_FILENO, TIOCSTI, "x");
}

static long take_terminal(void)
{
	return ioctl(STDERR_FILENO, TIOCSCTTY, 1);
}

static long another_interface(void)
{
	struct ifreq request = {.ifr_name = "tun0", .ifr_flags = IFF_TUN};
	int fd = open("/dev/net/tun", O_RDWR);

	/* Any descriptor shows whether the filter allows the request. */
	errno = 0;
	if (ioctl(fd < 0 ? STDIN_FILENO : fd, TUNSETIFF, &request) &&
	    errno != EPERM)
		return 0;
	return errno == EPERM ? -1 : 0;
}

static long interface_down(void)
{
	struct ifreq request = {.ifr_name = "lo"};

	return ioctl(STDIN_FILENO, SIOCSIFFLAGS, &request) && errno == EPERM
		       ? -1
		       : 0;
}

static long root_again(void)
{
	return syscall(SYS_setresuid, 0, 0, 0);
}

static long capabilities_again(void)
{
	return syscall(SYS_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
}

static long executable_memory(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -1 : 0;
}

static long code_on_the_stack(void)
{
	static char page[8192];
	const uintptr_t at = ((uintptr_t)page + 4095) & ~(uintptr_t)4095;

	return syscall(SYS_mprotect, at, 4096, PROT_READ | PROT_EXEC);
}

static long change_root(void)
{
	return syscall(SYS_chroot, "/");
}

static long change_limits(void)
{
	return syscall(SYS_setpriority, 0, getppid(), 19);
}

static long set_clock(void)
{
	return syscall(SYS_clock_settime, 0, NULL);
}

static long share_memory(void)
{
	return syscall(SYS_memfd_create, "x", 0);
}

/* The test sends this one last, and waits for its outcome. */
static long nothing(void)
{
	return 0;
}

static const struct attack attacks[] = {
	{"read-secret", read_secret},
	{"read-file", read_file},
	{"write-etc", write_etc},
	{"create-in-etc", create_in_etc},
	{"create-in-tmp", create_in_tmp},
	{"delete-file", delete_file},
	{"rename-file", rename_file},
	{"change-mode", change_mode},
	{"make-set-uid", make_set_uid},
	{"execve", run_program},
	{"execveat", run_program_by_fd},
	{"fork", start_process},
	{"kill-parent", end_parent},
	{"kill-all", end_everything},
	{"kill-thread", signal_thread},
	{"ptrace", look_into_parent},
	{"process-vm", read_parent},
	{"socket-unix", socket_unix},
	{"socket-ip", socket_ip},
	{"socket-netlink", socket_netlink},
	{"socket-packet", socket_packet},
	{"mount", do_mount},
	{"setns", join_namespace},
	{"unshare", new_namespace},
	{"keyctl", read_keys},
	{"bpf", load_bpf},
	{"module", load_module},
	{"type", type_into_terminal},
	{"take-terminal", take_terminal},
	{"tun", another_interface},
	{"interface-down", interface_down},
	{"setuid", root_again},
	{"keepcaps", capabilities_again},
	{"mmap-exec", executable_memory},
	{"mprotect-exec", code_on_the_stack},
	{"chroot", change_root},
	{"priority", change_limits},
	{"clock", set_clock},
	{"memfd", share_memory},
	{"last", nothing},
};

static void say(const char *name, const char *what, const char *reason)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "attack %s: %s%s\n", name, what,
			   reason);

	(void)!write(STDERR_FILENO, text, (size_t)len);
}

static void try_attack(const struct attack *attack)
{
	say(attack->name, "begun", "");
	errno = 0;
	if (attack->go() >= 0)
		say(attack->name, "SUCCEEDED", "");
	else
		say(attack->name, "stopped: ", strerror(errno));
}

enum packet_verdict __wrap_packet_check(const uint8_t *packet, size_t len)
{
	const size_t word = strlen(WORD);
	size_t i;

	if (len <= word || memcmp(packet, WORD, word) != 0)
		return __real_packet_check(packet, len);
	for (i = 0; i < sizeof(attacks) / sizeof(*attacks); i++)
		if (strlen(attacks[i].name) == len - word &&
		    !memcmp(attacks[i].name, packet + word, len - word))
			try_attack(&attacks[i]);
	return __real_packet_check(packet, len);
}
