/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Read and strip programs and libraries (elf(5)) for a bundle. They have 32 or
 * 64 bits, and the lowest byte first, as all machines that have bundles.
 *
 * Pure.
 */
#include "bundle/elf_file.h"

#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The place of a segment in the file. */
struct segment {
	uint64_t type;
	uint64_t at;
	uint64_t len;
};

static uint64_t number(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

#define FIELD(bytes, type, field) \
	number((bytes) + offsetof(type, field), sizeof(((type *)0)->field))

static bool is_elf(const uint8_t *bytes, size_t len)
{
	return len >= sizeof(Elf64_Ehdr) && !memcmp(bytes, ELFMAG, SELFMAG) &&
	       bytes[EI_DATA] == ELFDATA2LSB;
}

/* Read a program header. Return: false if there is none of that number. */
static bool read_segment(const uint8_t *bytes, size_t len, size_t index,
			 struct segment *segment)
{
	const bool is_64 = bytes[EI_CLASS] == ELFCLASS64;
	const uint64_t count = is_64 ? FIELD(bytes, Elf64_Ehdr, e_phnum)
				     : FIELD(bytes, Elf32_Ehdr, e_phnum);
	const uint64_t at = is_64 ? FIELD(bytes, Elf64_Ehdr, e_phoff)
				  : FIELD(bytes, Elf32_Ehdr, e_phoff);
	const size_t size = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	const uint8_t *header;

	if (index >= count || at > len || (index + 1) * size > len - at)
		return false;
	header = bytes + at + index * size;
	segment->type = is_64 ? FIELD(header, Elf64_Phdr, p_type)
			      : FIELD(header, Elf32_Phdr, p_type);
	segment->at = is_64 ? FIELD(header, Elf64_Phdr, p_offset)
			    : FIELD(header, Elf32_Phdr, p_offset);
	segment->len = is_64 ? FIELD(header, Elf64_Phdr, p_filesz)
			     : FIELD(header, Elf32_Phdr, p_filesz);
	if (segment->at > len || segment->len > len - segment->at)
		segment->at = segment->len = 0;
	return true;
}

static void clear_sections(uint8_t *bytes)
{
	if (bytes[EI_CLASS] == ELFCLASS64) {
		memset(bytes + offsetof(Elf64_Ehdr, e_shoff), 0,
		       sizeof(Elf64_Off));
		memset(bytes + offsetof(Elf64_Ehdr, e_shnum), 0,
		       2 * sizeof(Elf64_Half));
	} else {
		memset(bytes + offsetof(Elf32_Ehdr, e_shoff), 0,
		       sizeof(Elf32_Off));
		memset(bytes + offsetof(Elf32_Ehdr, e_shnum), 0,
		       2 * sizeof(Elf32_Half));
	}
}

/**
 * elf_file_strip() - leave out what the loader does not need: all sections
 * @bytes: the file; changed
 * @len:   its length
 *
 * Return: the new length; @len if this is no ELF file
 */
size_t elf_file_strip(uint8_t *bytes, size_t len)
{
	struct segment segment;
	uint64_t end = 0;
	size_t i;

	if (!is_elf(bytes, len))
		return len;
	for (i = 0; read_segment(bytes, len, i, &segment); i++)
		if (segment.at + segment.len > end)
			end = segment.at + segment.len;
	if (!end)
		return len;
	clear_sections(bytes);
	return (size_t)end;
}

/**
 * elf_file_glibc() - the version of glibc that a file needs
 * @bytes: the file
 * @len:   its length
 *
 * Return: 36 for glibc 2.36; 0: none
 */
unsigned int elf_file_glibc(const uint8_t *bytes, size_t len)
{
	static const char prefix[] = "GLIBC_2.";
	const size_t prefix_len = strlen(prefix);
	const uint8_t *end = bytes + len;
	unsigned int newest = 0;
	unsigned int minor;

	while ((bytes = memmem(bytes, (size_t)(end - bytes), prefix,
			       prefix_len))) {
		bytes += prefix_len;
		for (minor = 0; bytes < end && *bytes >= '0' && *bytes <= '9' &&
				minor < 1000;
		     bytes++)
			minor = 10 * minor + *bytes - '0';
		newest = minor > newest ? minor : newest;
	}
	return newest;
}

/**
 * elf_file_loader() - the dynamic loader of a program
 * @bytes: the file
 * @len:   its length
 *
 * Return: its path, in @bytes; NULL: none
 */
const char *elf_file_loader(const uint8_t *bytes, size_t len)
{
	struct segment segment;
	size_t i;

	if (!is_elf(bytes, len))
		return NULL;
	for (i = 0; read_segment(bytes, len, i, &segment); i++)
		if (segment.type == PT_INTERP && segment.len &&
		    !bytes[segment.at + segment.len - 1])
			return (const char *)bytes + segment.at;
	return NULL;
}
