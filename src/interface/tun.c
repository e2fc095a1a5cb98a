/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TUN or TAP interface at work: a network interface whose other side is a
 * file descriptor (Documentation/networking/tuntap.rst in the kernel's tree).
 * tun_make opens it.
 *
 * A struct virtio_net_hdr in the machine's byte order precedes each packet, if
 * the kernel supports it (IFF_VNET_HDR). The header tells which work on the
 * packet is left to do; only this file sees it, other files see a struct gso.
 *
 * A TAP interface has no such header: gso and gro only know packets that begin
 * with IP, and offload pays on fast lines, where Ethernet is rarely wanted.
 */
#include "interface/tun.h"
#include "log.h"
#include "packet/ethernet.h"
#include "packet/gso.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

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
 * tun_set_mac() - change the Ethernet address of a TAP interface
 * @tun: the interface
 * @mac: the address, 6 bytes
 *
 * Needs no privilege: the descriptor is enough (SIOCSIFHWADDR,
 * __tun_chr_ioctl(), tun.c). Logs a failure.
 *
 * Return: 0 or -errno
 */
int tun_set_mac(const struct tun *tun, const uint8_t *mac)
{
	struct ifreq ifr = {.ifr_hwaddr.sa_family = ARPHRD_ETHER};
	int err;

	memcpy(ifr.ifr_hwaddr.sa_data, mac, ETHERNET_MAC_LEN);
	if (!ioctl(tun->fd, SIOCSIFHWADDR, &ifr))
		return 0;
	err = -errno;
	log_warning("%s: cannot take the Ethernet address of the board: %s",
		    tun->name, strerror(-err));
	return err;
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
