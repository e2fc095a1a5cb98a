/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ELF_FILE_H
#define SERIALTUN_ELF_FILE_H

#include <stddef.h>
#include <stdint.h>

size_t elf_file_strip(uint8_t *bytes, size_t len);
unsigned int elf_file_glibc(const uint8_t *bytes, size_t len);
const char *elf_file_loader(const uint8_t *bytes, size_t len);

#endif
