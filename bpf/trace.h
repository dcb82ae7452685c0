/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is told of packets that belong to a conversation. Each point is an endpoint's, and tells as much as that
 * endpoint's level of aggregation asks for; what is no endpoint leaves it to the one at the other end.
 */
#pragma once

#include "endpoint.h"
#include "flow.h"

#define SLOW_TRACES (SLOW_TRACE_FROM | SLOW_TRACE_TO | SLOW_TRACE_INTERVAL)
#define TOLD_TCP_FLAGS (TCP_SYN | TCP_FIN | TCP_RST)

/* Signed: another CPU may have stored a later tick than ours. Of a pause beyond 16 bits last_seen knows. */
static __always_inline bool report_is_due(const struct flow_half *half, __u32 tick)
{
	__s32 interval = control.aggregation_ticks;

	return (__s16)(tick - half->reported) >= interval || (__s32)(tick - half->last_seen) >= interval;
}

/* Asked for every established packet: one comparison, unless its endpoints ask for more. */
static __always_inline bool is_slow(const struct flow_half *half, __u32 tick)
{
	return unlikely(half->slow) && (half->slow != SLOW_TRACE_INTERVAL || report_is_due(half, tick));
}

static __always_inline __u8 slow_causes(const struct endpoint *from, const struct endpoint *to)
{
	__u8 causes = from && from->aggregation >= AGGREGATION_NONE ? SLOW_TRACE_FROM : 0;

	if (to && to->aggregation >= AGGREGATION_LOW)
		causes |= SLOW_TRACE_TO;
	else if (to && to->aggregation == AGGREGATION_MEDIUM)
		causes |= SLOW_TRACE_INTERVAL;
	return causes;
}

static __always_inline void plan_half(struct flow_half *half, __u8 causes)
{
	__u8 former = half->slow;

	/* A TCP end that another CPU marks meanwhile must not be unmarked. */
	if ((former & SLOW_TRACES) == causes)
		return;
	half->slow = (former & SLOW_CLOSING) | causes;
	half->reported = now_tick() - control.aggregation_ticks;
}

/* While every endpoint has the least told, flows have no plans; those of former times are taken back. */
static __always_inline bool is_planned(const struct flow *flow)
{
	return unlikely(control.tracing || (flow->from_low.slow | flow->from_high.slow) & SLOW_TRACES);
}

/* After the flow's endpoints are known, or their levels have changed. */
PROVEN_ALONE int plan_traces(struct flow *flow)
{
	struct endpoint *low, *high;

	if (!flow)
		return 0;
	low = endpoint_by_id(flow->low_endpoint);
	high = endpoint_by_id(flow->high_endpoint);
	plan_half(&flow->from_low, slow_causes(low ? low : high, high ? high : low));
	plan_half(&flow->from_high, slow_causes(high ? high : low, low ? low : high));
	return 0;
}

/* Of the endpoint, or where there is none of the one at the other end. */
static __always_inline __u16 sampling_of(__u32 id, __u32 other)
{
	struct endpoint *endpoint = endpoint_by_id(id ? id : other);

	return endpoint && endpoint->sampling ? endpoint->sampling : 1;
}

/* What each end makes of a packet: its weight, or 0 where it is not told. */
static __always_inline void weigh(struct judgement *judgement)
{
	__u16 source = sampling_of(judgement->source_endpoint, judgement->destination_endpoint);
	__u16 destination = sampling_of(judgement->destination_endpoint, judgement->source_endpoint);
	__u32 draw = source + destination > 2 ? bpf_get_prandom_u32() : 0;

	judgement->weights[0] = draw % source ? 0 : source;
	judgement->weights[1] = draw % destination ? 0 : destination;
}

/*
 * A verdict tells where its packet goes; where that came from, only to those who want both of each packet. What
 * policy would have denied is never sampled away. Returns whether there is something to tell.
 */
PROVEN_ALONE int plan_verdict(struct flow *flow, bool from_low, struct judgement *judgement)
{
	if (!flow || !judgement)
		return 0;
	if (flow_half(flow, from_low)->slow & SLOW_TRACE_FROM && control.aggregation_limit >= AGGREGATION_NONE)
		judgement->points |= TRACE_FROM;
	weigh(judgement);
	if (judgement->egress_verdict == VERDICT_AUDITED || judgement->ingress_verdict == VERDICT_AUDITED) {
		judgement->weights[0] = 1;
		judgement->weights[1] = 1;
	}
	return judgement->weights[0] || judgement->weights[1];
}

/* Both sides, and where it goes. */
static __always_inline void tell_verdict(struct judgement *judgement)
{
	judgement->points = TRACE_TO;
	judgement->weights[0] = 1;
	judgement->weights[1] = 1;
}

static __always_inline bool is_verdict_told(struct flow *flow, bool from_low, struct judgement *judgement)
{
	tell_verdict(judgement);
	return likely(!control.tracing) || plan_verdict(flow, from_low, judgement);
}

