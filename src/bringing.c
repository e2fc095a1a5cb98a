/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bring serialtun to a board: fetch the bundle from the bundler for the login,
 * and show the user the progress.
 */
#include "bringing.h"
#include "bundle/bundler.h"
#include "clock.h"
#include "events.h"
#include "log.h"
#include "login/login.h"
#include "report/status_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* On a terminal, and elsewhere. */
#define LIVE_NS	 (200 * NS_PER_MS)
#define LINES_NS (10 * NS_PER_S)

/**
 * bringing_open() - start the bundler
 * @bringing: filled in; bringing_close() frees it
 * @events:   the event set; borrowed
 *
 * Call it before the privileges are dropped. Logs any failure, after which
 * serialtun must be on the board already.
 */
void bringing_open(struct bringing *bringing, struct events *events)
{
	int err;

	*bringing = (struct bringing){.events = events};
	err = bundler_start(&bringing->bundler);
	if (err)
		log_warning("cannot start the process that brings serialtun to "
			    "a board: %s",
			    strerror(-err));
}

/**
 * bringing_close() - end the bundler
 * @bringing: of bringing_open(), or zero
 */
void bringing_close(struct bringing *bringing)
{
	bringing_pause(bringing);
	bundler_end(bringing->bundler);
	bringing->bundler = NULL;
}

/**
 * bringing_is_possible() - is there a bundler?
 * @bringing: of bringing_open()
 *
 * Return: true if there is
 */
bool bringing_is_possible(const struct bringing *bringing)
{
	return bringing->bundler;
}

static void end_status(struct bringing *bringing)
{
	if (bringing->is_shown)
		status_line_end();
	bringing->is_shown = false;
}

/**
 * bringing_pause() - the port is gone, or the login has ended
 * @bringing: of bringing_open(), or zero
 *
 * The next login takes an answer that the bundler owes.
 */
void bringing_pause(struct bringing *bringing)
{
	if (bringing->awaits)
		events_forget(bringing->events, bringing->bundler->child.fd);
	end_status(bringing);
}

static bool has_program(const struct shell_facts *facts, const char *program)
{
	return strstr(facts->programs, program);
}

static void write_request(struct bundle_request *request,
			  const struct shell_facts *facts)
{
	memset(request, 0, sizeof(*request));
	request->room_kib = (uint32_t)strtoul(facts->room, NULL, 10);
	request->has_xz = has_program(facts, ",xzcat,");
	request->has_gzip = has_program(facts, ",zcat,");
	snprintf(request->machine, sizeof(request->machine), "%s",
		 facts->machine);
	snprintf(request->loaders, sizeof(request->loaders), "%s",
		 facts->loaders);
	snprintf(request->libc, sizeof(request->libc), "%s", facts->libc);
}

/* Return: 0 or -errno. */
static int ask_for_bundle(struct bringing *bringing, const struct login *login)
{
	if (!has_program(&login->facts, ",tar,"))
		return -ENOENT;
	write_request(&bringing->asked, &login->facts);
	return bundler_ask(bringing->bundler, &bringing->asked);
}

/* Was the bundle asked for another board, whose login was lost? */
static bool is_for_another(const struct bringing *bringing,
			   const struct login *login)
{
	const struct bundle_request *asked = &bringing->asked;
	struct bundle_request request;

	write_request(&request, &login->facts);
	return strcmp(request.machine, asked->machine) != 0 ||
	       strcmp(request.loaders, asked->loaders) != 0 ||
	       strcmp(request.libc, asked->libc) != 0 ||
	       request.room_kib != asked->room_kib ||
	       request.has_xz != asked->has_xz ||
	       request.has_gzip != asked->has_gzip;
}

