/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet that may pass, on its way: hop limit, MTU, MAC addresses, and into the pod or out of an uplink. */
#pragma once

#include "proxy.h"
#include "refuse.h"
#include "uplink.h"

/* One cell a CPU: an established packet cannot afford the cache lines of one an endpoint. */
static __always_inline void count_forwarded(const struct packet *packet)
{
	__u32 direction = packet->to_endpoint ? DIRECTION_INGRESS : DIRECTION_EGRESS;
	struct counters *here = counters_here();

	if (here) {
		here->forwarded_packets[direction]++;
		here->forwarded_bytes[direction] += packet->length;
	}
}

/* Lowers the hop limit and rewrites the MAC addresses. Returns 0 or the drop reason. */
static __always_inline int route_frame(struct __sk_buff *skb, const struct packet *packet, const struct endpoint *target)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;
	struct ethhdr *ethernet = data;
	int reason = lower_hop_limit(skb, packet);

	if (unlikely(reason))
		return reason;
	if ((void *)(ethernet + 1) > data_end)
		return DROP_INVALID_PACKET;
	copy_mac(ethernet->h_dest, target->mac);
	copy_mac(ethernet->h_source, target->host_mac);
	return 0;
}

/* The proxy's packets are not addressed to the interface that they come in by. */
static __always_inline int deliver_to_host(struct __sk_buff *skb, const struct packet *packet)
{
	if (packet->from_proxy)
		bpf_skb_change_type(skb, PACKET_HOST);
	return TC_ACT_OK;
}

/* To the endpoint `target_id`, to the host's stack (0), or by enum hop. */
static __always_inline int deliver(struct __sk_buff *skb, struct packet *packet, __u32 target_id)
{
	struct endpoint *target;
	int reason;

	if (unlikely(target_id == HOP_PROXY))
		return deliver_to_proxy(skb, packet);
	if ((packet->to_endpoint && !packet->from_uplink && !packet->from_proxy) || target_id == HOST_ENDPOINT)
		return deliver_to_host(skb, packet);
	if (unlikely(target_id >= HOP_MASQUERADE)) {
		reason = leave_by_uplink(skb, packet, target_id);
		return reason < 0 ? refuse(skb, packet, -reason, packet->path_mtu) : reason;
	}
	target = bpf_map_lookup_elem(&endpoints, &target_id);
	if (!target || !target->ifindex)
		return drop_packet(packet, DROP_UNKNOWN_L3_TARGET);
	if (unlikely(!fits(skb, packet, target->mtu)))
		return refuse(skb, packet, DROP_FRAGMENTATION_NEEDED, target->mtu);
	reason = route_frame(skb, packet, target);
	if (unlikely(reason == DROP_TTL_EXCEEDED))
		return refuse(skb, packet, reason, 0);
	if (unlikely(reason))
		return drop_packet(packet, reason);
	return bpf_redirect_peer(target->ifindex, 0);
}

/* As deliver, with the mapping that the flow has. */
PROVEN_ALONE int deliver_in_flow(struct __sk_buff *skb, struct packet *packet, struct flow *flow, __u32 target_id)
{
	int action;

	if (!packet || !flow)
		return TC_ACT_SHOT;
	packet->masquerade_port = flow->masquerade_port;
	packet->keep_mapping = flow->midstream;
	action = deliver(skb, packet, target_id);
	if (packet->masquerade_port != flow->masquerade_port)
		flow->masquerade_port = packet->masquerade_port;
	return action;
}

/* For the slow path, where one copy is enough. */
PROVEN_ALONE int deliver_slowly(struct __sk_buff *skb, struct packet *packet, __u32 target_id)
{
	return packet ? deliver(skb, packet, target_id) : TC_ACT_SHOT;
}
