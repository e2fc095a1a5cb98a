/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sending end of header compression (vj): compare each packet with the last
 * one of its connection, and write the differences.
 *
 * Pure.
 */
#include "packet/vj_compress.h"
#include "packet/header.h"

#include <string.h>

/* Mask, connection number, checksum, and five numbers of three bytes. */
#define COMPRESSED_MAX (4 + 5 * 3)

/**
 * vj_compress_reset() - forget all connections
 * @compressor: the state; the counters stay
 */
void vj_compress_reset(struct vj_compressor *compressor)
{
	const struct vj_counters counters = compressor->counters;

	memset(compressor, 0, sizeof(*compressor));
	compressor->current = VJ_SLOTS;
	compressor->counters = counters;
}

/*
 * Find the slot of a connection. Return: its number; that of the slot that was
 * not used for the longest time, emptied, if there is none.
 */
static uint8_t find_slot(struct vj_compressor *compressor,
			 const struct vj_header *header)
{
	uint8_t oldest = 0;
	uint8_t i;

	for (i = 0; i < VJ_SLOTS; i++) {
		if (vj_header_is_same(&compressor->slots[i], header))
			return i;
		if (compressor->used[i] < compressor->used[oldest])
			oldest = i;
	}
	compressor->slots[oldest].len = 0;
	return oldest;
}

/* Are all fields the same that a compressed header cannot change? */
static bool is_alike(const struct vj_header *last, const struct vj_header *now)
{
	const uint8_t *a = last->bytes;
	const uint8_t *b = now->bytes;
	const uint8_t *tcp_a = vj_header_tcp(last);
	const uint8_t *tcp_b = vj_header_tcp(now);

	return last->len == now->len && a[0] == b[0] &&
	       a[HEADER_IPV4_TOS] == b[HEADER_IPV4_TOS] &&
	       a[HEADER_IPV4_TTL] == b[HEADER_IPV4_TTL] &&
	       header_get16(a + HEADER_IPV4_FRAGMENT) ==
		       header_get16(b + HEADER_IPV4_FRAGMENT) &&
	       !memcmp(a + HEADER_IPV4_MIN, b + HEADER_IPV4_MIN,
		       (size_t)now->ip_len - HEADER_IPV4_MIN) &&
	       tcp_a[HEADER_TCP_OFFSET] == tcp_b[HEADER_TCP_OFFSET] &&
	       !((tcp_a[HEADER_TCP_FLAGS] ^ tcp_b[HEADER_TCP_FLAGS]) &
		 (uint8_t)~VJ_FLAGS_FREE) &&
	       !memcmp(tcp_a + HEADER_TCP_MIN, tcp_b + HEADER_TCP_MIN,
		       (size_t)now->len - now->ip_len - HEADER_TCP_MIN);
}

/* Write a number. Return: where the next one goes. */
static uint8_t *put_number(uint8_t *at, uint16_t number)
{
	if (number && number <= 0xFF) {
		*at = (uint8_t)number;
		return at + 1;
	}
	*at = 0;
	header_set16(at + 1, number);
	return at + 3;
}

/*
 * Find the shorter mask of the two special cases. Return: false if the packet
 * has to travel whole.
 */
static bool choose_special(const struct vj_header *last,
			   const struct vj_header *now, uint32_t ack,
			   uint32_t seq, uint8_t *mask)
{
	/* Some receivers leave URG as it was in a special case. */
	const bool was_urgent =
		vj_header_tcp(last)[HEADER_TCP_FLAGS] & HEADER_FLAG_URG;

	switch (*mask) {
	case 0:
		/*
		 * Data behind an acknowledgment. Else TCP repeats a packet,
		 * which may have been lost.
		 */
		return now->data_len && !last->data_len;
	case VJ_SPECIAL_I:
	case VJ_SPECIAL_D:
		return false;
	case VJ_CHANGE_S:
		if (seq == last->data_len && !was_urgent)
			*mask = VJ_SPECIAL_D;
		return true;
	case VJ_CHANGE_S | VJ_CHANGE_A:
		if (seq == last->data_len && ack == seq && !was_urgent)
			*mask = VJ_SPECIAL_I;
		return true;
	default:
		return true;
	}
}

/*
 * Compare a packet with the last one of its connection. Return: the differences
 * in @out, up to the returned end, and the mask; NULL if the packet has to
 * travel whole.
 */