static void give_bundle(struct bringing *bringing, struct login *login,
			uint64_t now_ns)
{
	static const char *const unpackers[] = {
		[BUNDLE_PLAIN] = "cat",
		[BUNDLE_GZIP] = "zcat",
		[BUNDLE_XZ] = "xzcat",
	};
	const struct login_bundle bundle = {
		.bytes = bringing->bundler->bytes,
		.len = bringing->bundler->len,
		.unpacker = unpackers[bringing->bundler->packing],
	};

	bringing->begin_ns = now_ns;
	bringing->told_ns = now_ns;
	login_set_bundle(login, &bundle, now_ns);
}

/* Ask for a bundle, unless one is owed. Return: true if one is. */
static bool is_asked(struct bringing *bringing, struct login *login)
{
	int err = bringing->awaits ? 0 : ask_for_bundle(bringing, login);

	if (err)
		login_refuse_bundle(login,
				    err == -ENOENT
					    ? "no tar to unpack one (install "
					      "serialtun there)"
					    : "the process that brings one has "
					      "ended");
	bringing->awaits = !err;
	return !err;
}

/* The board needs a bundle. */
static void look_for_bundle(struct bringing *bringing, struct login *login,
			    uint64_t now_ns)
{
	char why[BUNDLE_WHY_MAX];
	int err;

	/* A bundle for another board is thrown away. */
	do {
		if (!is_asked(bringing, login))
			return;
		err = bundler_take(bringing->bundler, why);
		if (err == -EAGAIN &&
		    !events_watch(bringing->events, EVENT_BUNDLE,
				  bringing->bundler->child.fd, EPOLLIN))
			return;
		events_forget(bringing->events, bringing->bundler->child.fd);
		bringing->awaits = false;
	} while (is_for_another(bringing, login));
	if (err)
		login_refuse_bundle(login, why);
	else
		give_bundle(bringing, login, now_ns);
}

/* "[#####.....] 120000 of 240000 bytes, 11 s left" */
static void write_progress(char text[LOG_TEXT_MAX], const struct upload *upload,
			   uint64_t spent_ns)
{
	static const char full[] = "####################";
	static const char none[] = "....................";
	const int width = (int)strlen(full);
	const int filled =
		(int)((uint64_t)upload->done * (uint64_t)width / upload->len);
	/* In milliseconds, the product fits for any bundle and many years. */
	const uint64_t left_ms =
		upload->done
			? spent_ns / NS_PER_MS * (upload->len - upload->done) /
				  upload->done
			: 0;
	int len = snprintf(text, LOG_TEXT_MAX,
			   "bringing serialtun [%.*s%.*s] %zu of %zu bytes",
			   filled, full, width - filled, none, upload->done,
			   upload->len);

	if (upload->done)
		len += snprintf(text + len, (size_t)(LOG_TEXT_MAX - len),
				", %ju s left",
				(uintmax_t)(left_ms / 1000 + 1));
	if (upload->damaged)
		snprintf(text + len, (size_t)(LOG_TEXT_MAX - len),
			 ", %u chunks sent again", upload->damaged);
}

static void show_progress(struct bringing *bringing,
			  const struct upload *upload, uint64_t now_ns)
{
	const bool is_live = status_line_is_live();
	char text[LOG_TEXT_MAX];

	if (now_ns < bringing->told_ns + (is_live ? LIVE_NS : LINES_NS))
		return;
	bringing->told_ns = now_ns;
	write_progress(text, upload, now_ns - bringing->begin_ns);
	if (is_live)
		status_line_show(text);
	else
		log_info("%s", text);
	bringing->is_shown |= is_live;
}

/**
 * bringing_turn() - give the login what it wants, and show the progress
 * @bringing: of bringing_open()
 * @login:    the login
 * @now_ns:   the time
 */
void bringing_turn(struct bringing *bringing, struct login *login,
		   uint64_t now_ns)
{
	if (login->state == LOGIN_WANTS_BUNDLE)
		look_for_bundle(bringing, login, now_ns);
	else if (login_is_bringing(login))
		show_progress(bringing, &login->upload, now_ns);
	else
		end_status(bringing);
}
