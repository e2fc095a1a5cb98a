/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drop the privileges that only the set-up needs. The program parses bytes from
 * the line, so after the set-up it must only be able to carry packets:
 *
 * - It drops every capability and empties the bounding set, so that no program
 *   can regain one (capabilities(7)). Emptying the set needs CAP_SETPCAP; with
 *   CAP_NET_ADMIN alone (file capability, service) the set stays.
 * - no_new_privs makes set-user-ID and file capabilities powerless (prctl(2)).
 * - The program becomes the user of --user. Without --user, root becomes the
 *   user nobody. It keeps no group of other files: the broker opens the port.
 *
 * Open descriptors keep working, so the program can still switch the carrier of
 * the interface, and set and restore the port. These restrictions apply:
 *
 * - The broker is a user like any other, even as root: without CAP_DAC_OVERRIDE
 *   it cannot write to another user's directory or open another user's port.
 *   Root owns most devices, so a replugged adapter works; another user's pty
 *   does not.
 * - Nor can it open a device that another program holds with TIOCEXCL
 *   (CAP_SYS_ADMIN).
 * - After a change of user the process is not dumpable (proc(5)): root owns its
 *   files in /proc, and there is no core dump. The process can still read its
 *   own /proc/self/fd.
 * - The program cannot remove what it added to an attached interface.
 *
 * Capabilities belong to a thread. The program has only one, so the bare system
 * calls suffice. libcap-ng would not save much: capng_change_id() adds no group
 * besides the user's own, and fails where the bounding set cannot be emptied.
 */
#include "privilege.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NO_GROUP ((gid_t)-1)
#define NO_USER	 ((uid_t)-1)

/* More groups than root ever has. */
#define GROUPS_MAX 64

/* The kernel's number for users without a mapping (user_namespaces(7)). */
#define OVERFLOW_ID 65534

/* The three sets of capabilities, each in two words of 32 bits. */
struct capabilities {
	struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3];
};

static int get_capabilities(struct capabilities *caps)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	/* valgrind believes that capget(2) fills in the first word alone. */
	*caps = (struct capabilities){0};
	return syscall(SYS_capget, &header, caps->words) ? -errno : 0;
}

static int set_capabilities(const struct capabilities *caps)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return syscall(SYS_capset, &header, caps->words) ? -errno : 0;
}

static bool has_capability(const struct capabilities *caps, unsigned int cap)
{
	return caps->words[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap);
}

/**
 * privilege_is_of_file() - do the capabilities come from the program file?
 *
 * setcap(8) gives a file capabilities, so any user who may run the file gets
 * them, although that user is not the administrator. The kernel sets AT_SECURE
 * if a program has more rights than its user (getauxval(3)). Security modules
 * also set AT_SECURE, so the function excludes a service, whose ambient
 * capabilities belong to its user.
 *
 * Return: true if they do
 */
bool privilege_is_of_file(void)
{
	return getauxval(AT_SECURE) && getuid() &&
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_ADMIN, 0,
		     0) != 1;
}

/**
 * privilege_use() - switch the permitted capabilities on or off
 * @on: true: they are in effect; false: none is, so the kernel checks access by
 *      user and group alone
 *
 * Return: 0 or -errno
 */
int privilege_use(bool on)
{
	struct capabilities caps;
	int err = get_capabilities(&caps);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		caps.words[i].effective = on ? caps.words[i].permitted : 0;
	return set_capabilities(&caps);
}

/*
 * The user with the fewest rights. Its number is the same on every system, and
 * getpwnam(3) would take longer than everything else here.
 */
static const struct privilege_user nobody = {
	.name = "nobody",
	.uid = OVERFLOW_ID,
	.gid = OVERFLOW_ID,
};

/* May this process become another user? */
static bool may_change_user(void)
{
	struct capabilities caps;

	return !get_capabilities(&caps) && has_capability(&caps, CAP_SETUID) &&
	       has_capability(&caps, CAP_SETGID);
}

/**
 * privilege_find_user() - look up the user of --user, before the set-up
 * @user: filled in
 * @name: the user's name, or NULL to keep the present user
 *
 * Checks that the program can change its user. Logs any failure.
 *
 * Return: 0 or -errno
 */
