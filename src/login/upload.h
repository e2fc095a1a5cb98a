/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_UPLOAD_H
#define SERIALTUN_UPLOAD_H

#include "login/encoding.h"
#include "login/sum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A chunk and its header on the line fit the terminal's buffer
 * (N_TTY_BUF_SIZE).
 */
#define UPLOAD_WIRE_MAX 4000

/**
 * enum upload_answer - what the board says of a chunk
 * @UPLOAD_NONE:    nothing
 * @UPLOAD_WANTED:  it waits for the chunk
 * @UPLOAD_RIGHT:   it has the chunk
 * @UPLOAD_DAMAGED: it has another one
 */
enum upload_answer {
	UPLOAD_NONE,
	UPLOAD_WANTED,
	UPLOAD_RIGHT,
	UPLOAD_DAMAGED,
};

/**
 * struct upload - bytes on their way to the board, chunk by chunk
 * @bytes:    the bytes; borrowed
 * @len:      how many
 * @done:     how many the board has
 * @encoding: how they travel
 * @sum:      how they are summed
 * @rate:     bytes per second of the line
 * @chunk:    length of the present chunk
 * @sent:     it was written, not only its header
 * @wire:     what was written last, in bytes on the line
 * @chunk_max: length of the next ones
 * @failures: of the present chunk
 * @damaged:  chunks that were sent again, in all
 */
struct upload {
	const uint8_t *bytes;
	size_t len;
	size_t done;
	enum encoding encoding;
	enum sum_kind sum;
	uint32_t rate;
	size_t chunk;
	bool sent;
	size_t wire;
	size_t chunk_max;
	unsigned int failures;
	unsigned int damaged;
};

void upload_begin(struct upload *upload, const uint8_t *bytes, size_t len,
		  uint32_t rate);
void upload_use(struct upload *upload, enum encoding encoding,
		enum sum_kind sum);
size_t upload_write_header(struct upload *upload, uint8_t *out,
			   const char *mark);
size_t upload_write_chunk(struct upload *upload, uint8_t *out);
enum upload_answer upload_hear(struct upload *upload, const char *line,
			       const char *mark);
size_t upload_write_filler(struct upload *upload, uint8_t *out);
uint64_t upload_patience_ns(const struct upload *upload);

#endif
