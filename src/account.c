/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The account of a link: its counters as status lines, as a JSON file, as the
 * answer to SIGUSR1, and as totals at the end.
 */
#include "account.h"
#include "clock.h"
#include "interface/tun.h"
#include "line/line.h"
#include "pair/pair.h"
#include "pairing.h"
#include "port/port.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "report/totals.h"

/**
 * account_init() - begin the account of a link
 * @account: filled in
 * @config:  the link
 */
void account_init(struct account *account, const struct account_config *config)
{
	*account = (struct account){.config = *config, .start_ns = clock_ns()};
}

/* The state of the link, as reports need it. */
static struct report_view view(const struct account *account, bool carrier)
{
	const struct account_config *config = &account->config;
	const struct port *port = line_port(config->line);

	return (struct report_view){
		.stats = pump_stats(config->pump),
		.interface = config->tun->name,
		.port = port ? port->name : NULL,
		.rate = port ? port->rate : 0,
		.carrier = carrier,
		.peer = pairing_peer(config->pairing),
	};
}

/**
 * account_open() - begin the status lines and the JSON file
 * @account: the account; account_close() ends them
 * @carrier: the interface has carrier
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int account_open(struct account *account, bool carrier)
{
	const struct report_view now = view(account, carrier);

	return report_open(&account->report, &account->config.report, &now,
			   clock_ns());
}

/**
 * account_begin_port() - packets begin to cross the port of the line
 * @account: the account
 */
void account_begin_port(struct account *account)
{
	account->baud = line_port(account->config.line)->baud;
}

/**
 * account_note_baud() - note the speed of the open port
 * @account: the account
 *
 * The totals name the highest speed at which packets have crossed the line.
 */
void account_note_baud(struct account *account)
{
	const uint32_t baud = line_port(account->config.line)->baud;
	const struct pair *pair = pairing_pair(account->config.pairing);

	if (baud == account->baud ||
	    (pair && (pair_holds(pair) || pair_is_searching(pair))))
		return;
	/* Below the default there is no peer but a stranger. */
	if (baud > account->baud || baud < PORT_BAUD_DEFAULT)
		account->baud = baud;
}

/**
 * account_print() - print every counter
 * @account: the account
 * @level:   LOG_LEVEL_ANSWER for SIGUSR1; LOG_LEVEL_DEBUG at the end
 */
void account_print(const struct account *account, enum log_level level)
{
	const struct stats *stats = pump_stats(account->config.pump);
	char text[TOTALS_TEXT_MAX];

	log_print(level, "to the line: %s",
		  totals_format_direction(&stats->to_line, text));
	log_print(level, "from the line: %s",
		  totals_format_direction(&stats->from_line, text));
	log_print(level, "queue: %s", totals_format_queue(&stats->queue, text));
	if (stats->has_pair)
		log_print(level, "pair: %s",
			  totals_format_pair(&stats->pair,
					     pairing_peer(
						     account->config.pairing),
					     clock_ns(), text));
	if (stats->vj.active)
		log_print(level, "CSLIP: %s",
			  totals_format_vj(&stats->vj, text));
	if (stats->line.known || stats->line.losses)
		log_print(level, "line: %s",
			  totals_format_line(&stats->line, text));
}

/**
 * account_tick() - make the reports that are due
 * @account: the account
 * @carrier: the interface has carrier
 * @now_ns:  the time
 */
void account_tick(struct account *account, bool carrier, uint64_t now_ns)
{
	struct report_view now;

	if (now_ns < report_next_ns(account->report))
		return;
	now = view(account, carrier);
	report_tick(account->report, &now, now_ns);
}

/**
 * account_next_ns() - when the next report is due
 * @account: the account
 *
 * Return: the time; UINT64_MAX: never
 */
uint64_t account_next_ns(const struct account *account)
{
	return report_next_ns(account->report);
}

/**
 * account_close() - end the reports, and print the totals
 * @account: the account
 * @carrier: the interface has carrier
 *
 * A summary is for everybody, and with -v every counter.
 */
void account_close(struct account *account, bool carrier)
{
	const struct stats *stats = pump_stats(account->config.pump);
	const struct report_view last = view(account, carrier);
	char text[TOTALS_TEXT_MAX];

	report_close(account->report, &last);
	account->report = NULL;
	account_print(account, LOG_LEVEL_DEBUG);
	log_info("%s", totals_format_sum(stats, clock_ns() - account->start_ns,
					 account->baud, text));
	if (*totals_format_damage(stats, text))
		log_info("%s", text);
}
