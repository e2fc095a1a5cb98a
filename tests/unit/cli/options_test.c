/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of options: the meaning of each command line, and the message of each
 * refusal.
 *
 * options_parse() ends the program on an error, so it runs in a child whose
 * stdout and stderr are files in memory. It fills in a struct in shared memory.
 * The memory has the same address in parent and child, so pointers between
 * fields of the struct stay valid.
 */
#include "../testing.h"
#include "cli/options.h"
#include "interface/nat.h"
#include "log.h"
#include "pair/squeeze.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define HELP_LINES_MAX	 80
#define HELP_COLUMNS_MAX 80
#define HELP_DOC_COLUMN	 29

/* The child's status if options_parse() returned. */
#define STATUS_RETURNED 100

/* It returned an error; malloc() has no end, so there is nothing to test. */
#define STATUS_FAILED  101
#define STATUS_ENDLESS 102

/* Much more than malloc() keeps for later in a small program. */
#define MEMORY_MAX (1 << 24)

struct result {
	int status;
	char out[16384];
	char err[4096];
};

static struct options *options;
static bool without_memory;

static int map_options(void **state)
{
	(void)state;
	options = mmap(NULL, sizeof(*options), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return options == MAP_FAILED ? -1 : 0;
}

static int unmap_options(void **state)
{
	(void)state;
	return munmap(options, sizeof(*options));
}

static void read_file(int file, char *text, size_t cap)
{
	ssize_t len = pread(file, text, cap - 1, 0);

	assert_in_range(len, 0, cap - 2);
	text[len] = '\0';
	close(file);
}

/* Take all memory that malloc() can give. Return: false if it has no end. */
static bool take_all_memory(void)
{
	static void **last; /* each block points to the one before */
	const struct rlimit none = {0, 0};
	size_t taken = 0;
	size_t size;
	void **block;

	if (setrlimit(RLIMIT_DATA, &none))
		return false;
	for (size = MEMORY_MAX; size >= sizeof(*block); size /= 2)
		while (taken < MEMORY_MAX && (block = malloc(size))) {
			*block = last;
			last = block;
			taken += size;
		}
	return taken < MEMORY_MAX;
}

static void run_child(struct testing_args *args, int out, int err)
{
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	unsetenv("ARGP_HELP_FMT");
	if (without_memory && !take_all_memory())
		_exit(STATUS_ENDLESS);
	_exit(options_parse(options, args->argc, args->argv) ? STATUS_FAILED
							     : STATUS_RETURNED);
}

/* Parse a command line; @args has to live as long as @options is looked at. */
static void run(struct result *result, struct testing_args *args,
		const char *line)
{
	int out = memfd_create("stdout", MFD_CLOEXEC);
	int err = memfd_create("stderr", MFD_CLOEXEC);
	int status;
	pid_t child;

	testing_args_split(args, line);
	assert_true(out >= 0 && err >= 0);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child)
		run_child(args, out, err);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	result->status = WEXITSTATUS(status);
	read_file(out, result->out, sizeof(result->out));
	read_file(err, result->err, sizeof(result->err));
}

static char *append_addr(char *text, const char *what, const struct addr *addr)
{
	char host[ADDR_TEXT_MAX];

	return text + sprintf(text, "%s=%s/%u ", what,
			      addr_format_host(addr, host), addr->prefix_len);
}

static char *append_modem_line(char *text, const char *name,
			       enum port_modem_line line)
{
	if (line == PORT_MODEM_LINE_KEEP)
		return text;
	return text + sprintf(text, "%s=%s ", name,
			      line == PORT_MODEM_LINE_ON ? "on" : "off");
}

/* All that is in the struct, but for what nobody asked for. */
static const char *describe(char *text)
{
	char *t = text;
	size_t i;

	for (i = 0; i < options->link.addr_count; i++)
		t = append_addr(t, "addr", &options->link.addrs[i]);
	if (options->link.peer_of) {
		t = append_addr(t, "peer", &options->link.peer);
		t += sprintf(t, "of=%td ",
			     options->link.peer_of - options->link.addrs);
	}
	for (i = 0; i < options->link.route_count; i++)
		t = append_addr(t, "route", &options->link.routes[i]);
	if (options->link.metric_given)
		t += sprintf(t, "metric=%u ", options->link.metric);
	if (options->list) {
		sprintf(t, "list%s",
			options->list == OPTIONS_LIST_JSON ? "=json" : "");
		return text;
	}
	if (options->delete) {
		sprintf(t, "delete=%s", options->link.interface);
		return text;
	}
	if (options->create)
		t += sprintf(t, "create ");
	else
		t += sprintf(t, "%s=%s ",
			     options->port_implied ? "implied" : "port",
			     options->port.name);
	if (options->port.baud)
		t += sprintf(t, "baud=%u ", options->port.baud);
	if (options->port.flow)
		t += sprintf(t, "%s ",
			     options->port.flow == PORT_FLOW_RTSCTS
				     ? "rtscts"
				     : "xonxoff");
	if (options->port.parity)
		t += sprintf(t, "%s ",
			     options->port.parity == PORT_PARITY_EVEN ? "even"
								      : "odd");
	if (options->port.stop_bits != 1)
		t += sprintf(t, "stop_bits=%u ", options->port.stop_bits);
	t = append_modem_line(t, "dtr", options->port.dtr);
	t = append_modem_line(t, "rts", options->port.rts);
	if (options->port.hupcl)
		t += sprintf(t, "hupcl ");
	if (options->port.settle_ms)
		t += sprintf(t, "settle=%u ", options->port.settle_ms);
	if (!options->port.low_latency)
		t += sprintf(t, "no_low_latency ");
	if (options->vj != VJ_AUTO)
		t += sprintf(t, "vj=%s ", options->vj == VJ_ON ? "on" : "off");
	if (options->lead != FRAMING_LEAD_AUTO)
		t += sprintf(t, "lead=%s ",
			     options->lead == FRAMING_LEAD_ALWAYS ? "always"
								  : "never");
	if (options->wait)
		t += sprintf(t, "wait ");
	if (options->once)
		t += sprintf(t, "once ");
	if (options->keepalive_s)
		t += sprintf(t, "keepalive=%u ", options->keepalive_s);
	if (*options->link.interface)
		t += sprintf(t, "interface=%s ", options->link.interface);
	if (options->tap)
		t += sprintf(t, "tap ");
	if (options->link.mac_given)
		t += sprintf(t, "mac=%02x..%02x ", options->link.mac[0],
			     options->link.mac[5]);
	if (options->link.bridge)
		t += sprintf(t, "bridge=%s ", options->link.bridge);
	if (options->link.mtu)
		t += sprintf(t, "mtu=%u ", options->link.mtu);
	if (options->accept_ra)
		t += sprintf(t, "accept_ra ");
	if (options->link.ipv6)
		t += sprintf(t, "ipv6 ");
	if (options->persist)
		t += sprintf(t, "persist ");
	if (options->owner)
		t += sprintf(t, "owner=%s ", options->owner);
	if (options->group)
		t += sprintf(t, "group=%s ", options->group);
	if (options->user)
		t += sprintf(t, "user=%s ", options->user);
	if (options->no_sandbox)
		t += sprintf(t, "no_sandbox ");
	if (options->stats_s)
		t += sprintf(t, "stats=%u ", options->stats_s);
	if (options->stats_json)
		t += sprintf(t, "json=%s ", options->stats_json);
	sprintf(t, "level=%d", options->log_level);
	return text;
}

