/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CHILD_H
#define SERIALTUN_CHILD_H

#include <sys/types.h>

/* In the child: its end of the socketpair. Higher descriptors are free. */
#define CHILD_FD 3

/**
 * struct child - a second process of this program
 * @fd:  our end of a socketpair that keeps record boundaries (SOCK_SEQPACKET)
 * @pid: its PID
 */
struct child {
	int fd;
	pid_t pid;
};

/**
 * typedef child_main - the code of a child; does not return
 * @data: from child_start()
 * @fd:   the child's end of the socketpair, for child_settle()
 */
typedef void child_main(const void *data, int fd);

int child_start(struct child *child, child_main *run, const void *data);
void child_end(struct child *child);
int child_settle(const char *name, int fd);

#endif
