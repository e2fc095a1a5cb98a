/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pump: packets from the interface become frames on the line, frames from
 * the line become packets of the interface.
 *
 *   interface --tun_read--> gso --> fq_codel --> encode --> port_write
 *   interface <--tun_write-- gro <-- packet_check <-- decode <-- port_read
 *
 * A TAP interface has frames of Ethernet for packets (ethernet_check); what is
 * done to an IP packet is done to the one in the frame.
 *
 * Towards the line there are three questions, each asked as late as can be.
 * What is there to send? The interface is always emptied into the queue,
 * because packets that wait in the driver's ring wait in one line, and the
 * last ones are lost. When can the next one go? When the wire is about to run
 * dry (wire), or, if nothing is known of the wire, when the port takes more.
 * Which one is it? That is fq_codel's choice, made at this moment and not
 * before, because what is encoded cannot be overtaken any more.
 *
 * What the port did not take stays in the outbox and goes first; until it has
 * gone, nothing else is chosen. So a full port never cuts a frame. On a wire
 * of known speed there is one frame at a time in the outbox; otherwise frames
 * are gathered until a write is worth its price.
 *
 * Towards the interface nothing waits. A packet that it does not take is
 * dropped and counted; so is every frame that is no IP packet.
 *
 * Where the line has no speed that we know of, the machine is what limits, and
 * of that most is the way of each packet through the kernel. Then kernel and
 * pump hand each other super-packets, up to 64 KB of one TCP stream: those from
 * the interface are cut before they are queued (gso), so that the queue has its
 * choice among packets as ever, and what has arrived in one turn is joined
 * (gro). All counters are of packets, as they are on the line; those of the
 * interface (ip -s link) are of what went through it.
 *
 * One thread, one ppoll(), and nothing else that could block. Each side has
 * its turn, of PUMP_ROUNDS or PUMP_BURST system calls at most, so that no
 * flood, from the line or from the kernel, keeps the rest waiting, the wake-up
 * included.
 *
 * System calls, each of which has to earn its place:
 *
 *   ppoll()  once for all that has become ready in the meantime
 *   readv()  of the interface, one a packet, or one for up to 64 KB of a TCP
 *            stream, and one more that says "no more"
 *   write()  to the port, one a frame, or one for all that were gathered
 *   ioctl()  TIOCOUTQ, on a wire of known speed twice a frame: behind the
 *            write, to see whether the port counts, and before the next one
 *   read()   of the port, one for all that has arrived
 *   writev() to the interface, one a packet, or one for what a turn has
 *            brought of a TCP stream
 *
 * The time comes from the vDSO.
 */
#include "pump.h"
#include "ethernet.h"
#include "fq_codel.h"
#include "framing.h"
#include "gro.h"
#include "gso.h"
#include "guess.h"
#include "keepalive.h"
#include "log.h"
#include "packet.h"
#include "port.h"
#include "siphash.h"
#include "stats.h"
#include "tun.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

/* Enough for what a tty has at once (4095), and for a socket's bursts. */
#define PUMP_INBOX_LEN 65536

/*
 * After a read of so much there is likely more by now: a tty gives no more than
 * 4095 at once (N_TTY_BUF_SIZE, n_tty.c), and often less while more is coming.
 */
#define PUMP_READ_MORE 1024

/* When gathering, how much makes a write worth its price. */
#define PUMP_BATCH_LEN 32768

/* The last frame may begin just below the batch's length. */
#define PUMP_OUTBOX_LEN \
	(PUMP_BATCH_LEN + FRAMING_ENCODED_MAX(FRAMING_PACKET_MAX))

/* How often one side is read or written before the others have their turn. */
#define PUMP_ROUNDS 16

/* The same for writes of a single packet, which cost little: less, and a flood
 * from the interface fills the queue however fast the port is. */
#define PUMP_ROUNDS_OF_ONE 256

/* How long the interface is left alone while the line is full: its ring has
 * room for 500 packets. */
#define PUMP_PUT_OFF_NS UINT64_C(3000000)

/* And how many packets, super or not, the interface may bring in its turn: more
 * than it has, or the last ones would wait in its ring in one line. */
#define PUMP_BURST 64