static void assert_parsed(const char *line, const char *wanted)
{
	static struct testing_args args;
	static struct result result;
	char text[8192];

	run(&result, &args, line);
	if (result.status != STATUS_RETURNED)
		fail_msg("\"%s\" was refused: %s", line, result.err);
	assert_string_equal(result.out, "");
	assert_string_equal(result.err, "");
	if (strcmp(describe(text), wanted) != 0)
		fail_msg("\"%s\"\nis     %s\nwanted %s", line, text, wanted);
}

static const struct {
	const char *line;
	const char *meaning;
} good[] = {
	{"", "implied=auto ipv6 level=3"},
	{"--addr 10.0.0.1/24", "addr=10.0.0.1/24 implied=auto level=3"},
	{"--port auto", "port=auto ipv6 level=3"},
	{"--parity even -v", "implied=auto even ipv6 level=4"},
	{"--port p", "port=p ipv6 level=3"},
	{"--addr 10.10.10.1/24 --port /dev/ttyUSB0",
	 "addr=10.10.10.1/24 port=/dev/ttyUSB0 level=3"},
	{"--addr fd00::1/64 --port p", "addr=fd00::1/64 port=p ipv6 level=3"},
	{"--addr 10.0.0.1 --port p", "addr=10.0.0.1/32 port=p level=3"},
	{"--addr fd00::1 --port p", "addr=fd00::1/128 port=p ipv6 level=3"},
	{"--addr 10.0.0.1/24 --addr fd00::1/64 --addr 10.0.1.1/24 --port p",
	 "addr=10.0.0.1/24 addr=fd00::1/64 addr=10.0.1.1/24 port=p ipv6 "
	 "level=3"},

	/* every option there is, by its long name and by its short one */
	{"--addr 10.0.0.1/24 --addr fd00::1/64 --peer 10.0.0.2/24 "
	 "--route 192.168.0.0/16 --route default --metric 5 --port ttyS1 "
	 "--baud 921600 --flow rtscts --interface serial0 --mtu 1400 "
	 "--accept-ra --verbose",
	 "addr=10.0.0.1/24 addr=fd00::1/64 peer=10.0.0.2/24 of=0 "
	 "route=192.168.0.0/16 route=0.0.0.0/0 metric=5 port=ttyS1 "
	 "baud=921600 rtscts interface=serial0 mtu=1400 accept_ra ipv6 "
	 "level=4"},
	{"--port p --parity even --stop-bits 2 --dtr on --rts off --hupcl "
	 "--settle 500 --no-low-latency --wait --once --keepalive 5 "
	 "--user nobody --no-sandbox --stats 10 --stats-json /run/s.json",
	 "port=p even stop_bits=2 dtr=on rts=off hupcl settle=500 "
	 "no_low_latency wait once keepalive=5 ipv6 user=nobody "
	 "no_sandbox stats=10 json=/run/s.json level=3"},
	{"-a 10.0.0.1/24 -r 192.168.0.0/16 -p ttyS1 -b 9600 -i serial0 "
	 "-m 1400 -q",
	 "addr=10.0.0.1/24 route=192.168.0.0/16 port=ttyS1 baud=9600 "
	 "interface=serial0 mtu=1400 level=2"},
	{"--port p --leading-end always", "port=p lead=always ipv6 level=3"},
	{"--port tcp:h:1 --leading-end never",
	 "port=tcp:h:1 lead=never ipv6 level=3"},
	{"--port p --leading-end auto", "port=p ipv6 level=3"},
	{"--port p --vj auto", "port=p ipv6 level=3"},
	{"--port p --vj on", "port=p vj=on ipv6 level=3"},
	{"--port p --vj off", "port=p vj=off ipv6 level=3"},
	{"--port p --tap --vj off", "port=p vj=off tap ipv6 level=3"},
	{"-a10.0.0.1/24 -pttyS1 -b9600",
	 "addr=10.0.0.1/24 port=ttyS1 baud=9600 level=3"},
	{"--addr=10.0.0.1/24 --port=ttyS1 --baud=9600",
	 "addr=10.0.0.1/24 port=ttyS1 baud=9600 level=3"},

	/* the order is of no matter */
	{"--verbose --mtu 1400 --baud 921600 --route default --metric 5 "
	 "--peer 10.0.0.2/24 --port ttyS1 --accept-ra --addr fd00::1/64 "
	 "--addr 10.0.0.1/24",
	 "addr=fd00::1/64 addr=10.0.0.1/24 peer=10.0.0.2/24 of=1 "
	 "route=0.0.0.0/0 metric=5 port=ttyS1 baud=921600 mtu=1400 accept_ra "
	 "ipv6 level=4"},

	/* --peer goes with the --addr of its family */
	{"--addr 10.0.0.1 --peer 10.0.0.2 --port p",
	 "addr=10.0.0.1/32 peer=10.0.0.2/32 of=0 port=p level=3"},
	{"--peer 10.0.0.2 --addr 10.0.0.1 --port p",
	 "addr=10.0.0.1/32 peer=10.0.0.2/32 of=0 port=p level=3"},
	{"--addr 10.0.0.1 --addr fd00::1 --peer fd00::2/64 --port p",
	 "addr=10.0.0.1/32 addr=fd00::1/128 peer=fd00::2/64 of=1 port=p ipv6 "
	 "level=3"},
	{"--addr fd00::1 --addr fd00::2 --addr 10.0.0.1 --peer 192.168.0.1 "
	 "--port p",
	 "addr=fd00::1/128 addr=fd00::2/128 addr=10.0.0.1/32 "
	 "peer=192.168.0.1/32 of=2 port=p ipv6 level=3"},

	/* whose default? */
	{"--addr 10.0.0.1/24 --route default --port p",
	 "addr=10.0.0.1/24 route=0.0.0.0/0 port=p level=3"},
	{"--route default --addr 10.0.0.1/24 --port p",
	 "addr=10.0.0.1/24 route=0.0.0.0/0 port=p level=3"},
	{"--addr fd00::1/64 --route default --port p",
	 "addr=fd00::1/64 route=::/0 port=p ipv6 level=3"},
	{"--addr fd00::1/64 --addr 10.0.0.1/24 --route default --port p",
	 "addr=fd00::1/64 addr=10.0.0.1/24 route=0.0.0.0/0 port=p ipv6 "
	 "level=3"},
	{"--route default --port p", "route=::/0 port=p ipv6 level=3"},
	{"--addr 10.0.0.1 --addr fd00::1 --route default --route ::/0 --port p",
	 "addr=10.0.0.1/32 addr=fd00::1/128 route=0.0.0.0/0 route=::/0 port=p "
	 "ipv6 level=3"},

	/* routes */
	{"--addr 10.0.0.1 --route 10.0.0.2 --port p",
	 "addr=10.0.0.1/32 route=10.0.0.2/32 port=p level=3"},
	{"--addr 10.0.0.1 --route 0.0.0.0/0 --route 224.0.0.0/4 --port p",
	 "addr=10.0.0.1/32 route=0.0.0.0/0 route=224.0.0.0/4 port=p level=3"},
	{"--addr fd00::1 --route fd01::/16 --route ff00::/8 --port p",
	 "addr=fd00::1/128 route=fd01::/16 route=ff00::/8 port=p ipv6 level=3"},
	{"--addr 10.0.0.1 --route default --metric 0 --port p",
	 "addr=10.0.0.1/32 route=0.0.0.0/0 metric=0 port=p level=3"},
	/* hosts, in prefixes of one and two; and where a prefix does not count
	 */
	{"--addr 10.10.10.0/31 --addr 10.10.10.255/32 --addr fd00::/127 "
	 "--port p",
	 "addr=10.10.10.0/31 addr=10.10.10.255/32 addr=fd00::/127 port=p "
	 "ipv6 level=3"},
	{"--addr 10.0.0.255/24 --peer 10.0.0.0 --port p",
	 "addr=10.0.0.255/24 peer=10.0.0.0/32 of=0 port=p level=3"},
	{"--addr 10.0.0.1/255.255.255.0 --port p",
	 "addr=10.0.0.1/24 port=p level=3"},
	{"--addr 10.0.0.1/24 --metric 7 --port p",
	 "addr=10.0.0.1/24 metric=7 port=p level=3"},
	{"--addr 10.0.0.1 --metric 4294967295 --route default --port p",
	 "addr=10.0.0.1/32 route=0.0.0.0/0 metric=4294967295 port=p level=3"},

	/* the ends of the ranges */
	{"--addr 10.0.0.1 --mtu 68 --port p",
	 "addr=10.0.0.1/32 port=p mtu=68 level=3"},
	{"--addr fd00::1 --mtu 1280 --port p",
	 "addr=fd00::1/128 port=p mtu=1280 ipv6 level=3"},
	{"--mtu 1280 --port p", "port=p mtu=1280 ipv6 level=3"},
	{"--mtu 65535 --port p", "port=p mtu=65535 ipv6 level=3"},
	{"--mtu 576 --mtu auto --port p", "port=p ipv6 level=3"},
	{"--baud 1 --port p", "port=p baud=1 ipv6 level=3"},
	{"--baud 2147483647 --port p", "port=p baud=2147483647 ipv6 level=3"},
	{"--interface a --port p", "port=p interface=a ipv6 level=3"},
	{"--interface abcdefghijklmno --port p",
	 "port=p interface=abcdefghijklmno ipv6 level=3"},
	{"--interface ... --port p", "port=p interface=... ipv6 level=3"},

	{"--flow none --port p", "port=p ipv6 level=3"},
	{"--flow rtscts --port p", "port=p rtscts ipv6 level=3"},
	{"--flow xonxoff --rts on --port p", "port=p xonxoff rts=on ipv6 "
					     "level=3"},
	{"--parity none --port p", "port=p ipv6 level=3"},
	{"--parity odd --port p", "port=p odd ipv6 level=3"},
	{"--dtr keep --rts keep --flow rtscts --port p",
	 "port=p rtscts ipv6 level=3"},
	{"--settle 60000 --keepalive 3600 --stats 86400 --port p",
	 "port=p settle=60000 keepalive=3600 ipv6 stats=86400 level=3"},
	{"--list", "list"},
	{"-l", "list"},
	{"--list=json", "list=json"},
	{"--accept-ra --port p", "port=p accept_ra ipv6 level=3"},

	/* frames of Ethernet */
	{"--tap --port p", "port=p tap ipv6 level=3"},
	{"--mac 02:00:00:00:00:ff --tap --mtu 65517 --addr 10.0.0.1 --port p",
	 "addr=10.0.0.1/32 port=p tap mac=02..ff mtu=65517 level=3"},
	{"--tap --bridge br0 --mtu 576 --port p",
	 "port=p tap bridge=br0 mtu=576 accept_ra ipv6 level=3"},

	/* interfaces that stay */
	{"--persist --owner alice --group dialout --port p",
	 "port=p ipv6 persist owner=alice group=dialout level=3"},
	{"--create", "create ipv6 level=3"},
	{"--create --addr 10.0.0.1 --peer 10.0.0.2 --route default --metric 5 "
	 "--mtu 1400 --tap --mac 02:00:00:00:00:01 --owner 1000 -i t0 -v",
	 "addr=10.0.0.1/32 peer=10.0.0.2/32 of=0 route=0.0.0.0/0 metric=5 "
	 "create interface=t0 tap mac=02..01 mtu=1400 owner=1000 level=4"},
	{"--create --persist --group tun --tap --bridge br0",
	 "create tap bridge=br0 accept_ra ipv6 persist group=tun level=3"},
	{"--delete -i t0", "delete=t0"},
	{"-q --interface t0 --delete", "delete=t0"},

	/* how much is printed */
	{"-v --port p", "port=p ipv6 level=4"},
	{"-vv --port p", "port=p ipv6 level=5"},
	{"--verbose --verbose --port p", "port=p ipv6 level=5"},
	{"-q --port p", "port=p ipv6 level=2"},
	{"-qq --port p", "port=p ipv6 level=1"},
	{"--quiet --quiet --port p", "port=p ipv6 level=1"},
	{"-v -q --port p", "port=p ipv6 level=3"},
	{"-qqqqq --port p", "port=p ipv6 level=-2"},
};

