/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ETHERNET_H
#define SERIALTUN_ETHERNET_H

#include "packet/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct siphash_key;

/* Bytes of a MAC address. */
#define ETHERNET_MAC_LEN 6

/* Bytes of the frame header, without tags and with one. */
#define ETHERNET_HEADER_LEN 14
#define ETHERNET_TAGGED_LEN 18

bool ethernet_parse_mac(uint8_t mac[ETHERNET_MAC_LEN], const char *text);
bool ethernet_is_station(const uint8_t mac[ETHERNET_MAC_LEN]);
enum packet_verdict ethernet_check(const uint8_t *frame, size_t len);
size_t ethernet_find_ip(const uint8_t *frame, size_t len);
uint32_t ethernet_flow(const uint8_t *frame, size_t len,
		       const struct siphash_key *key);

#endif
