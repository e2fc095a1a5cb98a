/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BUNDLE_H
#define SERIALTUN_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A path or a list of paths from the board, and a '\0'. */
#define BUNDLE_VALUE_MAX 128

#define BUNDLE_WHY_MAX 256

/**
 * struct bundle_request - the board that needs serialtun
 * @machine:  of uname -m
 * @loaders:  its dynamic loaders, with spaces between them
 * @libc:     the first line of its ldd --version
 * @room_kib: free room there; 0: unknown
 * @has_xz:   it can unpack xz
 * @has_gzip: it can unpack gzip
 */
struct bundle_request {
	char machine[BUNDLE_VALUE_MAX];
	char loaders[BUNDLE_VALUE_MAX];
	char libc[BUNDLE_VALUE_MAX];
	uint32_t room_kib;
	bool has_xz;
	bool has_gzip;
};

/**
 * enum bundle_packing - how a bundle is compressed
 * @BUNDLE_PLAIN: not at all
 * @BUNDLE_GZIP:  gzip
 * @BUNDLE_XZ:    xz
 */
enum bundle_packing {
	BUNDLE_PLAIN,
	BUNDLE_GZIP,
	BUNDLE_XZ,
};

/* The most files of a bundle. */
#define BUNDLE_FILES_MAX 32

/**
 * struct bundle_own - the files that this program consists of
 * @count: number of files
 * @fds:   descriptors
 * @names: names
 */
struct bundle_own {
	size_t count;
	int fds[BUNDLE_FILES_MAX];
	char names[BUNDLE_FILES_MAX][64];
};

void bundle_open_own(struct bundle_own *own);
int bundle_make(const struct bundle_request *request,
		const struct bundle_own *own, enum bundle_packing *packing,
		char why[BUNDLE_WHY_MAX]);

#endif
