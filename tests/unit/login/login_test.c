/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of login: consoles of the real programs, recorded on a pty (agetty of
 * util-linux 2.38.1, login of shadow 4.13, bash 5.2, dash 0.5.12, BusyBox
 * 1.35.0), and variations of them. Each is played in pieces of every size.
 */
#include "../testing.h"
#include "clock.h"
#include "framing/slip.h"
#include "login/login.h"
#include "pair/hello.h"
#include "pair/meeting.h"

#include <stdio.h>

#define BEGIN_NS (100 * NS_PER_S)

/* The end that logs in. */
static struct pair own;

/* The mark of the number 42, and the lines that are typed into a shell. */
#define MARK	 "st0000002a"
#define QUESTION " echo " MARK "$((6*7))\r"
#define READER                                                               \
	"sh -c 'n=" MARK ";t=;s=$(stty -g);"                                 \
	"trap \"stty $s;rm -rf \\\"\\$t\\\"\" 0;trap exit 1 2 15;"           \
	"stty -echo -icanon min 0 time 255;"                                 \
	"T=-t30;read $T l 2>/dev/null </dev/null;[ $? = 2 ]&&T=;"            \
	"for K in cksum sha256sum :;do command -v $K>/dev/null&&break;done;" \
	"while echo $n: $((6*7)) $K $k;read -r $T k l;do "                   \
	"set -- $(printf \"%s\\n\" \"$l\"|$K);"                              \
	"if [ \"$k\" = \"${1:-0}\" ];then eval \"$l\";"                      \
	"else echo $n bad;fi;done'\r"

/* Any line: its text is tested by the shells of tests/end_to_end. */
#define ANY	 "*"
#define ENTER	 "\x15\r"
#define PASSWORD "?"

#define HELLO "\300#serialtun\300"

/* The console says @says, and then the login types @types. */
struct turn {
	const char *says;
	const char *types;
};

#define TURNS 16

#define KERNEL_LINE \
	"Linux board 6.18.44-fc-v657 #1 SMP PREEMPT_DYNAMIC @0 x86_64\r\n"
#define ASH                                                                \
	"\r\n\r\nBusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) built-in " \
	"shell (ash)\r\nEnter 'help' for a list of built-in commands.\r\n\r\n"
/* \1 stands for the sum of the last command. */
#define READY MARK ": 42 cksum \1\r\n"
#define FACTS                                                     \
	MARK " u=0\r\n" MARK " m=armv7l\r\n" MARK " t=1\r\n" MARK \
	     " p=/usr/sbin/serialtun\r\n" MARK " v=serialtun 0.1.0\r\n" READY

/* What follows a shell that obeys. */
#define ERRAND             \
	{READY, ANY},      \
	{                  \
		FACTS, ANY \
	}

