/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pty as the port: an emulator, a virtual machine or socat offers one in
 * place of a serial device. libserialport refuses ptys, which have no modem
 * lines and no entry in /sys/class/tty, so this file uses termios.
 *
 * A pty has no clock: it carries bytes as fast as the peer reads. The speed is
 * set only if the user gives one, for the peer to see. With --baud auto, an
 * emulator behind the pty follows the speed that is set, so it may change.
 *
 * The lock is flock(2) alone: TIOCEXCL would outlive a killed program, because
 * the tty lives as long as its master is open.
 */
#include "port/pty.h"
#include "failure.h"
#include "port/claim.h"
#include "port/holder.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/speeds.h"
#include "port/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/major.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct pty {
	struct port port;
	struct termios2 saved;
};

/**
 * pty_claims() - is a file a pty?
 * @file: from stat(2)
 *
 * Return: true if it is a slave
 */
bool pty_claims(const struct stat *file)
{
	return S_ISCHR(file->st_mode) &&
	       major(file->st_rdev) >= UNIX98_PTY_SLAVE_MAJOR &&
	       major(file->st_rdev) <
		       UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

/* The speed that the settings of a pty shall show; 0: any. */
static unsigned int pty_baud(const struct port_config *config)
{
	return config->baud_auto ? PORT_BAUD_DEFAULT : config->baud;
}

/* Refuse options for DTR and RTS. Return: 0 or -EOPNOTSUPP. */
static int check_modem_lines(const char *path, const struct port_config *config,
			     struct failure *failure)
{
	const char *option = config->dtr != PORT_MODEM_LINE_KEEP   ? "--dtr"
			     : config->rts != PORT_MODEM_LINE_KEEP ? "--rts"
			     : config->hupcl			   ? "--hupcl"
								   : NULL;

	if (!option)
		return 0;
	return failure_set(failure, -EOPNOTSUPP,
			   "cannot use %s on %s: a pty has no modem lines "
			   "(leave it out)",
			   option, path);
}

static int set_up(int fd, const char *path, const struct termios2 *saved,
		  const struct port_config *config, struct failure *failure)
{
	struct port_config shown = *config;
	struct termios2 settings;
	int err;

	shown.baud = pty_baud(config);
	settings = tty_raw(saved, &shown);
	err = tty_set(fd, path, &settings, failure);

	if (!err)
		err = tty_get(fd, path, &settings, failure);
	if (!err)
		err = tty_check(path, &settings, &shown, failure);
	if (err)
		tty_restore(fd, saved, false);
	return err;
}

static void pty_close(struct port *port)
{
	const struct pty *pty = (const struct pty *)port;

	tty_restore(port->read_fd, &pty->saved, false);
	close(port->read_fd);
}

static int pty_set_baud(struct port *port, unsigned int baud)
{
	return speeds_change(port, baud, SPEEDS_NONE);
}

static const struct port_kind pty_kind = {
	.close = pty_close,
	.resume = tty_resume,
	.set_baud = pty_set_baud,
};

/*
 * The kernel gives the number of a closed pty to the next one, which may be a
 * user's terminal: a shell would execute packets as commands. Return: 0 or
 * -EBUSY.
 */
static int check_session(const char *path, struct failure *failure)
{
	char text[HOLDER_TEXT_MAX];
	struct holder holder;

	if (!holder_find_session(path, &holder))
		return 0;
	return failure_set(failure, -EBUSY,
			   "cannot use %s: %s (it is the terminal of %s; name "
			   "the pty of the peer's program instead)",
			   path, strerror(EBUSY), holder_format(&holder, text));
}

/**
 * pty_claim() - open and lock a pty
 * @claim:   the descriptor and the kind are filled in on success; the path is
 *           the pty, links resolved
 * @failure: on failure, the reason
 *
 * Changes nothing, and refuses a terminal that somebody uses.
 *
 * Return: 0 or -errno
 */
int pty_claim(struct claim *claim, struct failure *failure)
{
	int err = check_session(claim->path, failure);

	if (!err)
		err = tty_claim(&claim->fd, claim->path, failure);
	claim->kind = CLAIM_PTY;
	return err;
}

/* Set up. Return: 0 or -errno. */
static int open_pty(struct pty *pty, const struct claim *claim,
		    const struct port_config *config, struct failure *failure)
{
	int err = check_modem_lines(claim->path, config, failure);

	if (!err)
		err = tty_get(claim->fd, claim->path, &pty->saved, failure);
	if (!err)
		err = set_up(claim->fd, claim->path, &pty->saved, config,
			     failure);
	return err;
}

/**
 * pty_open() - set up a pty
 * @port:    the open port on success
 * @claim:   from pty_claim(); the port owns its descriptor, closed on failure
 * @config:  the user's options
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int pty_open(struct port **port, const struct claim *claim,
	     const struct port_config *config, struct failure *failure)
{
	struct pty *pty = port_new(sizeof(*pty), claim->path, failure);
	int err = pty ? open_pty(pty, claim, config, failure) : -ENOMEM;

	if (err) {
		close(claim->fd);
		if (pty)
			port_free(&pty->port);
		return err;
	}
	pty->port.read_fd = claim->fd;
	pty->port.write_fd = claim->fd;
	pty->port.baud = pty_baud(config);
	if (config->baud_auto || config->listens)
		speeds_find(&pty->port, config, SPEEDS_NONE);
	*port = port_begin(&pty->port, &pty_kind, config);
	return 0;
}