static void test_options_good(void **state)
{
	size_t i;

	(void)state;
	/* What "level" is above. */
	assert_int_equal(LOG_LEVEL_ERROR, 1);
	assert_int_equal(LOG_LEVEL_WARNING, 2);
	assert_int_equal(LOG_LEVEL_INFO, 3);
	assert_int_equal(LOG_LEVEL_DEBUG, 4);
	assert_int_equal(LOG_LEVEL_TRACE, 5);
	for (i = 0; i < TESTING_COUNT(good); i++)
		assert_parsed(good[i].line, good[i].meaning);
}

/* A speed is searched for, but not where a console keeps its own. */
static void test_options_tries_speeds(void **state)
{
	static const struct {
		const char *line;
		bool tries;
		bool listens;
	} lines[] = {
		{"--port p", true, false},
		{"--baud auto --port p", true, false},
		{"--baud 9600 --port p", false, false},
		{"--pair check --port p", false, false},
		{"--login --port p", false, true},
		{"--login --baud 9600 --port p", false, false},
		{"--console", false, false},
		{"--framing kiss --port p", false, false},
	};
	static struct testing_args args;
	static struct result result;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(lines); i++) {
		run(&result, &args, lines[i].line);
		assert_int_equal(result.status, STATUS_RETURNED);
		if (options->port.tries_speeds != lines[i].tries ||
		    options->port.listens != lines[i].listens)
			fail_msg("%s", lines[i].line);
	}
}

