/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find the process that uses a device, for the message "busy".
 *
 * There are three sources (proc(5)). /proc/locks lists the holders of flock(2),
 * for every reader. /proc/PID/fd lists open files, only for root and the
 * process's user. /proc/PID/stat has the controlling terminal, as of a getty or
 * a login shell, for every reader; but it is only a device number, which ptys
 * of several devpts mounts share. So for a pty the open files must match too,
 * where we may read them.
 *
 * Older programs leave a file with their PID in /var/lock (Filesystem Hierarchy
 * Standard 3.0, section 5.9). The lock counts while the process with this PID
 * exists. Every user may write to that directory, so this module follows no
 * symbolic link there, and accepts a file only if the file's owner is root or
 * the user of that process.
 *
 * The search leaves out the calling process.
 */
#include "port/holder.h"
#include "text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/major.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define HOLDER_UUCP_PREFIX "/var/lock/LCK.."

/* "/proc/", a PID, "/stat" or "/fd/", and a descriptor. */
#define HOLDER_PROC_PATH_MAX 48

/* Enough for the fields up to the controlling terminal. */
#define HOLDER_STAT_MAX 256

/* Enough for the lines up to "Uid:", even if all of the name is escaped. */
#define HOLDER_STATUS_MAX 512

static bool is_pty(dev_t device)
{
	return major(device) >= UNIX98_PTY_SLAVE_MAJOR &&
	       major(device) < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

static size_t read_and_close(int fd, char *text, size_t cap)
{
	ssize_t n = read(fd, text, cap);

	close(fd);
	return n < 0 ? 0 : (size_t)n;
}

/* Read the start of a file. Return: bytes read, 0 on failure. */
static size_t read_start(const char *path, char *text, size_t cap)
{
	int fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? 0 : read_and_close(fd, text, cap);
}

/*
 * Read the start of a file in a directory that every user may write to. Accept
 * only a regular file, and follow no symbolic link. Without O_NONBLOCK, the
 * open() of a FIFO would wait. Return: bytes read, 0 on failure.
 */
static size_t read_lock_file(const char *path, char *text, size_t cap,
			     uid_t *owner)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK |
				    O_CLOEXEC);
	struct stat file;

	if (fd < 0)
		return 0;
	if (fstat(fd, &file) || !S_ISREG(file.st_mode)) {
		close(fd);
		return 0;
	}
	*owner = file.st_uid;
	return read_and_close(fd, text, cap);
}

