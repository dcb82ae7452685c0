/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* New flows, stale verdicts and TCP's beginnings and ends: everything that the one lookup cannot answer. */
#pragma once

#include "check.h"
#include "error_quote.h"
#include "impersonate.h"
#include "trace.h"

/* Where it goes: to the proxy, to the endpoint, or as the outside is reached. */
static __always_inline __u32 way_of(const struct judgement *judgement)
{
	if (judgement->to_proxy)
		return HOP_PROXY;
	return judgement->destination_endpoint ? judgement->destination_endpoint : judgement->outside;
}

static __always_inline void remember_verdict(struct flow *flow, const struct judgement *judgement, bool from_low, bool reply,
					     __u32 at_epoch)
{
	__u32 source = judgement->source_endpoint, target = judgement->destination_endpoint;
	__u32 outside = judgement->outside, sender = outside == HOST_ENDPOINT ? HOST_ENDPOINT : HOP_UPLINK;
	bool from_proxy = judgement->flags & EVENT_FLAG_FROM_PROXY;
	__u32 mine_source = source ? source : sender, other_source = target ? target : sender;
	__u32 other_target = source ? source : outside;
	struct flow_half *mine = flow_half(flow, from_low), *other = flow_half(flow, !from_low);
	bool known = is_beginner_known(flow);

	flow->low_endpoint = from_low ? source : target;
	flow->high_endpoint = from_low ? target : source;
	flow->low_identity = from_low ? judgement->source_identity : judgement->destination_identity;
	flow->high_identity = from_low ? judgement->destination_identity : judgement->source_identity;
	if (known || !reply) {
		flow->egress_cookie = judgement->egress_cookie;
		flow->ingress_cookie = judgement->ingress_cookie;
	}
	if (from_proxy)
		mine_source = other_target = HOP_PROXY;
	if (judgement->to_proxy)
		other_source = HOP_PROXY;
	WRITE_ONCE(mine->forward, forward_word(at_epoch, way_of(judgement), mine_source));
	/* An answer from outside may come another way than the question goes. */
	if (known && (source || !reply))
		WRITE_ONCE(other->forward, forward_word(at_epoch, other_target, other_source));
	if (is_planned(flow))
		plan_traces(flow);
}

/*
 * A connection that the proxy has stays the proxy's, which ends it where policy asks for none any more; one that it
 * never had cannot become its. Returns 0 or the drop reason.
 */
static __always_inline int keep_to_proxy(const struct packet *packet, struct flow *flow, bool from_low, bool reply,
					 struct judgement *judgement)
{
	if (packet->from_proxy)
		return 0;
	if (packet->leg == FLOW_LEG_SERVER || forward_target(READ_ONCE(flow_half(flow, from_low)->forward)) == HOP_PROXY)
		judgement->to_proxy = 1;
	else if (judgement->to_proxy && reply)
		return DROP_PROXY_UNAVAILABLE;
	return 0;
}

/* What policy, or a proxy that is gone, has to say about a connection's end: nothing. */
static __always_inline bool is_proxys_reset(const struct packet *packet, __u8 reason)
{
	return packet->from_proxy && packet->protocol == IPPROTO_TCP && packet->tcp_flags & TCP_RST &&
	       (reason == DROP_POLICY_DENIED || reason == DROP_POLICY_DENIED_BY_DENYLIST);
}

static __always_inline void simulation_passed(const struct packet *packet, struct judgement *judgement, bool cached)
{
	struct simulation *result = bpf_map_lookup_elem(&simulation, &only_entry);

	tell_verdict(judgement);
	simulation_report(packet, judgement, simulated_way(way_of(judgement)));
	if (result)
		result->cached = cached;
}

/* Returns where it goes, or -1: it was dropped. */
PROVEN_ALONE int judge_again(struct packet *packet, struct flow *flow, bool from_low)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	__u32 at_epoch = control.epoch;
	struct judgement *judgement;
	bool reply;

	if (!packet || !flow || !scratch)
		return -1;
	judgement = &scratch->judgement;
	reply = is_answer(flow, from_low);
	judge(packet, reply, judgement);
	if (is_proxys_reset(packet, judgement->reason))
		judgement->reason = 0;
	if (!judgement->reason)
		judgement->reason = keep_to_proxy(packet, flow, from_low, reply, judgement);
	if (judgement->reason) {
		drop_judged(packet, judgement);
		return -1;
	}
	packet->proxy_port = judgement->proxy_port;
	/* What the outside began goes back the way it came, under the pod's own address. */
	if (!packet->to_endpoint && flow->originator == from_low)
		judgement->outside = forward_source(READ_ONCE(flow_half(flow, !from_low)->forward));
	if (packet->simulated)
		simulation_passed(packet, judgement,
				  !is_opening(packet) && is_current(packet, flow_half(flow, from_low), at_epoch));
	else
		remember_verdict(flow, judgement, from_low, reply, at_epoch);
	return way_of(judgement);
}

