/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of a pty that is made for another program: the program opens it, once
 * or several times, changes its settings, sends and stops bytes, and hangs up.
 *
 * The script is: with a link or without one, and the steps of source.h.
 */
#include "source.h"

#include <termios.h>

static char link_path[SOURCE_PATH_MAX];

static void begin(char name[LOOKING_NAME_MAX], struct fuzz_script *script)
{
	snprintf(link_path, sizeof(link_path), "/tmp/ptmx_fuzz.%d", getpid());
	snprintf(name, LOOKING_NAME_MAX, "pty:%s",
		 fuzz_number(script, 1) % 2 ? link_path : "");
}

/* By the name that is printed, which has the link's behind it. */
static int come(const struct looking *looking, struct fuzz_script *script)
{
	const char *name = looking->source->awaited;
	char path[SOURCE_PATH_MAX];
	const char *from = strstr(name ? name : "", "/dev/pts/");

	(void)script;
	if (!from)
		return -1;
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(from, " "), from);
	return open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/* Any settings, a stop, an exclusive use, a break, or all bytes thrown away. */
static void act(int fd, struct fuzz_script *script)
{
	const int what = (int)fuzz_number(script, 1) % 6;
	struct termios settings;

	if (fd < 0)
		return;
	if (!what && !tcgetattr(fd, &settings)) {
		settings.c_iflag = (tcflag_t)fuzz_number(script, 2);
		settings.c_oflag = (tcflag_t)fuzz_number(script, 2);
		settings.c_cflag = (tcflag_t)fuzz_number(script, 2);
		/* TOSTOP and the signals of keys are of no concern here. */
		settings.c_lflag = fuzz_number(script, 1) % 2 ? ICANON : ECHO;
		tcsetattr(fd, TCSANOW, &settings);
	} else if (what == 1) {
		tcflow(fd, TCOOFF);
	} else if (what == 2) {
		tcflow(fd, TCOON);
	} else if (what == 3) {
		ioctl(fd, TIOCEXCL);
	} else if (what == 4) {
		ioctl(fd, TIOCNXCL);
	} else {
		tcflush(fd, TCIOFLUSH);
	}
}

static void end(void)
{
	/* pty_make has removed its own. */
	assert_int_equal(access(link_path, F_OK), -1);
}

static const struct source_peers peers = {
	.begin = begin, .come = come, .act = act, .end = end};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return source_run(&peers, data, size);
}
