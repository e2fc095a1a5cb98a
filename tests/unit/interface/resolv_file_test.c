/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of resolv_file: the old text comes back, unless it is not ours to put
 * back.
 */
#include "../testing.h"
#include "interface/addr.h"
#include "interface/name_servers.h"
#include "interface/resolv_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OURS                                               \
	"# serialtun puts the old text back at its end.\n" \
	"nameserver 192.0.2.1\n"

static char directory[] = "/tmp/resolv_file_test.XXXXXX";
static char path[sizeof(directory) + sizeof("/resolv.conf")];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/resolv.conf", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static void write_file(const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fclose(file);
}

static void expect(const char *text, size_t len)
{
	static char found[2 * RESOLV_OURS_MAX];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(found, 1, sizeof(found), file), len);
	fclose(file);
	assert_memory_equal(found, text, len);
}

static struct name_servers one_server(void)
{
	struct name_servers servers;

	name_servers_parse(&servers, "nameserver 192.0.2.1\n");
	return servers;
}

/* Our text, with the old one as comments. */
static void expect_ours(const char *old)
{
	char text[512] = OURS;
	size_t len = strlen(text);

	if (*old) {
		len += (size_t)sprintf(text + len, "# The old text:\n#");
		for (; *old; old++) {
			text[len++] = *old;
			if (*old == '\n' && old[1])
				text[len++] = '#';
		}
	}
	expect(text, len);
}

static void test_resolv_file_puts_back(void **state)
{
	static const char *const texts[] = {
		"",
		"nameserver 127.0.0.1\n",
		("search example.org\nnameserver 10.0.0.1\nnameserver "
		 "10.0.0.2\nnameserver 10.0.0.3\noptions edns0 trust-ad\n"),
	};
	const struct name_servers servers = one_server();
	static struct resolv_file file;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(texts); i++) {
		write_file(texts[i], strlen(texts[i]));
		assert_int_equal(resolv_file_open(&file, path), 0);
		assert_int_equal(resolv_file_replace(&file, &servers), 0);
		expect_ours(texts[i]);
		assert_int_equal(resolv_file_replace(&file, &servers), 0);
		expect_ours(texts[i]);
		resolv_file_put_back(&file);
		expect(texts[i], strlen(texts[i]));
		resolv_file_close(&file);
	}
}

/* The machine has lost its power, or another link has replaced the text. */
static void test_resolv_file_recovers(void **state)
{
	static const char old[] = "search example.org\n\n#x\nnameserver ::1";
	static const char ours[] =
		OURS "# The old text:\n"
		     "#search example.org\n#\n##x\n#nameserver ::1\n";
	const struct name_servers servers = one_server();
	static struct resolv_file first;
	static struct resolv_file second;

	(void)state;
	write_file(old, strlen(old));
	assert_int_equal(resolv_file_open(&first, path), 0);
	assert_int_equal(resolv_file_replace(&first, &servers), 0);
	expect(ours, strlen(ours));
	assert_int_equal(resolv_file_open(&second, path), 0);
	assert_int_equal(resolv_file_replace(&second, &servers), 0);
	expect(ours, strlen(ours));
	resolv_file_put_back(&second);
	expect("search example.org\n\n#x\nnameserver ::1\n", strlen(old) + 1);
	resolv_file_put_back(&first);
	expect("search example.org\n\n#x\nnameserver ::1\n", strlen(old) + 1);
	resolv_file_close(&first);
	resolv_file_close(&second);
}

/* The longest text that is replaced, all of it line ends. */
static void test_resolv_file_recovers_the_longest(void **state)
{
	const struct name_servers servers = one_server();
	static char lines[RESOLV_FILE_MAX];
	static struct resolv_file file;

	(void)state;
	memset(lines, '\n', sizeof(lines));
	write_file(lines, sizeof(lines));
	assert_int_equal(resolv_file_open(&file, path), 0);
	assert_int_equal(resolv_file_replace(&file, &servers), 0);
	resolv_file_close(&file);
	assert_int_equal(resolv_file_open(&file, path), 0);
	assert_int_equal(resolv_file_replace(&file, &servers), 0);
	resolv_file_put_back(&file);
	expect(lines, sizeof(lines));
	resolv_file_close(&file);
}

static void test_resolv_file_leaves_others_text(void **state)
{
	static const char theirs[] = "nameserver 10.9.9.9\n";
	const struct name_servers servers = one_server();
	static struct resolv_file file;

	(void)state;
	write_file("", 0);
	assert_int_equal(resolv_file_open(&file, path), 0);
	assert_int_equal(resolv_file_replace(&file, &servers), 0);
	write_file(theirs, strlen(theirs));
	assert_int_equal(resolv_file_replace(&file, &servers), -EBUSY);
	resolv_file_put_back(&file);
	expect(theirs, strlen(theirs));
	resolv_file_close(&file);
}

static void test_resolv_file_refuses(void **state)
{
	const struct name_servers servers = one_server();
	static char text[RESOLV_OURS_MAX + 1];
	static struct resolv_file file;

	(void)state;
	unlink(path);
	assert_int_equal(resolv_file_open(&file, path), -ENOENT);
	assert_int_equal(resolv_file_replace(&file, &servers), -EBADF);
	resolv_file_put_back(&file);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(resolv_file_open(&file, path), -ELOOP);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(resolv_file_open(&file, path), -EINVAL);
	unlink(path);
	write_file(text, sizeof(text));
	assert_int_equal(resolv_file_open(&file, path), -EFBIG);
	write_file("", 0);
	assert_int_equal(resolv_file_open(&file, path), 0);
	write_file(text, RESOLV_FILE_MAX + 1);
	assert_int_equal(resolv_file_replace(&file, &servers), -EFBIG);
	expect(text, RESOLV_FILE_MAX + 1);
	resolv_file_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolv_file_puts_back),
		cmocka_unit_test(test_resolv_file_recovers),
		cmocka_unit_test(test_resolv_file_recovers_the_longest),
		cmocka_unit_test(test_resolv_file_leaves_others_text),
		cmocka_unit_test(test_resolv_file_refuses),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
