/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Generic receive offload: join consecutive TCP segments into one super-packet.
 * The super-packet passes the kernel's stack once, and segmentation (gso) can
 * cut it into the identical packets again.
 *
 * Joining must be reversible byte for byte. All segments of a super-packet
 * belong to one stream, each starts where the one before ends, and all have the
 * length of the first; only the last may be shorter. All header fields that
 * segmentation does not rewrite are equal. (A checksum of FFFF becomes 0000,
 * its other zero: RFC 1071.) gro therefore does not join packets with IP
 * options, extension headers or fragments, with flags other than ACK and, on
 * the last segment, PSH, or with different acknowledgements, windows,
 * timestamps, hop counts or ECN bits. The kernel's rules (tcp_gro_receive(),
 * net/ipv4/tcp_offload.c) are a little wider: for example, the kernel also
 * joins packets with a constant IPv4 identification if "don't fragment" is set.
 *
 * The kernel computes the checksum of a super-packet, so it cannot detect
 * damage in the segments. SLIP has no checksum and lines are noisy, so gro
 * verifies each segment's checksum before joining. It passes on a segment with
 * a wrong checksum unchanged; the kernel drops and counts that segment.
 *
 * gro_flush() ends every turn and releases all held segments. The packets of a
 * stream keep their order. Packets of different streams may overtake each other
 * within one turn.
 *
 * Pure: the caller's callback writes the packets.
 */
#include "packet/gro.h"
#include "packet/checksum.h"
#include "packet/header.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* All bits but "don't fragment" (RFC 791, section 3.1). */
#define IPV4_FRAGMENT_BITS 0xBFFF

/**
 * struct segment - a packet with TCP right behind the IP header
 * @packet:     the packet
 * @len:        its length in bytes
 * @tcp_at:     offset of the TCP header
 * @payload_at: offset of the payload
 */
struct segment {
	const uint8_t *packet;
	size_t len;
	size_t tcp_at;
	size_t payload_at;
};

/**
 * struct stream - held segments of one stream
 * @tcp_at:      offset of the TCP header in each segment
 * @payload_at:  offset of the payload in each segment
 * @segment_len: bytes of payload in each segment
 * @packets:     number of segments
 * @len:         bytes of @packet; 0: no segment is held
 * @packet:      the headers of the first segment, and the payloads of all
 */
struct stream {
	size_t tcp_at;
	size_t payload_at;
	size_t segment_len;
	size_t packets;
	size_t len;
	uint8_t packet[PACKET_MAX];
};

struct gro {
	gro_write *write;
	void *to;
	size_t evict; /* the stream to release next when all are in use */
	struct stream streams[GRO_STREAMS];
};

/**
 * gro_new() - create an object that joins segments
 * @write: called with each packet, joined or not
 * @to:    passed to @write
 *
 * Return: the object, for gro_free(); NULL and errno if out of memory
 */
struct gro *gro_new(gro_write *write, void *to)
{
	struct gro *gro = calloc(1, sizeof(*gro));

	if (!gro)
		return NULL;
	gro->write = write;
	gro->to = to;
	return gro;
}

/**
 * gro_free() - free the object and the segments it holds
 * @gro: from gro_new(), or NULL
 */
void gro_free(struct gro *gro)
{
	free(gro);
}

/*
 * Return: the offset of TCP if it directly follows the fixed IP header; else 0.
 */
static size_t find_tcp(const uint8_t *packet, size_t len)
{
	if (len >= HEADER_IPV4_MIN && packet[0] == 0x45 &&
	    packet[HEADER_IPV4_PROTOCOL] == IPPROTO_TCP &&
	    !(header_get16(packet + HEADER_IPV4_FRAGMENT) &
	      IPV4_FRAGMENT_BITS) &&
	    header_get16(packet + HEADER_IPV4_LEN) == len)
		return HEADER_IPV4_MIN;
	if (len >= HEADER_IPV6_ALL && packet[0] >> 4 == 6 &&
	    packet[HEADER_IPV6_NEXT] == IPPROTO_TCP &&
	    HEADER_IPV6_ALL + (size_t)header_get16(packet + HEADER_IPV6_LEN) ==
		    len)
		return HEADER_IPV6_ALL;
	return 0;
}

static bool parse(struct segment *segment, const uint8_t *packet, size_t len)
{
	size_t at = find_tcp(packet, len);
	const struct gso gso = {.sum_from = (uint16_t)at};

	*segment = (struct segment){
		.packet = packet,
		.len = len,
		.tcp_at = at,
		.payload_at = at ? gso_header_len(&gso, packet, len) : 0,
	};
	return segment->payload_at;
}

