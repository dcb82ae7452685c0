/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The same in an ICMP error: the end is the other way round in what it quotes. */
#pragma once

#include "rewrite.h"

/* The quoted IPv4 header's checksum makes up for the address: the error's own stays as it is. */
static __always_inline int rewrite_quoted4(struct __sk_buff *skb, __u32 quote, bool source, __be32 to)
{
	__u32 offset = quote + (source ? IPV4_SOURCE : IPV4_DESTINATION);
	__be32 from;

	if (bpf_skb_load_bytes(skb, offset, &from, sizeof(from)) ||
	    bpf_l3_csum_replace(skb, quote + offsetof(struct iphdr, check), from, to, sizeof(to)) ||
	    bpf_skb_store_bytes(skb, offset, &to, sizeof(to), 0))
		return DROP_WRITE_ERROR;
	return 0;
}

static __always_inline int rewrite_quoted6(struct __sk_buff *skb, __u32 checksum, __u32 quote, bool source,
					   struct scratch *scratch)
{
	__u32 offset = quote + (source ? IPV6_SOURCE : IPV6_DESTINATION);
	__s64 difference;

	if (bpf_skb_load_bytes(skb, offset, scratch->from, 16))
		return DROP_WRITE_ERROR;
	difference = bpf_csum_diff((void *)scratch->from, 16, (void *)scratch->address, 16, 0);
	if (bpf_l4_csum_replace(skb, checksum, 0, difference, 0) || bpf_skb_store_bytes(skb, offset, scratch->address, 16, 0))
		return DROP_WRITE_ERROR;
	return 0;
}

struct quoted_header {
	__u32 length;
	__u8 protocol;
};

static __always_inline int quoted_header_of(struct __sk_buff *skb, __u8 family, __u32 quote, struct quoted_header *header)
{
	__u8 version;
	__u32 offset = quote + (family == IPV4_VERSION ? offsetof(struct iphdr, protocol) : offsetof(struct ipv6hdr, nexthdr));

	if (bpf_skb_load_bytes(skb, quote, &version, 1) || bpf_skb_load_bytes(skb, offset, &header->protocol, 1))
		return DROP_CT_INVALID_HEADER;
	header->length = family == IPV4_VERSION ? (version & 0xf) * 4 : sizeof(struct ipv6hdr);
	return 0;
}

/* The quoted transport checksum is nobody's to check: what it covers was cut off. */
PROVEN_ALONE int rewrite_quoted_port(struct __sk_buff *skb, const struct packet *packet, bool source, __be16 to)
{
	struct quoted_header header;
	__u32 offset, checksum, quote;
	__be16 from;

	if (!packet)
		return DROP_WRITE_ERROR;
	checksum = packet->l4_offset + offsetof(struct icmp_header, checksum);
	quote = packet->l4_offset + sizeof(struct icmp_header);
	if (quoted_header_of(skb, packet->family, quote, &header))
		return DROP_CT_INVALID_HEADER;
	if (!checksum_offset(header.protocol)) /* without a port, or with one that never changes */
		return 0;
	offset = quote + header.length + port_offset(header.protocol, source);
	if (bpf_skb_load_bytes(skb, offset, &from, sizeof(from)) || bpf_l4_csum_replace(skb, checksum, from, to, sizeof(to)) ||
	    bpf_skb_store_bytes(skb, offset, &to, sizeof(to), 0))
		return DROP_WRITE_ERROR;
	return 0;
}

PROVEN_ALONE int rewrite_quoted_address(struct __sk_buff *skb, const struct packet *packet, bool source)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	__u32 checksum, quote;
	__be32 ipv4;

	if (!packet || !scratch)
		return DROP_WRITE_ERROR;
	checksum = packet->l4_offset + offsetof(struct icmp_header, checksum);
	quote = packet->l4_offset + sizeof(struct icmp_header);
	__builtin_memcpy(&ipv4, scratch->address, sizeof(ipv4));
	return packet->family == IPV4_VERSION ? rewrite_quoted4(skb, quote, source, ipv4)
					      : rewrite_quoted6(skb, checksum, quote, source, scratch);
}

/* `source`: of the error; where the quoted packet has its destination. An error has no port of its own. */
static __always_inline int rewrite_error(struct __sk_buff *skb, const struct packet *packet, bool source, __be16 port)
{
	int reason = rewrite_end(skb, packet, source, source ? packet->source_port : packet->destination_port);

	if (!reason)
		reason = rewrite_quoted_address(skb, packet, !source);
	return reason ? reason : rewrite_quoted_port(skb, packet, !source, port);
}
