/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of vj: the frames that RFC 1144 describes, byte by byte; that every
 * packet arrives as it was; and that no damage does.
 */
#include "flows.h"
#include "packet/vj.h"

#define PACKET_LEN_MAX 65535

static struct vj here;
static struct vj there;
static uint8_t packet[PACKET_LEN_MAX];
static uint8_t changed[PACKET_LEN_MAX];
static uint8_t expanded[PACKET_LEN_MAX];

/* Compress a segment. Return: the frame, on the heap, to be freed. */
static uint8_t *compress(const struct segment *segment, size_t *len)
{
	const uint8_t *frame;

	*len = segment_make(packet, segment);
	memcpy(changed, packet, *len);
	frame = vj_compress(&here, changed, len);
	return testing_copy(frame, *len);
}

static enum vj_result expand(const uint8_t *frame, size_t len,
			     size_t *expanded_len)
{
	uint8_t *copy = testing_copy(frame, len);
	enum vj_result result =
		vj_expand(&there, copy, len, expanded, expanded_len);

	free(copy);
	return result;
}

/*
 * Send a segment. It has to arrive as it was. Return: the first byte of its
 * frame, without the bit for a connection number.
 */
static uint8_t send_segment(const struct segment *segment, size_t *frame_len)
{
	size_t len;
	size_t out;
	uint8_t *frame = compress(segment, &len);
	const uint8_t type = frame[0];

	*frame_len = len;
	if (type >> 4 == 4) {
		out = segment_make(packet, segment);
		assert_int_equal(len, out);
		assert_memory_equal(frame, packet, len);
		assert_int_equal(expand(frame, len, &out), VJ_NONE);
		vj_see_plain(&there, frame, len);
	} else {
		assert_int_equal(expand(frame, len, &out), VJ_PACKET);
		assert_int_equal(out, segment_make(packet, segment));
		assert_memory_equal(expanded, packet, out);
	}
	free(frame);
	return type & 0x80 ? type & 0xBF : type;
}

/* Send a segment whose frame has this first byte and this header. */
static void check_frame(const struct segment *segment, const char *header,
			size_t header_len)
{
	size_t len;
	size_t out;
	uint8_t *frame = compress(segment, &len);
	const uint8_t *tcp = packet + 20 + segment->ip_options;

	assert_int_equal(len, header_len + 2 + segment->data);
	assert_int_equal(frame[0], (uint8_t)header[0]);
	assert_memory_equal(frame + 1, tcp + 16, 2);
	assert_memory_equal(frame + 3, header + 1, header_len - 1);
	assert_int_equal(expand(frame, len, &out), VJ_PACKET);
	assert_int_equal(out, segment_make(packet, segment));
	assert_memory_equal(expanded, packet, out);
	free(frame);
}

#define CHECK_FRAME(segment, header) \
	check_frame(segment, header, sizeof(header) - 1)

/* Forget all connections, and the counters. */
static void reset(void)
{
	memset(&here, 0, sizeof(here));
	memset(&there, 0, sizeof(there));
	vj_reset(&here, VJ_ON);
	vj_reset(&there, VJ_AUTO);
}

/* Both ends know the first segment. */
static struct segment begin(void)
{
	size_t len;

	reset();
	assert_int_equal(send_segment(&first, &len), 0x75);
	return first;
}

/* The same with an acknowledgment behind it. */
static struct segment begin_ack(void)
{
	struct segment segment = begin();
	size_t len;

	segment.seq += 10;
	segment.id++;
	segment.data = 0;
	assert_int_equal(send_segment(&segment, &len), 0x8F);
	return segment;
}

/* Advance a segment by its data. */
static struct segment next_of(const struct segment *segment)
{
	struct segment next = *segment;

	next.seq += (uint32_t)segment->data;
	next.id++;
	return next;
}

static void test_vj_whole(void **state)
{
	size_t len;
	uint8_t *frame;

	(void)state;
	reset();
	frame = compress(&first, &len);
	assert_int_equal(len, 50);
	assert_int_equal(frame[0], 0x75);
	assert_int_equal(frame[9], 0);
	/* All else, with the header checksum, is as it was. */
	assert_memory_equal(frame + 1, packet + 1, 8);
	assert_memory_equal(frame + 10, packet + 10, 40);
	free(frame);
}

