/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two paired ends describe their hosts to each other in one line of text, and
 * both derive their addresses from the two lines:
 *
 *   mtu=1500 addr=10.10.10.1/24 free=10,11,12 name=board release=1.4
 *
 * Both ends derive the same result from the same two texts, so they need no
 * negotiation and no timeout. An address from the user always stands. An end
 * without an address takes the one that the other end names for it; if neither
 * has one, both take an address of a network of two that is free at both hosts.
 *
 * An end also names the address that it took before, and keeps it in the next
 * session. The names of the hosts decide which end gets the first address of
 * the network; the ids decide only between equal names. An id is new in each
 * session, but a name is not, so two ends that were both restarted get their
 * old addresses again.
 */
#include "pair/agree.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* A network of a pool has two hosts. */
#define POOL_PREFIX_LEN 30

/* This end takes no address of a larger network from a stranger. */
#define TAKEN_PREFIX_MIN 24

/* Append a field if it fits. Return: false if it does not. */
static bool append_field(char text[AGREE_TEXT_MAX], const char *key,
			 const char *value)
{
	if (strlen(text) + strlen(key) + strlen(value) + 2 > FIELD_TEXT_MAX)
		return false;
	text_append(text, AGREE_TEXT_MAX, "%s%s=%s", *text ? " " : "", key,
		    value);
	return true;
}

static void append_addr(char text[AGREE_TEXT_MAX], const char *key,
			const struct addr *addr)
{
	char value[ADDR_TEXT_MAX];

	if (addr->family == AF_INET)
		append_field(text, key, addr_format(addr, value));
}

static void append_free(char text[AGREE_TEXT_MAX], const struct agree *agree)
{
	char value[AGREE_TEXT_MAX] = "";
	size_t i;

	for (i = 0; i < agree->free_count; i++)
		text_append(value, sizeof(value), "%s%s%u", i ? "," : "",
			    agree->free[i] & AGREE_SECOND_POOL ? "172." : "",
			    agree->free[i] & 0xFFU);
	append_field(text, "free", value);
}

/* Append the default route by this end, and its name servers. */
static void append_shared(char text[AGREE_TEXT_MAX], const struct agree *agree)
{
	const struct name_servers *servers = &agree->name_servers;
	char value[AGREE_TEXT_MAX] = "";
	char addr[ADDR_TEXT_MAX];
	size_t i;

	append_field(text, "route", "default");
	for (i = 0; i < servers->count; i++)
		text_append(value, sizeof(value), "%s%s", i ? "," : "",
			    addr_format_host(&servers->addrs[i], addr));
	if (*value)
		append_field(text, "dns", value);
}

/* Append the speeds that fit. They come last, so other fields always fit. */
static void append_speeds(char text[AGREE_TEXT_MAX], const struct agree *agree)
{
	size_t i;

	if (!agree->speed_count)
		return;
	if (strlen(text) + strlen(" speeds=4294967295") > FIELD_TEXT_MAX)
		return;
	text_append(text, AGREE_TEXT_MAX, "%sspeeds=%u", *text ? " " : "",
		    agree->speeds[0]);
	for (i = 1; i < agree->speed_count; i++)
		if (strlen(text) + strlen(",4294967295") <= FIELD_TEXT_MAX)
			text_append(text, AGREE_TEXT_MAX, ",%u",
				    agree->speeds[i]);
}

/**
 * agree_write() - Write the description of a host as text
 * @text:  buffer for the text and a '\0'
 * @agree: the description; agree_set_name() has made its strings
 *
 * Return: length of the text
 */
size_t agree_write(char text[AGREE_TEXT_MAX], const struct agree *agree)
{
	char mtu[16] = "";
	char run[16];

	*text = '\0';
	if (agree->mtu) {
		text_append(mtu, sizeof(mtu), "%u", agree->mtu);
		append_field(text, "mtu", mtu);
	}
	append_addr(text, "addr", &agree->addr);
	append_addr(text, "peer", &agree->peer);
	append_addr(text, "took", &agree->took);
	if (agree->takes)
		append_free(text, agree);
	if (agree->shares)
		append_shared(text, agree);
	if (agree->run) {
		snprintf(run, sizeof(run), "%u", agree->run);
		append_field(text, "run", run);
	}
	if (*agree->release)
		append_field(text, "release", agree->release);
	if (*agree->name)
		append_field(text, "name", agree->name);
	append_speeds(text, agree);
	return strlen(text);
}

/**
 * agree_set_name() - Copy a name and replace each character that is not allowed
 * @to:   buffer for the copy
 * @name: the name; the copy is cut off where the buffer ends
 */
void agree_set_name(char to[FIELD_STRING_MAX], const char *name)
{
	size_t i;

	for (i = 0; i < FIELD_STRING_MAX - 1 && name[i]; i++) {
		to[i] = name[i];
		if (to[i] == ' ' ||
		    !field_is_text((const uint8_t *)&name[i], 1))
			to[i] = '-';
	}
	to[i] = '\0';
}

