/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replace the file of --stats-json. Each version is written to a temporary file
 * in the same directory and renamed, so a reader always sees a complete one. It
 * is not synchronised with fsync(2), because nobody needs it after a crash.
 */
#include "report/report_file.h"
#include "failure.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Write a new file; an existing file is an error. Return: 0 or -errno. */
static int write_new(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int err = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		err = -errno;
	else if ((size_t)n < len)
		err = -ENOSPC;
	if (close(fd) && !err)
		err = -errno;
	return err;
}

/* Return: 0 or -errno. */
static int replace(const char *path, const char *text, size_t len)
{
	char temporary[PATH_MAX];
	int err;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.tmp", path) >=
	    sizeof(temporary))
		return -ENAMETOOLONG;
	/* A killed process may have left its temporary file. */
	if (unlink(temporary) && errno != ENOENT)
		return -errno;
	err = write_new(temporary, text, len);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

static int fail_denied(const char *path, int err, struct failure *failure)
{
	const struct passwd *user = getpwuid(geteuid());

	return failure_set(failure, err,
			   "cannot write %s: %s (after the start serialtun has "
			   "no privileges left, not even root's: choose a "
			   "directory that %s can write, such as "
			   "/run/serialtun)",
			   path, strerror(-err),
			   user ? user->pw_name : "its user");
}

/**
 * report_file_write() - replace a file atomically
 * @path:    the file: a regular one, or none; rename(2) would replace a device
 *           node or a symbolic link
 * @text:    its new content
 * @len:     the length of @text in bytes
 * @failure: filled in on failure
 *
 * Return: 0 or -errno
 */
int report_file_write(const char *path, const char *text, size_t len,
		      struct failure *failure)
{
	struct stat file;
	int err;

	if (!lstat(path, &file) && !S_ISREG(file.st_mode))
		return failure_set(failure,
				   S_ISDIR(file.st_mode) ? -EISDIR : -EEXIST,
				   "cannot write %s: it is no regular file, "
				   "and would be replaced by one (choose a "
				   "name that is free)",
				   path);
	err = replace(path, text, len);
	if (err == -EACCES || err == -EPERM)
		return fail_denied(path, err, failure);
	if (err)
		return failure_set(failure, err, "cannot write %s: %s%s", path,
				   strerror(-err),
				   err == -ENOENT
					   ? " (create the directory first)"
					   : "");
	return 0;
}