/* RFC 1144, section 3.2.2: the special case "unidirectional data". */
static void test_vj_unidirectional(void **state)
{
	struct segment segment = begin();

	(void)state;
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
	segment = next_of(&segment);
	segment.flags |= PSH;
	CHECK_FRAME(&segment, "\x9F");
	/* The length of this one counts for the next. */
	segment = next_of(&segment);
	segment.flags = ACK;
	segment.data = 300;
	CHECK_FRAME(&segment, "\x8F");
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
}

/* The special case "echoed interactive traffic". */
static void test_vj_echoed(void **state)
{
	struct segment segment = begin();

	(void)state;
	segment = next_of(&segment);
	segment.ack += 10;
	CHECK_FRAME(&segment, "\x8B");
	segment = next_of(&segment);
	segment.ack += 10;
	segment.flags |= PSH;
	CHECK_FRAME(&segment, "\x9B");
	/* Another number: no special case. */
	segment = next_of(&segment);
	segment.flags = ACK;
	segment.ack += 9;
	CHECK_FRAME(&segment, "\x8C\x09\x0A");
}

/* Real changes that look like the special cases travel whole. */
static void test_vj_like_special(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	segment = next_of(&segment);
	segment.flags |= URG;
	segment.urgent = 3;
	segment.window++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment = next_of(&segment);
	segment.ack++;
	segment.window++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
}

static void test_vj_fields(void **state)
{
	struct segment segment = begin_ack();

	(void)state;
	segment.ack += 200;
	segment.id++;
	CHECK_FRAME(&segment, "\x84\xC8");
	segment.window -= 100;
	segment.data = 12;
	segment.id++;
	CHECK_FRAME(&segment, "\x82\x00\xFF\x9C");
	segment.window += 100;
	segment.ack += 1;
	segment.seq += 12;
	segment.id += 3;
	CHECK_FRAME(&segment, "\xAE\x64\x01\x0C\x03");
}

/* 1 to 255 take a byte, 0 and 256 to 65535 three. */
static void test_vj_numbers(void **state)
{
	struct segment segment = begin_ack();
	size_t len;

	(void)state;
	segment.ack += 255;
	segment.id++;
	CHECK_FRAME(&segment, "\x84\xFF");
	segment.ack += 256;
	segment.id++;
	CHECK_FRAME(&segment, "\x84\x00\x01\x00");
	segment.ack += 65535;
	segment.id++;
	CHECK_FRAME(&segment, "\x84\x00\xFF\xFF");
	segment.ack += 65536;
	segment.data = 1;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment.seq += 65535;
	segment.id++;
	CHECK_FRAME(&segment, "\x88\x00\xFF\xFF");
	segment.seq += 65536;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	/* Backwards: TCP repeats a segment. */
	segment.seq -= 1;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment.ack -= 1;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
}

/* All numbers are modulo 2^16 or 2^32. */
static void test_vj_wrap(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	segment.id = 65535;
	segment.seq = UINT32_MAX - 4;
	segment.ack = UINT32_MAX;
	segment.window = 65535;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment = next_of(&segment);
	assert_int_equal(segment.id, 0);
	segment.data = 0;
	CHECK_FRAME(&segment, "\x8F");
	segment.ack += 2;
	segment.window += 2;
	segment.id++;
	CHECK_FRAME(&segment, "\x86\x02\x02");
	/* The same identification again, and the one before. */
	segment.ack += 1;
	CHECK_FRAME(&segment, "\xA4\x01\x00\x00\x00");
	segment.ack += 1;
	segment.id--;
	CHECK_FRAME(&segment, "\xA4\x01\x00\xFF\xFF");
}

static void test_vj_urgent(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	segment = next_of(&segment);
	segment.flags |= URG;
	segment.urgent = 5;
	CHECK_FRAME(&segment, "\x89\x05\x0A");
	/* The pointer itself, not a difference; 0 takes three bytes. */
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x89\x05\x0A");
	segment = next_of(&segment);
	segment.urgent = 0;
	CHECK_FRAME(&segment, "\x89\x00\x00\x00\x0A");
	/* Behind URG no special case, which might leave URG set. */
	segment = next_of(&segment);
	segment.flags = ACK;
	CHECK_FRAME(&segment, "\x88\x0A");
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
	/* The pointer changes without URG. */
	segment = next_of(&segment);
	segment.urgent = 9;
	assert_int_equal(send_segment(&segment, &len), 0x75);
}

