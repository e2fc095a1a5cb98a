/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The user's options for the port.
 */
#ifndef SERIALTUN_PORT_CONFIG_H
#define SERIALTUN_PORT_CONFIG_H

#include <stdbool.h>

struct broker;

#define PORT_BAUD_DEFAULT 115200

enum port_flow {
	PORT_FLOW_NONE,
	PORT_FLOW_RTSCTS,
	PORT_FLOW_XONXOFF,
};

enum port_parity {
	PORT_PARITY_NONE,
	PORT_PARITY_EVEN,
	PORT_PARITY_ODD,
};

/**
 * enum port_modem_line - the state of DTR or RTS
 * @PORT_MODEM_LINE_KEEP: as open() leaves it: Linux raises it
 * @PORT_MODEM_LINE_ON:   raised explicitly
 * @PORT_MODEM_LINE_OFF:  lowered as soon as the port is open
 */
enum port_modem_line {
	PORT_MODEM_LINE_KEEP,
	PORT_MODEM_LINE_ON,
	PORT_MODEM_LINE_OFF,
};

/**
 * struct port_config - the user's options for the port
 * @name:        a path, a name below /dev, or a prefix and an address
 * @baud:        bits per second; 0: not given
 * @max_baud:    the highest speed to find; 0: no limit
 * @baud_auto:   the user wants the speed to be found, on a pty, too
 * @tries_speeds: find the speeds that the port can have
 * @listens:     find the speeds at which a console may speak
 * @flow:        flow control
 * @parity:      the parity bit
 * @stop_bits:   1 or 2
 * @dtr:         Data Terminal Ready
 * @rts:         Request To Send, unless @flow controls it
 * @settle_ms:   milliseconds after opening in which input is discarded
 * @hupcl:       drop DTR when the port is closed
 * @low_latency: set the adapter's latency timer to its minimum
 * @broker:      opens a file port for this process; NULL: this process does
 */
struct port_config {
	const char *name;
	unsigned int baud;
	unsigned int max_baud;
	bool baud_auto;
	bool tries_speeds;
	bool listens;
	enum port_flow flow;
	enum port_parity parity;
	unsigned int stop_bits;
	enum port_modem_line dtr;
	enum port_modem_line rts;
	unsigned int settle_ms;
	bool hupcl;
	bool low_latency;
	struct broker *broker;
};

unsigned int port_config_bits_per_byte(const struct port_config *config);
unsigned int port_config_rate(const struct port_config *config);

#endif
