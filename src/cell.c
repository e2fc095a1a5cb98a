/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cell limits the system calls of the process that parses bytes from the
 * line, and those of the broker. The process needs few calls once the link is
 * set up. The limits apply to an attacker, too, who takes over the process
 * through the line:
 *
 * - serialtun never runs a program, traces a process, mounts a file system,
 *   reads a key or loads BPF code, and creates sockets only of the families
 *   that its line uses. Such a call is an attack, so the kernel ends the
 *   process (SIGSYS).
 * - The process can map memory, but cannot make it executable.
 * - The process cannot open, create or remove any file. The broker, which
 *   parses nothing, opens the port and writes the statistics. A filter cannot
 *   see a path, so in the broker the file permissions of its user decide which
 *   files it could open.
 * - The filter allows the ioctl(2) requests of the lists. TIOCSTI and TIOCLINUX
 *   end the process, because they type into the terminal of the user who
 *   started serialtun.
 *
 * The kernel answers every other call with EPERM. serialtun handles EPERM like
 * any other error, so a call that these lists lack costs a feature and not the
 * link. scripts/cell-calls runs the tests and prints the refused calls.
 *
 * The lists also serve the C library. Another version of the C library, or
 * another machine, makes other calls for the same function. The #ifdefs leave
 * out calls that the machine does not have.
 *
 * On i386 the C library makes all socket calls by socketcall(2). A filter
 * cannot see the arguments of that call, so on i386 it cannot tell the families
 * apart.
 */
#include "cell.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/net.h>
#include <linux/sockios.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct list {
	struct seccomp_rule *rules;
	size_t count;
};

/* Calls for each packet. The filter compares in this order. */
static const uint32_t frequent[] = {
	SYS_read,
	SYS_write,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
	SYS_epoll_pwait,
#ifdef SYS_timerfd_settime
	SYS_timerfd_settime,
#endif
#ifdef SYS_timerfd_settime64
	SYS_timerfd_settime64,
#endif
	SYS_readv,
	SYS_writev,
	SYS_recvfrom,
	SYS_sendto,
	SYS_recvmsg,
	SYS_sendmsg,
#ifdef SYS_clock_gettime
	SYS_clock_gettime,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64,
#endif
};

/* Calls on the process's own descriptors, memory, timers and signals. */
static const uint32_t harmless[] = {
	SYS_close,
	SYS_lseek,
#ifdef SYS__llseek
	SYS__llseek,
#endif
	SYS_flock,
	SYS_epoll_ctl,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_ppoll,
#ifdef SYS_ppoll_time64
	SYS_ppoll_time64,
#endif
#ifdef SYS_select
	SYS_select,
#endif
#ifdef SYS__newselect
	SYS__newselect,
#endif
	SYS_pselect6,
#ifdef SYS_pselect6_time64
	SYS_pselect6_time64,
#endif
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_futex,
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
	SYS_getrandom,
#ifdef SYS_gettimeofday
	SYS_gettimeofday,
#endif
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_nanosleep
	SYS_nanosleep,
#endif
#ifdef SYS_clock_nanosleep
	SYS_clock_nanosleep,
#endif
#ifdef SYS_clock_nanosleep_time64
	SYS_clock_nanosleep_time64,
#endif
	SYS_restart_syscall,
#ifdef SYS_sigreturn
	SYS_sigreturn,
#endif
	SYS_rt_sigreturn,
	SYS_rt_sigaction,
	SYS_setitimer,
	SYS_rt_sigprocmask,
	SYS_getpid,
	SYS_gettid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
#ifdef SYS_getuid32
	SYS_getuid32,
	SYS_geteuid32,
	SYS_getgid32,
	SYS_getegid32,
#endif
	SYS_wait4,
	SYS_exit,
	SYS_exit_group,
};

/* Calls that read the attributes of a file, or of its file system. */
static const uint32_t looks[] = {
#ifdef SYS_stat
	SYS_stat,	SYS_lstat,
#endif
	SYS_fstat,
#ifdef SYS_stat64
	SYS_stat64,	SYS_lstat64, SYS_fstat64,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_fstatat64
	SYS_fstatat64,
#endif
	SYS_statx,
#ifdef SYS_access
	SYS_access,
#endif
	SYS_faccessat,
#ifdef SYS_faccessat2
	SYS_faccessat2,
#endif
#ifdef SYS_readlink
	SYS_readlink,
#endif
	SYS_readlinkat, SYS_getcwd,  SYS_statfs,
#ifdef SYS_statfs64
	SYS_statfs64,
#endif
};

/* Calls that tell when to look for a device. */
static const uint32_t watches[] = {
	SYS_inotify_init1,
	SYS_inotify_add_watch,
	SYS_inotify_rm_watch,
};