/*
 * So many frames in a row that are no packets, and a framing that drifts is out
 * of step: a peer that sends a bad packet now and then sends good ones, too.
 */
#define PUMP_BAD_MAX 3

_Static_assert(FQ_CODEL_PACKET_MAX == FRAMING_PACKET_MAX,
	       "what the queue gives out must fit in a frame");

struct pump {
	struct pump_config config;
	struct port *port; /* NULL: there is none */
	struct stats stats;
	struct siphash_key flow_key;
	struct fq_codel *queue; /* NULL until there was a port */
	struct fq_codel_config queue_config;
	struct fq_codel_stats past_queues; /* that suited other ports */
	struct wire wire;
	uint64_t past_refused; /* by the other ends of ports that were lost */
	uint64_t past_strangers;
	uint64_t drained_ns; /* when the interface was last read */
	size_t outbox_at;    /* where in the outbox the next write begins */
	size_t outbox_len;
	size_t outbox_packets; /* packets in the outbox, and octets of these */
	size_t outbox_bytes;
	unsigned int bad_frames; /* in a row */
	bool high_water;	 /* the port holds more than it should */
	bool is_ahead;		 /* it holds something, by its own count */
	bool offload; /* the kernel leaves work to us, and we to it */
	bool tun_gone;
	struct gro *gro;
	void *decoder;
	uint8_t packet[FRAMING_PACKET_MAX];
	uint8_t inbox[PUMP_INBOX_LEN];
	uint8_t outbox[PUMP_OUTBOX_LEN];
};

static void drop(struct stats_direction *way, enum stats_drop reason,
		 size_t packets, size_t octets)
{
	way->dropped[reason] += packets;
	log_trace("dropped %zu octets: %s", octets, stats_drop_name(reason));
}

/* For gro. Counted is what was on the line, not what was made of it. */
static void write_interface(void *to, const struct gro_packet *packet)
{
	struct pump *pump = to;
	struct stats_direction *way = &pump->stats.from_line;

	switch (tun_write(pump->config.tun, &packet->gso, packet->octets,
			  packet->len)) {
	case TUN_WRITTEN:
		way->interface_packets++;
		way->packets += packet->packets;
		way->bytes += packet->bytes;
		break;
	case TUN_DOWN:
		drop(way, STATS_DROP_INTERFACE_DOWN, packet->packets,
		     packet->bytes);
		break;
	case TUN_REFUSED:
		drop(way, STATS_DROP_INTERFACE_REFUSED, packet->packets,
		     packet->bytes);
		break;
	case TUN_GONE:
		pump->tun_gone = true;
		break;
	}
}

/**
 * pump_new() - make a pump
 * @config: copied
 *
 * It has no port yet, and drops what the interface brings until it has one.
 *
 * Return: the pump, which pump_free() frees; NULL and errno if there is no
 * memory
 */
struct pump *pump_new(const struct pump_config *config)
{
	struct pump *pump = calloc(1, sizeof(*pump));

	if (!pump)
		return NULL;
	pump->config = *config;
	pump->gro = gro_new(write_interface, pump);
	pump->decoder = calloc(1, config->framing->decoder_size);
	if (!pump->gro || !pump->decoder) {
		pump_free(pump);
		errno = ENOMEM;
		return NULL;
	}
	/* A key that is not random only makes flows easier to collide. */
	if (getrandom(&pump->flow_key, sizeof(pump->flow_key), GRND_NONBLOCK) <
	    0)
		log_debug("no random numbers for the flow hash yet");
	return pump;
}

/**
 * pump_free() - free a pump
 * @pump: a pump, or NULL
 */
void pump_free(struct pump *pump)
{
	if (!pump)
		return;
	fq_codel_free(pump->queue);
	gro_free(pump->gro);
	free(pump->decoder);
	free(pump);
}

/* What one queue has counted, into the sum of all that there were. */
static void add_queue_stats(struct fq_codel_stats *sum,
			    const struct fq_codel_stats *one)
{
	sum->enqueued += one->enqueued;
	sum->dequeued += one->dequeued;
	sum->marked += one->marked;
	sum->dropped_codel += one->dropped_codel;
	sum->dropped_limit += one->dropped_limit;
	sum->purged += one->purged;
	sum->backlog_packets += one->backlog_packets;
	sum->backlog_bytes += one->backlog_bytes;
	if (one->sojourn_max_ns > sum->sojourn_max_ns)
		sum->sojourn_max_ns = one->sojourn_max_ns;
}

