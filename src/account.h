/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ACCOUNT_H
#define SERIALTUN_ACCOUNT_H

#include "log.h"
#include "report/report.h"

#include <stdbool.h>
#include <stdint.h>

struct line;
struct pairing;
struct pump;
struct tun;

/**
 * struct account_config - the link to report on
 * @line:    its line
 * @tun:     its interface
 * @pump:    its pump
 * @pairing: its pairing, or NULL
 * @report:  the reports to make while the link is up
 *
 * The account borrows all pointers for its life.
 */
struct account_config {
	const struct line *line;
	const struct tun *tun;
	struct pump *pump;
	const struct pairing *pairing;
	struct report_config report;
};

/**
 * struct account - the counters of a link, for users and programs
 * @config:   the link
 * @report:   status lines and the JSON file; NULL: not asked for
 * @start_ns: when the link began
 * @baud:     the highest speed at which packets have crossed; 0: none
 */
struct account {
	struct account_config config;
	struct report *report;
	uint64_t start_ns;
	uint32_t baud;
};

void account_init(struct account *account, const struct account_config *config);
int account_open(struct account *account, bool carrier);
void account_begin_port(struct account *account);
void account_note_baud(struct account *account);
void account_print(const struct account *account, enum log_level level);
void account_tick(struct account *account, bool carrier, uint64_t now_ns);
uint64_t account_next_ns(const struct account *account);
void account_close(struct account *account, bool carrier);

#endif
