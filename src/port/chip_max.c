/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The highest speed of a chip, as far as its number or its clock tells. Nothing
 * opens a port for this: that would raise its DTR. Many chips have the number
 * of a slower relative, so few are listed.
 *
 * chip_max is pure.
 */
#include "port/chip_max.h"

#include <limits.h>
#include <stddef.h>

/* An 8250 takes 16 samples of a bit. */
#define CHIP_MAX_SAMPLES 16

/* From the drivers ftdi_sio.c and ch341.c of Linux and the data sheets. */
static const struct {
	uint16_t vid;
	uint16_t pid;
	unsigned int baud;
} chips[] = {
	{0x0403, 0x6001, 3000000},  /* FT232R */
	{0x0403, 0x6010, 12000000}, /* FT2232H */
	{0x0403, 0x6011, 12000000}, /* FT4232H */
	{0x0403, 0x6014, 12000000}, /* FT232H */
	{0x0403, 0x6015, 3000000},  /* FT-X */
	{0x1A86, 0x7523, 2000000},  /* CH340 */
};

/**
 * chip_max_usb() - the highest speed of a USB adapter
 * @vid: USB vendor ID
 * @pid: USB product ID
 *
 * Return: bits per second; 0: not known
 */
unsigned int chip_max_usb(uint16_t vid, uint16_t pid)
{
	size_t i;

	for (i = 0; i < sizeof(chips) / sizeof(*chips); i++)
		if (chips[i].vid == vid && chips[i].pid == pid)
			return chips[i].baud;
	return 0;
}

/**
 * chip_max_uart() - the highest speed of a UART
 * @clock: its clock in Hz; 0: not known
 *
 * Return: bits per second; 0: not known
 */
unsigned int chip_max_uart(unsigned long clock)
{
	const unsigned long baud = clock / CHIP_MAX_SAMPLES;

	return baud <= UINT_MAX ? (unsigned int)baud : 0;
}
