/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cable.c - an emulated null-modem cable: two ptys, and a wire between them
 *
 * For whoever has no serial hardware at hand, and for our own tests: what is
 * written to one pty comes out of the other as it would behind a UART, a wire
 * and another UART: no faster than the baud rate, and lossy where a wire is.
 * Each direction is a line of its own:
 *
 *	sending pty --> transmit FIFO --> wire --> receiving pty
 *
 * The wire's clock.  A byte takes ten bit times (8N1).  It starts when the byte
 * before it has ended or when it became available, whichever is later, and is
 * handed over once its last bit has arrived.  The clock is the exact start of
 * the first byte in the FIFO (nanoseconds and a fraction), so nothing is
 * rounded away, and deadlines are absolute, so lateness does not add up.
 *
 * Lateness.  We look at a busy line once a millisecond (250 us if it is fast),
 * and a virtual machine may lose its processor for tens of milliseconds more.
 * The wire must not idle because of that.  So at the end of each look we note
 * how many bytes still wait in the sending pty (the kernel shows up to 4095, as
 * many as the driver of a real port would hold).  At the next look these count
 * as available all along: they entered the FIFO as it drained and follow their
 * predecessors without a gap, however late it is by then.  A byte not seen
 * waiting is available only now: an idle line gathers no credit.  If the line
 * was busy at the last look and has run dry since, the sender may have been
 * late, or we: the time since its last byte ended is reported as "slipped" and
 * not made good.  The timer runs only while a byte is on the wire, so an idle
 * cable sleeps.
 *
 * Back-pressure.  We read when the FIFO is half empty, and no more than it has
 * room for.  What is written beyond that waits in the sender's pty, which takes
 * 14 to 21 kB before a write blocks.  The kernel has no way to make it smaller,
 * so a writer is further ahead of the wire than with a real port (4 kB in most
 * drivers).
 *
 * The receiving end.  Bytes come in lumps of what one look finds arrived, as
 * from a UART that interrupts once a quantum.  Without flow control, what finds
 * the pty full is lost (overrun), for a wire cannot wait.  This is the default,
 * as it is with a cable of three wires, and a program that reads at all loses
 * nothing: the pty takes 14 kB or more, 1.2 s at 115200 baud.  With rtscts, and
 * always at unlimited speed, the wire stops until there is room.  While no
 * program has the receiving pty open, what arrives is lost (unheard).  The
 * master tells by POLLHUP, provided we hold no descriptor of the other side
 * ourselves.  It would keep poll() from ever sleeping: hence edge-triggered
 * epoll.  What the last user left unread is flushed when it closes, that the
 * next one finds nothing stale; what it had written is still sent.
 *
 * A USB adapter (--latency) passes on what arrived in packets: a full one at
 * once, another when its latency timer ends.  The timer runs for ever, and
 * begins anew with each packet.  A packet of an FT232R has 64 bytes, of which 2
 * are its state.
 *
 * A cable can be told to eat XON and XOFF (0x11, 0x13), as modems and terminal
 * servers with software flow control do.  They take their time all the same.
 *
 * Noise hits data bits only and depends on the seed and the bytes' position in
 * their direction alone, not on time.  The distance to the next hit is drawn
 * from the geometric distribution, instead of a coin tossed for each bit.
 *
 * A cable can have a highest speed (--max-baud), as a long wire or a cheap
 * adapter has. Above it a share of the bytes (--damage) is replaced by others.
 */
#include <argp.h>
#include <asm/termbits.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define BAUD_FAST	450000
#define QUANTUM_NS	1000000
#define QUANTUM_FAST_NS 250000
#define FIFO_MAX	65536
#define ADAPTER_PACKET	62
#define NEVER		UINT64_MAX
#define NS_PER_S	UINT64_C(1000000000)
#define NS_PER_MS	UINT64_C(1000000)
/* The nanoseconds a byte takes, times the baud rate. */
#define BYTE_NS_BAUD (10 * NS_PER_S)
/* The last bit is missed at 5 %, half a bit in 9.5; sampling costs the rest. */
#define MISMATCH_PERCENT 3
#define XON		 0x11
#define XOFF		 0x13

