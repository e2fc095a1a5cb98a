/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The exchange between the two ends besides packets: descriptions and an
 * address (pairing), and the connection to the internet (sharing).
 *
 * Both need a keeper, a second process that keeps CAP_NET_ADMIN, so both start
 * before this process drops its capabilities. The sharing starts first, because
 * the pairing describes it to the other end.
 */
#include "exchange.h"
#include "cli/options.h"
#include "events.h"
#include "pairing.h"
#include "sharing.h"

#include <sys/epoll.h>

/**
 * exchange_init() - exchange nothing yet
 * @exchange: filled in
 * @options:  the user's options; borrowed until exchange_close()
 * @events:   event set for the keepers; borrowed as well
 */
void exchange_init(struct exchange *exchange, const struct options *options,
		   struct events *events)
{
	*exchange = (struct exchange){.options = options, .events = events};
}

/**
 * exchange_share() - share the internet with the other end, if the user said so
 * @exchange: the exchange
 * @tun:      the interface, configured
 * @user:     the user of --user
 *
 * Call it before exchange_pair(). Logs any failure.
 *
 * Return: 0 or -errno
 */
int exchange_share(struct exchange *exchange, const struct tun *tun,
		   const struct privilege_user *user)
{
	int err =
		sharing_open(&exchange->sharing, exchange->options, tun, user);

	if (err || !exchange->sharing)
		return err;
	return events_watch(exchange->events, EVENT_SHARING,
			    sharing_fd(exchange->sharing), EPOLLIN);
}

/**
 * exchange_pair() - prepare to pair with a serialtun at the other end
 * @exchange: the exchange
 * @tun:      the interface, configured; borrowed until exchange_close()
 * @mtu:      MTU of the interface, in bytes
 * @user:     the user of --user
 *
 * It does nothing with --pair=no or another framing than SLIP. Logs any
 * failure.
 *
 * Return: 0 or -errno
 */
int exchange_pair(struct exchange *exchange, const struct tun *tun,
		  uint32_t mtu, const struct privilege_user *user)
{
	const struct pairing_config config = {
		.parts = exchange->options->pair,
		.flow = exchange->options->port.flow,
		.link = &exchange->options->link,
		.tun = tun,
		.mtu = mtu,
		.user = user,
		.use_dns = exchange->options->use_dns,
		.sharing = exchange->sharing,
	};
	int fd;
	int err;

	if (!config.parts)
		return 0;
	err = pairing_open(&exchange->pairing, &config);
	if (err)
		return err;
	fd = pairing_fd(exchange->pairing);
	return fd < 0 ? 0
		      : events_watch(exchange->events, EVENT_KEEPER, fd,
				     EPOLLIN);
}

/**
 * exchange_announce() - describe what is shared to the user
 * @exchange: the exchange
 */
void exchange_announce(const struct exchange *exchange)
{
	sharing_announce(exchange->sharing);
	if (!exchange->pairing)
		sharing_tell_commands(exchange->sharing);
}

/**
 * exchange_wake_sharing() - remember an event of the keeper of the sharing
 * @exchange: the exchange; exchange_attend_sharing() handles the event
 */
void exchange_wake_sharing(struct exchange *exchange)
{
	exchange->sharing_woken = true;
}

/**
 * exchange_attend_sharing() - handle the end of the keeper of the sharing
 * @exchange: the exchange
 * @now_ns:   the time
 *
 * The peer of a pair is told that it is not shared with any more.
 */
void exchange_attend_sharing(struct exchange *exchange, uint64_t now_ns)
{
	if (exchange->sharing_woken && sharing_attend(exchange->sharing))
		pairing_stop_sharing(exchange->pairing, now_ns);
	exchange->sharing_woken = false;
}

/**
 * exchange_close() - end the pairing and the sharing; their keepers put all
 *                    back
 * @exchange: the exchange
 */
void exchange_close(struct exchange *exchange)
{
	pairing_close(exchange->pairing);
	sharing_close(exchange->sharing);
	exchange->pairing = NULL;
	exchange->sharing = NULL;
}
