/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the control plane hears: exact counters, and records in the ring that may be lost but never silently. */
#pragma once

#include "maps.h"
#include "pairs.h"
#include "pressure.h"

static __always_inline struct counters *counters_here(void)
{
	return bpf_map_lookup_elem(&counters, &only_entry);
}

/*
 * A wake-up costs more than the event: none while the ring is fairly empty (its reader looks by itself every few
 * milliseconds), and then one in 64 KiB. Read before submitting; records with their headers are 136 bytes.
 */
static __always_inline __u64 wakeup_flag(void)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	return waiting >= wakeup_bytes && (waiting & 0xffff) < 2 * 136 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* Atomic: packets interrupt the sweep, which loses events on the same CPU. */
static __always_inline void count_lost(void)
{
	struct counters *here = counters_here();

	if (here)
		__sync_fetch_and_add(&here->lost, 1);
	limit_aggregation(AGGREGATION_MAXIMUM);
}

static __always_inline struct event *event_reserve(void)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		count_lost();
	return event;
}

static __always_inline void event_fill(struct event *event, const struct packet *packet, const struct judgement *judgement)
{
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = judgement->time_ns;
	event->type = judgement->reason ? EVENT_DROP : EVENT_VERDICT;
	event->reason = judgement->reason;
	event->direction = judgement->direction;
	event->protocol = packet->protocol;
	event->network = packet->network;
	event->family = packet->family;
	event->tcp_flags = packet->tcp_flags;
	event->source_identity = judgement->source_identity;
	event->destination_identity = judgement->destination_identity;
	event->source_endpoint = judgement->source_endpoint;
	event->destination_endpoint = judgement->destination_endpoint;
	event->source_port = packet->source_port;
	event->destination_port = packet->destination_port;
	copy16(event->source_address, packet->source);
	copy16(event->destination_address, packet->destination);
	event->egress_cookie = judgement->egress_cookie;
	event->ingress_cookie = judgement->ingress_cookie;
	event->egress_verdict = judgement->egress_verdict;
	event->ingress_verdict = judgement->ingress_verdict;
	event->flags = judgement->flags;
	event->length = packet->length;
	event->weights[0] = judgement->weights[0];
	event->weights[1] = judgement->weights[1];
	event->points = judgement->points;
}

/* The answer of a simulation goes to its own map instead of the ring. */
static __always_inline void simulation_report(const struct packet *packet, struct judgement *judgement, __u8 action)
{
	struct simulation *result = bpf_map_lookup_elem(&simulation, &only_entry);

	if (!result)
		return;
	judgement->time_ns = bpf_ktime_get_ns();
	event_fill(&result->event, packet, judgement);
	result->action = action;
}

static __always_inline __u8 simulated_way(__u32 target)
{
	if (target == HOP_PROXY)
		return SIMULATED_TO_PROXY;
	if (target >= HOP_MASQUERADE)
		return SIMULATED_TO_UPLINK;
	return target ? SIMULATED_TO_ENDPOINT : SIMULATED_TO_HOST;
}

static __always_inline void simulation_action(__u8 action)
{
	struct simulation *result = bpf_map_lookup_elem(&simulation, &only_entry);

	if (result)
		result->action = action;
}

PROVEN_ALONE int report_verdict(const struct packet *packet, const struct judgement *judgement)
{
	struct event *event;

	if (!packet || !judgement)
		return 0;
	event = event_reserve();
	if (!event)
		return 0;
	event_fill(event, packet, judgement);
	bpf_ringbuf_submit(event, wakeup_flag());
	return 0;
}

static __always_inline bool may_report_drop(void)
{
	struct counters *here = counters_here();
	__u32 tick = now_tick();

	if (!here)
		return false;
	if (here->tick != tick) {
		here->tick = tick;
		here->used = 0;
	}
	if (here->used >= control.drop_events_per_tick) {
		here->suppressed++;
		return false;
	}
	here->used++;
	return true;
}

static __always_inline void count_other_drop(__u32 endpoint, __u8 direction, __u8 reason)
{
	struct drop_key key = {.endpoint = endpoint, .direction = direction, .reason = reason};
	__u64 *count = bpf_map_lookup_elem(&drops, &key);
	__u64 one = 1;

	if (!count && bpf_map_update_elem(&drops, &key, &one, BPF_NOEXIST) == 0)
		return;
	if (!count)
		count = bpf_map_lookup_elem(&drops, &key); /* another CPU was first, or the map is full */
	if (count) {
		*count += 1;
	} else {
		struct counters *here = counters_here();

		if (here)
			here->uncounted_drops++;
	}
}

static __always_inline void count_drop(__u32 endpoint, __u8 direction, __u8 reason)
{
	struct endpoint_counters *counters = bpf_map_lookup_elem(&endpoint_counters, &endpoint);
	__u32 index = direction & 1;

	if (counters && reason == DROP_POLICY_DENIED)
		counters->policy_denied[index]++;
	else if (counters && reason == DROP_POLICY_DENIED_BY_DENYLIST)
		counters->policy_denied_by_denylist[index]++;
	else
		count_other_drop(endpoint, direction, reason);
}

static __always_inline __u32 policy_owner(const struct judgement *judgement)
{
	bool reply = judgement->flags & EVENT_FLAG_REPLY; /* its policy was asked the other way round */
	__u32 sender = reply ? judgement->destination_endpoint : judgement->source_endpoint;
	__u32 receiver = reply ? judgement->source_endpoint : judgement->destination_endpoint;

	return judgement->direction == DIRECTION_INGRESS ? receiver : sender;
}

/* Counts, tells, and gives the program its return value. */
PROVEN_ALONE int drop_judged(const struct packet *packet, struct judgement *judgement)
{
	__u32 owner;

	if (!packet || !judgement)
		return TC_ACT_SHOT;
	owner = policy_owner(judgement);
	if (packet->simulated) {
		simulation_report(packet, judgement, SIMULATED_DROP);
		return TC_ACT_SHOT;
	}
	count_drop(owner ? owner : packet->endpoint, judgement->direction, judgement->reason);
	count_dropped_pair(packet, judgement);
	if (may_report_drop()) {
		judgement->time_ns = bpf_ktime_get_ns();
		report_verdict(packet, judgement);
	}
	return TC_ACT_SHOT;
}

/* For what is wrong with the packet itself, before any policy. */
PROVEN_ALONE int drop_packet(const struct packet *packet, __u8 reason)
{
	struct judgement judgement = {
		.reason = reason,
		.egress_verdict = VERDICT_NOT_EVALUATED,
		.ingress_verdict = VERDICT_NOT_EVALUATED,
	};

	if (!packet)
		return TC_ACT_SHOT;
	judgement.direction = packet->to_endpoint ? DIRECTION_INGRESS : DIRECTION_EGRESS;
	if (packet->to_endpoint)
		judgement.destination_endpoint = packet->endpoint;
	else
		judgement.source_endpoint = packet->endpoint;
	return drop_judged(packet, &judgement);
}
