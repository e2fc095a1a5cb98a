/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel tells of serial ports in sysfs. Nothing here opens a device:
 * that would raise its DTR, which resets many a board. (libserialport's
 * sp_list_ports() does open the ports of a PC, to find out which of them are
 * there.)
 */
#include "port/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * sysfs_read() - the first line of an attribute
 * @text: the line, on success
 * @cap:  room there; what does not fit is left out
 * @dir:  the directory of a device
 * @name: the attribute
 *
 * Return: true if there is one and it is not empty
 */
bool sysfs_read(char *text, size_t cap, const char *dir, const char *name)
{
	char path[PATH_MAX];
	char line[1024];
	FILE *file;
	bool found;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fgets(line, sizeof(line), file);
	fclose(file);
	if (!found)
		return false;
	line[strcspn(line, "\n")] = '\0';
	if (!*line)
		return false;
	snprintf(text, cap, "%s", line);
	return true;
}

/*
 * A tty with hardware behind it. The others are virtual terminals and the
 * like, and the places that the 8250's driver holds free (type 0, PORT_UNKNOWN,
 * linux/serial.h).
 */
static int is_port(const struct dirent *entry)
{
	char dir[PATH_MAX];
	char path[PATH_MAX];
	char type[16];

	snprintf(dir, sizeof(dir), SYSFS_TTY "/%s", entry->d_name);
	snprintf(path, sizeof(path), SYSFS_TTY "/%s/device", entry->d_name);
	return *entry->d_name != '.' && !access(path, F_OK) &&
	       !(sysfs_read(type, sizeof(type), dir, "type") &&
		 !strcmp(type, "0"));
}

/**
 * sysfs_scan_ports() - which serial ports are there?
 * @ports: their names, without /dev/, sorted; each of them and the array are to
 *         be freed
 *
 * Return: how many, or -errno: -ENOENT where there is no sysfs, as in some
 * containers
 */
int sysfs_scan_ports(struct dirent ***ports)
{
	int count = scandir(SYSFS_TTY, ports, is_port, versionsort);

	if (count >= 0)
		return count;
	*ports = NULL;
	return -errno;
}
