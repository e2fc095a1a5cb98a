/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of UUCP lock files: for any content, the PID is the one that the C
 * library's functions read.
 */
#include "fuzz.h"
#include "port/holder.h"

#include <ctype.h>
#include <limits.h>

static pid_t reference(const char *content, size_t size)
{
	char *text = fuzz_string((const uint8_t *)content, size);
	size_t blanks = strspn(text, " \t\n\v\f\r");
	size_t digits = strspn(text + blanks, "0123456789");
	size_t end = blanks + digits;
	unsigned long long number = strtoull(text + blanks, NULL, 10);
	int32_t binary = 0;

	free(text);
	if (digits && number > INT_MAX)
		return 0;
	if (digits && number &&
	    (end == size || isspace((unsigned char)content[end])))
		return (pid_t)number;
	if (size == sizeof(binary))
		memcpy(&binary, content, sizeof(binary));
	return binary > 0 ? binary : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *content = (char *)testing_copy(data, size);

	assert_int_equal(holder_parse_uucp(content, size),
			 reference(content, size));
	free(content);
	return 0;
}