static void purge_queue(struct pump *pump)
{
	pump->stats.to_line.dropped[STATS_DROP_NO_LINE] +=
		fq_codel_get_stats(pump->queue)->backlog_packets;
	fq_codel_purge(pump->queue);
}

/* Octets of the longest packet that the interface sends. */
static uint32_t packet_max(const struct pump *pump)
{
	uint32_t len = pump->config.mtu;

	if (pump->config.tun->tap)
		len += ETHERNET_TAGGED_LEN;
	return len < FRAMING_PACKET_MAX ? len : FRAMING_PACKET_MAX;
}

/* A queue that suits the port. Return: 0 or -ENOMEM. */
static int fit_queue(struct pump *pump)
{
	struct fq_codel_config config = {0};
	struct fq_codel *queue;

	fq_codel_derive_config(&config, pump->port->rate, packet_max(pump));
	if (pump->queue && config.target_ns == pump->queue_config.target_ns &&
	    config.limit == pump->queue_config.limit)
		return 0;
	queue = fq_codel_new(&config);
	if (!queue)
		return -ENOMEM;
	if (pump->queue)
		add_queue_stats(&pump->past_queues,
				fq_codel_get_stats(pump->queue));
	fq_codel_free(pump->queue);
	pump->queue = queue;
	pump->queue_config = config;
	return 0;
}

/**
 * pump_set_port() - begin with a port, or do without
 * @pump: the pump
 * @port: the port, borrowed until the next call; NULL: there is none
 *
 * What was meant for the old one is dropped: nobody waits for it any more, and
 * the new line must not begin with a burst of the past.
 *
 * Return: 0, or -ENOMEM: then it has none
 */
int pump_set_port(struct pump *pump, struct port *port)
{
	if (pump->port) {
		pump->past_refused += pump->port->refused;
		pump->past_strangers += pump->port->strangers;
	}
	pump->port = port;
	pump->outbox_at = 0;
	pump->outbox_len = 0;
	pump->bad_frames = 0;
	memset(pump->decoder, 0, pump->config.framing->decoder_size);
	if (pump->queue)
		purge_queue(pump);
	if (!port)
		return 0;
	wire_init(&pump->wire, port->rate, port->grain);
	if (fit_queue(pump)) {
		pump->port = NULL;
		return -ENOMEM;
	}
	return 0;
}

/**
 * pump_stats() - the counters so far
 * @pump: the pump
 *
 * Return: the counters, valid as long as the pump is
 */
const struct stats *pump_stats(struct pump *pump)
{
	struct stats_direction *way = &pump->stats.to_line;
	uint64_t *refused = &way->dropped[STATS_DROP_REFUSED];
	uint64_t *strangers =
		&pump->stats.from_line.dropped[STATS_DROP_STRANGER];
	struct fq_codel_stats *queue = &pump->stats.queue;
	struct framing_frame pending;

	*queue = pump->past_queues;
	if (pump->queue)
		add_queue_stats(queue, fq_codel_get_stats(pump->queue));
	way->dropped[STATS_DROP_CODEL] = queue->dropped_codel;
	way->dropped[STATS_DROP_QUEUE_FULL] = queue->dropped_limit;
	*refused = pump->past_refused;
	*strangers = pump->past_strangers;
	if (pump->port) {
		*refused += pump->port->refused;
		*strangers += pump->port->strangers;
	}
	pending = pump->config.framing->pending(pump->decoder);
	pump->stats.unfinished_len = pending.len;
	pump->stats.unfinished =
		guess_frame(pending.octets, pending.len, pump->config.tun->tap);
	return &pump->stats;
}

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Where in a packet of the interface that of IP begins; @len: there is none. */
static size_t find_ip(const struct pump *pump, const uint8_t *packet,
		      size_t len)
{
	return pump->config.tun->tap ? ethernet_find_ip(packet, len) : 0;
}

