/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet that may pass, on its way: hop limit, MTU, MAC addresses, and into the pod. */
#pragma once

#include "icmp_error.h"
#include "l4.h"

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

static __always_inline bool fits(struct __sk_buff *skb, const struct packet *packet, __u32 mtu)
{
	if (likely(skb->len <= mtu + ETH_HLEN))
		return true;
	/* A GSO packet passes whole; what counts is the segments it stands for. */
	return skb->gso_size && packet->l4_offset - ETH_HLEN + packet->l4_header + skb->gso_size <= mtu;
}

/* Lowers the hop limit and rewrites the MAC addresses. Returns 0 or the drop reason. */
static __always_inline int route_frame(struct __sk_buff *skb, const struct packet *packet, const struct endpoint *target)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;
	struct ethhdr *ethernet = data;

	if (packet->family == IPV4_VERSION) {
		struct iphdr *ip = data + ETH_HLEN;
		__u32 check;

		if ((void *)(ip + 1) > data_end)
			return DROP_INVALID_PACKET;
		if (unlikely(ip->ttl <= 1))
			return DROP_TTL_EXCEEDED;
		check = ip->check + bpf_htons(0x0100); /* RFC 1141 */
		ip->check = check + (check >= 0xffff);
		ip->ttl--;
	} else {
		struct ipv6hdr *ip = data + ETH_HLEN;

		if ((void *)(ip + 1) > data_end)
			return DROP_INVALID_PACKET;
		if (unlikely(ip->hop_limit <= 1))
			return DROP_TTL_EXCEEDED;
		ip->hop_limit--;
	}
	copy_mac(ethernet->h_dest, target->mac);
	copy_mac(ethernet->h_source, target->host_mac);
	return 0;
}

static __always_inline bool may_fragment(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + ETH_HLEN;

	return (void *)(ip + 1) <= data_end && !(ip->frag_off & bpf_htons(0x4000));
}

static __always_inline int send_error(struct __sk_buff *skb, const struct packet *packet, __u8 reason, __u32 mtu)
{
	if (packet->family == IPV6_VERSION) {
		if (reason == DROP_TTL_EXCEEDED)
			return send_icmp6_error(skb, packet, 3 << 8, 0);
		return send_icmp6_error(skb, packet, 2 << 8, mtu);
	}
	if (reason == DROP_TTL_EXCEEDED)
		return send_icmp4_error(skb, packet, 11 << 8, 0);
	if (may_fragment(skb)) /* we do not fragment, and its sender did not ask to be told */
		return TC_ACT_SHOT;
	return send_icmp4_error(skb, packet, 3 << 8 | 4, mtu);
}

/* Counts the drop and tells the sender. RFC 1122: never about an ICMP error or a later fragment. */
PROVEN_ALONE int refuse(struct __sk_buff *skb, struct packet *packet, __u8 reason, __u32 mtu)
{
	int action;

	if (!packet)
		return TC_ACT_SHOT;
	packet->refused = 1;
	drop_packet(packet, reason);
	if (packet->icmp_error || packet->later_fragment)
		return TC_ACT_SHOT;
	action = send_error(skb, packet, reason, mtu);
	if (packet->simulated && action == TC_ACT_REDIRECT)
		simulation_action(SIMULATED_REPLY);
	return action;
}

/* From a pod to the endpoint `target`, or to the host's stack (0). */
static __always_inline int deliver(struct __sk_buff *skb, struct packet *packet, __u32 target_id)
{
	struct endpoint *target;
	int reason;

	if (packet->to_endpoint || target_id == HOST_ENDPOINT)
		return TC_ACT_OK;
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

/* For the slow path, where one copy is enough. */
PROVEN_ALONE int deliver_slowly(struct __sk_buff *skb, struct packet *packet, __u32 target_id)
{
	return packet ? deliver(skb, packet, target_id) : TC_ACT_SHOT;
}
