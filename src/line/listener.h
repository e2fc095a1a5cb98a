/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LISTENER_H
#define SERIALTUN_LISTENER_H

#include "backoff.h"
#include "line/source.h"

#include <stddef.h>

/* The loopback has two addresses, and so have many names. */
#define LISTENER_FDS_MAX 4

/**
 * struct listener - waits for a connection
 * @source:  the source that it is
 * @fds:     the listening sockets, @count of them
 * @rest:    accept nobody while it rests
 * @peer_fd: the socket of the last port, owned by the port
 * @next_fd: the next peer; -1: none
 */
struct listener {
	struct source source;
	int fds[LISTENER_FDS_MAX];
	size_t count;
	struct backoff rest;
	int peer_fd;
	int next_fd;
};

void listener_init(struct listener *listener);
int listener_add(struct listener *listener, int fd);
int listener_accept(struct listener *listener, uint64_t now_ns,
		    struct failure *failure);
void listener_attend(struct source *source, uint64_t now_ns);
void listener_close(struct listener *listener);

#endif
