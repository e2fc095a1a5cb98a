/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Van Jacobson's compression of TCP/IPv4 headers, RFC 1144. With SLIP it is
 * called CSLIP. The 40 bytes of the headers become 3 to 16, because both ends
 * remember the last packet of each connection. The first byte of a frame shows
 * its type (section 3.2.2):
 *
 *   4x  an IP packet as it is: everything but TCP, and the packets that open
 *       or close a connection
 *   7x  "uncompressed TCP": the whole packet, but a connection number instead
 *       of the protocol. Both ends store its headers in the slot of that
 *       number. The header checksum is the one of the original packet.
 *   8x  and above, "compressed TCP": only the differences to the last packet
 *
 * A compressed header is, in this order (bits of the first byte in brackets):
 *
 *   change mask                                        1 byte
 *   connection number, if it is not the last one [C]   1 byte
 *   TCP checksum, of the original packet               2 bytes
 *   urgent pointer [U], then the differences of
 *   window [W], acknowledgment [A], sequence number [S]
 *   and, unless it is 1, IP identification [I]         1 or 3 bytes each
 *
 * PSH is the bit [P]. 1 to 255 take one byte; 0 and larger numbers take a zero
 * byte and two more. Two combinations of bits that make no sense stand for the
 * most frequent packets: the sequence number (SPECIAL_D), or the sequence
 * number and the acknowledgment (SPECIAL_I), advance by the data of the last
 * packet. A packet that really changes these fields travels whole.
 *
 * Pure.
 */
#include "packet/vj.h"
#include "packet/header.h"

#include <netinet/in.h>

/*
 * Whole packets without an answer after which the peer may no longer compress.
 * A TCP that gets no acknowledgment sends whole packets only.
 */
#define VJ_UNHEARD_MAX 4

/**
 * vj_reset() - start with a new line
 * @vj:   the state of both directions; the counters stay
 * @mode: when to compress
 */
void vj_reset(struct vj *vj, enum vj_mode mode)
{
	vj->mode = mode;
	vj->is_heard = false;
	vj->peer_does = false;
	vj->unheard = 0;
	vj_compress_reset(&vj->compressor);
	vj_expand_reset(&vj->expander);
}

/**
 * vj_sends() - are headers to be compressed?
 * @vj: the state
 *
 * Return: true if the user said so, or if the peer does it
 */
bool vj_sends(const struct vj *vj)
{
	return vj->mode == VJ_ON || vj->peer_does;
}

/**
 * vj_compress() - compress the header of a packet
 * @vj:     the state
 * @packet: a valid IP packet; changed
 * @len:    its length; set to the length of the frame
 *
 * The connection then continues from this packet: the caller sends all frames,
 * in this order.
 *
 * If the program at the other end was replaced by one that does not compress,
 * the packets of a connection that this host opens get no answer. So without
 * answers, VJ_AUTO stops, until the peer compresses again. A peer that does
 * understands the packets in any case.
 *
 * Return: the contents of the frame, within @packet
 */
uint8_t *vj_compress(struct vj *vj, uint8_t *packet, size_t *len)
{
	const uint64_t whole = vj->compressor.counters.whole;
	uint8_t *frame = vj_compress_packet(&vj->compressor, packet, len);

	if (vj->compressor.counters.whole != whole &&
	    ++vj->unheard == VJ_UNHEARD_MAX)
		vj->peer_does = false;
	return frame;
}

/**
 * vj_expand() - take a frame with a compressed header
 * @vj:         the state
 * @frame:      the contents of a frame that is no IP packet
 * @len:        their length
 * @packet:     room for PACKET_MAX bytes, used as scratch
 * @packet_len: if there is a packet, its length
 *
 * Until the peer is known to compress, only "uncompressed TCP" with right
 * checksums counts: its first byte is a letter, and one frame of noise must not
 * change what this end sends.
 *
 * Return: the result
 */
enum vj_result vj_expand(struct vj *vj, const uint8_t *frame, size_t len,
			 uint8_t *packet, size_t *packet_len)
{
	enum vj_result result = VJ_NONE;

	if (!len)
		return VJ_NONE;
	if ((frame[0] & VJ_TYPE_MASK) == VJ_TYPE_WHOLE)
		result = vj_expand_whole(&vj->expander, vj->is_heard, frame,
					 len, packet, packet_len);
	else if (frame[0] & VJ_TYPE_COMPRESSED && vj->is_heard)
		result = vj_expand_compressed(&vj->expander, frame, len, packet,
					      packet_len);
	if (result == VJ_PACKET) {
		vj->is_heard = true;
		vj->peer_does = true;
		vj->unheard = 0;
	}
	return result;
}

/**
 * vj_toss() - note a damaged frame of any kind
 * @vj: the state
 *
 * The frame may have changed the connection to which the next ones belong.
 */
void vj_toss(struct vj *vj)
{
	vj->expander.is_tossed = true;
}

/**
 * vj_see_plain() - note an IP packet from the peer that came as it is
 * @vj:     the state
 * @packet: a valid packet
 * @len:    its length
 *
 * A peer that compresses leaves no such TCP packet as it is. If one comes, the
 * program at the other end is another one than before, and would not
 * understand compressed headers.
 */
void vj_see_plain(struct vj *vj, const uint8_t *packet, size_t len)
{
	struct vj_header header;

	if (packet[0] >> 4 != 4 || packet[HEADER_IPV4_PROTOCOL] != IPPROTO_TCP)
		return;
	if (!vj_header_read(&header, packet, len)) {
		vj_expand_see_plain(&vj->expander, NULL);
		return;
	}
	if (vj_header_is_compressible(&header))
		vj->peer_does = false;
	vj_expand_see_plain(&vj->expander, &header);
}
