/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The code of the keeper's process (keeper.c): it confines itself, and then
 * serves the requests of the main process until that process ends.
 *
 * The keeper trusts no request. It does only what the command line lets it do:
 * if the user has given an address or a route, it sets none. It sets only a
 * private address in a small network that overlaps no address and no route of
 * this host, only on its own interface, and at most four addresses per minute.
 *
 * A keeper that shares this host's internet (share.c) serves no request. It
 * waits for the end of the main process, and then puts back what it changed.
 *
 * The keeper has only:
 *
 * - two descriptors, the socketpair and its Netlink socket: neither the
 *   interface nor the port, and no terminal. With --use-dns it has
 *   /etc/resolv.conf, too; one that shares has its socket to nf_tables and
 *   three switches in /proc/sys.
 * - one capability, CAP_NET_ADMIN, and no way to another one.
 * - a dozen system calls (seccomp.c). It allocates all of its memory before it
 *   installs the filter, and returns reasons in its answers instead of logging
 *   them.
 *
 * No other process can read its memory or control it by ptrace(2), except
 * root's with CAP_SYS_PTRACE: the keeper is not dumpable, and has a capability
 * that the main process does not have.
 *
 * The keeper compares only routes of the main table (ip-rule(8)).
 */
#include "interface/keeper_process.h"
#include "child.h"
#include "clock.h"
#include "interface/addr.h"
#include "interface/conflict.h"
#include "interface/in_use.h"
#include "interface/keeper.h"
#include "interface/keeper_internet.h"
#include "interface/keeper_record.h"
#include "interface/rtnl.h"
#include "interface/rtnl_change.h"
#include "interface/rtnl_read.h"
#include "interface/share.h"
#include "privilege.h"
#include "seccomp.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/net.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct state {
	const struct keeper_config *config;
	struct rtnl *rtnl;
	struct keeper_rate rate;
	bool holds; /* an address to remove at the end */
	struct keeper_request held;
	struct share share; /* if config->share */
	struct keeper_internet internet;
};

/* The system calls of libmnl, rtnl*.c and this file behind the filter. */
static const struct seccomp_rule rules[] = {
	{.call = SYS_read},
	{.call = SYS_write},
	{.call = SYS_pread64},
	{.call = SYS_pwrite64},
	{.call = SYS_ftruncate},
#ifdef SYS_ftruncate64
	{.call = SYS_ftruncate64},
#endif
	{.call = SYS_close},
	{.call = SYS_rt_sigreturn},
	{.call = SYS_exit_group},
#ifdef SYS_clock_gettime
	{.call = SYS_clock_gettime},
#endif
#ifdef SYS_clock_gettime64
	{.call = SYS_clock_gettime64},
#endif
#ifdef SYS_sendto
	{.call = SYS_sendto},
	{.call = SYS_sendmsg},
	{.call = SYS_recvfrom},
	{.call = SYS_recvmsg},
#endif
#ifdef __i386__
	/* One call for all socket functions; allow these. */
	{.call = SYS_socketcall, .has_arg = true, .arg = SYS_SENDTO},
	{.call = SYS_socketcall, .has_arg = true, .arg = SYS_SENDMSG},
	{.call = SYS_socketcall, .has_arg = true, .arg = SYS_RECVFROM},
	{.call = SYS_socketcall, .has_arg = true, .arg = SYS_RECVMSG},
#endif
};

/**
 * keeper_process_rules() - the system calls that the keeper may make, on this
 * machine
 * @count: how many
 *
 * Return: the list
 */
const struct seccomp_rule *keeper_process_rules(size_t *count)
{
	*count = sizeof(rules) / sizeof(*rules);
	return rules;
}

/* Set the reason of an answer. Return: err. */
__attribute__((format(printf, 3, 4))) static int refuse(
	struct keeper_answer *answer, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(answer->text, sizeof(answer->text), format, args);
	va_end(args);
	return err;
}

