/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An ICMP error belongs to the conversation that it quotes, and goes where that one's packets come from. */
#pragma once

#include "deliver.h"
#include "flow.h"
#include "judge.h"
#include "trace.h"

/* The quoted ports, as parse_l4 would have read them. Returns 0 or the drop reason. */
static __always_inline int quoted_ports(struct __sk_buff *skb, __u32 offset, struct packet *quoted)
{
	struct icmp_header header;

	if (quoted->protocol != IPPROTO_TCP && quoted->protocol != IPPROTO_UDP && quoted->protocol != IPPROTO_SCTP &&
	    quoted->protocol != IPPROTO_ICMP && quoted->protocol != IPPROTO_ICMPV6)
		return 0;
	if (bpf_skb_load_bytes(skb, offset, &header, sizeof(header)))
		return DROP_CT_INVALID_HEADER;
	if (quoted->protocol == IPPROTO_ICMP || quoted->protocol == IPPROTO_ICMPV6) {
		void *end = &header + 1;
		int reason =
			quoted->family == IPV4_VERSION ? parse_icmp4(quoted, &header, end) : parse_icmp6(quoted, &header, end);

		return reason || quoted->icmp_error ? DROP_UNKNOWN_CT_STATE : 0;
	}
	__builtin_memcpy(&quoted->source_port, &header, 4);
	return 0;
}

static __always_inline int quoted4(struct __sk_buff *skb, __u32 offset, struct packet *quoted)
{
	struct iphdr ip;

	if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl < 5)
		return DROP_CT_INVALID_HEADER;
	if (ip.frag_off & bpf_htons(0x1fff))
		return DROP_UNKNOWN_CT_STATE;
	quoted->protocol = ip.protocol;
	quoted->source4 = ip.saddr;
	quoted->destination4 = ip.daddr;
	return quoted_ports(skb, offset + ip.ihl * 4, quoted);
}

static __always_inline int quoted6(struct __sk_buff *skb, __u32 offset, struct packet *quoted)
{
	struct ipv6hdr ip;

	if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.version != 6)
		return DROP_CT_INVALID_HEADER;
	quoted->protocol = ip.nexthdr;
	copy16(quoted->source, &ip.saddr);
	copy16(quoted->destination, &ip.daddr);
	return quoted_ports(skb, offset + sizeof(ip), quoted);
}

static __always_inline void turn_around(struct packet *packet)
{
	__u8 address[16];
	__be16 port = packet->source_port;

	copy16(address, packet->source);
	copy16(packet->source, packet->destination);
	copy16(packet->destination, address);
	packet->source_port = packet->destination_port;
	packet->destination_port = port;
}

/*
 * The error's answer is the conversation's: its cached verdict, or a new one that is not stored. Returns where it goes,
 * or the negative drop reason.
 */
PROVEN_ALONE int judge_error(struct packet *answering)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct flow *flow;
	__u32 target;
	bool from_low;
	__u64 word;

	if (!answering || !scratch)
		return -DROP_UNKNOWN_CT_STATE;
	from_low = source_is_low(answering);
	flow = flow_of(answering, from_low);
	if (!flow)
		return -DROP_UNKNOWN_CT_STATE;
	answering->masquerade_port = flow->masquerade_port;
	word = READ_ONCE(flow_half(flow, from_low)->forward);
	if (forward_epoch(word) == control.epoch && !answering->simulated)
		return forward_source(word) == sender_of(answering) ? (int)forward_target(word) : -DROP_INVALID_SOURCE_IP;
	judge(answering, flow->originator == from_low, &scratch->judgement); /* originator 0: low began */
	if (scratch->judgement.reason)
		return -scratch->judgement.reason;
	target = scratch->judgement.destination_endpoint;
	if (forward_target(word) == HOP_PROXY || (!target && forward_target(word) >= HOP_MASQUERADE))
		return forward_target(word);
	return target;
}

/* The flow that an error is told with; NULL: it is not. Not inline, for the caller's stack. */
static __noinline struct flow *flow_to_trace(struct packet *answering, bool from_low)
{
	return control.tracing ? flow_lookup(answering, from_low) : NULL;
}

PROVEN_ALONE int forward_icmp_error(struct __sk_buff *skb, struct packet *packet)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct packet *quoted;
	int reason, action, target;
	struct flow *flow;
	bool from_low;
	__u32 offset;

	if (!packet || !scratch)
		return TC_ACT_SHOT;
	quoted = &scratch->quoted;
	__builtin_memset(quoted, 0, sizeof(*quoted));
	quoted->network = packet->network;
	quoted->family = packet->family;
	quoted->endpoint = packet->endpoint;
	quoted->to_endpoint = packet->to_endpoint;
	quoted->from_uplink = packet->from_uplink;
	quoted->from_host = packet->from_host;
	quoted->simulated = packet->simulated;
	quoted->length = packet->length;
	offset = packet->l4_offset + sizeof(struct icmp_header);
	reason = packet->family == IPV4_VERSION ? quoted4(skb, offset, quoted) : quoted6(skb, offset, quoted);
	if (reason)
		return drop_packet(packet, reason);
	turn_around(quoted); /* now the conversation as this end would speak in it */
	if (!same16(quoted->destination, packet->destination))
		return drop_packet(packet, DROP_UNKNOWN_CT_STATE);
	target = judge_error(quoted);
	if (target < 0)
		return drop_packet(packet, -target);
	if (packet->to_endpoint && (__u32)target != packet->endpoint && target != HOP_PROXY)
		return drop_packet(packet, DROP_UNKNOWN_CT_STATE);
	if (packet->simulated)
		simulation_action(simulated_way(target));
	packet->masquerade_port = quoted->masquerade_port;
	from_low = source_is_low(quoted);
	flow = flow_to_trace(quoted, from_low);
	action = deliver_slowly(skb, packet, target);
	if (!packet->simulated && !packet->refused && action != TC_ACT_SHOT) {
		if (flow)
			trace_in_flow(packet, flow, from_low);
		count_forwarded(packet);
	}
	return action;
}
