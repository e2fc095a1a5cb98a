/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CLAIM_H
#define SERIALTUN_CLAIM_H

#include <limits.h>
#include <stdbool.h>

/**
 * enum claim_kind - what was opened
 * @CLAIM_UART:   a serial port of the machine
 * @CLAIM_USB:    a serial port of a USB adapter
 * @CLAIM_OTHER:  another serial port: Bluetooth, or unknown
 * @CLAIM_PTY:    a pty
 * @CLAIM_SOCKET: a connected unix socket
 */
enum claim_kind {
	CLAIM_UART,
	CLAIM_USB,
	CLAIM_OTHER,
	CLAIM_PTY,
	CLAIM_SOCKET,
};

/**
 * struct claim - a port that is open and locked, but not set up yet
 * @fd:        its descriptor, non-blocking
 * @kind:      what it is
 * @is_last:   once lost, the port cannot be found again
 * @is_handed: another process has opened it, so this process may be unable to
 * @is_console: it is a console of the kernel, whose speed must stay
 * @path:      of a device, links resolved
 */
struct claim {
	int fd;
	enum claim_kind kind;
	bool is_last;
	bool is_handed;
	bool is_console;
	char path[PATH_MAX];
};

#endif
