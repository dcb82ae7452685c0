/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ARP and neighbour discovery. Every address that a pod asks for is behind its host-side interface, whatever
 * the pod believes to be its gateway; a pod may speak for its own addresses only.
 */
#pragma once

#include "endpoint.h"
#include "events.h"
#include "icmp_error.h"
#include "l4.h"

struct arp_packet {
	struct ethhdr ethernet;
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	__u8 sender_mac[6];
	__u8 sender[4];
	__u8 target_mac[6];
	__u8 target[4];
} __attribute__((packed));

struct neighbour_message {
	struct icmp_header icmp; /* id and sequence are flags here */
	__u8 target[16];
};

struct neighbour_advertisement {
	struct neighbour_message message;
	__u8 option_type;
	__u8 option_length;
	__u8 mac[6];
};

#define ARP_REQUEST 1
#define ARP_REPLY 2
#define ADVERTISEMENT_FLAGS bpf_htonl(0xe0000000) /* router, solicited, override */
#define TARGET_LINK_LAYER_ADDRESS 2

static __always_inline bool owns_ipv4(const struct endpoint *endpoint, __u32 id, const __u8 *address)
{
	__u8 wide[16] = {};

	__builtin_memcpy(wide, address, 4);
	return owns_address(endpoint, id, IPV4_VERSION, wide);
}

static __always_inline int arp_answer(struct __sk_buff *skb, struct arp_packet *arp, const struct endpoint *endpoint)
{
	__u8 asked[4];

	__builtin_memcpy(asked, arp->target, 4);
	arp->operation = bpf_htons(ARP_REPLY);
	__builtin_memcpy(arp->target_mac, arp->sender_mac, 6);
	__builtin_memcpy(arp->target, arp->sender, 4);
	__builtin_memcpy(arp->sender_mac, endpoint->host_mac, 6);
	__builtin_memcpy(arp->sender, asked, 4);
	__builtin_memcpy(arp->ethernet.h_dest, arp->ethernet.h_source, 6);
	__builtin_memcpy(arp->ethernet.h_source, endpoint->host_mac, 6);
	return bpf_redirect_peer(skb->ifindex, 0);
}

/* From the pod. Its own announcements and its answers to the host go on to the host's stack. */
PROVEN_ALONE int arp_from_endpoint(struct __sk_buff *skb, const struct packet *packet)
{
	struct endpoint *endpoint = packet ? endpoint_by_id(packet->endpoint) : NULL;
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;
	struct arp_packet *arp = data;
	__u8 sender[4], target[4];
	bool probe;

	if (!packet || !endpoint || (void *)(arp + 1) > data_end || arp->hardware != bpf_htons(1) ||
	    arp->protocol != bpf_htons(ETH_P_IP) || arp->hardware_length != 6 || arp->protocol_length != 4)
		return drop_packet(packet, DROP_INVALID_PACKET);
	__builtin_memcpy(sender, arp->sender, 4);
	__builtin_memcpy(target, arp->target, 4);
	probe = !*(__u32 *)sender;
	if (!same_mac(arp->sender_mac, endpoint->mac) || (!probe && !owns_ipv4(endpoint, packet->endpoint, sender)))
		return drop_packet(packet, DROP_SPOOFED_NEIGHBOUR);
	if (arp->operation == bpf_htons(ARP_REPLY))
		return TC_ACT_OK;
	if (arp->operation != bpf_htons(ARP_REQUEST))
		return drop_packet(packet, DROP_INVALID_PACKET);
	if (owns_ipv4(endpoint, packet->endpoint, target))
		return TC_ACT_OK;
	return arp_answer(skb, arp, endpoint);
}

static __always_inline bool is_unspecified6(const __u8 *address)
{
	const __u64 *words = (const __u64 *)address;

	return !words[0] && !words[1];
}

