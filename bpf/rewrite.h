/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Another address and port in a packet, with every checksum that covers them. Returns 0 or the drop reason. */
#pragma once

#include "events.h"
#include "l4.h"

/* Linux 6.16: the sum of a whole IPv6 packet does not change with an address, for its checksum makes up for it. */
#define CHECKSUM_OF_IPV6 (1 << 7)

#define IPV4_SOURCE offsetof(struct iphdr, saddr)
#define IPV4_DESTINATION offsetof(struct iphdr, daddr)
#define IPV6_SOURCE offsetof(struct ipv6hdr, saddr)
#define IPV6_DESTINATION offsetof(struct ipv6hdr, daddr)

/* From the transport header; 0: none, or one that we cannot adjust (SCTP's covers no address). */
static __always_inline __u32 checksum_offset(__u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return 16;
	case IPPROTO_UDP:
		return 6;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 2;
	}
	return 0;
}

static __always_inline __u32 port_offset(__u8 protocol, bool source)
{
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		return offsetof(struct icmp_header, id);
	return source ? 0 : 2;
}

static __always_inline __u64 checksum_flags(__u8 protocol)
{
	return protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
}

static __always_inline long replace_pseudo6(struct __sk_buff *skb, __u32 offset, __s64 difference, __u64 flags)
{
	flags |= BPF_F_PSEUDO_HDR;
	if (!bpf_l4_csum_replace(skb, offset, 0, difference, flags | CHECKSUM_OF_IPV6))
		return 0;
	return bpf_l4_csum_replace(skb, offset, 0, difference, flags);
}

static __always_inline int rewrite_ipv4(struct __sk_buff *skb, const struct packet *packet, bool source, __be32 to)
{
	__be32 from = source ? packet->source4 : packet->destination4;
	__u32 offset = ETH_HLEN + (source ? IPV4_SOURCE : IPV4_DESTINATION), checksum = checksum_offset(packet->protocol);
	__u64 flags = BPF_F_PSEUDO_HDR | checksum_flags(packet->protocol) | sizeof(to);

	if (checksum && packet->protocol != IPPROTO_ICMP && !packet->later_fragment &&
	    bpf_l4_csum_replace(skb, packet->l4_offset + checksum, from, to, flags))
		return DROP_WRITE_ERROR;
	if (bpf_l3_csum_replace(skb, ETH_HLEN + offsetof(struct iphdr, check), from, to, sizeof(to)) ||
	    bpf_skb_store_bytes(skb, offset, &to, sizeof(to), 0))
		return DROP_WRITE_ERROR;
	return 0;
}

static __always_inline int rewrite_ipv6(struct __sk_buff *skb, const struct packet *packet, bool source,
					struct scratch *scratch)
{
	__u32 offset = ETH_HLEN + (source ? IPV6_SOURCE : IPV6_DESTINATION), checksum = checksum_offset(packet->protocol);
	__s64 difference;

	copy16(scratch->from, source ? packet->source : packet->destination);
	difference = bpf_csum_diff((void *)scratch->from, 16, (void *)scratch->address, 16, 0);
	if (checksum && !packet->later_fragment &&
	    replace_pseudo6(skb, packet->l4_offset + checksum, difference, checksum_flags(packet->protocol)))
		return DROP_WRITE_ERROR;
	return bpf_skb_store_bytes(skb, offset, scratch->address, 16, 0) ? DROP_WRITE_ERROR : 0;
}

static __always_inline int rewrite_address(struct __sk_buff *skb, const struct packet *packet, bool source,
					   struct scratch *scratch)
{
	__be32 ipv4;

	if (packet->family == IPV6_VERSION)
		return rewrite_ipv6(skb, packet, source, scratch);
	__builtin_memcpy(&ipv4, scratch->address, sizeof(ipv4));
	return rewrite_ipv4(skb, packet, source, ipv4);
}

static __always_inline int rewrite_port(struct __sk_buff *skb, const struct packet *packet, bool source, __be16 to)
{
	__u32 checksum = checksum_offset(packet->protocol);
	__be16 from = source ? packet->source_port : packet->destination_port;

	if (!checksum || packet->later_fragment || from == to)
		return 0;
	if (bpf_l4_csum_replace(skb, packet->l4_offset + checksum, from, to, checksum_flags(packet->protocol) | sizeof(to)) ||
	    bpf_skb_store_bytes(skb, packet->l4_offset + port_offset(packet->protocol, source), &to, sizeof(to), 0))
		return DROP_WRITE_ERROR;
	return 0;
}

/* One end of the conversation, the source or the destination; its address is the scratch's. */
PROVEN_ALONE int rewrite_end(struct __sk_buff *skb, const struct packet *packet, bool source, __be16 port)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	int reason;

	if (!packet || !scratch)
		return DROP_WRITE_ERROR;
	reason = rewrite_address(skb, packet, source, scratch);
	return reason ? reason : rewrite_port(skb, packet, source, port);
}
