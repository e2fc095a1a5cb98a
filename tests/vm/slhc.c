/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Header compression (vj) against that of Linux, drivers/net/slip/slhc.c: one
 * end of a pseudo-terminal is the kernel's SLIP interface, the other one is
 * this program with the modules vj and slip. It runs as root, in the network
 * namespace of the kernel's SLIP, which is the first one.
 *
 *   slhc from|to cslip|adaptive MTU PACKETS [FAULTS]
 *
 * "from": random packets are sent through the kernel's interface, and this
 * program expands what comes out of the pseudo-terminal. "to": it compresses
 * them, and looks at what arrives at the interface. Either way the packets that
 * arrive have to be those that were sent, byte by byte and in this order, and
 * all of them unless there are faults.
 *
 * FAULTS of 1000 frames are lost. Those from the kernel may be damaged instead,
 * or end in a line error. Four times each end starts again, with its memory
 * empty. TCP then repeats what was lost, as flows.h has it.
 *
 * With "adaptive" the kernel compresses nothing until a frame with the whole
 * header of TCP has come.
 *
 * Two differences of the kernel's are left out or allowed for:
 *
 *   - It compresses a packet whose flags ECE or CWR, or whose reserved bits,
 *     have changed, although no change mask has them (RFC 3168, section 6.1,
 *     is later). The checksum is then wrong. No packet here has these.
 *   - It checks no TCP checksum, and a line error does not make it toss frames.
 *     So it delivers damage, and TCP discards it. What counts as delivered is a
 *     packet whose checksum is right.
 *
 * The checksum of TCP is all that tells a receiver of a lost frame, and it is a
 * sum: it does not see lost frames that together add to one number, such as the
 * sequence number, what they take from another one, such as the window. From
 * then on the packets of this connection are wrong, until one travels whole.
 * This happens after one of some 12,000 faults, and no receiver can prevent it
 * (RFC 1144, section 4.1). So a run may have one such slip; a receiver that did
 * not look at the checksum would have many. What a receiver can do is tested as
 * such: it delivers no wrong checksum, no frame without a connection number
 * behind a line error, and no sequence number that its last packet rules out.
 *
 * Nor does the checksum cover the identification in the IP header: if TCP
 * repeats an acknowledgment, and this is lost, those of the next packets are
 * too low by one, at either receiver.
 */
#include "../unit/packet/flows.h"
#include "framing/slip.h"
#include "packet/vj.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <linux/tty.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Of linux/if_slip.h, which is not for programs (slip.h, SL_MODE_*). */
#define MODE_CSLIP    0x0001
#define MODE_ADAPTIVE 0x0008

#define MTU_MAX 1500

/* Packets that are under way at once. */
#define BATCH 16

/* A lost byte of the pseudo-terminal would let a run wait for ever. */
#define TIMEOUT_S 120

/* The change mask has a connection number (RFC 1144, section 3.2.2). */
#define NEW_CONNECTION 0x40

/* How often an end starts again in a run with faults, either end in turn. */
#define RESTARTS 8

/* Slips that a run may have; two have a probability of some 1 in 5,000. */
#define SLIPS_MAX 1

/* A packet that was sent, and its connection. */
struct sent {
	uint8_t bytes[MTU_MAX];
	size_t len;
	size_t flow;
	bool is_lost;
};

/* The other end. */
static struct {
	uint32_t mode;
	int mtu;
	int master;
	int slave;
	int packets;
} kernel;

static struct vj vj;
static struct flows flows;
static struct slip_decoder decoder;
static struct sent batch[BATCH];
static size_t faults;

/*
 * What this end has delivered of a connection: where its last packet began, and
 * the bytes of data in that. After a whole packet, a plain one or a refused
 * frame the next one may begin elsewhere. While is_wrong, its packets are not
 * those that were sent.
 */
