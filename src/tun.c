/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The TUN interface: a network interface whose other side is a descriptor
 * (Documentation/networking/tuntap.rst in the kernel's tree).
 *
 * An interface that we create vanishes with its descriptor, whatever way the
 * program ends. One that somebody made persistent is attached to, and stays.
 *
 * In front of each packet is a struct virtio_net_hdr, if the kernel knows it
 * (IFF_VNET_HDR), in the machine's byte order. It says what is left to be done
 * to the packet. It is seen here only; for everybody else it is a struct gso.
 */
#include "tun.h"
#include "gso.h"
#include "log.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define TUN_DEVICE "/dev/net/tun"

static int open_device(void)
{
	const char *remedy = "";
	int fd = open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	int err = errno;

	if (fd >= 0)
		return fd;
	if (err == ENOENT || err == ENODEV || err == ENXIO)
		remedy = " (load the tun module: modprobe tun; in a container: "
			 "--device /dev/net/tun --cap-add NET_ADMIN)";
	else if (err == EACCES || err == EPERM)
		remedy = " (run as root, or give the user access to it)";
	log_error("cannot open " TUN_DEVICE ": %s%s", strerror(err), remedy);
	return -err;
}

/* TUNSETIFF without packet information (IFF_NO_PI). Return: 0 or -errno. */
static int set_interface(int fd, struct ifreq *ifr, int flags)
{
	ifr->ifr_flags = (short)(IFF_TUN | IFF_NO_PI | flags);
	return ioctl(fd, TUNSETIFF, ifr) < 0 ? -errno : 0;
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
static int reset_vnet(int fd)
{
	int header_len = sizeof(struct virtio_net_hdr);
	int little_endian = BYTE_ORDER == LITTLE_ENDIAN;

	if (ioctl(fd, TUNSETVNETHDRSZ, &header_len) ||
	    ioctl(fd, TUNSETVNETLE, &little_endian) ||
	    ioctl(fd, TUNSETOFFLOAD, 0UL))
		return -errno;
	return 0;
}

static int report_create(const char *name, int err)
{
	log_error("cannot create interface %s: %s%s", *name ? name : "tun%d",
		  strerror(-err),
		  err == -EPERM ? " (needs CAP_NET_ADMIN: run as root)" : "");
	return err;
}

static int report_attach(const char *name, int err)
{
	const char *reason = strerror(-err);

	if (err == -EBUSY)
		reason = "another program is attached to it (end that one, or "
			 "choose another name with -i)";
	else if (err == -EINVAL)
		reason = "it exists and is not a TUN interface of one queue "
			 "(choose another name with -i)";
	else if (err == -EPERM)
		reason = "it belongs to another user or group (run as its "
			 "owner or as root)";
	log_error("cannot attach to interface %s: %s", name, reason);
	return err;
}

/**
 * tun_open() - create a TUN interface, or attach to a persistent one
 * @tun:  filled in on success, TUN_CLOSED otherwise
 * @name: the interface's name, shorter than IFNAMSIZ (the kernel would cut
 *        it and report success); "" for the kernel's next tun%d
 *
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int tun_open(struct tun *tun, const char *name)
{
	struct ifreq ifr = {0};
	bool attached = false;
	int vnet;
	int err;
	int fd;

	*tun = TUN_CLOSED;
	fd = open_device();
	if (fd < 0)
		return fd;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	/* IFF_TUN_EXCL: EBUSY says "it is there already" and nothing else. */
	vnet = has_vnet(fd) ? IFF_VNET_HDR : 0;
	err = set_interface(fd, &ifr, vnet | IFF_TUN_EXCL);
	if (err == -EBUSY && *name) {
		attached = true;
		err = set_interface(fd, &ifr, vnet);
	}
	if (!err && vnet)
		err = reset_vnet(fd);
	if (err) {
		close(fd);
		return attached ? report_attach(name, err)
				: report_create(name, err);
	}

	tun->fd = fd;
	tun->attached = attached;
	tun->vnet = vnet;
	memcpy(tun->name, ifr.ifr_name, sizeof(tun->name));
	return 0;
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

	if (!tun->vnet || tun->attached)
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
 *          65535 octets, whatever the MTU is now
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
 * @len:    its length in octets
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
	} octets = {.in = packet};
	const struct iovec parts[] = {
		{.iov_base = &header,
		 .iov_len = tun->vnet ? sizeof(header) : 0},
		{.iov_base = octets.out, .iov_len = len},
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
