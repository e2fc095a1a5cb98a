/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compression with a history that both ends have: all packets of one direction
 * and one class of a session are one zstd frame (RFC 8878), which is flushed at
 * the end of each packet. The caller delivers every compressed packet, once and
 * in order.
 *
 * A flush makes one block of a packet. The line carries it without the bytes
 * that both ends know: the first six, which say that a frame with a window of
 * a known size begins, and the header of each block, of which one byte is
 * left, the form. A packet without compression takes no part in the history.
 *
 * The other end is a stranger. So this end gives the decoder the header of the
 * frame itself, which fixes the memory for the window; a packet has at most
 * PACKET_MAX bytes; and the frame must not end, because behind it another could
 * begin, with another window or of an older format. The first violation ends
 * the stream for good: what comes behind it would depend on what is missing.
 *
 * squeeze is pure, but libzstd allocates memory: in squeeze_new(), in the first
 * squeeze_begin() and for the first packet.
 */
#include "pair/squeeze.h"

#ifdef SERIALTUN_ZSTD
#include "packet/packet.h"
#include "packet/sums.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/*
 * Measured with packets of 1500 bytes of C source, /usr/bin and logs: level 5
 * with tables for 256 KiB makes them a tenth smaller than level 3 with 128 KiB
 * and its own tables, in 30 us a packet instead of 16, and needs less memory.
 * Tables or windows that are larger still gain 1 to 4 %.
 */
#define SQUEEZE_LEVEL	  5
#define SQUEEZE_MIN_MATCH 4

/*
 * If so many bytes have shrunk by less than a part in SQUEEZE_WORTH, most long
 * packets are passed over; one in SQUEEZE_TRIALS is compressed, and ends that
 * if it shrinks more. TCP with random bytes shrinks by a part in 60, its
 * headers; in 14 us a packet, that is worth its while.
 */
#define SQUEEZE_LOOK_LEN 32768
#define SQUEEZE_WORTH	 100
#define SQUEEZE_TRIALS	 8
#define SQUEEZE_LONG	 512

/* The header of a block: 1 bit: it is the last; 2 bits: its type; 21 bits: its
 * size (RFC 8878, section 3.1.1.2). */
#define BLOCK_HEADER_LEN 3
#define BLOCK_TYPE	 6U
#define BLOCK_RAW	 0U
#define BLOCK_COMPRESSED 4U

/* The form of a body that has all its bytes, headers of blocks included. Any
 * other is bits of BLOCK_TYPE. */
#define FORM_WHOLE 1U

/* RFC 8878, section 3.1.1: magic number, no options, the size of the window. */
static const uint8_t frame_header[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x00};
#define FRAME_HEADER_LEN sizeof(frame_header)

/**
 * struct squeeze_logs - the memory of a stream
 * @window: binary logarithm of the size of the window
 * @table:  that of the number of entries in each table of the encoder
 */
struct squeeze_logs {
	int window;
	int table;
};

static const struct squeeze_logs logs[] = {
	[SQUEEZE_LARGE] = {18, 16},
	[SQUEEZE_SMALL] = {14, 12},
};

/**
 * struct squeeze - the histories of both directions
 * @find_ip:    returns the offset of the IP packet in a packet
 * @logs:       sizes
 * @frame_header: the begin of the frame of zstd
 * @out:        the encoder
 * @in:         the decoder
 * @has_begun:  the encoder has written the header of its frame
 * @is_stopped: the encoder has failed; this end compresses no more
 * @is_lost:    the peer's stream did not decode
 * @long_len:   bytes of the long packets that were compressed lately
 * @long_body_len: bytes that they became
 * @passes:     long packets are passed over
 * @passed:     packets passed over since the last trial
 * @stats:      counters since squeeze_new()
 * @body:       what the encoder writes
 * @packet:     the last packet expanded
 */