static struct {
	size_t data;
	uint32_t seq;
	bool is_bound;
	bool is_wrong;
} delivered[FLOWS];

/* Frames without a connection number are to be tossed. */
static bool is_tossing;

/* What happened to the packets. */
static struct {
	size_t delivered;
	size_t compressed;
	size_t refused;
	size_t other_id;
	size_t exchanged;
	size_t bad_sum;
	size_t wrong;
	size_t slips;
	size_t unsummed;
	size_t untossed;
	size_t disordered;
} result;

static void set_interface(const char *name, unsigned long request, int value)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = {0};

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (request == SIOCSIFFLAGS)
		ifr.ifr_flags = (short)value;
	else
		ifr.ifr_mtu = value; /* or the length of the queue */
	if (fd < 0 || ioctl(fd, request, &ifr))
		err(1, "%s: cannot set it up", name);
	close(fd);
}

static void set_sysctl(const char *path, const char *value)
{
	const int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		err(1, "%s", path);
	close(fd);
}

static void bind_packets(const char *name)
{
	const int size = 16 << 20;
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_IP),
		.sll_ifindex = (int)if_nametoindex(name),
	};

	kernel.packets = socket(AF_PACKET, SOCK_DGRAM, htons(ETHERTYPE_IP));
	if (kernel.packets < 0 ||
	    setsockopt(kernel.packets, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)) ||
	    bind(kernel.packets, (const struct sockaddr *)&address,
		 sizeof(address)))
		err(1, "%s: cannot open a packet socket", name);
}

static void kernel_open(void)
{
	const int discipline = N_SLIP;
	char name[IFNAMSIZ] = "";
	struct termios raw = {.c_cflag = B38400 | CS8 | CREAD | CLOCAL};

	kernel.master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (kernel.master < 0 || grantpt(kernel.master) ||
	    unlockpt(kernel.master))
		err(1, "cannot make a pseudo-terminal");
	kernel.slave = open(ptsname(kernel.master), O_RDWR | O_NOCTTY);
	if (kernel.slave < 0 || tcsetattr(kernel.slave, TCSANOW, &raw) ||
	    ioctl(kernel.slave, TIOCSETD, &discipline) ||
	    ioctl(kernel.slave, SIOCGIFNAME, name) < 0 ||
	    ioctl(kernel.slave, SIOCSIFENCAP, &kernel.mode))
		err(1, "no SLIP interface on a pseudo-terminal");
	set_interface(name, SIOCSIFMTU, kernel.mtu);
	set_interface(name, SIOCSIFTXQLEN, 1000);
	set_interface(name, SIOCSIFFLAGS, IFF_UP);
	bind_packets(name);
	decoder.state = SLIP_STATE_PACKET;
	decoder.len = 0;
}

static void kernel_close(void)
{
	close(kernel.packets);
	close(kernel.slave);
	close(kernel.master);
}

/* Make the next packet. */
static void make_next(struct sent *sent)
{
	struct segment segment = *flows_step(&flows);

	segment.flags &= (uint8_t) ~(ECE | CWR);
	segment.fragment &= 0x7FFF;
	sent->flow = flows.current;
	sent->len = segment_make(sent->bytes, &segment);
	sent->is_lost = false;
}

/* TCP notices that a packet is missing, and repeats it soon. */
static void miss(const struct sent *sent)
{
	if (!flows.repeats[sent->flow])
		flows.repeats[sent->flow] = 2 + flows_chance(&flows, 4);
}

/* A packet of this connection is not what was sent. */
static void note_wrong(size_t flow)
{
	result.wrong++;
	result.slips += !delivered[flow].is_wrong;
	delivered[flow].is_wrong = true;
}

