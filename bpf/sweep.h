/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Removes flows that are over and tells their ends. Housekeeping only: an idle flow is not believed anyway. */
#pragma once

#include "endpoint.h"
#include "masquerade.h"

struct sweep_context {
	struct sweep *result;
	__u32 tick;
};

static __always_inline bool lost_an_end(const struct flow *flow)
{
	return (flow->low_endpoint && !endpoint_by_id(flow->low_endpoint)) ||
	       (flow->high_endpoint && !endpoint_by_id(flow->high_endpoint));
}

/* Returns true where the flow was reported and may be deleted. */
static __always_inline bool sweep_flow(struct flow *flow, const struct flow_ends *ends, struct sweep_context *context)
{
	__u8 cause = FLOW_END_NONE;

	context->result->visited++;
	if (flow_idle(flow, ends->protocol, context->tick))
		cause = FLOW_END_IDLE;
	else if (lost_an_end(flow))
		cause = FLOW_END_ENDPOINT_GONE;
	if (!cause)
		return false;
	context->result->deleted++;
	if (flow_claim_end(flow, ends->network)) {
		context->result->ended++;
		flow_report_end(flow, ends, cause);
	}
	return true;
}

static long sweep_flow4(void *map, struct flow4_key *key, struct flow *flow, struct sweep_context *context)
{
	struct flow_ends ends = {
		.low_port = key->low_port,
		.high_port = key->high_port,
		.network = key->network,
		.protocol = key->protocol,
		.leg = key->leg,
		.family = IPV4_VERSION,
	};

	__builtin_memcpy(ends.low_address, &key->low_address, 4);
	__builtin_memcpy(ends.high_address, &key->high_address, 4);
	if (sweep_flow(flow, &ends, context))
		bpf_map_delete_elem(map, key);
	return 0;
}

static long sweep_flow6(void *map, struct flow6_key *key, struct flow *flow, struct sweep_context *context)
{
	struct flow_ends ends = {
		.low_port = key->low_port,
		.high_port = key->high_port,
		.network = key->network,
		.protocol = key->protocol,
		.leg = key->leg,
		.family = IPV6_VERSION,
	};

	copy16(ends.low_address, key->low_address);
	copy16(ends.high_address, key->high_address);
	if (sweep_flow(flow, &ends, context))
		bpf_map_delete_elem(map, key);
	return 0;
}

static long sweep_mapping(void *map, struct masquerade_key *key, struct masquerade *mapping, void *unused)
{
	struct masquerade_key wanted = *key;

	if (!mapping_is_used(&wanted, mapping, SWEEPS_SCRATCH))
		bpf_map_delete_elem(map, key);
	return 0;
}
