/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LINE_H
#define SERIALTUN_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct source_kind;
struct line;
struct port;
struct port_config;

int line_open(struct line **line, const struct port_config *config, bool wait);
void line_close(struct line *line);
struct port *line_port(const struct line *line);
const char *line_name(const struct line *line);
const char *line_awaited(const struct line *line);
const char *line_path(const struct line *line);
unsigned int line_rate(const struct line *line);
const struct source_kind *line_kind(const struct line *line);
void line_let_go(struct line *line, uint64_t now_ns);
bool line_look(struct line *line, uint64_t now_ns);
int line_wait_fd(const struct line *line);
uint64_t line_next_ns(const struct line *line);
void line_attend(struct line *line);

#endif
