/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ANNOUNCE_H
#define SERIALTUN_ANNOUNCE_H

struct link;
struct options;
struct port;
struct tun;

#include <stdbool.h>

/* Buffer size for one line; very many addresses truncate it. */
#define ANNOUNCE_TEXT_MAX 960

const char *announce_link(const struct options *options, const struct tun *tun,
			  const struct link *link, const struct port *port,
			  const char *awaited, char text[ANNOUNCE_TEXT_MAX]);
const char *announce_created(const struct options *options,
			     const struct tun *tun, const struct link *link,
			     bool needs_root, char text[ANNOUNCE_TEXT_MAX]);
const char *announce_other_end(const struct options *options,
			       const struct link *link,
			       char text[ANNOUNCE_TEXT_MAX]);

#endif