static uint32_t find_flow(const struct pump *pump, const uint8_t *packet,
			  size_t len)
{
	return pump->config.tun->tap
		       ? ethernet_flow(packet, len, &pump->flow_key)
		       : packet_flow(packet, len, &pump->flow_key);
}

static void enqueue(struct pump *pump, const uint8_t *packet, size_t len,
		    uint64_t now_ns)
{
	struct stats_direction *way = &pump->stats.to_line;
	const size_t ip_at = find_ip(pump, packet, len);
	const uint8_t *ip = packet + ip_at;

	if (!pump->config.ipv6 && ip_at < len && ip[0] >> 4 == 6)
		drop(way, STATS_DROP_IPV6, 1, len);
	else if (!pump->port)
		drop(way, STATS_DROP_NO_LINE, 1, len);
	else
		fq_codel_enqueue(pump->queue, packet, len,
				 find_flow(pump, packet, len),
				 packet_is_ecn_capable(ip, len - ip_at),
				 now_ns);
}

/* What one read has brought. */
static void cut_and_enqueue(struct pump *pump, const struct gso *gso,
			    size_t len, uint64_t now_ns)
{
	struct gso_cut cut;
	uint8_t *packet;

	if (!gso_cut_begin(&cut, gso, pump->packet, len)) {
		drop(&pump->stats.to_line, STATS_DROP_BAD_HEADER, 1, len);
		return;
	}
	while ((len = gso_cut_next(&cut, &packet)))
		enqueue(pump, packet, len, now_ns);
}

/* Interface to queue, while there is something to read. */
static enum pump_end drain_interface(struct pump *pump, uint64_t now_ns)
{
	struct gso gso;
	ssize_t n;
	int round;

	pump->drained_ns = now_ns;
	for (round = 0; round < PUMP_BURST; round++) {
		n = tun_read(pump->config.tun, &gso, pump->packet,
			     sizeof(pump->packet));
		if (n < 0)
			return PUMP_TUN_GONE;
		if (!n)
			break;
		pump->stats.to_line.interface_packets++;
		cut_and_enqueue(pump, &gso, (size_t)n, now_ns);
	}
	return PUMP_WOKEN;
}

static bool outbox_empty(const struct pump *pump)
{
	return pump->outbox_at == pump->outbox_len;
}

/* What the wire is to know of what waits in the port. */
static size_t queued_for_wire(const struct pump *pump)
{
	return pump->port->counts_wire ? port_queued(pump->port) : 0;
}

/* Look at what waits in a port that should not hold much. */
static void look_at_port(struct pump *pump)
{
	const struct port *port = pump->port;
	size_t queued = port->high_water ? port_queued(port) : 0;

	pump->high_water = queued > port->high_water;
	pump->is_ahead = queued;
}

/* May the next frame be handed over? */
static bool line_ready(struct pump *pump, uint64_t now_ns)
{
	struct wire *wire = &pump->wire;

	look_at_port(pump);
	if (pump->high_water)
		return false;
	if (!wire_is_paced(wire))
		return true;
	return wire_look_ns(wire) <= now_ns &&
	       wire_look(wire, queued_for_wire(pump), now_ns);
}

/*
 * How much is worth a write: one frame, or, where the port sends as fast as we
 * can write, and so nothing but the number of writes counts, many.
 */
static size_t batch_len(const struct pump *pump)
{
	if (wire_is_paced(&pump->wire) || pump->port->keeps_bounds ||
	    pump->is_ahead)
		return 1;
	return PUMP_BATCH_LEN;
}

/* Fill the empty outbox. */
static void fill_outbox(struct pump *pump, uint64_t now_ns)
{
	const struct framing *framing = pump->config.framing;
	size_t enough = batch_len(pump);
	bool mark;
	size_t len;

	pump->outbox_at = 0;
	pump->outbox_len = 0;
	pump->outbox_packets = 0;
	pump->outbox_bytes = 0;
	while (pump->outbox_len < enough) {
		len = fq_codel_dequeue(pump->queue, pump->packet, &mark,
				       now_ns);
		if (!len)
			break;
		if (mark)
			packet_mark_ce(pump->packet +
				       find_ip(pump, pump->packet, len));
		pump->outbox_len +=
			framing->encode(pump->outbox + pump->outbox_len,
					pump->packet, len);
		pump->outbox_packets++;
		pump->outbox_bytes += len;
	}
	pump->stats.to_line.packets += pump->outbox_packets;
	pump->stats.to_line.bytes += pump->outbox_bytes;
}

