/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_JSON_H
#define SERIALTUN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct json - a JSON text under construction
 * @text: the text so far, always terminated; owned by the caller
 * @cap:  its size in bytes; the functions truncate longer text
 * @len:  length of the text
 * @next: the next value needs a comma in front
 */
struct json {
	char *text;
	size_t cap;
	size_t len;
	bool next;
};

void json_begin(struct json *json, char *text, size_t cap);
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_string(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, uint64_t value);
void json_thousandths(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
