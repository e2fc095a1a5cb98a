/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pairing describes this host to the serialtun at the other end, and acts on
 * the description that comes back.
 *
 *   line <--> pair <-- agree -- pairing -- address --> keeper --> interface
 *
 * The pair (a room of its own, and pure) finds the peer and checks frames. This
 * file hands it a description of this host: MTU, address, free networks, name.
 * When the peer's description is there, agree_decide() chooses the address of
 * this end, the keeper sets it, and one line tells the user both addresses.
 * report/pair_news tells the user what is new.
 *
 * This process parses the peer's frames and has no capability, so it
 * cannot set an address itself. The keeper is started only if there is an
 * address to be taken: the user gave no IPv4 address and no bridge, and the
 * interface has none.
 */
#include "pairing.h"
#include "clock.h"
#include "failure.h"
#include "interface/addr.h"
#include "interface/keeper.h"
#include "interface/keeper_record.h"
#include "interface/link_config.h"
#include "interface/tun.h"
#include "internet.h"
#include "log.h"
#include "pair/pair.h"
#include "report/pair_news.h"
#include "sharing.h"
#include "this_host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/*
 * After this long without a frame, the pair asks the peer whether it is there.
 * If the peer does not answer within another second, the pair is lost.
 */
#define PAIRING_IDLE_NS (3 * NS_PER_S)

/**
 * struct pairing - this end of a pair
 * @tun: the interface
 * @pair: the pair
 * @keeper: sets addresses; NULL: this end takes no address
 * @host: the description of this host
 * @wanted: the last request to the keeper, and the addresses since its success
 * @internet: what the peer shares
 * @asked: the keeper has not answered yet
 * @woken: the keeper has answered or ended
 * @news: what the user knows of the pair
 * @lost: the last session on this port has ended, and no other has begun
 * @left: the last peer closed the session, and no other has begun one
 */
struct pairing {
	const struct tun *tun;
	struct pair *pair;
	struct keeper *keeper;
	struct this_host host;
	struct agree_result wanted;
	struct internet internet;
	bool asked;
	bool woken;
	struct pair_news news;
	bool lost;
	bool left;
};

/*
 * The kernel blocks only before its random numbers are ready, at boot. The id
 * is not a secret: anybody on the line can read it.
 */
static uint64_t get_random(void *context)
{
	uint64_t number = 0;

	(void)context;
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
		number = clock_ns() * UINT64_C(0x9E3779B97F4A7C15) ^
			 (uint64_t)getpid();
	return number;
}

/*
 * Without a keeper the link works with its present addresses. An ordinary user
 * who attaches to a prepared interface cannot start a keeper, so a failure is
 * no warning there.
 */
static void start_keeper(struct pairing *pairing,
			 const struct pairing_config *config)
{
	const struct link_config *link = config->link;
	const bool takes_addr =
		!pairing->host.agree.addr.family && !link->bridge;
	const struct keeper_config keeper = {
		.index = pairing->host.index,
		.metric = link->metric_given ? &link->metric : NULL,
		.user = config->user,
		.takes_addr = takes_addr,
		.takes_route = pairing->internet.takes_route,
		.use_dns = config->use_dns,
	};
	struct failure failure;
	int err;

	pairing->host.agree.takes = takes_addr;
	if (!takes_addr && !internet_needs_keeper(&pairing->internet))
		return;
	err = keeper_start(&pairing->keeper, &keeper, &failure);
	if (err)
		log_print(pairing->tun->attached ? LOG_LEVEL_DEBUG
						 : LOG_LEVEL_WARNING,
			  "%s", failure.text);
}

/**
 * pairing_open() - prepare to pair with a serialtun at the other end
 * @pairing: the pairing on success; pairing_close() frees it
 * @config:  this end
 *
 * Call it while the process has CAP_NET_ADMIN. Logs any failure.
 *
 * Return: 0 or -errno
 */
int pairing_open(struct pairing **pairing, const struct pairing_config *config)
{
	const struct pair_config pair = {
		.random = get_random,
		.kind = config->tun->tap ? HELLO_KIND_ETHERNET : HELLO_KIND_IP,
		.flow = config->flow == PORT_FLOW_XONXOFF  ? HELLO_FLOW_XONXOFF
			: config->flow == PORT_FLOW_RTSCTS ? HELLO_FLOW_RTSCTS
							   : HELLO_FLOW_NONE,
		.can = config->parts,
		.idle_ns = PAIRING_IDLE_NS,
	};
	struct pairing *opened = calloc(1, sizeof(*opened));

	if (!opened)
		goto no_memory;
	opened->tun = config->tun;
	opened->pair = pair_new(&pair);
	if (!opened->pair)
		goto no_memory;
	this_host_open(&opened->host, config->tun, config->mtu, config->link);
	pair_news_init(&opened->news, config->tun->name, config->tun->tap);
	internet_init(&opened->internet,
		      &(struct internet_config){
			      .tun = config->tun,
			      .index = opened->host.index,
			      .link = config->link,
			      .use_dns = config->use_dns,
			      .shares = config->sharing,
		      },
		      opened->host.rtnl);
	start_keeper(opened, config);
	opened->host.agree.takes &= opened->keeper != NULL;
	sharing_describe(config->sharing, &opened->host.agree);
	*pairing = opened;
	return 0;

no_memory:
	pairing_close(opened);
	log_error("cannot start: %s", strerror(ENOMEM));
	return -ENOMEM;
}