static __always_inline bool is_link_local6(const __u8 *address)
{
	return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

static __always_inline int advertise(struct __sk_buff *skb, const struct packet *packet, const struct endpoint *endpoint,
				     const __u8 *target)
{
	struct neighbour_advertisement advertisement = {
		.message.icmp.type = ICMP6_NEIGHBOUR_ADVERTISEMENT,
		.option_type = TARGET_LINK_LAYER_ADDRESS,
		.option_length = 1,
	};
	struct ipv6hdr ip = {.version = 6, .nexthdr = IPPROTO_ICMPV6, .hop_limit = 255};
	__be32 flags = ADVERTISEMENT_FLAGS;
	__s64 sum;

	ip.payload_len = bpf_htons(sizeof(advertisement));
	copy16(&ip.saddr, target);
	copy16(&ip.daddr, packet->source);
	__builtin_memcpy(&advertisement.message.icmp.id, &flags, 4);
	copy16(advertisement.message.target, target);
	__builtin_memcpy(advertisement.mac, endpoint->host_mac, 6);
	sum = icmp6_pseudo_checksum(&ip, sizeof(advertisement));
	advertisement.message.icmp.checksum = fold(bpf_csum_diff(NULL, 0, (void *)&advertisement, sizeof(advertisement), sum));
	if (bpf_skb_change_tail(skb, ETH_HLEN + sizeof(ip) + sizeof(advertisement), 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN, &ip, sizeof(ip), 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + sizeof(ip), &advertisement, sizeof(advertisement), 0))
		return drop_packet(packet, DROP_WRITE_ERROR);
	return turn_back(skb, packet, endpoint);
}

/* Sender's link-layer option, where there is one, must be the pod's own. */
static __always_inline bool option_is_honest(struct __sk_buff *skb, const struct packet *packet, const __u8 *mac)
{
	__u32 offset = packet->l4_offset + sizeof(struct neighbour_message);
	__u8 option[8];

	if (bpf_skb_load_bytes(skb, offset, option, sizeof(option)))
		return true;
	return (option[0] != 1 && option[0] != TARGET_LINK_LAYER_ADDRESS) || same_mac(option + 2, mac);
}

/*
 * From the pod: a solicitation is answered here. One about the pod itself (duplicate detection) ends here unanswered:
 * nobody else has the address, and the host's stack would look for a route to it through those of all interfaces.
 */
PROVEN_ALONE int neighbour_from_endpoint(struct __sk_buff *skb, const struct packet *packet)
{
	struct endpoint *endpoint = packet ? endpoint_by_id(packet->endpoint) : NULL;
	struct neighbour_message message;
	bool own, known_sender;
	__u8 hop_limit;

	if (!packet || !endpoint || packet->l4_offset != ETH_HLEN + sizeof(struct ipv6hdr) ||
	    bpf_skb_load_bytes(skb, packet->l4_offset, &message, sizeof(message)) || message.icmp.code ||
	    bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, hop_limit), &hop_limit, 1) || hop_limit != 255)
		return drop_packet(packet, DROP_INVALID_PACKET);
	own = owns_address(endpoint, packet->endpoint, IPV6_VERSION, message.target) || is_link_local6(message.target);
	known_sender = is_link_local6(packet->source) || owns_address(endpoint, packet->endpoint, IPV6_VERSION, packet->source);
	if (!option_is_honest(skb, packet, endpoint->mac))
		return drop_packet(packet, DROP_SPOOFED_NEIGHBOUR);
	if (message.icmp.type == ICMP6_NEIGHBOUR_ADVERTISEMENT)
		return own && known_sender ? TC_ACT_OK : drop_packet(packet, DROP_SPOOFED_NEIGHBOUR);
	if (is_unspecified6(packet->source))
		return own ? TC_ACT_SHOT : drop_packet(packet, DROP_SPOOFED_NEIGHBOUR);
	if (!known_sender)
		return drop_packet(packet, DROP_SPOOFED_NEIGHBOUR);
	if (owns_address(endpoint, packet->endpoint, IPV6_VERSION, message.target))
		return TC_ACT_OK;
	return advertise(skb, packet, endpoint, message.target);
}