static const struct play {
	const char *name;
	struct turn turns[TURNS];
	enum login_state state;
	const char *text; /* in the failure; "": none */
} plays[] = {
	{"agetty, login, bash",
	 {{"", ENTER},
	  {"\r\nboard login: ", "root\r"},
	  {"root\r\r\nPassword: ", PASSWORD},
	  {"\r\n" KERNEL_LINE "\33[?2004hroot@board:~# ", QUESTION},
	  {QUESTION "\n\33[?2004l\rst0000002a42\r\n\33[?2004hroot@board:~# ",
	   " exec " READER},
	  {" exec " READER "\n\33[?2004l\rst0000002a:", NULL},
	  {" 42 cksum\r\n", ANY},
	  {FACTS, ANY}},
	 LOGIN_GOES_ON,
	 ""},
	{"agetty, login, dash",
	 {{"\r\r\nboard login: ", "root\r"},
	  {"root\r\r\nPassword: ", PASSWORD},
	  {"\r\n" KERNEL_LINE "# ", QUESTION},
	  {QUESTION "\nst0000002a42\r\n# ", " exec " READER},
	  ERRAND},
	 LOGIN_GOES_ON,
	 ""},
	{"agetty, login, BusyBox",
	 {{"\r\r\nboard login: ", "root\r"},
	  {"root\r\r\nPassword: ", PASSWORD},
	  {"\r\n" KERNEL_LINE ASH "# \33[6n", QUESTION},
	  {QUESTION "\nst0000002a42\r\n# \33[6n", " exec " READER},
	  {" exec sh -c 'n=st0000002a;s=$(stty -g);trap exit 1 2 15;stty "
	   "\r\r\n-echo;while echo $n: $((6*7)) $K $k;read -r l;do eval "
	   "\"$l\";done'\r\n" READY,
	   ANY},
	  {FACTS, ANY}},
	 LOGIN_GOES_ON,
	 ""},
	{"root without a password",
	 {{"\r\nboard login: ", "root\r"},
	  {"root\r\r\n" KERNEL_LINE "\33[?2004hroot@board:~# ", QUESTION},
	  {"\33[?2004l\rst0000002a42\r\n\33[?2004hroot@board:~# ",
	   " exec " READER},
	  ERRAND},
	 LOGIN_GOES_ON,
	 ""},
	{"init with askfirst",
	 {{"[    1.2345678] random: crng init done\r\n\r\nPlease press Enter "
	   "to activate this console. ",
	   "\r"},
	  {ASH "# \33[6n", QUESTION},
	  {QUESTION "\nst0000002a42\r\n# \33[6n", " " READER},
	  ERRAND},
	 LOGIN_GOES_ON,
	 ""},
	{"a shell in colours, with kernel messages in its answer",
	 {{"", ENTER},
	  {"\r\n\33]0;root@board: ~\a\33[01;32mroot@board\33[00m:\33[01;34m~"
	   "\33[00m$ ",
	   QUESTION},
	  {QUESTION "\n[   12.345678] usb 1-1: new device\r\n"
		    "\33[?2004l\rst0000002a42\r\n",
	   " " READER},
	  ERRAND},
	 LOGIN_GOES_ON,
	 ""},
	{"a shell with a prompt like no other",
	 {{"", ENTER},
	  {"\r\n(board) main", QUESTION},
	  {QUESTION "\nst0000002a42\r\n", " " READER},
	  ERRAND},
	 LOGIN_GOES_ON,
	 ""},
	{"a password refused, and another one taken",
	 {{"\r\nboard login: ", "root\r"},
	  {"root\r\r\nPassword: ", PASSWORD},
	  {"\r\n\r\nLogin incorrect\r\nboard login: ", "root\r"},
	  {"root\r\nPassword: ", PASSWORD},
	  {"\r\n# ", QUESTION},
	  {QUESTION "\nst0000002a42\r\n# ", " exec " READER},
	  ERRAND},
	 LOGIN_GOES_ON,
	 ""},
	{"a password refused three times",
	 {{"\r\nboard login: ", "root\r"},
	  {"root\r\r\nPassword: ", PASSWORD},
	  {"\r\n\r\nLogin incorrect\r\nboard login: ", "root\r"},
	  {"root\r\nPassword: ", PASSWORD},
	  {"\r\n\r\nLogin incorrect\r\nboard login: ", "root\r"},
	  {"root\r\nPassword: ", PASSWORD},
	  {"\r\n\r\nLogin incorrect\r\nboard login: ", NULL}},
	 LOGIN_HAS_FAILED,
	 "the login refused root 3 times"},
	{"a name that is refused at once",
	 {{"\r\nboard login: ", "root\r"},
	  {"root\r\nLogin incorrect\r\nboard login: ", "root\r"},
	  {"root\r\nLogin incorrect\r\nboard login: ", "root\r"},
	  {"root\r\nLogin incorrect\r\nboard login: ", "root\r"},
	  {"root\r\nLogin incorrect\r\nboard login: ", NULL}},
	 LOGIN_HAS_FAILED,
	 "the login refused root 3 times"},
	{"a login that breaks off",
	 {{"\r\nboard login: ", "root\r"},
	  {"root\r\nlogin: PAM Failure, aborting: Critical error - immediate abort\r\n\r\nboard login: ",
	   "root\r"},
	  {"root\r\nlogin: PAM Failure, aborting: Critical error - immediate abort\r\n\r\nboard login: ",
	   "root\r"},
	  {"root\r\nlogin: PAM Failure, aborting: Critical error - immediate abort\r\n\r\nboard login: ",
	   "root\r"},
	  {"root\r\nlogin: PAM Failure, aborting: Critical error - immediate abort\r\n\r\nboard login: ",
	   NULL}},
	 LOGIN_HAS_FAILED,
	 "asks for a name again and again"},
	{"a login that another person has begun",
	 {{"\r\nPassword: ", "\r"},
	  {"\r\n\r\nLogin incorrect\r\nboard login: ", "root\r"},
	  {"root\r\nPassword: ", PASSWORD}},
	 LOGIN_GOES_ON,
	 ""},
	{"the console of sulogin",
	 {{"\r\nGive root password for maintenance\r\n(or press Control-D to "
	   "continue): ",
	   PASSWORD},
	  {"\r\nroot@board:~# ", QUESTION}},
	 LOGIN_GOES_ON,
	 ""},
	{"a password that has expired",
	 {{"\r\nboard login: ", "root\r"},
	  {"root\r\nPassword: ", PASSWORD},
	  {"\r\nYou are required to change your password immediately "
	   "(administrator enforced).\r\nChanging password for root.\r\n"
	   "Current password: ",
	   NULL}},
	 LOGIN_HAS_FAILED,
	 "wants a new password"},
	{"a boot that ends with a login",
	 {{"[    0.000000] Linux version 6.1.0 (gcc)\r\n[    1.5] Run "
	   "/sbin/init as init process\r\n[  OK  ] Started getty.\r\n"
	   "\r\nDebian GNU/Linux 12 board ttyS0\r\n\r\nboard login: ",
	   "root\r"}},
	 LOGIN_GOES_ON,
	 ""},
	{"the countdown of U-Boot, which goes on",
	 {{"\r\nU-Boot 2023.01+dfsg-2 (Feb 01 2023)\r\n\r\nDRAM:  128 MiB\r\n"
	   "Hit any key to stop autoboot:  2 \b\b\b 1 ",
	   NULL},
	  {"\b\b\b 0 \r\nStarting kernel ...\r\n\r\n[    0.0] Booting\r\n",
	   ENTER}},
	 LOGIN_GOES_ON,
	 ""},
	{"the prompt of U-Boot",
	 {{"", ENTER}, {"\r\n=> ", NULL}},
	 LOGIN_HAS_FAILED,
	 "the prompt of a boot loader: \"=> \""},
	{"the prompt of GRUB",
	 {{"", ENTER}, {"\r\n\33[0m\33[37m\33[40mgrub> ", NULL}},
	 LOGIN_HAS_FAILED,
	 "the prompt of a boot loader"},
	{"a kernel that has stopped",
	 {{"[    1.0] Kernel panic - not syncing: VFS: Unable to mount root "
	   "fs\r\n",
	   NULL}},
	 LOGIN_HAS_FAILED,
	 "the board has stopped"},
	{"another speed",
	 {{"", ENTER}, {"\200\370\376\340\376\200x\371\370\200\376\340", NULL}},
	 LOGIN_HAS_FAILED,
	 "no text (is --baud the speed"},
	{"another program",
	 {{"", ENTER},
	  {"\r\n>>> ", QUESTION},
	  {QUESTION "\nSyntaxError: invalid syntax\r\n>>> ", ENTER QUESTION},
	  {QUESTION "\nSyntaxError: invalid syntax\r\n>>> ", NULL}},
	 LOGIN_HAS_FAILED,
	 "is no shell: \">>> \""},
	{"silence",
	 {{"", ENTER}, {"", HELLO}, {"", ENTER}, {"", ENTER}, {"", NULL}},
	 LOGIN_HAS_FAILED,
	 "says nothing"},
	{"no serialtun there",
	 {{"# ", QUESTION},
	  {"st0000002a42\r\n# ", " " READER},
	  {READY, ANY},
	  {MARK " u=0\r\n" MARK " m=mips\r\n" MARK " t=1\r\n" READY, "\x03\r"}},
	 LOGIN_HAS_FAILED,
	 "no serialtun in PATH on the board (install it there; its machine is "
	 "mips)"},
	{"no tun there",
	 {{"# ", QUESTION},
	  {"st0000002a42\r\n# ", " " READER},
	  {READY, ANY},
	  {MARK " u=0\r\n" MARK " p=/bin/serialtun\r\n" MARK
		" v=serialtun 1\r\n" READY,
	   "\x03\r"}},
	 LOGIN_HAS_FAILED,
	 "no /dev/net/tun on the board"},
	{"sudo asks for the password",
	 {{"login: ", "root\r"},
	  {"Password: ", PASSWORD},
	  {"$ ", QUESTION},
	  {"st0000002a42\r\n$ ", " exec " READER},
	  {READY, ANY},
	  {MARK " u=1000\r\n" MARK " m=armv7l\r\n" MARK "-password: ",
	   "secret\r"},
	  {"\r\n" MARK " s=1\r\n" MARK " t=1\r\n" MARK
	   " p=/usr/sbin/serialtun\r\n" MARK " v=serialtun 0.1.0\r\n" READY,
	   ANY},
	  {MARK "-password: ", "secret\r"}},
	 LOGIN_GOES_ON,
	 ""},
	{"a user who is not root",
	 {{"$ ", QUESTION},
	  {"st0000002a42\r\n$ ", " " READER},
	  {READY, ANY},
	  {MARK " u=1000\r\nsh: sudo: not found\r\n" READY, "\x03\r"}},
	 LOGIN_HAS_FAILED,
	 "user ID 1000 on the board is not root"},
	{"serialtun there that does not start",
	 {{"# ", QUESTION},
	  {"st0000002a42\r\n# ", " " READER},
	  ERRAND,
	  {"serialtun: cannot open /dev/net/tun: No such device\r\n" MARK
	   " e=1\r\n",
	   NULL}},
	 LOGIN_HAS_FAILED,
	 "ended with status 1: \"serialtun: cannot open /dev/net/tun: No such "
	 "device\""},
};