static int refused_by_kernel(struct keeper_answer *answer,
			     const struct state *state, int err)
{
	return refuse(answer, err, "%s", rtnl_strerror(state->rtnl, err));
}

/* An overlap of a requested address with this host's network. */
struct overlap {
	struct addr networks[2]; /* of the link */
	size_t network_count;
	bool found;
	int index;
	struct addr network; /* the overlapping one of @networks */
	struct addr other;
};

static void compare(const struct addr *used, int index, void *data)
{
	struct overlap *overlap = data;
	size_t i;

	for (i = 0; !overlap->found && i < overlap->network_count; i++)
		if (conflict_overlaps(&overlap->networks[i], used)) {
			overlap->found = true;
			overlap->index = index;
			overlap->network = addr_network(&overlap->networks[i]);
			overlap->other = addr_network(used);
		}
}

/* Return: 0, or -errno with its reason. */
static int check_overlap(const struct state *state,
			 const struct keeper_request *request,
			 struct keeper_answer *answer)
{
	struct overlap overlap = {
		.networks = {request->own, request->other},
		.network_count = 2,
	};
	char network[ADDR_TEXT_MAX];
	char other[ADDR_TEXT_MAX];
	struct rtnl_link link;
	int err;

	err = in_use_each(state->rtnl, state->config->index, compare, &overlap);
	if (err)
		return refused_by_kernel(answer, state, err);
	if (!overlap.found)
		return 0;
	if (!overlap.index || rtnl_link_get(state->rtnl, overlap.index, &link))
		snprintf(link.name, sizeof(link.name), "another");
	return refuse(answer, -EADDRINUSE,
		      "%s overlaps %s, which this host reaches through %s",
		      addr_format(&overlap.network, network),
		      addr_format(&overlap.other, other), link.name);
}

/* With a prefix of 32 the link reaches only the peer's address. */
static const struct addr *peer_of(const struct keeper_request *request)
{
	return request->own.prefix_len == addr_bits(AF_INET) ? &request->other
							     : NULL;
}

/* Return: 0, or -errno with its reason. */
static int drop_address(struct state *state, struct keeper_answer *answer)
{
	int err;

	if (!state->holds)
		return 0;
	err = rtnl_addr_del(state->rtnl, state->config->index, &state->held.own,
			    peer_of(&state->held));
	/* The user has removed the address, or deleted the interface. */
	if (err == -EADDRNOTAVAIL || err == -ENODEV)
		err = 0;
	if (err)
		return refused_by_kernel(answer, state, err);
	state->holds = false;
	return 0;
}

static bool is_held(const struct state *state,
		    const struct keeper_request *request)
{
	return state->holds &&
	       state->held.own.prefix_len == request->own.prefix_len &&
	       addr_same_host(&state->held.own, &request->own) &&
	       addr_same_host(&state->held.other, &request->other);
}

/* Return: 0, or -errno with its reason. */
static int take_address(struct state *state,
			const struct keeper_request *request,
			struct keeper_answer *answer)
{
	const struct keeper_config *config = state->config;
	const char *fault = keeper_request_fault(request);
	int err;

	if (!config->takes_addr)
		return refuse(answer, -EPERM, "this end takes no address");
	if (fault)
		return refuse(answer, -EPERM, "%s", fault);
	/* If the user has removed the address since, it stays removed. */
	if (is_held(state, request))
		return 0;
	if (!keeper_rate_take(&state->rate, clock_ns()))
		return refuse(answer, -EBUSY,
			      "%d addresses were proposed in less than %d s",
			      KEEPER_TAKES_MAX, KEEPER_TAKES_S);
	err = check_overlap(state, request, answer);
	/*
	 * Remove the old address first: with it the kernel deletes a second
	 * address of the same network.
	 */
	if (!err)
		err = drop_address(state, answer);
	if (err)
		return err;
	err = rtnl_addr_add(state->rtnl, config->index, &request->own,
			    peer_of(request), config->metric);
	/* Another program has set the address, so the keeper leaves it. */
	if (err == -EEXIST)
		return 0;
	if (err)
		return refused_by_kernel(answer, state, err);
	state->holds = true;
	state->held = *request;
	return 0;
}

