/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords: from a file that nobody else may read, or from the user's
 * terminal, without echo. A password is never an argument of a program and
 * never in the environment, where every user of the host can read it.
 */
#include "secret.h"
#include "log.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Take a line, of which nothing is cut. Return: 0, -E2BIG, or -EINVAL: it is
 * empty. */
static int take_line(const char *line, char secret[SECRET_MAX])
{
	const size_t len = strlen(line);

	if (!len)
		return -EINVAL;
	if (len >= SECRET_MAX)
		return -E2BIG;
	memcpy(secret, line, len + 1);
	return 0;
}

/**
 * secret_read_file() - read the first line of a file
 * @path:   the file
 * @secret: filled in on success
 *
 * Refuses a file that its group or others may read or write, and a line that
 * is too long: a part of a password is another password. Logs any failure.
 *
 * Return: 0 or -errno
 */
int secret_read_file(const char *path, char secret[SECRET_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char line[SECRET_MAX + 2];
	struct stat file;
	ssize_t len;
	int err;

	if (fd < 0 || fstat(fd, &file)) {
		err = errno;
		log_error("cannot open the password file %s: %s", path,
			  strerror(err));
		if (fd >= 0)
			close(fd);
		return -err;
	}
	if (!S_ISREG(file.st_mode) || file.st_mode & (S_IRWXG | S_IRWXO)) {
		if (S_ISREG(file.st_mode))
			log_error(
				"cannot use the password file %s: other users "
				"may read it (chmod 600 %s)",
				path, path);
		else
			log_error("cannot use the password file %s: it is no "
				  "regular file (write the password into one)",
				  path);
		close(fd);
		return -EPERM;
	}
	len = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[len > 0 ? len : 0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	err = take_line(line, secret);
	explicit_bzero(line, sizeof(line));
	if (!err)
		return 0;
	if (err == -E2BIG) {
		log_error("cannot use the password file %s: its first line is "
			  "longer than %d bytes (set a shorter password)",
			  path, SECRET_MAX - 1);
		return err;
	}
	log_error("cannot use the password file %s: its first line is empty",
		  path);
	return -EINVAL;
}

/**
 * secret_open_terminal() - open the user's terminal, for secret_ask()
 *
 * Return: a descriptor, or -errno
 */
int secret_open_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Read a line. Return: 0; -EINTR after a stop signal; another -errno. */
static int read_line(int fd, char secret[SECRET_MAX])
{
	struct pollfd polled[] = {
		{.fd = fd, .events = POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
	};
	char line[SECRET_MAX + 2];
	ssize_t len;
	int err;

	for (;;) {
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (signals_stop())
			return -EINTR;
		/* A request, which the session handles later. */
		if (polled[1].revents)
			polled[1].fd = -1;
		if (polled[0].revents)
			break;
	}
	len = read(fd, line, sizeof(line) - 1);
	if (len <= 0)
		return len ? -errno : -EPIPE;
	line[len] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	err = take_line(line, secret);
	explicit_bzero(line, sizeof(line));
	if (err == -E2BIG)
		tcflush(fd, TCIFLUSH);
	if (err != -EINVAL)
		return err;
	*secret = '\0';
	return 0;
}

/**
 * secret_ask() - ask the user for a password
 * @fd:     of secret_open_terminal()
 * @prompt: the question
 * @secret: filled in on success
 *
 * Waits for the user, or for a stop signal.
 *
 * Return: 0; -EINTR after a stop signal; -E2BIG if the line is too long;
 * another -errno
 */
int secret_ask(int fd, const char *prompt, char secret[SECRET_MAX])
{
	struct termios saved;
	struct termios hidden;
	int err;

	if (tcgetattr(fd, &saved))
		return -errno;
	hidden = saved;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ICANON | ISIG | ECHONL;
	if (tcsetattr(fd, TCSAFLUSH, &hidden))
		return -errno;
	(void)!write(fd, prompt, strlen(prompt));
	err = read_line(fd, secret);
	tcsetattr(fd, TCSANOW, &saved);
	return err;
}
