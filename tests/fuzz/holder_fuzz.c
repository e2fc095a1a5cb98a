/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of UUCP lock files: whatever is in one, a pid is found or none, and
 * the pid that is found is found again in a file of the usual form.
 */
#include "fuzz.h"
#include "holder.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *content = (char *)testing_copy(data, size);
	pid_t pid = holder_parse_uucp(content, size);
	char usual[32];
	int len;

	assert_true(pid >= 0);
	if (pid) {
		len = snprintf(usual, sizeof(usual), "%10d\n", pid);
		assert_int_equal(holder_parse_uucp(usual, (size_t)len), pid);
	}
	free(content);
	return 0;
}