/* The frame in the outbox cannot be sent, which says nothing of others. */
static void drop_outbox(struct pump *pump)
{
	struct stats_direction *way = &pump->stats.to_line;

	pump->outbox_at = pump->outbox_len;
	way->packets -= pump->outbox_packets;
	way->bytes -= pump->outbox_bytes;
	drop(way, STATS_DROP_UNSENDABLE, pump->outbox_packets,
	     pump->outbox_bytes);
}

/* Hand over what the port takes of the outbox. Return: 0 or -errno. */
static int flush_outbox(struct pump *pump, uint64_t now_ns)
{
	struct port *port = pump->port;
	size_t len = pump->outbox_len - pump->outbox_at;
	ssize_t n = port_write(port, pump->outbox + pump->outbox_at, len);

	if (n == -ECOMM) {
		drop_outbox(pump);
		return 0;
	}
	if (n < 0)
		return (int)n;
	pump->outbox_at += (size_t)n;
	pump->stats.to_line.line_bytes += (size_t)n;
	if (n)
		keepalive_sent(pump->config.keepalive, now_ns);
	if ((size_t)n < len)
		pump->stats.to_line.short_writes++;
	if (wire_is_paced(&pump->wire))
		wire_hand_over(&pump->wire, (size_t)n, queued_for_wire(pump),
			       now_ns);
	return 0;
}

/* Queue to port, while the line is ready and the port takes it. */
static enum pump_end pump_to_line(struct pump *pump, uint64_t now_ns)
{
	const int rounds =
		pump->port->keeps_bounds ? PUMP_ROUNDS_OF_ONE : PUMP_ROUNDS;
	int round;

	pump->high_water = false;
	for (round = 0; round < rounds; round++) {
		if (outbox_empty(pump)) {
			if (fq_codel_is_empty(pump->queue) ||
			    !line_ready(pump, now_ns))
				break;
			fill_outbox(pump, now_ns);
		}
		if (flush_outbox(pump, now_ns))
			return PUMP_PORT_GONE;
		if (!outbox_empty(pump))
			break;
	}
	return PUMP_WOKEN;
}

/* What a verdict other than a good packet is counted as. */
static enum stats_drop verdict_reason(enum packet_verdict verdict)
{
	switch (verdict) {
	case PACKET_BAD_VERSION:
		return STATS_DROP_BAD_VERSION;
	case PACKET_BAD_HEADER:
		return STATS_DROP_BAD_HEADER;
	case PACKET_BAD_LENGTH:
		return STATS_DROP_BAD_LENGTH;
	default:
		return STATS_DROP_BAD_CHECKSUM;
	}
}

/* A frame that is no packet: maybe it shows what the other end speaks. */
static void drop_garbage(struct pump *pump, const struct framing_frame *frame,
			 enum stats_drop reason)
{
	drop(&pump->stats.from_line, reason, 1, frame->len);
	pump->stats.guesses[guess_frame(frame->octets, frame->len,
					pump->config.tun->tap)]++;
	pump->bad_frames++;
}

/* Is a packet to reach the interface? If not, @reason says why. */
static bool admit(const struct pump *pump, const struct framing_frame *frame,
		  enum packet_verdict verdict, enum stats_drop *reason)
{
	size_t ip_at;

	if (verdict != PACKET_IPV6)
		return true;
	if (!pump->config.ipv6) {
		*reason = STATS_DROP_IPV6;
		return false;
	}
	ip_at = find_ip(pump, frame->octets, frame->len);
	if (!pump->config.accept_ra &&
	    packet_is_router_advert(frame->octets + ip_at,
				    frame->len - ip_at)) {
		*reason = STATS_DROP_ROUTER_ADVERT;
		return false;
	}
	return true;
}

