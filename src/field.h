/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the fields of IP and TCP headers are, and how to read and write them:
 * in network order, at any address.
 */
#ifndef SERIALTUN_FIELD_H
#define SERIALTUN_FIELD_H

#include <stddef.h>
#include <stdint.h>

/*
 * Octets from the beginning of a header; MIN and ALL: to its end, without
 * options. RFC 791, section 3.1
 */
#define FIELD_IPV4_LEN	    2
#define FIELD_IPV4_ID	    4
#define FIELD_IPV4_FRAGMENT 6
#define FIELD_IPV4_PROTOCOL 9
#define FIELD_IPV4_SUM	    10
#define FIELD_IPV4_FROM	    12
#define FIELD_IPV4_MIN	    20

/* RFC 8200, section 3 */
#define FIELD_IPV6_LEN	4
#define FIELD_IPV6_NEXT 6
#define FIELD_IPV6_FROM 8
#define FIELD_IPV6_ALL	40

/* RFC 9293, section 3.1 */
#define FIELD_TCP_SEQ	 4
#define FIELD_TCP_ACK	 8
#define FIELD_TCP_OFFSET 12
#define FIELD_TCP_FLAGS	 13
#define FIELD_TCP_WINDOW 14
#define FIELD_TCP_SUM	 16
#define FIELD_TCP_URGENT 18
#define FIELD_TCP_MIN	 20

/* The flags of TCP; CWR: RFC 3168, section 6.1 */
#define FIELD_FLAG_FIN 0x01
#define FIELD_FLAG_PSH 0x08
#define FIELD_FLAG_ACK 0x10
#define FIELD_FLAG_CWR 0x80

/**
 * field_get16() - read a field of two octets
 * @at: its first octet
 *
 * Return: its value
 */
static inline uint16_t field_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/**
 * field_set16() - write a field of two octets
 * @at:    its first octet
 * @value: its value
 */
static inline void field_set16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/**
 * field_get32() - read a field of four octets
 * @at: its first octet
 *
 * Return: its value
 */
static inline uint32_t field_get32(const uint8_t *at)
{
	return (uint32_t)field_get16(at) << 16 | field_get16(at + 2);
}

/**
 * field_set32() - write a field of four octets
 * @at:    its first octet
 * @value: its value
 */
static inline void field_set32(uint8_t *at, uint32_t value)
{
	field_set16(at, (uint16_t)(value >> 16));
	field_set16(at + 2, (uint16_t)value);
}

#endif