int privilege_find_user(struct privilege_user *user, const char *name)
{
	const struct passwd *entry;

	*user = (struct privilege_user){.name = name};
	if (!name)
		return 0;
	entry = getpwnam(name);
	if (!entry) {
		log_error("cannot run as user %s: there is no such user (name "
			  "one that \"getent passwd\" shows)",
			  name);
		return -ENOENT;
	}
	/* --user root keeps the present user. */
	if (!entry->pw_uid && !geteuid()) {
		user->name = NULL;
		return 0;
	}
	if (!may_change_user()) {
		log_error("cannot run as user %s: %s (%s, or leave --user out)",
			  name, strerror(EPERM),
			  geteuid() ? "run as root"
				    : "root lacks CAP_SETUID or CAP_SETGID "
				      "here: in a container, start it with "
				      "--cap-add SETUID --cap-add SETGID");
		return -EPERM;
	}
	user->uid = entry->pw_uid;
	user->gid = entry->pw_gid;
	return 0;
}

/* A missing port is expected to belong to the usual group of serial ports. */
static gid_t usual_port_group(void)
{
	/* Debian, Fedora and relatives; Arch and Gentoo. */
	static const char *const names[] = {"dialout", "uucp"};
	const struct group *group;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		group = getgrnam(names[i]);
		if (group)
			return group->gr_gid;
	}
	return NO_GROUP;
}

/*
 * Return the group that may read and write the port; NO_GROUP if there is none,
 * or if it is root's.
 */
static gid_t port_group(const char *path, bool is_serial)
{
	const mode_t needed = S_IRGRP | S_IWGRP;
	struct stat file;

	if (!path || stat(path, &file))
		return is_serial ? usual_port_group() : NO_GROUP;
	if ((file.st_mode & needed) != needed || !file.st_gid)
		return NO_GROUP;
	return file.st_gid;
}

/*
 * Change to the groups of a user, and the group of the port. Call this before
 * setresuid(): only root may change its groups. Return: 0 or -errno.
 */
static int take_groups(const struct privilege_user *user, const char *port_path,
		       bool is_serial)
{
	gid_t extra = port_group(port_path, is_serial);

	if (extra == NO_GROUP)
		extra = user->gid;
	return initgroups(user->name, extra) ? -errno : 0;
}

static void empty_bounding_set(void)
{
	int cap;
	int in;

	/* PR_CAPBSET_READ fails after the kernel's last capability. */
	for (cap = 0; (in = prctl(PR_CAPBSET_READ, cap, 0, 0, 0)) >= 0; cap++)
		if (in && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0)) {
			log_debug("the capability bounding set stays: %s",
				  strerror(errno));
			return;
		}
}

/* Ask the kernel which privileges the process has now. */
static int verify(const struct privilege_user *user,
		  const struct capabilities *kept)
{
	/* valgrind does not know that capget() fills this in. */
	struct capabilities caps = {0};
	uid_t uids[3];
	gid_t gids[3];
	int err = get_capabilities(&caps);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if (caps.words[i].effective != kept->words[i].effective ||
		    caps.words[i].permitted != kept->words[i].permitted ||
		    caps.words[i].inheritable)
			return -EPERM;
	if (!user->name)
		return 0;
	if (getresuid(&uids[0], &uids[1], &uids[2]) ||
	    getresgid(&gids[0], &gids[1], &gids[2]))
		return -errno;
	for (i = 0; i < 3; i++)
		if (uids[i] != user->uid || gids[i] != user->gid)
			return -EPERM;
	return 0;
}

/* The kernel drops an ambient capability together with the permitted one. */
static int drop_capabilities(const struct capabilities *kept)
{
	int err = set_capabilities(kept);

	if (err)
		return err;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

/**
 * privilege_keep() - give up root and every capability but one, for good
 * @user: the user to become, from privilege_find_user(); the function drops
 *        supplementary groups
 * @cap:  the capability to keep, such as CAP_NET_ADMIN; it is in effect
 *        afterwards
 *
 * A child process with a single task calls this. Logs nothing. After a failure
 * the remaining privileges are unknown, and the process should end.
 *
 * Return: 0 or -errno; -EPERM if this process does not have the capability
 */
int privilege_keep(const struct privilege_user *user, unsigned int cap)
{
	struct capabilities kept = {0};
	int err;

	kept.words[CAP_TO_INDEX(cap)].permitted = CAP_TO_MASK(cap);
	kept.words[CAP_TO_INDEX(cap)].effective = CAP_TO_MASK(cap);
	empty_bounding_set();
	/* PR_SET_KEEPCAPS: setresuid() keeps the permitted capabilities. */
	if (user->name &&
	    (setgroups(0, NULL) || setresgid(user->gid, user->gid, user->gid) ||
	     prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) ||
	     setresuid(user->uid, user->uid, user->uid) ||
	     prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0)))
		return -errno;
	err = drop_capabilities(&kept);
	return err ? err : verify(user, &kept);
}

