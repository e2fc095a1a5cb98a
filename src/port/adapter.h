/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ADAPTER_H
#define SERIALTUN_ADAPTER_H

#include <stdbool.h>
#include <stdint.h>

/* libserialport truncates longer serial numbers. */
#define ADAPTER_SERIAL_MAX   128
#define ADAPTER_TOPOLOGY_MAX 32

/**
 * struct adapter - one port of a USB adapter
 * @vid:       USB vendor ID
 * @pid:       USB product ID
 * @serial:    serial number; "": none
 * @topology:  the USB socket, as the kernel names it, "1-1.2"
 * @interface: number of the USB interface (bInterfaceNumber)
 * @port:      number of the port in this interface, mostly 0
 * @by_socket: @serial does not identify it, @topology does
 */
struct adapter {
	uint16_t vid;
	uint16_t pid;
	char serial[ADAPTER_SERIAL_MAX];
	char topology[ADAPTER_TOPOLOGY_MAX];
	unsigned int interface;
	unsigned int port;
	bool by_socket;
};

int adapter_identify(struct adapter *adapter, const char *path);
bool adapter_locate(struct adapter *adapter, const char *tty_dir);
bool adapter_has_twin(const struct adapter *adapter,
		      const struct adapter *other);
bool adapter_follows_socket(const struct adapter *adapter);
bool adapter_is_same(const struct adapter *adapter,
		     const struct adapter *other);
char *adapter_find(const struct adapter *adapter);

#endif
