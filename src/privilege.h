/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PRIVILEGE_H
#define SERIALTUN_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct privilege_user - the user to become
 * @name: its name; NULL: keep the present user
 * @uid:  its user ID
 * @gid:  its primary group ID
 */
struct privilege_user {
	const char *name;
	uid_t uid;
	gid_t gid;
};

bool privilege_is_of_file(void);
int privilege_use(bool on);
int privilege_find_user(struct privilege_user *user, const char *name);
int privilege_keep(const struct privilege_user *user, unsigned int cap);
int privilege_shed(void);
void privilege_choose_user(struct privilege_user *user);
int privilege_become(const struct privilege_user *user, const char *port_path,
		     bool is_serial);
int privilege_drop(const struct privilege_user *user);

#endif
