/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find, open and lock a serial device that no other program uses, without a
 * change to its settings. The broker runs this, too.
 */
#include "port/serial_claim.h"
#include "failure.h"
#include "log.h"
#include "port/claim.h"
#include "port/holder.h"
#include "port/speeds.h"
#include "port/tty.h"

#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/**
 * serial_claims() - may a file be a serial device?
 * @file: from stat(2); pty_claims() has rejected it
 *
 * Return: true if it may be one; opening it shows
 */
bool serial_claims(const struct stat *file)
{
	return S_ISCHR(file->st_mode);
}

/**
 * serial_errno() - turn the library's result into -errno
 * @status: the result; call this before any other function of the library
 *
 * Return: 0 or -errno
 */
int serial_errno(enum sp_return status)
{
	switch (status) {
	case SP_ERR_FAIL:
		return sp_last_error_code() ? -sp_last_error_code() : -EIO;
	case SP_ERR_MEM:
		return -ENOMEM;
	case SP_ERR_SUPP:
		return -EOPNOTSUPP;
	case SP_ERR_ARG:
		return -EINVAL;
	default:
		return 0;
	}
}

/* Does the kernel know the device as something else than a tty? */
static bool is_no_tty(const char *path)
{
	char link[64];
	char target[PATH_MAX];
	const char *name;
	struct stat file;
	ssize_t len;

	if (stat(path, &file))
		return false;
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/subsystem",
		 major(file.st_rdev), minor(file.st_rdev));
	len = readlink(link, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	name = strrchr(target, '/');
	return strcmp(name ? name + 1 : target, "tty") != 0;
}

/**
 * serial_find_device() - let the library find a device, without opening it
 * @device:  the library's handle on success, for sp_free_port()
 * @path:    the device, links resolved
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int serial_find_device(struct sp_port **device, const char *path,
		       struct failure *failure)
{
	int err = serial_errno(sp_get_port_by_name(path, device));

	if (!err)
		return 0;
	if (is_no_tty(path))
		return failure_set(failure, -ENOTTY,
				   "cannot use %s: %s (name a serial port, "
				   "such as /dev/ttyUSB0)",
				   path, strerror(ENOTTY));
	/* The path is right, so sysfs does not know the device yet. */
	err = err == -EINVAL ? -ENODEV : err;
	return failure_set(failure, err,
			   "cannot use %s: %s (it is not in /sys/class/tty: is "
			   "it plugged in? is /sys mounted?)",
			   path, strerror(-err));
}

/* Check the lock files of programs without flock(2). Return: 0 or -EBUSY. */
static int check_uucp_lock(const char *path, struct failure *failure)
{
	char text[HOLDER_TEXT_MAX];
	struct holder holder;

	if (!holder_find_uucp(path, &holder))
		return 0;
	return failure_set(failure, -EBUSY,
			   "cannot use %s: %s (%s, has a lock file for it in "
			   "/var/lock; stop it first)",
			   path, strerror(EBUSY), holder_format(&holder, text));
}

/*
 * A getty neither locks its port nor checks for locks; each of us would get a
 * part of the input.
 */
static void warn_of_sharing(const char *path)
{
	char text[HOLDER_TEXT_MAX];
	struct holder holder;

	if (holder_find(path, &holder))
		log_warning("%s is in use by another program as well: %s "
			    "(stop it: it takes part of the input)",
			    path, holder_format(&holder, text));
}

/* Ask the library what the device is. Return: 0 or -errno. */
static int find_kind(struct claim *claim, struct failure *failure)
{
	struct sp_port *device;
	int err = serial_find_device(&device, claim->path, failure);

	if (err)
		return err;
	switch (sp_get_port_transport(device)) {
	case SP_TRANSPORT_NATIVE:
		claim->kind = CLAIM_UART;
		break;
	case SP_TRANSPORT_USB:
		claim->kind = CLAIM_USB;
		break;
	default:
		claim->kind = CLAIM_OTHER;
		break;
	}
	sp_free_port(device);
	return 0;
}

/* Is the open device a serial port that nobody uses? Return: 0 or -errno. */
static int check_device(int fd, const char *path, struct failure *failure)
{
	int exclusive = 0;
	int lines;
	int err;

	if (ioctl(fd, TIOCMGET, &lines)) {
		err = -errno;
		return failure_set(
			failure, err, "cannot open %s: %s%s", path,
			strerror(-err),
			err == -ENOTTY ? " (it has no modem lines: name a "
					 "serial port, such as /dev/ttyUSB0)"
				       : "");
	}
	/* TIOCEXCL does not stop root, so check the holder ourselves. */
	if (!ioctl(fd, TIOCGEXCL, &exclusive) && exclusive)
		return tty_fail_busy(path, "use", failure);
	return 0;
}

/**
 * serial_claim() - open and lock a serial device
 * @claim:   the descriptor and the kind are filled in on success; the path is
 *           the device, links resolved
 * @failure: on failure, the reason
 *
 * Changes no settings. Opens only what the kernel lists as a tty.
 *
 * Return: 0 or -errno
 */
int serial_claim(struct claim *claim, struct failure *failure)
{
	int err = check_uucp_lock(claim->path, failure);

	if (!err)
		err = find_kind(claim, failure);
	if (!err)
		err = tty_claim(&claim->fd, claim->path, failure);
	if (err)
		return err;
	err = check_device(claim->fd, claim->path, failure);
	if (err)
		close(claim->fd);
	else
		warn_of_sharing(claim->path);
	claim->is_console = !err && speeds_is_console(claim->fd);
	return err;
}
