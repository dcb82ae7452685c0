/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Out of the node: the kernel's routes say where, and an uplink must be there that serves the network. */
#pragma once

#include "masquerade.h"
#include "refuse.h"

#define ADDRESS_FAMILY_IPV4 2
#define ADDRESS_FAMILY_IPV6 10

static __always_inline void ask_for_route(struct __sk_buff *skb, const struct packet *packet, struct bpf_fib_lookup *fib)
{
	__u32 bytes = packet_bytes(skb, packet);

	fib->ifindex = skb->ifindex;
	fib->tot_len = bytes > 0xffff ? 0xffff : bytes;
	fib->l4_protocol = packet->protocol;
	if (packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP) {
		fib->sport = packet->source_port;
		fib->dport = packet->destination_port;
	}
	if (packet->family == IPV4_VERSION) {
		fib->family = ADDRESS_FAMILY_IPV4;
		fib->ipv4_src = packet->source4;
		fib->ipv4_dst = packet->destination4;
	} else {
		fib->family = ADDRESS_FAMILY_IPV6;
		copy16(fib->ipv6_src, packet->source);
		copy16(fib->ipv6_dst, packet->destination);
	}
}

/* Place of the network among those that the uplink serves, or -1. */
static __always_inline int place_on_uplink(const struct uplink *uplink, __u16 network)
{
	for (int i = 0; i < UPLINK_NETWORKS; i++)
		if (uplink->networks[i] == network)
			return i;
	return -1;
}

/* No uplink's: where the network uses the host's routing, the host may know what to do. */
static __always_inline int leave_by_host(const struct packet *packet, int reason)
{
	__u32 number = packet->network;
	struct network *network = bpf_map_lookup_elem(&networks, &number);

	return network && network->host_routing ? TC_ACT_OK : -reason;
}

static __always_inline int to_neighbour(const struct bpf_fib_lookup *fib, struct bpf_redir_neigh *next)
{
	next->nh_family = fib->family;
	copy16(next->ipv6_nh, fib->ipv6_dst); /* a union with IPv4's; the gateway's, where there is one */
	return bpf_redirect_neigh(fib->ifindex, next, sizeof(*next), 0);
}

/* Returns an action, or the negative drop reason. */
PROVEN_ALONE int leave_by_uplink(struct __sk_buff *skb, struct packet *packet, __u32 hop)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct bpf_fib_lookup *fib;
	struct uplink *uplink;
	long result;
	int place, reason;

	if (!packet || !scratch)
		return -DROP_UNROUTABLE;
	fib = &scratch->fib;
	__builtin_memset(fib, 0, sizeof(*fib));
	ask_for_route(skb, packet, fib);
	result = bpf_fib_lookup(skb, fib, sizeof(*fib), 0);
	if (result == BPF_FIB_LKUP_RET_FRAG_NEEDED) {
		packet->path_mtu = fib->mtu_result;
		return -DROP_FRAGMENTATION_NEEDED;
	}
	if (result != BPF_FIB_LKUP_RET_SUCCESS && result != BPF_FIB_LKUP_RET_NO_NEIGH)
		return leave_by_host(packet, DROP_FIB_LOOKUP_FAILED);
	uplink = uplink_of(fib->ifindex);
	place = uplink ? place_on_uplink(uplink, packet->network) : -1;
	if (place < 0)
		return leave_by_host(packet, DROP_UNROUTABLE);
	reason = lower_hop_limit(skb, packet);
	if (!reason && hop == HOP_MASQUERADE && uplink->masquerade & 1 << place && !packet->simulated)
		reason = masquerade(skb, packet, fib->ifindex);
	return reason ? -reason : to_neighbour(fib, &scratch->next);
}