static const uint32_t renames[] = {
#ifdef SYS_rename
	SYS_rename,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
	SYS_renameat2,
};

static const uint32_t removals[] = {
#ifdef SYS_unlink
	SYS_unlink,
#endif
	SYS_unlinkat,
};

/* Calls on an open socket. */
static const uint32_t talks[] = {
	SYS_shutdown,	 SYS_getsockopt,  SYS_setsockopt,
	SYS_getsockname, SYS_getpeername, SYS_accept4,
};

static const uint32_t connects[] = {SYS_connect, SYS_bind, SYS_listen};

#ifdef SYS_socketcall
static const uint32_t talk_kinds[] = {
	SYS_SEND,	SYS_SENDTO,	 SYS_RECV,	  SYS_RECVFROM,
	SYS_SENDMSG,	SYS_RECVMSG,	 SYS_SHUTDOWN,	  SYS_GETSOCKOPT,
	SYS_SETSOCKOPT, SYS_GETSOCKNAME, SYS_GETPEERNAME, SYS_ACCEPT4,
	SYS_ACCEPT,
};

static const uint32_t connect_kinds[] = {
	SYS_SOCKET,
	SYS_CONNECT,
	SYS_BIND,
	SYS_LISTEN,
};
#endif

/*
 * Requests of fcntl(2) on a descriptor's own flags. F_SETOWN and F_SETSIG are
 * not among them, because with O_ASYNC the kernel would send any signal to any
 * process of the same user.
 */
static const uint32_t flag_requests[] = {
	F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD,	F_SETFD,
	F_GETFL, F_SETFL,	  F_GETPIPE_SZ, F_SETPIPE_SZ,
};

/* Requests for queue lengths, port settings, and stderr as a terminal. */
static const uint32_t requests[] = {
	TIOCOUTQ,      FIONREAD,    SIOCOUTQNSD, TIOCGICOUNT, TUNSETCARRIER,
	TUNSETOFFLOAD, TCGETS,	    TCSETS,	 TCSETSW,     TCSETSF,
	TCGETS2,       TCSETS2,	    TCSETSW2,	 TCSETSF2,    TCSBRK,
	TCSBRKP,       TCXONC,	    TCFLSH,	 TIOCMGET,    TIOCMSET,
	TIOCMBIS,      TIOCMBIC,    TIOCEXCL,	 TIOCNXCL,    TIOCGEXCL,
	TIOCGSERIAL,   TIOCSSERIAL, TIOCGRS485,	 TIOCGPTPEER, TIOCGWINSZ,
	FIONBIO,
};

/* The address that a board tells, for a TAP interface. */
static const uint32_t mac_requests[] = {SIOCSIFHWADDR};

/* The C library converts the interface name in fe80::1%eth0. */
static const uint32_t ip_requests[] = {SIOCGIFINDEX, SIOCGIFNAME};

/* These requests type into a terminal. */
static const uint32_t fatal_requests[] = {TIOCSTI, TIOCLINUX};

/* serialtun and its libraries never make these calls; an attacker would. */
static const uint32_t fatal[] = {
	SYS_execve,
	SYS_execveat,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_mount,
#ifdef SYS_umount2
	SYS_umount2,
#endif
	SYS_pivot_root,
	SYS_chroot,
	SYS_setns,
	SYS_unshare,
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_open_by_handle_at,
	SYS_reboot,
};

