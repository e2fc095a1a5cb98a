/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of upload, with a board that reads as the shell's loop does: a line
 * that is no header is ignored, and after a header it takes as many bytes as
 * the header names. The line damages and loses bytes.
 */
#include "../testing.h"
#include "login/upload.h"

#include <stdio.h>
#include <stdlib.h>

#define MARK	   "st0000002a"
#define BUNDLE_LEN 20000

/* The board. */
struct board {
	uint8_t got[BUNDLE_LEN];
	char line[64];
	size_t line_len;
	size_t at;
	size_t wants; /* bytes of the chunk that it still waits for */
	size_t len;
	uint8_t chunk[UPLOAD_WIRE_MAX];
	char says[128]; /* "": nothing */
};

static void end_line(struct board *board)
{
	size_t at[2];
	size_t len[2];
	char *rest;

	board->line[board->line_len] = '\0';
	board->line_len = 0;
	if (strncmp(board->line, MARK " ", strlen(MARK " ")) != 0)
		return;
	at[0] = strtoul(board->line + strlen(MARK), &rest, 10);
	at[1] = strtoul(rest, &rest, 10);
	len[0] = strtoul(rest, &rest, 10);
	len[1] = strtoul(rest, &rest, 10);
	if (*rest || !len[0] || at[0] != at[1] || len[0] != len[1])
		return;
	assert_true(len[0] <= UPLOAD_WIRE_MAX && at[0] + len[0] <= BUNDLE_LEN);
	board->at = at[0];
	board->wants = board->len = len[0];
	snprintf(board->says, sizeof(board->says), MARK " s=%08zu %zu.", at[0],
		 len[0]);
}

static void end_chunk(struct board *board)
{
	char sum[SUM_TEXT_MAX];

	memcpy(board->got + board->at, board->chunk, board->len);
	sum_write(sum, SUM_CKSUM, board->chunk, board->len);
	snprintf(board->says, sizeof(board->says), MARK " c=%08zu %s %zu",
		 board->at, sum, board->len);
}

static void read_byte(struct board *board, uint8_t byte)
{
	if (board->wants) {
		board->chunk[board->len - board->wants] = byte;
		if (!--board->wants)
			end_chunk(board);
	} else if (byte == '\n') {
		end_line(board);
	} else if (board->line_len < sizeof(board->line) - 1) {
		board->line[board->line_len++] = (char)byte;
	}
}

/* One byte in @rarity is damaged or lost; 0: none. */
static void carry(struct board *board, const uint8_t *bytes, size_t len,
		  unsigned int rarity, unsigned int *seed)
{
	size_t i;
	int chance;

	*board->says = '\0';
	for (i = 0; i < len; i++) {
		chance = rarity ? rand_r(seed) % (int)rarity : -1;
		if (chance)
			read_byte(board, bytes[i]);
		else if (rand_r(seed) % 2)
			read_byte(board, bytes[i] ^ 4);
	}
}

static void bring(unsigned int rarity, unsigned int seed)
{
	static uint8_t bundle[BUNDLE_LEN];
	struct board *board = calloc(1, sizeof(*board));
	uint8_t out[UPLOAD_WIRE_MAX + 96];
	enum upload_answer answer;
	unsigned int rounds = 0;
	struct upload upload;
	bool filled = false;
	size_t i;

	assert_non_null(board);
	for (i = 0; i < sizeof(bundle); i++)
		bundle[i] = (uint8_t)rand_r(&seed);
	upload_begin(&upload, bundle, sizeof(bundle), 11520);
	upload_use(&upload, ENCODING_HEAD, SUM_CKSUM);
	carry(board, out, upload_write_header(&upload, out, MARK), rarity,
	      &seed);
	while (upload.done < upload.len) {
		assert_true(rounds++ < 10000);
		answer = upload_hear(&upload, board->says, MARK);
		if (answer == UPLOAD_WANTED) {
			carry(board, out, upload_write_chunk(&upload, out),
			      rarity, &seed);
		} else if (answer != UPLOAD_NONE || filled) {
			filled = false;
			if (upload.done < upload.len)
				carry(board, out,
				      upload_write_header(&upload, out, MARK),
				      rarity, &seed);
		} else {
			filled = true;
			carry(board, out, upload_write_filler(&upload, out),
			      rarity, &seed);
		}
	}
	assert_memory_equal(board->got, bundle, sizeof(bundle));
	if (rarity)
		assert_true(upload.damaged > 0);
	else
		assert_int_equal(upload.damaged, 0);
	free(board);
}

static void test_upload_brings_all(void **state)
{
	unsigned int seed;

	(void)state;
	bring(0, 1);
	for (seed = 1; seed < 200; seed++)
		bring(1000, seed);
}

/* A chunk takes a third of a second, and fits the terminal. */
static void test_upload_chunks_fit(void **state)
{
	static const uint32_t rates[] = {0, 30, 960, 11520, 400000};
	enum encoding encoding;
	uint8_t bytes[8000];
	uint8_t out[UPLOAD_WIRE_MAX + 96];
	struct upload upload;
	size_t i;

	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	for (i = 0; i < TESTING_COUNT(rates); i++)
		for (encoding = 0; encoding < ENCODING_COUNT; encoding++) {
			upload_begin(&upload, bytes, sizeof(bytes), rates[i]);
			upload_use(&upload, encoding, SUM_SHA256);
			upload_write_header(&upload, out, MARK);
			assert_true(upload.chunk > 0);
			assert_true(upload_write_chunk(&upload, out) <=
				    UPLOAD_WIRE_MAX);
			if (rates[i] >= 960 && upload.wire > rates[i] / 3)
				assert_true(upload.chunk == 128);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upload_brings_all),
		cmocka_unit_test(test_upload_chunks_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
