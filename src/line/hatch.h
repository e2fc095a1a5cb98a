/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_HATCH_H
#define SERIALTUN_HATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct hatch - watches the bytes of a terminal for five Ctrl-C
 * @presses:  Ctrl-C since the last pause
 * @spoilt:   another byte came since the last pause
 * @in_frame: the bytes since the last END may be a part of a frame
 * @last_ns:  when the last byte came
 */
struct hatch {
	unsigned int presses;
	bool spoilt;
	bool in_frame;
	uint64_t last_ns;
};

void hatch_init(struct hatch *hatch, uint64_t now_ns);
void hatch_push(struct hatch *hatch, const uint8_t *bytes, size_t len,
		uint64_t now_ns);
uint64_t hatch_open_ns(const struct hatch *hatch);

#endif