/* What the command line asks for. */
struct options {
	uint32_t baud;	   /* 0: unlimited */
	uint32_t max_baud; /* the cable damages bytes above it; 0: never */
	bool follow;	   /* the senders' own speeds, not baud */
	bool hold;	   /* the wire stops for a full receiver */
	bool realtime;
	bool eat_xonxoff;
	size_t fifo;	     /* bytes */
	uint64_t latency_ns; /* of the receiving adapter; 0: none */
	double ber;
	double loss;
	double damage; /* share of the bytes above max_baud */
	uint64_t seed;
	const char *links[2];
};

/* One end of the cable: a pty, of which we hold the master. */
struct end {
	const char *link;
	char pts[32];
	int master; /* -1: unplugged */
	int epoll_fd;
	bool readable; /* there may be something to read */
	bool open; /* no program has closed the other side since we looked */
};

/* One direction. */
struct line {
	const struct options *options;
	struct end *from, *to;
	uint32_t baud; /* 0: unlimited */
	bool mismatch; /* the two ends' speeds differ */
	bool busy;     /* has something to send */
	bool held;     /* waits for room in the receiving pty */

	uint8_t fifo[FIFO_MAX];
	size_t fifo_len;
	size_t waiting; /* seen in the sending pty at the last look */
	uint8_t out[FIFO_MAX + ADAPTER_PACKET]; /* arrived, not yet taken */
	size_t out_len;
	uint64_t passed_ns;  /* when the adapter passed on a packet */
	uint64_t clock_ns;   /* start of the first byte in the FIFO ... */
	uint64_t clock_frac; /* ... and its fraction, in 1/baud ns */

	uint64_t random;
	uint64_t next_flip;   /* bits to pass unharmed before it */
	uint64_t next_loss;   /* bytes to pass before it */
	uint64_t next_damage; /* the same, above max_baud */

	uint64_t first_ns; /* start of the first byte; 0: none yet */
	uint64_t accounted_ns;
	uint64_t busy_ns, held_ns, slipped_ns;
	uint64_t carried, lost, eaten, overrun, unheard, garbled; /* bytes */
	uint64_t damaged;					  /* bytes */
	uint64_t flipped;					  /* bits */
};

struct cable {
	struct options options;
	struct end ends[2];
	struct line lines[2];
	int epoll_fd, timer_fd, signal_fd;
	uint64_t deadline; /* what the timer is set to */
	bool plugged;
	bool ended;
};

/*
 * A link left behind by a cable that was killed may go, no other file.  A path
 * that cannot be looked at is left to symlink() to complain about.
 * Return: whether all is well; if not, stderr says why (so below).
 */
static bool end_clear_link(const struct end *e)
{
	static const char dir[] = "/dev/pts/";
	char target[64] = "";
	ssize_t len = readlink(e->link, target, sizeof(target) - 1);

	if (len < 0 && errno != EINVAL)
		return true;
	if (strncmp(target, dir, strlen(dir)) != 0 ||
	    access(target, F_OK) == 0) {
		warnx("%s: exists and is not the stale link of a cable "
		      "(remove it or choose another name)",
		      e->link);
		return false;
	}
	if (unlink(e->link)) {
		warn("%s: cannot remove the stale link", e->link);
		return false;
	}
	return true;
}

/* Raw mode, set through the master: the kernel applies it to the other side. */
static bool end_set_raw(const struct end *e)
{
	struct termios2 t;

	if (ioctl(e->master, TCGETS2, &t))
		return false;
	t.c_iflag = 0;
	t.c_oflag = 0;
	t.c_lflag = 0;
	t.c_cflag |= CLOCAL;
	return ioctl(e->master, TCSETS2, &t) == 0;
}

