/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What follows from what the user asks of a port, before there is one.
 */
#include "port/port_config.h"

/**
 * port_config_bits_per_byte() - what a byte costs on the wire
 * @config: parity and stop bits
 *
 * Return: a start bit, eight of data, and what else there is
 */
unsigned int port_config_bits_per_byte(const struct port_config *config)
{
	return (config->parity == PORT_PARITY_NONE ? 9 : 10) +
	       config->stop_bits;
}

/**
 * port_config_rate() - how fast a serial port will be that is not there yet
 * @config: what is wanted of it
 *
 * Return: bytes per second
 */
unsigned int port_config_rate(const struct port_config *config)
{
	unsigned int baud = config->baud ? config->baud : PORT_BAUD_DEFAULT;

	return baud / port_config_bits_per_byte(config);
}
