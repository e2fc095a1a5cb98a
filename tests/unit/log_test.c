/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a line looks like on a terminal or in a file, and what in the journal.
 */
#include "testing.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

static const struct {
	enum log_level level;
	const char *journal;
} lines[] = {
	{LOG_LEVEL_ANSWER, "<6>serialtun: line 0\n"},
	{LOG_LEVEL_ERROR, "<3>serialtun: line 1\n"},
	{LOG_LEVEL_WARNING, "<4>serialtun: line 2\n"},
	{LOG_LEVEL_INFO, "<6>serialtun: line 3\n"},
	{LOG_LEVEL_DEBUG, "<7>serialtun: line 4\n"},
	{LOG_LEVEL_TRACE, "<7>serialtun: line 5\n"},
};

/* stderr becomes an empty file; restore_stderr() undoes it. */
static int saved_stderr;

static void replace_stderr(int fd)
{
	assert_true(fd >= 0);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(saved_stderr >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
}

static void catch_stderr(void)
{
	replace_stderr(memfd_create("stderr", MFD_CLOEXEC));
}

static void restore_stderr(void)
{
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
}

/* Return: the bytes printed since the last call. */
static const char *caught(void)
{
	static char text[4096];
	ssize_t n = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
	lseek(STDERR_FILENO, 0, SEEK_SET);
	return text;
}

/* JOURNAL_STREAM as systemd sets it, the inode off by @off. */
static void set_journal_stream(unsigned int off)
{
	char value[64];
	struct stat file;

	assert_int_equal(fstat(STDERR_FILENO, &file), 0);
	snprintf(value, sizeof(value), "%ju:%ju", (uintmax_t)file.st_dev,
		 (uintmax_t)file.st_ino + off);
	setenv("JOURNAL_STREAM", value, 1);
}

static void check_lines(int journal)
{
	size_t i;

	log_set_level(LOG_LEVEL_TRACE);
	for (i = 0; i < TESTING_COUNT(lines); i++) {
		log_print(lines[i].level, "line %zu", i);
		assert_string_equal(caught(),
				    lines[i].journal + (journal ? 0 : 3));
	}
	log_set_level(LOG_LEVEL_INFO);
}

static void test_log_plain(void **state)
{
	(void)state;
	catch_stderr();
	unsetenv("JOURNAL_STREAM");
	check_lines(0);
	restore_stderr();
}

static void test_log_journal(void **state)
{
	(void)state;
	catch_stderr();
	set_journal_stream(0);
	check_lines(1);
	restore_stderr();
}

/* stderr is redirected away from the journal. */
static void test_log_not_the_journal(void **state)
{
	static const char *const values[] = {"", ":", "x:y", "1", "1:2:3"};
	size_t i;

	(void)state;
	catch_stderr();
	set_journal_stream(1);
	check_lines(0);
	for (i = 0; i < TESTING_COUNT(values); i++) {
		setenv("JOURNAL_STREAM", values[i], 1);
		check_lines(0);
	}
	restore_stderr();
}

static void test_log_levels(void **state)
{
	size_t i;

	(void)state;
	catch_stderr();
	unsetenv("JOURNAL_STREAM");
	log_set_level(LOG_LEVEL_WARNING);
	for (i = 0; i < TESTING_COUNT(lines); i++)
		log_print(lines[i].level, "%zu", i);
	assert_string_equal(caught(),
			    "serialtun: 0\nserialtun: 1\nserialtun: 2\n");
	log_set_level(-100);
	for (i = 0; i < TESTING_COUNT(lines); i++)
		log_print(lines[i].level, "%zu", i);
	assert_string_equal(caught(), "serialtun: 0\nserialtun: 1\n");
	log_set_level(LOG_LEVEL_INFO);
	restore_stderr();
}

/* A name that somebody else chose says nothing to the terminal. */
static void test_log_names(void **state)
{
	(void)state;
	catch_stderr();
	unsetenv("JOURNAL_STREAM");
	log_error("%s", "a\nb\x1B[2J \x9B"
			"2J \xC2\x9B"
			"2J M\xC3\xBCller");
	assert_string_equal(caught(),
			    "serialtun: a?b?[2J ?2J ?2J M\xC3\xBCller\n");
	restore_stderr();
}

/* A line that is too long is cut, but ends with a newline. */
static void test_log_long_line(void **state)
{
	char text[5000];
	const char *line;
	int journal;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	catch_stderr();
	for (journal = 0; journal < 2; journal++) {
		unsetenv("JOURNAL_STREAM");
		if (journal)
			set_journal_stream(0);
		errno = ENODEV;
		log_error("%s", text);
		assert_int_equal(errno, ENODEV);
		line = caught();
		assert_true(strlen(line) > 1000);
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	}
	restore_stderr();
}

/* log_print() keeps errno. */
static void test_log_keeps_errno(void **state)
{
	const wint_t invalid = 0x110000; /* EILSEQ */

	(void)state;
	catch_stderr();
	errno = ENODEV;
	log_error("%lc", invalid);
	assert_int_equal(errno, ENODEV);
	log_debug("%lc", invalid);
	assert_int_equal(errno, ENODEV);
	restore_stderr();
}

/* A pipe without a reader does not block. */
static void test_log_full_pipe(void **state)
{
	int ends[2];
	size_t i;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	assert_int_equal(pipe(ends), 0);
	replace_stderr(ends[1]);
	for (i = 0; i < 10000; i++)
		log_error("line %zu", i);
	restore_stderr();
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log_plain),
		cmocka_unit_test(test_log_journal),
		cmocka_unit_test(test_log_not_the_journal),
		cmocka_unit_test(test_log_levels),
		cmocka_unit_test(test_log_names),
		cmocka_unit_test(test_log_long_line),
		cmocka_unit_test(test_log_keeps_errno),
		cmocka_unit_test(test_log_full_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
