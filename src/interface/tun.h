/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TUN_H
#define SERIALTUN_TUN_H

struct gso;
struct owner;

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct tun - a TUN or TAP interface that we hold
 * @fd:         one read() or write() is one packet; -1: none
 * @name:       what the kernel calls it
 * @tap:        a packet is a frame of Ethernet, not a packet of IP
 * @attached:   it was there before us
 * @persistent: it stays when we go
 * @vnet:       in front of each packet is a struct virtio_net_hdr
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
 * enum tun_write_result - what became of a packet
 * @TUN_WRITTEN: the kernel has it
 * @TUN_DOWN:    dropped, the interface is down
 * @TUN_REFUSED: dropped, the kernel did not want this one
 * @TUN_GONE:    dropped, and so will be all others: the interface was deleted
 */
enum tun_write_result {
	TUN_WRITTEN,
	TUN_DOWN,
	TUN_REFUSED,
	TUN_GONE,
};

int tun_open(struct tun *tun, const char *name, bool tap);
int tun_create(struct tun *tun, const char *name, bool tap);
int tun_persist(struct tun *tun, const struct owner *owner);
int tun_delete(const char *name);
void tun_close(struct tun *tun);
void tun_set_carrier(const struct tun *tun, bool on);
void tun_set_offload(const struct tun *tun, bool on);
ssize_t tun_read(const struct tun *tun, struct gso *gso, uint8_t *packet,
		 size_t cap);
enum tun_write_result tun_write(const struct tun *tun, const struct gso *gso,
				const uint8_t *packet, size_t len);

#endif
