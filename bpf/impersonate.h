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

/* Our own proxy says which packets are for servers. */
static __always_inline bool is_labelled_for_server(const struct frame *frame)
{
	struct ethhdr *ethernet = frame->data;

	return (void *)(ethernet + 1) <= frame->data_end && ethernet->h_dest[0] == PROXY_LABEL_FIXED &&
	       ethernet->h_dest[1] == PROXY_LABEL_SERVER;
}

/*
 * Another's packets to servers bear no label: they are known by the flows of either leg, or by opening a connection. Not
 * inline, for the caller's stack.
 */
static __noinline struct flow *flow_without_label(struct packet *packet, struct flow *clients, bool from_low)
{
	struct flow *servers;

	packet->leg = FLOW_LEG_SERVER;
	servers = flow_lookup(packet, from_low);
	if (servers && comes_from_proxy(servers, from_low))
		return keep_to_leg(packet, FLOW_LEG_SERVER, ROLE_ASKS, servers);
	if (clients || (!servers && is_opening(packet)))
		return keep_to_leg(packet, FLOW_LEG_SERVER, ROLE_ASKS, NULL);
	return keep_to_leg(packet, FLOW_LEG_CLIENT, ROLE_ANSWERS, NULL);
}

static __always_inline struct flow *flow_for_proxy(struct packet *packet, bool for_server, bool from_low)
{
	struct flow *flow;

	packet->leg = for_server ? FLOW_LEG_SERVER : FLOW_LEG_CLIENT;
	packet->role = for_server ? ROLE_ASKS : ROLE_ANSWERS;
	flow = flow_lookup(packet, from_low);
	if (likely(for_server || (flow && comes_from_proxy(flow, from_low))))
		return flow;
	return flow_without_label(packet, flow, from_low);
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