static void begin(struct login *login)
{
	const struct login_config config = {
		.user = "root",
		.number = 42,
		.hello = (const uint8_t *)HELLO,
		.hello_len = strlen(HELLO),
		.hello_id = 7,
		.pair = &own,
	};

	login_begin(login, &config, BEGIN_NS);
}

static void push(struct login *login, const char *bytes, size_t len,
		 size_t at_once, uint64_t *now_ns)
{
	uint8_t *piece;
	size_t n;

	for (; len; len -= n, bytes += n) {
		n = len < at_once ? len : at_once;
		piece = testing_copy(bytes, n);
		*now_ns += NS_PER_MS;
		login_push(login, piece, n, *now_ns);
		free(piece);
	}
}

/* Each \1 stands for the sum of the last command. */
static void push_turn(struct login *login, const char *says, size_t at_once,
		      uint64_t *now_ns)
{
	char text[1024];
	size_t len = 0;

	for (; *says; says++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					*says == '\1' ? "%s" : "%.1s",
					*says == '\1' ? login->command_sum
						      : says);
	assert_true(len < sizeof(text));
	push(login, text, len, at_once, now_ns);
}

/* Let time pass until the login types something or ends, 60 s at most. */
static void wait(struct login *login, uint64_t *now_ns)
{
	const uint64_t end_ns = *now_ns + 60 * NS_PER_S;

	while (!login->out_len && login->state == LOGIN_GOES_ON &&
	       login_next_ns(login) < end_ns) {
		*now_ns = clock_later(*now_ns, login_next_ns(login));
		login_tick(login, *now_ns);
	}
}

