/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SYMPTOM_TEXT_H
#define SERIALTUN_SYMPTOM_TEXT_H

#include "report/symptom.h"

/* The buffer size for symptom_text(). */
#define SYMPTOM_TEXT_MAX 384

const char *symptom_text(enum symptom symptom, const struct symptom_view *view,
			 char text[SYMPTOM_TEXT_MAX]);

#endif
