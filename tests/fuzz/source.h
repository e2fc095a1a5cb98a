/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the fuzzers of sources have in common: a source as a line has it, the
 * port that it finds, and a scripted peer. The fuzzer says how its peers come.
 *
 * The script is: steps, each a byte that says what happens, and what that
 * needs. Both ends live in a network of their own, if there may be one.
 *
 * Whatever the peer does: the source returns what source.h says, a read or a
 * write never waits, and at the end no descriptor is left open.
 */
#ifndef SERIALTUN_FUZZ_SOURCE_H
#define SERIALTUN_FUZZ_SOURCE_H

#include "../unit/line/looking.h"
#include "../unit/socket.h"
#include "fuzz.h"
#include "log.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#define SOURCE_PEERS_MAX 4
#define SOURCE_PATH_MAX	 64
#define SOURCE_BYTES_MAX 4096

/* More than any time-out of a source. */
#define SOURCE_STEP_MAX_NS (20 * NS_PER_S)

/**
 * struct source_peers - how the peers of a kind of line come and act
 * @begin: fill in the name of the line; before it is opened
 * @come:  a peer comes; return its descriptor, which does not block, or -1
 * @act:   the peer does something of its own kind; NULL: nothing
 * @end:   undo @begin; NULL: nothing
 */
struct source_peers {
	void (*begin)(char name[LOOKING_NAME_MAX], struct fuzz_script *script);
	int (*come)(const struct looking *looking, struct fuzz_script *script);
	void (*act)(int fd, struct fuzz_script *script);
	void (*end)(void);
};

struct source_world {
	struct looking looking;
	char name[LOOKING_NAME_MAX];
	uint64_t now_ns;
	int peers[SOURCE_PEERS_MAX];
};

enum source_step {
	SOURCE_STEP_LOOK,
	SOURCE_STEP_ATTEND,
	SOURCE_STEP_READ,
	SOURCE_STEP_WRITE,
	SOURCE_STEP_LET_GO,
	SOURCE_STEP_WAIT,
	SOURCE_STEP_COME,
	SOURCE_STEP_SEND,
	SOURCE_STEP_SEND_FD,
	SOURCE_STEP_TAKE,
	SOURCE_STEP_ACT,
	SOURCE_STEP_GO,
	SOURCE_STEP_RESET,
	SOURCE_STEP_COUNT,
};

/* The loopback is down in a new network. */
static inline void source_raise_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		ioctl(fd, SIOCSIFFLAGS, &request);
		close(fd);
	}
}

/* Nobody else is there, and used ports are of no concern to others. */
static inline void source_leave_network(void)
{
	static bool is_done;

	if (is_done)
		return;
	is_done = true;
	log_set_level(LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN); /* as main() does */
	if (!unshare(CLONE_NEWNET) || !unshare(CLONE_NEWUSER | CLONE_NEWNET))
		source_raise_loopback();
}

static inline int source_lowest_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	close(fd);
	return fd;
}

static inline void source_let_go(struct source_world *world)
{
	looking_let_go(&world->looking);
}

static inline void source_look_once(struct source_world *world)
{
	struct event happened[EVENTS_MAX];
	struct looking *looking = &world->looking;
	int err;

	if (looking->port)
		return;
	looking->source->woken = events_wait(&looking->events, 0, happened) > 0;
	*looking->failure.text = '\0';
	err = looking_look_at(looking, world->now_ns);
	assert_true(err <= 0);
	assert_true(!err == !!looking->port);
	if (looking->port) {
		assert_true(looking->port->read_fd >= 0);
		assert_true(*looking->port->name);
	} else if (err != -EINPROGRESS && err != -EAGAIN) {
		assert_true(*looking->failure.text);
	}
}

static inline void source_attend_once(struct source_world *world)
{
	struct source *source = world->looking.source;

	if (!world->looking.port || !source->kind->attend)
		return;
	source->woken = false;
	source->next_ns = UINT64_MAX;
	source->kind->attend(source, world->now_ns);
}

/* A port that fails is lost. */
static inline void source_read_port(struct source_world *world,
				    struct fuzz_script *script)
{
	size_t cap = 1 + (size_t)fuzz_number(script, 2) % SOURCE_BYTES_MAX;
	uint8_t *buffer = malloc(cap);
	ssize_t n;