/* One frame from the line. */
static void deliver(struct pump *pump, const struct framing_frame *frame)
{
	enum packet_verdict verdict =
		pump->config.tun->tap
			? ethernet_check(frame->octets, frame->len)
			: packet_check(frame->octets, frame->len);
	enum stats_drop reason;

	if (!packet_is_good(verdict)) {
		drop_garbage(pump, frame, verdict_reason(verdict));
		return;
	}
	pump->bad_frames = 0;
	if (!admit(pump, frame, verdict, &reason))
		drop(&pump->stats.from_line, reason, 1, frame->len);
	else if (pump->offload)
		gro_add(pump->gro, frame->octets, frame->len);
	else
		gro_pass(pump->gro, frame->octets, frame->len);
}

static bool is_out_of_step(const struct pump *pump)
{
	return pump->config.framing->drifts && pump->bad_frames >= PUMP_BAD_MAX;
}

/* Octets from the line. */
static void decode(struct pump *pump, const uint8_t *octets, size_t len)
{
	struct framing_frame frame;
	enum framing_status status;
	size_t used;

	do {
		used = pump->config.framing->decode(pump->decoder, octets, len,
						    &status, &frame);
		octets += used;
		len -= used;
		switch (status) {
		case FRAMING_MORE:
			break;
		case FRAMING_FRAME:
			deliver(pump, &frame);
			break;
		case FRAMING_BAD_ESCAPE:
			drop_garbage(pump, &frame, STATS_DROP_BAD_ESCAPE);
			break;
		case FRAMING_TOO_LONG:
			drop_garbage(pump, &frame, STATS_DROP_TOO_LONG);
			break;
		case FRAMING_EMPTY:
			drop_garbage(pump, &frame, STATS_DROP_EMPTY);
			break;
		}
	} while (len && !pump->tun_gone && !is_out_of_step(pump));
}

/*
 * Port to decoder, while there is something to read. A hang-up that poll()
 * saw counts when all that came before it has been read.
 */
static enum pump_end drain_port(struct pump *pump, bool hung_up)
{
	ssize_t n;
	int round;

	for (round = 0; round < PUMP_ROUNDS; round++) {
		n = port_read(pump->port, pump->inbox, sizeof(pump->inbox));
		if (n == -EAGAIN && !hung_up)
			break;
		if (n < 0)
			return PUMP_PORT_GONE;
		pump->stats.from_line.line_bytes += (size_t)n;
		keepalive_heard(pump->config.keepalive, pump->inbox, (size_t)n,
				clock_ns());
		decode(pump, pump->inbox, (size_t)n);
		if (is_out_of_step(pump))
			return PUMP_OUT_OF_STEP;
		if (pump->tun_gone ||
		    (n < PUMP_READ_MORE && !pump->port->keeps_bounds))
			break;
	}
	return PUMP_WOKEN;
}

/* Port to interface. What was joined in this turn goes before it ends. */
static enum pump_end pump_from_line(struct pump *pump, bool hung_up)
{
	enum pump_end end = drain_port(pump, hung_up);

	gro_flush(pump->gro);
	return pump->tun_gone ? PUMP_TUN_GONE : end;
}

/*
 * Are the kernel and we to leave work to each other? It saves most of what a
 * packet costs, where that is what limits. On a wire of known speed it is the
 * wire, and the next packet is worth more than many at once.
 */
static void choose_offload(struct pump *pump)
{
	const struct tun *tun = pump->config.tun;
	bool offload = tun->vnet && pump->port && !wire_is_paced(&pump->wire);

	if (offload != pump->offload)
		tun_set_offload(tun, offload);
	pump->offload = offload;
}

/* Is it for the port to say when there is room for more? */
static bool is_full(const struct pump *pump)
{
	return !outbox_empty(pump) || pump->high_water;
}

/*
 * While a line without a known speed is full, a packet more in the queue
 * changes nothing, and to be woken for each costs more than all the rest.
 */
static bool puts_off_interface(const struct pump *pump)
{
	return is_full(pump) && !wire_is_paced(&pump->wire);
}

/*
 * How long there is nothing to do but to wait for descriptors. Return: @wait,
 * filled in, or NULL for as long as it takes.
 */
static const struct timespec *longest_wait(const struct pump *pump,
					   struct timespec *wait)
{
	uint64_t look_ns = wire_look_ns(&pump->wire);
	uint64_t now_ns;
	uint64_t ns = 0;

