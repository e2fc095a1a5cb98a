/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ft232r.c - a USB serial adapter, played to QEMU's device usb-redir
 *
 * To the guest's driver this is FTDI's FT232R (data sheet DS_FT232R; requests
 * as in the kernel's drivers/usb/serial/ftdi_sio.h), on a bus of full speed.
 *
 * This program speaks the usbredir protocol to QEMU, as the host of the device:
 * a transfer of the guest is a packet with an id, and ends with our answer.
 *
 * Sending.  The chip takes a bulk OUT transfer in packets of up to 64 bytes,
 * each as soon as its FIFO of 256 bytes has room.  The answer comes after the
 * last packet; until then the guest's driver sees a NAK.
 *
 * Receiving.  The chip fills a bulk IN transfer with packets of two status
 * bytes and up to 62 bytes from its FIFO of 128.  The transfer ends with the
 * first packet that is not full, or when there is no room for another packet.
 * A packet goes when it is full or when the latency timer expires, which counts
 * frames of the bus (1 ms) since the last packet.  An idle chip sends a packet
 * whenever the timer expires; this program keeps the timer's phase but omits
 * packets without news, because they would only cost the guest time.
 *
 * If the FIFO is full although the driver took input a moment ago, the virtual
 * machine is late, and the wire is held.  After HOLD_MAX_PS the driver takes no
 * more input: bytes are lost, and the status reports an overrun.
 *
 * A packet's status applies to all its bytes, so an error in one byte is an
 * error in each.  Unknown properties of the chip: whether it ends a packet at
 * an error, and at which level exactly it drops RTS.
 */
#include "ft232r.h"

#include "wire.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <usbredirparser.h>

#define HOLD_MAX_PS (100 * PS_PER_MS)

#define TX_FIFO	   256
#define RX_FIFO	   128
#define RTS_MARGIN 32 /* room in the RX FIFO at which RTS drops */
#define PACKET_MAX 64
#define DATA_MAX   62 /* in a packet from the chip */
#define IN_MAX	   512
#define EP_IN	   0x81
#define EP_OUT	   0x02
/* In the protocol's tables: 16 OUT endpoints, then 16 IN. */
#define EP_INDEX(ep) (((ep)&0xf) + ((ep)&0x80 ? 16 : 0))
#define BAUD_BASE    24000000 /* over the divisor in eighths */
#define BAUD_RESET   9600

/* Requests of the chip's own, by the names that the kernel's driver uses. */
enum {
	REQUEST_RESET = 0,
	REQUEST_MODEM_CTRL = 1,
	REQUEST_SET_FLOW_CTRL = 2,
	REQUEST_SET_BAUD_RATE = 3,
	REQUEST_SET_DATA = 4,
	REQUEST_GET_MODEM_STATUS = 5,
	REQUEST_SET_EVENT_CHAR = 6,
	REQUEST_SET_ERROR_CHAR = 7,
	REQUEST_SET_LATENCY_TIMER = 9,
	REQUEST_GET_LATENCY_TIMER = 10,
	REQUEST_READ_EEPROM = 0x90,
};

/* The argument of the reset request. */
enum {
	RESET_ALL = 0,
	RESET_RX = 1,
	RESET_TX = 2
};

/* Requests that every device knows, with the kind of descriptor or a zero. */
enum {
	REQUEST_GET_STATUS = 0x0000,
	REQUEST_CLEAR_FEATURE = 0x0100,
	REQUEST_SET_FEATURE = 0x0300,
	REQUEST_GET_DEVICE = 0x0601,
	REQUEST_GET_CONFIGURATION = 0x0602,
	REQUEST_GET_STRING = 0x0603,
};

/* The EEPROM: words of 16 bits. */
#define EEPROM_WORDS   64
#define EEPROM_STRINGS 7  /* where the strings are */
#define EEPROM_TEXT    12 /* the strings */

/* A transfer that is not over, by the name that QEMU gave it. */
struct transfer {
	struct transfer *next;
	uint64_t id;
	uint8_t *data; /* OUT: the parser's */
	size_t len, done;
};

struct ft232r {
	struct port port;
	struct usbredirparser *parser;
	char serial[8];
	uint16_t eeprom[EEPROM_WORDS];
	bool plugged;

	struct transfer *out, *in;
	uint8_t in_data[IN_MAX]; /* of the first of them */
	uint64_t in_ps;		 /* when the driver was last seen to take any */

	uint8_t rx[RX_FIFO];
	size_t rx_len;
	uint8_t errors;	 /* since the last packet */
	uint8_t told[2]; /* the status that the driver knows */
	bool rts_wanted;
	uint8_t latency_ms;
	uint64_t tick_ps; /* when the latency timer expires */
};

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The status bytes of a packet: modem lines, then line status. */
static void ft232r_get_status(const struct ft232r *f, uint8_t status[static 2])
{
	const struct port *peer = f->port.peer;

	status[0] = 0x01;
	if (peer->rts)
		status[0] |= 0x10; /* CTS */
	if (peer->dtr)
		status[0] |= 0xa0; /* DSR, DCD */
	status[1] = f->port.fifo_len ? 0 : PORT_TX_EMPTY;
	status[1] |= f->errors;
}

static bool ft232r_has_news(const struct ft232r *f)
{
	uint8_t status[2];

	ft232r_get_status(f, status);
	return f->rx_len || (f->in && f->in->done) ||
	       memcmp(status, f->told, sizeof(status)) != 0;
}

/* RTS: what the driver wants, and with flow control only while there is room */
static void ft232r_drive_rts(struct ft232r *f)
{
	bool room = f->rx_len + RTS_MARGIN <= RX_FIFO;

	f->port.rts = f->rts_wanted && (room || !f->port.heeds_cts);
}

static void ft232r_add_transfer(struct ft232r *f, struct transfer **list,
				uint64_t id, uint8_t *data, size_t len)
{
	struct transfer *t = calloc(1, sizeof(*t));

	if (!t) { /* the driver will take it back some time */
		warn("%s: transfer", f->port.name);
		usbredirparser_free_packet_data(f->parser, data);
		return;
	}
	*t = (struct transfer){.id = id, .data = data, .len = len};
	while (*list)
		list = &(*list)->next;
	*list = t;
}

static void ft232r_free_transfer(struct ft232r *f, struct transfer **at)
{
	struct transfer *t = *at;

	*at = t->next;
	usbredirparser_free_packet_data(f->parser, t->data);
	free(t);
}

/* Answer a transfer, with the bytes if it is IN. */
static void ft232r_answer(struct ft232r *f, struct transfer **at,
			  uint8_t endpoint, uint8_t status)
{
	const struct transfer *t = *at;
	struct usb_redir_bulk_packet_header header = {
		.endpoint = endpoint,
		.status = status,
		.length = (uint16_t)t->done,
	};
	bool in = endpoint == EP_IN;

	usbredirparser_send_bulk_packet(f->parser, t->id, &header,
					in ? f->in_data : NULL,
					in ? (int)t->done : 0);
	ft232r_free_transfer(f, at);
}

static void ft232r_put_packet(struct ft232r *f, size_t len, uint64_t now)
{
	uint8_t *packet = f->in_data + f->in->done;

	ft232r_get_status(f, packet);
	f->errors = 0;
	ft232r_get_status(f, f->told);
	memcpy(packet + 2, f->rx, len);
	f->in->done += 2 + len;
	f->rx_len -= len;
	memmove(f->rx, f->rx + len, f->rx_len);
	f->tick_ps = (now / PS_PER_MS + f->latency_ms) * PS_PER_MS;
	f->in_ps = now;
	ft232r_drive_rts(f);
}

static void ft232r_flush(struct ft232r *f)
{
	if (f->port.fd >= 0 && usbredirparser_has_data_to_write(f->parser))
		usbredirparser_do_write(f->parser);
}

static uint64_t ft232r_deliver(struct port *p, uint64_t now)
{
	struct ft232r *f = (struct ft232r *)p;
	uint64_t period_ps = f->latency_ms * PS_PER_MS;

	while (f->in) {
		size_t len = min_size(f->rx_len, DATA_MAX);
		bool full = len == DATA_MAX;

		if (!full && (now < f->tick_ps || !ft232r_has_news(f)))
			break;
		ft232r_put_packet(f, len, now);
		if (!full || f->in->done + PACKET_MAX > f->in->len)
			ft232r_answer(f, &f->in, EP_IN, usb_redir_success);
	}
	ft232r_flush(f);
	if (!f->in)
		return WIRE_NEVER;
	if (f->tick_ps <= now)
		f->tick_ps += ((now - f->tick_ps) / period_ps + 1) * period_ps;
	return ft232r_has_news(f) || p->peer->fifo_len ? f->tick_ps
						       : WIRE_NEVER;
}

static size_t ft232r_take(struct port *p, uint8_t *buf, size_t room)
{
	struct ft232r *f = (struct ft232r *)p;
	struct transfer *t = f->out;
	size_t len = t ? min_size(t->len - t->done, PACKET_MAX) : 0;

	if (!t || len > room)
		return 0;
	memcpy(buf, t->data + t->done, len);
	t->done += len;
	if (t->done == t->len)
		ft232r_answer(f, &f->out, EP_OUT, usb_redir_success);
	return len;
}

static bool ft232r_is_full(struct port *p, uint64_t now)
{
	const struct ft232r *f = (struct ft232r *)p;

	if (f->rx_len == RX_FIFO)
		ft232r_deliver(p, now);
	return f->rx_len == RX_FIFO && now - f->in_ps < HOLD_MAX_PS;
}

static void ft232r_receive(struct port *p, uint8_t byte, uint8_t errors)
{
	struct ft232r *f = (struct ft232r *)p;

	if (f->rx_len == RX_FIFO)
		f->errors |= PORT_OVERRUN;
	if (f->rx_len == RX_FIFO || !f->plugged) {
		p->lost++;
		return;
	}
	f->errors |= errors;
	f->rx[f->rx_len++] = byte;
	ft232r_drive_rts(f);
}

/* Until there is room for the next piece. */
static size_t ft232r_tx_lump(const struct port *p, size_t room)
{
	const struct transfer *t = ((const struct ft232r *)p)->out;
	size_t len = t ? min_size(t->len - t->done, PACKET_MAX) : 0;

	return len > room ? len - room : SIZE_MAX;
}

/* Until a packet is full. */
static size_t ft232r_rx_lump(const struct port *p)
{
	const struct ft232r *f = (const struct ft232r *)p;

	return f->rx_len < DATA_MAX ? DATA_MAX - f->rx_len : DATA_MAX;
}

static short ft232r_wanted_events(const struct port *p)
{
	const struct ft232r *f = (const struct ft232r *)p;
	bool more = usbredirparser_has_data_to_write(f->parser) > 0;

	return (short)(POLLIN | (more ? POLLOUT : 0));
}

static void ft232r_handle_events(struct port *p)
{
	usbredirparser_do_read(((struct ft232r *)p)->parser);
}

static const struct port_ops ft232r_ops = {
	.take = ft232r_take,
	.is_full = ft232r_is_full,
	.receive = ft232r_receive,
	.deliver = ft232r_deliver,
	.tx_lump = ft232r_tx_lump,
	.rx_lump = ft232r_rx_lump,
	.wanted_events = ft232r_wanted_events,
	.handle_events = ft232r_handle_events,
};

static void ft232r_purge_rx(struct ft232r *f)
{
	f->rx_len = 0;
	f->errors = 0;
	ft232r_drive_rts(f);
}

/* Empty one FIFO, or both and put back all but speed and format. */
static void ft232r_reset(struct ft232r *f, unsigned int what)
{
	if (what == RESET_ALL) {
		f->port.dtr = false;
		f->rts_wanted = false;
		f->port.heeds_cts = false;
	}
	if (what != RESET_TX)
		ft232r_purge_rx(f);
	if (what != RESET_RX)
		f->port.fifo_len = 0;
}

/* Set DTR and RTS; the upper byte tells which of them. */
static void ft232r_set_modem(struct ft232r *f, unsigned int value)
{
	if (value & 0x100)
		f->port.dtr = value & 0x1;
	if (value & 0x200)
		f->rts_wanted = value & 0x2;
	ft232r_drive_rts(f);
}

/*
 * 14 bits of divisor, and above them three that encode its eighths in an order
 * of their own.  0 and 1 stand for the divisors 1 and 1.5.
 */
static void ft232r_set_divisor(struct ft232r *f, unsigned int code)
{
	static const uint8_t eighths_of[8] = {0, 4, 2, 1, 3, 5, 6, 7};
	unsigned int eighths = (code & 0x3fff) * 8 + eighths_of[code >> 14 & 7];

	if (code == 0)
		eighths = 8;
	if (code == 1)
		eighths = 12;
	f->port.byte_ps = wire_baud_byte_ps(BAUD_BASE, eighths);
}

/* A request of the chip's own.  Return: the length of the reply. */
static int ft232r_handle_vendor(struct ft232r *f, uint8_t request,
				uint16_t value, uint16_t index, uint8_t *reply)
{
	switch (request) {
	case REQUEST_RESET:
		ft232r_reset(f, value);
		return 0;
	case REQUEST_MODEM_CTRL:
		ft232r_set_modem(f, value);
		return 0;
	case REQUEST_SET_FLOW_CTRL:
		f->port.heeds_cts = index >> 8 & 0x1;
		ft232r_drive_rts(f);
		return 0;
	case REQUEST_SET_BAUD_RATE:
		ft232r_set_divisor(f, value | (unsigned int)(index & 1) << 16);
		return 0;
	case REQUEST_SET_DATA: /* of the format, only the break */
		f->port.brk = value & 0x4000;
		return 0;
	case REQUEST_GET_MODEM_STATUS:
		ft232r_get_status(f, reply);
		return 2;
	case REQUEST_SET_EVENT_CHAR:
	case REQUEST_SET_ERROR_CHAR:
		return 0;
	case REQUEST_SET_LATENCY_TIMER:
		f->latency_ms = (uint8_t)(value ? value : 1);
		f->tick_ps = 0;
		return 0;
	case REQUEST_GET_LATENCY_TIMER:
		reply[0] = f->latency_ms;
		return 1;
	case REQUEST_READ_EEPROM:
		reply[0] = (uint8_t)f->eeprom[index % EEPROM_WORDS];
		reply[1] = (uint8_t)(f->eeprom[index % EEPROM_WORDS] >> 8);
		return 2;
	default:
		return -1;
	}
}

static const uint8_t ft232r_device_descriptor[] = {
	18,   1,    0x00, 0x02, 0,    0,    0, 8, /* USB 2.0, packets of 8 */
	0x03, 0x04, 0x01, 0x60, 0x00, 0x06,	  /* 0403:6001, release 6.00 */
	1,    2,    3,	  1,			  /* strings, configurations */
};

static const uint8_t ft232r_configuration[] = {
	9, 2, 32,     0,    1,		1,    0,    0xa0, 45, /* 90 mA */
	9, 4, 0,      0,    2,		0xff, 0xff, 0xff, 2,  /* interface */
	7, 5, EP_IN,  0x02, PACKET_MAX, 0,    0,	      /* bulk */
	7, 5, EP_OUT, 0x02, PACKET_MAX, 0,    0,	      /* bulk */
};

static const char *const ft232r_strings[] = {"FTDI", "FT232R USB UART"};

/* The text of a string descriptor: 1 and 2 as above, 3 the serial number. */
static const char *ft232r_get_string(const struct ft232r *f, unsigned int index)
{
	return index < 3 ? ft232r_strings[index - 1] : f->serial;
}

/* String descriptors are in UTF-16; number 0 tells the language. */
static int ft232r_put_string(const struct ft232r *f, unsigned int index,
			     uint8_t *reply)
{
	const char *text =
		index && index <= 3 ? ft232r_get_string(f, index) : "";
	size_t len = 2;

	if (index > 3)
		return -1;
	if (index == 0) {
		reply[len++] = 0x09; /* US English */
		reply[len++] = 0x04;
	}
	for (; *text; text++) {
		reply[len++] = (uint8_t)*text;
		reply[len++] = 0;
	}
	reply[0] = (uint8_t)len;
	reply[1] = 3;
	return (int)len;
}

/* A request that every USB device knows.  Return: the length of the reply. */
static int ft232r_handle_standard(const struct ft232r *f, uint8_t request,
				  uint16_t value, uint8_t *reply)
{
	switch (request << 8 | value >> 8) {
	case REQUEST_GET_DEVICE:
		memcpy(reply, ft232r_device_descriptor,
		       sizeof(ft232r_device_descriptor));
		return sizeof(ft232r_device_descriptor);
	case REQUEST_GET_CONFIGURATION:
		memcpy(reply, ft232r_configuration,
		       sizeof(ft232r_configuration));
		return sizeof(ft232r_configuration);
	case REQUEST_GET_STRING:
		return ft232r_put_string(f, value & 0xff, reply);
	case REQUEST_GET_STATUS:
		reply[0] = 0;
		reply[1] = 0;
		return 2;
	case REQUEST_CLEAR_FEATURE:
	case REQUEST_SET_FEATURE:
		return 0;
	default:
		return -1;
	}
}

static void ft232r_control(void *priv, uint64_t id,
			   struct usb_redir_control_packet_header *header,
			   uint8_t *data, int data_len)
{
	struct ft232r *f = priv;
	uint8_t reply[64];
	int len;

	(void)data_len;
	if ((header->requesttype & 0x60) == 0x40)
		len = ft232r_handle_vendor(f, header->request, header->value,
					   header->index, reply);
	else
		len = ft232r_handle_standard(f, header->request, header->value,
					     reply);
	if (len > header->length)
		len = header->length;
	header->status = len < 0 ? usb_redir_stall : usb_redir_success;
	header->length = len < 0 ? 0 : (uint16_t)len;
	usbredirparser_send_control_packet(f->parser, id, header,
					   len > 0 ? reply : NULL,
					   header->length);
	usbredirparser_free_packet_data(f->parser, data);
}

static void ft232r_bulk(void *priv, uint64_t id,
			struct usb_redir_bulk_packet_header *header,
			uint8_t *data, int data_len)
{
	struct ft232r *f = priv;

	if (!f->plugged) {
		usbredirparser_free_packet_data(f->parser, data);
	} else if (header->endpoint == EP_OUT) {
		ft232r_add_transfer(f, &f->out, id, data, (size_t)data_len);
	} else {
		ft232r_add_transfer(f, &f->in, id, data,
				    min_size(header->length, IN_MAX));
		f->in_ps = wire_now_ps();
	}
}

/* The driver wants a transfer back; it may be over, and the answer under way */
static void ft232r_cancel(void *priv, uint64_t id)
{
	struct ft232r *f = priv;
	struct transfer **t;

	for (t = &f->out; *t; t = &(*t)->next) {
		if ((*t)->id == id) {
			ft232r_answer(f, t, EP_OUT, usb_redir_cancelled);
			return;
		}
	}
	for (t = &f->in; *t; t = &(*t)->next) {
		if ((*t)->id == id) {
			ft232r_answer(f, t, EP_IN, usb_redir_cancelled);
			return;
		}
	}
}

static void ft232r_set_configuration(
	void *priv, uint64_t id,
	struct usb_redir_set_configuration_header *wanted)
{
	struct ft232r *f = priv;
	struct usb_redir_configuration_status_header status = {
		.status = usb_redir_success,
		.configuration = wanted->configuration,
	};

	usbredirparser_send_configuration_status(f->parser, id, &status);
}

static void ft232r_set_alt_setting(
	void *priv, uint64_t id,
	struct usb_redir_set_alt_setting_header *wanted)
{
	struct ft232r *f = priv;
	struct usb_redir_alt_setting_status_header status = {
		.status = wanted->alt ? usb_redir_stall : usb_redir_success,
		.interface = wanted->interface,
	};

	usbredirparser_send_alt_setting_status(f->parser, id, &status);
}

/* A reset of the bus, by which the chip's UART is not concerned. */
static void ft232r_bus_reset(void *priv)
{
	(void)priv;
}

/* We do not wait for QEMU to have noticed. */
static void ft232r_disconnect_ack(void *priv)
{
	(void)priv;
}

/* The interface and its endpoints: what is in the descriptors, once more. */
static void ft232r_send_info(struct ft232r *f)
{
	struct usb_redir_interface_info_header interfaces = {
		.interface_count = 1,
		.interface_class = {0xff},
		.interface_subclass = {0xff},
		.interface_protocol = {0xff},
	};
	struct usb_redir_ep_info_header endpoints = {0};

	memset(endpoints.type, usb_redir_type_invalid, sizeof(endpoints.type));
	endpoints.type[0] = usb_redir_type_control;
	endpoints.type[16] = usb_redir_type_control;
	endpoints.type[EP_INDEX(EP_OUT)] = usb_redir_type_bulk;
	endpoints.type[EP_INDEX(EP_IN)] = usb_redir_type_bulk;
	endpoints.max_packet_size[EP_INDEX(EP_OUT)] = PACKET_MAX;
	endpoints.max_packet_size[EP_INDEX(EP_IN)] = PACKET_MAX;
	usbredirparser_send_interface_info(f->parser, &interfaces);
	usbredirparser_send_ep_info(f->parser, &endpoints);
}

void ft232r_plug(struct port *p)
{
	struct ft232r *f = (struct ft232r *)p;
	struct usb_redir_device_connect_header device = {
		.speed = usb_redir_speed_full,
		.vendor_id = 0x0403,
		.product_id = 0x6001,
		.device_version_bcd = 0x0600,
	};

	if (f->plugged || !usbredirparser_have_peer_caps(f->parser))
		return;
	f->plugged = true;
	f->latency_ms = 16;
	p->byte_ps = wire_baud_byte_ps(BAUD_RESET, 1);
	ft232r_send_info(f);
	usbredirparser_send_device_connect(f->parser, &device);
	ft232r_flush(f);
}

/* QEMU knows that the transfers are over, without being told. */
void ft232r_unplug(struct port *p)
{
	struct ft232r *f = (struct ft232r *)p;

	if (!f->plugged)
		return;
	f->plugged = false;
	while (f->out)
		ft232r_free_transfer(f, &f->out);
	while (f->in)
		ft232r_free_transfer(f, &f->in);
	ft232r_reset(f, RESET_ALL);
	p->brk = false;
	usbredirparser_send_device_disconnect(f->parser);
	ft232r_flush(f);
}

void ft232r_toggle_plug(struct port *p)
{
	if (((struct ft232r *)p)->plugged)
		ft232r_unplug(p);
	else
		ft232r_plug(p);
}

static void ft232r_hello(void *priv, struct usb_redir_hello_header *hello)
{
	(void)hello;
	ft232r_plug(&((struct ft232r *)priv)->port);
}

static int ft232r_read(void *priv, uint8_t *data, int count)
{
	struct port *p = &((struct ft232r *)priv)->port;
	ssize_t got = recv(p->fd, data, (size_t)count, MSG_DONTWAIT);

	if (got < 0 && errno == EAGAIN)
		return 0;
	if (got > 0)
		return (int)got;
	p->fd = -1;
	return -1;
}

static int ft232r_write(void *priv, uint8_t *data, int count)
{
	struct port *p = &((struct ft232r *)priv)->port;
	ssize_t sent = send(p->fd, data, (size_t)count, MSG_DONTWAIT);

	if (sent < 0 && errno == EAGAIN)
		return 0;
	return sent > 0 ? (int)sent : -1;
}

static void ft232r_log(void *priv, int level, const char *message)
{
	if (level <= usbredirparser_warning)
		warnx("%s: %s", ((struct ft232r *)priv)->port.name, message);
}

/* As shipped; the last word is a checksum. */
static void ft232r_write_eeprom(struct ft232r *f)
{
	static const uint16_t head[EEPROM_TEXT] = {
		0x4000, 0x0403, 0x6001, 0x0600, 0x2da0, 0x0008,
		0x0000, 0,	0,	0,	0x1023, 0x0005, /* CBUS pins */
	};
	uint8_t text[64];
	size_t at = EEPROM_TEXT;
	uint16_t sum = 0xaaaa;

	memcpy(f->eeprom, head, sizeof(head));
	for (unsigned int i = 0; i < 3; i++) {
		size_t len = (size_t)ft232r_put_string(f, i + 1, text);

		f->eeprom[EEPROM_STRINGS + i] =
			(uint16_t)(len << 8 | 0x80 | at * 2);
		memcpy(f->eeprom + at, text, len);
		at += len / 2;
	}
	for (size_t i = 0; i < EEPROM_WORDS - 1; i++) {
		sum ^= f->eeprom[i];
		sum = (uint16_t)(sum << 1 | sum >> 15);
	}
	f->eeprom[EEPROM_WORDS - 1] = sum;
}

/* QEMU's xHCI wants the capabilities of the packet size and the length. */
static void ft232r_start_parser(struct ft232r *f)
{
	uint32_t caps[USB_REDIR_CAPS_SIZE] = {0};
	struct usbredirparser *u = f->parser;

	u->priv = f;
	u->log_func = ft232r_log;
	u->read_func = ft232r_read;
	u->write_func = ft232r_write;
	u->hello_func = ft232r_hello;
	u->reset_func = ft232r_bus_reset;
	u->set_configuration_func = ft232r_set_configuration;
	u->set_alt_setting_func = ft232r_set_alt_setting;
	u->cancel_data_packet_func = ft232r_cancel;
	u->control_packet_func = ft232r_control;
	u->bulk_packet_func = ft232r_bulk;
	u->device_disconnect_ack_func = ft232r_disconnect_ack;
	usbredirparser_caps_set_cap(caps, usb_redir_cap_connect_device_version);
	usbredirparser_caps_set_cap(caps,
				    usb_redir_cap_ep_info_max_packet_size);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_64bits_ids);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_32bits_bulk_length);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_device_disconnect_ack);
	usbredirparser_init(u, "serialtun line", caps, USB_REDIR_CAPS_SIZE,
			    usbredirparser_fl_usb_host);
}

struct port *ft232r_new(int number, int fd)
{
	struct ft232r *f = calloc(1, sizeof(*f));
	struct port *p;

	if (!f)
		return NULL;
	p = &f->port;
	f->parser = usbredirparser_create();
	if (!f->parser) {
		free(f);
		return NULL;
	}
	p->ops = &ft232r_ops;
	p->fd = fd;
	p->fifo_cap = TX_FIFO;
	p->byte_ps = wire_baud_byte_ps(BAUD_RESET, 1);
	snprintf(p->name, sizeof(p->name), "adapter%d", number);
	snprintf(f->serial, sizeof(f->serial), "VM%d", number);
	f->latency_ms = 16;
	ft232r_write_eeprom(f);
	ft232r_start_parser(f);
	return p;
}
