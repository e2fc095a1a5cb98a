/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LOG_H
#define SERIALTUN_LOG_H

#include <stdbool.h>

/* Size of a message. */
#define LOG_TEXT_MAX 1024

/**
 * enum log_level - importance of a message
 * @LOG_LEVEL_ANSWER:  reply to a request (SIGUSR1)
 * @LOG_LEVEL_ERROR:   the program ends, or does not start
 * @LOG_LEVEL_WARNING: the program goes on, but probably not as intended
 * @LOG_LEVEL_INFO:    changes of state (the default)
 * @LOG_LEVEL_DEBUG:   steps of the set-up (-v)
 * @LOG_LEVEL_TRACE:   each dropped frame (-vv)
 */
enum log_level {
	LOG_LEVEL_ANSWER,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_TRACE,
};

void log_set_level(int level);
void log_print(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void log_set_footer(char *text);

#define log_answer(...)	 log_print(LOG_LEVEL_ANSWER, __VA_ARGS__)
#define log_error(...)	 log_print(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_print(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)	 log_print(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_print(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_trace(...)	 log_print(LOG_LEVEL_TRACE, __VA_ARGS__)

#endif