/*
 * The sum of the pseudo-header (RFC 9293, section 3.1; RFC 8200, section 8.1).
 */
static uint16_t pseudo_sum(const uint8_t *packet, size_t len, size_t tcp_at)
{
	size_t from =
		tcp_at == HEADER_IPV4_MIN ? HEADER_IPV4_FROM : HEADER_IPV6_FROM;

	/* The addresses are at the end of both headers. */
	return checksum_fold(
		(uint32_t)checksum_sum(packet + from, tcp_at - from) +
		IPPROTO_TCP + (uint32_t)(len - tcp_at));
}

static bool sum_holds(const struct segment *segment)
{
	const uint8_t *packet = segment->packet;
	size_t at = segment->tcp_at;

	return checksum_fold((uint32_t)pseudo_sum(packet, segment->len, at) +
			     checksum_sum(packet + at, segment->len - at)) ==
	       0xFFFF;
}

static size_t payload_len(const struct segment *segment)
{
	return segment->len - segment->payload_at;
}

static uint8_t tcp_flags(const struct segment *segment)
{
	return segment->packet[segment->tcp_at + HEADER_TCP_FLAGS];
}

/* Can this segment be joined with any other? */
static bool is_plain_data(const struct segment *segment, bool is_summed)
{
	const uint8_t *tcp = segment->packet + segment->tcp_at;

	return payload_len(segment) && !(tcp[HEADER_TCP_OFFSET] & 0x0F) &&
	       (tcp_flags(segment) & ~HEADER_FLAG_PSH) == HEADER_FLAG_ACK &&
	       (is_summed || sum_holds(segment));
}

static bool equal(const struct stream *stream, const struct segment *segment,
		  size_t from, size_t to)
{
	return !memcmp(stream->packet + from, segment->packet + from,
		       to - from);
}

/* Compare addresses and ports, which are contiguous. */
static bool is_of_stream(const struct stream *stream,
			 const struct segment *segment)
{
	size_t at = segment->tcp_at;
	size_t from =
		at == HEADER_IPV4_MIN ? HEADER_IPV4_FROM : HEADER_IPV6_FROM;

	return stream->len && stream->tcp_at == at &&
	       equal(stream, segment, from, at + HEADER_TCP_SEQ);
}

/* Compare the fields of the IP header that segmentation does not rewrite. */
static bool ip_fits(const struct stream *stream, const struct segment *segment)
{
	uint16_t id;

	if (segment->tcp_at == HEADER_IPV6_ALL)
		return equal(stream, segment, 0, HEADER_IPV6_LEN) &&
		       equal(stream, segment, HEADER_IPV6_NEXT,
			     HEADER_IPV6_FROM);
	id = (uint16_t)(header_get16(stream->packet + HEADER_IPV4_ID) +
			stream->packets);
	return header_get16(segment->packet + HEADER_IPV4_ID) == id &&
	       equal(stream, segment, 0, HEADER_IPV4_LEN) &&
	       equal(stream, segment, HEADER_IPV4_FRAGMENT, HEADER_IPV4_SUM);
}

/*
 * Compare the fields of the TCP header that segmentation does not rewrite.
 * is_plain_data() has checked the flags.
 */
static bool tcp_fits(const struct stream *stream, const struct segment *segment)
{
	size_t at = stream->tcp_at;
	uint32_t seq = header_get32(stream->packet + at + HEADER_TCP_SEQ) +
		       (uint32_t)(stream->len - stream->payload_at);

	return stream->payload_at == segment->payload_at &&
	       header_get32(segment->packet + at + HEADER_TCP_SEQ) == seq &&
	       equal(stream, segment, at + HEADER_TCP_ACK,
		     at + HEADER_TCP_FLAGS) &&
	       equal(stream, segment, at + HEADER_TCP_WINDOW,
		     at + HEADER_TCP_SUM) &&
	       equal(stream, segment, at + HEADER_TCP_URGENT,
		     stream->payload_at);
}

static bool fits(const struct stream *stream, const struct segment *segment)
{
	return payload_len(segment) <= stream->segment_len &&
	       stream->len + payload_len(segment) <= PACKET_MAX &&
	       ip_fits(stream, segment) && tcp_fits(stream, segment);
}

/* Write one packet unchanged. */
static void write_one(struct gro *gro, const uint8_t *packet, size_t len)
{
	gro->write(gro->to, &(struct gro_packet){.data = packet,
						 .len = len,
						 .packets = 1,
						 .bytes = len});
}