static void check_typed(const struct play *play, size_t turn,
			struct login *login, const char *wanted)
{
	const size_t len = strlen(wanted);

	if (!strcmp(wanted, PASSWORD)) {
		if (login->state != LOGIN_WANTS_PASSWORD)
			fail_msg("%s: turn %zu: no wish for a password",
				 play->name, turn);
		return;
	}
	if (strcmp(wanted, ANY) != 0 &&
	    (login->out_len != len || memcmp(login->out, wanted, len) != 0))
		fail_msg("%s: turn %zu: typed \"%.*s\", not \"%s\"; %s",
			 play->name, turn, (int)login->out_len, login->out,
			 wanted, login->text);
	if (!login->out_len || login->out[login->out_len - 1] != '\r')
		assert_true(!strcmp(wanted, HELLO) || *wanted == '\x03');
	login->out_len = 0;
}

static void play_in_pieces(const struct play *play, size_t at_once)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;
	const struct turn *turn;
	size_t i;

	assert_non_null(login);
	begin(login);
	for (i = 0; i < TURNS && play->turns[i].says; i++) {
		turn = &play->turns[i];
		push_turn(login, turn->says, at_once, &now_ns);
		if (!turn->types) {
			/* A countdown may last. */
			now_ns += NS_PER_S;
			login_tick(login, now_ns);
			assert_int_equal(login->state == LOGIN_HAS_FAILED
						 ? 0
						 : login->out_len,
					 0);
			continue;
		}
		wait(login, &now_ns);
		check_typed(play, i, login, turn->types);
		/* The same password answers sudo. */
		if (login->state == LOGIN_WANTS_PASSWORD) {
			login_set_password(login, "secret", now_ns);
			wait(login, &now_ns);
			assert_int_equal(login->out_len, strlen("secret\r"));
			assert_memory_equal(login->out, "secret\r", 7);
			login->out_len = 0;
		}
	}
	if (play->state == LOGIN_HAS_FAILED)
		wait(login, &now_ns);
	if (login->state != play->state)
		fail_msg("%s, %zu at once: state %d, not %d: %s", play->name,
			 at_once, login->state, play->state, login->text);
	if (!strstr(login->text, play->text))
		fail_msg("%s: \"%s\" lacks \"%s\"", play->name, login->text,
			 play->text);
	free(login);
}

