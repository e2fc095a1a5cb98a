/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Create, attach to, keep and delete TUN and TAP interfaces.
 *
 * An interface that tun_open() creates vanishes with its descriptor, however
 * the program ends, unless tun_persist() makes it persistent; so the caller
 * does that last, when nothing can fail any more. An interface that is
 * persistent already stays.
 */
#include "interface/tun_make.h"
#include "denied.h"
#include "interface/owner.h"
#include "interface/tun.h"
#include "log.h"
#include "privilege.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TUN_DEVICE "/dev/net/tun"

#define TUN_IMPOSTOR_MAX 48

/* Major and minor number of the device (TUN_MINOR, linux/miscdevice.h). */
#define TUN_DEVICE_MAJOR 10
#define TUN_DEVICE_MINOR 200

/* Return: why the file is not the TUN device; NULL: it is, or does not exist */
static const char *find_impostor(char text[TUN_IMPOSTOR_MAX])
{
	struct stat file;

	if (stat(TUN_DEVICE, &file))
		return NULL;
	if (S_ISDIR(file.st_mode))
		return "it is a directory";
	if (!S_ISCHR(file.st_mode))
		return "it is not a device";
	if (file.st_rdev == makedev(TUN_DEVICE_MAJOR, TUN_DEVICE_MINOR))
		return NULL;
	if (file.st_rdev == makedev(1, 3))
		return "it is /dev/null by another name";
	snprintf(text, TUN_IMPOSTOR_MAX, "it is another device, %u:%u",
		 major(file.st_rdev), minor(file.st_rdev));
	return text;
}

static int open_device(void)
{
	char denied[DENIED_REMEDY_MAX];
	char impostor[TUN_IMPOSTOR_MAX];
	const char *reason = find_impostor(impostor);
	const char *remedy = "";
	int fd;
	int err;

	if (reason) {
		log_error("cannot use " TUN_DEVICE ": %s (in a container, "
			  "start it with --device " TUN_DEVICE "; else: sudo "
			  "mknod " TUN_DEVICE " c %d %d, in its place)",
			  reason, TUN_DEVICE_MAJOR, TUN_DEVICE_MINOR);
		return -ENODEV;
	}
	fd = open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	err = errno;
	if (fd >= 0)
		return fd;
	if (err == ENOENT || err == ENODEV || err == ENXIO)
		remedy = " (load the tun module: modprobe tun; in a container: "
			 "--device /dev/net/tun --cap-add NET_ADMIN)";
	else if (err == EACCES || err == EPERM)
		remedy = denied_device(TUN_DEVICE, denied);
	log_error("cannot open " TUN_DEVICE ": %s%s", strerror(err), remedy);
	return -err;
}

/*
 * TUNSETIFF without packet information (IFF_NO_PI). The kernel fills in @name.
 * Return: 0 or -errno.
 */
static int set_interface(int fd, char name[IFNAMSIZ], bool tap, int flags)
{
	struct ifreq ifr = {0};
	int err = 0;

	ifr.ifr_flags = (short)((tap ? IFF_TAP : IFF_TUN) | IFF_NO_PI | flags);
	memcpy(ifr.ifr_name, name, IFNAMSIZ);
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		err = -errno;
	else
		memcpy(name, ifr.ifr_name, IFNAMSIZ);
	return err;
}

/*
 * As set_interface(), for an interface that exists. With capabilities of the
 * program file the kernel would let every user who may run it have everybody's
 * interface, so they are put aside: only the owner has it. Return: 0 or -errno.
 */
static int set_existing(int fd, char name[IFNAMSIZ], bool tap, int flags)
{
	const bool aside = privilege_is_of_file();
	int err = aside ? privilege_use(false) : 0;

	if (!err)
		err = set_interface(fd, name, tap, flags);
	if (aside && privilege_use(true))
		return -EPERM;
	return err;
}