/* A peer that leaves URG off in a special case, behind a packet with URG. */
static void test_vj_urgent_ends_in_special(void **state)
{
	struct segment segment = begin();
	uint8_t frame[3 + 10] = {0x8F};
	size_t len;

	(void)state;
	segment = next_of(&segment);
	segment.flags |= URG;
	CHECK_FRAME(&segment, "\x89\x00\x00\x00\x0A");
	segment = next_of(&segment);
	segment.flags = ACK;
	segment_make(packet, &segment);
	memcpy(frame + 1, packet + 36, 2);
	memcpy(frame + 3, packet + 40, 10);
	assert_int_equal(expand(frame, sizeof(frame), &len), VJ_PACKET);
	assert_memory_equal(expanded, packet, 50);
}

/* Packets that open or close a connection travel as they are. */
static void test_vj_opens_and_closes(void **state)
{
	static const uint8_t flags[] = {SYN,	   SYN | ACK,
					FIN | ACK, RST | ACK,
					RST,	   0,
					PSH,	   FIN | SYN | ACK};
	struct segment segment = begin();
	struct segment other;
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(flags); i++) {
		other = segment;
		other.flags = flags[i];
		other.seq += 7;
		assert_int_equal(send_segment(&other, &len), 0x45);
	}
	/* They leave the connection alone. */
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
}

/* Of a fragment nothing is compressed: the checksum is not in it. */
static void test_vj_fragments(void **state)
{
	static const uint16_t fragments[] = {0x2000, 0x0001, 0x3FFF, 0x6000};
	struct segment segment = begin();
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(fragments); i++) {
		segment.fragment = fragments[i];
		assert_int_equal(send_segment(&segment, &len), 0x45);
	}
	/* "Don't fragment" goes off, and on again. */
	segment = next_of(&first);
	segment.fragment = 0;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
	segment = next_of(&segment);
	segment.fragment = 0x4000;
	assert_int_equal(send_segment(&segment, &len), 0x75);
}

/* Fields that have no place in a compressed header: the packet travels whole */
static void test_vj_other_fields(void **state)
{
	struct segment segment = begin();
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		segment = next_of(&segment);
		switch (i) {
		case 0:
			segment.ttl--;
			break;
		case 1:
			segment.tos = 3; /* congestion experienced */
			break;
		case 2:
			segment.flags |= ECE;
			break;
		case 3:
			segment.flags = ACK | CWR;
			break;
		case 4:
			segment.reserved = 1;
			break;
		default:
			segment.reserved = 0;
			segment.fragment |= 0x8000;
			break;
		}
		assert_int_equal(send_segment(&segment, &len), 0x75);
		segment = next_of(&segment);
		CHECK_FRAME(&segment, "\x8F");
	}
}

static void test_vj_tcp_options(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	segment = next_of(&segment);
	segment.options = 12;
	segment.option = 1;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
	/* As timestamps do. */
	segment = next_of(&segment);
	segment.option = 2;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment = next_of(&segment);
	segment.options = 40;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
	segment = next_of(&segment);
	segment.options = 0;
	assert_int_equal(send_segment(&segment, &len), 0x75);
}

static void test_vj_ip_options(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	segment = next_of(&segment);
	segment.ip_options = 40;
	segment.ip_option = 1;
	segment.options = 40;
	segment.option = 1;
	assert_int_equal(send_segment(&segment, &len), 0x7F);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
	segment = next_of(&segment);
	segment.ip_option = 0;
	assert_int_equal(send_segment(&segment, &len), 0x7F);
	segment = next_of(&segment);
	segment.ip_options = 0;
	assert_int_equal(send_segment(&segment, &len), 0x75);
}

/* Nothing has changed: data behind an acknowledgment, or a repeated packet. */
static void test_vj_nothing_changed(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	segment = next_of(&segment);
	segment.data = 0;
	CHECK_FRAME(&segment, "\x8F");
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment.id++;
	segment.data = 1;
	CHECK_FRAME(&segment, "\x80");
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment.id++;
	segment.data = 0;
	assert_int_equal(send_segment(&segment, &len), 0x75);
}

