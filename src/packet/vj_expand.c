/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receiving end of header compression (vj).
 *
 * The receiving end knows of a lost frame only by the TCP checksum, so this
 * code checks the checksum of each packet and drops it if it is wrong. A
 * packet that TCP repeats has a sequence number that does not advance; it
 * travels whole, and repairs the connection.
 *
 * A wrong checksum does not tell whether the header of the frame was damaged.
 * The damage is most often in the data, and then the next frame continues from
 * this one. So a slot keeps the headers of the last packet and those of the
 * last good one, and the next frame may continue from either. If it fits
 * neither, the connection number may be a wrong one, too: the expander drops
 * all frames without a connection number, as after any damaged frame (section
 * 4.1), until a frame has one.
 *
 * A damaged change mask may add a number to another field, which leaves the
 * checksum right. A wrong sequence number would put data in a wrong place. So
 * the sequence number has to advance if and only if the last packet had data,
 * and at least by that data, unless the last packet was a whole one (TCP
 * repeated something, or probed) or closed the connection. TCP breaks this rule
 * only when it repeats the last packet and also acknowledges more; the expander
 * drops such a packet, and when TCP repeats it again, it travels whole. An
 * exchange of window and acknowledgment remains possible.
 *
 * The checksum does not cover the IP identification, TTL and type of service.
 *
 * Pure.
 */
#include "packet/vj_expand.h"
#include "packet/checksum.h"
#include "packet/header.h"
#include "packet/packet.h"

#include <netinet/in.h>
#include <string.h>

/* A compressed header, read. */
struct change {
	uint8_t mask;
	uint16_t sum;
	uint16_t urgent;
	uint16_t window;
	uint16_t ack;
	uint16_t seq;
	uint16_t id;
};

/**
 * vj_expand_reset() - forget all connections
 * @expander: the state; the counters stay
 */
void vj_expand_reset(struct vj_expander *expander)
{
	const struct vj_counters counters = expander->counters;

	memset(expander, 0, sizeof(*expander));
	expander->current = VJ_SLOTS;
	expander->is_tossed = true;
	expander->counters = counters;
}

/* Is the TCP checksum right? The packet's headers are known to be whole. */
static bool is_sum_right(const uint8_t *packet, size_t len)
{
	const size_t at = (size_t)(packet[0] & 0x0F) * 4;
	const uint32_t sum = IPPROTO_TCP + (uint32_t)(len - at) +
			     checksum_sum(packet + HEADER_IPV4_FROM, 8) +
			     checksum_sum(packet + at, len - at);

	return checksum_fold(sum) == 0xFFFF;
}

/* Set the checksum of the IP header. */
static void sum_header(struct vj_header *header)
{
	uint8_t *sum = header->bytes + HEADER_IPV4_SUM;

	header_set16(sum, 0);
	header_set16(sum,
		     (uint16_t)~checksum_sum(header->bytes, header->ip_len));
}

/* Read a number. Return: what follows it; NULL if the frame ends before. */
static const uint8_t *take_number(const uint8_t *at, const uint8_t *end,
				  uint16_t *number)
{
	if (!at || at == end)
		return NULL;
	*number = *at++;
	if (*number)
		return at;
	if (end - at < 2)
		return NULL;
	*number = header_get16(at);
	return at + 2;
}

/*
 * Read a compressed header behind the connection number. Return: the data;
 * NULL if the frame ends before.
 */
static const uint8_t *read_change(struct change *change, uint8_t mask,
				  const uint8_t *at, const uint8_t *end)
{
	const uint8_t numbers = mask & VJ_CHANGE_NUMBERS;

	*change = (struct change){.mask = mask, .id = 1};
	if (end - at < 2)
		return NULL;
	change->sum = header_get16(at);
	at += 2;
	if (numbers != VJ_SPECIAL_I && numbers != VJ_SPECIAL_D) {
		if (mask & VJ_CHANGE_U)
			at = take_number(at, end, &change->urgent);
		if (mask & VJ_CHANGE_W)
			at = take_number(at, end, &change->window);
		if (mask & VJ_CHANGE_A)
			at = take_number(at, end, &change->ack);
		if (mask & VJ_CHANGE_S)
			at = take_number(at, end, &change->seq);
	}
	if (mask & VJ_CHANGE_I)
		at = take_number(at, end, &change->id);
	return at;
}