/* Compare a packet that has arrived with the one that was sent. */
static void compare(const struct sent *sent, const uint8_t *bytes, size_t len)
{
	result.delivered++;
	if (len != sent->len ||
	    flows_is_other(sent->bytes, bytes, len, 8, 16)) {
		note_wrong(sent->flow);
		return;
	}
	delivered[sent->flow].is_wrong = false;
	if (!memcmp(bytes, sent->bytes, len))
		return;
	if (flows_is_other(sent->bytes, bytes, len, 0, 0))
		result.exchanged++;
	else
		result.other_id++;
}

static bool is_sum_right(const uint8_t *packet, size_t len)
{
	const size_t at = (size_t)(packet[0] & 0x0F) * 4;

	return len >= at + 20 &&
	       testing_checksum(testing_tcp_pseudo(packet, at, len),
				packet + at, len - at) == 0xFFFF;
}

/* The connection of a packet. */
static size_t flow_of(const uint8_t *packet)
{
	const uint8_t *tcp = packet + (size_t)(packet[0] & 0x0F) * 4;

	return (size_t)((tcp[0] << 8 | tcp[1]) - FLOWS_PORT) % FLOWS;
}

/* Does this end deliver only what it may? */
static void check_rules(const uint8_t *packet, size_t len, bool is_compressed)
{
	const size_t flow = flow_of(packet);
	const uint8_t *tcp = packet + (size_t)(packet[0] & 0x0F) * 4;
	const uint8_t *data = tcp + (size_t)(tcp[12] >> 4) * 4;
	const size_t had_data = delivered[flow].data;
	uint32_t seq;
	uint32_t step;

	memcpy(&seq, tcp + 4, sizeof(seq));
	seq = ntohl(seq);
	step = seq - delivered[flow].seq;
	result.unsummed += !is_sum_right(packet, len);
	result.untossed += is_tossing;
	if (is_compressed && delivered[flow].is_bound)
		result.disordered += had_data ? step < had_data : step != 0;
	delivered[flow].seq = seq;
	delivered[flow].data = len - (size_t)(data - packet);
	delivered[flow].is_bound = is_compressed;
}

/* What comes next may begin anywhere. */
static void unbind_all(void)
{
	size_t i;

	for (i = 0; i < FLOWS; i++)
		delivered[i].is_bound = false;
}

/* Read the next frame from the kernel into the decoder. */
static void read_frame(void)
{
	static uint8_t bytes[4096];
	static const uint8_t *at;
	static size_t left;
	struct pollfd wanted = {.fd = kernel.master, .events = POLLIN};
	enum framing_status status;
	ssize_t count;
	size_t used;

	for (;;) {
		if (!left) {
			poll(&wanted, 1, -1);
			count = read(kernel.master, bytes, sizeof(bytes));
			if (count <= 0)
				err(1, "cannot read the pseudo-terminal");
			at = bytes;
			left = (size_t)count;
		}
		used = slip_decode(&decoder, at, left, &status);
		at += used;
		left -= used;
		if (status == FRAMING_FRAME)
			return;
		if (status != FRAMING_MORE && status != FRAMING_EMPTY)
			errx(1, "the kernel's frame is bad");
	}
}

static void damage(uint8_t *frame, size_t len)
{
	const size_t at = flows_chance(&flows, flows_chance(&flows, 2)
						       ? (len < 8 ? len : 8)
						       : len);

	if (flows_chance(&flows, 2))
		frame[at] ^= (uint8_t)(1 << flows_chance(&flows, 8));
	else
		frame[at] = (uint8_t)flows_chance(&flows, 256);
}

