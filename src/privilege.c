/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drop the privileges that only the set-up needs. The program parses bytes from
 * the line, so after the set-up it must only be able to carry packets:
 *
 * - It drops every capability and empties the bounding set, so that no program
 *   can regain one (capabilities(7)). Emptying the set needs CAP_SETPCAP; with
 *   CAP_NET_ADMIN alone (file capability, service) the set stays.
 * - no_new_privs makes set-user-ID and file capabilities powerless (prctl(2)).
 * - --user changes to a user, its groups, and the group of the port, so that
 *   the program can open a lost port again. Without --user, root becomes
 *   the user nobody, if this user can open the port and replace the link's
 *   files. The program decides this once the port exists, before it reads the
 *   first byte.
 *
 * Open descriptors keep working, so the program can still switch the carrier of
 * the interface, and set and restore the port. These restrictions apply:
 *
 * - Root without CAP_DAC_OVERRIDE is a user like any other: it cannot write to
 *   another user's directory or open another user's port. Root owns most
 *   devices, so a replugged adapter works; another user's pty does not.
 * - The program cannot open a device that another program holds with TIOCEXCL
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
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_GROUP ((gid_t)-1)

_Static_assert(CAP_TO_INDEX(CAP_SETUID) == CAP_TO_INDEX(CAP_SETGID),
	       "both are in one word");

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
	struct capabilities caps;

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
	if (get_capabilities(&caps) || !has_capability(&caps, CAP_SETUID) ||
	    !has_capability(&caps, CAP_SETGID)) {
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

/* Call this before setresuid(): only root may change its groups. */
static int change_groups(const struct privilege_user *user,
			 const char *port_path, bool is_serial)
{
	gid_t extra = port_group(port_path, is_serial);

	if (extra == NO_GROUP)
		extra = user->gid;
	if (user->no_groups ? setgroups(1, &extra)
			    : initgroups(user->name, extra))
		return -errno;
	return setresgid(user->gid, user->gid, user->gid) ? -errno : 0;
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
	struct capabilities caps;
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

/*
 * The user with the fewest rights. Its number is the same on every system, and
 * getpwnam(3) would take longer than everything else here.
 */
static const struct privilege_user nobody = {
	.name = "nobody",
	.uid = OVERFLOW_ID,
	.gid = OVERFLOW_ID,
	.no_groups = true,
};

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
	struct capabilities caps;
	int err = get_capabilities(&caps);

	if (!err && has_capability(&caps, CAP_SETUID) &&
	    has_capability(&caps, CAP_SETGID)) {
		(void)!(setgroups(0, NULL) ||
			setresgid(nobody.gid, nobody.gid, nobody.gid) ||
			setresuid(nobody.uid, nobody.uid, nobody.uid));
	}
	empty_bounding_set();
	err = drop_capabilities(&none);
	return err ? err : verify(&same, &none);
}

/* May this process put a file at @path, and remove it again? */
static bool may_replace(const char *path)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX] = ".";
	struct stat parent;
	struct stat file;

	/* Keep the slash: the directory of "/file" is "/". */
	if (slash)
		snprintf(directory, sizeof(directory), "%.*s",
			 (int)(slash - path) + 1, path);
	if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) ||
	    stat(directory, &parent))
		return false;
	/* With the sticky bit, as in /tmp, root's file stays (chmod(1)). */
	return !(parent.st_mode & S_ISVTX) || lstat(path, &file);
}

static bool may_open(const char *path)
{
	return !path || !faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS);
}

/* The reason why root stays root; a child process exits with this status. */
enum hindrance {
	NONE,
	CHANGE,
	PORT,
	FILE_OF_OURS,
};

/* Become @user to test its access. The calling process must end afterwards. */
static enum hindrance find_hindrance(const struct privilege_user *user,
				     const struct privilege_needs *needs)
{
	size_t i;

	if (change_groups(user, needs->port_path, needs->is_serial) ||
	    setresuid(user->uid, user->uid, user->uid))
		return CHANGE;
	if (!may_open(needs->port_name) || !may_open(needs->port_path))
		return PORT;
	for (i = 0; i < PRIVILEGE_FILES_MAX; i++)
		if (needs->files[i] && !may_replace(needs->files[i]))
			return FILE_OF_OURS;
	return NONE;
}

