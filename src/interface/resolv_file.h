/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RESOLV_FILE_H
#define SERIALTUN_RESOLV_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct name_servers;

/* A longer file is left alone. */
#define RESOLV_FILE_MAX 8192

/*
 * Bytes of our text: NAME_SERVERS_MAX name servers and two comments, and the
 * old text, with a '#' before each line.
 */
#define RESOLV_OURS_MAX (256 + 2 * RESOLV_FILE_MAX)

/**
 * struct resolv_file - /etc/resolv.conf, and what it was before
 * @fd:       the file; -1: not to be used
 * @replaced: it has our text
 * @old:      its text before, @old_len bytes
 * @ours:     our text, @ours_len bytes
 */
struct resolv_file {
	int fd;
	bool replaced;
	char old[RESOLV_FILE_MAX];
	size_t old_len;
	char ours[RESOLV_OURS_MAX];
	size_t ours_len;
};

int resolv_file_open(struct resolv_file *file, const char *path);
int resolv_file_replace(struct resolv_file *file,
			const struct name_servers *servers);
void resolv_file_put_back(struct resolv_file *file);
void resolv_file_close(struct resolv_file *file);

#endif