/* A connection number only where it differs from the one before. */
static void test_vj_connections(void **state)
{
	struct segment segment = begin();
	struct segment other = first;
	uint8_t *frame;
	size_t len;
	size_t out;

	(void)state;
	other.port++;
	assert_int_equal(send_segment(&other, &len), 0x75);
	other = next_of(&other);
	CHECK_FRAME(&other, "\x8F");
	segment = next_of(&segment);
	frame = compress(&segment, &len);
	assert_int_equal(len, 4 + 10);
	assert_int_equal(frame[0], 0xCF);
	assert_int_equal(frame[1], 0);
	assert_int_equal(expand(frame, len, &out), VJ_PACKET);
	free(frame);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
}

/* The 17th connection takes the slot that was not used for the longest time. */
static void test_vj_slots(void **state)
{
	struct segment segments[17];
	size_t len;
	size_t i;

	(void)state;
	reset();
	for (i = 0; i < 17; i++) {
		segments[i] = first;
		segments[i].port = (uint16_t)(2000 + i);
	}
	for (i = 0; i < 16; i++) {
		assert_int_equal(send_segment(&segments[i], &len), 0x75);
		assert_int_equal(changed[9], i);
	}
	segments[0] = next_of(&segments[0]);
	assert_int_equal(send_segment(&segments[0], &len), 0x8F);
	assert_int_equal(send_segment(&segments[16], &len), 0x75);
	assert_int_equal(changed[9], 1);
	for (i = 0; i < 17; i++) {
		segments[i] = next_of(&segments[i]);
		if (i != 1)
			assert_int_equal(send_segment(&segments[i], &len),
					 0x8F);
	}
	assert_int_equal(send_segment(&segments[1], &len), 0x75);
}

/* What no header of TCP over IPv4 is, passes as it is. */
static void test_vj_other_packets(void **state)
{
	static const struct testing_tcp ipv6 = {.ipv6 = 1,
						.flags = ACK,
						.payload = 5};
	struct vj_counters *counters = &here.compressor.counters;
	uint64_t before;
	size_t len = testing_tcp_make(packet, &ipv6);
	size_t now = len;

	(void)state;
	begin();
	before = counters->whole + counters->compressed;
	len = testing_tcp_make(packet, &ipv6);
	assert_ptr_equal(vj_compress(&here, packet, &now), packet);
	assert_int_equal(now, len);
	assert_int_equal(packet[0], 0x60);
	testing_ipv4(packet, 60, 7);
	now = 60;
	assert_ptr_equal(vj_compress(&here, packet, &now), packet);
	assert_int_equal(packet[0], 0x45);
	/* TCP in name only: the header is cut, or its length leads outside. */
	for (len = 20; len < 40; len++) {
		testing_ipv4(packet, len, 0x50);
		packet[9] = 6;
		testing_ipv4_seal(packet, 20);
		now = len;
		assert_ptr_equal(vj_compress(&here, packet, &now), packet);
		assert_int_equal(now, len);
	}
	segment_make(packet, &first);
	packet[32] = 0x40;
	now = 50;
	assert_ptr_equal(vj_compress(&here, packet, &now), packet);
	assert_int_equal(packet[9], 6);
	packet[32] = 0xF0;
	assert_ptr_equal(vj_compress(&here, packet, &now), packet);
	assert_int_equal(packet[9], 6);
	assert_int_equal(counters->whole + counters->compressed, before);
}

/* The longest packet, and one byte more on the line. */
static void test_vj_longest(void **state)
{
	struct segment segment = begin();
	static uint8_t frame[PACKET_LEN_MAX];
	uint8_t *copy;
	size_t len;
	size_t out;

	(void)state;
	segment = next_of(&segment);
	segment.data = 65535 - 40;
	CHECK_FRAME(&segment, "\x8F");
	segment = next_of(&segment);
	copy = compress(&segment, &len);
	memcpy(frame, copy, len);
	free(copy);
	assert_int_equal(expand(frame, len + 1, &out), VJ_BAD);
}

