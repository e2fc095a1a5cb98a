/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Common part of all ttys: claim, lock and settings. The settings are termios2,
 * because struct termios cannot hold a speed without a name (ioctl_tty(2),
 * TCGETS2 and BOTHER).
 */
#include "port/tty.h"
#include "denied.h"
#include "failure.h"
#include "port/holder.h"
#include "port/port.h"
#include "port/port_config.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* How long tty_close() lets queued bytes leave. */
#define TTY_CLOSE_US 200000

/* ASCII's DC1 and DC3, the usual XON and XOFF. */
#define TTY_XON	 0x11
#define TTY_XOFF 0x13

/**
 * tty_fail_busy() - fail because another program uses a tty, and name it
 * @path:      the tty, links resolved
 * @operation: the verb of the message
 * @failure:   filled in
 *
 * Return: -EBUSY
 */
int tty_fail_busy(const char *path, const char *operation,
		  struct failure *failure)
{
	char text[HOLDER_TEXT_MAX];
	struct holder holder;

	if (holder_find(path, &holder))
		return failure_set(failure, -EBUSY,
				   "cannot %s %s: %s (%s, is using it; stop it "
				   "first)",
				   operation, path, strerror(EBUSY),
				   holder_format(&holder, text));
	return failure_set(failure, -EBUSY,
			   "cannot %s %s: %s (another program is using it; "
			   "stop it first)",
			   operation, path, strerror(EBUSY));
}

static int fail_open(const char *path, int err, struct failure *failure)
{
	char remedy[DENIED_REMEDY_MAX] = "";

	if (err == EBUSY)
		return tty_fail_busy(path, "open", failure);
	if (err == EACCES || err == EPERM)
		denied_device(path, remedy);
	else if (err == ENXIO || err == EIO || err == ENODEV)
		snprintf(remedy, sizeof(remedy),
			 " (there is no device behind that name)");
	return failure_set(failure, -err, "cannot open %s: %s%s", path,
			   strerror(err), remedy);
}

/*
 * Lock the port with flock(2), which picocom, tio and minicom respect; the
 * kernel releases the lock however the program ends. Return: 0 or -errno,
 * -EBUSY if another program holds it.
 */
static int tty_lock(int fd, const char *path, struct failure *failure)
{
	int err;

	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	err = errno;
	if (err == EWOULDBLOCK)
		return tty_fail_busy(path, "lock", failure);
	return failure_set(failure, -err, "cannot lock %s: %s", path,
			   strerror(err));
}

/**
 * tty_claim() - open and lock a tty that no other program uses
 * @fd:      its descriptor on success, non-blocking; settings unchanged
 * @path:    its name
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int tty_claim(int *fd, const char *path, struct failure *failure)
{
	int opened = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int err;

	if (opened < 0)
		return fail_open(path, errno, failure);
	err = tty_lock(opened, path, failure);
	if (err) {
		close(opened);
		return err;
	}
	*fd = opened;
	return 0;
}

/**
 * tty_take_over() - own the lock of a tty that the broker has claimed
 * @fd:      its descriptor
 * @path:    its name
 * @failure: on failure, the reason
 *
 * The kernel shows others the process that took a lock, and they are to find
 * this one.
 *
 * Return: 0 or -errno
 */
int tty_take_over(int fd, const char *path, struct failure *failure)
{
	flock(fd, LOCK_UN);
	return tty_lock(fd, path, failure);
}

/**
 * tty_get() - read the settings
 * @fd:       the tty
 * @path:     its name, for the message
 * @settings: filled in on success
 * @failure:  on failure, the reason
 *
 * Return: 0 or -errno
 */
int tty_get(int fd, const char *path, struct termios2 *settings,
	    struct failure *failure)
{
	int err;

	if (!ioctl(fd, TCGETS2, settings))
		return 0;
	err = errno;
	return failure_set(
		failure, -err, "cannot read the settings of %s: %s%s", path,
		strerror(err),
		err == ENOTTY ? " (name a serial port, such as /dev/ttyUSB0)"
		: err == EIO  ? " (there is no device behind that name)"
			      : "");
}

