/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the lines that listen: peers that connect, one beside another, send
 * bytes and descriptors, go, and come again, in any order.
 *
 * The script is: a unix socket or TCP, and the steps of source.h.
 */
#include "source.h"

static char path[SOURCE_PATH_MAX];
static unsigned int number;

static void begin(char name[LOOKING_NAME_MAX], struct fuzz_script *script)
{
	number = fuzz_number(script, 1) % 2 ? socket_free_port() : 0;
	snprintf(path, sizeof(path), "/tmp/listener_fuzz.%d", getpid());
	if (number)
		snprintf(name, LOOKING_NAME_MAX, "tcp-listen:127.0.0.1:%u",
			 number);
	else
		snprintf(name, LOOKING_NAME_MAX, "unix-listen:%s", path);
}

/* Not more than wait to be accepted: then connect() would wait, too. */
static int come(const struct looking *looking, struct fuzz_script *script)
{
	const struct sockaddr_un to_path = socket_unix_addr(path);
	const struct sockaddr_in to_number = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)number),
	};
	int fd = socket(number ? AF_INET : AF_UNIX,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)looking;
	(void)script;
	assert_true(fd >= 0);
	if (number)
		(void)connect(fd, (const struct sockaddr *)&to_number,
			      sizeof(to_number));
	else
		(void)connect(fd, (const struct sockaddr *)&to_path,
			      sizeof(to_path));
	return fd;
}

static const struct source_peers peers = {.begin = begin, .come = come};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return source_run(&peers, data, size);
}
