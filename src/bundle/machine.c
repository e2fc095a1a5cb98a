/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kinds of machines, by Debian's names, and what a board tells of its own.
 *
 * Pure.
 */
#include "bundle/machine.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define OWN_KIND "amd64"
#elif defined(__aarch64__)
#define OWN_KIND "arm64"
#elif defined(__arm__) && defined(__ARM_PCS_VFP)
#define OWN_KIND "armhf"
#elif defined(__i386__)
#define OWN_KIND "i386"
#else
#define OWN_KIND ""
#endif

/**
 * machine_kind() - the kind of a machine
 * @machine: of uname -m
 *
 * Return: the kind; NULL: there is no bundle for it
 */
const char *machine_kind(const char *machine)
{
	static const char *const kinds[][2] = {
		{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "armhf"},
		{"armv8l", "armhf"}, {"i686", "i386"},	   {"i586", "i386"},
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(machine, kinds[i][0]))
			return kinds[i][1];
	return NULL;
}

/**
 * machine_is_own() - is this the kind that this program runs on?
 * @kind: the kind
 *
 * Return: true if it is
 */
bool machine_is_own(const char *kind)
{
	return !strcmp(kind, OWN_KIND);
}

/**
 * machine_glibc() - the version of a board's glibc
 * @libc: the first line of ldd --version, as "ldd (Debian GLIBC 2.36-9) 2.36"
 *
 * Return: 36 for glibc 2.36; 0: it has another C library, or is unknown
 */
unsigned int machine_glibc(const char *libc)
{
	const char *version = strrchr(libc, ' ');

	if (!version || strncmp(version, " 2.", 3) != 0 ||
	    (!strstr(libc, "GLIBC") && !strstr(libc, "GNU")))
		return 0;
	return (unsigned int)strtoul(version + 3, NULL, 10);
}

/**
 * machine_has_loader() - does a board have a dynamic loader?
 * @loaders: paths, with spaces between them
 * @loader:  path
 *
 * Return: true if it has
 */
bool machine_has_loader(const char *loaders, const char *loader)
{
	const size_t len = strlen(loader);
	const char *found = loaders;

	for (; len && (found = strstr(found, loader)); found += len)
		if ((found == loaders || found[-1] == ' ') &&
		    (!found[len] || found[len] == ' '))
			return true;
	return false;
}

/**
 * machine_is_of_glibc() - does a file belong to glibc?
 * @file: its name
 *
 * Return: true if a board with glibc has it
 */
bool machine_is_of_glibc(const char *file)
{
	static const char *const names[] = {
		"ld-",	    "libc.so",	"libm.so",	"libpthread.so",
		"libdl.so", "librt.so", "libresolv.so",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strncmp(file, names[i], strlen(names[i])))
			return true;
	return false;
}
