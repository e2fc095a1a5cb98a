/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header of a file in a tar archive (POSIX pax, "ustar Interchange
 * Format"). Files belong to root, are programs, and have no time, so that the
 * same files make the same archive.
 *
 * Pure.
 */
#include "bundle/tar.h"

#include <stdio.h>
#include <string.h>

/* struct header_posix_ustar, as far as it is used. */
struct ustar {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char sum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char rest[247];
};

_Static_assert(sizeof(struct ustar) == TAR_BLOCK, "a header is a block");

/**
 * tar_write_header() - write the header of a program
 * @header: filled in
 * @name:   name of the file, shorter than 100 bytes
 * @len:    its length, less than 8 GiB
 */
void tar_write_header(uint8_t header[TAR_BLOCK], const char *name, size_t len)
{
	struct ustar ustar = {.type = '0', .magic = "ustar"};
	uint8_t bytes[TAR_BLOCK];
	unsigned int sum = 0;
	size_t i;

	snprintf(ustar.name, sizeof(ustar.name), "%s", name);
	snprintf(ustar.mode, sizeof(ustar.mode), "%07o", 0755);
	snprintf(ustar.uid, sizeof(ustar.uid), "%07o", 0);
	snprintf(ustar.gid, sizeof(ustar.gid), "%07o", 0);
	snprintf(ustar.size, sizeof(ustar.size), "%011zo", len);
	snprintf(ustar.mtime, sizeof(ustar.mtime), "%011o", 0);
	memset(ustar.sum, ' ', sizeof(ustar.sum));
	memset(ustar.version, '0', sizeof(ustar.version));
	memcpy(bytes, &ustar, sizeof(bytes));
	for (i = 0; i < TAR_BLOCK; i++)
		sum += bytes[i];
	snprintf(ustar.sum, sizeof(ustar.sum), "%06o", sum);
	memcpy(header, &ustar, TAR_BLOCK);
}

/**
 * tar_padding() - the zeros behind a file
 * @len: its length
 *
 * Return: number of zeros that complete the last block
 */
size_t tar_padding(size_t len)
{
	return (TAR_BLOCK - len % TAR_BLOCK) % TAR_BLOCK;
}