	if (puts_off_interface(pump)) {
		ns = PUMP_PUT_OFF_NS;
	} else if (!pump->port || is_full(pump) ||
		   fq_codel_is_empty(pump->queue)) {
		/* For POLLOUT, or for the next packet. */
		return NULL;
	} else if (wire_is_paced(&pump->wire)) {
		now_ns = clock_ns();
		ns = look_ns > now_ns ? look_ns - now_ns : 0;
	}
	wait->tv_sec = (time_t)(ns / NS_PER_S);
	wait->tv_nsec = (long)(ns % NS_PER_S);
	return wait;
}

static bool has_two_fds(const struct port *port)
{
	return port && port->read_fd != port->write_fd;
}

/**
 * pump_run() - carry packets until something else is to be done
 * @pump: the pump
 *
 * Return: why it stopped
 */
enum pump_end pump_run(struct pump *pump)
{
	enum {
		WAKE,
		TUN,
		PORT_READ,
		PORT_WRITE,
		FDS
	};
	const struct port *port = pump->port;
	struct pollfd fds[FDS] = {
		[WAKE] = {.fd = pump->config.wake_fd, .events = POLLIN},
		[TUN] = {.fd = pump->config.tun->fd},
		[PORT_READ] = {.fd = port ? port->read_fd : -1},
		[PORT_WRITE] = {.fd = has_two_fds(port) ? port->write_fd : -1},
	};
	const int out = has_two_fds(port) ? PORT_WRITE : PORT_READ;
	const bool was_silent = pump->config.keepalive->silent;
	enum pump_end end = PUMP_WOKEN;
	struct timespec wait;
	uint64_t now_ns;
	int from_port;
	bool hung_up;
	bool put_off;

	choose_offload(pump);
	while (end == PUMP_WOKEN) {
		put_off = puts_off_interface(pump);
		fds[TUN].events = put_off ? 0 : POLLIN;
		fds[PORT_READ].events = POLLIN;
		if (is_full(pump))
			fds[out].events |= POLLOUT;
		else
			fds[PORT_WRITE].events = 0;
		if (ppoll(fds, FDS, longest_wait(pump, &wait), NULL) < 0) {
			if (errno == EINTR)
				continue;
			return PUMP_FAILED;
		}
		if (fds[WAKE].revents)
			return PUMP_WOKEN;
		if (fds[TUN].revents & POLLERR)
			return PUMP_TUN_GONE;
		from_port = fds[PORT_READ].revents | fds[PORT_WRITE].revents;
		hung_up =
			from_port & (POLLHUP | POLLERR) && !port->keeps_bounds;
		if (from_port & (POLLIN | POLLHUP | POLLERR))
			end = pump_from_line(pump, hung_up);
		now_ns = clock_ns();
		if (end == PUMP_WOKEN &&
		    (fds[TUN].revents & POLLIN ||
		     (put_off && now_ns >= pump->drained_ns + PUMP_PUT_OFF_NS)))
			end = drain_interface(pump, now_ns);
		if (end == PUMP_WOKEN && port && !hung_up &&
		    (!is_full(pump) || from_port & POLLOUT))
			end = pump_to_line(pump, now_ns);
		if (was_silent && !pump->config.keepalive->silent)
			break;
	}
	return end;
}

/**
 * pump_send_idle() - send what receivers pass over, if nothing else is being
 * sent
 * @pump: the pump, with a port, and a framing that has such octets
 */
void pump_send_idle(struct pump *pump)
{
	if (!outbox_empty(pump))
		return;
	pump->outbox_at = 0;
	pump->outbox_len = pump->config.framing->idle(pump->outbox);
	pump->outbox_packets = 0;
	pump->outbox_bytes = 0;
	/* A port that is gone says so to pump_run() as well. */
	flush_outbox(pump, clock_ns());
}

/**
 * pump_is_stuck() - does the port refuse what it is to send?
 * @pump: the pump
 *
 * Return: true if it took only a part, or nothing, of the last write, or if by
 * its own count something waits in it
 */
bool pump_is_stuck(const struct pump *pump)
{
	return pump->port && (!outbox_empty(pump) || port_queued(pump->port));
}