/* Refused: nothing on stdout, argp's two lines on stderr, status 64. */
static void assert_refused(const char *line, const char *reason)
{
	static struct testing_args args;
	static struct result result;
	char wanted[1024];

	snprintf(wanted, sizeof(wanted),
		 "serialtun: %s\nTry `serialtun --help' or `serialtun --usage' "
		 "for more information.\n",
		 reason);
	run(&result, &args, line);
	assert_string_equal(result.out, "");
	if (strcmp(result.err, wanted) != 0)
		fail_msg("\"%s\"\nsays   %s\nwanted %s", line, result.err,
			 wanted);
	assert_int_equal(EX_USAGE, 64);
	assert_int_equal(result.status, EX_USAGE);
}

#define NOT_AN_ADDR \
	" is not an IPv4 or IPv6 address, such as 10.10.10.1/24 or fd00::1/64"
#define NOT_A_PREFIX_LEN                                                     \
	" has no valid prefix length: 0 to 32 for IPv4, or a netmask, 0 to " \
	"128 for IPv6"
#define NOT_A_HOST(why) " cannot be the address of one host: " why
#define ANY		NOT_A_HOST("it is an unspecified address")
#define MULTICAST	NOT_A_HOST("it is a multicast address")
#define LOOPBACK \
	NOT_A_HOST("it is a loopback address, which never leaves a host")
#define SUCH_AS_IPV4 " (choose one such as 10.10.10.1/24)"
#define SUCH_AS_IPV6 " (choose one such as fd00::1/64)"
#define NETWORK	     " is a network, not an address in it: no host can have it "
#define BROADCAST \
	" is the broadcast address of its network: no host can have it "
#define NOT_BESIDE_LIST                                                    \
	"--list prints all ports, and does nothing else: leave the other " \
	"options out"
#define NOT_A_BAUD	 " is not a number from 1 to 2147483647"
#define NOT_AN_MTU	 " is not a number from 68 to 65535"
#define NOT_A_METRIC	 " is not a number from 0 to 4294967295"
#define NOT_AN_INTERFACE " cannot be the name of an interface"
#define NOT_A_MAC	 " is not an Ethernet address, such as 02:00:00:00:00:01"
#define NOT_A_STATION	 " cannot be the address of one interface: "
#define NOT_KEPT                                                            \
	" needs --create or --persist: only a persistent interface has an " \
	"owner or a group"
#define NOT_WAITED_FOR                                                  \
	"--wait needs the name of a --port: --port auto, the default, " \
	"chooses among the existing ports only"
#define NOT_CREATE "--create makes an interface, and nothing else: leave "
#define NOT_DELETE "--delete removes an interface, and nothing else: leave "