/* A packet of a flow that is in the table. */
PROVEN_ALONE int continue_flow(struct __sk_buff *skb, struct packet *packet, struct flow *flow, bool from_low)
{
	int target, action;

	if (!packet || !flow)
		return TC_ACT_SHOT;
	if (packet->simulated || is_opening(packet) || !is_current(packet, flow_half(flow, from_low), control.epoch))
		target = judge_again(packet, flow, from_low);
	else
		target = forward_target(READ_ONCE(flow_half(flow, from_low)->forward));
	if (target < 0)
		return TC_ACT_SHOT;
	action = deliver_in_flow(skb, packet, flow, target);
	if (packet->simulated || packet->refused || action == TC_ACT_SHOT)
		return action;
	trace_in_flow(packet, flow, from_low);
	flow_count(flow_half(flow, from_low), packet->length, now_tick());
	count_forwarded(packet);
	if (packet->protocol == IPPROTO_TCP)
		tcp_advance(flow, packet, from_low);
	return action;
}

static __always_inline void flow_open(struct flow *flow, const struct packet *packet, const struct judgement *judgement,
				      bool from_low, __u32 at_epoch)
{
	bool reply = judgement->flags & EVENT_FLAG_REPLY;
	__u32 tick = now_tick();

	__builtin_memset(flow, 0, sizeof(*flow));
	flow->midstream = is_midstream(packet);
	flow->proxied = judgement->to_proxy || packet->from_proxy;
	flow->state = packet->protocol != IPPROTO_TCP || flow->midstream ? FLOW_STATE_ESTABLISHED : FLOW_STATE_NEW;
	flow->originator = reply ? from_low : !from_low;
	flow->masquerade_port = packet->masquerade_port;
	flow->started_ns = judgement->time_ns;
	flow->from_low.last_seen = tick;
	flow->from_high.last_seen = tick;
	flow_half(flow, from_low)->packets = 1;
	flow_half(flow, from_low)->bytes = packet->length;
	flow_half(flow, from_low)->tcp_flags = packet->tcp_flags;
	flow->pair = pair_of(judgement) | (packet->leg == FLOW_LEG_SERVER ? PAIR_UNCOUNTED : 0);
	remember_verdict(flow, judgement, from_low, reply, at_epoch);
	flow_half(flow, from_low)->reported = tick;
}

/* A packet that begins a flow, if policy lets it. `old`: one of the same ends that it takes the place of, or NULL. */
PROVEN_ALONE int begin_flow(struct __sk_buff *skb, struct packet *packet, struct flow *old, bool from_low)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	__u32 at_epoch = control.epoch;
	struct judgement *judgement;
	int action;

	if (!packet || !scratch)
		return TC_ACT_SHOT;
	judgement = &scratch->judgement;
	judge_beginning(packet, judgement);
	if (judgement->reason)
		return drop_judged(packet, judgement);
	if (packet->simulated)
		simulation_passed(packet, judgement, false);
	if (old)
		packet->masquerade_port = old->masquerade_port;
	packet->keep_mapping = is_midstream(packet);
	packet->proxy_port = judgement->proxy_port;
	action = deliver_slowly(skb, packet, way_of(judgement));
	if (packet->simulated || packet->refused || action == TC_ACT_SHOT)
		return action;
	if (old)
		flow_end(old, packet, from_low, FLOW_END_REPLACED);
	judgement->time_ns = bpf_ktime_get_ns();
	flow_open(&scratch->flow, packet, judgement, from_low, at_epoch);
	if (flow_store(packet, from_low))
		return drop_packet(packet, DROP_FLOW_INSERT_FAILED);
	count_forwarded(packet);
	if (scratch->flow.midstream)
		judgement->flags |= EVENT_FLAG_MIDSTREAM;
	count_begun_pair(packet, judgement, scratch->flow.pair);
	if (is_verdict_told(&scratch->flow, from_low, judgement))
		report_verdict(packet, judgement);
	return action;
}

PROVEN_ALONE int slow_path(struct __sk_buff *skb, struct packet *packet, struct flow *flow, bool from_low)
{
	struct endpoint *endpoint;
	struct frame frame;
	bool from_originator;
	int reason;

	if (!packet)
		return TC_ACT_SHOT;
	if (packet->from_proxy && impersonate(packet))
		return drop_packet(packet, DROP_UNKNOWN_SENDER);
	endpoint = endpoint_by_id(packet->endpoint);
	if (!endpoint)
		return drop_packet(packet, DROP_UNKNOWN_SENDER);
	frame = frame_of(skb);
	reason = check_addresses(&frame, packet, endpoint);
	if (reason)
		return drop_packet(packet, reason);
	if (packet->icmp_error)
		return forward_icmp_error(skb, packet);
	reason = check_tcp(packet);
	if (reason)
		return drop_packet(packet, reason);
	if (flow && flow_idle(flow, packet->protocol, now_tick())) {
		if (!packet->simulated)
			flow_end(flow, packet, from_low, FLOW_END_IDLE);
		flow = NULL;
	}
	if (flow) {
		from_originator = flow->originator == !from_low;
		if (!is_opening(packet) || (from_originator && flow->state < FLOW_STATE_CLOSING))
			return continue_flow(skb, packet, flow, from_low);
	} else if (needs_a_flow(packet)) {
		return drop_packet(packet, DROP_UNKNOWN_CT_STATE);
	}
	return begin_flow(skb, packet, flow, from_low);
}