	assert_non_null(buffer);
	if (world->looking.port) {
		n = port_read(world->looking.port, buffer, cap);
		assert_true(n <= (ssize_t)cap);
		if (n <= 0 && n != -EAGAIN)
			source_let_go(world);
	}
	free(buffer);
}

static inline void source_write_port(struct source_world *world,
				     struct fuzz_script *script)
{
	size_t len = 1 + (size_t)fuzz_number(script, 2);
	uint8_t *bytes = calloc(1, len);
	struct port_counts counts = {0};
	ssize_t n;

	assert_non_null(bytes);
	if (world->looking.port) {
		n = port_write(world->looking.port, bytes, len);
		assert_true(n <= (ssize_t)len);
		port_queued(world->looking.port);
		port_count(world->looking.port, &counts);
		if (n < 0 && n != -ECOMM)
			source_let_go(world);
	}
	free(bytes);
}

/* A peer, or the place of one. */
static inline int *source_peer(struct source_world *world,
			       struct fuzz_script *script)
{
	return &world->peers[fuzz_number(script, 1) % SOURCE_PEERS_MAX];
}

static inline void source_go(int *peer, bool resets)
{
	const struct linger none = {.l_onoff = 1};

	if (*peer < 0)
		return;
	if (resets)
		setsockopt(*peer, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(*peer);
	*peer = -1;
}

static inline void source_send(int peer, struct fuzz_script *script)
{
	size_t len = (size_t)fuzz_number(script, 1);
	const uint8_t *bytes = fuzz_take(script, &len);

	if (peer >= 0)
		(void)!write(peer, bytes, len);
}

static inline void source_take(int peer)
{
	uint8_t bytes[SOURCE_BYTES_MAX];

	if (peer >= 0)
		(void)!read(peer, bytes, sizeof(bytes));
}

static inline void source_do(struct source_world *world,
			     const struct source_peers *peers,
			     struct fuzz_script *script)
{
	int *peer;

	switch (fuzz_number(script, 1) % SOURCE_STEP_COUNT) {
	case SOURCE_STEP_LOOK:
		source_look_once(world);
		break;
	case SOURCE_STEP_ATTEND:
		source_attend_once(world);
		break;
	case SOURCE_STEP_READ:
		source_read_port(world, script);
		break;
	case SOURCE_STEP_WRITE:
		source_write_port(world, script);
		break;
	case SOURCE_STEP_LET_GO:
		source_let_go(world);
		break;
	case SOURCE_STEP_WAIT:
		world->now_ns += fuzz_number(script, 5) % SOURCE_STEP_MAX_NS;
		break;
	case SOURCE_STEP_COME:
		peer = source_peer(world, script);
		source_go(peer, false);
		*peer = peers->come(&world->looking, script);
		break;
	case SOURCE_STEP_SEND:
		peer = source_peer(world, script);
		source_send(*peer, script);
		break;
	case SOURCE_STEP_SEND_FD:
		peer = source_peer(world, script);
		if (*peer >= 0)
			socket_send_fd(*peer);
		break;
	case SOURCE_STEP_TAKE:
		source_take(*source_peer(world, script));
		break;
	case SOURCE_STEP_ACT:
		peer = source_peer(world, script);
		if (peers->act)
			peers->act(*peer, script);
		break;
	case SOURCE_STEP_GO:
		source_go(source_peer(world, script), false);
		break;
	default:
		source_go(source_peer(world, script), true);
		break;
	}
}

/**
 * source_run() - play a script
 * @peers: the peers of the kind of line
 * @data:  the script
 * @size:  its length
 *
 * Return: 0, as a fuzzer should
 */
static inline int source_run(const struct source_peers *peers,
			     const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	struct source_world world = {.now_ns = clock_ns()};
	size_t i;
	int fd;

	source_leave_network();
	for (i = 0; i < SOURCE_PEERS_MAX; i++)
		world.peers[i] = -1;
	fd = source_lowest_fd();
	peers->begin(world.name, &script);
	looking_begin(&world.looking, world.name);
	if (!looking_open(&world.looking))
		while (script.len)
			source_do(&world, peers, &script);
	else
		assert_true(*world.looking.failure.text);
	looking_end(&world.looking);
	for (i = 0; i < SOURCE_PEERS_MAX; i++)
		source_go(&world.peers[i], true);
	if (peers->end)
		peers->end();
	assert_int_equal(source_lowest_fd(), fd);
	return 0;
}

#endif
