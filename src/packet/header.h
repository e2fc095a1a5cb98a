/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Offsets of IP and TCP header fields, and functions that read and write fields
 * in network byte order at any alignment.
 */
#ifndef SERIALTUN_HEADER_H
#define SERIALTUN_HEADER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Offsets from the beginning of a header. MIN and ALL are the header's length
 * without options. RFC 791, section 3.1
 */
#define HEADER_IPV4_TOS	     1
#define HEADER_IPV4_LEN	     2
#define HEADER_IPV4_ID	     4
#define HEADER_IPV4_FRAGMENT 6
#define HEADER_IPV4_TTL	     8
#define HEADER_IPV4_PROTOCOL 9
#define HEADER_IPV4_SUM	     10
#define HEADER_IPV4_FROM     12
#define HEADER_IPV4_MIN	     20

/* RFC 8200, section 3 */
#define HEADER_IPV6_LEN	 4
#define HEADER_IPV6_NEXT 6
#define HEADER_IPV6_FROM 8
#define HEADER_IPV6_ALL	 40

/* RFC 9293, section 3.1 */
#define HEADER_TCP_SEQ	  4
#define HEADER_TCP_ACK	  8
#define HEADER_TCP_OFFSET 12
#define HEADER_TCP_FLAGS  13
#define HEADER_TCP_WINDOW 14
#define HEADER_TCP_SUM	  16
#define HEADER_TCP_URGENT 18
#define HEADER_TCP_MIN	  20

/* RFC 768; RFC 792 and RFC 4443, section 2.1 */
#define HEADER_UDP_SUM	6
#define HEADER_UDP_LEN	8
#define HEADER_ICMP_MIN 4

/* TCP flags; CWR: RFC 3168, section 6.1 */
#define HEADER_FLAG_FIN 0x01
#define HEADER_FLAG_SYN 0x02
#define HEADER_FLAG_RST 0x04
#define HEADER_FLAG_PSH 0x08
#define HEADER_FLAG_ACK 0x10
#define HEADER_FLAG_URG 0x20
#define HEADER_FLAG_CWR 0x80

/**
 * header_get16() - read a two-byte field
 * @at: its first byte
 *
 * Return: its value
 */
static inline uint16_t header_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/**
 * header_set16() - write a two-byte field
 * @at:    its first byte
 * @value: its value
 */
static inline void header_set16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/**
 * header_get32() - read a four-byte field
 * @at: its first byte
 *
 * Return: its value
 */
static inline uint32_t header_get32(const uint8_t *at)
{
	return (uint32_t)header_get16(at) << 16 | header_get16(at + 2);
}

/**
 * header_set32() - write a four-byte field
 * @at:    its first byte
 * @value: its value
 */
static inline void header_set32(uint8_t *at, uint32_t value)
{
	header_set16(at, (uint16_t)(value >> 16));
	header_set16(at + 2, (uint16_t)value);
}

#endif