/*
 * Throw away what nobody read, through the other side, as a flush of the master
 * leaves up to 4095 bytes.  Its closing raises POLLHUP on the master, which a
 * pty that was never open would lack.
 */
static void end_flush(const struct end *e)
{
	int fd = ioctl(e->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	ioctl(fd, TCFLSH, TCIFLUSH);
	close(fd);
}

static int watch(int epoll_fd, int how, int fd, void *tag, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = tag};

	return epoll_ctl(epoll_fd, how, fd, &event);
}

/* Be told of what there is to read and, if wanted, of room to write. */
static int end_watch(struct end *e, int how, bool room)
{
	return watch(e->epoll_fd, how, e->master, e,
		     EPOLLIN | EPOLLET | (room ? EPOLLOUT : 0u));
}

static bool end_plug(struct end *e)
{
	e->readable = false;
	e->open = false;
	e->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (e->master < 0 || unlockpt(e->master) ||
	    ptsname_r(e->master, e->pts, sizeof(e->pts)) || !end_set_raw(e)) {
		warn("%s: cannot make a pty", e->link);
		return false;
	}
	end_flush(e);
	if (end_watch(e, EPOLL_CTL_ADD, false)) {
		warn("%s: cannot watch the pty", e->link);
		return false;
	}
	if (symlink(e->pts, e->link)) {
		warn("%s: cannot make the link", e->link);
		return false;
	}
	return true;
}

static void end_unplug(struct end *e)
{
	char target[sizeof(e->pts)] = "";

	if (e->master < 0)
		return;
	if (readlink(e->link, target, sizeof(target) - 1) > 0 &&
	    strcmp(target, e->pts) == 0)
		unlink(e->link);
	close(e->master);
	e->master = -1;
}

/* Opening the pty raises no event, so while it is closed we must look. */
static bool end_is_open(struct end *e)
{
	struct pollfd p = {.fd = e->master};

	if (!e->open)
		e->open = poll(&p, 1, 0) == 0;
	return e->open;
}

static void end_handle_event(struct end *e, uint32_t events)
{
	if (events & (EPOLLIN | EPOLLHUP))
		e->readable = true;
	if ((events & EPOLLHUP) && e->open) {
		e->open = false;
		end_flush(e);
	}
}

