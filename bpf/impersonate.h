/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The L7 proxy speaks in the name of either end: its packets are judged as that end's own would be. */
#pragma once

#include "endpoint.h"
#include "flow.h"

static __always_inline bool is_proxied(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;
}

/* NULL: the interface does not lead to a proxy. */
static __always_inline struct proxy *proxy_of(__u32 ifindex)
{
	return bpf_map_lookup_elem(&proxies, &ifindex);
}

/* Answers to clients belong to their leg; all else is said to servers. */
static __always_inline struct flow *flow_for_proxy(struct packet *packet, bool from_low)
{
	struct flow *flow = flow_lookup(packet, from_low);

	if (flow && comes_from_proxy(flow, from_low))
		return flow;
	flow = flow_of_server(packet, from_low);
	packet->leg = FLOW_LEG_SERVER;
	return flow;
}

static __always_inline bool is_reached_by_uplink(const struct packet *packet)
{
	__u32 number = packet->network;
	struct network *network = bpf_map_lookup_elem(&networks, &number);

	return network && network->uplinks && !is_host_address(packet->family, packet->source);
}

/* Gives the packet the interface on which that end's packets are met. Returns 0 or the drop reason. */
PROVEN_ALONE int impersonate(struct packet *packet)
{
	struct address *found;

	if (!packet)
		return DROP_UNKNOWN_SENDER;
	found = address_lookup(packet->network, packet->family, packet->source);
	if (found && found->endpoint) {
		packet->endpoint = found->endpoint;
		return 0;
	}
	found = address_lookup(packet->network, packet->family, packet->destination);
	if (!found || !found->endpoint)
		return DROP_UNKNOWN_SENDER;
	packet->endpoint = found->endpoint;
	packet->to_endpoint = 1;
	packet->from_uplink = is_reached_by_uplink(packet);
	return 0;
}
