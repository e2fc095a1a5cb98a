/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire.c - one direction of an emulated serial line, in real time
 *
 *	port --take--> transmit FIFO --> wire --> sampler --receive--> port
 *
 * The clock.  A byte takes ten bit times (8N1; nothing else is modelled).  It
 * starts when the byte before it has ended or when it became available,
 * whichever is later.  The times are computed for every byte, and do not depend
 * on when this program runs: a late update has the same result as one in time,
 * with the bytes that the sender has ready by then.
 *
 * The sampler is the receiving UART's view of the wire: it waits for a falling
 * edge and samples the middle of each bit by its own clock.  So two ends of
 * different speeds receive the same as real ones: intact bytes if the
 *difference is below 5 %; beyond that other bytes, more or fewer, and framing
 *errors.  A break is a frame of zeros without a stop bit.
 *
 * Time lost by the machine.  The sender is a program in a virtual machine,
 * which is slow and now and then loses its processor.  If its FIFO runs dry and
 * has bytes again within GRACE_PS, the wire counts no pause ("made good").
 *Other pauses in a stream count ("gap").  A receiver that is late to take a
 *byte can stop the wire's clock ("held"); so does flow control.
 */
#include "wire.h"

#include <time.h>

#define GRACE_PS PS_PER_MS
/* After a shorter pause the sender is still in the same stream. */
#define GAP_MAX_PS (20 * PS_PER_MS)

#define FRAME_BITS 10 /* start, eight of data, stop */
#define STOP_BIT   0x200u

uint64_t wire_now_ps(void)
{
	static time_t epoch_s;
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	if (!epoch_s)
		epoch_s = t.tv_sec - 1;
	return (uint64_t)(t.tv_sec - epoch_s) * PS_PER_S +
	       (uint64_t)t.tv_nsec * PS_PER_NS;
}

uint64_t wire_baud_byte_ps(uint32_t baud, uint32_t divisor)
{
	return FRAME_BITS * PS_PER_S * divisor / baud;
}

static void fifo_push(struct port *p, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t tail = p->fifo_head + p->fifo_len++;

		p->fifo[tail % PORT_FIFO_MAX] = data[i];
	}
}

static uint8_t fifo_pop(struct port *p)
{
	uint8_t byte = p->fifo[p->fifo_head];

	p->fifo_head = (p->fifo_head + 1) % PORT_FIFO_MAX;
	p->fifo_len--;
	return byte;
}

static void wire_sample(struct wire *w)
{
	struct sampler *s = &w->sampler;
	uint8_t errors = 0;

	if (s->count == 0 && s->high) { /* what fell was no start bit */
		s->busy = false;
		return;
	}
	s->bits = s->bits >> 1 | (s->high ? STOP_BIT : 0);
	if (++s->count < FRAME_BITS)
		return;
	s->busy = false;
	if (!s->high)
		errors = s->bits ? PORT_FRAMING : PORT_BREAK;
	w->counts.received++;
	w->counts.misframed += errors != 0;
	w->to->ops->receive(w->to, (uint8_t)(s->bits >> 1), errors);
}

/* Keep the wire at this level for so long. */
static void wire_drive(struct wire *w, bool high, uint64_t len_ps)
{
	struct sampler *s = &w->sampler;
	uint64_t bit_ps = w->to->byte_ps / FRAME_BITS;

	if (!s->busy && s->high && !high) {
		s->busy = true;
		s->bits = 0;
		s->count = 0;
		s->wait_ps = bit_ps / 2;
	}
	s->high = high;
	while (s->busy && s->wait_ps <= len_ps) {
		len_ps -= s->wait_ps;
		s->wait_ps = bit_ps;
		wire_sample(w);
	}
	if (s->busy)
		s->wait_ps -= len_ps;
}

static void wire_carry(struct wire *w, uint8_t byte)
{
	unsigned int frame = STOP_BIT | (unsigned int)byte << 1;
	uint64_t bit_ps = w->from->byte_ps / FRAME_BITS;

	w->counts.sent++;
	for (int i = 0; i < FRAME_BITS; i++)
		wire_drive(w, !w->from->brk && (frame >> i & 1), bit_ps);
}

/* Nothing to send, for long enough to end what the receiver takes for a frame
 */
static void wire_rest(struct wire *w, uint64_t now)
{
	wire_drive(w, !w->from->brk, 2 * w->to->byte_ps);
	if (!w->dry)
		w->dry_ps = now;
	w->dry = true;
}

/* The FIFO has bytes again: did the wire pause? */
static void wire_restart(struct wire *w, uint64_t now)
{
	uint64_t gap_ps = now - w->clock_ps;

	w->dry = false;
	if (now - w->dry_ps <= GRACE_PS) {
		w->counts.good_ps += now - w->dry_ps;
		return;
	}
	if (gap_ps < GAP_MAX_PS) {
		w->counts.gaps++;
		w->counts.gap_ps += gap_ps;
	}
	w->clock_ps = now;
}

static void wire_fill(struct wire *w, uint64_t now)
{
	struct port *p = w->from;
	uint8_t buf[PORT_FIFO_MAX];
	size_t got;

	while ((got = p->ops->take(p, buf, p->fifo_cap - p->fifo_len)) > 0) {
		if (w->dry)
			wire_restart(w, now);
		fifo_push(p, buf, got);
	}
}

static bool wire_is_blocked(const struct wire *w, uint64_t now)
{
	return (w->from->heeds_cts && !w->to->rts) ||
	       w->to->ops->is_full(w->to, now);
}

/* The receiver cannot take the complete byte: let the byte end now. */
static void wire_hold(struct wire *w, uint64_t now)
{
	uint64_t start_ps = now - w->from->byte_ps;

	w->counts.held_ps += start_ps - w->clock_ps;
	w->clock_ps = start_ps;
}

void wire_init(struct wire *w, struct port *from, struct port *to)
{
	w->from = from;
	w->to = to;
	w->sampler.high = true;
	w->dry = true;
	from->peer = to;
}

void wire_run(struct wire *w, uint64_t now)
{
	struct port *p = w->from;

	w->blocked = false;
	wire_fill(w, now);
	while (p->fifo_len && w->clock_ps + p->byte_ps <= now) {
		w->blocked = wire_is_blocked(w, now);
		if (w->blocked) {
			wire_hold(w, now);
			return;
		}
		w->clock_ps += p->byte_ps;
		wire_carry(w, fifo_pop(p));
		wire_fill(w, now);
	}
	if (!p->fifo_len)
		wire_rest(w, now);
}

uint64_t wire_deadline(const struct wire *w, uint64_t now)
{
	const struct port *from = w->from, *to = w->to;
	size_t n = from->fifo_len, lump;

	if (!n)
		return WIRE_NEVER;
	if (w->blocked)
		return now + PS_PER_MS;
	lump = from->ops->tx_lump(from, from->fifo_cap - n);
	n = lump < n ? lump : n;
	lump = to->ops->rx_lump(to);
	n = lump < n ? lump : n;
	return w->clock_ps + n * from->byte_ps;
}
