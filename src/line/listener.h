/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LISTENER_H
#define SERIALTUN_LISTENER_H

#include "backoff.h"
#include "line/source.h"

#include <stddef.h>

/* The loopback has two addresses, and so has many a name. */
#define LISTENER_FDS_MAX 4

/**
 * struct listener - one that waits for a connection
 * @source:  what it is to the rest of the program
 * @fds:     the sockets that are listened on, @count of them
 * @rest:    until it is over, whoever comes has to wait
 * @peer_fd: of the port that was found; it is the port's
 * @next_fd: the peer that follows it; -1: none has come yet
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