/* Return: 0, or -errno with its reason. */
static int do_internet(struct state *state,
		       const struct keeper_request *request,
		       struct keeper_answer *answer)
{
	const char *fault = keeper_request_fault(request);

	if (fault)
		return refuse(answer, -EPERM, "%s", fault);
	return keeper_internet_do(&state->internet, state->config, state->rtnl,
				  request, answer);
}

/* Return: false if the main process is gone. */
static bool send_answer(const struct keeper_answer *answer)
{
	uint8_t bytes[KEEPER_ANSWER_LEN];
	ssize_t n;

	keeper_answer_encode(bytes, answer);
	do
		n = write(CHILD_FD, bytes, sizeof(bytes));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(bytes);
}

static void do_request(struct state *state, const uint8_t *bytes, size_t len,
		       struct keeper_answer *answer)
{
	struct keeper_request request;

	*answer = (struct keeper_answer){.kind = KEEPER_READY};
	if (!keeper_request_decode(&request, bytes, len)) {
		answer->err = refuse(answer, -EBADMSG, "unknown request");
		return;
	}
	answer->kind = request.kind;
	if (state->config->share) {
		answer->err =
			refuse(answer, -EPERM, "this process only shares");
		return;
	}
	if (request.kind == KEEPER_TAKE_ADDRESS)
		answer->err = take_address(state, &request, answer);
	else
		answer->err = do_internet(state, &request, answer);
}

/* Serve requests until the main process has ended. */
static void serve(struct state *state)
{
	/* One byte more, so that a longer record has a wrong length. */
	uint8_t bytes[KEEPER_REQUEST_LEN + 1];
	struct keeper_answer answer;
	ssize_t n;

	for (;;) {
		/* read(2) drops descriptors that come with a record. */
		n = read(CHILD_FD, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		do_request(state, bytes, (size_t)n, &answer);
		if (!send_answer(&answer))
			return;
	}
}

/*
 * Confine this process. A missing filter is no failure, but the text of the
 * answer reports it. Return: 0, or -errno with its reason.
 */
static int confine(struct state *state, int fd, struct keeper_answer *answer)
{
	int err = child_settle(state->config->share ? "serialtun-share"
						    : "serialtun-keep",
			       fd);

	if (!err)
		err = rtnl_open(&state->rtnl);
	keeper_internet_begin(&state->internet, state->config);
	if (!err && state->config->share) {
		err = share_begin(&state->share, state->config->share,
				  answer->text);
		if (err)
			return err;
	}
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	if (!err)
		err = privilege_keep(state->config->user, CAP_NET_ADMIN);
	if (!err && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		err = -errno;
	if (err)
		return refuse(answer, err, "%s", strerror(-err));
	err = seccomp_install(rules, sizeof(rules) / sizeof(*rules));
	if (err)
		refuse(answer, err, "no filter of system calls: %s",
		       strerror(-err));
	return 0;
}

/**
 * keeper_process_run() - run the keeper, to its end
 * @config: a struct keeper_config
 * @fd:     its end of the socketpair
 *
 * Call it in a process that was forked for it.
 */
void keeper_process_run(const void *config, int fd)
{
	struct keeper_answer answer = {.kind = KEEPER_READY};
	struct state state = {.config = config, .share = SHARE_NONE};

	answer.err = confine(&state, fd, &answer);
	if (send_answer(&answer) && !answer.err)
		serve(&state);
	if (!answer.err) {
		keeper_internet_end(&state.internet, config, state.rtnl);
		drop_address(&state, &answer);
	}
	share_end(&state.share);
	_exit(EXIT_SUCCESS);
}
