/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_HELLO_H
#define SERIALTUN_HELLO_H

#include "pair/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The oldest version of the protocol that this end supports. */
#define HELLO_VERSION 1

/* The longest hello, and a '\0'. */
#define HELLO_TEXT_MAX (FIELD_TEXT_MAX + 1)

/**
 * enum hello_kind - the content of an end's frames
 * @HELLO_KIND_IP:       IP packets
 * @HELLO_KIND_ETHERNET: Ethernet frames
 * @HELLO_KIND_OTHER:    a content that this end does not know
 */
enum hello_kind {
	HELLO_KIND_IP,
	HELLO_KIND_ETHERNET,
	HELLO_KIND_OTHER,
};

/**
 * enum hello_flow - the flow control of an end's port
 * @HELLO_FLOW_NONE:    none
 * @HELLO_FLOW_RTSCTS:  RTS/CTS
 * @HELLO_FLOW_XONXOFF: XON/XOFF; frames escape these two bytes
 * @HELLO_FLOW_OTHER:   a flow control that this end does not know
 */
enum hello_flow {
	HELLO_FLOW_NONE,
	HELLO_FLOW_RTSCTS,
	HELLO_FLOW_XONXOFF,
	HELLO_FLOW_OTHER,
};

/**
 * enum hello_can - parts of the protocol; a session uses those that both ends
 * support
 * @HELLO_CAN_CHECK:     frames have a check; no session is possible without it
 * @HELLO_CAN_REPEAT:    the sender repeats lost frames
 * @HELLO_CAN_INTERRUPT: a short frame may interrupt a long one
 * @HELLO_CAN_ZSTD:      packets are compressed
 * @HELLO_CAN_SPEED:     both ends can change the speed of the line
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
 * struct hello - the content of a hello
 * @version: the oldest version of the protocol that the sender supports
 * @id:      the sender's id, which names its state; never 0
 * @to:      the id that the hello answers; 0: none
 * @kind:    content of the sender's frames
 * @flow:    flow control of the sender's port
 * @can:     bits of enum hello_can
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
bool hello_begins(const uint8_t *frame, size_t len);
bool hello_read(const uint8_t *frame, size_t len, struct hello *hello);
unsigned int hello_can_of(const char *name);

#endif