/**
 * pairing_close() - free a pairing; the keeper takes its address back
 * @pairing: the pairing, or NULL
 */
void pairing_close(struct pairing *pairing)
{
	if (!pairing)
		return;
	keeper_end(pairing->keeper);
	this_host_close(&pairing->host);
	pair_free(pairing->pair);
	free(pairing);
}

/**
 * pairing_pair() - the pair, for the pump
 * @pairing: the pairing, or NULL
 *
 * Return: the pair, owned by the pairing; NULL without a pairing
 */
struct pair *pairing_pair(const struct pairing *pairing)
{
	return pairing ? pairing->pair : NULL;
}

/**
 * pairing_fd() - the descriptor to wait for
 * @pairing: the pairing, or NULL
 *
 * Return: readable when pairing_attend() has something to do; -1: there is none
 */
int pairing_fd(const struct pairing *pairing)
{
	return pairing && pairing->keeper ? keeper_fd(pairing->keeper) : -1;
}

/**
 * pairing_takes_address() - can this end take an address from a pair?
 * @pairing: the pairing, or NULL
 *
 * Return: true if so
 */
bool pairing_takes_address(const struct pairing *pairing)
{
	return pairing && pairing->host.agree.takes;
}

/**
 * pairing_has_address() - does this end have an IPv4 address?
 * @pairing: the pairing
 *
 * Return: true if the user gave one, the interface had one, or a peer's
 * description led to one
 */
bool pairing_has_address(const struct pairing *pairing)
{
	return this_host_addr(&pairing->host);
}

/* Hand the pair the present description of this host. */
static void tell_own(struct pairing *pairing, uint64_t now_ns)
{
	this_host_list_free(&pairing->host);
	pair_set_agree(pairing->pair, &pairing->host.agree, now_ns);
}

/**
 * pairing_begin_port() - a port was opened
 * @pairing: the pairing, or NULL
 * @now_ns:  the time
 */
void pairing_begin_port(struct pairing *pairing, uint64_t now_ns)
{
	if (!pairing)
		return;
	pair_news_begin_port(&pairing->news);
	pairing->lost = false;
	pairing->left = false;
	tell_own(pairing, now_ns);
}

/**
 * pairing_stop_sharing() - tell the peer that it is not shared with any more
 * @pairing: the pairing, or NULL
 * @now_ns:  the time
 */
void pairing_stop_sharing(struct pairing *pairing, uint64_t now_ns)
{
	if (!pairing)
		return;
	sharing_describe(NULL, &pairing->host.agree);
	tell_own(pairing, now_ns);
}

/* Has the keeper set these addresses already? */
static bool has_taken(const struct pairing *pairing,
		      const struct agree_result *result)
{
	const struct addr *took = &pairing->host.agree.took;

	return addr_same_host(took, &result->take) &&
	       took->prefix_len == result->take.prefix_len &&
	       addr_same_host(&pairing->wanted.there, &result->there);
}

static void ask_keeper(struct pairing *pairing,
		       const struct agree_result *result)
{
	struct addr there = result->there;
	int err;

	there.prefix_len = result->take.prefix_len;
	err = keeper_take_address(pairing->keeper, &result->take, &there);
	pairing->wanted = *result;
	pairing->asked = !err;
	/* read_keeper() reports the end of the keeper. */
	if (err && err != -EPIPE)
		log_debug("%s: cannot ask for an address: %s",
			  pairing->tun->name, strerror(-err));
}

/* Act on the peer's description, unless the keeper's answer is awaited. */
static void hear_agree(struct pairing *pairing)
{
	const struct pair *pair = pairing->pair;
	const struct agree *peer = pair_peer_agree(pair);
	struct agree_result result;

	if (!peer || pairing->asked)
		return;
	pair_news_name(&pairing->news, peer);
	agree_decide(&pairing->host.agree, peer,
		     pair_id(pair) > pair_peer(pair)->id, &result);
	pair_news_tell_problems(&pairing->news, &pairing->host.agree, peer,
				result.problems);
	if (pairing->keeper && result.take.family &&
	    !has_taken(pairing, &result)) {
		ask_keeper(pairing, &result);
		return;
	}
	pair_news_tell_pair(&pairing->news, peer,
			    this_host_addr(&pairing->host), &result.there);
	if (this_host_addr(&pairing->host))
		internet_hear(&pairing->internet, pairing->keeper, peer,
			      &result.there, pairing->news.name);
}

