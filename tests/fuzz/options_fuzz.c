/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the command line: any arguments. What passes is consistent, what
 * does not is complained of in one sentence.
 *
 * A complaint would end the program, so the linker gives us argp_parse() and
 * argp_error() to put ourselves between (--wrap): argp_error() jumps out of
 * the parser of options.c, which holds nothing that would leak, to one of our
 * own, which tells argp to give up; and argp is told not to exit by itself,
 * nor to print anything.
 *
 * The script is: arguments, each with a '\0' or a newline behind it.
 */
#include "cli/options.h"
#include "fuzz.h"
#include "log.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#define ARGS_MAX 256

error_t __real_argp_parse(const struct argp *argp, int argc, char **argv,
			  unsigned int flags, int *arg_index, void *input);
error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv,
			  unsigned int flags, int *arg_index, void *input);
void __wrap_argp_error(const struct argp_state *state, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

static jmp_buf complained;
static argp_parser_t real_parser;
static error_t parse_result;
static error_t init_result;

/*
 * glibc's argp leaks memory if its parser refuses ARGP_KEY_INIT, where the
 * program itself would end. So it goes on, and the result comes afterwards.
 */
static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (!setjmp(complained))
		return real_parser(key, arg, state);
	if (key != ARGP_KEY_INIT)
		return EINVAL;
	init_result = EINVAL;
	return 0;
}

error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv,
			  unsigned int flags, int *arg_index, void *input)
{
	struct argp wrapped = *argp;

	real_parser = argp->parser;
	wrapped.parser = parse;
	flags |= ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP;
	init_result = 0;
	parse_result = __real_argp_parse(&wrapped, argc, argv, flags, arg_index,
					 input);
	if (init_result)
		parse_result = init_result;
	/* Where argp may exit, it returns errors of another kind only. */
	return 0;
}

void __wrap_argp_error(const struct argp_state *state, const char *format, ...)
{
	char *sentence;
	va_list args;
	int len;

	(void)state;
	va_start(args, format);
	len = vasprintf(&sentence, format, args);
	va_end(args);
	assert_true(len > 0);
	free(sentence);
	longjmp(complained, 1);
}

static void check_addrs(const struct addr *addrs, size_t count, size_t max)
{
	size_t i;

	assert_in_range(count, 0, max);
	for (i = 0; i < count; i++) {
		assert_true(addrs[i].family == AF_INET ||
			    addrs[i].family == AF_INET6);
		assert_in_range(addrs[i].prefix_len, 0,
				addr_bits(addrs[i].family));
	}
}

/* What the rest of the program relies on. */
static void check_consistent(const struct options *options)
{
	const struct port_config *port = &options->port;

	assert_non_null(memchr(options->link.interface, '\0', IFNAMSIZ));
	if (options->list) {
		assert_null(port->name);
		return;
	}
	if (options->delete) {
		assert_true(*options->link.interface && !port->name);
		return;
	}
	if (options->create)
		assert_null(port->name);
	else
		assert_true(port->name && *port->name);
	assert_true(port->baud <= INT32_MAX);
	assert_in_range(port->stop_bits, 1, 2);
	assert_in_range(port->settle_ms, 0, 60000);
	assert_in_range(options->keepalive_s, 0, 3600);
	assert_in_range(options->stats_s, 0, 86400);
	if (options->link.mtu)
		assert_in_range(options->link.mtu,
				options->link.ipv6 && !options->link.bridge
					? 1280
					: 68,
				options->tap ? 65517 : 65535);
	if (options->link.mac_given)
		assert_true(options->tap &&
			    ethernet_is_station(options->link.mac));
	if (options->link.bridge)
		assert_true(options->tap && !options->link.addr_count &&
			    !options->link.route_count);
	if (options->owner || options->group)
		assert_true(options->create || options->persist);
	check_addrs(options->link.addrs, options->link.addr_count,
		    LINK_ADDRS_MAX);
	check_addrs(options->link.routes, options->link.route_count,
		    LINK_ROUTES_MAX);
	if (options->link.peer_of) {
		assert_in_range(options->link.peer_of - options->link.addrs, 0,
				options->link.addr_count - 1);
		assert_int_equal(options->link.peer_of->family,
				 options->link.peer.family);
		assert_false(addr_same_host(options->link.peer_of,
					    &options->link.peer));
	}
}

static int take_args(struct fuzz_script *script, char **argv)
{
	static char program[] = "serialtun";
	int argc = 0;

	argv[argc++] = strdup(program);
	while (script->len && argc < ARGS_MAX) {
		size_t len = 0;

		while (len < script->len && script->bytes[len] &&
		       script->bytes[len] != '\n')
			len++;
		argv[argc++] = fuzz_string(fuzz_take(script, &len), len);
		fuzz_number(script, 1);
	}
	argv[argc] = NULL;
	return argc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	char *argv[ARGS_MAX + 1];
	struct options *options = malloc(sizeof(*options));
	char *given[ARGS_MAX + 1];
	int argc = take_args(&script, argv);

	assert_non_null(options);
	/* argp puts the arguments in another order. */
	memcpy(given, argv, sizeof(given));
	options_parse(options, argc, argv);
	if (!parse_result)
		check_consistent(options);
	free(options);
	while (argc)
		free(given[--argc]);
	return 0;
}
