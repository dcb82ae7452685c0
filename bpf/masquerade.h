/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pods behind the uplink's address. What a mapping is good for is the flow's to say: answers find the pod by it,
 * and are then judged as the pod's own conversation.
 */
#pragma once

#include "endpoint.h"
#include "flow.h"
#include "rewrite_error.h"

#define PORT_TRIES 32
#define PACKETS_SCRATCH 0
#define SWEEPS_SCRATCH 1
/* Coprime with every span of ports that is not its multiple: tries do not meet one another. */
#define PORT_STRIDE 7919

/* Others carry no port, or one that their checksum does not let us change. */
static __always_inline bool port_may_change(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

/* The pod's conversation, as the pod would speak in it. */
static __always_inline void pod_side_of(const struct masquerade_key *key, const struct masquerade *mapping, struct packet *pod)
{
	__builtin_memset(pod, 0, sizeof(*pod));
	copy16(pod->source, mapping->address);
	copy16(pod->destination, key->remote);
	pod->source_port = mapping->port;
	pod->destination_port = key->remote_port;
	pod->network = mapping->network;
	pod->protocol = key->protocol;
	pod->family = key->family;
}

static __always_inline bool leg_uses_mapping(const struct packet *pod, const struct masquerade_key *key,
					     union flow_key *flow_key)
{
	struct flow *flow = flow_lookup_with(pod, source_is_low(pod), flow_key);

	return flow && flow->masquerade_port == key->local_port && flow->state != FLOW_STATE_CLOSED &&
	       !flow_idle(flow, key->protocol, now_tick());
}

/* A mapping without a flow that uses it is over. */
PROVEN_ALONE int mapping_is_used(const struct masquerade_key *key, const struct masquerade *mapping, __u32 scratch_entry)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &scratch_entry);
	struct packet *pod;

	if (!key || !mapping || !scratch)
		return 0;
	pod = &scratch->quoted;
	pod_side_of(key, mapping, pod);
	if (leg_uses_mapping(pod, key, &scratch->flow_key))
		return 1;
	pod->leg = FLOW_LEG_SERVER;
	return control.proxied_networks && leg_uses_mapping(pod, key, &scratch->flow_key);
}

static __always_inline bool same_pod_end(const struct masquerade *a, const struct masquerade *b)
{
	return same16(a->address, b->address) && a->port == b->port && a->network == b->network;
}

/* true: the mapping is there now, ours. */
static __always_inline bool claim_port(const struct masquerade_key *key, const struct masquerade *wanted)
{
	struct masquerade *found = bpf_map_lookup_elem(&masqueraded, key);

	if (!found)
		return bpf_map_update_elem(&masqueraded, key, wanted, BPF_NOEXIST) == 0;
	if (same_pod_end(found, wanted))
		return true;
	if (mapping_is_used(key, found, PACKETS_SCRATCH))
		return false;
	return bpf_map_update_elem(&masqueraded, key, wanted, BPF_ANY) == 0;
}

/* Where its search begins, by the pod's end: a mapping that was evicted is found again. */
static __always_inline __u32 first_try(const struct masquerade *wanted)
{
	const __u32 *words = (const __u32 *)wanted->address;
	__u32 hash = 2166136261u;

	for (int i = 0; i < 4; i++)
		hash = (hash ^ words[i]) * 16777619u;
	hash = (hash ^ wanted->port) * 16777619u;
	hash = (hash ^ wanted->network) * 16777619u;
	return hash ^ hash >> 15;
}

static __always_inline int find_port(struct masquerade_key *key, const struct masquerade *wanted, const struct uplink *uplink)
{
	__u32 span = (__u32)uplink->last_port - uplink->first_port + 1, try = first_try(wanted);

	for (int i = 0; i < PORT_TRIES && span; i++) {
		key->local_port = bpf_htons(uplink->first_port + try % span);
		if (claim_port(key, wanted))
			return 0;
		try += PORT_STRIDE;
	}
	return DROP_NAT_NO_MAPPING;
}

static __always_inline bool is_unmasqueraded(const struct packet *packet, __u32 ifindex, struct unmasqueraded_key *key)
{
	__builtin_memset(key, 0, sizeof(*key));
	key->prefixlen = packet->family == IPV4_VERSION ? 96 : 192;
	key->ifindex = ifindex;
	key->family = packet->family;
	copy16(key->address, packet->destination);
	return bpf_map_lookup_elem(&unmasqueraded, key);
}

static __always_inline void describe_mapping(const struct packet *packet, const __u8 *local, struct masquerade_key *key,
					     struct masquerade *wanted)
{
	__builtin_memset(key, 0, sizeof(*key));
	copy16(key->local, local);
	copy16(key->remote, packet->destination);
	key->remote_port = packet->destination_port;
	key->protocol = packet->protocol;
	key->family = packet->family;
	copy16(wanted->address, packet->source);
	wanted->port = packet->source_port;
	wanted->network = packet->network;
}

/* The flow's own mapping, or a new one. Returns 0 or the drop reason. */
static __always_inline int obtain_mapping(const struct packet *packet, const struct uplink *uplink, struct masquerade_key *key,
					  const struct masquerade *wanted)
{
	bool fixed = !port_may_change(packet->protocol);

	key->local_port = fixed ? packet->source_port : packet->masquerade_port;
	if ((fixed || key->local_port) && claim_port(key, wanted))
		return 0;
	/* A conversation that was under way: by another port the other end would not know it. */
	if (fixed || packet->keep_mapping)
		return DROP_NAT_NO_MAPPING;
	return find_port(key, wanted, uplink);
}

static __always_inline bool uplink_address(const struct uplink *uplink, __u8 family, __u8 *address)
{
	__builtin_memset(address, 0, 16);
	if (family == IPV4_VERSION) {
		__builtin_memcpy(address, &uplink->ipv4, 4);
		return uplink->ipv4;
	}
	copy16(address, uplink->ipv6);
	return uplink->ipv6[0];
}

/* The packet's source becomes the uplink's. Returns 0 or the drop reason. */
PROVEN_ALONE int masquerade(struct __sk_buff *skb, struct packet *packet, __u32 ifindex)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct uplink *uplink = uplink_of(ifindex);
	int reason;

	if (!packet || !uplink || !scratch)
		return DROP_NAT_NO_MAPPING;
	if (is_unmasqueraded(packet, ifindex, &scratch->destination))
		return 0;
	if (!uplink_address(uplink, packet->family, scratch->address))
		return DROP_NAT_NO_MAPPING;
	if (packet->icmp_error) /* about what came by way of the flow's mapping */
		return packet->masquerade_port ? rewrite_error(skb, packet, true, packet->masquerade_port)
					       : DROP_NAT_NO_MAPPING;
	describe_mapping(packet, scratch->address, &scratch->key, &scratch->wanted);
	reason = obtain_mapping(packet, uplink, &scratch->key, &scratch->wanted);
	if (reason)
		return reason;
	packet->masquerade_port = scratch->key.local_port;
	return rewrite_end(skb, packet, true, packet->masquerade_port);
}
