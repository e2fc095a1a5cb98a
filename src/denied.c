/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What helps against "Permission denied". It depends on who is asking: to tell
 * root to run as root is of no use. Root that may not is root of a container,
 * which was not given the capability or the device, or root of a user
 * namespace, to whom the network or the device does not belong
 * (user_namespaces(7)).
 */
#include "denied.h"

#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Who owns what belongs to nobody in this user namespace (overflowgid). */
#define DENIED_UNMAPPED_ID 65534

/**
 * denied_capability() - what helps when a capability is missing
 * @name:   which, without its CAP_: as containers call it
 * @remedy: where to write it
 *
 * Return: @remedy, in brackets, to follow the reason
 */
const char *denied_capability(const char *name, char remedy[DENIED_REMEDY_MAX])
{
	if (geteuid())
		snprintf(remedy, DENIED_REMEDY_MAX,
			 " (needs CAP_%s: run as root)", name);
	else
		snprintf(remedy, DENIED_REMEDY_MAX,
			 " (root lacks CAP_%s here: in a container, start it "
			 "with --cap-add %s; in a user namespace, make a "
			 "network namespace as well: unshare --net)",
			 name, name);
	return remedy;
}

/*
 * The group whose members may read and write a device. Root's is not to be
 * joined, nor one that has no name or is nobody's.
 */
static const struct group *group_that_may(const char *path)
{
	const mode_t needed = S_IRGRP | S_IWGRP;
	struct stat file;

	if (stat(path, &file) || (file.st_mode & needed) != needed ||
	    !file.st_gid || file.st_gid == DENIED_UNMAPPED_ID)
		return NULL;
	return getgrgid(file.st_gid);
}

static bool is_on_nodev(const char *path)
{
	struct statvfs mount;

	return !statvfs(path, &mount) && mount.f_flag & ST_NODEV;
}

/**
 * denied_device() - what helps when a device may not be opened
 * @path:   the device, links resolved or not
 * @remedy: where to write it
 *
 * Return: @remedy, in brackets, to follow the reason
 */
const char *denied_device(const char *path, char remedy[DENIED_REMEDY_MAX])
{
	const struct group *group = group_that_may(path);

	if (is_on_nodev(path))
		snprintf(remedy, DENIED_REMEDY_MAX,
			 " (its file system is mounted nodev, so no device "
			 "works there: in a container, start it with --device "
			 "%s)",
			 path);
	else if (!geteuid())
		snprintf(remedy, DENIED_REMEDY_MAX,
			 " (not even root may, here: in a container, start it "
			 "with --device %s; in a user namespace, let everybody "
			 "read and write it, outside)",
			 path);
	else if (group)
		snprintf(remedy, DENIED_REMEDY_MAX,
			 " (run as root, or join its group: sudo usermod -aG "
			 "%s USER, then log in again)",
			 group->gr_name);
	else
		snprintf(remedy, DENIED_REMEDY_MAX, " (run as root)");
	return remedy;
}
