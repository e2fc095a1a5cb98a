/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"
#include "clock.h"

#include <math.h>
#include <string.h>

/**
 * sim_random() - Draw a random number (splitmix64, Vigna, 2015)
 * @state: the seed, updated
 *
 * Return: 64 bits
 */
uint64_t sim_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

/**
 * sim_between() - Draw a random number within bounds
 * @state: the seed, updated
 * @from:  the lowest number
 * @to:    the highest number
 *
 * Return: the number
 */
uint64_t sim_between(uint64_t *state, uint64_t from, uint64_t to)
{
	return from + sim_random(state) % (to - from + 1);
}

static double sim_unit(uint64_t *state)
{
	return (double)(sim_random(state) >> 11) * 0x1p-53;
}

/**
 * sim_chance() - Draw whether something happens
 * @state:       the seed, updated
 * @probability: its probability
 *
 * Return: true if it happens
 */
bool sim_chance(uint64_t *state, double probability)
{
	return sim_unit(state) < probability;
}

/* Draw the number of bytes before the next one that suffers. */
static uint64_t draw_clean(struct wire *line)
{
	if (line->damage <= 0)
		return UINT64_MAX;
	return (uint64_t)(log(1 - sim_unit(line->random)) /
			  log1p(-line->damage));
}

/**
 * wire_open() - Start with an empty line
 * @line:    the line
 * @random:  state of the random numbers
 * @byte_ns: time that a byte takes
 * @damage:  probability that a byte suffers
 */
void wire_open(struct wire *line, uint64_t *random, uint64_t byte_ns,
	       double damage)
{
	line->random = random;
	line->byte_ns = byte_ns;
	line->damage = damage;
	line->hurt = 0;
	line->is_cut = false;
	line->is_held = false;
	line->is_wrong = false;
	line->garbage = 2;
	line->speeds[0] = (uint32_t)(10 * NS_PER_S / byte_ns);
	line->speeds[1] = line->speeds[0];
	line->clean_baud = UINT32_MAX;
	line->usual = damage;
	line->fast = damage;
	line->burst = 0;
	line->len = 0;
	line->at = 0;
	line->port_len = 0;
	line->clean = draw_clean(line);
}

/* Lose a byte, damage it or insert another one in front of it. */
static size_t damage_byte(struct wire *line, uint8_t byte, uint8_t *out)
{
	const uint64_t what = sim_random(line->random);

	switch (what % 10) {
	case 0:
	case 1:
		return 0;
	case 2:
		out[0] = (uint8_t)(what >> 8);
		out[1] = byte;
		return 2;
	default:
		out[0] = byte ^ (uint8_t)(1 << (what >> 8 & 7));
		return 1;
	}
}

/* Make the garbage that a receiver with another speed reads. */
static size_t mistake(struct wire *line, size_t len, uint8_t *out)
{
	static const uint8_t usual[] = {0x00, 0xFF, 0x80, 0xF8,
					0xFE, 0xC0, 0xE0, 0xDB};
	size_t made = 0;
	uint64_t what;

	while (len--) {
		what = sim_random(line->random);
		if (!line->garbage || (line->garbage == 1 && what & 0x3000))
			continue;
		if (what & 0x300)
			out[made++] =
				what & 0x400 ? usual[what & 7] : (uint8_t)what;
	}
	return made;
}

/* Let some bytes arrive. Return: their number, at least one, at most @len. */
static size_t arrive(struct wire *line, size_t len)
{
	const bool is_wrong =
		line->is_wrong || line->speeds[0] != line->speeds[1];
	uint8_t *out = line->port + line->port_len;

	/* The driver drops what a slow receiver has no room for. */
	if (line->is_cut || line->port_len >= WIRE_PORT_MAX)
		return len;
	if (!line->clean || is_wrong)
		len = 1;
	if (len > line->clean && !is_wrong)
		len = (size_t)line->clean + !line->clean;
	if (len > WIRE_PORT_MAX - line->port_len)
		len = WIRE_PORT_MAX - line->port_len;
	if (is_wrong) {
		line->port_len += mistake(line, len, out);
	} else if (line->clean) {
		memcpy(out, line->moving + line->at, len);
		line->port_len += len;
		line->clean -= len;
	} else {
		line->port_len +=
			damage_byte(line, line->moving[line->at], out);
		line->hurt++;
		line->clean = draw_clean(line);
	}
	return len;
}

static void advance(struct wire *line, uint64_t now_ns)
{
	size_t due = 0;
	size_t len;

	if (line->is_held && line->next_ns <= now_ns)
		line->next_ns = now_ns + line->byte_ns;
	if (line->len && line->next_ns <= now_ns)
		due = (size_t)((now_ns - line->next_ns) / line->byte_ns) + 1;
	if (due > line->len)
		due = line->len;
	line->next_ns += due * line->byte_ns;
	line->len -= due;
	while (due) {
		len = arrive(line, due);
		line->at += len;
		due -= len;
	}
}

