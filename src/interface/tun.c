/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The TUN or TAP interface: a network interface whose other side is a
 * descriptor (Documentation/networking/tuntap.rst in the kernel's tree).
 *
 * An interface that we create vanishes with its descriptor, whatever way the
 * program ends, unless it is made persistent; so that is done last, when
 * nothing can fail any more. One that is persistent already is attached to, and
 * stays.
 *
 * In front of each packet is a struct virtio_net_hdr, if the kernel knows it
 * (IFF_VNET_HDR), in the machine's byte order. It says what is left to be done
 * to the packet. It is seen here only; for everybody else it is a struct gso.
 *
 * On a TAP interface there is none, and the kernel leaves no work to us:
 * cutting and joining (gso, gro) know packets that begin with IP. What they
 * save counts where the machine is the limit and not the line, and who wants
 * that has no need of Ethernet.
 */
#include "interface/tun.h"
#include "denied.h"
#include "interface/owner.h"
#include "log.h"
#include "packet/gso.h"

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

/* The numbers of the device (TUN_MINOR, linux/miscdevice.h). */
#define TUN_DEVICE_MAJOR 10
#define TUN_DEVICE_MINOR 200

/* What stands in the place of the device. NULL: the device, or nothing. */
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
 * TUNSETIFF without packet information (IFF_NO_PI). @name becomes what the
 * kernel makes of it. Return: 0 or -errno.
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

/* Can packets have a struct virtio_net_hdr in front of them? */
static bool has_vnet(int fd)
{
	unsigned int features = 0;

	return !ioctl(fd, TUNGETFEATURES, &features) && features & IFF_VNET_HDR;
}

/*
 * What was set before us on an interface that stays is still set, but for the
 * flags of TUNSETIFF: here it becomes what it is in the beginning.
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
 * Is there an interface of this name in this mode, with these other flags? The
 * kernel looks at that first, before it asks whose it is and who has it.
 */
static bool has_mode(const char *name, bool tap, int flags)
{
	char copy[IFNAMSIZ];
	int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC);
	int err;

	memcpy(copy, name, IFNAMSIZ);
	err = fd < 0 ? -errno : set_interface(fd, copy, tap, flags);
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

/* A descriptor that has no interface yet. Return: 0 or -errno, logged. */
static int begin(struct tun *tun, const char *name, bool tap)
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

/* Create it. Return: 0 or -errno; -EBUSY if it is there, and for that alone. */
static int create(struct tun *tun)
{
	return set_interface(tun->fd, tun->name, tun->tap,
			     IFF_TUN_EXCL | (tun->vnet ? IFF_VNET_HDR : 0));
}

static int attach(struct tun *tun)
{
	tun->attached = true;
	tun->persistent = true;
	return set_interface(tun->fd, tun->name, tun->tap,
			     tun->vnet ? IFF_VNET_HDR : 0);
}

/**
 * tun_open() - create an interface, or attach to a persistent one
 * @tun:  filled in on success, TUN_CLOSED otherwise
 * @name: the interface's name, shorter than IFNAMSIZ (the kernel would cut
 *        it and report success); "" for the kernel's next one
 * @tap:  for frames of Ethernet, not packets of IP
 *
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int tun_open(struct tun *tun, const char *name, bool tap)
{
	int err = begin(tun, name, tap);

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
 * tun_create() - create an interface that is not there yet
 * @tun:  as for tun_open()
 * @name: as for tun_open()
 * @tap:  as for tun_open()
 *
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int tun_create(struct tun *tun, const char *name, bool tap)
{
	int err = begin(tun, name, tap);

	if (err)
		return err;
	err = create(tun);
	if (err == -EBUSY && *name)
		log_error("cannot create interface %s: it is there already "
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
 * tun_persist() - let the interface stay when we go
 * @tun:   the interface; @persistent is set
 * @owner: who may attach to it without privilege; what is not set there is
 *         left as it is
 *
 * It needs no privilege but to hold the interface. A failure is logged.
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
 * Its owner may attach to it without privilege, and what is not persistent any
 * more goes with its descriptor. TUNSETIFF would create what is not there, so
 * that is looked at first; if somebody else deletes it meanwhile, what is
 * created in its place goes with the descriptor, too.
 *
 * A failure is logged.
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
	err = begin(&tun, name, false);
	if (err)
		return err;
	err = -EINVAL;
	for (i = 0; err == -EINVAL && i < sizeof(kinds) / sizeof(*kinds); i++) {
		err = set_interface(tun.fd, tun.name, false, kinds[i]);
		if (err == -EINVAL)
			err = set_interface(tun.fd, tun.name, true, kinds[i]);
	}
	if (!err && ioctl(tun.fd, TUNSETPERSIST, 0UL))
		err = -errno;
	tun_close(&tun);
	return err ? report_delete(name, err) : 0;
}

/**
 * tun_close() - let the interface go
 * @tun: an open interface, or TUN_CLOSED, which is left as it is
 */
void tun_close(struct tun *tun)
{
	if (tun->fd >= 0)
		close(tun->fd);
	*tun = TUN_CLOSED;
}

/**
 * tun_set_carrier() - say whether there is a line behind the interface
 * @tun: the interface
 * @on:  there is
 *
 * Without a carrier the kernel drops what would be sent, keeps addresses and
 * routes, and tells whoever listens (TUNSETCARRIER, Linux 5.0). It needs no
 * privilege. Where it fails, packets are read and thrown away all the same.
 */
void tun_set_carrier(const struct tun *tun, bool on)
{
	int carrier = on;

	if (ioctl(tun->fd, TUNSETCARRIER, &carrier))
		log_debug("%s: cannot set the carrier: %s", tun->name,
			  strerror(errno));
}

/**
 * tun_set_offload() - let the kernel leave work on TCP to us, or not
 * @tun: the interface
 * @on:  tun_read() may bring super-packets, and packets without a checksum;
 *       otherwise only those that are on their way already
 *
 * Of an interface that stays when we go nothing is asked: there it would
 * outlive us, should we be killed, and whoever attaches next may not know what
 * to do with such packets.
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
 * tun_read() - take the next packet that the kernel sends out
 * @tun:    the interface
 * @gso:    set to what is left to be done to it
 * @packet: where it goes
 * @cap:    room there; a longer packet would be cut without a sign, so give
 *          PACKET_MAX bytes, whatever the MTU is now
 *
 * Return: its length; 0 if there is none now; -ENODEV if the interface was
 * deleted
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

/* What the kernel is to be told of a packet. */
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
 * tun_write() - give the kernel a packet that came in
 * @tun:    the interface
 * @gso:    what is left to be done to it; nothing, if @tun is without vnet
 * @packet: the packet
 * @len:    its length in bytes
 *
 * Only a deleted interface (EBADFD, drivers/net/tun.c) is worth ending for.
 * Everything else concerns this packet or this moment: EIO is an interface
 * that is down, EINVAL a packet that the kernel does not like, ENOMEM,
 * ENOBUFS and EAGAIN a lack of room.
 *
 * Return: what became of it
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
