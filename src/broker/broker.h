/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BROKER_H
#define SERIALTUN_BROKER_H

#include <stdbool.h>
#include <stddef.h>

/* The longest report, in bytes. */
#define BROKER_REPORT_MAX 32768

struct broker;
struct cell_needs;
struct claim;
struct failure;
struct privilege_user;

/**
 * struct broker_config - the broker's configuration
 * @user:         the user to become, from privilege_find_user()
 * @port_path:    the file that is opened as the port: the broker keeps the
 *                group of this file; NULL: none, or unknown
 * @is_serial:    the line is serial: if @port_path is missing, the broker keeps
 *                the usual group of serial ports
 * @needs:        the system calls that the tasks need; NULL: no filter
 * @open_port:    find the port that the user has named, open and lock it.
 *                Return 0, or -errno and @failure. NULL: nothing to open
 * @write_report: replace the file that the user has named by this text. Return
 *                0, or -errno and @failure. NULL: no file
 * @leave:        remove the file that the link leaves, at the end. NULL: none
 * @data:         for these three, which run in the broker, on its copy of the
 *                memory
 */
struct broker_config {
	const struct privilege_user *user;
	const char *port_path;
	bool is_serial;
	const struct cell_needs *needs;
	int (*open_port)(void *data, struct claim *claim,
			 struct failure *failure);
	int (*write_report)(void *data, const char *text, size_t len,
			    struct failure *failure);
	void (*leave)(void *data);
	void *data;
};

int broker_start(struct broker **broker, const struct broker_config *config,
		 struct failure *failure);
int broker_confirm(struct broker *broker, struct failure *failure);
int broker_open_port(struct broker *broker, struct claim *claim,
		     struct failure *failure);
int broker_write_report(struct broker *broker, const char *text, size_t len,
			struct failure *failure);
bool broker_has_ended(const struct broker *broker);
void broker_end(struct broker *broker);

#endif