/* splitmix64 (Steele, Lea and Flood 2014): good from any seed. */
static uint64_t line_random(struct line *l)
{
	uint64_t x = l->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* How many trials fail before the next success of this probability. */
static uint64_t line_draw_gap(struct line *l, double probability)
{
	double uniform, gap;

	if (probability <= 0)
		return NEVER;
	uniform = (double)((line_random(l) >> 11) + 1) * 0x1p-53;
	gap = log(uniform) / log1p(-probability);
	return gap < 0x1p63 ? (uint64_t)gap : NEVER;
}

static uint8_t line_flip_bits(struct line *l, uint8_t byte)
{
	unsigned int bit = 0;

	while (l->next_flip < 8 - bit) {
		bit += (unsigned int)l->next_flip;
		byte ^= (uint8_t)(1u << bit++);
		l->flipped++;
		l->next_flip = line_draw_gap(l, l->options->ber);
	}
	l->next_flip -= 8 - bit;
	return byte;
}

/* Is the line faster than the cable can be? */
static bool line_is_too_fast(const struct line *l)
{
	return l->options->max_baud && l->baud > l->options->max_baud;
}

/* One byte passes the wire and arrives, unless it is lost. */
static void line_carry_byte(struct line *l, uint8_t byte)
{
	l->carried++;
	if (l->next_loss-- == 0) {
		l->next_loss = line_draw_gap(l, l->options->loss);
		l->lost++;
		return;
	}
	if (l->options->eat_xonxoff && (byte == XON || byte == XOFF)) {
		l->eaten++;
		return;
	}
	if (l->mismatch) {
		byte = (uint8_t)line_random(l);
		l->garbled++;
	} else if (line_is_too_fast(l) && l->next_damage-- == 0) {
		l->next_damage = line_draw_gap(l, l->options->damage);
		byte ^= (uint8_t)(1 + line_random(l) % 255);
		l->damaged++;
	}
	l->out[l->out_len++] = line_flip_bits(l, byte);
}

/* The line has run dry: the next byte starts now at the earliest. */
static void line_restart_clock(struct line *l, uint64_t now)
{
	if (l->busy && l->baud)
		l->slipped_ns += now - l->clock_ns;
	l->clock_ns = now;
	l->clock_frac = 0;
}

/* When the first @n bytes of the FIFO will have been sent. */
static uint64_t line_end_ns(const struct line *l, size_t n)
{
	uint64_t frac = l->clock_frac + n * BYTE_NS_BAUD;

	return l->clock_ns + (frac + l->baud - 1) / l->baud;
}

/* How many bytes of the FIFO have been sent by now. */
static size_t line_count_sent(const struct line *l, uint64_t now)
{
	uint64_t frac;

	if (!l->baud || line_end_ns(l, l->fifo_len) <= now)
		return l->fifo_len;
	frac = (now - l->clock_ns) * l->baud;
	if (frac < l->clock_frac)
		return 0;
	return (size_t)((frac - l->clock_frac) / BYTE_NS_BAUD);
}

/* Carry over what has been sent by now. */
static void line_carry(struct line *l, uint64_t now)
{
	size_t n = line_count_sent(l, now);
	uint64_t frac = l->clock_frac + n * BYTE_NS_BAUD;

	for (size_t i = 0; i < n; i++)
		line_carry_byte(l, l->fifo[i]);
	l->fifo_len -= n;
	memmove(l->fifo, l->fifo + n, l->fifo_len);
	if (l->baud) {
		l->clock_ns += frac / l->baud;
		l->clock_frac = frac % l->baud;
	}
}

/*
 * Stop for a receiver that is full, or go on when it is not or no longer.
 * Asking epoll once more makes it look again: room made since the write counts.
 */
static void line_hold(struct line *l, bool hold, uint64_t now)
{
	if (hold || l->held)
		end_watch(l->to, EPOLL_CTL_MOD, hold);
	if (l->held)
		l->clock_ns = now;
	l->held = hold;
}

/* When the adapter passes on what is no full packet. */
static uint64_t line_pass_ns(const struct line *l)
{
	return l->out_len ? l->passed_ns + l->options->latency_ns : NEVER;
}

/* How many of the bytes that have arrived does the adapter pass on now? */
static size_t line_count_passed(struct line *l, uint64_t now)
{
	const uint64_t latency_ns = l->options->latency_ns;
	const size_t full = l->out_len - l->out_len % ADAPTER_PACKET;

	if (!latency_ns)
		return l->out_len;
	if (now - l->passed_ns >= latency_ns) {
		l->passed_ns = now - (now - l->passed_ns) % latency_ns;
		return l->out_len;
	}
	if (full)
		l->passed_ns = now;
	return full;
}

/* Hand over what has arrived.  Return: whether the wire may go on. */
static bool line_deliver(struct line *l, uint64_t now)
{
	size_t rest = line_count_passed(l, now);
	ssize_t taken = 0;

	if (rest && !end_is_open(l->to)) {
		l->unheard += rest;
		taken = (ssize_t)rest;
	} else if (rest) {
		taken = write(l->to->master, l->out, rest);
	}
	if (taken > 0)
		rest -= (size_t)taken;
	if (!l->options->hold) {
		l->overrun += rest;
		taken = (taken > 0 ? taken : 0) + (ssize_t)rest;
		rest = 0;
	}
	if (taken > 0) {
		l->out_len -= (size_t)taken;
		memmove(l->out, l->out + taken, l->out_len);
	}
	line_hold(l, rest > 0, now);
	return !l->held;
}

/* Move bytes from the pty to the FIFO.  Return: whether there were any. */
static bool line_fill(struct line *l, uint64_t now)
{
	size_t room = l->options->fifo - l->fifo_len;
	ssize_t got;

	if (l->fifo_len > l->options->fifo / 2 || !l->from->readable)
		return false;
	if (l->waiting && l->waiting < room)
		room = l->waiting;
	got = read(l->from->master, l->fifo + l->fifo_len, room);
	if (got <= 0) {
		l->from->readable = false;
		return false;
	}
	if (l->waiting) {
		l->waiting -= (size_t)got;
	} else if (!l->fifo_len) {
		line_restart_clock(l, now);
	}
	l->fifo_len += (size_t)got;
	return true;
}

/* Take over the speeds that the users of the two ptys have set. */
static void line_follow(struct line *l)
{
	struct termios2 from, to;
	int64_t tx, rx;

	if (ioctl(l->from->master, TCGETS2, &from) ||
	    ioctl(l->to->master, TCGETS2, &to) || !from.c_ospeed)
		return;
	tx = from.c_ospeed;
	rx = to.c_ispeed;
	l->mismatch = llabs(tx - rx) * 100 > MISMATCH_PERCENT * tx;
	if (l->baud != from.c_ospeed)
		l->clock_frac = 0;
	l->baud = from.c_ospeed;
}

/* When to look again: after a quantum's bytes, or the last one there is. */
static uint64_t line_next_look(const struct line *l, uint64_t now)
{
	uint64_t quantum = l->baud > BAUD_FAST ? QUANTUM_FAST_NS : QUANTUM_NS;
	uint64_t n = quantum * l->baud / BYTE_NS_BAUD;
	size_t there = l->fifo_len + l->waiting;
	uint64_t pass_ns = line_pass_ns(l);
	uint64_t end_ns;

	if (!l->fifo_len)
		return pass_ns;
	if (!l->baud)
		return now;
	n = n ? n : 1;
	end_ns = line_end_ns(l, n < there ? (size_t)n : there);
	return end_ns < pass_ns ? end_ns : pass_ns;
}

/* Add the time since this was last done to what it was spent on. */
static void line_account(struct line *l, uint64_t now)
{
	if (l->held)
		l->held_ns += now - l->accounted_ns;
	else if (l->busy)
		l->busy_ns += now - l->accounted_ns;
	l->accounted_ns = now;
}

/*
 * One look at a line: bring it up to date.  The loop is for a late look: what
 * was waiting goes on the wire in its turn, and may have arrived as well.
 * Return: when to look again.
 */
static uint64_t line_update(struct line *l, uint64_t now)
{
	int waiting = 0;

	line_account(l, now);
	if (l->options->follow)
		line_follow(l);
	if (!line_deliver(l, now))
		return NEVER;
	do {
		line_carry(l, now);
		if (!line_deliver(l, now))
			return NEVER;
	} while (line_fill(l, now) && l->baud);

	if (l->from->readable && l->baud)
		ioctl(l->from->master, FIONREAD, &waiting);
	l->waiting = (size_t)waiting;
	if (!l->fifo_len)
		line_restart_clock(l, now);
	l->busy = l->fifo_len > 0;
	if (l->busy && !l->first_ns)
		l->first_ns = now;
	return line_next_look(l, now);
}

/* What is on its way in a cable that is pulled out is gone. */
static void line_unplug(struct line *l)
{
	l->busy = false;
	l->held = false;
	l->fifo_len = 0;
	l->out_len = 0;
	l->waiting = 0;
}

/*
 * One line of text.  Busy is the time measured with something to send, and its
 * share of the time since the first byte; held is not part of it.
 */
static void line_print_stats(struct line *l, uint64_t now)
{
	double busy, held, slipped, total;

	line_account(l, now);
	busy = (double)l->busy_ns / (double)NS_PER_S;
	held = (double)l->held_ns / (double)NS_PER_S;
	slipped = (double)l->slipped_ns / (double)NS_PER_S;
	total = l->first_ns ? (double)(now - l->first_ns) / (double)NS_PER_S
			    : 0;
	fprintf(stderr,
		"cable: %s -> %s: carried %10" PRIu64 " B  lost %7" PRIu64
		" B  eaten %7" PRIu64 " B  overrun %7" PRIu64
		" B  unheard %7" PRIu64 " B  garbled %7" PRIu64
		" B  damaged %7" PRIu64 " B  flipped %7" PRIu64 " bit"
		"  busy %10.4f s %5.1f %%  rate %11.1f B/s"
		"  held %8.3f s  slipped %8.4f s\n",
		l->from->link, l->to->link, l->carried, l->lost, l->eaten,
		l->overrun, l->unheard, l->garbled, l->damaged, l->flipped,
		busy, total > 0 ? 100 * busy / total : 0,
		busy > 0 ? (double)l->carried / busy : 0, held, slipped);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void cable_print_stats(struct cable *c)
{
	uint64_t now = now_ns();

	line_print_stats(&c->lines[0], now);
	line_print_stats(&c->lines[1], now);
}

static void cable_print_plugged(const struct cable *c, const char *verb)
{
	printf("cable: %s%s (%s) <-> %s (%s), ", verb, c->ends[0].link,
	       c->ends[0].pts, c->ends[1].link, c->ends[1].pts);
	if (c->options.follow)
		puts("the speeds set at the ends");
	else if (!c->options.baud)
		puts("unlimited");
	else
		printf("%" PRIu32 " baud\n", c->options.baud);
}

static void cable_unplug(struct cable *c)
{
	for (int i = 0; i < 2; i++) {
		line_unplug(&c->lines[i]);
		end_unplug(&c->ends[i]);
	}
	c->plugged = false;
}

/* Both links first: a stale one must not lead to a pty that we make here. */
static bool cable_plug(struct cable *c)
{
	if (!end_clear_link(&c->ends[0]) || !end_clear_link(&c->ends[1]))
		return false;
	if (!end_plug(&c->ends[0]) || !end_plug(&c->ends[1])) {
		cable_unplug(c);
		return false;
	}
	c->plugged = true;
	return true;
}

static bool cable_toggle_plug(struct cable *c)
{
	if (c->plugged) {
		cable_unplug(c);
		puts("cable: unplugged");
		return true;
	}
	if (!cable_plug(c))
		return false;
	cable_print_plugged(c, "replugged: ");
	return true;
}

static bool cable_handle_signal(struct cable *c)
{
	struct signalfd_siginfo info;

	if (read(c->signal_fd, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo == SIGUSR1)
		return cable_toggle_plug(c);
	if (info.ssi_signo == SIGUSR2)
		cable_print_stats(c);
	else
		c->ended = true;
	return true;
}

/*
 * Nobody reads the timer: its edge is all we need. To set it costs more than
 * all else that is done for a few bytes, so it is left alone where it can be.
 * Return: whether it is time to look again already.
 */
static bool cable_update_lines(struct cable *c)
{
	struct itimerspec when = {.it_interval = {0}};
	uint64_t now = now_ns(), deadline = NEVER;

	for (int i = 0; i < 2 && c->plugged; i++) {
		uint64_t next = line_update(&c->lines[i], now);

		deadline = next < deadline ? next : deadline;
	}
	if (deadline <= now)
		return true;
	if (deadline == c->deadline)
		return false;
	c->deadline = deadline;
	if (deadline != NEVER) {
		when.it_value.tv_sec = (time_t)(deadline / NS_PER_S);
		when.it_value.tv_nsec = (long)(deadline % NS_PER_S);
	}
	timerfd_settime(c->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
	return false;
}

static bool cable_run(struct cable *c)
{
	struct epoll_event events[4];
	bool at_once = false;

	while (!c->ended) {
		int n = epoll_wait(c->epoll_fd, events, 4, at_once ? 0 : -1);

		for (int i = 0; i < n; i++) {
			void *source = events[i].data.ptr;

			if (source == &c->signal_fd) {
				if (!cable_handle_signal(c))
					return false;
			} else if (source != &c->timer_fd) {
				end_handle_event(source, events[i].events);
			}
		}
		at_once = cable_update_lines(c);
	}
	return true;
}

static bool cable_init(struct cable *c)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);

	c->deadline = NEVER;
	c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	c->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	c->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (watch(c->epoll_fd, EPOLL_CTL_ADD, c->timer_fd, &c->timer_fd,
		  EPOLLIN | EPOLLET) ||
	    watch(c->epoll_fd, EPOLL_CTL_ADD, c->signal_fd, &c->signal_fd,
		  EPOLLIN)) {
		warn("cannot set up the event loop");
		return false;
	}
	for (int i = 0; i < 2; i++) {
		struct line *l = &c->lines[i];

		c->ends[i].link = c->options.links[i];
		c->ends[i].master = -1;
		c->ends[i].epoll_fd = c->epoll_fd;
		l->options = &c->options;
		l->from = &c->ends[i];
		l->to = &c->ends[1 - i];
		l->baud = c->options.baud;
		l->random = c->options.seed * 2 + (uint64_t)i;
		l->next_flip = line_draw_gap(l, c->options.ber);
		l->next_loss = line_draw_gap(l, c->options.loss);
		l->next_damage = line_draw_gap(l, c->options.damage);
	}
	return true;
}

static uint64_t option_number(const char *name, const char *text, uint64_t min,
			      uint64_t max, const struct argp_state *state)
{
	char *end = NULL;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno || value < min ||
	    value > max)
		argp_error(state,
			   "--%s: '%s' is not a number from %" PRIu64
			   " to %" PRIu64,
			   name, text, min, max);
	return value;
}

static double option_rate(const char *name, const char *text,
			  const struct argp_state *state)
{
	char *end = NULL;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0 && value <= 1))
		argp_error(state,
			   "--%s: '%s' is not a probability from 0 to 1 "
			   "(such as 1e-5)",
			   name, text);
	return value;
}

