/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RIVAL_H
#define SERIALTUN_RIVAL_H

/* Size of a text about one table. */
#define RIVAL_TEXT_MAX 640

typedef void rival_tell(const char *text, void *data);

void rival_each(const char *interface, rival_tell *tell, void *data);

#endif
