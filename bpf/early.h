/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * XDP on an uplink: the same checks, flows and policy before the kernel has spent anything on the packet. What they
 * let pass is judged and handed over in TC: a packet that XDP redirects into a veth loses its offloads.
 */
#pragma once

#include "arrive.h"
#include "check.h"
#include "judge.h"

/* As slow_path, but nothing is remembered. */
PROVEN_ALONE int judge_early(struct packet *packet)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct flow *flow;
	bool from_low;

	if (!packet || !scratch)
		return XDP_PASS;
	from_low = source_is_low(packet);
	flow = flow_of(packet, from_low);
	if (flow && flow_idle(flow, packet->protocol, now_tick()))
		flow = NULL;
	if (flow && !is_opening(packet) && is_current(packet, flow_half(flow, from_low), control.epoch))
		return XDP_PASS;
	if (!flow && needs_a_flow(packet)) {
		drop_packet(packet, DROP_UNKNOWN_CT_STATE);
		return XDP_DROP;
	}
	if (flow && !is_opening(packet))
		judge(packet, is_answer(flow, from_low), &scratch->judgement);
	else
		judge_beginning(packet, &scratch->judgement);
	if (!scratch->judgement.reason)
		return XDP_PASS;
	drop_judged(packet, &scratch->judgement);
	return XDP_DROP;
}

static __always_inline bool is_unicast(const struct frame *frame)
{
	struct ethhdr *ethernet = frame->data;

	return (void *)(ethernet + 1) <= frame->data_end && !(ethernet->h_dest[0] & 1);
}

/* Returns 0, or the drop reason. */
static __always_inline int check_early(const struct frame *frame, const struct packet *packet)
{
	struct endpoint *endpoint = endpoint_by_id(packet->endpoint);
	int reason = endpoint ? check_addresses(frame, packet, endpoint) : DROP_UNKNOWN_L3_TARGET;

	return reason ? reason : check_tcp(packet);
}

static __always_inline int drop_early(struct xdp_md *xdp)
{
	struct packet packet = {.to_endpoint = 1, .from_uplink = 1};
	struct frame frame = {
		.data = (void *)(long)xdp->data,
		.data_end = (void *)(long)xdp->data_end,
		.length = bpf_xdp_get_buff_len(xdp),
	};
	int reason;

	packet.length = frame.length;
	if (!uplink_of(xdp->ingress_ifindex) || !is_unicast(&frame) || !read_destination(&frame, &packet) ||
	    !find_pod(xdp->ingress_ifindex, &packet) || !headers_are_linear(frame.data, frame.data_end))
		return XDP_PASS;
	reason = parse_ip(&frame, &packet);
	if (reason == PARSED_NEIGHBOUR_DISCOVERY)
		return XDP_PASS;
	if (!reason)
		reason = check_early(&frame, &packet);
	if (reason) {
		drop_packet(&packet, reason);
		return XDP_DROP;
	}
	return packet.icmp_error ? XDP_PASS : judge_early(&packet);
}