enum {
	OPTION_BER = 256,
	OPTION_DAMAGE,
	OPTION_EAT_XONXOFF,
	OPTION_FIFO,
	OPTION_FLOW,
	OPTION_LATENCY,
	OPTION_LOSS,
	OPTION_MAX_BAUD,
	OPTION_REALTIME,
	OPTION_SEED,
};

static const struct argp_option option_table[] = {
	{"baud", 'b', "BAUD", 0,
	 "Speed, 50 to 12000000 (default 115200). 0 or unlimited: as fast as "
	 "the reader reads. auto: as set on the sender's pty (38400 until "
	 "then); garbage arrives if the other end's differs by more than 3 %",
	 0},
	{"ber", OPTION_BER, "RATE", 0,
	 "Flip each bit with this probability, e.g. 1e-5 (default 0)", 0},
	{"damage", OPTION_DAMAGE, "RATE", 0,
	 "Damage each byte above --max-baud with this probability (default "
	 "0.25)",
	 0},
	{"eat-xonxoff", OPTION_EAT_XONXOFF, NULL, 0,
	 "Let no byte 0x11 or 0x13 through", 0},
	{"fifo", OPTION_FIFO, "BYTES", 0,
	 "Transmit FIFO, 1 to 65536 (default 256; 65536 if unlimited)", 0},
	{"flow", OPTION_FLOW, "HOW", 0,
	 "If the reader's pty is full: none, what arrives is lost (default); "
	 "rtscts, the sender is held (always so if unlimited)",
	 0},
	{"latency", OPTION_LATENCY, "MS", 0,
	 "A USB adapter at each end passes on what it receives after this time "
	 "at most, 0 to 255 ms, or 62 bytes (default 0: no adapter)",
	 0},
	{"loss", OPTION_LOSS, "RATE", 0,
	 "Lose each byte with this probability (default 0)", 0},
	{"max-baud", OPTION_MAX_BAUD, "BAUD", 0,
	 "Damage bytes that are sent at a higher speed (default: at none)", 0},
	{"realtime", OPTION_REALTIME, NULL, 0,
	 "Ask for real-time scheduling (SCHED_FIFO)", 0},
	{"seed", OPTION_SEED, "N", 0,
	 "Choose other bits and bytes to harm (default 1)", 0},
	{0},
};