/* Of a half whose packets are told once an interval. */
static __always_inline bool is_told_now(const struct flow_half *half, const struct packet *packet, __u32 tick)
{
	return packet->tcp_flags & TOLD_TCP_FLAGS & ~half->tcp_flags || report_is_due(half, tick);
}

static __always_inline __u8 points_wanted(const struct flow_half *half, const struct packet *packet, __u32 tick)
{
	__u8 points = half->slow & SLOW_TRACE_FROM ? TRACE_FROM : 0;

	if (half->slow & SLOW_TRACE_TO || (half->slow & SLOW_TRACE_INTERVAL && is_told_now(half, packet, tick)))
		points |= TRACE_TO;
	return points;
}

static __always_inline __u8 points_within(__u8 wanted, const struct flow_half *half, const struct packet *packet, __u32 tick)
{
	switch (control.aggregation_limit) {
	case AGGREGATION_MAXIMUM:
		return 0;
	case AGGREGATION_MEDIUM:
		return is_told_now(half, packet, tick) ? wanted & TRACE_TO : 0;
	case AGGREGATION_LOW:
		return wanted & TRACE_TO;
	}
	return wanted;
}

/* What is told of a packet at this moment; what is held back is counted. */
static __always_inline __u8 points_of(const struct flow_half *half, const struct packet *packet, __u32 tick)
{
	__u8 wanted = points_wanted(half, packet, tick), points;
	struct counters *here;

	if (!wanted)
		return 0;
	notice_pressure();
	points = points_within(wanted, half, packet, tick);
	if (points == wanted)
		return points;
	here = counters_here();
	if (here)
		here->aggregated++;
	return points;
}

static __always_inline void describe_in_flow(const struct packet *packet, const struct flow *flow, bool from_low, __u32 target,
					     struct judgement *judgement)
{
	__builtin_memset(judgement, 0, sizeof(*judgement));
	judgement->source_identity = from_low ? flow->low_identity : flow->high_identity;
	judgement->destination_identity = from_low ? flow->high_identity : flow->low_identity;
	judgement->source_endpoint = from_low ? flow->low_endpoint : flow->high_endpoint;
	judgement->destination_endpoint = from_low ? flow->high_endpoint : flow->low_endpoint;
	judgement->egress_verdict = VERDICT_NOT_EVALUATED;
	judgement->ingress_verdict = VERDICT_NOT_EVALUATED;
	if (is_answer(flow, from_low))
		judgement->flags |= EVENT_FLAG_REPLY;
	judgement->direction = flow->pair & 1;
	if (packet->from_proxy)
		judgement->flags |= EVENT_FLAG_FROM_PROXY;
	else if (packet->from_uplink)
		judgement->flags |= EVENT_FLAG_FROM_NETWORK;
	else if (judgement->source_identity == IDENTITY_HOST)
		judgement->flags |= EVENT_FLAG_FROM_HOST;
	if (target == HOP_PROXY)
		judgement->flags |= EVENT_FLAG_TO_PROXY;
	else if (target >= HOP_MASQUERADE)
		judgement->flags |= EVENT_FLAG_TO_NETWORK;
	else if (judgement->destination_identity == IDENTITY_HOST)
		judgement->flags |= EVENT_FLAG_TO_HOST;
}

/* A packet that was forwarded, before it is counted. An ICMP error is told as a packet of the flow that it is about. */
PROVEN_ALONE int trace_packet(const struct packet *packet, struct flow *flow, bool from_low)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	__u32 tick = now_tick();
	struct judgement *judgement;
	struct flow_half *half;
	struct event *event;
	__u8 points;

	if (!packet || !flow || !scratch)
		return 0;
	half = flow_half(flow, from_low);
	points = points_of(half, packet, tick);
	if (!points)
		return 0;
	half->reported = tick;
	judgement = &scratch->judgement;
	describe_in_flow(packet, flow, from_low, forward_target(READ_ONCE(half->forward)), judgement);
	weigh(judgement);
	judgement->points = points;
	if (!(points & TRACE_FROM))
		judgement->weights[0] = 0;
	if (!(points & TRACE_TO))
		judgement->weights[1] = 0;
	if (!judgement->weights[0] && !judgement->weights[1])
		return 0;
	event = event_reserve();
	if (!event)
		return 0;
	judgement->time_ns = bpf_ktime_get_ns();
	event_fill(event, packet, judgement);
	event->type = EVENT_TRACE;
	bpf_ringbuf_submit(event, wakeup_flag());
	return 0;
}

static __always_inline void trace_in_flow(const struct packet *packet, struct flow *flow, bool from_low)
{
	if (flow_half(flow, from_low)->slow & SLOW_TRACES)
		trace_packet(packet, flow, from_low);
}