/* Does the kernel support a struct virtio_net_hdr before each packet? */
static bool has_vnet(int fd)
{
	unsigned int features = 0;

	return !ioctl(fd, TUNGETFEATURES, &features) && features & IFF_VNET_HDR;
}

/*
 * A persistent interface keeps the offloads and header size of its last
 * program. Set them to the defaults of a new interface.
 */
static int reset_offload(const struct tun *tun)
{
	int header_len = sizeof(struct virtio_net_hdr);
	int little_endian = BYTE_ORDER == LITTLE_ENDIAN;

	if (tun->vnet && (ioctl(tun->fd, TUNSETVNETHDRSZ, &header_len) ||
			  ioctl(tun->fd, TUNSETVNETLE, &little_endian)))
		return -errno;
	return ioctl(tun->fd, TUNSETOFFLOAD, 0UL) ? -errno : 0;
}

static int report_create(const struct tun *tun, int err)
{
	const char *mode = tun->tap ? "TAP" : "TUN";
	char denied[DENIED_REMEDY_MAX];
	const char *remedy = "";

	if (err == -EPERM)
		remedy = denied_capability("NET_ADMIN", denied);
	if (*tun->name)
		log_error("cannot create interface %s: %s%s", tun->name,
			  strerror(-err), remedy);
	else
		log_error("cannot create a new %s interface: %s%s", mode,
			  strerror(-err), remedy);
	return err;
}

/*
 * Does an interface of this name and mode exist? The kernel checks the mode
 * before owner and attachment.
 */
static bool has_mode(const char *name, bool tap, int flags)
{
	char copy[IFNAMSIZ];
	int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC);
	int err;

	memcpy(copy, name, IFNAMSIZ);
	err = fd < 0 ? -errno : set_existing(fd, copy, tap, flags);
	if (fd >= 0)
		close(fd);
	return !err || err == -EBUSY || err == -EPERM;
}

static int report_attach(const struct tun *tun, int err)
{
	const char *reason = strerror(-err);

	if (err == -EBUSY)
		reason = "another program is attached to it (end that one, or "
			 "choose another name with -i)";
	else if (err == -EINVAL && has_mode(tun->name, !tun->tap, 0))
		reason = tun->tap ? "it is a TUN interface (leave --tap out)"
				  : "it is a TAP interface (add --tap)";
	else if (err == -EINVAL &&
		 (has_mode(tun->name, false, IFF_MULTI_QUEUE) ||
		  has_mode(tun->name, true, IFF_MULTI_QUEUE)))
		reason = "it has several queues (delete it, and make it again "
			 "without multi_queue, or with --create)";
	else if (err == -EINVAL)
		reason = "it exists and is not a TUN or TAP interface (choose "
			 "another name with -i)";
	else if (err == -EPERM)
		reason = "it belongs to another user or group (run as its "
			 "owner or as root)";
	log_error("cannot attach to interface %s: %s", tun->name, reason);
	return err;
}

/* Open a descriptor without an interface. Return: 0 or -errno, logged. */
static int open_descriptor(struct tun *tun, const char *name, bool tap)
{
	int fd = open_device();

	*tun = TUN_CLOSED;
	if (fd < 0)
		return fd;
	tun->fd = fd;
	tun->tap = tap;
	tun->vnet = !tap && has_vnet(fd);
	snprintf(tun->name, sizeof(tun->name), "%s", name);
	return 0;
}

/* Return: 0; -EBUSY, not logged, if the interface exists; -errno, logged. */
static int create(struct tun *tun)
{
	return set_interface(tun->fd, tun->name, tun->tap,
			     IFF_TUN_EXCL | (tun->vnet ? IFF_VNET_HDR : 0));
}

static int attach(struct tun *tun)
{
	tun->attached = true;
	tun->persistent = true;
	return set_existing(tun->fd, tun->name, tun->tap,
			    tun->vnet ? IFF_VNET_HDR : 0);
}

