/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A frame on an uplink: a pod's, by its address or by a mapping, or the host's, which then never notices us. */
#pragma once

#include "error_quote.h"
#include "masquerade.h"
#include "parse.h"
#include "tcp_state.h"

/* Beside the drop reasons. */
#define ARRIVED_FOR_HOST (-1)

static __always_inline bool read_destination(const struct frame *frame, struct packet *packet)
{
	void *data = frame->data, *data_end = frame->data_end;
	struct ethhdr *ethernet = data;
	struct iphdr *ip4 = data + ETH_HLEN;
	struct ipv6hdr *ip6 = data + ETH_HLEN;

	if ((void *)(ip4 + 1) > data_end)
		return false;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		packet->family = IPV4_VERSION;
		packet->destination4 = ip4->daddr;
		return true;
	}
	if (ethernet->h_proto != bpf_htons(ETH_P_IPV6) || (void *)(ip6 + 1) > data_end)
		return false;
	packet->family = IPV6_VERSION;
	copy16(packet->destination, &ip6->daddr);
	return true;
}

/* The first network that the uplink serves and has the address. */
PROVEN_ALONE int find_pod(__u32 ifindex, struct packet *packet)
{
	struct uplink *uplink = uplink_of(ifindex);

	if (!uplink || !packet)
		return 0;
	for (int i = 0; i < UPLINK_NETWORKS; i++) {
		__u16 network = uplink->networks[i];
		struct address *found;

		if (!network)
			return 0;
		found = address_lookup(network, packet->family, packet->destination);
		if (found && found->endpoint) {
			packet->network = network;
			packet->endpoint = found->endpoint;
			return 1;
		}
	}
	return 0;
}

static __always_inline int parse_ip(const struct frame *frame, struct packet *packet)
{
	return packet->family == IPV4_VERSION ? parse_ipv4(frame, packet) : parse_ipv6(frame, packet);
}

static __always_inline bool is_masquerades(const struct uplink *uplink, const struct packet *packet)
{
	if (!uplink->masquerade)
		return false;
	if (packet->family == IPV4_VERSION)
		return uplink->ipv4 && packet->destination4 == uplink->ipv4;
	return uplink->ipv6[0] && same16(packet->destination, uplink->ipv6);
}

/* The conversation that `packet` speaks in, or quotes, as the outside knows it. Returns 0 or ARRIVED_FOR_HOST. */
static __always_inline int outside_key_of(struct __sk_buff *skb, const struct packet *packet, struct packet *quoted,
					  struct masquerade_key *key)
{
	__u32 offset = packet->l4_offset + sizeof(struct icmp_header);

	__builtin_memset(key, 0, sizeof(*key));
	key->family = packet->family;
	key->protocol = packet->protocol;
	if (!packet->icmp_error) {
		copy16(key->local, packet->destination);
		copy16(key->remote, packet->source);
		key->local_port = packet->destination_port;
		key->remote_port = packet->source_port;
		return 0;
	}
	__builtin_memset(quoted, 0, sizeof(*quoted));
	quoted->family = packet->family;
	if (packet->family == IPV4_VERSION ? quoted4(skb, offset, quoted) : quoted6(skb, offset, quoted))
		return ARRIVED_FOR_HOST;
	copy16(key->local, quoted->source);
	copy16(key->remote, quoted->destination);
	key->local_port = quoted->source_port;
	key->remote_port = quoted->destination_port;
	key->protocol = quoted->protocol;
	return same16(key->local, packet->destination) ? 0 : ARRIVED_FOR_HOST;
}

/* Gives the packet the pod's end. Returns 0, ARRIVED_FOR_HOST or the drop reason. */
static __always_inline int unmasquerade(struct __sk_buff *skb, struct packet *packet, struct scratch *scratch)
{
	const struct masquerade_key *key = &scratch->key;
	struct masquerade *mapping = bpf_map_lookup_elem(&masqueraded, key);
	struct address *owner;
	struct endpoint *pod;
	__be16 port;
	int reason;

	if (!mapping || !mapping_is_used(key, mapping, PACKETS_SCRATCH))
		return ARRIVED_FOR_HOST;
	copy16(scratch->address, mapping->address);
	port = mapping->port;
	owner = address_lookup(mapping->network, packet->family, scratch->address);
	pod = owner ? endpoint_by_id(owner->endpoint) : NULL;
	if (!owner || !pod)
		return ARRIVED_FOR_HOST;
	packet->network = mapping->network;
	packet->endpoint = owner->endpoint;
	/* Nobody outside begins a conversation with what is behind a mapping. */
	if (is_opening(packet))
		return DROP_UNKNOWN_CT_STATE;
	if (!fits(skb, packet, pod->mtu)) /* while it is what its sender sent */
		return DROP_FRAGMENTATION_NEEDED;
	reason = packet->icmp_error ? rewrite_error(skb, packet, false, port) : rewrite_end(skb, packet, false, port);
	copy16(packet->destination, scratch->address);
	if (!packet->icmp_error)
		packet->destination_port = port;
	packet->unmasqueraded = 1;
	return reason;
}

/* To the uplink's own address. Returns 0 where the packet is a pod's now, or ARRIVED_FOR_HOST, or TC_ACT_SHOT. */
PROVEN_ALONE int arrive_masqueraded(struct __sk_buff *skb, struct packet *packet)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct endpoint *pod;
	int reason;

	if (!packet || !scratch)
		return TC_ACT_SHOT;
	if (outside_key_of(skb, packet, &scratch->quoted, &scratch->key))
		return ARRIVED_FOR_HOST;
	reason = unmasquerade(skb, packet, scratch);
	if (reason <= 0)
		return reason;
	if (reason != DROP_FRAGMENTATION_NEEDED)
		return drop_packet(packet, reason);
	pod = endpoint_by_id(packet->endpoint);
	return refuse(skb, packet, reason, pod ? pod->mtu : 0);
}
