/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Users and groups that are given by their names, or by their numbers: those
 * of another machine or of a container have no names here.
 *
 * To the kernel, who owns an interface is a condition for each of the two
 * (tun_not_capable(), drivers/net/tun.c): with neither anybody may attach to
 * it, with both it takes the user as a member of the group.
 */
#include "interface/owner.h"
#include "log.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

/* -1 means "nobody", and leaves the interface without an owner. */
#define ID_MAX 0xFFFFFFFEUL

/* A number and nothing else. */
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
 * owner_find() - look up whom an interface is to belong to
 * @owner: filled in
 * @user:  a user's name or number, or NULL
 * @group: a group's name or number, or NULL; without both it is the user who
 *         runs this program
 *
 * A failure is logged.
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