/* Take a frame from the kernel, as the pump does. */
static void take_frame(const struct sent *sent)
{
	static uint8_t expanded[PACKET_MAX];
	const bool is_fault = flows_chance(&flows, 1000) < faults;
	uint8_t *frame = decoder.packet;
	size_t len = decoder.len;
	enum vj_result status;
	bool is_compressed;

	if (frame[0] >> 4 == 4) {
		if (is_fault)
			return;
		compare(sent, frame, len);
		delivered[sent->flow].is_bound = false;
		vj_see_plain(&vj, frame, len);
		return;
	}
	result.compressed += frame[0] >> 7;
	if (is_fault) {
		miss(sent);
		switch (flows_chance(&flows, 3)) {
		case 0:
			return;
		case 1:
			vj_toss(&vj);
			is_tossing = true;
			return;
		default:
			damage(frame, len);
		}
	}
	is_compressed = frame[0] >> 7;
	if (!is_compressed || frame[0] & NEW_CONNECTION)
		is_tossing = false;
	status = vj_expand(&vj, frame, len, expanded, &len);
	if (status == VJ_PACKET) {
		check_rules(expanded, len, is_compressed);
		compare(sent, expanded, len);
	} else {
		if (status == VJ_BAD)
			unbind_all();
		result.refused++;
		miss(sent);
	}
}

static void batch_from_kernel(size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		make_next(&batch[i]);
		if (send(kernel.packets, batch[i].bytes, batch[i].len, 0) < 0)
			err(1, "cannot send through the interface");
	}
	for (i = 0; i < count; i++) {
		read_frame();
		take_frame(&batch[i]);
	}
}

/*
 * Write frames to the kernel, together: this is much faster. The
 * pseudo-terminal holds 8192 bytes, and the kernel's SLIP wakes nobody who
 * waits for room.
 */
static void write_all(const uint8_t *at, size_t left)
{
	ssize_t count;

	while (left) {
		count = write(kernel.master, at, left);
		if (count > 0) {
			at += count;
			left -= (size_t)count;
		} else if (errno == EAGAIN) {
			usleep(1000);
		} else {
			err(1, "cannot write to the pseudo-terminal");
		}
	}
}

/* Take a packet from the interface. Return: where the next one may be. */
static size_t take_packet(const uint8_t *bytes, size_t len, size_t from,
			  size_t count)
{
	size_t i;

	if (!is_sum_right(bytes, len)) {
		result.bad_sum++;
		return from;
	}
	for (i = from; i < count; i++) {
		if (len == batch[i].len &&
		    !flows_is_other(batch[i].bytes, bytes, len, 8, 16)) {
			compare(&batch[i], bytes, len);
			for (; from < i; from++)
				batch[from].is_lost = true;
			return i + 1;
		}
	}
	note_wrong(flow_of(bytes));
	return from;
}

static void batch_to_kernel(size_t count)
{
	static uint8_t packet[MTU_MAX];
	static uint8_t bytes[PACKET_MAX];
	static uint8_t last[20];
	static uint8_t out[(BATCH + 1) * FRAMING_ENCODED_MAX(MTU_MAX)];
	const uint8_t *frame;
	size_t out_len = 0;
	size_t from = 0;
	ssize_t got;
	size_t len;
	size_t i;

	for (i = 0; i < count; i++) {
		make_next(&batch[i]);
		len = batch[i].len;
		memcpy(packet, batch[i].bytes, len);
		frame = vj_compress(&vj, packet, &len);
		result.compressed += frame[0] >> 7;
		if (flows_chance(&flows, 1000) < faults)
			batch[i].is_lost = true;
		else
			out_len += slip_encode(out + out_len, frame, len,
					       SLIP_ESCAPES_RFC1055);
	}
	/* Behind this packet, no other one comes. */
	testing_ipv4(last, sizeof(last), 0);
	out_len += slip_encode(out + out_len, last, sizeof(last),
			       SLIP_ESCAPES_RFC1055);
	write_all(out, out_len);
	for (;;) {
		got = recv(kernel.packets, bytes, sizeof(bytes), 0);
		if (got <= 0)
			err(1, "cannot receive from the interface");
		if (got == sizeof(last) && !memcmp(bytes, last, sizeof(last)))
			break;
		from = take_packet(bytes, (size_t)got, from, count);
	}
	for (i = 0; i < count; i++) {
		if (i >= from || batch[i].is_lost) {
			result.refused++;
			miss(&batch[i]);
		}
	}
}

