/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uart.h - the end of a line at one of QEMU's isa-serial UARTs
 */
#ifndef SERIALTUN_UART_H
#define SERIALTUN_UART_H

#include <stdint.h>

/* What QEMU's 16550A can be set to. */
#define UART_BAUD_MIN 50
#define UART_BAUD_MAX 115200

struct port;

/**
 * uart_new() - make the port
 * @number: N of the guest's ttySN, for its name
 * @fd: connected to the UART's chardev; belongs to the port now
 * @baud: its speed, which QEMU does not tell
 *
 * Return: the port, for good; NULL without memory.
 */
struct port *uart_new(int number, int fd, uint32_t baud);

/**
 * uart_set_baud() - change its speed
 * @p: the port
 * @baud: from UART_BAUD_MIN to UART_BAUD_MAX
 */
void uart_set_baud(struct port *p, uint32_t baud);

#endif