/**
 * privilege_shed() - give up all privileges, for good
 *
 * A child process that needs no privilege calls this. The process becomes the
 * user nobody if it may change its user.
 *
 * Return: 0, or -errno if it still has a capability
 */
int privilege_shed(void)
{
	static const struct privilege_user same;
	static const struct capabilities none;
	int err;

	if (may_change_user()) {
		(void)!(setgroups(0, NULL) ||
			setresgid(nobody.gid, nobody.gid, nobody.gid) ||
			setresuid(nobody.uid, nobody.uid, nobody.uid));
	}
	empty_bounding_set();
	err = drop_capabilities(&none);
	return err ? err : verify(&same, &none);
}

/*
 * Try whether the kernel lets root become a user: in a user namespace, the user
 * may not exist (user_namespaces(7)). Changes nothing.
 */
static bool can_become(const struct privilege_user *user)
{
	const gid_t present = getegid();
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);
	bool can = count >= 0 && !setgroups((size_t)count, groups) &&
		   !setresgid(NO_GROUP, user->gid, NO_GROUP) &&
		   !setresgid(NO_GROUP, present, NO_GROUP);

	/* The effective user of a process may return to its real one. */
	return can && !setresuid(NO_USER, user->uid, NO_USER) &&
	       !setresuid(NO_USER, 0, NO_USER);
}

/**
 * privilege_choose_user() - choose a user if root has not named one
 * @user: filled in if root is to become another user: the user nobody
 *
 * If it cannot, as in some containers, root stays root, and -v reports it.
 */
void privilege_choose_user(struct privilege_user *user)
{
	if (geteuid())
		return;
	if (may_change_user() && can_become(&nobody)) {
		*user = nobody;
		return;
	}
	log_debug("the user stays root: this container has no user nobody, or "
		  "no CAP_SETUID or CAP_SETGID to become it");
}

/* Warn at the start; the user may be away when the adapter is unplugged. */
static void check_port(const char *path)
{
	if (!path || !faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) ||
	    errno == ENOENT)
		return;
	log_warning("cannot open %s again if it is lost: %s (choose a "
		    "--user that may, such as its owner, or let its group "
		    "read and write it)",
		    path, strerror(errno));
}

/* Become a user without any capability, for good. Return: 0 or -errno. */
static int become(const struct privilege_user *user)
{
	static const struct capabilities none;
	int err;

	empty_bounding_set();
	if (user->name && (setresgid(user->gid, user->gid, user->gid) ||
			   setresuid(user->uid, user->uid, user->uid)))
		return -errno;
	err = drop_capabilities(&none);
	return err ? err : verify(user, &none);
}

/**
 * privilege_become() - give up every capability, but not the groups
 * @user:      the user to become, from privilege_find_user()
 * @port_path: the file that is opened as the port; the process keeps the group
 *             of this file; NULL: none, or unknown
 * @is_serial: the line is serial: if @port_path is missing, the process keeps
 *             the usual group of serial ports
 *
 * A child process that opens the port again calls this. Warns if it could not.
 * After a failure the process should end.
 *
 * Return: 0 or -errno
 */
int privilege_become(const struct privilege_user *user, const char *port_path,
		     bool is_serial)
{
	int err = user->name ? take_groups(user, port_path, is_serial) : 0;

	if (!err)
		err = become(user);
	if (!err)
		check_port(port_path);
	return err;
}

/**
 * privilege_drop() - give up root, its groups and every capability, for good
 * @user: from privilege_find_user() or privilege_choose_user()
 *
 * Logs any failure. After a failure the remaining privileges are unknown, and
 * the program should end.
 *
 * Return: 0 or -errno
 */
int privilege_drop(const struct privilege_user *user)
{
	int err = user->name && setgroups(0, NULL) ? -errno : 0;

	if (!err)
		err = become(user);
	if (!err) {
		log_debug("privileges dropped, uid %u, gid %u", geteuid(),
			  getegid());
		return 0;
	}
	if (user->name)
		log_error("cannot become user %s: %s (choose another --user, "
			  "or leave it out)",
			  user->name, strerror(-err));
	else
		log_error("cannot drop the capabilities: %s", strerror(-err));
	return err;
}
