/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LINE_H
#define SERIALTUN_LINE_H

#include "events.h"

#include <stdbool.h>
#include <stdint.h>

struct broker;
struct claim;
struct failure;
struct line;
struct port;
struct port_config;
struct source_kind;
struct transport;

/*
 * Before the interface exists, the session waits so long for a connection that
 * is being made, even with --wait.
 */
#define LINE_PATIENCE_NS UINT64_C(1000000000)

int line_open(struct line **line, const struct port_config *config, bool wait,
	      struct events *events, enum event_kind event,
	      struct failure *failure);
void line_close(struct line *line);
void line_use_broker(struct line *line, struct broker *broker);
int line_claim(struct line *line, struct claim *claim, struct failure *failure);
void line_remove_file(struct line *line);
int line_look_first(struct line *line, uint64_t now_ns,
		    struct failure *failure);
int line_enclose(struct line *line, int index, struct failure *failure);
struct transport line_transport(const struct line *line);
uint16_t line_listen_port(const struct line *line);
bool line_look(struct line *line, uint64_t now_ns);
bool line_is_stuck(const struct line *line);
void line_attend(struct line *line, uint64_t now_ns);
void line_wake(struct line *line);
uint64_t line_next_ns(const struct line *line);
const char *line_why_over(const struct line *line);
const char *line_why_gone(const struct line *line);
void line_let_go(struct line *line, uint64_t now_ns);
struct port *line_port(const struct line *line);
const char *line_name(const struct line *line);
const char *line_awaited(const struct line *line);
const char *line_path(const struct line *line);
unsigned int line_rate(const struct line *line);
const struct source_kind *line_kind(const struct line *line);

#endif