static void test_login_plays(void **state)
{
	size_t at_once;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(plays); i++)
		for (at_once = 1; at_once < 300; at_once += at_once / 8 + 1)
			play_in_pieces(&plays[i], at_once);
}

/* Nothing is sent in the first five seconds, nor within five of a byte. */
static void test_login_listens_first(void **state)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns;

	(void)state;
	assert_non_null(login);
	begin(login);
	for (now_ns = BEGIN_NS; now_ns < BEGIN_NS + 20 * NS_PER_S;
	     now_ns += NS_PER_S) {
		login_push(login, (const uint8_t *)"Loading...", 10, now_ns);
		login_tick(login, now_ns);
		assert_int_equal(login->out_len, 0);
	}
	login_tick(login, now_ns + 3 * NS_PER_S);
	assert_int_equal(login->out_len, 0);
	login_tick(login, now_ns + 4 * NS_PER_S);
	assert_int_equal(login->out_len, strlen(ENTER));
	free(login);
}

/* A boot loader that waits for a key gets none, and the login ends at last. */
static void test_login_never_stops_a_loader(void **state)
{
	static const char says[] = "Hit any key to stop autoboot:  9 ";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;

	(void)state;
	assert_non_null(login);
	begin(login);
	login_push(login, (const uint8_t *)says, strlen(says), now_ns);
	while (login->state == LOGIN_GOES_ON) {
		now_ns += NS_PER_S;
		login_tick(login, now_ns);
		assert_int_equal(login->out_len, 0);
		assert_true(now_ns < BEGIN_NS + 181 * NS_PER_S);
	}
	assert_non_null(strstr(login->text, "after 3 minutes"));
	free(login);
}

static void check_link(const char *bytes, size_t len, bool is_link)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns;
	size_t at_once;

	assert_non_null(login);
	for (at_once = 1; at_once <= len; at_once++) {
		begin(login);
		now_ns = BEGIN_NS;
		push(login, "serial", 6, 6, &now_ns);
		push(login, bytes, len, at_once, &now_ns);
		assert_int_equal(login->state == LOGIN_IS_LINK, is_link);
		assert_int_equal(login->out_len, 0);
	}
	free(login);
}

static void test_login_finds_a_link(void **state)
{
	/* An echo reply from 10.0.0.2 to 10.0.0.1, and one that is damaged. */
	static const char packet[] =
		"\300\x45\0\0\x20\0\0\0\0\x40\1\x66\xdb\xdd\x0a\0\0\2\x0a\0\0\1"
		"\0\0\xff\xfe\0\1\0\0\0\0\0\0\300";
	char damaged[sizeof(packet)];
	struct hello hello = {.version = 1, .id = 8, .can = HELLO_CAN_CHECK};
	char text[HELLO_TEXT_MAX];
	uint8_t frame[2 * HELLO_TEXT_MAX + 2] = {SLIP_END};
	size_t len;

	(void)state;
	check_link(packet, sizeof(packet) - 1, true);
	memcpy(damaged, packet, sizeof(packet));
	damaged[5] ^= 1;
	check_link(damaged, sizeof(packet) - 1, false);
	len = hello_write(text, &hello);
	len = slip_encode(frame + 1, (uint8_t *)text, len,
			  SLIP_ESCAPES_RFC1055);
	check_link((char *)frame, len + 1, true);
	/* The console echoes our own. */
	hello.id = 7;
	len = hello_write(text, &hello);
	len = slip_encode(frame + 1, (uint8_t *)text, len,
			  SLIP_ESCAPES_RFC1055);
	check_link((char *)frame, len + 1, false);
	/* That of the link before this login. */
	own.own_ids[1] = 9;
	hello.id = 9;
	len = hello_write(text, &hello);
	len = slip_encode(frame + 1, (uint8_t *)text, len,
			  SLIP_ESCAPES_RFC1055);
	check_link((char *)frame, len + 1, false);
}