/* The peer is heard by the first whole packet whose checksums are right. */
static void test_vj_adaptive(void **state)
{
	struct segment segment = first;
	uint8_t *frame;
	uint8_t *second;
	size_t second_len;
	size_t len;
	size_t out;
	size_t i;

	(void)state;
	reset();
	assert_true(vj_sends(&here));
	assert_false(vj_sends(&there));
	frame = compress(&segment, &len);
	segment = next_of(&segment);
	second = compress(&segment, &second_len);
	assert_int_equal(expand(second, second_len, &out), VJ_NONE);
	/* Any byte of it wrong, but the length of a slot's number. */
	for (i = 0; i < len; i++) {
		frame[i] ^= i == 9 ? 0x10 : 0x08;
		assert_int_equal(expand(frame, len, &out), VJ_NONE);
		assert_int_equal(expand(frame, i, &out), VJ_NONE);
		frame[i] ^= i == 9 ? 0x10 : 0x08;
		assert_false(vj_sends(&there));
	}
	assert_int_equal(expand(frame, len, &out), VJ_PACKET);
	assert_true(vj_sends(&there));
	assert_int_equal(expand(second, second_len, &out), VJ_PACKET);
	free(frame);
	free(second);
	vj_reset(&there, VJ_AUTO);
	assert_false(vj_sends(&there));
	assert_int_equal(there.expander.counters.compressed, 1);
	assert_int_equal(there.expander.counters.whole, 1);
}

/* A packet that came as it is moved the sequence number on. */
static void test_vj_plain_between(void **state)
{
	struct segment segment = begin_ack();
	size_t len;

	(void)state;
	segment.id++;
	segment.data = 10;
	len = segment_make(packet, &segment);
	vj_see_plain(&there, packet, len);
	assert_false(vj_sends(&there));
	segment = next_of(&segment);
	send_segment(&segment, &len);
	assert_true(vj_sends(&there));
}

/* A peer that no longer compresses is another program. */
static void test_vj_peer_stops(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	assert_true(vj_sends(&there));
	segment.flags = SYN | ACK;
	len = segment_make(packet, &segment);
	vj_see_plain(&there, packet, len);
	testing_ipv4(packet, 60, 7);
	vj_see_plain(&there, packet, 60);
	assert_true(vj_sends(&there));
	segment.flags = ACK;
	len = segment_make(packet, &segment);
	vj_see_plain(&there, packet, len);
	assert_false(vj_sends(&there));
	vj_see_plain(&here, packet, len);
	assert_true(vj_sends(&here));
	/* It was damage, or it compresses again. */
	segment = next_of(&first);
	CHECK_FRAME(&segment, "\x8F");
	assert_true(vj_sends(&there));
}

/* So is one that does not answer when TCP repeats a packet. */
static void test_vj_unanswered(void **state)
{
	struct segment segment = begin();
	uint8_t *frame;
	size_t len;
	size_t out;
	int i;

	(void)state;
	frame = compress(&segment, &len);
	vj_reset(&here, VJ_AUTO);
	assert_int_equal(vj_expand(&here, frame, len, expanded, &out),
			 VJ_PACKET);
	free(frame);
	for (i = 0; i < 4; i++) {
		assert_true(vj_sends(&here));
		free(compress(&segment, &len));
	}
	assert_false(vj_sends(&here));
	/* The peer compresses again: this end does, and begins to count. */
	frame = compress(&segment, &len);
	assert_int_equal(vj_expand(&here, frame, len, expanded, &out),
			 VJ_PACKET);
	free(frame);
	for (i = 0; i < 3; i++)
		free(compress(&segment, &len));
	assert_true(vj_sends(&here));
}

/* After a line error, frames wait for a connection number. */
static void test_vj_toss(void **state)
{
	struct segment segment = begin();
	struct segment other = first;
	uint8_t *frame;
	size_t len;
	size_t out;
	int i;

	(void)state;
	other.port++;
	assert_int_equal(send_segment(&other, &len), 0x75);
	for (i = 0; i < 2; i++) {
		vj_toss(&there);
		other = next_of(&other);
		frame = compress(&other, &len);
		assert_int_equal(frame[0] & 0x40, 0);
		assert_int_equal(expand(frame, len, &out), VJ_TOSSED);
		free(frame);
	}
	segment = next_of(&segment);
	assert_int_equal(send_segment(&segment, &len), 0x8F);
	/* The other one has lost two packets, until TCP repeats one. */
	other = next_of(&other);
	frame = compress(&other, &len);
	assert_int_equal(expand(frame, len, &out), VJ_BAD);
	free(frame);
	other.seq -= 30;
	other.id++;
	assert_int_equal(send_segment(&other, &len), 0x75);
	other = next_of(&other);
	CHECK_FRAME(&other, "\x8F");
}