/* Damage bytes as the burst does, or else as the speed does. */
static void set_damage(struct wire *line)
{
	const uint32_t baud = line->speeds[0];

	line->damage = baud > line->clean_baud ? line->fast : line->usual;
	if (line->burst > 0)
		line->damage = line->burst;
	line->clean = draw_clean(line);
}

/**
 * wire_set_burst() - Begin a burst of noise, or end it
 * @line:   the line
 * @damage: probability that a byte suffers; 0: the burst ends
 * @now_ns: the current time
 */
void wire_set_burst(struct wire *line, double damage, uint64_t now_ns)
{
	advance(line, now_ns);
	line->burst = damage;
	set_damage(line);
}

/**
 * wire_hold() - Hold the sender, or let it go
 * @line:    the line
 * @is_held: flow control holds it
 * @now_ns:  the current time
 */
void wire_hold(struct wire *line, bool is_held, uint64_t now_ns)
{
	advance(line, now_ns);
	line->is_held = is_held;
}

/**
 * wire_write() - Write bytes to the line
 * @line:   the line
 * @bytes:  the bytes
 * @len:    number of bytes; the line drops those that it has no room for
 * @now_ns: the current time
 */
void wire_write(struct wire *line, const uint8_t *bytes, size_t len,
		uint64_t now_ns)
{
	advance(line, now_ns);
	if (!line->len) {
		line->at = 0;
		line->next_ns = now_ns + line->byte_ns;
	} else if (line->at + line->len + len > WIRE_MOVING_MAX) {
		memmove(line->moving, line->moving + line->at, line->len);
		line->at = 0;
	}
	if (len > WIRE_MOVING_MAX - line->at - line->len)
		len = WIRE_MOVING_MAX - line->at - line->len;
	memcpy(line->moving + line->at + line->len, bytes, len);
	line->len += len;
}

/**
 * wire_next_ns() - Get the time at which the next byte arrives
 * @line: the line
 *
 * Return: the time, 0 if bytes have arrived already; UINT64_MAX: the line is
 * empty
 */
uint64_t wire_next_ns(const struct wire *line)
{
	if (line->port_len)
		return 0;
	if (line->is_held)
		return UINT64_MAX;
	return line->len ? line->next_ns : UINT64_MAX;
}

/**
 * wire_dry_ns() - Get the time at which the last byte arrives
 * @line:   the line
 * @now_ns: the current time
 *
 * Return: the time
 */
uint64_t wire_dry_ns(const struct wire *line, uint64_t now_ns)
{
	if (line->len && line->is_held)
		return now_ns + line->len * line->byte_ns;
	if (!line->len)
		return line->next_ns < now_ns ? line->next_ns : now_ns;
	return line->next_ns + (line->len - 1) * line->byte_ns;
}

/**
 * wire_read() - Read the bytes that have arrived
 * @line:   the line
 * @out:    buffer for the bytes
 * @now_ns: the current time
 *
 * Return: number of bytes in @out
 */
size_t wire_read(struct wire *line, uint8_t out[WIRE_PORT_MAX], uint64_t now_ns)
{
	size_t len;

	advance(line, now_ns);
	len = line->port_len < WIRE_PORT_MAX ? line->port_len : WIRE_PORT_MAX;
	memcpy(out, line->port, len);
	line->port_len = 0;
	return len;
}

/**
 * wire_put() - Let noise arrive that nobody sent
 * @line:  the line
 * @bytes: the noise
 * @len:   number of bytes
 */
void wire_put(struct wire *line, const uint8_t *bytes, size_t len)
{
	if (len > WIRE_PORT_MAX - line->port_len)
		len = WIRE_PORT_MAX - line->port_len;
	memcpy(line->port + line->port_len, bytes, len);
	line->port_len += len;
}

/**
 * wire_set_speed() - Change the speed of an end
 * @line:   the line
 * @at:     0: the sender, whose bytes on the wire are lost; 1: the receiver,
 *          whose unread bytes are lost
 * @baud:   the speed
 * @now_ns: the current time
 */
void wire_set_speed(struct wire *line, unsigned int at, uint32_t baud,
		    uint64_t now_ns)
{
	advance(line, now_ns);
	line->speeds[at] = baud;
	if (at) {
		line->port_len = 0;
		return;
	}
	line->len = 0;
	line->byte_ns = 10 * NS_PER_S / baud;
	set_damage(line);
}

/**
 * wire_flush() - Drop the bytes that have arrived
 * @line:   the line
 * @now_ns: the current time
 */
void wire_flush(struct wire *line, uint64_t now_ns)
{
	advance(line, now_ns);
	line->port_len = 0;
}