/* Derive the headers of a packet from those of an earlier one. */
static void derive(struct vj_header *header, const struct vj_header *last,
		   const struct change *change, size_t data_len)
{
	const uint8_t numbers = change->mask & VJ_CHANGE_NUMBERS;
	const bool is_special =
		numbers == VJ_SPECIAL_I || numbers == VJ_SPECIAL_D;
	uint16_t ack = change->ack;
	uint16_t seq = change->seq;
	uint8_t *ip;
	uint8_t *tcp;

	*header = *last;
	ip = header->bytes;
	tcp = header->bytes + header->ip_len;
	if (is_special) {
		seq = last->data_len;
		ack = numbers == VJ_SPECIAL_I ? last->data_len : 0;
	}
	tcp[HEADER_TCP_FLAGS] &= (uint8_t)~VJ_FLAGS_FREE;
	if (change->mask & VJ_CHANGE_P)
		tcp[HEADER_TCP_FLAGS] |= HEADER_FLAG_PSH;
	if (change->mask & VJ_CHANGE_U && !is_special) {
		tcp[HEADER_TCP_FLAGS] |= HEADER_FLAG_URG;
		header_set16(tcp + HEADER_TCP_URGENT, change->urgent);
	}
	header_set16(tcp + HEADER_TCP_WINDOW,
		     (uint16_t)(header_get16(tcp + HEADER_TCP_WINDOW) +
				change->window));
	header_set32(tcp + HEADER_TCP_ACK,
		     header_get32(tcp + HEADER_TCP_ACK) + ack);
	header_set32(tcp + HEADER_TCP_SEQ,
		     header_get32(tcp + HEADER_TCP_SEQ) + seq);
	header_set16(tcp + HEADER_TCP_SUM, change->sum);
	header_set16(ip + HEADER_IPV4_ID,
		     (uint16_t)(header_get16(ip + HEADER_IPV4_ID) +
				change->id));
	header_set16(ip + HEADER_IPV4_LEN, (uint16_t)(header->len + data_len));
	header->data_len = (uint16_t)data_len;
	sum_header(header);
}

/* Does the sequence number advance as the last packet lets expect? */
static bool is_in_order(const struct vj_slot *slot,
			const struct vj_header *last,
			const struct vj_header *now)
{
	const uint32_t seq = header_get32(vj_header_tcp(now) + HEADER_TCP_SEQ) -
			     header_get32(vj_header_tcp(last) + HEADER_TCP_SEQ);

	if (!slot->is_bound)
		return true;
	return last->data_len ? seq >= last->data_len : !seq;
}

/*
 * Make a packet from a frame and an earlier packet. Return: true if its
 * checksum is right, and its sequence number likely; @header has its headers in
 * any case.
 */
static bool rebuild(struct vj_header *header, const struct vj_slot *slot,
		    const struct vj_header *last, const struct change *change,
		    const uint8_t *data, size_t data_len, uint8_t *packet)
{
	derive(header, last, change, data_len);
	memcpy(packet, header->bytes, header->len);
	memcpy(packet + header->len, data, data_len);
	return is_sum_right(packet, header->len + data_len) &&
	       is_in_order(slot, last, header);
}

/* A frame that cannot be right: until the next number no slot is certain. */
static enum vj_result refuse(struct vj_expander *expander)
{
	expander->is_tossed = true;
	return VJ_BAD;
}

static void accept_header(struct vj_slot *slot, const struct vj_header *header)
{
	slot->last = *header;
	slot->good = *header;
	slot->is_astray = false;
}

/* Expand a frame of this slot. */
static enum vj_result expand_slot(struct vj_expander *expander,
				  struct vj_slot *slot,
				  const struct change *change,
				  const uint8_t *data, size_t data_len,
				  uint8_t *packet, size_t *packet_len)
{
	struct vj_header now;

	if (slot->last.len + data_len > PACKET_MAX)
		return refuse(expander);
	if (rebuild(&now, slot, &slot->last, change, data, data_len, packet) ||
	    (slot->is_astray && rebuild(&now, slot, &slot->good, change, data,
					data_len, packet))) {
		accept_header(slot, &now);
		slot->is_bound = true;
		*packet_len = now.len + data_len;
		expander->counters.compressed++;
		return VJ_PACKET;
	}
	if (!slot->is_astray && is_in_order(slot, &slot->last, &now)) {
		slot->last = now;
		slot->is_astray = true;
		return VJ_BAD;
	}
	expander->is_tossed = true;
	if (slot->is_astray)
		return VJ_TOSSED;
	slot->is_astray = true;
	return VJ_BAD;
}