/**
 * tty_set() - write the settings, at once
 * @fd:       the tty
 * @path:     its name, for the message
 * @settings: the settings; the driver ignores what it does not support, so
 *            read back what matters
 * @failure:  on failure, the reason
 *
 * Return: 0 or -errno
 */
int tty_set(int fd, const char *path, const struct termios2 *settings,
	    struct failure *failure)
{
	int err;

	if (!ioctl(fd, TCSETS2, settings))
		return 0;
	err = errno;
	return failure_set(failure, -err, "cannot set up %s: %s", path,
			   strerror(err));
}

/* The named speeds. */
static const struct {
	unsigned int baud;
	tcflag_t name;
} named_speeds[] = {
	{300, B300},	     {600, B600},	  {1200, B1200},
	{2400, B2400},	     {4800, B4800},	  {9600, B9600},
	{19200, B19200},     {38400, B38400},	  {57600, B57600},
	{115200, B115200},   {230400, B230400},	  {460800, B460800},
	{500000, B500000},   {576000, B576000},	  {921600, B921600},
	{1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000},
	{2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000},
	{3500000, B3500000}, {4000000, B4000000},
};

/**
 * tty_set_baud() - put a speed into settings
 * @settings: the settings
 * @baud:     bits per second, for both directions, any number
 *
 * Uses the speed's name if it has one, for programs that read only those.
 */
void tty_set_baud(struct termios2 *settings, unsigned int baud)
{
	tcflag_t name = BOTHER;
	size_t i;

	for (i = 0; i < sizeof(named_speeds) / sizeof(*named_speeds); i++)
		if (named_speeds[i].baud == baud)
			name = named_speeds[i].name;
	settings->c_cflag &= ~(tcflag_t)(CBAUD | CIBAUD);
	settings->c_cflag |= name;
	settings->c_ispeed = baud;
	settings->c_ospeed = baud;
}

/* IXANY stays off: only XON restarts the output. */
static void set_flow(struct termios2 *settings,
		     const struct port_config *config)
{
	settings->c_cflag &= ~(tcflag_t)CRTSCTS;
	settings->c_iflag &= ~(tcflag_t)(IXON | IXOFF | IXANY);
	if (config->flow == PORT_FLOW_RTSCTS)
		settings->c_cflag |= CRTSCTS;
	if (config->flow == PORT_FLOW_XONXOFF) {
		settings->c_iflag |= IXON | IXOFF;
		settings->c_cc[VSTART] = TTY_XON;
		settings->c_cc[VSTOP] = TTY_XOFF;
	}
}

static const tcflag_t parity_flags[] = {
	[PORT_PARITY_NONE] = 0,
	[PORT_PARITY_EVEN] = PARENB,
	[PORT_PARITY_ODD] = PARENB | PARODD,
};

/**
 * tty_raw() - make settings that carry bytes unchanged
 * @from:   the present settings
 * @config: the user's options; the speed stays if they have none
 *
 * Return: the settings
 */
struct termios2 tty_raw(const struct termios2 *from,
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
	set_flow(&raw, config);
	if (config->baud)
		tty_set_baud(&raw, config->baud);
	/* With VMIN 0, read() would return 0 without a hang-up. */
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return raw;
}

static int fail_missing(const char *path, const char *setting,
			const char *remedy, struct failure *failure)
{
	return failure_set(failure, -EOPNOTSUPP,
			   "cannot set %s on %s: its driver has none (%s)",
			   setting, path, remedy);
}

/**
 * tty_check() - check that the driver accepted the settings
 * @path:     the tty's name, for the message
 * @settings: as read back
 * @config:   the user's options
 * @failure:  on failure, the reason
 *
 * A driver clears the flags that it does not support.
 *
 * Return: 0 or -EOPNOTSUPP
 */
