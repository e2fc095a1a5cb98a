/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SESSION_H
#define SERIALTUN_SESSION_H

#include <stdint.h>

struct broker;
struct exchange;
struct line;
struct options;
struct session;
struct tun;

int session_open(struct session **session, const struct options *options);
int session_find_port(struct session *session);
struct line *session_line(const struct session *session);
struct exchange *session_exchange(struct session *session);
void session_use_broker(struct session *session, struct broker *broker);
void session_remove_files(struct session *session);
int session_login(struct session *session);
int session_start(struct session *session, const struct tun *tun, uint32_t mtu);
int session_run(struct session *session);
void session_close(struct session *session);

#endif
