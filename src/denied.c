/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remedies for "Permission denied". They depend on the user: root that is
 * denied is root of a container without the capability or the device, or root
 * of a user namespace that does not own the network or the device
 * (user_namespaces(7)).
 */
#include "denied.h"

#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Owner of files whose owner is not in this user namespace (overflowgid). */
#define DENIED_UNMAPPED_ID 65534

/**
 * denied_capability() - remedy for a missing capability
 * @name:   the capability, without CAP_
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
 * Find the group that may read and write a device. Users should not join root's
 * group; a group without a name cannot be joined.
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
 * denied_device() - remedy for a device that may not be opened
 * @path:   the device
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
			 "with --device %s; in a user namespace, make it "
			 "readable and writable for everybody, outside)",
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
