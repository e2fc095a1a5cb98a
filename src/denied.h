/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DENIED_H
#define SERIALTUN_DENIED_H

/* Size of a remedy. */
#define DENIED_REMEDY_MAX 256

const char *denied_capability(const char *name, char remedy[DENIED_REMEDY_MAX]);
const char *denied_device(const char *path, char remedy[DENIED_REMEDY_MAX]);

#endif
