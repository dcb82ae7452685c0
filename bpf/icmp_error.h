/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ICMP errors that the datapath itself sends, back to the pod whose packet it cannot forward. */
#pragma once

#include "endpoint.h"
#include "events.h"
#include "proxy.h"

#define DEFAULT_HOP_LIMIT 64

static __always_inline __be16 fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Cuts the frame to what is quoted and makes room for the error's headers. Returns the quote's length, 0 on failure. */
static __always_inline __u32 make_room(struct __sk_buff *skb, __u32 header)
{
	__u32 quote = (skb->len - ETH_HLEN) & ~3U;

	if (quote >= QUOTE_BYTES)
		quote = QUOTE_BYTES - 4;
	if (bpf_skb_change_tail(skb, ETH_HLEN + quote, 0) || bpf_skb_adjust_room(skb, header, BPF_ADJ_ROOM_MAC, 0))
		return 0;
	return quote;
}

/*
 * The quote's checksum; bytes that are not there count as zero. Alone, so that its bounds stay in a register: what
 * lay on the stack, Linux 6.1 believes nothing of.
 */
PROVEN_ALONE __s64 quote_checksum(struct __sk_buff *skb, __u32 offset, __u32 quote, __u32 seed)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);

	/* Masked out of the compiler's sight: Linux 6.1 forgets the bounds of a number that was on the stack. */
	asm volatile("%0 &= 127" : "+r"(quote));
	if (!scratch || quote < sizeof(struct iphdr))
		return -1;
	__builtin_memset(scratch->quote, 0, sizeof(scratch->quote));
	if (bpf_skb_load_bytes(skb, offset, scratch->quote, quote))
		return -1;
	return bpf_csum_diff(NULL, 0, (void *)scratch->quote, sizeof(scratch->quote), seed);
}

/* Out of the uplink, to the neighbour that it came from. */
static __always_inline int turn_back_outside(struct __sk_buff *skb)
{
	struct ethhdr arrived, ethernet;

	if (bpf_skb_load_bytes(skb, 0, &arrived, sizeof(arrived)))
		return TC_ACT_SHOT;
	ethernet.h_proto = arrived.h_proto;
	__builtin_memcpy(ethernet.h_dest, arrived.h_source, ETH_ALEN);
	__builtin_memcpy(ethernet.h_source, arrived.h_dest, ETH_ALEN);
	if (bpf_skb_store_bytes(skb, 0, &ethernet, sizeof(ethernet), 0))
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, 0);
}

/* What the proxy said in the name of an end comes back to the proxy. */
static __always_inline int turn_back_to_proxy(struct __sk_buff *skb, const struct packet *packet)
{
	__u32 number = packet->network;
	struct network *network = bpf_map_lookup_elem(&networks, &number);
	struct ethhdr ethernet = {.h_proto = skb->protocol};

	if (!network)
		return TC_ACT_SHOT;
	label_for_proxy(&ethernet, packet, network);
	if (bpf_skb_store_bytes(skb, 0, &ethernet, sizeof(ethernet), 0) || bpf_skb_change_type(skb, PACKET_HOST))
		return TC_ACT_SHOT;
	return bpf_redirect_peer(skb->ifindex, 0);
}

static __always_inline int turn_back(struct __sk_buff *skb, const struct packet *packet, const struct endpoint *endpoint)
{
	struct ethhdr ethernet = {.h_proto = skb->protocol};

	if (packet->from_proxy)
		return turn_back_to_proxy(skb, packet);
	if (packet->from_uplink)
		return turn_back_outside(skb);
	__builtin_memcpy(ethernet.h_dest, endpoint->mac, ETH_ALEN);
	__builtin_memcpy(ethernet.h_source, endpoint->host_mac, ETH_ALEN);
	if (bpf_skb_store_bytes(skb, 0, &ethernet, sizeof(ethernet), 0))
		return TC_ACT_SHOT;
	return bpf_redirect_peer(skb->ifindex, 0);
}

/* The pod's gateway towards a pod, the uplink towards the outside; 192.0.0.8 where there is none (RFC 7600). */
static __always_inline __be32 error_source4(struct __sk_buff *skb, const struct packet *packet)
{
	__u32 number = packet->network;
	struct network *network = bpf_map_lookup_elem(&networks, &number);
	struct uplink *uplink = packet->from_uplink ? uplink_of(skb->ifindex) : NULL;

	if (uplink && uplink->ipv4)
		return uplink->ipv4;
	return network && network->gateway_ipv4 ? network->gateway_ipv4 : bpf_htonl(0xc0000008);
}

