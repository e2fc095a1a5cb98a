/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of symptoms: counters that grow in any way, at any times. Each symptom
 * is reported once, and its message is one plain line that is not cut off.
 *
 * The script is: the kind of the line, its speed, and steps: which counter
 * grows, by how much, or what comes and goes on the line; then a look.
 */
#include "fuzz.h"
#include "packet/header.h"
#include "pump/stats.h"
#include "report/symptom.h"
#include "report/symptom_text.h"

#include <stdbool.h>
#include <sys/socket.h>

struct world {
	struct witness witness;
	struct stats stats;
	struct symptom_view view;
	struct symptoms symptoms;
	bool told[SYMPTOM_COUNT];
	uint64_t now_ns;
};

/* Bytes that come, or a packet from and to any host, sent or heard. */
static void show(struct world *world, struct fuzz_script *script)
{
	const uint64_t how = fuzz_number(script, 1) % 3;
	size_t len = how ? 8 : (size_t)fuzz_number(script, 1);
	const uint8_t *bytes = fuzz_take(script, &len);
	uint8_t packet[28];

	if (!how) {
		census_add(&world->stats.census, bytes, len);
		witness_garbage(&world->witness, bytes, len);
		return;
	}
	testing_ipv4(packet, sizeof(packet), 'x');
	memcpy(packet + HEADER_IPV4_FROM, bytes, len);
	if (how == 1)
		witness_sent(&world->witness, packet, sizeof(packet));
	else
		witness_heard(&world->witness, packet, sizeof(packet));
}

static void grow(struct world *world, struct fuzz_script *script)
{
	struct stats *stats = &world->stats;
	uint64_t *counters[] = {
		&stats->to_line.packets,
		&stats->to_line.bytes,
		&stats->to_line.line_bytes,
		&stats->to_line.short_writes,
		&stats->from_line.packets,
		&stats->from_line.bytes,
		&stats->from_line.line_bytes,
		&stats->queue.backlog_packets,
		&stats->line.frame,
		&stats->line.parity,
		&stats->line.overrun,
		&stats->line.buffer_overrun,
		&stats->line.breaks,
		&stats->line.losses,
		&stats->from_line
			 .bad_sums[fuzz_number(script, 1) % STATS_SUM_COUNT],
		&stats->from_line
			 .dropped[fuzz_number(script, 1) % STATS_DROP_COUNT],
		&stats->to_line
			 .dropped[fuzz_number(script, 1) % STATS_DROP_COUNT],
		&stats->guesses[fuzz_number(script, 1) % GUESS_COUNT],
	};
	const size_t which =
		(size_t)fuzz_number(script, 1) % TESTING_COUNT(counters);

	*counters[which] += fuzz_number(script, 1 + fuzz_number(script, 1) % 4);
	stats->line.known = fuzz_number(script, 1) % 2;
	stats->unfinished = fuzz_number(script, 1) % GUESS_COUNT;
	stats->unfinished_len = (size_t)fuzz_number(script, 2);
}

static void look(struct world *world)
{
	char *text = malloc(SYMPTOM_TEXT_MAX);
	enum symptom symptom =
		symptoms_look(&world->symptoms, &world->view, world->now_ns);
	const char *c;

	assert_non_null(text);
	assert_in_range(symptom, SYMPTOM_NONE, SYMPTOM_COUNT - 1);
	if (symptom) {
		assert_false(world->told[symptom]);
		world->told[symptom] = true;
		symptom_text(symptom, &world->view, text);
		assert_in_range(strlen(text), 1, SYMPTOM_TEXT_MAX - 2);
		for (c = text; *c; c++)
			assert_in_range(*c, ' ', '~');
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct addr own = {.family = AF_INET,
				 .prefix_len = 24,
				 .bytes = {10, 0, 0, 1}};
	const struct witness_config config = {.addrs = &own, .addr_count = 1};
	struct fuzz_script script = {data, size};
	static struct world world;

	world = (struct world){
		.now_ns = 1 + fuzz_number(&script, 5),
		.view = {.stats = &world.stats,
			 .is_serial = fuzz_number(&script, 1) % 2,
			 .rate = (uint32_t)fuzz_number(&script, 4)},
	};
	witness_init(&world.witness, &config);
	world.stats.witness = &world.witness;
	while (script.len) {
		if (fuzz_number(&script, 1) % 4)
			grow(&world, &script);
		else
			show(&world, &script);
		world.now_ns += fuzz_number(&script, 5) % 30000000000;
		look(&world);
	}
	return 0;
}
