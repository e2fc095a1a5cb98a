/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replaces the text of /etc/resolv.conf, and puts the old text back.
 *
 * The file is open from the beginning, because the process that writes it has
 * neither the right nor the system call to open it later. So the text changes
 * in place. A symbolic link is left alone: the file behind it belongs to a
 * program that would write it again, such as systemd-resolved.
 *
 * Our text has the old text at its end, as comments. If the machine loses its
 * power, or another link replaces the text as well, the next keeper finds the
 * old text there.
 */
#include "interface/resolv_file.h"
#include "interface/addr.h"
#include "interface/name_servers.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first line of our text, and the line before the old text. */
#define HEAD "# serialtun puts the old text back at its end.\n"
#define MARK "# The old text:\n"

/**
 * resolv_file_open() - open the file, which must be a regular one
 * @file: filled in; resolv_file_close() closes it
 * @path: its path
 *
 * Return: 0 or -errno; -ELOOP: it is a symbolic link, -EINVAL: it is no regular
 * file, -EFBIG: it is too long
 */
int resolv_file_open(struct resolv_file *file, const char *path)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat found;
	int err = 0;

	file->fd = -1;
	file->replaced = false;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &found))
		err = -errno;
	else if (!S_ISREG(found.st_mode))
		err = -EINVAL;
	else if (found.st_size > RESOLV_OURS_MAX)
		err = -EFBIG;
	if (err)
		close(fd);
	else
		file->fd = fd;
	return err;
}

/* Return: bytes that were read, or -errno. */
static ssize_t read_text(const struct resolv_file *file, char *text, size_t cap)
{
	const ssize_t n = pread(file->fd, text, cap, 0);

	return n < 0 ? -errno : n;
}

/* Return: 0 or -errno */
static int write_text(const struct resolv_file *file, const char *text,
		      size_t len)
{
	const ssize_t n = pwrite(file->fd, text, len, 0);

	if (n < 0)
		return -errno;
	if ((size_t)n != len)
		return -ENOSPC;
	return ftruncate(file->fd, (off_t)len) ? -errno : 0;
}

/* Has no other program changed the text since? */
static bool is_ours(const struct resolv_file *file)
{
	char text[RESOLV_OURS_MAX + 1];
	const ssize_t n = read_text(file, text, sizeof(text));

	return n == (ssize_t)file->ours_len &&
	       !memcmp(text, file->ours, file->ours_len);
}

/* Make comments of the old text. The buffer has room for any old text. */
static void append_old(struct resolv_file *file)
{
	char *to = file->ours + file->ours_len;
	bool begins_line = true;
	size_t i;

	for (i = 0; i < file->old_len; i++) {
		if (begins_line)
			*to++ = '#';
		*to++ = file->old[i];
		begins_line = file->old[i] == '\n';
	}
	if (!begins_line)
		*to++ = '\n';
	file->ours_len = (size_t)(to - file->ours);
}

/* Find the old text in the text of another keeper. Return: 0 or -errno. */
static int recover_old(struct resolv_file *file, const char *text, size_t len)
{
	const char *from = memmem(text, len, "\n" MARK, strlen("\n" MARK));
	const char *end = text + len;
	bool begins_line = true;

	file->old_len = 0;
	if (!from)
		return 0;
	for (from += strlen("\n" MARK); from < end; from++) {
		if (begins_line && *from == '#') {
			begins_line = false;
			continue;
		}
		if (file->old_len == sizeof(file->old))
			return -EFBIG;
		file->old[file->old_len++] = *from;
		begins_line = *from == '\n';
	}
	return 0;
}

/* Remember the old text. Return: 0 or -errno. */
static int read_old(struct resolv_file *file)
{
	char text[RESOLV_OURS_MAX + 1];
	const ssize_t n = read_text(file, text, sizeof(text));

	if (n < 0)
		return (int)n;
	if (n >= (ssize_t)strlen(HEAD) && !memcmp(text, HEAD, strlen(HEAD)))
		return recover_old(file, text, (size_t)n);
	if (n > RESOLV_FILE_MAX)
		return -EFBIG;
	memcpy(file->old, text, (size_t)n);
	file->old_len = (size_t)n;
	return 0;
}

/**
 * resolv_file_replace() - let this host ask these name servers
 * @file:    the open file
 * @servers: the name servers, at least one
 *
 * Return: 0 or -errno; -EBADF: the file is not open, -EFBIG: it is too long,
 * -EBUSY: another program has changed it since the last call
 */
int resolv_file_replace(struct resolv_file *file,
			const struct name_servers *servers)
{
	char text[ADDR_TEXT_MAX];
	size_t i;
	int err;

	if (file->fd < 0)
		return -EBADF;
	if (file->replaced && !is_ours(file))
		return -EBUSY;
	err = file->replaced ? 0 : read_old(file);
	if (err)
		return err;
	*file->ours = '\0';
	text_append(file->ours, sizeof(file->ours), HEAD);
	for (i = 0; i < servers->count; i++)
		text_append(file->ours, sizeof(file->ours), "nameserver %s\n",
			    addr_format_host(&servers->addrs[i], text));
	if (file->old_len)
		text_append(file->ours, sizeof(file->ours), MARK);
	file->ours_len = strlen(file->ours);
	append_old(file);
	file->replaced = true;
	err = write_text(file, file->ours, file->ours_len);
	/* A part of the text is worth less than the old text. */
	if (err && !write_text(file, file->old, file->old_len))
		file->replaced = false;
	return err;
}

/**
 * resolv_file_put_back() - put the old text back, unless another program has
 *                          changed the text since
 * @file: the file, open or not
 */
void resolv_file_put_back(struct resolv_file *file)
{
	if (file->fd < 0 || !file->replaced)
		return;
	if (is_ours(file))
		(void)write_text(file, file->old, file->old_len);
	file->replaced = false;
}

/**
 * resolv_file_close() - close the file
 * @file: the file, open or not
 */
void resolv_file_close(struct resolv_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