/*
 * A console at another speed: nothing is sent until its text comes, then the
 * login goes on at that speed.
 */
static void test_login_listens_at_other_speeds(void **state)
{
	static const unsigned int speeds[] = {9600, 57600};
	static const char garbage[] = "\xf8\x80\xfe\0\x80\xe0#\xff\xfe\x9c#";
	static const char text[] = "\r\nboard login: ";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;
	unsigned int wanted;

	(void)state;
	assert_non_null(login);
	begin(login);
	login->config.baud = 115200;
	login->config.speeds = speeds;
	login->config.speed_count = 2;
	for (wanted = 9600; wanted; wanted = wanted == 9600 ? 57600 : 0) {
		push(login, garbage, sizeof(garbage) - 1, 4, &now_ns);
		now_ns += NS_PER_S;
		login_tick(login, now_ns);
		assert_int_equal(login->baud, wanted);
		now_ns += 20 * NS_PER_S;
		login_tick(login, now_ns);
		assert_int_equal(login->state, LOGIN_GOES_ON);
		assert_int_equal(login->out_len, 0);
	}
	push(login, text, strlen(text), 3, &now_ns);
	wait(login, &now_ns);
	assert_int_equal(login->baud, 57600);
	assert_int_equal(login->config.rate, 5760);
	assert_int_equal(login->out_len, strlen("root\r"));
	assert_memory_equal(login->out, "root\r", login->out_len);
	free(login);
}

/* Garbage at all speeds, or silence after it, ends without a byte sent. */
static void test_login_finds_no_speed(void **state)
{
	static const unsigned int speeds[] = {9600, 57600};
	static const char garbage[] = "\xf8\x80\xfe\0\x80\xe0#\xff\xfe\x9c#";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns;
	int speaks;
	int i;

	(void)state;
	assert_non_null(login);
	for (speaks = 0; speaks < 2; speaks++) {
		now_ns = BEGIN_NS;
		begin(login);
		login->config.baud = 115200;
		login->config.speeds = speeds;
		login->config.speed_count = 2;
		for (i = 0; i < 100 && login->state == LOGIN_GOES_ON; i++) {
			if (speaks || !i)
				push(login, garbage, sizeof(garbage) - 1, 4,
				     &now_ns);
			now_ns += NS_PER_S;
			login_tick(login, now_ns);
			assert_int_equal(login->out_len, 0);
		}
		assert_int_equal(login->state, LOGIN_HAS_FAILED);
		assert_in_range(i, speaks ? 7 : 30, speaks ? 7 : 33);
		assert_non_null(strstr(login->text, speaks ? "any of 3 speeds"
							   : "too few come"));
	}
	free(login);
}

/* A port without a speed of its own is never set to none. */
static void test_login_goes_back_to_no_unknown_speed(void **state)
{
	static const unsigned int speeds[] = {9600, 57600};
	static const char garbage[] = "\xf8\x80\xfe\0\x80\xe0#\xff\xfe\x9c#";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;
	int i;

	(void)state;
	assert_non_null(login);
	begin(login);
	login->config.speeds = speeds;
	login->config.speed_count = 2;
	for (i = 0; login->state == LOGIN_GOES_ON; i++) {
		assert_true(i < 10);
		push(login, garbage, sizeof(garbage) - 1, 4, &now_ns);
		now_ns += NS_PER_S;
		login_tick(login, now_ns);
		assert_int_equal(login->baud, speeds[i < 4 ? i % 2 : 1]);
	}
	assert_non_null(strstr(login->text, "any of 2 speeds"));
	free(login);
}

