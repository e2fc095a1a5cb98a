/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of name_servers: which addresses a resolv.conf(5) gives to another
 * host.
 */
#include "../testing.h"
#include "interface/name_servers.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *text;
	const char *found;
} files[] = {
	{"", ""},
	{"nameserver 192.0.2.1\n", "192.0.2.1 "},
	{"nameserver 192.0.2.1", "192.0.2.1 "},
	{"nameserver\t192.0.2.1 # comment\r\n", "192.0.2.1 "},
	{"# nameserver 192.0.2.1\n", ""},
	{" nameserver 192.0.2.1\n", ""},
	{"nameservers 192.0.2.1\n", ""},
	{"nameserver192.0.2.1\n", ""},
	{"search a.example\nnameserver 192.0.2.1\noptions edns0\n",
	 "192.0.2.1 "},
	{"nameserver 192.0.2.1\nnameserver 192.0.2.1\n", "192.0.2.1 "},
	{"nameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver 10.0.0.1\n",
	 "192.0.2.1 10.0.0.1 "},
	{"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
	 "nameserver 192.0.2.4\n",
	 "192.0.2.1 192.0.2.2 192.0.2.3 "},
	/* no name servers of another host */
	{"nameserver 127.0.0.53\n", ""},
	{"nameserver 127.0.0.53\nnameserver 192.0.2.1\n", "192.0.2.1 "},
	{"nameserver 0.0.0.0\nnameserver 224.0.0.1\n", ""},
	{"nameserver 255.255.255.255\n", ""},
	/* no addresses */
	{"nameserver\n", ""},
	{"nameserver \n", ""},
	{"nameserver 192.0.2\n", ""},
	{"nameserver 192.0.2.1/24\n", ""},
	{"nameserver 192.0.2.1;reboot\n", ""},
	{"nameserver "
	 "1111111111111111111111111111111111111111111111111111111111111111111"
	 "1\n",
	 ""},
};

static void test_name_servers_parse(void **state)
{
	struct name_servers servers;
	char text[ADDR_TEXT_MAX];
	char found[256];
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < TESTING_COUNT(files); i++) {
		name_servers_parse(&servers, files[i].text);
		*found = '\0';
		for (j = 0; j < servers.count; j++) {
			text_append(found, sizeof(found), "%s ",
				    addr_format_host(&servers.addrs[j], text));
		}
		if (strcmp(found, files[i].found) != 0)
			fail_msg("\"%s\" gives \"%s\"", files[i].text, found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_servers_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