static bool read_addr(struct field_part value, struct addr *addr)
{
	char text[FIELD_STRING_MAX];
	struct addr read;

	if (!field_string(value, text) || addr_parse(&read, text) ||
	    read.family != AF_INET)
		return false;
	*addr = read;
	return true;
}

/* Read the list of free networks. "10" is 10.10.10.0/30, and "172.10" is
 * 172.31.10.0/30. The reader ignores all other words. */
static void read_free(struct field_part list, struct agree *agree)
{
	static const char second[] = "172.";
	const size_t second_len = sizeof(second) - 1;
	struct field_part word;
	uint64_t number;
	unsigned int pool;

	agree->takes = true;
	agree->free_count = 0;
	while (agree->free_count < AGREE_FREE_MAX &&
	       field_next_word(&list, &word)) {
		pool = 0;
		if (word.len > second_len &&
		    !memcmp(word.text, second, second_len)) {
			pool = AGREE_SECOND_POOL;
			word.text += second_len;
			word.len -= second_len;
		}
		if (field_number(word, UINT8_MAX, &number))
			agree->free[agree->free_count++] =
				(uint16_t)(number | pool);
	}
}

/* Read the list of name servers. The reader ignores all words that are no
 * address of one host. */
static void read_name_servers(struct field_part list, struct agree *agree)
{
	struct name_servers *servers = &agree->name_servers;
	struct field_part word;
	struct addr addr;

	servers->count = 0;
	while (servers->count < NAME_SERVERS_MAX &&
	       field_next_word(&list, &word))
		if (read_addr(word, &addr) && name_servers_may_have(&addr) &&
		    addr.prefix_len == addr_bits(AF_INET) &&
		    !name_servers_has(servers, &addr))
			servers->addrs[servers->count++] = addr;
}

static void read_speeds(struct field_part list, struct agree *agree)
{
	struct field_part word;
	uint64_t number;

	agree->speed_count = 0;
	while (agree->speed_count < AGREE_SPEEDS_MAX &&
	       field_next_word(&list, &word))
		if (field_number(word, UINT32_MAX, &number) && number)
			agree->speeds[agree->speed_count++] = (uint32_t)number;
}

/* Read one field. Return: false if its value is not valid. */
static bool read_field(const struct field *field, struct agree *agree)
{
	uint64_t number = 0;

	if (field_is(field->key, "mtu")) {
		if (!field_number(field->value, UINT32_MAX, &number))
			return false;
		agree->mtu = (unsigned int)number;
	}
	if (field_is(field->key, "run") &&
	    field_number(field->value, UINT32_MAX, &number))
		agree->run = (uint32_t)number;
	if (field_is(field->key, "addr"))
		return read_addr(field->value, &agree->addr);
	if (field_is(field->key, "peer"))
		return read_addr(field->value, &agree->peer);
	if (field_is(field->key, "took"))
		return read_addr(field->value, &agree->took);
	if (field_is(field->key, "name"))
		return field_string(field->value, agree->name);
	if (field_is(field->key, "release"))
		return field_string(field->value, agree->release);
	if (field_is(field->key, "route"))
		agree->shares = field_is(field->value, "default");
	if (field_is(field->key, "dns"))
		read_name_servers(field->value, agree);
	if (field_is(field->key, "free"))
		read_free(field->value, agree);
	if (field_is(field->key, "speeds"))
		read_speeds(field->value, agree);
	return true;
}

/**
 * agree_read() - Read the peer's description of its host
 * @bytes: the text
 * @len:   length of the text
 * @agree: filled in on success, untouched otherwise
 *
 * The text consists of letters, digits and "#/=,.-", so its strings are safe to
 * print.
 *
 * Return: false if the text is not valid
 */
bool agree_read(const uint8_t *bytes, size_t len, struct agree *agree)
{
	struct field_part text = {(const char *)bytes, len};
	struct agree read = {0};
	struct field field;

	if (!field_is_text(bytes, len))
		return false;
	while (text.len)
		if (!field_next(&text, &field) || !read_field(&field, &read))
			return false;
	*agree = read;
	return true;
}

static bool is_given(const struct addr *addr)
{
	return addr->family == AF_INET;
}

/* Check an address from a stranger: a route for a large network would hide
 * other hosts. */
static bool may_take(const struct addr *addr)
{
	return addr->prefix_len >= TAKEN_PREFIX_MIN && addr_is_private(addr);
}

/* Find the address that an end with an address names for the other end. */
static bool find_named(const struct agree *agree, struct addr *named)
{
	if (is_given(&agree->peer)) {
		*named = agree->peer;
		return true;
	}
	return addr_neighbour(&agree->addr, &agree->addr, 1, named);
}

/* Check that @other is where the end @at expects its peer. An end without
 * --peer whose prefix is a single host has routes, which agree does not know.
 */
