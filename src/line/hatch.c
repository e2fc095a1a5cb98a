/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hatch: a person at a terminal program ends a link that runs on the
 * board's console by typing five Ctrl-C, with a second of silence before and
 * after them, outside a frame.
 *
 * A frame that is cut by a pause could contain five such bytes between two
 * pauses. So the hatch stays shut if a byte since the last END is one that no
 * keyboard sends. The header of an IP packet and the head of a paired frame
 * have such bytes.
 *
 * Pure.
 */
#include "line/hatch.h"
#include "clock.h"

#define HATCH_PRESSES  5
#define HATCH_PAUSE_NS NS_PER_S

#define CTRL_C 0x03

/* SLIP's END (RFC 1055). */
#define END 0xC0

/* Keys for text, Enter, Backspace, and the ESC of the arrow keys. */
static bool is_key(uint8_t byte)
{
	return (byte >= ' ' && byte <= 0x7F) || byte == '\r' || byte == '\n' ||
	       byte == '\b' || byte == '\t' || byte == 0x1B || byte == CTRL_C;
}

/**
 * hatch_init() - a terminal that was silent so far
 * @hatch:  filled in
 * @now_ns: the time
 */
void hatch_init(struct hatch *hatch, uint64_t now_ns)
{
	*hatch = (struct hatch){.spoilt = true, .last_ns = now_ns};
}

/**
 * hatch_push() - bytes came from the terminal
 * @hatch:  the hatch
 * @bytes:  the bytes
 * @len:    how many
 * @now_ns: the time
 */
void hatch_push(struct hatch *hatch, const uint8_t *bytes, size_t len,
		uint64_t now_ns)
{
	size_t i;

	if (!len)
		return;
	if (now_ns >= hatch->last_ns + HATCH_PAUSE_NS) {
		hatch->presses = 0;
		hatch->spoilt = hatch->in_frame;
	}
	hatch->last_ns = now_ns;
	for (i = 0; i < len; i++) {
		if (bytes[i] == CTRL_C) {
			hatch->presses++;
			continue;
		}
		hatch->spoilt = true;
		if (bytes[i] == END)
			hatch->in_frame = false;
		else if (!is_key(bytes[i]))
			hatch->in_frame = true;
	}
}

/**
 * hatch_open_ns() - when does the hatch open?
 * @hatch: the hatch
 *
 * Return: the time, unless a byte comes before; UINT64_MAX: it stays shut
 */
uint64_t hatch_open_ns(const struct hatch *hatch)
{
	if (hatch->presses != HATCH_PRESSES || hatch->spoilt)
		return UINT64_MAX;
	return hatch->last_ns + HATCH_PAUSE_NS;
}