/*
 * Test in a child process whether @user can use the link's files. The kernel
 * alone can judge all directories, access lists and mounts on the way.
 */
static enum hindrance try_user(const struct privilege_user *user,
			       const struct privilege_needs *needs)
{
	pid_t pid = fork();
	pid_t ended;
	int status;

	if (!pid)
		_exit((int)find_hindrance(user, needs));
	if (pid < 0)
		return CHANGE;
	do
		ended = waitpid(pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	return ended == pid && WIFEXITED(status)
		       ? (enum hindrance)WEXITSTATUS(status)
		       : CHANGE;
}

/* Is this root, with the right to become another user? */
static bool may_change_user(void)
{
	struct capabilities caps;

	return !geteuid() && !get_capabilities(&caps) &&
	       has_capability(&caps, CAP_SETUID) &&
	       has_capability(&caps, CAP_SETGID);
}

/**
 * privilege_keep_choice() - give up all but the right to become another user
 *
 * Call it while the port is missing: its owner is unknown then, and no byte can
 * arrive. Call privilege_choose_user() and privilege_drop() once the port is
 * there, before the program reads the first byte from the port.
 *
 * Return: 0; -EPERM if the process has no such right, without any change; or
 * another -errno
 */
int privilege_keep_choice(void)
{
	static const struct privilege_user same;
	struct capabilities kept = {0};
	int err;

	if (!may_change_user())
		return -EPERM;
	kept.words[CAP_TO_INDEX(CAP_SETUID)].permitted =
		CAP_TO_MASK(CAP_SETUID) | CAP_TO_MASK(CAP_SETGID);
	kept.words[CAP_TO_INDEX(CAP_SETUID)].effective =
		CAP_TO_MASK(CAP_SETUID) | CAP_TO_MASK(CAP_SETGID);
	empty_bounding_set();
	err = drop_capabilities(&kept);
	return err ? err : verify(&same, &kept);
}

/**
 * privilege_choose_user() - choose a user if root has not named one
 * @user:  filled in if root is to become another user
 * @needs: files that this user must be able to use
 *
 * Chooses the user nobody, if this user could open the port again and replace
 * the files. Otherwise root stays root, and -v shows the reason.
 */
void privilege_choose_user(struct privilege_user *user,
			   const struct privilege_needs *needs)
{
	if (!may_change_user())
		return;
	switch (try_user(&nobody, needs)) {
	case NONE:
		*user = nobody;
		break;
	case PORT:
		log_debug("stays root: nobody could not open the port again");
		break;
	case FILE_OF_OURS:
		log_debug("stays root: nobody could not write or remove a file "
			  "of the link");
		break;
	default:
		log_debug("stays root: it cannot become nobody here");
		break;
	}
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

/**
 * privilege_drop() - give up root and every capability, for good
 * @user:      from privilege_find_user()
 * @port_path: the file that is opened as the port; the process keeps the group
 *             of this file; NULL: none, or unknown
 * @is_serial: the line is serial: if @port_path is missing, the process keeps
 *             the usual group of serial ports
 *
 * Warns if the user cannot open the port again. Logs any failure. After a
 * failure the remaining privileges are unknown, and the program should end.
 *
 * Return: 0 or -errno
 */
int privilege_drop(const struct privilege_user *user, const char *port_path,
		   bool is_serial)
{
	static const struct capabilities none;
	int err = 0;

	if (user->name)
		err = change_groups(user, port_path, is_serial);
	empty_bounding_set();
	if (!err && user->name && setresuid(user->uid, user->uid, user->uid))
		err = -errno;
	if (!err)
		err = drop_capabilities(&none);
	if (!err)
		err = verify(user, &none);
	if (err) {
		if (user->name)
			log_error("cannot become user %s: %s (choose another "
				  "--user, or leave it out)",
				  user->name, strerror(-err));
		else
			log_error("cannot drop the capabilities: %s",
				  strerror(-err));
		return err;
	}
	log_debug("privileges dropped, uid %u, gid %u", geteuid(), getegid());
	check_port(port_path);
	return 0;
}
