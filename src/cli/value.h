/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_VALUE_H
#define SERIALTUN_VALUE_H

#include "cli/options.h"
#include "framing/framing.h"
#include "interface/addr.h"
#include "packet/ethernet.h"
#include "pair/hello.h"
#include "port/port_config.h"

#include <stdint.h>

/* The parts of the pairing that this release has. */
#define VALUE_PAIR_ALL                                              \
	(HELLO_CAN_CHECK | HELLO_CAN_REPEAT | HELLO_CAN_INTERRUPT | \
	 HELLO_CAN_ZSTD | HELLO_CAN_SPEED)

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
enum port_flow value_parse_flow(const struct argp_state *state,
				const char *arg);
enum framing_lead value_parse_lead(const struct argp_state *state,
				   const char *arg);
enum vj_mode value_parse_vj(const struct argp_state *state, const char *arg);
unsigned int value_parse_pair(const struct argp_state *state, const char *arg);
enum port_parity value_parse_parity(const struct argp_state *state,
				    const char *arg);
enum port_modem_line value_parse_modem_line(const struct argp_state *state,
					    const char *option,
					    const char *arg);
const struct framing *value_parse_framing(const struct argp_state *state,
					  const char *arg);
enum options_share value_parse_share(const struct argp_state *state,
				     const char *arg);
enum options_list value_parse_list(const struct argp_state *state,
				   const char *arg);

#endif
