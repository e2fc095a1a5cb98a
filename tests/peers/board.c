/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A board as the peer, with lwIP's TCP/IP stack and SLIP (slipif), and an echo
 * over TCP and UDP on port 7 (RFC 862). This file has only the parts that the
 * maker of a board writes: the serial port, the clock, the main loop, the echo.
 *
 *   board PORT IPV4 IPV6 MTU
 *
 * The longest packet that it sends has MTU bytes; it takes up to 1500.
 */
#include <lwip/init.h>
#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/sio.h>
#include <lwip/sys.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>
#include <netif/slipif.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define BOARD_ECHO_PORT 7

/* The serial port, and the bytes to write to it. */
static struct serial {
	const char *path;
	int fd;
	size_t len;
	u8_t bytes[4096];
} serial;

static void die(const char *what)
{
	fprintf(stderr, "board: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Wait until the port has room. */
static void serial_flush(void)
{
	struct pollfd port = {.fd = serial.fd, .events = POLLOUT};
	size_t done = 0;
	ssize_t n;

	while (done < serial.len) {
		n = write(serial.fd, serial.bytes + done, serial.len - done);
		if (n > 0)
			done += (size_t)n;
		else if (poll(&port, 1, -1) < 0)
			die(serial.path);
	}
	serial.len = 0;
}

/* The functions that slipif needs (lwip/sio.h); there is only one port. */
sio_fd_t sio_open(u8_t number)
{
	struct termios settings;

	(void)number;
	serial.fd = open(serial.path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (serial.fd < 0 || tcgetattr(serial.fd, &settings) < 0)
		return NULL;
	cfmakeraw(&settings);
	if (tcsetattr(serial.fd, TCSANOW, &settings) < 0)
		return NULL;
	return &serial;
}

void sio_send(u8_t byte, sio_fd_t fd)
{
	(void)fd;
	serial.bytes[serial.len++] = byte;
	if (serial.len == sizeof(serial.bytes))
		serial_flush();
}

u32_t sio_tryread(sio_fd_t fd, u8_t *bytes, u32_t len)
{
	ssize_t n = read(serial.fd, bytes, len);

	(void)fd;
	return n > 0 ? (u32_t)n : 0;
}

u32_t sys_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* A connection, and the received bytes that it has not sent back yet. */
struct echo {
	struct pbuf *waiting;
	bool ended;
};

static void echo_free(struct echo *echo)
{
	if (echo->waiting)
		pbuf_free(echo->waiting);
	free(echo);
}

/* The connection is gone, and lwIP has forgotten it. */
static void echo_lost(void *arg, err_t err)
{
	(void)err;
	echo_free(arg);
}

static void echo_close(struct echo *echo, struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	echo_free(echo);
	tcp_close(pcb);
}

/* Send back as many bytes as there is room for. */
static void echo_send(struct echo *echo, struct tcp_pcb *pcb)
{
	struct pbuf *first;
	u16_t len;

	while ((first = echo->waiting)) {
		len = LWIP_MIN(first->len, tcp_sndbuf(pcb));
		if (!len || tcp_write(pcb, first->payload, len,
				      TCP_WRITE_FLAG_COPY) != ERR_OK)
			break;
		echo->waiting = pbuf_free_header(first, len);
		tcp_recved(pcb, len);
	}
	tcp_output(pcb);
	if (echo->ended && !echo->waiting)
		echo_close(echo, pcb);
}

static err_t echo_received(void *arg, struct tcp_pcb *pcb, struct pbuf *data,
			   err_t err)
{
	struct echo *echo = arg;

	(void)err;
	if (!data)
		echo->ended = true;
	else if (echo->waiting)
		pbuf_cat(echo->waiting, data);
	else
		echo->waiting = data;
	echo_send(echo, pcb);
	return ERR_OK;
}

static err_t echo_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	(void)len;
	echo_send(arg, pcb);
	return ERR_OK;
}

static err_t echo_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct echo *echo = calloc(1, sizeof(*echo));

	(void)arg;
	(void)err;
	if (!echo)
		return ERR_MEM;
	tcp_arg(pcb, echo);
	tcp_recv(pcb, echo_received);
	tcp_sent(pcb, echo_sent);
	tcp_err(pcb, echo_lost);
	return ERR_OK;
}

static void echo_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *data,
			  const ip_addr_t *from, u16_t port)
{
	(void)arg;
	udp_sendto(pcb, data, from, port);
	pbuf_free(data);
}

static void serve(void)
{
	struct tcp_pcb *tcp = tcp_new_ip_type(IPADDR_TYPE_ANY);
	struct udp_pcb *udp = udp_new_ip_type(IPADDR_TYPE_ANY);

	if (tcp_bind(tcp, IP_ANY_TYPE, BOARD_ECHO_PORT) != ERR_OK ||
	    udp_bind(udp, IP_ANY_TYPE, BOARD_ECHO_PORT) != ERR_OK)
		die("port 7");
	tcp_accept(tcp_listen(tcp), echo_accept);
	udp_recv(udp, echo_datagram, NULL);
}

/* Bring up the interface with the addresses of the command line. */
static void set_up(struct netif *netif, char *argv[])
{
	ip4_addr_t mask;
	ip4_addr_t ipv4;
	ip6_addr_t ipv6;

	serial.path = argv[1];
	IP4_ADDR(&mask, 255, 255, 255, 0);
	if (!ip4addr_aton(argv[2], &ipv4) || !ip6addr_aton(argv[3], &ipv6))
		die("addresses");
	if (!netif_add(netif, &ipv4, &mask, NULL, NULL, slipif_init, ip_input))
		die(serial.path);
	netif_ip6_addr_set(netif, 0, &ipv6);
	netif_ip6_addr_set_state(netif, 0, IP6_ADDR_PREFERRED);
	netif->mtu = (u16_t)strtoul(argv[4], NULL, 10);
	netif->mtu6 = netif->mtu;
	netif_set_default(netif);
	netif_set_link_up(netif);
	netif_set_up(netif);
}

int main(int argc, char *argv[])
{
	struct pollfd port = {.events = POLLIN};
	struct netif netif;

	if (argc != 5) {
		fprintf(stderr, "usage: board PORT IPV4 IPV6 MTU\n");
		return 64;
	}
	lwip_init();
	set_up(&netif, argv);
	serve();
	printf("lwIP %s on %s\n", LWIP_VERSION_STRING, serial.path);
	fflush(stdout);
	port.fd = serial.fd;
	for (;;) {
		poll(&port, 1, (int)sys_timeouts_sleeptime());
		slipif_poll(&netif);
		sys_check_timeouts();
		serial_flush();
	}
}