static const struct {
	const char *line;
	const char *reason;
} bad[] = {
	{"--port ''", "--port: the name is empty"},
	{"-p ''", "--port: the name is empty"},

	{"--addr '' --port p", "--addr: \"\"" NOT_AN_ADDR},
	{"--addr 10.0.0 --port p", "--addr: \"10.0.0\"" NOT_AN_ADDR},
	{"--addr default --port p", "--addr: \"default\"" NOT_AN_ADDR},
	{"-a fd00:::1 --port p", "--addr: \"fd00:::1\"" NOT_AN_ADDR},
	{"--addr 10.0.0.1/33 --port p",
	 "--addr: \"10.0.0.1/33\"" NOT_A_PREFIX_LEN},
	{"--addr 10.0.0.1/ --port p", "--addr: \"10.0.0.1/\"" NOT_A_PREFIX_LEN},
	{"--addr fd00::1/129 --port p",
	 "--addr: \"fd00::1/129\"" NOT_A_PREFIX_LEN},
	{"--addr 0.0.0.0 --port p", "--addr: \"0.0.0.0\"" ANY SUCH_AS_IPV4},
	{"--addr 224.0.0.1/24 --port p",
	 "--addr: \"224.0.0.1/24\"" MULTICAST SUCH_AS_IPV4},
	{"--addr ::/64 --port p", "--addr: \"::/64\"" ANY SUCH_AS_IPV6},
	{"--addr ff02::1 --port p",
	 "--addr: \"ff02::1\"" MULTICAST SUCH_AS_IPV6},
	{"--addr 255.255.255.255 --port p",
	 "--addr: \"255.255.255.255\"" NOT_A_HOST("it is the broadcast address")
		 SUCH_AS_IPV4},
	{"--addr 127.0.0.1/8 --port p",
	 "--addr: \"127.0.0.1/8\"" LOOPBACK SUCH_AS_IPV4},
	{"--addr 127.1.2.3 --port p",
	 "--addr: \"127.1.2.3\"" LOOPBACK SUCH_AS_IPV4},
	{"--addr ::1 --port p", "--addr: \"::1\"" LOOPBACK SUCH_AS_IPV6},
	{"--addr 10.10.10.0/24 --port p",
	 "--addr 10.10.10.0/24" NETWORK "(say --addr 10.10.10.1/24)"},
	{"--addr 10.10.10.4/30 --port p",
	 "--addr 10.10.10.4/30" NETWORK "(say --addr 10.10.10.5/30)"},
	{"--addr fd00::/64 --port p",
	 "--addr fd00::/64" NETWORK "(say --addr fd00::1/64)"},
	{"--addr 10.10.10.255/24 --port p",
	 "--addr 10.10.10.255/24" BROADCAST "(say --addr 10.10.10.1/24)"},
	{"--addr 10.10.10.7/30 --port p",
	 "--addr 10.10.10.7/30" BROADCAST "(say --addr 10.10.10.5/30)"},
	{"--addr 10.0.0.1 --peer 10.0.0.0/24 --port p",
	 "--peer 10.0.0.0/24" NETWORK "(say --peer 10.0.0.2/24)"},
	{"--addr 10.0.0.1/255.0.255.0 --port p",
	 "--addr: \"10.0.0.1/255.0.255.0\"" NOT_A_PREFIX_LEN},
	{"--baud auto --port tcp:h:1",
	 "--baud auto needs a serial port, which tcp:h:1 is not"},
	{"--baud auto --pair no --port p",
	 "--baud auto needs the pairing, which finds the speed (leave --pair "
	 "out)"},
	{"--pair check,zip --port p",
	 "--pair: \"zip\" is not a part of the pairing (say no, or check, or "
	 "check,repeat,interrupt,zstd,speed)"},
	{"--baud auto --pair check --port p",
	 "--baud auto needs the pairing, which finds the speed (leave --pair "
	 "out)"},
	{"--baud auto --framing kiss --port p",
	 "--baud auto needs the pairing, which finds the speed (leave --framing "
	 "out)"},
	{"--baud auto --console",
	 "--baud auto needs a serial port, which --console is not"},
	{"--pair repeat --port p",
	 "--pair without check is no pairing (say check,..., or --pair=no)"},
	{"--pair check,interrupt --port p",
	 "--pair: interrupt needs repeat (say check,repeat,interrupt, or leave "
	 "interrupt out)"},
	{"--baud auto --flow xonxoff --port p",
	 "--baud auto cannot be used with --flow xonxoff: at a wrong speed "
	 "bytes look like XOFF (use --flow rtscts or none)"},
	{"--baud auto --login --port p",
	 "--baud auto cannot be used with --login: the console at the other "
	 "end keeps its speed"},
	{"--baud 9600 --max-baud 500000 --port p",
	 "--max-baud limits the speed that is found, and --baud 9600 fixes it: "
	 "leave one out"},
	{"--max-baud 57600 --port p",
	 "--max-baud 57600 is below 115200, at which the two ends meet (say "
	 "--baud 57600 at both ends)"},
	{"--max-baud 0 --port p",
	 "--max-baud: \"0\" is not a number from 1 to 2147483647"},
	{"--baud 115200,8n1 --port p",
	 "--baud: \"115200,8n1\" is more than a number: say --baud 115200"},
	{"--baud 115200:8N1 --port p",
	 "--baud: \"115200:8N1\" is more than a number: say --baud 115200"},
	{"--baud 9600/8e2 --port p",
	 "--baud: \"9600/8e2\" is more than a number: say --baud 9600 "
	 "--parity even --stop-bits 2"},
	{"--baud 115200n8 --port p",
	 "--baud: \"115200n8\" is more than a number: say --baud 115200"},
	{"--baud 115200o8r --port p",
	 "--baud: \"115200o8r\" is more than a number: say --baud 115200 "
	 "--parity odd"},
	{"--baud 9600,7e1 --port p",
	 "--baud: \"9600,7e1\" means 7 data bits, and a byte has 8: set both "
	 "ends to 8 (say --baud 9600)"},
	{"--baud 9600,8x1 --port p", "--baud: \"9600,8x1\"" NOT_A_BAUD},
	{"--baud 9600,8n --port p", "--baud: \"9600,8n\"" NOT_A_BAUD},
	{"--baud 9600,8n12 --port p", "--baud: \"9600,8n12\"" NOT_A_BAUD},
	{"--baud 9600n --port p", "--baud: \"9600n\"" NOT_A_BAUD},
	{"--baud ,8n1 --port p", "--baud: \",8n1\"" NOT_A_BAUD},
	{"--port tcp://board:5000",
	 "--port: \"tcp://board:5000\" has slashes, as a URL: leave them out: "
	 "it should look like tcp:HOST:PORT"},

	{"--addr 10.0.0.1 --peer x --port p", "--peer: \"x\"" NOT_AN_ADDR},
	{"--addr 10.0.0.1 --peer 10.0.0.2/64 --port p",
	 "--peer: \"10.0.0.2/64\"" NOT_A_PREFIX_LEN},
	{"--addr 10.0.0.1 --peer 224.0.0.1 --port p",
	 "--peer: \"224.0.0.1\"" MULTICAST SUCH_AS_IPV4},
	{"--peer 10.0.0.2 --port p",
	 "--peer 10.0.0.2 needs an IPv4 --addr for this end"},
	{"--peer 10.0.0.2/24 --addr fd00::1 --port p",
	 "--peer 10.0.0.2 needs an IPv4 --addr for this end"},
	{"--addr 10.0.0.1 --peer fd00::2 --port p",
	 "--peer fd00::2 needs an IPv6 --addr for this end"},
	{"--addr 10.0.0.1 --addr 10.0.1.1 --peer 10.0.0.2 --port p",
	 "--peer 10.0.0.2 matches 2 --addr options: give only one IPv4 "
	 "--addr"},
	{"--peer fd00::4/64 --addr fd00::1 --addr fd00::2 --addr 10.0.0.1 "
	 "--addr fd00::3 --port p",
	 "--peer fd00::4 matches 3 --addr options: give only one IPv6 "
	 "--addr"},
	{"--addr 10.0.0.1/24 --peer 10.0.0.1 --port p",
	 "--peer 10.0.0.1 is this end's own --addr: the two ends need "
	 "different ones"},
	{"--addr 10.0.0.1 --peer 10.0.0.2 --peer 10.0.0.3 --port p",
	 "--peer can be given only once"},
	{"--addr 10.0.0.1 --addr fd00::1 --peer 10.0.0.2 --peer fd00::2 "
	 "--port p",
	 "--peer can be given only once"},

	{"--route x --port p", "--route: \"x\"" NOT_AN_ADDR},
	{"--route '' --port p", "--route: \"\"" NOT_AN_ADDR},
	{"--route default/0 --port p", "--route: \"default/0\"" NOT_AN_ADDR},
	{"--addr 10.0.0.1 --route 10.0.0.0/33 --port p",
	 "--route: \"10.0.0.0/33\"" NOT_A_PREFIX_LEN},
	{"--addr 10.0.0.1 --route 10.1.2.3/16 --port p",
	 "--route: \"10.1.2.3/16\" has host bits set; the network "
	 "is 10.1.0.0/16"},
	{"--addr fd00::1 -r fd00::1/64 --port p",
	 "--route: \"fd00::1/64\" has host bits set; the network "
	 "is fd00::/64"},
	{"--addr 10.0.0.1 --route fd01::/64 --port p",
	 "--route fd01::/64 needs an IPv6 --addr"},
	{"--route ::/0 --addr 10.0.0.1 --port p",
	 "--route ::/0 needs an IPv6 --addr"},
	{"--metric 5 --port p", "--metric needs a --route or an --addr"},
	{"--metric 0 --port p", "--metric needs a --route or an --addr"},
	{"--route default --metric '' --port p", "--metric: \"\"" NOT_A_METRIC},
	{"--route default --metric -1 --port p",
	 "--metric: \"-1\"" NOT_A_METRIC},
	{"--route default --metric 4294967296 --port p",
	 "--metric: \"4294967296\"" NOT_A_METRIC},

	{"--baud '' --port p", "--baud: \"\"" NOT_A_BAUD},
	{"--baud 0 --port p", "--baud: \"0\"" NOT_A_BAUD},
	{"--baud -9600 --port p", "--baud: \"-9600\"" NOT_A_BAUD},
	{"--baud +9600 --port p", "--baud: \"+9600\"" NOT_A_BAUD},
	{"--baud \t9600 --port p", "--baud: \"\t9600\"" NOT_A_BAUD},
	{"--baud fast --port p", "--baud: \"fast\"" NOT_A_BAUD},
	{"--baud 9600x --port p", "--baud: \"9600x\"" NOT_A_BAUD},
	{"--baud 9600.0 --port p", "--baud: \"9600.0\"" NOT_A_BAUD},
	{"--baud 0x2580 --port p", "--baud: \"0x2580\"" NOT_A_BAUD},
	{"-b 2147483648 --port p", "--baud: \"2147483648\"" NOT_A_BAUD},
	{"-b 4294976896 --port p", "--baud: \"4294976896\"" NOT_A_BAUD},
	{"-b 18446744073709561216 --port p",
	 "--baud: \"18446744073709561216\"" NOT_A_BAUD},
	{"-b 99999999999999999999999 --port p",
	 "--baud: \"99999999999999999999999\"" NOT_A_BAUD},

	{"--flow hard --port p",
	 "--flow: \"hard\" is not none, rtscts or xonxoff"},
	{"--flow '' --port p", "--flow: \"\" is not none, rtscts or xonxoff"},
	{"--flow RTSCTS --port p",
	 "--flow: \"RTSCTS\" is not none, rtscts or xonxoff"},
	{"--parity mark --port p",
	 "--parity: \"mark\" is not none, even or odd"},
	{"--stop-bits 3 --port p",
	 "--stop-bits: \"3\" is not a number from 1 to 2"},
	{"--dtr up --port p", "--dtr: \"up\" is not keep, on or off"},
	{"--rts 1 --port p", "--rts: \"1\" is not keep, on or off"},
	{"--rts on --flow rtscts --port p",
	 "--rts cannot be used with --flow rtscts, which controls RTS"},
	{"--flow rtscts --rts off --port p",
	 "--rts cannot be used with --flow rtscts, which controls RTS"},
	{"--port auto --wait", NOT_WAITED_FOR},
	{"--wait", NOT_WAITED_FOR},
	{"--settle 60001 --port p",
	 "--settle: \"60001\" is not a number from 0 to 60000"},
	{"--keepalive 0 --port p",
	 "--keepalive: \"0\" is not a number from 1 to 3600"},
	{"--leading-end on --port p",
	 "--leading-end: \"on\" is not always, auto or never"},
	{"--vj yes --port p", "--vj: \"yes\" is not auto, on or off"},
	{"--vj on --framing length --port tcp:h:1",
	 "--vj on needs --framing slip: --framing length has no compressed "
	 "headers"},
	{"--vj on --tap --port p",
	 "--vj on cannot be used with --tap: it compresses IP packets, not "
	 "Ethernet frames"},
	{"--leading-end never --framing length --port tcp:h:1",
	 "--leading-end needs --framing slip: --framing length has no END"},
	{"--leading-end never --framing kiss --port p",
	 "--leading-end needs --framing slip: --framing kiss has an END before "
	 "each frame"},
	{"--board-console pty:x --framing kiss --port p",
	 "--board-console needs --framing slip: --framing kiss carries no "
	 "console"},
	{"--board-console ttyS0 --port p",
	 "--board-console: \"ttyS0\" is not pty:LINK, where LINK is a name for "
	 "the terminal"},
	{"--board-console pty:x --login --port p",
	 "--login cannot be used with --board-console, which is for a board "
	 "without a login"},
	{"--keepalive 5 --framing kiss --port p",
	 "--keepalive sends an END, which --framing kiss does not carry to the "
	 "peer: use --framing slip at both ends"},
	{"--pair check --framing kiss --port p",
	 "--pair needs --framing slip: frames of --framing kiss carry no "
	 "pairing"},
	{"--flow xonxoff --framing kiss --port p",
	 "--flow xonxoff needs --framing slip: no other framing escapes XON and "
	 "XOFF"},
	{"--stats 0 --port p",
	 "--stats: \"0\" is not a number from 1 to 86400"},
	{"--stats-json '' --port p", "--stats-json: the name is empty"},
	{"--user '' --port p", "--user: the name is empty"},
	{"--list=xml", "--list: \"xml\" is not json"},
	{"--list --port p", NOT_BESIDE_LIST},
	{"--port p --list", NOT_BESIDE_LIST},
	{"--list --wait", NOT_BESIDE_LIST},

	{"--mtu 67 --port p", "--mtu: \"67\"" NOT_AN_MTU},
	{"--mtu 65536 --port p", "--mtu: \"65536\"" NOT_AN_MTU},
	{"--mtu 4294968796 --port p", "--mtu: \"4294968796\"" NOT_AN_MTU},
	{"-m '' --port p", "--mtu: \"\"" NOT_AN_MTU},
	{"-m 1500o --port p", "--mtu: \"1500o\"" NOT_AN_MTU},
	{"--mtu 1279 --addr fd00::1 --port p",
	 "--mtu 1279 is too small for IPv6, which needs 1280"},
	{"--addr 10.0.0.1 --addr fd00::1 --mtu 576 --port p",
	 "--mtu 576 is too small for IPv6, which needs 1280"},
	{"--mtu 1279 --port p",
	 "--mtu 1279 is too small for IPv6, which needs 1280 (without --addr "
	 "the link has IPv6 only)"},

	{"--interface '' --port p", "--interface: \"\"" NOT_AN_INTERFACE},
	{"--interface . --port p", "--interface: \".\"" NOT_AN_INTERFACE},
	{"--interface .. --port p", "--interface: \"..\"" NOT_AN_INTERFACE},
	{"--interface a/b --port p", "--interface: \"a/b\"" NOT_AN_INTERFACE},
	{"--interface a:0 --port p", "--interface: \"a:0\"" NOT_AN_INTERFACE},
	{"-i a\tb --port p", "--interface: \"a\tb\"" NOT_AN_INTERFACE},
	{"-i abcdefghijklmnop --port p",
	 "--interface: \"abcdefghijklmnop\" is too long: 16 characters, at most 15 are "
	 "possible"},

	{"--accept-ra --addr 10.0.0.1 --port p",
	 "--accept-ra needs an IPv6 --addr"},

	{"--tap --mac '' --port p", "--mac: \"\"" NOT_A_MAC},
	{"--tap --mac 02:00:00:00:00 --port p",
	 "--mac: \"02:00:00:00:00\"" NOT_A_MAC},
	{"--tap --mac 01:00:00:00:00:01 --port p",
	 "--mac: \"01:00:00:00:00:01\"" NOT_A_STATION "it is a group address"},
	{"--tap --mac 00:00:00:00:00:00 --port p",
	 "--mac: \"00:00:00:00:00:00\"" NOT_A_STATION "it is zero"},
	{"--mac 02:00:00:00:00:01 --port p",
	 "--mac needs --tap: a TUN interface has no Ethernet address"},
	{"--bridge br0 --port p",
	 "--bridge needs --tap: a bridge takes Ethernet frames"},
	{"--tap --bridge a/b --port p", "--bridge: \"a/b\"" NOT_AN_INTERFACE},
	{"--tap --bridge br0 --addr 10.0.0.1/24 --port p",
	 "--addr cannot be used with --bridge: the address belongs to the "
	 "bridge (sudo ip address add ... dev br0)"},
	{"--tap --bridge br0 --route default --port p",
	 "--route cannot be used with --bridge: the route belongs to the "
	 "bridge (sudo ip route add ... dev br0)"},
	{"--tap --mtu 65518 --port p",
	 "--mtu 65518 is too large for --tap: at most 65517"},

	{"--owner alice --port p", "--owner" NOT_KEPT},
	{"--group tun --port p", "--group" NOT_KEPT},
	{"--persist --owner '' --port p", "--owner: the name is empty"},
	{"--persist --group '' --port p", "--group: the name is empty"},
	{"--create --port p", NOT_CREATE "--port out"},
	{"--create -v --baud 9600 --wait", NOT_CREATE "--baud out"},
	{"--accept-ra --create", NOT_CREATE "--accept-ra out"},
	{"--create --user nobody", NOT_CREATE "--user out"},
	{"--delete", "--delete needs --interface, the name of the interface to "
		     "remove"},
	{"--delete -i t0 --tap", NOT_DELETE "--tap out"},
	{"--delete -i t0 --port p", NOT_DELETE "--port out"},
	{"--delete -i t0 --create", NOT_DELETE "--create out"},
	{"--list --create", NOT_BESIDE_LIST},

	/* a port without its --port, wherever it stands */
	{"/dev/ttyUSB0",
	 "unexpected argument \"/dev/ttyUSB0\" (did you mean --port "
	 "/dev/ttyUSB0?)"},
	{"ttyS1 --addr 10.0.0.1/24",
	 "unexpected argument \"ttyS1\" (did you mean --port ttyS1?)"},
	{"--addr 10.0.0.1/24 tcp:board:5000",
	 "unexpected argument \"tcp:board:5000\" (did you mean --port "
	 "tcp:board:5000?)"},
	{"--port p 10.0.0.1/24",
	 "unexpected argument \"10.0.0.1/24\" (did you mean --addr "
	 "10.0.0.1/24?)"},
	{"--port p 115200",
	 "unexpected argument \"115200\" (did you mean --baud 115200?)"},
	{"--port p board", "unexpected argument \"board\""},
	{"--port p --login pi",
	 "unexpected argument \"pi\" (did you mean --login=pi?)"},
	{"--port p -- --verbose", "unexpected argument \"--verbose\""},
	{"--nonsense --port p", "unrecognized option '--nonsense'"},
	{"--bud 9600 --port p",
	 "unrecognized option '--bud' (did you mean --baud?)"},
	{"--port p --bud=9600",
	 "unrecognized option '--bud' (did you mean --baud?)"},
	{"--port p --bridge-name br0",
	 "unrecognized option '--bridge-name' (did you mean --bridge?)"},
	{"--device p", "unrecognized option '--device' (did you mean --port?)"},
	/* the first mistake, of those that are mistakes of names */
	{"--mtu x --porrt p -v --bud 9600",
	 "unrecognized option '--porrt' (did you mean --port?)"},
	/* what another option takes, and what follows "--", is no option */
	{"--port --bud --nonsense", "unrecognized option '--nonsense'"},
	{"-vp --bud --nonsense", "unrecognized option '--nonsense'"},
	{"--port p -- --bud", "unexpected argument \"--bud\""},
	{"--port p --st 5", "option '--st' is ambiguous; possibilities: "
			    "'--stop-bits' '--stats' '--stats-json'"},
	{"--list=json=", "--list: \"json=\" is not json"},
	{"-x --port p", "invalid option -- 'x'"},
	{"--port", "option '--port' requires an argument"},
	{"-p", "option requires an argument -- 'p'"},
	{"--verbose=2 --port p",
	 "option '--verbose' doesn't allow an argument"},
};

