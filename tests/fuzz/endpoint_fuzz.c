/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of names of sockets: an accepted name can be written and read again,
 * and each rejected one has an explanation.
 */
#include "fuzz.h"
#include "line/endpoint.h"
#include "text.h"

static const struct endpoint_form forms[] = {
	{.looks_like = "HOST:PORT"},
	{.looks_like = "[ADDR:]PORT", .is_host_optional = true},
	{.looks_like = "HOST:PORT[,LOCALPORT]", .has_local_port = true},
};

/* Room for an endpoint, written. */
#define TEXT_MAX (ENDPOINT_HOST_MAX + 32)

static void format(const struct endpoint *endpoint, char text[TEXT_MAX])
{
	*text = '\0';
	if (strchr(endpoint->host, ':'))
		text_append(text, TEXT_MAX, "[%s]:", endpoint->host);
	else if (*endpoint->host)
		text_append(text, TEXT_MAX, "%s:", endpoint->host);
	text_append(text, TEXT_MAX, "%u", endpoint->port);
	if (endpoint->local_port)
		text_append(text, TEXT_MAX, ",%u", endpoint->local_port);
}

static void check_parsed(const struct endpoint *endpoint,
			 const struct endpoint_form *form)
{
	char why[SOURCE_WHY_MAX];
	struct endpoint again;
	char text[TEXT_MAX];

	assert_true(endpoint->port);
	assert_true(*endpoint->host || form->is_host_optional);
	assert_true(!endpoint->local_port || form->has_local_port);
	format(endpoint, text);
	assert_true(endpoint_parse(&again, form, text, why));
	assert_string_equal(again.host, endpoint->host);
	assert_int_equal(again.port, endpoint->port);
	assert_int_equal(again.local_port, endpoint->local_port);
}

static void assert_explained(const char why[SOURCE_WHY_MAX])
{
	assert_in_range(strlen(why), 1, SOURCE_WHY_MAX - 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	char why[SOURCE_WHY_MAX] = "";
	struct endpoint endpoint;
	struct sockaddr_un path;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		*why = '\0';
		if (endpoint_parse(&endpoint, &forms[i], text, why))
			check_parsed(&endpoint, &forms[i]);
		else
			assert_explained(why);
	}
	*why = '\0';
	if (endpoint_parse_path(&path, "PATH", text, why))
		assert_string_equal(path.sun_path, text);
	else
		assert_explained(why);
	free(text);
	return 0;
}
