/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_HOLDER_H
#define SERIALTUN_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* TASK_COMM_LEN without '\0'. */
#define HOLDER_PROGRAM_MAX 16
#define HOLDER_TEXT_MAX	   48

/**
 * struct holder - a process that uses a device
 * @pid:     its PID
 * @program: its name
 * @locked:  it has locked the device, not just opened it
 */
struct holder {
	pid_t pid;
	char program[HOLDER_PROGRAM_MAX];
	bool locked;
};

bool holder_find(const char *path, struct holder *holder);
bool holder_find_session(const char *path, struct holder *holder);
bool holder_find_uucp(const char *path, struct holder *holder);
bool holder_read_uucp(const char *lock_path, struct holder *holder);
pid_t holder_parse_uucp(const char *content, size_t len);
const char *holder_format(const struct holder *holder,
			  char text[HOLDER_TEXT_MAX]);

#endif
