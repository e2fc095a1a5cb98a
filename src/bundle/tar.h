/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TAR_H
#define SERIALTUN_TAR_H

#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK 512

void tar_write_header(uint8_t header[TAR_BLOCK], const char *name, size_t len);
size_t tar_padding(size_t len);

#endif