/**
 * vj_expand_compressed() - expand "compressed TCP"
 * @expander:   the state
 * @frame:      the contents of the frame, at least one byte
 * @len:        their length
 * @packet:     room for PACKET_MAX bytes, used as scratch
 * @packet_len: if there is a packet, its length
 *
 * Return: the result, not VJ_NONE
 */
enum vj_result vj_expand_compressed(struct vj_expander *expander,
				    const uint8_t *frame, size_t len,
				    uint8_t *packet, size_t *packet_len)
{
	const uint8_t mask = frame[0] & (uint8_t)~VJ_TYPE_COMPRESSED;
	const uint8_t *end = frame + len;
	const uint8_t *at = frame + 1;
	struct change change;

	if (mask & VJ_CHANGE_C) {
		if (at == end || *at >= VJ_SLOTS ||
		    !expander->slots[*at].last.len)
			return refuse(expander);
		expander->current = *at++;
		expander->is_tossed = false;
	} else if (expander->is_tossed) {
		return VJ_TOSSED;
	}
	at = read_change(&change, mask, at, end);
	if (!at)
		return refuse(expander);
	return expand_slot(expander, &expander->slots[expander->current],
			   &change, at, (size_t)(end - at), packet, packet_len);
}

/*
 * Restore a packet of the type "uncompressed TCP". Return: true if its headers
 * are right, not counting TCP's checksum.
 */
static bool restore_whole(struct vj_header *header, const uint8_t *frame,
			  size_t len, uint8_t *packet)
{
	if (len < HEADER_IPV4_MIN || len > PACKET_MAX ||
	    frame[HEADER_IPV4_PROTOCOL] >= VJ_SLOTS)
		return false;
	memcpy(packet, frame, len);
	packet[0] = (uint8_t)(VJ_TYPE_IP | (frame[0] & 0x0F));
	packet[HEADER_IPV4_PROTOCOL] = IPPROTO_TCP;
	return packet_check(packet, len) == PACKET_IPV4 &&
	       vj_header_read(header, packet, len);
}

/**
 * vj_expand_whole() - take "uncompressed TCP", which sets a slot
 * @expander:   the state
 * @is_heard:   the peer compresses; else only a packet whose checksums are
 *              right changes the state
 * @frame:      the contents of the frame
 * @len:        their length
 * @packet:     room for PACKET_MAX bytes, used as scratch
 * @packet_len: if there is a packet, its length
 *
 * Return: the result
 */
enum vj_result vj_expand_whole(struct vj_expander *expander, bool is_heard,
			       const uint8_t *frame, size_t len,
			       uint8_t *packet, size_t *packet_len)
{
	struct vj_header header;
	struct vj_slot *slot;
	bool is_right;

	if (!restore_whole(&header, frame, len, packet))
		return is_heard ? refuse(expander) : VJ_NONE;
	is_right = is_sum_right(packet, len);
	if (!is_right && !is_heard)
		return VJ_NONE;
	expander->current = frame[HEADER_IPV4_PROTOCOL];
	expander->is_tossed = false;
	slot = &expander->slots[expander->current];
	accept_header(slot, &header);
	slot->is_astray = !is_right;
	slot->is_bound = false;
	if (!is_right)
		return VJ_BAD;
	*packet_len = len;
	expander->counters.whole++;
	return VJ_PACKET;
}

/**
 * vj_expand_see_plain() - note a TCP packet that came as it is
 * @expander: the state
 * @header:   its headers; NULL: unknown, because it is a fragment
 *
 * It may have had data, or closed a connection: FIN has a sequence number of
 * its own.
 */
void vj_expand_see_plain(struct vj_expander *expander,
			 const struct vj_header *header)
{
	size_t i;

	for (i = 0; i < VJ_SLOTS; i++)
		if (!header ||
		    vj_header_is_same(&expander->slots[i].last, header))
			expander->slots[i].is_bound = false;
}