static unsigned int find_misfit(const struct agree *at,
				const struct addr *other)
{
	struct addr in = *other;
	struct addr network;

	if (is_given(&at->peer))
		return addr_same_host(&at->peer, other) ? 0 : AGREE_NOT_PEER;
	if (at->addr.prefix_len == addr_bits(AF_INET))
		return 0;
	in.prefix_len = at->addr.prefix_len;
	in = addr_network(&in);
	network = addr_network(&at->addr);
	return addr_same_host(&in, &network) ? 0 : AGREE_APART;
}

static void decide_both_given(const struct agree *own,
			      const struct agree *other,
			      struct agree_result *result)
{
	result->there = other->addr;
	if (addr_same_host(&own->addr, &other->addr))
		result->problems |= AGREE_SAME_ADDR;
	else
		result->problems |= find_misfit(own, &other->addr) |
				    find_misfit(other, &own->addr);
}

/* Decide where the giver has an address and the other end takes one. */
static void decide_one_given(const struct agree *giver, struct addr *taken,
			     struct agree_result *result)
{
	struct addr named;

	if (!find_named(giver, &named))
		return;
	if (may_take(&named) && may_take(&giver->addr))
		*taken = named;
	else
		result->problems |= AGREE_REFUSED;
}

/**
 * agree_pool_addr() - Make an address of a network of the pools
 * @number: number of the network, as in @free of struct agree
 * @host:   1 or 2; 0: the network itself
 *
 * Return: the address, with the prefix length of its network
 */
struct addr agree_pool_addr(unsigned int number, unsigned int host)
{
	struct addr addr = {.family = AF_INET, .prefix_len = POOL_PREFIX_LEN};

	addr.bytes[0] = number & AGREE_SECOND_POOL ? 172 : 10;
	addr.bytes[1] = number & AGREE_SECOND_POOL ? 31 : 10;
	addr.bytes[2] = (uint8_t)number;
	addr.bytes[3] = (uint8_t)host;
	return addr;
}

/* Find the network of the address that an end took. Return: the host's number
 * in it, 1 or 2; 0: the end took no address of a pool. */
static unsigned int find_took(const struct agree *agree, unsigned int *number)
{
	const struct addr *took = &agree->took;
	const unsigned int host = took->bytes[3];
	struct addr addr;

	if (!is_given(took) || (host != 1 && host != 2))
		return 0;
	*number = took->bytes[2] |
		  (took->bytes[0] == 172 ? AGREE_SECOND_POOL : 0U);
	addr = agree_pool_addr(*number, host);
	return addr_same_host(took, &addr) ? host : 0;
}

static bool is_free(const struct agree *agree, unsigned int number)
{
	unsigned int own_number;
	size_t i;

	if (find_took(agree, &own_number) && own_number == number)
		return true;
	for (i = 0; i < agree->free_count; i++)
		if (agree->free[i] == number)
			return true;
	return false;
}

/*
 * Find the network for both ends. Return: the number of the first end's host
 * in it; 0: no network is free at both.
 */
static unsigned int find_network(const struct agree *first,
				 const struct agree *second,
				 unsigned int *number)
{
	unsigned int host = find_took(first, number);
	size_t i;

	if (host && is_free(second, *number))
		return host;
	host = find_took(second, number);
	if (host && is_free(first, *number))
		return 3 - host;
	for (i = 0; i < first->free_count; i++) {
		*number = first->free[i];
		if (is_free(second, *number))
			return 1;
	}
	return 0;
}

static void decide_none_given(const struct agree *own,
			      const struct agree *other, bool own_is_first,
			      struct agree_result *result)
{
	unsigned int number;
	unsigned int host = own_is_first ? find_network(own, other, &number)
					 : find_network(other, own, &number);

	if (!host) {
		result->problems |= AGREE_NO_POOL;
		return;
	}
	if (!own_is_first)
		host = 3 - host;
	result->take = agree_pool_addr(number, host);
	result->there = agree_pool_addr(number, 3 - host);
}

/**
 * agree_decide() - Derive addresses and problems from two descriptions
 * @own:              this end's description
 * @other:            the peer's description
 * @own_id_is_higher: this end's id is higher than the peer's
 * @result:           filled in
 *
 * The caller still has to check that an address to be taken overlaps nothing at
 * this host.
 */
void agree_decide(const struct agree *own, const struct agree *other,
		  bool own_id_is_higher, struct agree_result *result)
{
	const int order = strcmp(own->name, other->name);

	memset(result, 0, sizeof(*result));
	if (own->mtu && other->mtu && own->mtu != other->mtu)
		result->problems |= AGREE_MTU;
	if (is_given(&own->addr) && is_given(&other->addr)) {
		decide_both_given(own, other, result);
	} else if (is_given(&other->addr)) {
		result->there = other->addr;
		if (own->takes)
			decide_one_given(other, &result->take, result);
	} else if (is_given(&own->addr)) {
		if (other->takes)
			decide_one_given(own, &result->there, result);
	} else if (own->takes && other->takes) {
		decide_none_given(own, other,
				  order ? order < 0 : own_id_is_higher, result);
	}
}
