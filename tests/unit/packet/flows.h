/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random TCP connections, for the tests of header compression (vj): most of
 * their packets are as TCP sends them, and the rest changes whatever a header
 * has. The same seed gives the same packets.
 */
#ifndef SERIALTUN_FLOWS_H
#define SERIALTUN_FLOWS_H

#include "../testing.h"

#include <stdbool.h>

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define PSH 0x08
#define ACK 0x10
#define URG 0x20
#define ECE 0x40
#define CWR 0x80

/* More connections than slots. */
#define FLOWS 20

/* The port of the first one; those of the others follow. */
#define FLOWS_PORT 1000

/* The longest headers that flows_step() makes: 4 bytes of IP options, 12 of
 * TCP's. */
#define FLOWS_HEADER_MAX 56

/* A TCP segment. @options and @ip_options are numbers of bytes. */
struct segment {
	size_t data;
	uint32_t seq;
	uint32_t ack;
	uint16_t window;
	uint16_t urgent;
	uint16_t id;
	uint16_t fragment;
	uint16_t port;
	uint8_t flags;
	uint8_t tos;
	uint8_t ttl;
	uint8_t reserved; /* in the byte of the data offset */
	uint8_t ip_options;
	uint8_t ip_option;
	uint8_t options;
	uint8_t option;
	uint8_t fill;
};

static const struct segment first = {
	.seq = 1000,
	.ack = 5000,
	.window = 8192,
	.id = 77,
	.fragment = 0x4000,
	.port = 40000,
	.flags = ACK,
	.ttl = 64,
	.data = 10,
	.fill = 'a',
};

/**
 * struct flows - connections, and the last segment of each
 * @seed:     of the random numbers, not 0
 * @data_max: a segment has less data than this
 * @current:  the connection of the last segment
 * @repeats:  for each connection: the number of its segments until TCP repeats
 *            one; 0: there is nothing to repeat
 * @segments: the last segments
 */
struct flows {
	uint64_t seed;
	size_t data_max;
	size_t current;
	size_t repeats[FLOWS];
	struct segment segments[FLOWS];
};

static inline void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xFFFF);
}

/**
 * segment_make() - make the packet of a segment
 * @to:      where to make it
 * @segment: what it is to be
 *
 * Return: bytes of the packet
 */
static inline size_t segment_make(uint8_t *to, const struct segment *segment)
{
	const size_t ip_len = 20 + (size_t)segment->ip_options;
	const size_t all = ip_len + 20 + segment->options;
	const size_t len = all + segment->data;
	uint8_t *tcp = to + ip_len;

	memset(to, 0, all);
	to[0] = (uint8_t)(0x40 | ip_len / 4);
	to[1] = segment->tos;
	put16(to + 2, (unsigned int)len);
	put16(to + 4, segment->id);
	put16(to + 6, segment->fragment);
	to[8] = segment->ttl;
	to[9] = 6;
	put32(to + 12, 0x0A000001);
	put32(to + 16, 0x0A000002);
	memset(to + 20, segment->ip_option, segment->ip_options);
	testing_ipv4_seal(to, ip_len);
	put16(tcp, segment->port);
	put16(tcp + 2, 80);
	put32(tcp + 4, segment->seq);
	put32(tcp + 8, segment->ack);
	tcp[12] = (uint8_t)((20 + segment->options) << 2 | segment->reserved);
	tcp[13] = segment->flags;
	put16(tcp + 14, segment->window);
	put16(tcp + 18, segment->urgent);
	memset(tcp + 20, segment->option, segment->options);
	memset(to + all, segment->fill, segment->data);
	testing_tcp_seal(to, ip_len, len);
	return len;
}

/**
 * flows_chance() - the next random number
 * @flows: the connections
 * @below: the number is less than this, at least 1
 *
 * Return: the number
 */
static inline size_t flows_chance(struct flows *flows, size_t below)
{
	return testing_random(&flows->seed, below);
}

/**
 * flows_begin() - begin all connections
 * @flows:    the connections
 * @seed:     of the random numbers, not 0
 * @data_max: each segment has less data than this
 */
