/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TUN_H
#define SERIALTUN_TUN_H

struct gso;

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct tun - an open TUN or TAP interface
 * @fd:         one read() or write() carries one packet; -1: closed
 * @name:       its name in the kernel
 * @tap:        packets are Ethernet frames, not IP packets
 * @attached:   it existed before tun_open()
 * @persistent: it outlives @fd
 * @vnet:       a struct virtio_net_hdr precedes each packet
 */
struct tun {
	int fd;
	char name[IFNAMSIZ];
	bool tap;
	bool attached;
	bool persistent;
	bool vnet;
};

#define TUN_CLOSED ((struct tun){.fd = -1})

/**
 * enum tun_write_result - outcome of tun_write()
 * @TUN_WRITTEN: the kernel has taken the packet
 * @TUN_DOWN:    packet dropped: the interface is down
 * @TUN_REFUSED: packet dropped: the kernel refused this one
 * @TUN_GONE:    packet dropped: the interface was deleted
 */
enum tun_write_result {
	TUN_WRITTEN,
	TUN_DOWN,
	TUN_REFUSED,
	TUN_GONE,
};

void tun_close(struct tun *tun);
void tun_set_carrier(const struct tun *tun, bool on);
int tun_set_mac(const struct tun *tun, const uint8_t *mac);
void tun_set_offload(const struct tun *tun, bool on);
ssize_t tun_read(const struct tun *tun, struct gso *gso, uint8_t *packet,
		 size_t cap);
enum tun_write_result tun_write(const struct tun *tun, const struct gso *gso,
				const uint8_t *packet, size_t len);

#endif