struct squeeze {
	size_t (*find_ip)(const uint8_t *packet, size_t len);
	const struct squeeze_logs *logs;
	uint8_t frame_header[FRAME_HEADER_LEN];
	ZSTD_CCtx *out;
	ZSTD_DCtx *in;
	bool has_begun;
	bool is_stopped;
	bool is_lost;
	size_t long_len;
	size_t long_body_len;
	bool passes;
	unsigned int passed;
	struct squeeze_stats stats;
	uint8_t body[FRAME_HEADER_LEN + BLOCK_HEADER_LEN + UINT16_MAX];
	/* One more than a packet has, to notice a longer one. */
	uint8_t packet[PACKET_MAX + 1];
};

/**
 * squeeze_is_built_in() - Check whether this build of the program has libzstd
 *
 * Return: true if so
 */
bool squeeze_is_built_in(void)
{
	return true;
}

static bool set_up(const struct squeeze *squeeze)
{
	const struct {
		ZSTD_cParameter parameter;
		int value;
	} parameters[] = {
		{ZSTD_c_compressionLevel, SQUEEZE_LEVEL},
		{ZSTD_c_windowLog, squeeze->logs->window},
		{ZSTD_c_hashLog, squeeze->logs->table},
		{ZSTD_c_chainLog, squeeze->logs->table},
		{ZSTD_c_minMatch, SQUEEZE_MIN_MATCH},
		{ZSTD_c_contentSizeFlag, 0},
		{ZSTD_c_checksumFlag, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(parameters) / sizeof(*parameters); i++)
		if (ZSTD_isError(ZSTD_CCtx_setParameter(squeeze->out,
							parameters[i].parameter,
							parameters[i].value)))
			return false;
	return !ZSTD_isError(ZSTD_DCtx_setParameter(
		squeeze->in, ZSTD_d_windowLogMax, squeeze->logs->window));
}

/**
 * squeeze_new() - Allocate an encoder and a decoder
 * @size:    size of the histories; the same at both ends
 * @find_ip: returns the offset of the IP packet in a packet of any bytes, or
 *           the length if there is none
 *
 * The caller calls squeeze_begin() before any other function.
 *
 * Return: they, to be freed with squeeze_free(); NULL if memory is short, or if
 * this build of the program has no libzstd
 */
struct squeeze *squeeze_new(enum squeeze_size size,
			    size_t (*find_ip)(const uint8_t *packet,
					      size_t len))
{
	struct squeeze *squeeze = calloc(1, sizeof(*squeeze));

	if (!squeeze)
		return NULL;
	squeeze->find_ip = find_ip;
	squeeze->logs = &logs[size];
	memcpy(squeeze->frame_header, frame_header, FRAME_HEADER_LEN);
	squeeze->frame_header[FRAME_HEADER_LEN - 1] =
		(uint8_t)((squeeze->logs->window - 10) << 3);
	squeeze->out = ZSTD_createCCtx();
	squeeze->in = ZSTD_createDCtx();
	if (squeeze->out && squeeze->in && set_up(squeeze))
		return squeeze;
	squeeze_free(squeeze);
	return NULL;
}

/**
 * squeeze_free() - Free an encoder and a decoder
 * @squeeze: they, or NULL
 */
void squeeze_free(struct squeeze *squeeze)
{
	if (!squeeze)
		return;
	ZSTD_freeCCtx(squeeze->out);
	ZSTD_freeDCtx(squeeze->in);
	free(squeeze);
}

/*
 * Decode bytes, which go to @to. Return: false if they do not decode, are too
 * many, or end the frame.
 */
static bool decode(struct squeeze *squeeze, const uint8_t *bytes, size_t len,
		   ZSTD_outBuffer *to)
{
	ZSTD_inBuffer from = {bytes, len, 0};
	size_t result;

	do {
		result = ZSTD_decompressStream(squeeze->in, to, &from);
		if (!result || ZSTD_isError(result) || to->pos == to->size)
			return false;
	} while (from.pos < from.size);
	return true;
}

/**
 * squeeze_begin() - Forget both histories
 * @squeeze: the encoder and the decoder
 *
 * Return: false if memory is short
 */
bool squeeze_begin(struct squeeze *squeeze)
{
	ZSTD_outBuffer nothing = {squeeze->packet, 1, 0};

	squeeze->has_begun = false;
	squeeze->is_lost = false;
	squeeze->long_len = 0;
	squeeze->long_body_len = 0;
	squeeze->passes = false;
	squeeze->passed = 0;
	squeeze->is_stopped = ZSTD_isError(
		ZSTD_CCtx_reset(squeeze->out, ZSTD_reset_session_only));
	return !squeeze->is_stopped &&
	       !ZSTD_isError(
		       ZSTD_DCtx_reset(squeeze->in, ZSTD_reset_session_only)) &&
	       decode(squeeze, squeeze->frame_header, FRAME_HEADER_LEN,
		      &nothing);
}

/* Is the next packet passed over? */
static bool passes_over(struct squeeze *squeeze, size_t len)
{
	if (!squeeze->passes || len < SQUEEZE_LONG)
		return false;
	if (++squeeze->passed < SQUEEZE_TRIALS) {
		squeeze->stats.passed_over++;
		return true;
	}
	squeeze->passed = 0;
	return false;
}

/* Note what became of a packet, and choose whether to pass others over. */
static void learn(struct squeeze *squeeze, size_t len, size_t body_len)
{
	squeeze->stats.packets++;
	squeeze->stats.packet_len += len;
	squeeze->stats.body_len += body_len;
	if (len < SQUEEZE_LONG)
		return;
	if (squeeze->passes) {
		squeeze->passes = body_len > len - len / SQUEEZE_WORTH;
		return;
	}
	squeeze->long_len += len;
	squeeze->long_body_len += body_len;
	if (squeeze->long_len < SQUEEZE_LOOK_LEN)
		return;
	squeeze->passes = squeeze->long_body_len >
			  squeeze->long_len - squeeze->long_len / SQUEEZE_WORTH;
	squeeze->long_len = 0;
	squeeze->long_body_len = 0;
}

/*
 * Drop the bytes that the peer knows from what the encoder wrote. Return: the
 * body, @len set to its length; NULL if it is not as expected.
 */
static uint8_t *strip(struct squeeze *squeeze, size_t *len)
{
	uint8_t *body = squeeze->body;
	uint32_t header;
	uint8_t form;

	if (!squeeze->has_begun) {
		if (*len < FRAME_HEADER_LEN ||
		    memcmp(body, squeeze->frame_header, FRAME_HEADER_LEN) != 0)
			return NULL;
		body += FRAME_HEADER_LEN;
		*len -= FRAME_HEADER_LEN;
	}
	if (*len < BLOCK_HEADER_LEN)
		return NULL;
	header = body[0] | (uint32_t)body[1] << 8 | (uint32_t)body[2] << 16;
	form = header & BLOCK_TYPE;
	if ((form == BLOCK_RAW || form == BLOCK_COMPRESSED) &&
	    header == ((uint32_t)(*len - BLOCK_HEADER_LEN) << 3 | form)) {
		body += BLOCK_HEADER_LEN - 1;
		*len -= BLOCK_HEADER_LEN - 1;
		body[0] = form;
		return body;
	}
	/* Several blocks, or one of equal bytes. */
	if (squeeze->has_begun) {
		memmove(body + 1, body, *len);
	} else {
		body--;
	}
	body[0] = FORM_WHOLE;
	(*len)++;
	return body;
}

static void flip_sums(const struct squeeze *squeeze, uint8_t *packet,
		      size_t len)
{
	const size_t at = squeeze->find_ip(packet, len);

	sums_flip(packet + at, len - at);
}

/**
 * squeeze_shrink() - Compress a packet
 * @squeeze: the encoder
 * @packet:  the packet, replaced by the body of its frame, which may be
 *           SQUEEZE_EXTRA bytes longer
 * @len:     length of @packet
 *
 * Return: length of the body; 0: the packet stays as it is
 */
size_t squeeze_shrink(struct squeeze *squeeze, uint8_t *packet, size_t len)
{
	ZSTD_inBuffer from = {packet, len, 0};
	ZSTD_outBuffer to = {squeeze->body, sizeof(squeeze->body) - 1, 0};
	const uint8_t *body = NULL;
	size_t result;

	if (squeeze->is_stopped || !len || len > SQUEEZE_PACKET_MAX ||
	    passes_over(squeeze, len))
		return 0;
	flip_sums(squeeze, packet, len);
	result = ZSTD_compressStream2(squeeze->out, &to, &from, ZSTD_e_flush);
	if (!result && from.pos == len)
		body = strip(squeeze, &to.pos);
	if (!body || to.pos > len + SQUEEZE_EXTRA) {
		/* The peer will not have this packet in its history. */
		squeeze->is_stopped = true;
		flip_sums(squeeze, packet, len);
		return 0;
	}
	squeeze->has_begun = true;
	memcpy(packet, body, to.pos);
	learn(squeeze, len, to.pos);
	return to.pos;
}

/* Decode a body. Return: false if it does not decode. */
static bool decode_body(struct squeeze *squeeze, const uint8_t *body,
			size_t len, ZSTD_outBuffer *to)
{
	uint8_t header[BLOCK_HEADER_LEN];
	uint32_t block;

	if (len < 2)
		return false;
	if (body[0] == FORM_WHOLE)
		return decode(squeeze, body + 1, len - 1, to);
	if (body[0] != BLOCK_RAW && body[0] != BLOCK_COMPRESSED)
		return false;
	block = (uint32_t)(len - 1) << 3 | body[0];
	header[0] = (uint8_t)block;
	header[1] = (uint8_t)(block >> 8);
	header[2] = (uint8_t)(block >> 16);
	return decode(squeeze, header, sizeof(header), to) &&
	       decode(squeeze, body + 1, len - 1, to);
}

/**
 * squeeze_expand() - Expand a packet
 * @squeeze:  the decoder
 * @body:     the body of its frame, any bytes
 * @body_len: length of @body
 * @packet:   set to the packet, valid until the next call
 * @len:      set to its length, which may be 0
 *
 * Return: false if it does not decode; then no other does
 */
bool squeeze_expand(struct squeeze *squeeze, const uint8_t *body,
		    size_t body_len, const uint8_t **packet, size_t *len)
{
	ZSTD_outBuffer to = {squeeze->packet, sizeof(squeeze->packet), 0};

	if (squeeze->is_lost)
		return false;
	if (!decode_body(squeeze, body, body_len, &to)) {
		squeeze_lose(squeeze);
		return false;
	}
	flip_sums(squeeze, squeeze->packet, to.pos);
	squeeze->stats.expanded++;
	*packet = squeeze->packet;
	*len = to.pos;
	return true;
}

/**
 * squeeze_lose() - Note that a part of the peer's stream is missing
 * @squeeze: the decoder
 */
void squeeze_lose(struct squeeze *squeeze)
{
	squeeze->is_lost = true;
	squeeze->stats.bad++;
}

/**
 * squeeze_is_lost() - Check whether the peer's stream does not decode
 * @squeeze: the decoder
 *
 * Return: true if so; the session has to begin anew
 */
bool squeeze_is_lost(const struct squeeze *squeeze)
{
	return squeeze->is_lost;
}

/**
 * squeeze_get_stats() - Get the counters
 * @squeeze: the encoder and the decoder
 * @stats:   filled in
 */
void squeeze_get_stats(const struct squeeze *squeeze,
		       struct squeeze_stats *stats)
{
	*stats = squeeze->stats;
}

#endif