/* The same; fe80::1, which is on every link, where there is none. */
static __always_inline void error_source6(struct __sk_buff *skb, const struct packet *packet, __u8 *source)
{
	__u32 number = packet->network;
	struct network *network = bpf_map_lookup_elem(&networks, &number);
	struct uplink *uplink = packet->from_uplink ? uplink_of(skb->ifindex) : NULL;

	if (uplink && uplink->ipv6[0]) {
		copy16(source, uplink->ipv6);
	} else if (network && network->gateway_ipv6[0]) {
		copy16(source, network->gateway_ipv6);
	} else {
		source[0] = 0xfe;
		source[1] = 0x80;
		source[15] = 1;
	}
}

PROVEN_ALONE int send_icmp4_error(struct __sk_buff *skb, const struct packet *packet, __u16 type_code, __u32 information)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct icmp4_error *error;
	struct endpoint *endpoint;
	__u32 quote;
	__s64 sum;

	if (!packet || !scratch)
		return TC_ACT_SHOT;
	error = &scratch->error4;
	__builtin_memset(error, 0, sizeof(*error));
	endpoint = endpoint_by_id(packet->endpoint);
	quote = make_room(skb, sizeof(*error));
	if (!endpoint || !quote)
		return TC_ACT_SHOT;
	error->ip.version = 4;
	error->ip.ihl = 5;
	error->ip.tot_len = bpf_htons(sizeof(*error) + quote);
	error->ip.ttl = DEFAULT_HOP_LIMIT;
	error->ip.protocol = IPPROTO_ICMP;
	error->ip.saddr = error_source4(skb, packet);
	error->ip.daddr = packet->source4;
	error->ip.check = fold(bpf_csum_diff(NULL, 0, (void *)&error->ip, sizeof(error->ip), 0));
	error->type = type_code >> 8;
	error->code = type_code;
	error->information = bpf_htonl(information);
	sum = bpf_csum_diff(NULL, 0, (void *)&error->type, 8, 0);
	sum = quote_checksum(skb, ETH_HLEN + sizeof(*error), quote, sum);
	if (sum < 0)
		return TC_ACT_SHOT;
	error->checksum = fold(sum);
	if (bpf_skb_store_bytes(skb, ETH_HLEN, error, sizeof(*error), 0))
		return TC_ACT_SHOT;
	return turn_back(skb, packet, endpoint);
}

/* RFC 4443, 2.3: over a pseudo header of addresses, length and next header. */
static __always_inline __s64 icmp6_pseudo_checksum(const struct ipv6hdr *ip, __u32 length)
{
	__be32 tail[2] = {bpf_htonl(length), bpf_htonl(IPPROTO_ICMPV6)};
	__s64 sum = bpf_csum_diff(NULL, 0, (void *)&ip->saddr, 32, 0);

	return bpf_csum_diff(NULL, 0, tail, sizeof(tail), sum);
}

PROVEN_ALONE int send_icmp6_error(struct __sk_buff *skb, const struct packet *packet, __u16 type_code, __u32 information)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	struct icmp6_error *error;
	struct endpoint *endpoint;
	__u32 quote;
	__s64 sum;

	if (!packet || !scratch)
		return TC_ACT_SHOT;
	error = &scratch->error6;
	__builtin_memset(error, 0, sizeof(*error));
	endpoint = endpoint_by_id(packet->endpoint);
	quote = make_room(skb, sizeof(*error));
	if (!endpoint || !quote)
		return TC_ACT_SHOT;
	error->ip.version = 6;
	error->ip.payload_len = bpf_htons(8 + quote);
	error->ip.nexthdr = IPPROTO_ICMPV6;
	error->ip.hop_limit = DEFAULT_HOP_LIMIT;
	error_source6(skb, packet, error->ip.saddr.in6_u.u6_addr8);
	copy16(&error->ip.daddr, packet->source);
	error->type = type_code >> 8;
	error->code = type_code;
	error->information = bpf_htonl(information);
	sum = icmp6_pseudo_checksum(&error->ip, 8 + quote);
	sum = bpf_csum_diff(NULL, 0, (void *)&error->type, 8, sum);
	sum = quote_checksum(skb, ETH_HLEN + sizeof(*error), quote, sum);
	if (sum < 0)
		return TC_ACT_SHOT;
	error->checksum = fold(sum);
	if (bpf_skb_store_bytes(skb, ETH_HLEN, error, sizeof(*error), 0))
		return TC_ACT_SHOT;
	return turn_back(skb, packet, endpoint);
}
