/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the queue: any configuration, any order of arrivals, departures
 * and purges, at any time, beside the model. Every packet comes out intact,
 * when the model gives it out, and every counter is the model's.
 *
 * The script is: the configuration, then steps.
 */
#include "../unit/pump/fq_codel_model.h"
#include "fuzz.h"

/* The model is slow, and takes MODEL_PACKETS of a flow. */
#define STEPS_MAX 2000

#define MS UINT64_C(1000000)

static struct fq_codel_config take_config(struct fuzz_script *script)
{
	return (struct fq_codel_config){
		.flows = MODEL_FLOWS,
		.quantum = 1 + (uint32_t)fuzz_number(script, 2),
		.mtu = 1 + (uint32_t)fuzz_number(script, 2),
		.limit = 1 + (size_t)fuzz_number(script, 2) * 8,
		.target_ns = 1 + fuzz_number(script, 1) * MS,
		.interval_ns = 1 + fuzz_number(script, 2) * MS,
	};
}

static void arrive(struct fq_codel *q, struct fuzz_script *script,
		   uint32_t number, uint64_t now_ns)
{
	uint8_t flow = (uint8_t)fuzz_number(script, 1);
	uint32_t len = (uint32_t)fuzz_number(script, 2);
	struct model_packet packet = {
		.number = number,
		.len = len ? len : 1,
		.ecn_capable = flow & 0x80,
		.tstamp = now_ns,
	};

	model_enqueue(packet, flow % MODEL_FLOWS);
	enqueue(q, packet.len, number, flow, packet.ecn_capable, now_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	struct fq_codel_config config = take_config(&script);
	struct fq_codel *q = fq_codel_new(&config);
	uint64_t now_ns = 1;
	uint32_t number;
	uint8_t step;

	assert_non_null(q);
	model_init(&config);
	for (number = 0; script.len && number < STEPS_MAX; number++) {
		step = (uint8_t)fuzz_number(&script, 1);
		/* What is left of it is the time that passes. */
		now_ns += (uint64_t)(step >> 2) * (step >> 2) * MS / 8;
		switch (step & 3) {
		case 0:
		case 1:
			arrive(q, &script, number, now_ns);
			break;
		case 2:
			model_step_departure(q, now_ns);
			break;
		default:
			if (step != 0xFF)
				model_step_departure(q, now_ns);
			else {
				model_purge();
				fq_codel_purge(q);
			}
		}
		assert_memory_equal(fq_codel_get_stats(q), &model.stats,
				    sizeof(model.stats));
		assert_books_balance(q);
	}
	while (!fq_codel_is_empty(q))
		model_step_departure(q, now_ns);
	assert_books_balance(q);
	fq_codel_free(q);
	return 0;
}
