/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A main process with nothing but a keeper:
 * keeper_driver INTERFACE [USER [use-dns] [no-address] [no-route]]
 *
 * It starts the keeper, drops its own privileges as serialtun does, and then
 * obeys stdin, line by line, and answers each line with a line:
 *
 *   take OWN/LEN OTHER    as keeper_take_address()
 *   route [VIA]           as keeper_take_route()
 *   unroute               as keeper_drop_route()
 *   names [ADDR]...       as keeper_use_names()
 *   raw LEN               send so many bytes that are no request
 *   end                   as keeper_end(), then exit
 */
#include "failure.h"
#include "interface/addr.h"
#include "interface/keeper.h"
#include "interface/keeper_record.h"
#include "interface/name_servers.h"
#include "log.h"
#include "privilege.h"
#include "signals.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int take(struct keeper *keeper, const char *own_text,
		const char *other_text)
{
	struct addr other;
	struct addr own;

	if (addr_parse(&own, own_text) || addr_parse(&other, other_text))
		return -EINVAL;
	return keeper_take_address(keeper, &own, &other);
}

static int send_raw(const struct keeper *keeper, size_t len)
{
	static const char bytes[4096];

	if (len > sizeof(bytes))
		return -EINVAL;
	return send(keeper_fd(keeper), bytes, len, MSG_NOSIGNAL) < 0 ? -errno
								     : 0;
}

static int take_route(struct keeper *keeper, const char *via_text)
{
	struct addr via;

	if (via_text && addr_parse(&via, via_text))
		return -EINVAL;
	return keeper_take_route(keeper, via_text ? &via : NULL);
}

/* The addresses are not checked, because an attacker would not. */
static int use_names(struct keeper *keeper, const char *text, char **rest)
{
	struct name_servers servers = {0};

	for (; text && servers.count < NAME_SERVERS_MAX;
	     text = strtok_r(NULL, " \n", rest))
		if (addr_parse(&servers.addrs[servers.count++], text))
			return -EINVAL;
	return keeper_use_names(keeper, &servers);
}

static int ask(struct keeper *keeper, char *line)
{
	char *rest = NULL;
	const char *verb = strtok_r(line, " \n", &rest);
	const char *first = strtok_r(NULL, " \n", &rest);
	const char *second;

	if (verb && !strcmp(verb, "names"))
		return use_names(keeper, first, &rest);
	if (verb && !strcmp(verb, "route"))
		return take_route(keeper, first);
	if (verb && !strcmp(verb, "unroute"))
		return keeper_drop_route(keeper);
	second = strtok_r(NULL, " \n", &rest);
	if (verb && second && !strcmp(verb, "take"))
		return take(keeper, first, second);
	if (verb && first && !strcmp(verb, "raw"))
		return send_raw(keeper, strtoul(first, NULL, 10));
	return -EINVAL;
}

/* One request and its answer. Return: 0 or -errno. */
static int do_line(struct keeper *keeper, char *line)
{
	struct pollfd waited = {.fd = keeper_fd(keeper), .events = POLLIN};
	struct keeper_answer answer = {0};
	int err = ask(keeper, line);

	if (!err && poll(&waited, 1, 10000) < 1)
		err = -ETIMEDOUT;
	if (!err)
		err = keeper_answer(keeper, &answer);
	if (err)
		printf("failed: %s\n", strerror(-err));
	else
		printf("%d %s%s%s\n", (int)answer.kind,
		       answer.err ? strerror(-answer.err) : "done",
		       *answer.text ? ": " : "", answer.text);
	return fflush(stdout) ? -errno : 0;
}

static void read_word(struct keeper_config *config, const char *word)
{
	config->use_dns |= !strcmp(word, "use-dns");
	config->takes_addr &= strcmp(word, "no-address") != 0;
	config->takes_route &= strcmp(word, "no-route") != 0;
}

int main(int argc, char **argv)
{
	struct keeper_config config = {.takes_addr = true, .takes_route = true};
	struct privilege_user user;
	struct failure failure;
	struct keeper *keeper;
	char line[256];
	int i;

	if (argc < 2 || signals_set_up() ||
	    privilege_find_user(&user, argc > 2 ? argv[2] : NULL))
		return EXIT_FAILURE;
	log_set_level(LOG_LEVEL_DEBUG);
	config.index = (int)if_nametoindex(argv[1]);
	config.user = &user;
	for (i = 3; i < argc; i++)
		read_word(&config, argv[i]);
	if (keeper_start(&keeper, &config, &failure)) {
		log_error("%s", failure.text);
		return EXIT_FAILURE;
	}
	if (privilege_drop(&user))
		return EXIT_FAILURE;
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "end\n") != 0)
		if (do_line(keeper, line))
			break;
	keeper_end(keeper);
	puts("ended");
	return EXIT_SUCCESS;
}