/* A lost frame: the checksums of the next ones are wrong. */
static void test_vj_lost(void **state)
{
	struct segment segment = begin();
	uint8_t *frame;
	size_t len;
	size_t out;
	int i;

	(void)state;
	segment = next_of(&segment);
	free(compress(&segment, &len));
	for (i = 0; i < 4; i++) {
		segment = next_of(&segment);
		frame = compress(&segment, &len);
		assert_int_equal(expand(frame, len, &out),
				 i ? VJ_TOSSED : VJ_BAD);
		free(frame);
	}
	segment.seq = first.seq + 10;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
}

/* Damaged data: the next frame continues from this one. */
static void test_vj_damaged_data(void **state)
{
	struct segment segment = begin();
	uint8_t *frame;
	size_t len;
	size_t out;

	(void)state;
	segment = next_of(&segment);
	frame = compress(&segment, &len);
	frame[len - 1] ^= 1;
	assert_int_equal(expand(frame, len, &out), VJ_BAD);
	free(frame);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
	/* The same in a whole packet. */
	segment.ttl--;
	frame = compress(&segment, &len);
	frame[len - 1] ^= 1;
	assert_int_equal(expand(frame, len, &out), VJ_BAD);
	free(frame);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
}

/* A frame of noise for this slot: the next one continues from the one before */
static void test_vj_stray(void **state)
{
	struct segment segment = begin();
	size_t len;

	(void)state;
	assert_int_equal(expand((const uint8_t *)"\x8C\x12\x34\x05\x0Ax", 6,
				&len),
			 VJ_BAD);
	segment = next_of(&segment);
	CHECK_FRAME(&segment, "\x8F");
}

/*
 * Number or mask, damaged so that the checksum stays right: the difference of
 * the acknowledgment in the sequence number would put data in a wrong place.
 */
static void test_vj_exchanged(void **state)
{
	struct segment segment = begin_ack();
	uint8_t *frame;
	size_t len;
	size_t out;

	(void)state;
	segment.ack += 7;
	segment.id++;
	frame = compress(&segment, &len);
	assert_int_equal(frame[0], 0x84);
	frame[0] = 0x88;
	assert_int_equal(expand(frame, len, &out), VJ_BAD);
	free(frame);
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	/* The other way, and the data that follow. */
	segment.data = 20;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x80);
	segment = next_of(&segment);
	segment.window++;
	frame = compress(&segment, &len);
	assert_int_equal(frame[0], 0x8A);
	frame[0] = 0x86;
	assert_int_equal(expand(frame, len, &out), VJ_BAD);
	free(frame);
	segment = next_of(&segment);
	frame = compress(&segment, &len);
	assert_int_equal(expand(frame, len, &out), VJ_TOSSED);
	free(frame);
}

/* FIN travels as it is, and has a sequence number of its own. */
static void test_vj_half_closed(void **state)
{
	struct segment segment = begin_ack();
	size_t len;

	(void)state;
	segment.flags = FIN | ACK;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x45);
	segment.flags = ACK;
	segment.seq++;
	segment.ack += 30;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0xAC);
	segment.ack += 30;
	segment.id++;
	CHECK_FRAME(&segment, "\x84\x1E");
}

/* Behind a keepalive, the sequence number advances without data. */
static void test_vj_keepalive(void **state)
{
	struct segment segment = begin_ack();
	size_t len;

	(void)state;
	segment.seq--;
	segment.id++;
	assert_int_equal(send_segment(&segment, &len), 0x75);
	segment.seq++;
	segment.id++;
	CHECK_FRAME(&segment, "\x88\x01");
}