/* A login that has given up must not print the password as a name. */
static void test_login_keeps_a_late_password(void **state)
{
	static const char prompt[] = "board login: ";
	static const char question[] = "root\r\nPassword: ";
	static const char gone[] =
		"\r\nLogin timed out after 60 seconds.\r\n\r\nboard login: ";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;

	(void)state;
	assert_non_null(login);
	begin(login);
	push(login, prompt, strlen(prompt), 100, &now_ns);
	wait(login, &now_ns);
	login->out_len = 0;
	push(login, question, strlen(question), 100, &now_ns);
	wait(login, &now_ns);
	assert_int_equal(login->state, LOGIN_WANTS_PASSWORD);
	push(login, gone, strlen(gone), 100, &now_ns);
	login_set_password(login, "secret", now_ns);
	wait(login, &now_ns);
	assert_int_equal(login->out_len, strlen("root\r"));
	assert_memory_equal(login->out, "root\r", login->out_len);
	free(login);
}

/* A user who looks for the password for an hour is no silence of the board. */
static void test_login_waits_for_the_user(void **state)
{
	static const char prompt[] = "board login: ";
	static const char question[] = "root\r\nPassword: ";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;

	(void)state;
	assert_non_null(login);
	begin(login);
	push(login, prompt, strlen(prompt), 100, &now_ns);
	wait(login, &now_ns);
	login->out_len = 0;
	push(login, question, strlen(question), 100, &now_ns);
	wait(login, &now_ns);
	assert_int_equal(login->state, LOGIN_WANTS_PASSWORD);
	now_ns += 3600 * NS_PER_S;
	login_set_password(login, "secret", now_ns);
	login_tick(login, now_ns);
	assert_int_equal(login->state, LOGIN_GOES_ON);
	assert_int_equal(login->out_len, strlen("secret\r"));
	now_ns += NS_PER_S;
	login_tick(login, now_ns);
	assert_int_equal(login->state, LOGIN_GOES_ON);
	free(login);
}

/* A board that is switched off for an hour is waited for, if it was there. */
static void test_login_is_patient(void **state)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;

	(void)state;
	assert_non_null(login);
	begin(login);
	login->config.patient = true;
	while (now_ns < BEGIN_NS + 3600 * NS_PER_S) {
		assert_true(login_next_ns(login) > now_ns);
		now_ns = login_next_ns(login);
		login_tick(login, now_ns);
		assert_int_equal(login->state, LOGIN_GOES_ON);
		login->out_len = 0;
	}
	free(login);
}

/* What the login types next; empty if it ends. */
static void next(struct login *login, uint64_t *now_ns, char typed[1024])
{
	wait(login, now_ns);
	snprintf(typed, 1024, "%.*s", (int)login->out_len, login->out);
	login->out_len = 0;
}

/* Noise: the reader refuses a command, or an answer is lost. */
static void test_login_repeats_a_command(void **state)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;
	char typed[1024];
	char again[1024];
	unsigned int i;

	(void)state;
	assert_non_null(login);
	begin(login);
	push_turn(login, "# ", 9, &now_ns);
	next(login, &now_ns, typed);
	push_turn(login, "st0000002a42\r\n", 99, &now_ns);
	next(login, &now_ns, typed);
	push_turn(login, READY, 99, &now_ns);
	next(login, &now_ns, typed);
	/* The sum of another command: that of an answer which came late. */
	push_turn(login, MARK " bad\r\n" MARK ": 42 cksum 123\r\n", 99,
		  &now_ns);
	next(login, &now_ns, again);
	assert_string_equal(typed, again);
	/* Silence. */
	for (i = 0; i < 3; i++) {
		next(login, &now_ns, again);
		assert_string_equal(typed, again);
	}
	next(login, &now_ns, again);
	assert_string_equal(again, "\x03\r");
	assert_int_equal(login->state, LOGIN_HAS_FAILED);
	assert_non_null(strstr(login->text, "stopped answering"));
	free(login);
}