/* Calls of AddressSanitizer, and of LeakSanitizer at the end. */
static const uint32_t sanitizers[] = {
	SYS_clone,	 SYS_ptrace,	SYS_prctl,
	SYS_sigaltstack, SYS_prlimit64, SYS_sched_yield,
	SYS_tgkill,	 SYS_pipe2,	SYS_sched_getaffinity,
	SYS_getdents64,	 SYS_getppid,
#ifdef SYS_getdents
	SYS_getdents,
#endif
#ifdef SYS_pipe
	SYS_pipe,
#endif
#ifdef SYS_arch_prctl
	SYS_arch_prctl,
#endif
#ifdef SYS_getrlimit
	SYS_getrlimit,
#endif
#ifdef SYS_ugetrlimit
	SYS_ugetrlimit,
#endif
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* All lists together, and 40 single rules, fit. */
_Static_assert(COUNT(frequent) + COUNT(harmless) + COUNT(looks) +
			       COUNT(watches) + COUNT(renames) +
			       COUNT(removals) + COUNT(talks) +
			       COUNT(connects) + 2 * COUNT(flag_requests) +
			       COUNT(requests) + COUNT(ip_requests) +
			       COUNT(mac_requests) + COUNT(fatal_requests) +
			       COUNT(fatal) + COUNT(sanitizers) + 40 <=
		       CELL_RULES_MAX,
	       "the rules fit");

static void add(struct list *list, struct seccomp_rule rule)
{
	if (list->count < CELL_RULES_MAX)
		list->rules[list->count++] = rule;
}

static void add_calls(struct list *list, const uint32_t *calls, size_t count,
		      enum seccomp_verdict verdict)
{
	size_t i;

	for (i = 0; i < count; i++)
		add(list, (struct seccomp_rule){.call = calls[i],
						.verdict = verdict});
}

/* Add a rule for each value of an argument of a call. */
static void add_args(struct list *list, uint32_t call, uint8_t index,
		     const uint32_t *args, size_t count,
		     enum seccomp_verdict verdict)
{
	size_t i;

	for (i = 0; i < count; i++)
		add(list, (struct seccomp_rule){.call = call,
						.verdict = verdict,
						.has_arg = true,
						.index = index,
						.arg = args[i]});
}

/* Allow a call if its argument has none of these bits. */
static void add_without(struct list *list, uint32_t call, uint8_t index,
			uint32_t bits)
{
	add(list, (struct seccomp_rule){.call = call,
					.no_bits = true,
					.index = index,
					.arg = bits});
}

static void add_ioctls(struct list *list, const struct cell_needs *needs)
{
	add_args(list, SYS_ioctl, 1, requests, COUNT(requests),
		 SECCOMP_VERDICT_ALLOW);
	if (needs->mac)
		add_args(list, SYS_ioctl, 1, mac_requests, COUNT(mac_requests),
			 SECCOMP_VERDICT_ALLOW);
	if (needs->ip)
		add_args(list, SYS_ioctl, 1, ip_requests, COUNT(ip_requests),
			 SECCOMP_VERDICT_ALLOW);
	add_args(list, SYS_ioctl, 1, fatal_requests, COUNT(fatal_requests),
		 SECCOMP_VERDICT_KILL);
}

static void add_fcntl(struct list *list)
{
	add_args(list, SYS_fcntl, 1, flag_requests, COUNT(flag_requests),
		 SECCOMP_VERDICT_ALLOW);
#ifdef SYS_fcntl64
	add_args(list, SYS_fcntl64, 1, flag_requests, COUNT(flag_requests),
		 SECCOMP_VERDICT_ALLOW);
#endif
}

static void add_memory(struct list *list)
{
#ifdef SYS_mmap
	add_without(list, SYS_mmap, 2, PROT_EXEC);
#endif
#ifdef SYS_mmap2
	add_without(list, SYS_mmap2, 2, PROT_EXEC);
#endif
	add_without(list, SYS_mprotect, 2, PROT_EXEC);
}

/* O_TMPFILE contains O_DIRECTORY, which opendir(3) needs. */
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

/*
 * Unless the link writes files, refuse to create or truncate one; without a
 * device, also refuse to open one for writing.
 */
static void add_open(struct list *list, const struct cell_needs *needs)
{
	const uint32_t refused =
		needs->files	 ? 0
		: needs->devices ? (uint32_t)(O_CREAT | O_TRUNC | TMPFILE_BIT)
				 : (uint32_t)(O_ACCMODE | O_CREAT | O_TRUNC);

#ifdef SYS_open
	add_without(list, SYS_open, 1, refused);
#endif
	add_without(list, SYS_openat, 2, refused);
}

static void add_files(struct list *list, const struct cell_needs *needs)
{
	add_calls(list, looks, COUNT(looks), SECCOMP_VERDICT_ALLOW);
	if (needs->watches)
		add_calls(list, watches, COUNT(watches), SECCOMP_VERDICT_ALLOW);
	if (needs->devices)
		add(list, (struct seccomp_rule){.call = SYS_getdents64});
	if (needs->files)
		add_calls(list, renames, COUNT(renames), SECCOMP_VERDICT_ALLOW);
	if (needs->files || needs->leaves)
		add_calls(list, removals, COUNT(removals),
			  SECCOMP_VERDICT_ALLOW);
	if (needs->devices || needs->files || CELL_FOR_SANITIZERS)
		add_open(list, needs);
	/* Signal 0 asks whether the owner of a lock file is alive. */
	if (needs->devices)
		add(list, (struct seccomp_rule){.call = SYS_kill,
						.has_arg = true,
						.index = 1});
}

/*
 * To look up the name of a scope, the C library opens a socket of any family,
 * and tries a unix socket first. After EPERM it tries the next family. To look
 * up the name of a user or a group, it asks nscd(8) by a unix socket; after
 * EPERM it reads the file.
 */
static void add_families(struct list *list, const struct cell_needs *needs)
{
	static const uint32_t ip[] = {AF_INET, AF_INET6, AF_NETLINK};
	static const uint32_t local[] = {AF_UNIX};

	if (needs->ip)
		add_args(list, SYS_socket, 0, ip, COUNT(ip),
			 SECCOMP_VERDICT_ALLOW);
	if (needs->ip || needs->local || needs->devices || needs->files)
		add_args(list, SYS_socket, 0, local, COUNT(local),
			 needs->local ? SECCOMP_VERDICT_ALLOW
				      : SECCOMP_VERDICT_DENY);
	add(list, (struct seccomp_rule){.call = SYS_socket,
					.verdict = SECCOMP_VERDICT_KILL});
}

static void add_sockets(struct list *list, const struct cell_needs *needs)
{
	add_calls(list, talks, COUNT(talks), SECCOMP_VERDICT_ALLOW);
	if (needs->ip || needs->local)
		add_calls(list, connects, COUNT(connects),
			  SECCOMP_VERDICT_ALLOW);
#ifdef SYS_socketcall
	add_args(list, SYS_socketcall, 0, talk_kinds, COUNT(talk_kinds),
		 SECCOMP_VERDICT_ALLOW);
	if (needs->ip || needs->local)
		add_args(list, SYS_socketcall, 0, connect_kinds,
			 COUNT(connect_kinds), SECCOMP_VERDICT_ALLOW);
	else
		add(list, (struct seccomp_rule){
				  .call = SYS_socketcall,
				  .verdict = needs->devices || needs->files
						     ? SECCOMP_VERDICT_DENY
						     : SECCOMP_VERDICT_KILL,
				  .has_arg = true,
				  .arg = SYS_SOCKET});
#endif
	add_families(list, needs);
}

/**
 * cell_rules() - list the rules for the process that carries packets, or for
 * the broker
 * @rules: filled in
 * @needs: the operations to allow
 *
 * Return: number of rules
 */
size_t cell_rules(struct seccomp_rule rules[CELL_RULES_MAX],
		  const struct cell_needs *needs)
{
	struct cell_needs all = *needs;
	struct list list = {.rules = rules};

	all.files |= CELL_FOR_COVERAGE;
	add_calls(&list, frequent, COUNT(frequent), SECCOMP_VERDICT_ALLOW);
	add_ioctls(&list, &all);
	add_calls(&list, harmless, COUNT(harmless), SECCOMP_VERDICT_ALLOW);
	add_fcntl(&list);
	add_memory(&list);
	add_files(&list, &all);
	add_sockets(&list, &all);
	add(&list, (struct seccomp_rule){.call = SYS_tgkill,
					 .has_arg = true,
					 .arg = (uint32_t)all.self});
	if (CELL_FOR_SANITIZERS)
		add_calls(&list, sanitizers, COUNT(sanitizers),
			  SECCOMP_VERDICT_ALLOW);
	add_calls(&list, fatal, COUNT(fatal), SECCOMP_VERDICT_KILL);
	add(&list, (struct seccomp_rule){.call = SYS_ptrace,
					 .verdict = SECCOMP_VERDICT_KILL});
	return list.count;
}

/**
 * cell_name_rules() - list the rules for the process that looks up a name
 * @rules: filled in
 *
 * That process runs modules of the system (nsswitch.conf(5)), which may open
 * files and sockets, load libraries and start threads. These rules therefore
 * forbid some calls and allow all others.
 *
 * Return: number of rules
 */
size_t cell_name_rules(struct seccomp_rule rules[CELL_RULES_MAX])
{
	struct list list = {.rules = rules};

	add_args(&list, SYS_ioctl, 1, fatal_requests, COUNT(fatal_requests),
		 SECCOMP_VERDICT_KILL);
	add_calls(&list, fatal, COUNT(fatal), SECCOMP_VERDICT_KILL);
	add(&list, (struct seccomp_rule){.call = SYS_ptrace,
					 .verdict = SECCOMP_VERDICT_KILL});
	add(&list, (struct seccomp_rule){.call = SECCOMP_ANY_CALL});
	return list.count;
}

/**
 * cell_enter() - limit the system calls of this process, for good
 * @needs: the operations to allow; the function sets @self in its own copy
 *
 * The process must have set no_new_privs before.
 *
 * Return: as of seccomp_install()
 */
int cell_enter(const struct cell_needs *needs)
{
	struct seccomp_rule rules[CELL_RULES_MAX];
	struct cell_needs mine = *needs;

	mine.self = getpid();
	return seccomp_install(rules, cell_rules(rules, &mine));
}
