/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The TUN or TAP interface: a network interface whose other side is a file
 * descriptor (Documentation/networking/tuntap.rst in the kernel's tree).
 *
 * An interface that tun_open() creates vanishes with its descriptor, however
 * the program ends, unless tun_persist() makes it persistent; so the caller
 * does that last, when nothing can fail any more. An interface that is
 * persistent already stays.
 *
 * A struct virtio_net_hdr in the machine's byte order precedes each packet, if
 * the kernel supports it (IFF_VNET_HDR). The header tells which work on the
 * packet is left to do; only this file sees it, other files see a struct gso.
 *
 * A TAP interface has no such header: gso and gro only know packets that begin
 * with IP, and offload pays on fast lines, where Ethernet is rarely wanted.
 */
#include "interface/tun.h"
#include "denied.h"
#include "interface/owner.h"
#include "log.h"
#include "packet/gso.h"
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
#include <sys/uio.h>
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

/**
 * tun_close() - close the interface
 * @tun: an open interface, or TUN_CLOSED
 */
void tun_close(struct tun *tun)
{
	if (tun->fd >= 0)
		close(tun->fd);
	*tun = TUN_CLOSED;
}

/**
 * tun_set_carrier() - set the carrier of the interface
 * @tun: the interface
 * @on:  the new carrier
 *
 * Without a carrier the kernel drops outgoing packets, keeps addresses and
 * routes, and tells programs that watch the interface (TUNSETCARRIER, Linux
 * 5.0). Needs no privilege. On failure the pump still discards the packets.
 */
void tun_set_carrier(const struct tun *tun, bool on)
{
	int carrier = on;

	if (ioctl(tun->fd, TUNSETCARRIER, &carrier))
		log_debug("%s: cannot set the carrier: %s", tun->name,
			  strerror(errno));
}

/**
 * tun_set_offload() - choose whether the kernel leaves TCP work to us
 * @tun: the interface
 * @on:  tun_read() may return super-packets, and packets without a checksum;
 *       if off, only those that are already under way
 *
 * No effect on a persistent interface: there the setting would outlive a killed
 * program, and the next one may not support such packets.
 */
void tun_set_offload(const struct tun *tun, bool on)
{
	unsigned long features =
		on ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : 0;

	if (!tun->vnet || tun->persistent)
		return;
	if (ioctl(tun->fd, TUNSETOFFLOAD, features))
		log_debug("%s: cannot set offloads: %s", tun->name,
			  strerror(errno));
}

/**
 * tun_read() - read the next packet that the kernel sends
 * @tun:    the interface
 * @gso:    set to the work that is left to do on the packet
 * @packet: buffer for the packet
 * @cap:    bytes in @packet; the kernel cuts a longer packet silently, so give
 *          PACKET_MAX bytes, whatever the MTU
 *
 * Return: length of the packet in bytes; 0 if there is none; -ENODEV if the
 * interface was deleted
 */
ssize_t tun_read(const struct tun *tun, struct gso *gso, uint8_t *packet,
		 size_t cap)
{
	struct virtio_net_hdr header = {0};
	size_t header_len = tun->vnet ? sizeof(header) : 0;
	const struct iovec parts[] = {
		{.iov_base = &header, .iov_len = header_len},
		{.iov_base = packet, .iov_len = cap},
	};
	ssize_t n;

	do
		n = readv(tun->fd, parts, 2);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -ENODEV;
	*gso = (struct gso){
		.segment_len = header.gso_type == VIRTIO_NET_HDR_GSO_NONE
				       ? 0
				       : header.gso_size,
		.needs_sum = header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.sum_from = header.csum_start,
		.sum_at = (uint16_t)(header.csum_start + header.csum_offset),
	};
	return n - (ssize_t)header_len;
}

/* Make the header that describes a packet to the kernel. */
static struct virtio_net_hdr describe(const struct gso *gso,
				      const uint8_t *packet, size_t len)
{
	struct virtio_net_hdr header = {0};

	if (gso->needs_sum) {
		header.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		header.csum_start = gso->sum_from;
		header.csum_offset = (uint16_t)(gso->sum_at - gso->sum_from);
	}
	if (gso->segment_len) {
		header.gso_type = packet[0] >> 4 == 6
					  ? VIRTIO_NET_HDR_GSO_TCPV6
					  : VIRTIO_NET_HDR_GSO_TCPV4;
		header.gso_size = gso->segment_len;
		header.hdr_len = (uint16_t)gso_header_len(gso, packet, len);
	}
	return header;
}

/**
 * tun_write() - give a received packet to the kernel
 * @tun:    the interface
 * @gso:    work that is left to do on the packet; none, if @tun is without vnet
 * @packet: the packet
 * @len:    its length in bytes
 *
 * Only EBADFD (the interface was deleted; drivers/net/tun.c) is fatal. Other
 * errors concern this packet or this moment: EIO (the interface is down),
 * EINVAL (the kernel refuses the packet), ENOMEM, ENOBUFS and EAGAIN (no room).
 *
 * Return: the outcome
 */
enum tun_write_result tun_write(const struct tun *tun, const struct gso *gso,
				const uint8_t *packet, size_t len)
{
	struct virtio_net_hdr header = describe(gso, packet, len);
	union {
		const uint8_t *in;
		void *out;
	} bytes = {.in = packet};
	const struct iovec parts[] = {
		{.iov_base = &header,
		 .iov_len = tun->vnet ? sizeof(header) : 0},
		{.iov_base = bytes.out, .iov_len = len},
	};
	ssize_t n;

	do
		n = writev(tun->fd, parts, 2);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return TUN_WRITTEN;
	switch (errno) {
	case EBADFD:
		return TUN_GONE;
	case EIO:
		return TUN_DOWN;
	default:
		return TUN_REFUSED;
	}
}
