/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OWNER_H
#define SERIALTUN_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct owner - users that may attach to an interface without privilege
 * @has_user:  @user is set
 * @user:      the user
 * @has_group: @group is set
 * @group:     the group
 */
struct owner {
	bool has_user;
	uid_t user;
	bool has_group;
	gid_t group;
};

int owner_find(struct owner *owner, const char *user, const char *group);

#endif
