/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CELL_H
#define SERIALTUN_CELL_H

#include "seccomp.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* AddressSanitizer, in such a build, reads files and starts a process. */
#if defined(__SANITIZE_ADDRESS__)
#define CELL_FOR_SANITIZERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CELL_FOR_SANITIZERS 1
#endif
#endif
#ifndef CELL_FOR_SANITIZERS
#define CELL_FOR_SANITIZERS 0
#endif

/* A build for coverage writes its counters to files at its end. */
#ifdef SERIALTUN_COVERAGE
#define CELL_FOR_COVERAGE 1
#else
#define CELL_FOR_COVERAGE 0
#endif

/* The most rules that any line needs. */
#define CELL_RULES_MAX 256

/**
 * struct cell_needs - operations that a process still performs in the cell
 * @watches: it watches directories for the port (inotify(7))
 * @devices: it opens device files, and reads their properties in /sys
 * @files:   it creates and renames files
 * @leaves:  it removes a file at its end
 * @ip:      it opens IP sockets, and asks for the route to the peer
 * @local:   it opens unix sockets
 * @mac:     it gives the interface another Ethernet address
 * @self:    PID of the process, which may send itself a signal, as abort(3)
 *           does
 */
struct cell_needs {
	bool watches;
	bool devices;
	bool files;
	bool leaves;
	bool ip;
	bool local;
	bool mac;
	pid_t self;
};

size_t cell_rules(struct seccomp_rule rules[CELL_RULES_MAX],
		  const struct cell_needs *needs);
size_t cell_name_rules(struct seccomp_rule rules[CELL_RULES_MAX]);
int cell_enter(const struct cell_needs *needs);

#endif