/* Handle the keeper's answer to a request for an address. */
static void hear_keeper(struct pairing *pairing,
			const struct keeper_answer *answer, uint64_t now_ns)
{
	char text[ADDR_TEXT_MAX];

	internet_answer(&pairing->internet, pairing->keeper, answer);
	if (answer->kind != KEEPER_TAKE_ADDRESS || !pairing->asked)
		return;
	pairing->asked = false;
	if (answer->err) {
		log_warning("%s: cannot take %s from %s: %s (give one with "
			    "--addr)",
			    pairing->tun->name,
			    addr_format(&pairing->wanted.take, text),
			    pairing->news.name, answer->text);
		return;
	}
	pairing->host.agree.took = pairing->wanted.take;
	tell_own(pairing, now_ns);
	hear_agree(pairing);
}

static void read_keeper(struct pairing *pairing, uint64_t now_ns)
{
	struct keeper_answer answer;
	int err = 0;

	pairing->woken = false;
	while (pairing->keeper && !err) {
		err = keeper_answer(pairing->keeper, &answer);
		if (!err)
			hear_keeper(pairing, &answer, now_ns);
	}
	if (err != -EPIPE)
		return;
	log_warning(
		"%s: the process that sets addresses has ended, so this "
		"end takes no address%s%s (start serialtun again)",
		pairing->tun->name,
		pairing->internet.has_names
			? ", and /etc/resolv.conf keeps the name servers of "
			: "",
		pairing->internet.has_names ? pairing->news.name : "");
	keeper_end(pairing->keeper);
	pairing->keeper = NULL;
	pairing->asked = false;
	pairing->host.agree.takes = false;
	tell_own(pairing, now_ns);
}

static void hear_event(struct pairing *pairing, enum pair_event event,
		       uint64_t now_ns)
{
	struct pair_stats stats;

	pair_get_stats(pairing->pair, &stats);
	pair_news_tell_event(&pairing->news, event, &stats.speed);
	switch (event) {
	case PAIR_EVENT_PAIRED:
		pairing->lost = false;
		pairing->left = false;
		tell_own(pairing, now_ns);
		break;
	case PAIR_EVENT_AGREE:
		hear_agree(pairing);
		break;
	case PAIR_EVENT_SILENT:
	case PAIR_EVENT_GARBAGE:
	case PAIR_EVENT_PLAIN:
	case PAIR_EVENT_CLOSED:
		pairing->lost = true;
		pairing->left = event == PAIR_EVENT_CLOSED;
		break;
	default:
		break;
	}
}

/**
 * pairing_wake() - remember an event of pairing_fd()
 * @pairing: the pairing; pairing_attend() handles the event
 */
void pairing_wake(struct pairing *pairing)
{
	pairing->woken = true;
}

/**
 * pairing_attend() - handle the events of the pair and the answers of the
 * keeper
 * @pairing: the pairing, or NULL
 * @now_ns:  the time
 *
 * Call it after each turn of the pump. Logs all news for the user.
 */
void pairing_attend(struct pairing *pairing, uint64_t now_ns)
{
	enum pair_event event;

	if (!pairing)
		return;
	while ((event = pair_next_event(pairing->pair)) != PAIR_EVENT_NONE)
		hear_event(pairing, event, now_ns);
	if (pairing->woken)
		read_keeper(pairing, now_ns);
}

/**
 * pairing_peer_has_left() - has the peer closed the last session?
 * @pairing: the pairing, or NULL
 *
 * Return: true until the next session
 */
bool pairing_peer_has_left(const struct pairing *pairing)
{
	return pairing && pairing->left;
}

/**
 * pairing_has_lost() - has the last session on this port ended?
 * @pairing: the pairing, or NULL
 *
 * Return: true until the next session, or the next port
 */
bool pairing_has_lost(const struct pairing *pairing)
{
	return pairing && pairing->lost;
}

/**
 * pairing_news() - get what the user knows of the pair
 * @pairing: the pairing, or NULL
 *
 * Return: it, owned by the pairing; NULL without a pairing
 */
const struct pair_news *pairing_news(const struct pairing *pairing)
{
	return pairing ? &pairing->news : NULL;
}

/**
 * pairing_peer() - get the description of the peer
 * @pairing: the pairing, or NULL
 *
 * Return: the description, until the pair is lost; NULL: none yet, or no
 * pairing
 */
const struct agree *pairing_peer(const struct pairing *pairing)
{
	return pairing ? pair_peer_agree(pairing->pair) : NULL;
}
