/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parse single option values that the user chooses freely: numbers, addresses
 * and names. keyword.c parses the others; option_check.c checks them against
 * each other.
 *
 * The functions report an invalid value with argp_error(), which ends the
 * program. In all of them @state is argp's state, @arg is the value, and
 * @option is the option's name, for the message.
 */
#include "cli/value.h"

#include <argp.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define VALUE_MTU_MIN 68 /* RFC 791, section 3.2 */
#define VALUE_MTU_MAX PACKET_MAX

/* The longest name of a user (useradd(8)). */
#define VALUE_USER_MAX 32

/**
 * value_parse_number() - parse a decimal number
 * @state:  of argp
 * @option: for the message
 * @arg:    the value
 * @min:    the minimum
 * @max:    the maximum
 *
 * Return: the number
 */
unsigned int value_parse_number(const struct argp_state *state,
				const char *option, const char *arg,
				unsigned int min, unsigned int max)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(arg, &end, 10);
	/* strtoul() also accepts "", " 8" and "-8". */
	if (arg[0] < '0' || arg[0] > '9' || *end || errno || number < min ||
	    number > max)
		argp_error(state, "%s: \"%s\" is not a number from %u to %u",
			   option, arg, min, max);
	return (unsigned int)number;
}

/**
 * struct character - a character format, such as "8N1"
 * @bits:      '5' to '8'
 * @parity:    the letter of the parity
 * @stop_bits: '1' or '2'
 */
struct character {
	char bits;
	char parity;
	char stop_bits;
};

static bool is_bits(char digit)
{
	return digit >= '5' && digit <= '8';
}

/*
 * Parse the suffix that often follows a rate: "8N1" of terminal programs, or
 * "n8" of the kernel's console=, with an "r" for RTS/CTS. Return: false if the
 * suffix is neither.
 */
static bool parse_character(struct character *character, const char *text)
{
	static const char parities[] = "neoNEO";

	if (*text && strchr(parities, *text) && is_bits(text[1]) &&
	    (!text[2] || !strcmp(text + 2, "r"))) {
		*character = (struct character){.bits = text[1],
						.parity = *text,
						.stop_bits = '1'};
		return true;
	}
	text += *text && strchr(",:/ ", *text);
	if (!is_bits(text[0]) || !text[1] || !strchr(parities, text[1]) ||
	    (text[2] != '1' && text[2] != '2') || text[3])
		return false;
	*character = (struct character){.bits = text[0],
					.parity = text[1],
					.stop_bits = text[2]};
	return true;
}

/**
 * value_parse_baud() - parse the value of --baud
 * @state: of argp
 * @arg:   the value
 *
 * Return: bits per second
 */
unsigned int value_parse_baud(const struct argp_state *state, const char *arg)
{
	const size_t digits = strspn(arg, "0123456789");
	struct character character;
	const char *parity = "";

	if (digits && parse_character(&character, arg + digits)) {
		if (character.bits != '8')
			argp_error(state,
				   "--baud: \"%s\" means %c data bits, and a "
				   "byte has 8: set both ends to 8 (say --baud "
				   "%.*s)",
				   arg, character.bits, (int)digits, arg);
		if (strchr("eE", character.parity))
			parity = " --parity even";
		else if (strchr("oO", character.parity))
			parity = " --parity odd";
		argp_error(state,
			   "--baud: \"%s\" is more than a number: say --baud "
			   "%.*s%s%s",
			   arg, (int)digits, arg, parity,
			   character.stop_bits == '2' ? " --stop-bits 2" : "");
	}
	return value_parse_number(state, "--baud", arg, 1, INT32_MAX);
}

static struct addr parse_addr(const struct argp_state *state,
			      const char *option, const char *arg)
{
	struct addr addr = {0};
	enum addr_error error = addr_parse(&addr, arg);

	if (error == ADDR_MALFORMED)
		argp_error(state,
			   "%s: \"%s\" is not an IPv4 or IPv6 address, such as "
			   "10.10.10.1/24 or fd00::1/64",
			   option, arg);
	if (error == ADDR_PREFIX_LEN)
		argp_error(state,
			   "%s: \"%s\" has no valid prefix length: 0 to 32 for "
			   "IPv4, or a netmask, 0 to 128 for IPv6",
			   option, arg);
	return addr;
}

/* Return: why no host can have this address; NULL if one can. */
static const char *why_no_host(const struct addr *addr)
{
	if (addr_is_loopback(addr))
		return "it is a loopback address, which never leaves a host";
	if (addr_is_host(addr))
		return NULL;
	if (addr->family == AF_INET6)
		return addr->bytes[0] ? "it is a multicast address"
				      : "it is an unspecified address";
	switch (addr->bytes[0]) {
	case 0:
		return "it is an unspecified address";
	case 255:
		return "it is the broadcast address";
	default:
		return "it is a multicast address";
	}
}

