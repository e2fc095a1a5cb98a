/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEYWORD_H
#define SERIALTUN_KEYWORD_H

#include "cli/options.h"
#include "framing/framing.h"
#include "packet/vj.h"
#include "pair/hello.h"
#include "port/port_config.h"

/* The parts of the pairing that this release has. */
#define KEYWORD_PAIR_ALL                                            \
	(HELLO_CAN_CHECK | HELLO_CAN_REPEAT | HELLO_CAN_INTERRUPT | \
	 HELLO_CAN_ZSTD | HELLO_CAN_SPEED)

struct argp_state;

enum port_flow keyword_parse_flow(const struct argp_state *state,
				  const char *arg);
enum framing_lead keyword_parse_lead(const struct argp_state *state,
				     const char *arg);
enum vj_mode keyword_parse_vj(const struct argp_state *state, const char *arg);
unsigned int keyword_parse_pair(const struct argp_state *state,
				const char *arg);
enum port_parity keyword_parse_parity(const struct argp_state *state,
				      const char *arg);
enum port_modem_line keyword_parse_modem_line(const struct argp_state *state,
					      const char *option,
					      const char *arg);
const struct framing *keyword_parse_framing(const struct argp_state *state,
					    const char *arg);
enum options_share keyword_parse_share(const struct argp_state *state,
				       const char *arg);
enum options_list keyword_parse_list(const struct argp_state *state,
				     const char *arg);

#endif
