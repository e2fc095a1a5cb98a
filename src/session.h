/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SESSION_H
#define SERIALTUN_SESSION_H

#include <stdint.h>

struct line;
struct options;
struct session;
struct tun;

int session_open(struct session **session, const struct options *options,
		 const struct tun *tun, struct line *line, uint32_t mtu);
int session_run(struct session *session);
void session_close(struct session *session);

#endif
