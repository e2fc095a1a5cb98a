/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replaces the text of /etc/resolv.conf, and puts the old text back.
 *
 * The file is open from the beginning, because the process that writes it has
 * neither the right nor the system call to open it later. So the text changes
 * in place. A symbolic link is left alone: the file behind it belongs to a
 * program that would write it again, such as systemd-resolved.
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
	else if (found.st_size > RESOLV_FILE_MAX)
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
	ssize_t n;
	size_t i;
	int err;

	if (file->fd < 0)
		return -EBADF;
	if (file->replaced && !is_ours(file))
		return -EBUSY;
	if (!file->replaced) {
		n = read_text(file, file->old, sizeof(file->old));
		if (n < 0 || n == (ssize_t)sizeof(file->old))
			return n < 0 ? (int)n : -EFBIG;
		file->old_len = (size_t)n;
	}
	*file->ours = '\0';
	text_append(file->ours, sizeof(file->ours),
		    "# serialtun puts the old text back at its end.\n");
	for (i = 0; i < servers->count; i++)
		text_append(file->ours, sizeof(file->ours), "nameserver %s\n",
			    addr_format_host(&servers->addrs[i], text));
	file->ours_len = strlen(file->ours);
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