/* One end starts again. */
static void restart(size_t number, enum vj_mode mode)
{
	size_t i;

	unbind_all();
	if (number % 2) {
		vj_reset(&vj, mode);
	} else {
		kernel_close();
		kernel_open();
	}
	for (i = 0; i < FLOWS; i++)
		flows.repeats[i] = 1 + flows_chance(&flows, 3);
}

/* Neither end compresses before the other one does; then this one begins. */
static void check_adaptive(void)
{
	size_t i;

	for (i = 0; i < 10; i++)
		batch_from_kernel(BATCH);
	if (result.compressed || vj_sends(&vj) || !result.delivered)
		errx(1, "an adaptive kernel compresses at once");
	vj.mode = VJ_ON;
	batch_to_kernel(BATCH);
	vj.mode = VJ_AUTO;
	memset(&result, 0, sizeof(result));
}

static void run(bool is_from, size_t count)
{
	const enum vj_mode mode = is_from ? VJ_AUTO : VJ_ON;
	const size_t part = count / (RESTARTS + 1);
	size_t restarts = 0;
	size_t done;
	size_t n;

	vj_reset(&vj, VJ_AUTO);
	flows_begin(&flows, 1 + (uint64_t)kernel.mtu + faults,
		    (size_t)kernel.mtu - FLOWS_HEADER_MAX);
	if (kernel.mode == MODE_ADAPTIVE)
		check_adaptive();
	vj.mode = mode;
	for (done = 0; done < count; done += n) {
		if (faults && restarts < RESTARTS && done / part > restarts)
			restart(restarts++, mode);
		n = count - done < BATCH ? count - done : BATCH;
		if (is_from)
			batch_from_kernel(n);
		else
			batch_to_kernel(n);
	}
}

/* Return: the status of the program. */
static int judge(size_t count)
{
	printf("# %zu packets: %zu delivered, %zu compressed, %zu missing, "
	       "%zu with a wrong checksum\n"
	       "# other identification: %zu; acknowledgment and window "
	       "exchanged: %zu\n"
	       "# slips of the checksum: %zu, packets wrong by these: %zu\n"
	       "# delivered against the rules: %zu by the checksum, %zu to be "
	       "tossed, %zu out of order\n",
	       count, result.delivered, result.compressed, result.refused,
	       result.bad_sum, result.other_id, result.exchanged, result.slips,
	       result.wrong, result.unsummed, result.untossed,
	       result.disordered);
	if (result.unsummed || result.untossed || result.disordered ||
	    result.slips > SLIPS_MAX || result.compressed * 10 < count * 6)
		return 1;
	if (!faults)
		return result.wrong || result.delivered != count ||
		       result.other_id || result.exchanged || result.bad_sum;
	return result.delivered * 10 < count * 8 ||
	       result.exchanged * 1000 > count || result.other_id * 20 > count;
}

int main(int argc, char *argv[])
{
	size_t count;

	if (argc < 5)
		errx(64, "slhc from|to cslip|adaptive MTU PACKETS [FAULTS]");
	kernel.mode = strcmp(argv[2], "cslip") ? MODE_ADAPTIVE : MODE_CSLIP;
	kernel.mtu = atoi(argv[3]);
	count = strtoul(argv[4], NULL, 10);
	faults = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
	if (kernel.mtu < 100 || kernel.mtu > MTU_MAX || count < 1000)
		errx(64, "bad MTU, or too few packets");
	/* Another discipline would change the order of the packets. */
	set_sysctl("/proc/sys/net/core/default_qdisc", "pfifo_fast");
	/* The interface would send packets of its own between ours. */
	set_sysctl("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	alarm(TIMEOUT_S);
	kernel_open();
	run(!strcmp(argv[1], "from"), count);
	kernel_close();
	return judge(count);
}
