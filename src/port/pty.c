/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pty as the port: what an emulator, a virtual machine or socat offers in
 * place of a serial device. libserialport refuses them (they have neither a
 * place in /sys/class/tty nor modem lines), so this is plain termios.
 *
 * A pty has no clock: it carries bytes as fast as the other side reads. A
 * speed is set only if the user names one, so that the other side can see
 * what was meant.
 *
 * The lock is flock(2) alone. TIOCEXCL would outlive a killed program here,
 * because the tty lives on as long as its master side is open.
 */
#include "port/pty.h"
#include "log.h"
#include "port/port.h"
#include "port/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/major.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct pty {
	struct port port;
	struct termios2 saved;
};

static const tcflag_t parity_flags[] = {
	[PORT_PARITY_NONE] = 0,
	[PORT_PARITY_EVEN] = PARENB,
	[PORT_PARITY_ODD] = PARENB | PARODD,
};

static bool pty_claims(const struct stat *file)
{
	return S_ISCHR(file->st_mode) &&
	       major(file->st_rdev) >= UNIX98_PTY_SLAVE_MAJOR &&
	       major(file->st_rdev) <
		       UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

/**
 * pty_raw() - settings with which a pty carries bytes as they are
 * @from:   the settings as they were
 * @config: what the user asked for
 *
 * Return: the settings
 */
struct termios2 pty_raw(const struct termios2 *from,
			const struct port_config *config)
{
	struct termios2 raw = *from;

	raw.c_iflag = 0;
	raw.c_oflag = 0;
	raw.c_lflag = 0;
	raw.c_cflag &=
		~(tcflag_t)(CSIZE | PARENB | PARODD | CMSPAR | CSTOPB | HUPCL);
	raw.c_cflag |= CS8 | CREAD | CLOCAL | parity_flags[config->parity];
	if (config->stop_bits == 2)
		raw.c_cflag |= CSTOPB;
	tty_set_flow(&raw, config);
	if (config->baud)
		tty_set_baud(&raw, config->baud);
	/* With 0, a read of nothing would look like a hang-up. */
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return raw;
}

/* There is no DTR or RTS in a pty. Return: 0, or -EOPNOTSUPP, logged. */
static int check_modem_lines(const char *path, const struct port_config *config)
{
	const char *option = config->dtr != PORT_MODEM_LINE_KEEP   ? "--dtr"
			     : config->rts != PORT_MODEM_LINE_KEEP ? "--rts"
			     : config->hupcl			   ? "--hupcl"
								   : NULL;

	if (!option)
		return 0;
	log_error(
		"cannot use %s on %s: a pty has no modem lines (leave it out)",
		option, path);
	return -EOPNOTSUPP;
}

static int set_up(int fd, const char *path, const struct termios2 *saved,
		  const struct port_config *config)
{
	struct termios2 settings = pty_raw(saved, config);
	int err = tty_set(fd, path, &settings);

	if (!err)
		err = tty_get(fd, path, &settings);
	if (!err)
		err = tty_check(path, &settings, config);
	if (err)
		tty_restore(fd, saved, false);
	return err;
}

static int pty_open(struct port **port, const char *path,
		    const struct port_config *config)
{
	struct pty *pty;
	int err;
	int fd;

	err = check_modem_lines(path, config);
	if (err)
		return err;
	pty = calloc(1, sizeof(*pty));
	if (!pty) {
		log_error("cannot open %s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	err = tty_claim(&fd, path);
	if (err)
		goto free_pty;
	err = tty_get(fd, path, &pty->saved);
	if (err)
		goto close_fd;
	err = set_up(fd, path, &pty->saved, config);
	if (err)
		goto close_fd;
	pty->port.read_fd = fd;
	pty->port.write_fd = fd;
	pty->port.baud = config->baud;
	*port = &pty->port;
	return 0;

close_fd:
	close(fd);
free_pty:
	free(pty);
	return err;
}

static void pty_close(struct port *port)
{
	struct pty *pty = (struct pty *)port;

	tty_restore(port->read_fd, &pty->saved, false);
	close(port->read_fd);
	free(pty);
}

const struct port_kind pty_kind = {
	.claims = pty_claims,
	.open = pty_open,
	.close = pty_close,
};
