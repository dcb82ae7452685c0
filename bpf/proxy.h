/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* To the L7 proxy: into the network namespace that is its own, where every address is local. */
#pragma once

#include "events.h"

/* In the place of the sender's MAC address: what the other end of the wire has to know. */
struct sender_label {
	__u8 label;
	__u8 leg;
	__be16 network;
	__be16 port;
} __attribute__((packed));

static __always_inline void label_for_proxy(struct ethhdr *ethernet, const struct packet *packet, const struct network *network)
{
	struct sender_label *label = (struct sender_label *)ethernet->h_source;

	label->label = PROXY_LABEL_FIXED;
	label->leg = packet->leg == FLOW_LEG_SERVER ? PROXY_LABEL_SERVER : PROXY_LABEL_CLIENT;
	label->network = bpf_htons(packet->network);
	label->port = packet->proxy_port ? packet->proxy_port : network->proxy_port;
	copy_mac(ethernet->h_dest, network->proxy_mac);
}

PROVEN_ALONE int deliver_to_proxy(struct __sk_buff *skb, const struct packet *packet)
{
	struct network *network;
	struct ethhdr *ethernet;
	__u32 number;

	if (!packet)
		return TC_ACT_SHOT;
	number = packet->network;
	network = bpf_map_lookup_elem(&networks, &number);
	if (!network || !network->proxy_ifindex)
		return drop_packet(packet, DROP_PROXY_UNAVAILABLE);
	ethernet = (void *)(long)skb->data;
	if ((void *)(ethernet + 1) > (void *)(long)skb->data_end)
		return drop_packet(packet, DROP_INVALID_PACKET);
	label_for_proxy(ethernet, packet, network);
	/* Only what arrives can be handed to the other end at once. */
	if (packet->to_endpoint && !packet->from_uplink)
		return bpf_redirect(network->proxy_ifindex, 0);
	return bpf_redirect_peer(network->proxy_ifindex, 0);
}