int tty_check(const char *path, const struct termios2 *settings,
	      const struct port_config *config, struct failure *failure)
{
	tcflag_t parity = settings->c_cflag & (PARENB | PARODD);
	bool two_stop_bits = settings->c_cflag & CSTOPB;

	if ((settings->c_cflag & CSIZE) != CS8)
		return fail_missing(path, "8 data bits",
				    "a packet needs them: use another port",
				    failure);
	if (config->parity == PORT_PARITY_EVEN && parity != PARENB)
		return fail_missing(path, "even parity", "leave --parity out",
				    failure);
	if (config->parity == PORT_PARITY_ODD && parity != (PARENB | PARODD))
		return fail_missing(path, "odd parity", "leave --parity out",
				    failure);
	if (config->stop_bits == 2 && !two_stop_bits)
		return fail_missing(path, "2 stop bits",
				    "leave --stop-bits out", failure);
	if (config->flow == PORT_FLOW_RTSCTS && !(settings->c_cflag & CRTSCTS))
		return fail_missing(path, "RTS/CTS flow control",
				    "use --flow none", failure);
	return 0;
}

/**
 * tty_resume() - undo an XOFF
 * @port: the tty
 *
 * Turns IXON off and on. That restarts the output both in the line discipline
 * (n_tty_set_termios(), n_tty.c) and in a chip with its own flow control
 * (ftdi_set_termios(), ftdi_sio.c). TCOON would only undo TCOOFF
 * (n_tty_ioctl_helper(), tty_ioctl.c).
 *
 * Return: 0 or -errno
 */
int tty_resume(struct port *port)
{
	const int fd = port->write_fd;
	struct termios2 settings;
	struct termios2 without;

	if (ioctl(fd, TCGETS2, &settings))
		return -errno;
	without = settings;
	without.c_iflag &= ~(tcflag_t)IXON;
	if (ioctl(fd, TCSETS2, &without) || ioctl(fd, TCSETS2, &settings))
		return -errno;
	return 0;
}

/**
 * tty_restore() - restore the settings of a tty
 * @fd:       the tty
 * @settings: from tty_get() at the start
 * @hupcl:    let the close drop DTR
 *
 * Discards queued bytes of both directions first, as far as the driver can. A
 * pty has none queued, and there a flush would discard what was sent last and
 * the other side has not taken yet (pty_flush_buffer(), pty.c).
 *
 * HUPCL stays off unless asked for, even if it was on, because dropping DTR
 * resets many boards. Failure is ignored: then the device is gone.
 */
void tty_restore(int fd, const struct termios2 *settings, bool hupcl)
{
	struct termios2 restored = *settings;
	int queued = 0;

	restored.c_cflag &= ~(tcflag_t)HUPCL;
	if (hupcl)
		restored.c_cflag |= HUPCL;
	ioctl(fd, TIOCOUTQ, &queued);
	ioctl(fd, TCFLSH, queued ? TCIOFLUSH : TCIFLUSH);
	ioctl(fd, TCSETS2, &restored);
}

/* The signal only has to interrupt close(). */
static void on_alarm(int number)
{
	(void)number;
}

/**
 * tty_close() - close a tty without waiting for flow control
 * @fd: the tty
 *
 * The last close() waits until all bytes are sent, for 30 s if the peer takes
 * none (closing_wait; tty_port_close_start(), tty_port.c). TCFLSH discards the
 * bytes of a UART, but usb-serial and cdc-acm do not implement it. A signal
 * ends the wait (tty_wait_until_sent(), tty_ioctl.c), and those drivers then
 * discard. Changing closing_wait itself needs privilege.
 */
void tty_close(int fd)
{
	static const struct itimerval patience = {
		.it_value = {.tv_usec = TTY_CLOSE_US},
		.it_interval = {.tv_usec = TTY_CLOSE_US},
	};
	static const struct itimerval never;
	struct sigaction interrupt = {.sa_handler = on_alarm};
	struct sigaction before;

	sigemptyset(&interrupt.sa_mask);
	sigaction(SIGALRM, &interrupt, &before);
	setitimer(ITIMER_REAL, &patience, NULL);
	close(fd);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
}