static void test_options_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(bad); i++)
		assert_refused(bad[i].line, bad[i].reason);
}

/* The same option so often, each time with an address of another network. */
static void repeat(char *line, const char *option, const char *host, int times)
{
	int i;

	line += sprintf(line, "--port p");
	for (i = 1; i <= times; i++)
		line += sprintf(line, " %s 10.0.%d.%s", option, i, host);
}

static void test_options_addr_repeated(void **state)
{
	static struct testing_args args;
	static struct result result;
	char line[8192];

	(void)state;
	repeat(line, "--addr", "1/24", LINK_ADDRS_MAX);
	run(&result, &args, line);
	assert_int_equal(result.status, STATUS_RETURNED);
	assert_int_equal(options->link.addr_count, 32);
	assert_int_equal(options->link.addrs[31].bytes[2], 32);

	repeat(line, "--addr", "1/24", LINK_ADDRS_MAX + 1);
	assert_refused(line, "--addr may be given 32 times at most");
}

static void test_options_route_repeated(void **state)
{
	static struct testing_args args;
	static struct result result;
	char line[8192];

	(void)state;
	repeat(line, "--route", "0/24", LINK_ROUTES_MAX);
	run(&result, &args, line);
	assert_int_equal(result.status, STATUS_RETURNED);
	assert_int_equal(options->link.route_count, 64);
	assert_int_equal(options->link.routes[63].bytes[2], 64);

	repeat(line, "--route", "0/24", LINK_ROUTES_MAX + 1);
	assert_refused(line, "--route may be given 64 times at most");
}

