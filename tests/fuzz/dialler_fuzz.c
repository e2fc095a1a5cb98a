/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the lines that connect: a peer that listens, accepts or does not,
 * sends bytes and descriptors, goes, stops to listen and begins again.
 *
 * The script is: a unix socket or TCP, and the steps of source.h.
 */
#include "source.h"

static char path[SOURCE_PATH_MAX];
static unsigned int number;
static bool is_tcp;
static int listener;

/* On the same port again, which somebody else may have by now. */
static int listen_again(void)
{
	const struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)number),
	};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!bind(fd, (const struct sockaddr *)&at, sizeof(at)) &&
	    !listen(fd, 1))
		return fd;
	close(fd);
	return -1;
}

static void begin_listening(void)
{
	listener =
		is_tcp ? listen_again() : socket_unix_bind(path, SOCK_STREAM);
	if (listener >= 0)
		fcntl(listener, F_SETFL, O_NONBLOCK);
}

static void stop_listening(void)
{
	if (listener >= 0)
		close(listener);
	listener = -1;
	unlink(path);
}

static void begin(char name[LOOKING_NAME_MAX], struct fuzz_script *script)
{
	is_tcp = fuzz_number(script, 1) % 2;
	snprintf(path, sizeof(path), "/tmp/dialler_fuzz.%d", getpid());
	number = is_tcp ? socket_free_port() : 0;
	if (is_tcp)
		snprintf(name, LOOKING_NAME_MAX, "tcp:127.0.0.1:%u", number);
	else
		snprintf(name, LOOKING_NAME_MAX, "unix:%s", path);
	begin_listening();
}

static int come(const struct looking *looking, struct fuzz_script *script)
{
	(void)looking;
	(void)script;
	return listener < 0 ? -1
			    : accept4(listener, NULL, NULL,
				      SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static void act(int fd, struct fuzz_script *script)
{
	const bool was_listening = listener >= 0;

	(void)fd;
	(void)script;
	stop_listening();
	if (!was_listening)
		begin_listening();
}

static const struct source_peers peers = {
	.begin = begin, .come = come, .act = act, .end = stop_listening};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return source_run(&peers, data, size);
}
