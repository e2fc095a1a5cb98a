/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values that follow from the user's options alone.
 */
#include "port/port_config.h"

/**
 * port_config_bits_per_byte() - bits on the wire for one byte
 * @config: the user's options
 *
 * Return: bits: start, eight data bits, parity, stop
 */
unsigned int port_config_bits_per_byte(const struct port_config *config)
{
	return (config->parity == PORT_PARITY_NONE ? 9 : 10) +
	       config->stop_bits;
}

/**
 * port_config_rate() - speed of a serial port with these options
 * @config: the user's options
 *
 * Return: bytes per second
 */
unsigned int port_config_rate(const struct port_config *config)
{
	unsigned int baud = config->baud ? config->baud : PORT_BAUD_DEFAULT;

	return baud / port_config_bits_per_byte(config);
}