/* What was asked for is on stdout, and that is no failure. */
static void run_asking(struct result *result, const char *line)
{
	static struct testing_args args;

	run(result, &args, line);
	assert_int_equal(result->status, 0);
	assert_string_equal(result->err, "");
}

static void test_options_version(void **state)
{
	static struct result result;
	char wanted[200];

	(void)state;
	snprintf(wanted, sizeof(wanted),
		 "serialtun " SERIALTUN_VERSION "%s%s\n",
		 nat_is_built_in()
			 ? ""
			 : " (without --share: built without libnftnl)",
		 squeeze_is_built_in()
			 ? ""
			 : " (without --pair=zstd: built without libzstd)");
	run_asking(&result, "--version");
	assert_string_equal(result.out, wanted);
	run_asking(&result, "-V");
	assert_string_equal(result.out, wanted);
}

static void test_options_usage(void **state)
{
	static struct result result;

	(void)state;
	run_asking(&result, "--usage");
	assert_ptr_equal(strstr(result.out, "Usage: serialtun "), result.out);
	assert_non_null(strstr(result.out, "[--addr=ADDR[/LEN]]"));
}

static const char *const help_lines[] = {
	"Usage: serialtun [OPTION...]\n",
	"\n  -a, --addr=ADDR[/LEN]",
	"\n  -p, --port=PORT",
	"\n  -b, --baud=N",
	"\n      --flow=KIND",
	"\n      --vj=WHEN",
	"\n      --leading-end=WHEN",
	"\n      --peer=ADDR[/LEN]",
	"\n  -r, --route=DEST[/LEN]",
	"\n      --metric=N",
	"\n  -i, --interface=NAME",
	"\n  -m, --mtu=N",
	"\n      --accept-ra",
	"\n      --create",
	"\n      --delete",
	"\n      --tap",
	"\n      --mac=ADDR",
	"\n      --bridge=NAME",
	"\n      --persist",
	"\n      --owner=USER",
	"\n      --group=GROUP",
	"\n  -v, --verbose",
	"\n  -q, --quiet",
	"\n  -h, --help",
	"\n      --usage",
	"\n  -V, --version",
	"\n  sudo serialtun --port /dev/ttyUSB0\n",
};