/* Return: the PID, or 0 if @text is no PID. */
static pid_t parse_pid(const char *text)
{
	long pid = strtol(text, NULL, 10);

	return pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

/* Remove control characters: a process may choose any name. */
static void set_program(struct holder *holder, const char *name, size_t len)
{
	if (len >= HOLDER_PROGRAM_MAX)
		len = HOLDER_PROGRAM_MAX - 1;
	memcpy(holder->program, name, len);
	holder->program[len] = '\0';
	text_make_plain(holder->program);
}

/* Fill in the holder, if the process exists and is not this one. */
static bool identify(struct holder *holder, pid_t pid, bool locked)
{
	char path[HOLDER_PROC_PATH_MAX];
	char name[HOLDER_PROGRAM_MAX];
	size_t len;

	if (pid <= 0 || pid == getpid())
		return false;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	len = read_start(path, name, sizeof(name));
	if (!len)
		return false;
	holder->pid = pid;
	holder->locked = locked;
	set_program(holder, name, name[len - 1] == '\n' ? len - 1 : len);
	return true;
}

/* Find the holder of the flock(2). */
static bool find_lock(const struct stat *device, struct holder *holder)
{
	FILE *locks = fopen("/proc/locks", "re");
	char wanted[48];
	char file[48];
	char pid[16];
	char line[128];
	bool found = false;

	if (!locks)
		return false;
	snprintf(wanted, sizeof(wanted), "%02x:%02x:%ju", major(device->st_dev),
		 minor(device->st_dev), (uintmax_t)device->st_ino);
	while (!found && fgets(line, sizeof(line), locks))
		found = sscanf(line, "%*s FLOCK %*s %*s %15s %47s", pid,
			       file) == 2 &&
			!strcmp(file, wanted) &&
			identify(holder, parse_pid(pid), true);
	fclose(locks);
	return found;
}

/*
 * Is a descriptor of another process this device? Ptys of several devpts mounts
 * share device numbers, so the file system counts, too. A dead network server
 * must not block us: cached attributes are enough. Return: 1: yes; 0: no; -1:
 * no permission.
 */
static int is_device(int fds, const char *name, const struct stat *device)
{
	struct statx file;

	if (statx(fds, name, AT_STATX_DONT_SYNC, STATX_TYPE, &file))
		return errno == EACCES ? -1 : 0;
	if (!S_ISCHR(file.stx_mode) ||
	    makedev(file.stx_rdev_major, file.stx_rdev_minor) !=
		    device->st_rdev)
		return 0;
	return !is_pty(device->st_rdev) ||
	       makedev(file.stx_dev_major, file.stx_dev_minor) ==
		       device->st_dev;
}

/* Is any descriptor this device? Return: as is_device(). */
static int look_at_fds(pid_t pid, const struct stat *device)
{
	char path[HOLDER_PROC_PATH_MAX];
	const struct dirent *entry;
	int found = 0;
	int one;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fds = opendir(path);
	if (!fds)
		return -1;
	while (found != 1 && (entry = readdir(fds))) {
		one = is_device(dirfd(fds), entry->d_name, device);
		found = one ? one : found;
	}
	closedir(fds);
	return found;
}

static bool has_open(pid_t pid, const struct stat *device)
{
	return look_at_fds(pid, device) == 1;
}

/*
 * Field 7 of /proc/PID/stat is the controlling terminal, in the kernel's
 * encoding (new_encode_dev(), linux/kdev_t.h). The process's name may contain
 * blanks and brackets, so the fields behind it start at the last bracket.
 */
static bool has_as_terminal(pid_t pid, const struct stat *device)
{
	char path[HOLDER_PROC_PATH_MAX];
	char stat[HOLDER_STAT_MAX];
	unsigned long number;
	const char *rest;
	char text[16];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	len = read_start(path, stat, sizeof(stat) - 1);
	stat[len] = '\0';
	rest = strrchr(stat, ')');
	if (!rest || sscanf(rest, ") %*s %*s %*s %*s %15s", text) != 1)
		return false;
	number = strtoul(text, NULL, 10);
	return makedev(number >> 8 & 0xFFF,
		       (number & 0xFF) | (number >> 12 & 0xFFF00)) ==
		       device->st_rdev &&
	       (!is_pty(device->st_rdev) || look_at_fds(pid, device));
}

/* Find the first other process that the test accepts. */
static bool find_process(bool (*is_it)(pid_t, const struct stat *),
			 const struct stat *device, struct holder *holder)
{
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	bool found = false;

	if (!proc)
		return false;
	while (!found && (entry = readdir(proc))) {
		pid_t pid = parse_pid(entry->d_name);

		found = pid && pid != getpid() && is_it(pid, device) &&
			identify(holder, pid, false);
	}
	closedir(proc);
	return found;
}

/**
 * holder_find() - find the process that uses a device
 * @path:   the device; the function does not open it
 * @holder: filled in with the process that has locked the device, else with one
 *          that has it open
 *
 * Return: true if there is one that we may see
 */
bool holder_find(const char *path, struct holder *holder)
{
	struct stat device;

	if (stat(path, &device) || !S_ISCHR(device.st_mode))
		return false;
	return find_lock(&device, holder) ||
	       find_process(has_open, &device, holder) ||
	       find_process(has_as_terminal, &device, holder);
}

/**
 * holder_find_session() - find a process whose controlling terminal is a device
 * @path:   the device
 * @holder: filled in if there is one
 *
 * Our own terminal does not count, because the user has named it on purpose.
 *
 * Return: true if there is one
 */
bool holder_find_session(const char *path, struct holder *holder)
{
	struct stat device;

	return !stat(path, &device) && S_ISCHR(device.st_mode) &&
	       !has_as_terminal(getpid(), &device) &&
	       find_process(has_as_terminal, &device, holder);
}

/**
 * holder_parse_uucp() - read the PID in a UUCP lock file
 * @content: the file: a decimal number (HoneyDanBer UUCP), maybe with text
 *           behind it, or 32 bits in the machine's byte order (older UUCP)
 * @len:     bytes in @content
 *
 * The forms cannot be confused: four digits or blanks, as a binary number, are
 * above 2^28, and no PID is (PID_MAX_LIMIT, linux/threads.h).
 *
 * Return: the PID, or 0 if there is none
 */
pid_t holder_parse_uucp(const char *content, size_t len)
{
	int32_t binary;
	size_t at = 0;
	int64_t pid = 0;

	while (at < len && isspace((unsigned char)content[at]))
		at++;
	for (; at < len && isdigit((unsigned char)content[at]); at++) {
		pid = pid * 10 + (content[at] - '0');
		if (pid > INT_MAX)
			return 0;
	}
	if (pid && (at == len || isspace((unsigned char)content[at])))
		return (pid_t)pid;
	if (len != sizeof(binary))
		return 0;
	memcpy(&binary, content, sizeof(binary));
	return binary > 0 ? binary : 0;
}

/*
 * Does a process run as this user? The real, the effective and the saved user
 * count, because a set-user-ID program may create its lock file as any of them.
 * The owner of /proc/PID is not reliable: it is root if the process is not
 * dumpable.
 */
static bool runs_as(pid_t pid, uid_t user)
{
	char path[HOLDER_PROC_PATH_MAX];
	char status[HOLDER_STATUS_MAX];
	const char *line;
	char uids[3][16];
	size_t len;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	len = read_start(path, status, sizeof(status) - 1);
	status[len] = '\0';
	/* The kernel escapes a newline in the name, which comes first. */
	line = strstr(status, "\nUid:");
	if (!line || sscanf(line, " Uid: %15s %15s %15s", uids[0], uids[1],
			    uids[2]) != 3)
		return false;
	for (i = 0; i < 3; i++)
		if (strtoul(uids[i], NULL, 10) == user)
			return true;
	return false;
}

/**
 * holder_read_uucp() - find the process of a UUCP lock file
 * @lock_path: the lock file
 * @holder:    filled in if the lock counts
 *
 * Return: true if the file is a regular file of root or of a user as whom the
 * process runs, and the process exists and is not this one
 */
bool holder_read_uucp(const char *lock_path, struct holder *holder)
{
	char content[64];
	uid_t owner = 0;
	size_t len =
		read_lock_file(lock_path, content, sizeof(content), &owner);
	pid_t pid = holder_parse_uucp(content, len);

	return pid && (!owner || runs_as(pid, owner)) &&
	       identify(holder, pid, true);
}

/**
 * holder_find_uucp() - find a process with a UUCP lock on a device
 * @path:   the device, links resolved
 * @holder: filled in if there is one
 *
 * Return: true if there is one
 */
bool holder_find_uucp(const char *path, struct holder *holder)
{
	char lock_path[sizeof(HOLDER_UUCP_PREFIX) + NAME_MAX];
	const char *slash = strrchr(path, '/');

	snprintf(lock_path, sizeof(lock_path), HOLDER_UUCP_PREFIX "%s",
		 slash ? slash + 1 : path);
	return holder_read_uucp(lock_path, holder);
}

/**
 * holder_format() - write the holder for a message
 * @holder: the holder
 * @text:   where to write "picocom, pid 1234"
 *
 * Return: @text
 */
const char *holder_format(const struct holder *holder,
			  char text[HOLDER_TEXT_MAX])
{
	snprintf(text, HOLDER_TEXT_MAX, "%s, pid %d", holder->program,
		 holder->pid);
	return text;
}