static inline void flows_begin(struct flows *flows, uint64_t seed,
			       size_t data_max)
{
	size_t i;

	memset(flows, 0, sizeof(*flows));
	flows->seed = seed;
	flows->data_max = data_max;
	for (i = 0; i < FLOWS; i++) {
		struct segment *segment = &flows->segments[i];

		*segment = first;
		segment->port = (uint16_t)(FLOWS_PORT + i);
		segment->seq = (uint32_t)flows_chance(flows, UINT32_MAX);
		segment->ack = (uint32_t)flows_chance(flows, UINT32_MAX);
		segment->options = flows_chance(flows, 3) ? 0 : 12;
		segment->ip_options = flows_chance(flows, 10) ? 0 : 4;
		segment->ip_option = 1;
	}
}

/* Change what changes seldom. */
static inline void flows_step_rarely(struct flows *flows,
				     struct segment *segment, size_t had_data)
{
	switch (flows_chance(flows, 12)) {
	case 0:
		/* TCP repeats something. */
		segment->seq -=
			(uint32_t)(had_data + flows_chance(flows, 5000));
		break;
	case 1:
		segment->option++;
		break;
	case 2:
		segment->flags = (uint8_t)(ACK | flows_chance(flows, 256));
		break;
	case 3:
		segment->ttl = (uint8_t)flows_chance(flows, 256);
		break;
	case 4:
		segment->flags = SYN;
		break;
	case 5:
		segment->urgent = (uint16_t)flows_chance(flows, 65536);
		break;
	case 6:
		segment->id = (uint16_t)flows_chance(flows, 65536);
		break;
	case 7:
		if (had_data)
			segment->seq += (uint32_t)flows_chance(flows, 80000);
		break;
	case 8:
		segment->ack += (uint32_t)flows_chance(flows, 80000);
		break;
	case 9:
		segment->tos ^= 3;
		break;
	case 10:
		segment->fragment =
			(uint16_t)(flows_chance(flows, 2)
					   ? 0x4000
					   : flows_chance(flows, 65536));
		break;
	default:
		segment->flags = URG | ACK;
		break;
	}
}

/**
 * flows_step() - send the next segment of any connection
 * @flows: the connections
 *
 * Return: the segment
 */
static inline const struct segment *flows_step(struct flows *flows)
{
	struct segment *segment;
	size_t had_data;

	if (!flows_chance(flows, 3))
		flows->current =
			flows_chance(flows, flows_chance(flows, 4) ? 3 : FLOWS);
	segment = &flows->segments[flows->current];
	had_data = segment->data;
	segment->seq += (uint32_t)segment->data;
	segment->id++;
	segment->flags = ACK;
	segment->fragment &= 0x4000;
	segment->data = flows_chance(flows, 2)
				? 0
				: flows_chance(flows, flows->data_max);
	segment->fill = (uint8_t)flows_chance(flows, 256);
	if (!flows_chance(flows, 3))
		segment->flags |= PSH;
	if (!flows_chance(flows, 3))
		segment->ack += (uint32_t)flows_chance(flows, 3000);
	if (!flows_chance(flows, 3))
		segment->window = (uint16_t)(segment->window +
					     flows_chance(flows, 2000) - 1000);
	if (!flows_chance(flows, 20))
		flows_step_rarely(flows, segment, had_data);
	if (flows->repeats[flows->current] && !--flows->repeats[flows->current])
		segment->seq -= (uint32_t)(had_data + 1);
	return segment;
}

/**
 * flows_is_other() - is a packet another one, where TCP's checksum covers it?
 * @a:    a packet
 * @b:    another packet of this length
 * @len:  their length
 * @from: a byte of the TCP header
 * @to:   a later one: the bytes from the one up to the other may differ
 *
 * Return: true if the packets differ elsewhere
 */
static inline bool flows_is_other(const uint8_t *a, const uint8_t *b,
				  size_t len, size_t from, size_t to)
{
	const size_t tcp = (size_t)(a[0] & 0x0F) * 4;
	size_t i;

	for (i = 0; i < len; i++) {
		if (i == 1 || (i >= 4 && i < 9) || i == 10 || i == 11 ||
		    (i >= 20 && i < tcp))
			continue;
		if ((i < tcp + from || i >= tcp + to) && a[i] != b[i])
			return true;
	}
	return false;
}

#endif