/* Frames that cannot be right, each of which tosses the next. */
static void test_vj_malformed(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} frames[] = {
		{"\x80", 1},
		{"\x8F\x00", 2},
		{"\xC0", 1},
		{"\xC0\x10\x00\x00", 4},
		{"\xC0\x01\x00\x00", 4}, /* a slot that is not set */
		{"\xC0\x00\x00", 3},
		{"\x81\x00\x00", 3},
		{"\x81\x00\x00\x00\x01", 5},
		{"\x82\x00\x00", 3},
		{"\x84\x00\x00\x00", 4},
		{"\x88\x00\x00", 3},
		{"\xA0\x00\x00", 3},
		{"\xAF\x00\x00\x00\x01", 5},
		{"\x70", 1},
		{"\x75zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 42},
	};
	struct segment segment;
	uint8_t *frame;
	size_t len;
	size_t out;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(frames); i++) {
		segment = begin();
		assert_int_equal(expand((const uint8_t *)frames[i].bytes,
					frames[i].len, &out),
				 VJ_BAD);
		segment = next_of(&segment);
		frame = compress(&segment, &len);
		assert_int_equal(expand(frame, len, &out), VJ_TOSSED);
		free(frame);
	}
	assert_int_equal(expand((const uint8_t *)"", 0, &out), VJ_NONE);
	assert_int_equal(expand((const uint8_t *)"\x45", 1, &out), VJ_NONE);
	assert_int_equal(expand((const uint8_t *)"\x60", 1, &out), VJ_NONE);
}

/* Packets that were sent last; some frames come late, or twice. */
#define SENT_MAX 64

#define DATA_MAX 600

static struct flows flows;

static struct {
	uint8_t bytes[120 + DATA_MAX];
	size_t len;
} sent[SENT_MAX];

static size_t count_of(const char *name, size_t normal)
{
	const char *given = getenv(name);

	return given ? strtoul(given, NULL, 10) : normal;
}

#define PACKETS (testing_is_valgrind() ? 5000 : count_of("VJ_PACKETS", 100000))

static void test_vj_every_packet_arrives(void **state)
{
	size_t count = PACKETS;
	size_t len;

	(void)state;
	reset();
	flows_begin(&flows, 1, DATA_MAX);
	while (count--)
		send_segment(flows_step(&flows), &len);
	/* Both kinds of frames, and not only by chance. */
	assert_true(here.compressor.counters.compressed * 10 > PACKETS * 7);
	assert_true(here.compressor.counters.whole * 100 > PACKETS);
	assert_memory_equal(&here.compressor.counters, &there.expander.counters,
			    sizeof(struct vj_counters));
}

/* What the IP header says. */
static size_t packet_len(const uint8_t *ip)
{
	return (size_t)(ip[2] << 8 | ip[3]);
}

/*
 * Was the packet sent? Its acknowledgment and window, and the offset and the
 * flags between them, may be others.
 */
static bool was_sent(size_t len, bool but_ack_and_window)
{
	size_t i;

	for (i = 0; i < SENT_MAX; i++)
		if (sent[i].len == len &&
		    !flows_is_other(sent[i].bytes, expanded, len, 8,
				    but_ack_and_window ? 16 : 8))
			return true;
	return false;
}

/* Damage a frame. Return: its new length. */
static size_t damage(uint8_t *frame, size_t len, size_t cap)
{
	size_t at;
	size_t i;

	if (!len)
		return 0;
	at = flows_chance(&flows, len);

	switch (flows_chance(&flows, 6)) {
	case 0: /* a bit */
		frame[at] ^= (uint8_t)(1 << flows_chance(&flows, 8));
		break;
	case 1: /* a byte of the header */
		frame[at < 8 ? at : flows_chance(&flows, len < 8 ? len : 8)] =
			(uint8_t)flows_chance(&flows, 256);
		break;
	case 2: /* a lost byte */
		memmove(frame + at, frame + at + 1, len - at - 1);
		len--;
		break;
	case 3: /* an inserted byte */
		if (len < cap) {
			memmove(frame + at + 1, frame + at, len - at);
			frame[at] = (uint8_t)flows_chance(&flows, 256);
			len++;
		}
		break;
	case 4: /* the end is missing */
		len = at;
		break;
	default: /* a burst */
		for (i = at; i < len && i < at + 9; i++)
			frame[i] = (uint8_t)flows_chance(&flows, 256);
		break;
	}
	return len;
}