/* Update the headers of a super-packet; the kernel completes the checksum. */
static void seal(struct stream *stream)
{
	uint8_t *packet = stream->packet;
	size_t at = stream->tcp_at;

	if (at == HEADER_IPV4_MIN) {
		header_set16(packet + HEADER_IPV4_LEN, (uint16_t)stream->len);
		header_set16(packet + HEADER_IPV4_SUM, 0);
		header_set16(packet + HEADER_IPV4_SUM,
			     (uint16_t)~checksum_sum(packet, at));
	} else {
		header_set16(packet + HEADER_IPV6_LEN,
			     (uint16_t)(stream->len - at));
	}
	header_set16(packet + at + HEADER_TCP_SUM,
		     pseudo_sum(packet, stream->len, at));
}

/* Write the held segments of a stream. */
static void release(struct gro *gro, struct stream *stream)
{
	size_t headers = (stream->packets - 1) * stream->payload_at;

	if (stream->packets == 1) {
		write_one(gro, stream->packet, stream->len);
	} else {
		seal(stream);
		gro->write(
			gro->to,
			&(struct gro_packet){
				.data = stream->packet,
				.len = stream->len,
				.gso = {.segment_len =
						(uint16_t)stream->segment_len,
					.needs_sum = true,
					.sum_from = (uint16_t)stream->tcp_at,
					.sum_at = (uint16_t)(stream->tcp_at +
							     HEADER_TCP_SUM)},
				.packets = stream->packets,
				.bytes = stream->len + headers,
			});
	}
	stream->len = 0;
}

/* Append a segment. A segment with PSH, or a shorter one, is the last. */
static void join(struct gro *gro, struct stream *stream,
		 const struct segment *segment)
{
	size_t len = payload_len(segment);

	memcpy(stream->packet + stream->len,
	       segment->packet + segment->payload_at, len);
	stream->len += len;
	stream->packets++;
	stream->packet[stream->tcp_at + HEADER_TCP_FLAGS] |= tcp_flags(segment);
	if (len < stream->segment_len || tcp_flags(segment) & HEADER_FLAG_PSH)
		release(gro, stream);
}

static struct stream *find_room(struct gro *gro)
{
	struct stream *stream;
	size_t i;

	for (i = 0; i < GRO_STREAMS; i++)
		if (!gro->streams[i].len)
			return &gro->streams[i];
	stream = &gro->streams[gro->evict];
	gro->evict = (gro->evict + 1) % GRO_STREAMS;
	release(gro, stream);
	return stream;
}

/* Hold a segment as the first of a super-packet. */
static void begin(struct gro *gro, const struct segment *segment)
{
	struct stream *stream = find_room(gro);

	stream->tcp_at = segment->tcp_at;
	stream->payload_at = segment->payload_at;
	stream->segment_len = payload_len(segment);
	stream->packets = 1;
	stream->len = segment->len;
	memcpy(stream->packet, segment->packet, segment->len);
}

static struct stream *find_stream(struct gro *gro,
				  const struct segment *segment)
{
	size_t i;

	for (i = 0; i < GRO_STREAMS; i++)
		if (is_of_stream(&gro->streams[i], segment))
			return &gro->streams[i];
	return NULL;
}

/**
 * gro_add() - take a packet, to be joined or passed on
 * @gro:    from gro_new()
 * @packet: bytes that should be an IP packet
 * @len:    their number, 1 to PACKET_MAX
 * @is_summed: packet_bad_sum() found no error in the packet
 *
 * A packet without TCP right behind the IP header may belong to any stream, so
 * gro writes all held segments before it.
 */
void gro_add(struct gro *gro, const uint8_t *packet, size_t len, bool is_summed)
{
	struct segment segment;
	struct stream *stream;
	bool plain;

	if (!parse(&segment, packet, len)) {
		gro_pass(gro, packet, len);
		return;
	}
	plain = is_plain_data(&segment, is_summed);
	stream = find_stream(gro, &segment);
	if (plain && stream && fits(stream, &segment)) {
		join(gro, stream, &segment);
		return;
	}
	if (stream)
		release(gro, stream);
	if (plain && !(tcp_flags(&segment) & HEADER_FLAG_PSH))
		begin(gro, &segment);
	else
		write_one(gro, packet, len);
}

/**
 * gro_flush() - write all held segments
 * @gro: from gro_new()
 */
void gro_flush(struct gro *gro)
{
	size_t i;

	for (i = 0; i < GRO_STREAMS; i++)
		if (gro->streams[i].len)
			release(gro, &gro->streams[i]);
}

/**
 * gro_pass() - write a packet unchanged, after all held segments
 * @gro:    from gro_new()
 * @packet: the packet
 * @len:    its length in bytes
 */
void gro_pass(struct gro *gro, const uint8_t *packet, size_t len)
{
	gro_flush(gro);
	write_one(gro, packet, len);
}
