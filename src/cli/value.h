/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_VALUE_H
#define SERIALTUN_VALUE_H

#include "interface/addr.h"
#include "packet/ethernet.h"

#include <stdint.h>

struct argp_state;

unsigned int value_parse_number(const struct argp_state *state,
				const char *option, const char *arg,
				unsigned int min, unsigned int max);
unsigned int value_parse_baud(const struct argp_state *state, const char *arg);
struct addr value_parse_host(const struct argp_state *state, const char *option,
			     const char *arg);
struct addr value_parse_route(const struct argp_state *state, const char *arg);
const char *value_parse_name(const struct argp_state *state, const char *option,
			     const char *arg);
const char *value_parse_user(const struct argp_state *state, const char *arg);
const char *value_parse_interface(const struct argp_state *state,
				  const char *option, const char *arg);
void value_parse_mac(const struct argp_state *state,
		     uint8_t mac[ETHERNET_MAC_LEN], const char *arg);
uint32_t value_parse_mtu(const struct argp_state *state, const char *arg);

#endif
