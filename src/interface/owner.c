/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Look up users and groups by name, or by number: those of another machine or
 * of a container have no names here.
 *
 * The kernel checks user and group separately (tun_not_capable(),
 * drivers/net/tun.c): an interface with neither lets anybody attach; with both,
 * the user must be a member of the group.
 */
#include "interface/owner.h"
#include "log.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

/* An ID of -1 means "nobody", and leaves the interface without an owner. */
#define ID_MAX 0xFFFFFFFEUL

/* Take digits only. */
static bool parse_id(unsigned int *id, const char *text)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || number > ID_MAX)
		return false;
	*id = (unsigned int)number;
	return true;
}

static int find_user(uid_t *user, const char *name)
{
	const struct passwd *entry = getpwnam(name);

	if (entry)
		*user = entry->pw_uid;
	else if (!parse_id(user, name)) {
		log_error("cannot give an interface to user %s: there is no "
			  "such user (name one that \"getent passwd\" shows)",
			  name);
		return -ENOENT;
	}
	return 0;
}

static int find_group(gid_t *group, const char *name)
{
	const struct group *entry = getgrnam(name);

	if (entry)
		*group = entry->gr_gid;
	else if (!parse_id(group, name)) {
		log_error("cannot give an interface to group %s: there is no "
			  "such group (name one that \"getent group\" shows)",
			  name);
		return -ENOENT;
	}
	return 0;
}

/**
 * owner_find() - look up the owner of an interface
 * @owner: filled in
 * @user:  a user's name or number, or NULL
 * @group: a group's name or number, or NULL; without both, the owner is the
 *         user who runs this program
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int owner_find(struct owner *owner, const char *user, const char *group)
{
	int err = 0;

	*owner = (struct owner){
		.has_user = user || !group,
		.user = geteuid(),
		.has_group = group,
	};
	if (user)
		err = find_user(&owner->user, user);
	if (!err && group)
		err = find_group(&owner->group, group);
	return err;
}
