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
#include "broker/broker_record.h"
#include "interface/keeper_record.h"
#include "packet/packet.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
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

/* SIGKILL to the parent whenever the descriptor becomes readable. */
static long signal_by_fd(void)
{
	if (fcntl(STDERR_FILENO, F_SETOWN, getppid()))
		return -1;
	return fcntl(STDERR_FILENO, F_SETSIG, SIGKILL);
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

/* A terminal that every user may open: a new pty. */
static long open_tty(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/dev/pts/ptmx",
		       O_RDWR | O_NOCTTY);
}

/*
 * Send a record, and take the answer. Return: its length; -1 without one; the
 * descriptor that came with it is in @fd, or -1.
 */
static ssize_t exchange(int socket, const uint8_t *record, size_t len,
			struct iovec answer, int *fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = &answer,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	struct pollfd waited = {.fd = socket, .events = POLLIN};
	ssize_t n;

	*fd = -1;
	if (send(socket, record, len, MSG_NOSIGNAL) < 0 ||
	    poll(&waited, 1, 5000) < 1)
		return -1;
	n = recvmsg(socket, &message, 0);
	if (n >= 0 && message.msg_controllen >= sizeof(control.header))
		memcpy(fd, CMSG_DATA(&control.header), sizeof(*fd));
	return n;
}

/* Find the socket to the broker, by the length of its answers. */
static int find_broker(void)
{
	static const uint8_t unknown[BROKER_REQUEST_LEN] = {255};
	uint8_t answer[BROKER_ANSWER_LEN + BROKER_TEXT_MAX] = {0};
	socklen_t len;
	ssize_t n;
	int type;
	int fd;
	int i;

	for (i = STDERR_FILENO + 1; i < 64; i++) {
		len = sizeof(type);
		if (getsockopt(i, SOL_SOCKET, SO_TYPE, &type, &len) ||
		    type != SOCK_SEQPACKET)
			continue;
		n = exchange(i, unknown, sizeof(unknown),
			     (struct iovec){answer, sizeof(answer)}, &fd);
		if (n >= BROKER_ANSWER_LEN && n != KEEPER_ANSWER_LEN)
			return i;
	}
	return -1;
}

/* Return: as go(); errno is that of the answer. */
static long ask_broker(uint8_t kind, const char *text, size_t len)
{
	static uint8_t record[2 * BROKER_REPORT_MAX];
	uint8_t bytes[BROKER_ANSWER_LEN + BROKER_TEXT_MAX];
	struct broker_answer answer;
	int broker = find_broker();
	ssize_t n;
	int fd;

	memset(record, 0, sizeof(record));
	record[0] = kind;
	memcpy(record + BROKER_REQUEST_LEN, text, len);
	n = exchange(broker, record, BROKER_REQUEST_LEN + len,
		     (struct iovec){bytes, sizeof(bytes)}, &fd);
	if (n < 0 || !broker_answer_decode(&answer, bytes, (size_t)n)) {
		errno = ENOTCONN;
		return -1;
	}
	errno = -answer.err;
	return fd < 0 && answer.err ? -1 : 0;
}

static long broker_secret(void)
{
	return ask_broker(BROKER_OPEN_PORT, "/etc/shadow", 12);
}

static long broker_dots(void)
{
	return ask_broker(BROKER_OPEN_PORT, "../../../etc/shadow", 19);
}

static long broker_tty(void)
{
	return ask_broker(BROKER_OPEN_PORT, "/dev/pts/ptmx", 13);
}

/* The port that this process has: nobody else may get it. */
static long broker_again(void)
{
	return ask_broker(BROKER_OPEN_PORT, "", 0);
}

static long broker_report(void)
{
	return ask_broker(BROKER_WRITE_REPORT, "/etc/serialtun-was-here", 24);
}

static long broker_long(void)
{
	static const char zeros[BROKER_REPORT_MAX + 1];

	return ask_broker(BROKER_WRITE_REPORT, zeros, sizeof(zeros));
}

static long broker_remove(void)
{
	return ask_broker(BROKER_WRITE_REPORT + 1, "/etc/motd", 10);
}

/*
 * Ask the keeper behind this socket, if there is one. Return: true if it has
 * refused.
 */
static bool keeper_refuses(int socket, const struct keeper_request *request)
{
	uint8_t record[KEEPER_REQUEST_LEN];
	uint8_t bytes[BROKER_ANSWER_LEN + BROKER_TEXT_MAX];
	struct keeper_answer answer;
	ssize_t n;
	int fd;

	keeper_request_encode(record, request);
	n = exchange(socket, record, sizeof(record),
		     (struct iovec){bytes, sizeof(bytes)}, &fd);
	return n >= 0 && keeper_answer_decode(&answer, bytes, (size_t)n) &&
	       answer.err == -EPERM;
}

/* The only keeper shares the internet: let it do the other one's work. */
static long keeper_that_shares(void)
{
	const struct addr own = {.family = AF_INET,
				 .prefix_len = 30,
				 .bytes = {10, 9, 9, 1}};
	const struct addr other = {.family = AF_INET,
				   .prefix_len = 30,
				   .bytes = {10, 9, 9, 2}};
	const struct keeper_request requests[] = {
		{.kind = KEEPER_TAKE_ROUTE},
		{.kind = KEEPER_USE_NAMES,
		 .names = {.addrs = {other}, .count = 1}},
		{.kind = KEEPER_TAKE_ADDRESS, .own = own, .other = other},
	};
	const size_t count = sizeof(requests) / sizeof(*requests);
	size_t refused = 0;
	socklen_t len;
	size_t r;
	int type;
	int fd;

	for (fd = STDERR_FILENO + 1; fd < 64; fd++) {
		len = sizeof(type);
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) ||
		    type != SOCK_SEQPACKET)
			continue;
		for (r = 0; r < count; r++)
			refused += keeper_refuses(fd, &requests[r]);
	}
	errno = EPERM;
	return refused == count ? -1 : 0;
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
	{"kill-by-fd", signal_by_fd},
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
	{"open-tty", open_tty},
	{"broker-secret", broker_secret},
	{"broker-dots", broker_dots},
	{"broker-tty", broker_tty},
	{"broker-again", broker_again},
	{"broker-report", broker_report},
	{"broker-long", broker_long},
	{"broker-remove", broker_remove},
	{"keeper-that-shares", keeper_that_shares},
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
