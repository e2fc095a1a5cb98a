/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Report the state to the service manager (sd_notify(3)): send a datagram of
 * NAME=VALUE lines to the socket in the variable NOTIFY_SOCKET. Without the
 * variable there is no service manager, and the functions do nothing.
 *
 * A slow service manager must not stop the link. The socket is therefore
 * non-blocking, and a message that cannot be sent is dropped.
 *
 * With WatchdogSec= (systemd.service(5)), the service manager restarts a
 * service that has sent no WATCHDOG=1 for WATCHDOG_USEC. This module sends two
 * in that time.
 *
 * notify_open() opens the socket once, at the start, because the process that
 * carries packets cannot open a socket later (cell.c).
 */
#include "report/notify.h"
#include "clock.h"
#include "log.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NOTIFY_STATUS	  "STATUS="
#define NOTIFY_STATUS_MAX 512

/* The service manager belongs to the process, as its environment does. */
static int manager_fd = -1;

/* Time between two WATCHDOG=1; 0: send none. */
static uint64_t alive_interval_ns;
static uint64_t alive_next_ns;

/*
 * The name is a path; after an @ it is a name in the abstract namespace
 * (unix(7)), and the length of such an address covers only the name. Return:
 * the length of the address; 0 if the name is invalid.
 */
static socklen_t fill_address(struct sockaddr_un *address, const char *name)
{
	size_t len = strlen(name);

	if ((*name != '/' && *name != '@') || len < 2 ||
	    len >= sizeof(address->sun_path))
		return 0;
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, name, len);
	if (*name == '@')
		address->sun_path[0] = '\0';
	else
		len++;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

/* Return: the socket, or -errno. */
static int open_socket(const char *name)
{
	struct sockaddr_un address;
	socklen_t address_len = fill_address(&address, name);
	int err = 0;
	int fd;

	if (!address_len)
		return -EAFNOSUPPORT;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (const struct sockaddr *)&address, address_len))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Return: WATCHDOG_USEC; 0 if it is not set, or set for another process. */
static uint64_t watchdog_us(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	unsigned long long us;
	char *end;

	if (!text || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	errno = 0;
	us = strtoull(text, &end, 10);
	return errno || end == text || *end || us > UINT64_MAX / NS_PER_US ? 0
									   : us;
}

/**
 * notify_open() - open the socket to the service manager, if there is one
 *
 * Call it once, before the other functions.
 */
void notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");

	alive_interval_ns = 0;
	if (!name || !*name)
		return;
	alive_interval_ns = watchdog_us() * NS_PER_US / 2;
	alive_next_ns = 0;
	manager_fd = open_socket(name);
	if (manager_fd < 0)
		log_debug("cannot tell %s anything: %s", name,
			  strerror(-manager_fd));
}

/**
 * notify_close() - close the socket to the service manager
 */
void notify_close(void)
{
	if (manager_fd >= 0)
		close(manager_fd);
	manager_fd = -1;
}

static void notify(const char *message)
{
	if (manager_fd >= 0 &&
	    send(manager_fd, message, strlen(message), MSG_NOSIGNAL) < 0)
		log_debug("cannot tell the service manager \"%s\": %s", message,
			  strerror(errno));
}

/**
 * notify_ready() - report that start-up is complete
 *
 * The service manager then starts the units that wait for serialtun.
 */
void notify_ready(void)
{
	notify("READY=1");
}

/**
 * notify_status() - set the line that "systemctl status" shows
 * @format: as for printf(); the function cuts the text off at a newline or
 *          after about 500 bytes
 */
void notify_status(const char *format, ...)
{
	char message[NOTIFY_STATUS_MAX] = NOTIFY_STATUS;
	const size_t len = strlen(NOTIFY_STATUS);
	va_list args;

	va_start(args, format);
	vsnprintf(message + len, sizeof(message) - len, format, args);
	va_end(args);
	message[strcspn(message, "\n")] = '\0';
	text_make_plain(message); /* systemd accepts only UTF-8 */
	notify(message);
}

/**
 * notify_stopping() - report that shutdown has begun
 */
void notify_stopping(void)
{
	notify("STOPPING=1");
}

/**
 * notify_tick() - report that the program is alive, if that is due
 * @now_ns: the time
 */
void notify_tick(uint64_t now_ns)
{
	if (!alive_interval_ns || now_ns < alive_next_ns)
		return;
	alive_next_ns = now_ns + alive_interval_ns;
	notify("WATCHDOG=1");
}

/**
 * notify_next_ns() - time of the next notify_tick()
 *
 * Return: the time, or UINT64_MAX for never
 */
uint64_t notify_next_ns(void)
{
	return alive_interval_ns ? alive_next_ns : UINT64_MAX;
}