/**
 * tun_open() - create an interface, or attach to a persistent one
 * @tun:  filled in on success, TUN_CLOSED otherwise
 * @name: the interface's name, shorter than IFNAMSIZ (the kernel would cut
 *        a longer one and report success); "": the kernel's next tun%d or tap%d
 * @tap:  packets are Ethernet frames, not IP packets
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int tun_open(struct tun *tun, const char *name, bool tap)
{
	int err = open_descriptor(tun, name, tap);

	if (err)
		return err;
	err = create(tun);
	if (err == -EBUSY && *name)
		err = attach(tun);
	if (!err)
		err = reset_offload(tun);
	if (err) {
		if (tun->attached)
			report_attach(tun, err);
		else
			report_create(tun, err);
		tun_close(tun);
	}
	return err;
}

/**
 * tun_create() - create an interface that does not exist yet
 * @tun:  as for tun_open()
 * @name: as for tun_open()
 * @tap:  as for tun_open()
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int tun_create(struct tun *tun, const char *name, bool tap)
{
	int err = open_descriptor(tun, name, tap);

	if (err)
		return err;
	err = create(tun);
	if (err == -EBUSY && *name)
		log_error("cannot create interface %s: it exists already "
			  "(use it without --create, remove it with --delete, "
			  "or choose another name with -i)",
			  name);
	else if (err)
		report_create(tun, err);
	if (err)
		tun_close(tun);
	return err;
}

/**
 * tun_persist() - let the interface outlive its descriptor
 * @tun:   the interface; @persistent is set
 * @owner: the user and group that may attach without privilege; an unset
 *         member leaves the interface's own setting
 *
 * Needs no privilege. Logs any failure.
 *
 * Return: 0 or -errno
 */
int tun_persist(struct tun *tun, const struct owner *owner)
{
	int err = 0;

	if ((owner->has_user &&
	     ioctl(tun->fd, TUNSETOWNER, (unsigned long)owner->user)) ||
	    (owner->has_group &&
	     ioctl(tun->fd, TUNSETGROUP, (unsigned long)owner->group)) ||
	    ioctl(tun->fd, TUNSETPERSIST, 1UL)) {
		err = -errno;
		log_error("cannot make interface %s persistent: %s", tun->name,
			  strerror(-err));
	}
	tun->persistent |= !err;
	return err;
}

static int report_delete(const char *name, int err)
{
	const char *reason = strerror(-err);

	if (err == -ENODEV)
		reason = "there is no such interface";
	else if (err == -EBUSY)
		reason = "a program is attached to it (end that one first)";
	else if (err == -EINVAL)
		reason = "it is not a TUN or TAP interface (ip link delete "
			 "removes others)";
	else if (err == -EPERM)
		reason = "it belongs to another user or group (run as its "
			 "owner or as root)";
	log_error("cannot delete interface %s: %s", name, reason);
	return err;
}

/**
 * tun_delete() - remove a persistent interface, TUN or TAP
 * @name: its name, shorter than IFNAMSIZ
 *
 * Attaches to the interface, which its owner may do without privilege, and
 * ends its persistence: then it goes with its descriptor. TUNSETIFF creates an
 * interface that does not exist, so tun_delete() checks that first. If another
 * program deletes the interface between check and TUNSETIFF, the new interface
 * goes with its descriptor, too.
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int tun_delete(const char *name)
{
	static const int kinds[] = {0, IFF_MULTI_QUEUE};
	struct tun tun;
	size_t i;
	int err;

	if (!if_nametoindex(name))
		return report_delete(name, -ENODEV);
	err = open_descriptor(&tun, name, false);
	if (err)
		return err;
	err = -EINVAL;
	for (i = 0; err == -EINVAL && i < sizeof(kinds) / sizeof(*kinds); i++) {
		err = set_existing(tun.fd, tun.name, false, kinds[i]);
		if (err == -EINVAL)
			err = set_existing(tun.fd, tun.name, true, kinds[i]);
	}
	if (!err && ioctl(tun.fd, TUNSETPERSIST, 0UL))
		err = -errno;
	tun_close(&tun);
	return err ? report_delete(name, err) : 0;
}
