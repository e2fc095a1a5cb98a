/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_HELLO_H
#define SERIALTUN_HELLO_H

#include "pair/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The oldest version of the protocol that we speak. */
#define HELLO_VERSION 1

/* The longest hello, and a '\0'. */
#define HELLO_TEXT_MAX (FIELD_TEXT_MAX + 1)

/**
 * enum hello_kind - what the frames of a line carry
 * @HELLO_KIND_IP:       IP packets
 * @HELLO_KIND_ETHERNET: Ethernet frames
 * @HELLO_KIND_OTHER:    something that we do not know
 */
enum hello_kind {
	HELLO_KIND_IP,
	HELLO_KIND_ETHERNET,
	HELLO_KIND_OTHER,
};

/**
 * enum hello_flow - how one end holds up the other
 * @HELLO_FLOW_NONE:    not at all
 * @HELLO_FLOW_RTSCTS:  by wires
 * @HELLO_FLOW_XONXOFF: by bytes, so that these are escaped in frames
 * @HELLO_FLOW_OTHER:   in a way that we do not know
 */
enum hello_flow {
	HELLO_FLOW_NONE,
	HELLO_FLOW_RTSCTS,
	HELLO_FLOW_XONXOFF,
	HELLO_FLOW_OTHER,
};

/**
 * enum hello_can - parts of the protocol; used are those that both ends can
 * @HELLO_CAN_CHECK:     frames have a check; without it there is no pairing
 * @HELLO_CAN_REPEAT:    lost frames are repeated
 * @HELLO_CAN_INTERRUPT: a short frame may be put in the middle of a long one
 * @HELLO_CAN_ZSTD:      packets are compressed
 * @HELLO_CAN_SPEED:     the speed of the line can be changed
 * @HELLO_CAN_STREAM:    the line loses nothing
 */
enum hello_can {
	HELLO_CAN_CHECK = 1 << 0,
	HELLO_CAN_REPEAT = 1 << 1,
	HELLO_CAN_INTERRUPT = 1 << 2,
	HELLO_CAN_ZSTD = 1 << 3,
	HELLO_CAN_SPEED = 1 << 4,
	HELLO_CAN_STREAM = 1 << 5,
};

/**
 * struct hello - what one end says of itself before anything is agreed on
 * @version: the oldest version of the protocol that it speaks
 * @id:      names the state that it has; never 0
 * @to:      the id that it answers; 0: none
 * @kind:    what its frames carry
 * @flow:    how it is held up
 * @can:     of enum hello_can
 */
struct hello {
	unsigned int version;
	uint64_t id;
	uint64_t to;
	enum hello_kind kind;
	enum hello_flow flow;
	unsigned int can;
};

size_t hello_write(char text[HELLO_TEXT_MAX], const struct hello *hello);
bool hello_read(const uint8_t *frame, size_t len, struct hello *hello);
unsigned int hello_can_of(const char *name);

#endif
