/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of hellos: an accepted hello can be written again, and reads as the
 * same.
 *
 * The fuzzer appends the CRC, because otherwise no input would be accepted.
 */
#include "fuzz.h"
#include "pair/fcs.h"
#include "pair/hello.h"

#include <stdio.h>

static void check_taken(const struct hello *hello)
{
	char text[HELLO_TEXT_MAX];
	struct hello again;
	size_t len;

	assert_true(hello->id);
	if (hello->kind >= HELLO_KIND_OTHER || hello->flow >= HELLO_FLOW_OTHER)
		return;
	len = hello_write(text, hello);
	assert_true(hello_read((uint8_t *)text, len, &again));
	assert_true(again.id == hello->id && again.to == hello->to);
	assert_int_equal(again.version, hello->version);
	assert_int_equal(again.kind, hello->kind);
	assert_int_equal(again.flow, hello->flow);
	assert_int_equal(again.can, hello->can);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t crc_len = strlen(" crc=00000000");
	struct hello hello;
	char *sealed = malloc(size + crc_len + 1);
	uint8_t *frame;

	assert_non_null(sealed);
	if (hello_read(data, size, &hello))
		check_taken(&hello);
	memcpy(sealed, data, size);
	snprintf(sealed + size, crc_len + 1, " crc=%08x", fcs_of(data, size));
	frame = testing_copy(sealed, size + crc_len);
	if (hello_read(frame, size + crc_len, &hello)) {
		assert_true(size + crc_len <= FIELD_TEXT_MAX);
		check_taken(&hello);
	}
	free(frame);
	free(sealed);
	return 0;
}
