/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Second processes of this program, which do what the main process must not:
 * the keepers set addresses and rules, the broker opens the port and writes
 * files, the resolver asks name servers, the bundler packs what --login brings.
 *
 * Each has a socketpair between it and the main process. When the main process
 * ends, even by SIGKILL, its end of the socketpair closes. The child then
 * cleans up and ends. It ignores the signals that end the main process, because
 * otherwise it would leave its work undone.
 */
#include "child.h"
#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* child_end() waits for the child at most this long. */
#define END_MS 1000

/* Without close_range(2) (Linux 5.9), close all descriptors below this. */
#define FDS_MAX 65536

/* Return: the child's PID, or -errno. */
static pid_t fork_child(child_main *run, const void *data, int fd)
{
	sigset_t before;
	sigset_t all;
	pid_t pid;
	int err;

	/* The child must not run the signal handlers of this process. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (!pid) {
		run(data, fd);
		_exit(EXIT_FAILURE);
	}
	err = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -err : pid;
}

/**
 * child_start() - start a second process
 * @child: filled in on success
 * @run:   its code
 * @data:  for @run
 *
 * Call it while the process has only one thread. Other children must close
 * @child->fd, because the child ends only when no process has it open.
 *
 * Return: 0 or -errno
 */
int child_start(struct child *child, child_main *run, const void *data)
{
	pid_t pid;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	pid = fork_child(run, data, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return pid;
	}
	*child = (struct child){.fd = fds[0], .pid = pid};
	return 0;
}

/* Wait until the child has ended, which closes its end of the socketpair. */
static bool wait_for_end(int fd)
{
	const uint64_t deadline = clock_ns() + END_MS * NS_PER_MS;
	struct pollfd waited = {.fd = fd, .events = POLLIN};
	uint64_t now = clock_ns();
	char late_answer;

	for (; now < deadline; now = clock_ns())
		if (poll(&waited, 1, (int)((deadline - now) / NS_PER_MS) + 1) >
			    0 &&
		    recv(fd, &late_answer, 1, MSG_DONTWAIT) <= 0 &&
		    errno != EINTR && errno != EAGAIN)
			return true;
	return false;
}

/**
 * child_end() - let a child clean up and end
 * @child: the child
 *
 * Waits END_MS at most, because another program may have stopped the child.
 */
void child_end(struct child *child)
{
	bool has_ended;

	shutdown(child->fd, SHUT_WR);
	errno = 0;
	has_ended = wait_for_end(child->fd);
	close(child->fd);
	waitpid(child->pid, NULL, has_ended ? 0 : WNOHANG);
}

/* Close all descriptors from @from on. */
static void close_fds(unsigned int from)
{
	unsigned int fd;

	if (!close_range(from, ~0U, 0))
		return;
	for (fd = from; fd < FDS_MAX; fd++)
		close((int)fd);
}

/*
 * Remove all handlers; only SIGKILL and faults then end the child. SIGABRT is
 * not among the faults: if a service misses its watchdog, systemd sends it to
 * all processes of the service (systemd.kill(5)). abort(3) still ends the
 * child.
 */
static void ignore_signals(void)
{
	static const int faults[] = {SIGSEGV, SIGBUS,  SIGILL,
				     SIGFPE,  SIGTRAP, SIGSYS};
	static const int others[] = {SIGHUP,  SIGINT,  SIGQUIT,
				     SIGABRT, SIGTERM, SIGPIPE,
				     SIGALRM, SIGUSR1, SIGUSR2};
	struct sigaction action = {.sa_handler = SIG_IGN};
	size_t i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		sigaction(others[i], &action, NULL);
	action.sa_handler = SIG_DFL;
	for (i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		sigaction(faults[i], &action, NULL);
	sigprocmask(SIG_SETMASK, &action.sa_mask, NULL);
}

/**
 * child_settle() - in the child: keep nothing of the main process
 * @name: a name for the process, at most 15 characters
 * @fd:   the child's end of the socketpair, which becomes CHILD_FD
 *
 * Closes every descriptor but CHILD_FD and the standard ones, and ignores
 * signals.
 *
 * Return: 0 or -errno
 */
int child_settle(const char *name, int fd)
{
	ignore_signals();
	prctl(PR_SET_NAME, name, 0, 0, 0);
	if (fd != CHILD_FD && dup2(fd, CHILD_FD) < 0)
		return -errno;
	close_fds(CHILD_FD + 1);
	return 0;
}
