/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bring bytes to a board, chunk by chunk.
 *
 * A console has no flow control, so the next chunk is sent only when the board
 * has answered the one before: it is never behind by more than its terminal can
 * hold. Each chunk goes to a file of its own, whose name is its offset, and the
 * answer is its sum. So a chunk can be sent twice, and an answer that came late
 * does no harm.
 *
 * A chunk has a header, a line: the mark, then offset and length, each twice.
 * The board ignores all other lines, so that nothing is executed or stored
 * wrongly after the line has damaged a header. The chunk follows when the board
 * has answered the header, because some shells (bash) read more from a terminal
 * than the line. If the line loses bytes of a chunk, the board waits for them.
 * Newlines fill the chunk up, which then has the wrong sum; to the board the
 * rest of the newlines are empty lines.
 *
 * A line with noise damages long chunks more often than short ones, so after
 * damage the next chunks are shorter, and become longer again while all is
 * well.
 *
 * Pure.
 */
#include "login/upload.h"
#include "clock.h"

#include <stdio.h>
#include <string.h>

/* A chunk takes at most this share of a second on the line. */
#define CHUNKS_PER_S 3
#define CHUNK_MIN    128

/* A slow board decodes a chunk. */
#define DECODE_NS (3 * NS_PER_S)

/* The longest header: the mark, 4 numbers. */
#define HEADER_MAX 64

/* The longest chunk that the encoding brings over the line in one piece. */
static size_t chunk_limit(const struct upload *upload)
{
	size_t wire = upload->rate / CHUNKS_PER_S;
	size_t len;

	if (!upload->rate || wire > UPLOAD_WIRE_MAX)
		wire = UPLOAD_WIRE_MAX;
	wire -= wire > HEADER_MAX ? HEADER_MAX : 0;
	for (len = wire; len > CHUNK_MIN; len -= len / 16)
		if (encoding_size(upload->encoding, len) <= wire)
			return len;
	return CHUNK_MIN;
}

/**
 * upload_begin() - begin to bring bytes
 * @upload: filled in; call upload_use() next
 * @bytes:  the bytes; borrowed
 * @len:    how many
 * @rate:   bytes per second of the line; 0: unknown
 */
void upload_begin(struct upload *upload, const uint8_t *bytes, size_t len,
		  uint32_t rate)
{
	*upload = (struct upload){.bytes = bytes, .len = len, .rate = rate};
}

/**
 * upload_use() - choose the encoding of the chunks from now on
 * @upload:   the upload
 * @encoding: the encoding
 * @sum:      the sum, not SUM_NONE
 */
void upload_use(struct upload *upload, enum encoding encoding,
		enum sum_kind sum)
{
	upload->encoding = encoding;
	upload->sum = sum;
	upload->chunk_max = chunk_limit(upload);
	upload->failures = 0;
}

/**
 * upload_write_header() - write the header of the next chunk, or of this one
 * again
 * @upload: the upload, with bytes left
 * @out:    filled in; has room for HEADER_MAX bytes
 * @mark:   the mark
 *
 * Return: number of bytes
 */
size_t upload_write_header(struct upload *upload, uint8_t *out,
			   const char *mark)
{
	const size_t rest = upload->len - upload->done;
	char header[HEADER_MAX];

	upload->chunk = rest < upload->chunk_max ? rest : upload->chunk_max;
	upload->sent = false;
	/* The newline in front ends what may have been left over. */
	upload->wire = (size_t)snprintf(header, sizeof(header),
					"\n%s %08zu %08zu %zu %zu\n", mark,
					upload->done, upload->done,
					upload->chunk, upload->chunk);
	memcpy(out, header, upload->wire);
	return upload->wire;
}

/**
 * upload_write_chunk() - write the chunk whose header was written last
 * @upload: the upload
 * @out:    filled in; has room for UPLOAD_WIRE_MAX bytes
 *
 * Return: number of bytes
 */
size_t upload_write_chunk(struct upload *upload, uint8_t *out)
{
	upload->sent = true;
	upload->wire =
		encoding_write(upload->encoding, out,
			       upload->bytes + upload->done, upload->chunk);
	return upload->wire;
}

static void note_damage(struct upload *upload)
{
	upload->failures++;
	upload->damaged++;
	if (upload->chunk_max / 2 > CHUNK_MIN)
		upload->chunk_max /= 2;
}

/**
 * upload_hear() - hear a line of the board
 * @upload: the upload
 * @line:   the line
 * @mark:   the mark
 *
 * Return: what the line says of the present chunk
 */
enum upload_answer upload_hear(struct upload *upload, const char *line,
			       const char *mark)
{
	char sum[SUM_TEXT_MAX];
	char wanted[HEADER_MAX];
	const char *answer;
	size_t len;

	snprintf(wanted, sizeof(wanted), "%s s=%08zu %zu.", mark, upload->done,
		 upload->chunk);
	if (!upload->sent)
		return strstr(line, wanted) ? UPLOAD_WANTED : UPLOAD_NONE;
	len = (size_t)snprintf(wanted, sizeof(wanted), "%s c=%08zu ", mark,
			       upload->done);
	answer = strstr(line, wanted);
	if (!answer)
		return UPLOAD_NONE;
	answer += len;
	sum_write(sum, upload->sum, upload->bytes + upload->done,
		  upload->chunk);
	len = strlen(sum);
	if (strncmp(answer, sum, len) != 0 || answer[len] != ' ') {
		note_damage(upload);
		return UPLOAD_DAMAGED;
	}
	upload->done += upload->chunk;
	if (!upload->failures) {
		upload->chunk_max += upload->chunk_max / 8;
		if (upload->chunk_max > chunk_limit(upload))
			upload->chunk_max = chunk_limit(upload);
	}
	upload->failures = 0;
	return UPLOAD_RIGHT;
}

/**
 * upload_write_filler() - no answer came: complete the present chunk
 * @upload: the upload
 * @out:    filled in; has room for UPLOAD_WIRE_MAX bytes
 *
 * Return: number of bytes
 */
size_t upload_write_filler(struct upload *upload, uint8_t *out)
{
	static const uint8_t end[] = {'\n', '.', '\n'};
	size_t size = sizeof(end);

	note_damage(upload);
	if (!encoding_is_raw(upload->encoding)) {
		memcpy(out, end, size);
		upload->wire = size;
		return size;
	}
	memset(out, '\n', upload->chunk);
	upload->wire = upload->chunk;
	return upload->chunk;
}

/**
 * upload_patience_ns() - how long may the answer to a chunk take?
 * @upload: the upload
 *
 * Return: the time from the moment at which the chunk was handed over
 */
uint64_t upload_patience_ns(const struct upload *upload)
{
	const uint64_t rate = upload->rate ? upload->rate : 960;

	return DECODE_NS + 2 * upload->wire * NS_PER_S / rate;
}