/* Frames are lost, damaged, repeated, and run into each other. */
static void check_damage(uint64_t with, size_t per_thousand)
{
	static uint8_t frame[2 * (120 + DATA_MAX)];
	size_t delivered = 0;
	size_t wrong = 0;
	size_t exchanged = 0;
	size_t rest = 0; /* of a frame whose END was lost */
	size_t count = PACKETS;
	enum vj_result result;
	uint8_t *fresh;
	size_t len;
	size_t out;
	size_t i;

	reset();
	flows_begin(&flows, with, DATA_MAX);
	memset(sent, 0, sizeof(sent));
	for (i = 0; i < count; i++) {
		fresh = compress(flows_step(&flows), &len);
		sent[i % SENT_MAX].len = packet_len(packet);
		memcpy(sent[i % SENT_MAX].bytes, packet,
		       sent[i % SENT_MAX].len);
		memcpy(frame + rest, fresh, len);
		free(fresh);
		len += rest;
		rest = 0;
		if (flows_chance(&flows, 1000) < per_thousand) {
			if (!flows_chance(&flows, 4))
				continue; /* lost */
			if (!flows_chance(&flows, 4) &&
			    len <= sizeof(frame) / 2) {
				rest = len;
				continue;
			}
			len = damage(frame, len, sizeof(frame));
			if (!flows_chance(&flows, 8))
				vj_toss(&there);
		}
		result = expand(frame, len, &out);
		if (result == VJ_NONE && frame[0] >> 4 == 4)
			vj_see_plain(&there, packet, packet_len(packet));
		if (result == VJ_PACKET) {
			delivered++;
			wrong += !was_sent(out, true);
			exchanged += !was_sent(out, false);
		}
		if (!flows_chance(&flows, 3000) &&
		    expand(frame, len, &out) == VJ_PACKET)
			wrong += !was_sent(out, true);
	}
	print_message("# %zu of %zu delivered, %zu with window and "
		      "acknowledgment exchanged\n",
		      delivered, count, exchanged);
	assert_int_equal(wrong, 0);
	assert_true(exchanged * 1000 < count);
	assert_true(delivered > count / 100);
}

static void test_vj_some_damage(void **state)
{
	(void)state;
	check_damage(11, 5);
}

static void test_vj_much_damage(void **state)
{
	(void)state;
	check_damage(12, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vj_whole),
		cmocka_unit_test(test_vj_unidirectional),
		cmocka_unit_test(test_vj_echoed),
		cmocka_unit_test(test_vj_like_special),
		cmocka_unit_test(test_vj_fields),
		cmocka_unit_test(test_vj_numbers),
		cmocka_unit_test(test_vj_wrap),
		cmocka_unit_test(test_vj_urgent),
		cmocka_unit_test(test_vj_urgent_ends_in_special),
		cmocka_unit_test(test_vj_opens_and_closes),
		cmocka_unit_test(test_vj_fragments),
		cmocka_unit_test(test_vj_other_fields),
		cmocka_unit_test(test_vj_tcp_options),
		cmocka_unit_test(test_vj_ip_options),
		cmocka_unit_test(test_vj_nothing_changed),
		cmocka_unit_test(test_vj_connections),
		cmocka_unit_test(test_vj_slots),
		cmocka_unit_test(test_vj_other_packets),
		cmocka_unit_test(test_vj_longest),
		cmocka_unit_test(test_vj_adaptive),
		cmocka_unit_test(test_vj_plain_between),
		cmocka_unit_test(test_vj_peer_stops),
		cmocka_unit_test(test_vj_unanswered),
		cmocka_unit_test(test_vj_toss),
		cmocka_unit_test(test_vj_lost),
		cmocka_unit_test(test_vj_damaged_data),
		cmocka_unit_test(test_vj_stray),
		cmocka_unit_test(test_vj_exchanged),
		cmocka_unit_test(test_vj_half_closed),
		cmocka_unit_test(test_vj_keepalive),
		cmocka_unit_test(test_vj_malformed),
		cmocka_unit_test(test_vj_every_packet_arrives),
		cmocka_unit_test(test_vj_some_damage),
		cmocka_unit_test(test_vj_much_damage),
	};

	return cmocka_run_group_tests_name("vj", tests, NULL, NULL);
}
