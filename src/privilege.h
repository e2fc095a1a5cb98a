/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PRIVILEGE_H
#define SERIALTUN_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct privilege_user - the user to become
 * @name:      its name; NULL: keep the present user
 * @uid:       its user ID
 * @gid:       its primary group ID
 * @no_groups: it is a member of no other group
 */
struct privilege_user {
	const char *name;
	uid_t uid;
	gid_t gid;
	bool no_groups;
};

/* Files that a link may write or remove. */
#define PRIVILEGE_FILES_MAX 3

/**
 * struct privilege_needs - files that a link must still be able to use
 * @port_name: the port as the user named it, if it is a file, maybe a symbolic
 *             link
 * @port_path: the file that @port_name leads to; NULL: none, or unknown
 * @is_serial: the line is serial: if @port_path is missing, the port's group is
 *             taken to be the usual group of serial ports
 * @files:     files that the link replaces or removes; NULL: none
 */
struct privilege_needs {
	const char *port_name;
	const char *port_path;
	bool is_serial;
	const char *files[PRIVILEGE_FILES_MAX];
};

bool privilege_is_of_file(void);
int privilege_use(bool on);
int privilege_find_user(struct privilege_user *user, const char *name);
int privilege_keep(const struct privilege_user *user, unsigned int cap);
int privilege_shed(void);
int privilege_keep_choice(void);
void privilege_choose_user(struct privilege_user *user,
			   const struct privilege_needs *needs);
int privilege_drop(const struct privilege_user *user, const char *port_path,
		   bool is_serial);

#endif