static void option_baud(struct options *o, const char *text,
			const struct argp_state *state)
{
	o->follow = strcmp(text, "auto") == 0;
	if (o->follow)
		o->baud = 38400;
	else if (strcmp(text, "unlimited") == 0 || strcmp(text, "0") == 0)
		o->baud = 0;
	else
		o->baud = (uint32_t)option_number("baud", text, 50, 12000000,
						  state);
}

static void option_finish(struct options *o, const struct argp_state *state)
{
	if (state->arg_num < 2)
		argp_error(state, "LINK-A and LINK-B are needed");
	if (strcmp(o->links[0], o->links[1]) == 0)
		argp_error(state, "LINK-A and LINK-B are the same");
	if (!o->fifo)
		o->fifo = o->baud ? 256 : FIFO_MAX;
	if (!o->baud)
		o->hold = true;
}

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'b':
		option_baud(o, arg, state);
		return 0;
	case OPTION_BER:
		o->ber = option_rate("ber", arg, state);
		return 0;
	case OPTION_DAMAGE:
		o->damage = option_rate("damage", arg, state);
		return 0;
	case OPTION_EAT_XONXOFF:
		o->eat_xonxoff = true;
		return 0;
	case OPTION_FIFO:
		o->fifo =
			(size_t)option_number("fifo", arg, 1, FIFO_MAX, state);
		return 0;
	case OPTION_FLOW:
		o->hold = strcmp(arg, "rtscts") == 0;
		if (!o->hold && strcmp(arg, "none") != 0)
			argp_error(state, "--flow: '%s' is not none or rtscts",
				   arg);
		return 0;
	case OPTION_LATENCY:
		o->latency_ns = option_number("latency", arg, 0, 255, state) *
				NS_PER_MS;
		return 0;
	case OPTION_LOSS:
		o->loss = option_rate("loss", arg, state);
		return 0;
	case OPTION_MAX_BAUD:
		o->max_baud = (uint32_t)option_number("max-baud", arg, 50,
						      12000000, state);
		return 0;
	case OPTION_REALTIME:
		o->realtime = true;
		return 0;
	case OPTION_SEED:
		o->seed = option_number("seed", arg, 0, UINT64_MAX, state);
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num >= 2)
			argp_error(state, "'%s' is one argument too many", arg);
		o->links[state->arg_num] = arg;
		return 0;
	case ARGP_KEY_END:
		option_finish(o, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp option_argp = {
	.options = option_table,
	.parser = option_parse,
	.args_doc = "LINK-A LINK-B",
	.doc = "Emulate a null-modem cable: make two ptys, link them at the "
	       "given paths, and carry bytes between them at the pace of a "
	       "serial line.\v"
	       "Runs until SIGINT, SIGTERM or SIGHUP. SIGUSR1 pulls the cable "
	       "out at both ends or plugs it in again; SIGUSR2 prints the "
	       "statistics, as the end does.\n\n"
	       "Example: cable --baud 115200 /tmp/a /tmp/b",
};

int main(int argc, char **argv)
{
	static struct cable cable = {
		.options = {.baud = 115200, .damage = 0.25, .seed = 1}};
	const struct sched_param realtime = {.sched_priority = 1};
	bool ok;

	argp_parse(&option_argp, argc, argv, 0, NULL, &cable.options);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (cable.options.realtime &&
	    sched_setscheduler(0, SCHED_FIFO, &realtime))
		warn("cannot set real-time scheduling (going on without)");
	if (!cable_init(&cable) || !cable_plug(&cable))
		return EXIT_FAILURE;
	cable_print_plugged(&cable, "");
	ok = cable_run(&cable);
	cable_unplug(&cable);
	cable_print_stats(&cable);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