/**
 * value_parse_host() - parse a host address with its prefix
 * @state:  of argp
 * @option: for the message
 * @arg:    the value, ADDR[/LEN]
 *
 * Return: the address
 */
struct addr value_parse_host(const struct argp_state *state, const char *option,
			     const char *arg)
{
	struct addr addr = parse_addr(state, option, arg);
	const char *why = why_no_host(&addr);

	if (why)
		argp_error(state,
			   "%s: \"%s\" cannot be the address of one host: %s "
			   "(choose one such as %s)",
			   option, arg, why,
			   addr.family == AF_INET ? "10.10.10.1/24"
						  : "fd00::1/64");
	return addr;
}

/**
 * value_parse_route() - parse the value of --route
 * @state: of argp
 * @arg:   the value, DEST[/LEN] or "default"
 *
 * Return: the destination; for "default" AF_UNSPEC, because its family depends
 * on the other options
 */
struct addr value_parse_route(const struct argp_state *state, const char *arg)
{
	static const struct addr default_route = {.family = AF_UNSPEC};
	char text[ADDR_TEXT_MAX];
	struct addr network;
	struct addr dest;

	if (!strcmp(arg, "default"))
		return default_route;
	dest = parse_addr(state, "--route", arg);
	network = addr_network(&dest);
	if (!addr_same_host(&dest, &network))
		argp_error(state,
			   "--route: \"%s\" has host bits set; "
			   "the network is %s",
			   arg, addr_format(&network, text));
	return dest;
}

/**
 * value_parse_name() - check that a name is not empty
 * @state:  of argp
 * @option: for the message
 * @arg:    the value
 *
 * Return: the name, @arg
 */
const char *value_parse_name(const struct argp_state *state, const char *option,
			     const char *arg)
{
	if (!*arg)
		argp_error(state, "%s: the name is empty", option);
	return arg;
}

/**
 * value_parse_user() - check the user of --login
 * @state: of argp
 * @arg:   the value, or NULL: the default
 *
 * The name is typed into a console, so it must not contain the Enter key or
 * another control character, and a login must not take it for an option.
 *
 * Return: the name, @arg or a constant
 */
const char *value_parse_user(const struct argp_state *state, const char *arg)
{
	const char *c;

	if (!arg)
		return "root";
	if (!*arg || *arg == '-' || strlen(arg) > VALUE_USER_MAX)
		argp_error(state, "--login: \"%s\" is not the name of a user",
			   arg);
	for (c = arg; *c; c++)
		if (*c <= ' ' || *c > '~')
			argp_error(state,
				   "--login: the name of the user contains a "
				   "space, a control character or a letter "
				   "that is not ASCII");
	return arg;
}

/**
 * value_parse_interface() - check an interface name
 * @state:  of argp
 * @option: for the message
 * @arg:    the value
 *
 * The rules are those of dev_valid_name(), net/core/dev.c.
 *
 * Return: the name, @arg, shorter than IFNAMSIZ
 */
const char *value_parse_interface(const struct argp_state *state,
				  const char *option, const char *arg)
{
	size_t len = strlen(arg);

	if (len >= IFNAMSIZ)
		argp_error(state,
			   "%s: \"%s\" is too long: %zu characters, "
			   "at most %d are possible",
			   option, arg, len, IFNAMSIZ - 1);
	if (!len || !strcmp(arg, ".") || !strcmp(arg, "..") ||
	    strpbrk(arg, "/: \t\n\v\f\r\240"))
		argp_error(state,
			   "%s: \"%s\" cannot be the name of an interface",
			   option, arg);
	return arg;
}

/**
 * value_parse_mac() - parse the value of --mac
 * @state: of argp
 * @mac:   filled in with the address of one interface
 * @arg:   the value
 */
void value_parse_mac(const struct argp_state *state,
		     uint8_t mac[ETHERNET_MAC_LEN], const char *arg)
{
	if (!ethernet_parse_mac(mac, arg))
		argp_error(state,
			   "--mac: \"%s\" is not an Ethernet address, such as "
			   "02:00:00:00:00:01",
			   arg);
	if (!ethernet_is_station(mac))
		argp_error(state,
			   "--mac: \"%s\" cannot be the address of one "
			   "interface: %s",
			   arg,
			   mac[0] & 1 ? "it is a group address" : "it is zero");
}

/**
 * value_parse_mtu() - parse the value of --mtu
 * @state: of argp
 * @arg:   the value, a number or "auto"
 *
 * Return: bytes; 0 for "auto"
 */
uint32_t value_parse_mtu(const struct argp_state *state, const char *arg)
{
	if (!strcmp(arg, "auto"))
		return 0;
	return value_parse_number(state, "--mtu", arg, VALUE_MTU_MIN,
				  VALUE_MTU_MAX);
}