static uint8_t *write_numbers(const struct vj_header *last,
			      const struct vj_header *now, uint8_t *out,
			      uint8_t *mask)
{
	const uint8_t *tcp = vj_header_tcp(now);
	const uint8_t *tcp_last = vj_header_tcp(last);
	const uint16_t urgent = header_get16(tcp + HEADER_TCP_URGENT);
	const uint16_t window =
		(uint16_t)(header_get16(tcp + HEADER_TCP_WINDOW) -
			   header_get16(tcp_last + HEADER_TCP_WINDOW));
	const uint32_t ack = header_get32(tcp + HEADER_TCP_ACK) -
			     header_get32(tcp_last + HEADER_TCP_ACK);
	const uint32_t seq = header_get32(tcp + HEADER_TCP_SEQ) -
			     header_get32(tcp_last + HEADER_TCP_SEQ);
	const uint16_t id =
		(uint16_t)(header_get16(now->bytes + HEADER_IPV4_ID) -
			   header_get16(last->bytes + HEADER_IPV4_ID));
	const bool is_urgent = tcp[HEADER_TCP_FLAGS] & HEADER_FLAG_URG;
	uint8_t *at = out;

	if (ack > UINT16_MAX || seq > UINT16_MAX ||
	    (!is_urgent &&
	     urgent != header_get16(tcp_last + HEADER_TCP_URGENT)))
		return NULL;
	*mask = (uint8_t)((is_urgent ? VJ_CHANGE_U : 0) |
			  (window ? VJ_CHANGE_W : 0) | (ack ? VJ_CHANGE_A : 0) |
			  (seq ? VJ_CHANGE_S : 0));
	if (is_urgent)
		at = put_number(at, urgent);
	if (window)
		at = put_number(at, window);
	if (ack)
		at = put_number(at, (uint16_t)ack);
	if (seq)
		at = put_number(at, (uint16_t)seq);
	if (!choose_special(last, now, ack, seq, mask))
		return NULL;
	if (*mask == VJ_SPECIAL_I || *mask == VJ_SPECIAL_D)
		at = out;
	if (id != 1) {
		*mask |= VJ_CHANGE_I;
		at = put_number(at, id);
	}
	if (tcp[HEADER_TCP_FLAGS] & HEADER_FLAG_PSH)
		*mask |= VJ_CHANGE_P;
	return at;
}

/* Write a compressed header in front of the data. Return: its first byte. */
static uint8_t *write_compressed(struct vj_compressor *compressor, uint8_t slot,
				 uint8_t mask, const uint8_t *sum,
				 const uint8_t *numbers, size_t numbers_len,
				 uint8_t *data)
{
	const bool is_other = slot != compressor->current;
	uint8_t head[COMPRESSED_MAX];
	size_t len = 0;

	head[len++] = (uint8_t)(VJ_TYPE_COMPRESSED | mask |
				(is_other ? VJ_CHANGE_C : 0));
	if (is_other)
		head[len++] = slot;
	head[len++] = sum[0];
	head[len++] = sum[1];
	memcpy(head + len, numbers, numbers_len);
	len += numbers_len;
	return memcpy(data - len, head, len);
}

/**
 * vj_compress_packet() - compress the header of a packet
 * @compressor: the state
 * @packet:     a valid IP packet; changed
 * @len:        its length; set to the length of the frame
 *
 * The connection then continues from this packet: the caller sends all frames,
 * in this order.
 *
 * Return: the contents of the frame, within @packet
 */
uint8_t *vj_compress_packet(struct vj_compressor *compressor, uint8_t *packet,
			    size_t *len)
{
	uint8_t numbers[COMPRESSED_MAX];
	const uint8_t *end = NULL;
	struct vj_header *last;
	struct vj_header now;
	uint8_t *frame;
	uint8_t mask;
	uint8_t slot;

	if (!vj_header_read(&now, packet, *len) ||
	    !vj_header_is_compressible(&now))
		return packet;
	slot = find_slot(compressor, &now);
	last = &compressor->slots[slot];
	if (last->len && is_alike(last, &now))
		end = write_numbers(last, &now, numbers, &mask);
	if (end) {
		frame = write_compressed(compressor, slot, mask,
					 vj_header_tcp(&now) + HEADER_TCP_SUM,
					 numbers, (size_t)(end - numbers),
					 packet + now.len);
		*len -= (size_t)(frame - packet);
		compressor->counters.compressed++;
	} else {
		frame = packet;
		frame[0] = (uint8_t)(VJ_TYPE_WHOLE | (packet[0] & 0x0F));
		frame[HEADER_IPV4_PROTOCOL] = slot;
		compressor->counters.whole++;
	}
	*last = now;
	compressor->used[slot] = ++compressor->uses;
	compressor->current = slot;
	return frame;
}