/* A kernel that prints messages all the time hides no lost answer. */
static void test_login_under_messages(void **state)
{
	static const char message[] = "[   12.345678] usb 1-1: no power\r\n";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;
	unsigned int repeats = 0;
	char typed[1024];
	uint64_t end_ns;

	(void)state;
	assert_non_null(login);
	begin(login);
	push_turn(login, "# ", 9, &now_ns);
	next(login, &now_ns, typed);
	push_turn(login, "st0000002a42\r\n", 99, &now_ns);
	next(login, &now_ns, typed);
	push_turn(login, READY, 99, &now_ns);
	next(login, &now_ns, typed);
	end_ns = now_ns + 300 * NS_PER_S;
	for (; now_ns < end_ns && login->state == LOGIN_GOES_ON;
	     now_ns += NS_PER_S) {
		push(login, message, strlen(message), 99, &now_ns);
		login_tick(login, now_ns);
		repeats += login->out_len > 2;
		login->out_len = 0;
	}
	assert_int_equal(repeats, 4);
	assert_int_equal(login->state, LOGIN_HAS_FAILED);
	free(login);
}

/* A reader that noise has damaged is interrupted, and another is started. */
static void test_login_starts_another_reader(void **state)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;
	char typed[1024];

	(void)state;
	assert_non_null(login);
	begin(login);
	push_turn(login, "# ", 9, &now_ns);
	next(login, &now_ns, typed);
	push_turn(login, "st0000002a42\r\n", 99, &now_ns);
	next(login, &now_ns, typed);
	push_turn(login, "> ", 99, &now_ns);
	next(login, &now_ns, typed);
	assert_string_equal(typed, "\x03");
	push_turn(login, "^C\r\n# ", 99, &now_ns);
	next(login, &now_ns, typed);
	assert_string_equal(typed, QUESTION);
	free(login);
}

/* Given up in the reader, it leaves the reader. */
static void test_login_leaves_the_reader(void **state)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;

	(void)state;
	assert_non_null(login);
	begin(login);
	push(login, "# ", 2, 2, &now_ns);
	wait(login, &now_ns);
	login->out_len = 0;
	push(login, "st0000002a42\r\n", 14, 14, &now_ns);
	login->out_len = 0;
	login_give_up(login);
	assert_int_equal(login->out_len, 2);
	assert_memory_equal(login->out, "\x03\r", 2);
	free(login);
}

/* Given up while the password is checked, it leaves no shell behind. */
static void test_login_leaves_no_shell(void **state)
{
	static const char prompt[] = "board login: ";
	static const char question[] = "root\r\nPassword: ";
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;

	(void)state;
	assert_non_null(login);
	begin(login);
	push(login, prompt, strlen(prompt), 100, &now_ns);
	wait(login, &now_ns);
	login->out_len = 0;
	push(login, question, strlen(question), 100, &now_ns);
	wait(login, &now_ns);
	login_set_password(login, "secret", now_ns);
	wait(login, &now_ns);
	login->out_len = 0;
	login_give_up(login);
	assert_int_equal(login->out_len, strlen("\x03\x15"
						"exit\r"));
	assert_memory_equal(login->out,
			    "\x03\x15"
			    "exit\r",
			    login->out_len);
	free(login);
}

/* The shell of another person stays. */
static void test_login_leaves_a_shell_alone(void **state)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;

	(void)state;
	assert_non_null(login);
	begin(login);
	push(login, "# ", 2, 2, &now_ns);
	wait(login, &now_ns);
	login->out_len = 0;
	login_give_up(login);
	assert_int_equal(login->out_len, 0);
	free(login);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_login_plays),
		cmocka_unit_test(test_login_listens_first),
		cmocka_unit_test(test_login_listens_at_other_speeds),
		cmocka_unit_test(test_login_finds_no_speed),
		cmocka_unit_test(test_login_goes_back_to_no_unknown_speed),
		cmocka_unit_test(test_login_never_stops_a_loader),
		cmocka_unit_test(test_login_finds_a_link),
		cmocka_unit_test(test_login_keeps_a_late_password),
		cmocka_unit_test(test_login_waits_for_the_user),
		cmocka_unit_test(test_login_is_patient),
		cmocka_unit_test(test_login_repeats_a_command),
		cmocka_unit_test(test_login_under_messages),
		cmocka_unit_test(test_login_starts_another_reader),
		cmocka_unit_test(test_login_leaves_the_reader),
		cmocka_unit_test(test_login_leaves_no_shell),
		cmocka_unit_test(test_login_leaves_a_shell_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