static void test_options_help(void **state)
{
	static struct result result;
	static struct result short_result;
	size_t i;

	(void)state;
	run_asking(&result, "--help");
	for (i = 0; i < TESTING_COUNT(help_lines); i++)
		if (!strstr(result.out, help_lines[i]))
			fail_msg("--help has no \"%s\"", help_lines[i]);
	run_asking(&short_result, "-h");
	assert_string_equal(short_result.out, result.out);
	run_asking(&short_result, "-?");
	assert_string_equal(short_result.out, result.out);
}

/* argp allocates memory before it calls the parser. */
static void test_options_without_memory(void **state)
{
	struct testing_args args;
	struct result result;

	(void)state;
	without_memory = true;
	run(&result, &args, "serialtun --port ttyUSB0");
	without_memory = false;
	/* An emulator of a process keeps no such limit. */
	if (result.status == STATUS_ENDLESS)
		return;
	assert_int_equal(result.status, STATUS_FAILED);
	assert_string_equal(result.err,
			    "serialtun: cannot read the command line: Cannot "
			    "allocate memory\n");
}

/* Is this the line of an option: "  -a, --addr=..." or "      --peer=..."? */
static bool is_entry(const char *line)
{
	size_t indent = strspn(line, " ");

	return (indent == 2 || indent == 6) && line[indent] == '-' &&
	       line[indent + 1] != ' ';
}

/* What an option does is in its own line. */
static bool is_explained(const char *entry)
{
	const char *doc = entry + HELP_DOC_COLUMN;

	return strlen(entry) > HELP_DOC_COLUMN && doc[-1] == ' ' && *doc != ' ';
}

/* Two screens at most, the example first, one line an option. */
static void test_options_help_is_short(void **state)
{
	static struct result result;
	char *rest = NULL;
	char *line;
	int entries = 0;
	int lines = 0;
	char *c;

	(void)state;
	run_asking(&result, "--help");
	assert_in_range(strstr(result.out, "  sudo serialtun ") - result.out, 0,
			4 * HELP_COLUMNS_MAX);
	for (c = result.out; *c; c++)
		lines += *c == '\n';
	assert_in_range(lines, 20, HELP_LINES_MAX);
	for (line = strtok_r(result.out, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (strlen(line) > HELP_COLUMNS_MAX)
			fail_msg("longer than %d: %s", HELP_COLUMNS_MAX, line);
		if (strspn(line, " ") == HELP_DOC_COLUMN)
			fail_msg("a second line of an option: %s", line);
		if (!is_entry(line))
			continue;
		entries++;
		if (!is_explained(line))
			fail_msg("not in one line: %s", line);
	}
	assert_int_equal(entries, 48);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_good),
		cmocka_unit_test(test_options_tries_speeds),
		cmocka_unit_test(test_options_bad),
		cmocka_unit_test(test_options_addr_repeated),
		cmocka_unit_test(test_options_route_repeated),
		cmocka_unit_test(test_options_version),
		cmocka_unit_test(test_options_usage),
		cmocka_unit_test(test_options_help),
		cmocka_unit_test(test_options_help_is_short),
		/* Only the C library's malloc() obeys: without this one. */
		cmocka_unit_test(test_options_without_memory),
	};
	size_t count = TESTING_COUNT(tests) - testing_has_own_malloc();

	return _cmocka_run_group_tests("tests", tests, count, map_options,
				       unmap_options);
}
