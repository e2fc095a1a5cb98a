/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ENCODING_H
#define SERIALTUN_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum encoding - how bytes travel over a console, the best first
 * @ENCODING_HEAD:     raw, read by head -c
 * @ENCODING_DD:       raw, read by dd
 * @ENCODING_BASE64:   base64, decoded by base64
 * @ENCODING_OPENSSL:  base64, decoded by openssl
 * @ENCODING_UUDECODE: base64, decoded by uudecode
 * @ENCODING_PYTHON3:  base64, decoded by python3
 * @ENCODING_PERL:     base64, decoded by perl
 * @ENCODING_PRINTF:   octal numbers, decoded by the shell's printf
 * @ENCODING_COUNT:    number of encodings; not an encoding
 */
enum encoding {
	ENCODING_HEAD,
	ENCODING_DD,
	ENCODING_BASE64,
	ENCODING_OPENSSL,
	ENCODING_UUDECODE,
	ENCODING_PYTHON3,
	ENCODING_PERL,
	ENCODING_PRINTF,
	ENCODING_COUNT,
};

enum encoding encoding_choose(enum encoding from, const char *programs);
const char *encoding_name(enum encoding encoding);
bool encoding_is_raw(enum encoding encoding);
const char *encoding_decoder(enum encoding encoding);
size_t encoding_size(enum encoding encoding, size_t len);
size_t encoding_write(enum encoding encoding, uint8_t *out,
		      const uint8_t *bytes, size_t len);

#endif
