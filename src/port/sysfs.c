/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serial ports in sysfs. Nothing here opens a device, because that would raise
 * its DTR, which resets many boards. (libserialport's sp_list_ports() does open
 * a PC's ports, to find out which exist.)
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
 * sysfs_read() - read the first line of an attribute
 * @text: the line, on success
 * @cap:  bytes in @text; the rest of the line is cut off
 * @dir:  the directory of a device
 * @name: the attribute
 *
 * Return: true if the attribute exists and is not empty
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
 * Is this a tty with hardware behind it? Virtual terminals are not, nor are the
 * 8250 driver's unused ports (type 0, PORT_UNKNOWN, linux/serial.h).
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
 * sysfs_scan_ports() - list the serial ports
 * @ports: their names, without /dev/, sorted; free each name and the array
 *
 * Return: the number of ports, or -errno: -ENOENT without a sysfs, as in some
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
