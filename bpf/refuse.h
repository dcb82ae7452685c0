/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet that policy lets pass and the way does not: hop limit and MTU, and what its sender is told. */
#pragma once

#include "icmp_error.h"
#include "impersonate.h"
#include "l4.h"

/* On the wire: a GSO packet passes whole; what counts is the segments it stands for. */
static __always_inline __u32 packet_bytes(struct __sk_buff *skb, const struct packet *packet)
{
	return skb->gso_size ? packet->l4_offset - ETH_HLEN + packet->l4_header + skb->gso_size : skb->len - ETH_HLEN;
}

static __always_inline bool fits(struct __sk_buff *skb, const struct packet *packet, __u32 mtu)
{
	return likely(skb->len <= mtu + ETH_HLEN) || packet_bytes(skb, packet) <= mtu;
}

/* Returns 0 or the drop reason. */
static __always_inline int lower_hop_limit(struct __sk_buff *skb, const struct packet *packet)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;

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

/* Counts the drop and tells the sender, if it is its to mend. RFC 1122: never about an ICMP error or a later fragment. */
PROVEN_ALONE int refuse(struct __sk_buff *skb, struct packet *packet, __u8 reason, __u32 mtu)
{
	int action;

	if (!packet)
		return TC_ACT_SHOT;
	/* A cached verdict does not ask in whose name the proxy speaks. */
	if (packet->from_proxy && !packet->endpoint)
		impersonate(packet);
	drop_packet(packet, reason);
	if (reason != DROP_TTL_EXCEEDED && reason != DROP_FRAGMENTATION_NEEDED)
		return TC_ACT_SHOT;
	packet->refused = 1;
	if (packet->icmp_error || packet->later_fragment || packet->unmasqueraded)
		return TC_ACT_SHOT;
	action = send_error(skb, packet, reason, mtu);
	if (packet->simulated && action == TC_ACT_REDIRECT)
		simulation_action(SIMULATED_REPLY);
	return action;
}
