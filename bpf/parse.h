/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Frame → struct packet. Parsers return 0 or the drop reason, and touch only what they checked against data_end.
 * A frame shorter than its headers claim is invalid; one longer is Ethernet padding.
 */
#pragma once

#include "fragment.h"

#define PULL_BYTES 256
/* RFC 8200 names eight; a chain as long as this has no honest use. */
#define MAX_EXTENSION_HEADERS 8

/* true: all that the parsers read of this packet is in the linear part, whatever follows. */
static __always_inline bool headers_are_linear(void *data, void *data_end)
{
	__u8 *version = data + ETH_HLEN, *next = data + ETH_HLEN + offsetof(struct ipv6hdr, nexthdr);
	bool plain;

	if (data + ETH_HLEN + sizeof(struct iphdr) + sizeof(struct tcp_header) > data_end)
		return false;
	if (*version == 0x45)
		return true;
	plain = *next == IPPROTO_TCP || *next == IPPROTO_UDP || *next == IPPROTO_ICMPV6;
	if (*version >> 4 == IPV6_VERSION && plain)
		return data + ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct tcp_header) <= data_end;
	return data + PULL_BYTES <= data_end;
}

/*
 * The payload of nearly every TCP packet is paged, its headers hardly ever are: pulling more than is read
 * would cost each of them a copy.
 */
static __always_inline void make_headers_linear(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;

	if (likely(headers_are_linear(data, data_end)) || data_end - data >= skb->len)
		return;
	bpf_skb_pull_data(skb, skb->len < PULL_BYTES ? skb->len : PULL_BYTES);
}

static __always_inline struct frame frame_of(struct __sk_buff *skb)
{
	return (struct frame){
		.data = (void *)(long)skb->data,
		.data_end = (void *)(long)skb->data_end,
		.length = skb->len,
		.gso = skb->gso_size,
	};
}

static __always_inline int parse_ipv4(const struct frame *frame, struct packet *packet)
{
	void *data = frame->data, *data_end = frame->data_end;
	struct iphdr *ip = data + ETH_HLEN;
	__u32 header, total, l4_length;

	if ((void *)(ip + 1) > data_end || ip->version != 4 || ip->ihl < 5)
		return DROP_INVALID_PACKET;
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (unlikely(!total && frame->gso)) /* BIG TCP */
		total = frame->length - ETH_HLEN;
	if (total < header || total > frame->length - ETH_HLEN || data + ETH_HLEN + header > data_end)
		return DROP_INVALID_PACKET;
	packet->family = IPV4_VERSION;
	packet->protocol = ip->protocol;
	packet->source4 = ip->saddr;
	packet->destination4 = ip->daddr;
	packet->l4_offset = ETH_HLEN + header;
	l4_length = total - header;
	if (unlikely(ip->frag_off & bpf_htons(0x3fff))) {
		__u16 offset = bpf_ntohs(ip->frag_off) & 0x1fff;

		return parse_fragment(packet, data, data_end, l4_length, bpf_ntohs(ip->id), offset);
	}
	return parse_l4(packet, data, data_end, l4_length);
}

struct extension_header {
	__u8 next;
	__u8 length;
	__be16 rest;
	__be32 id; /* of a fragment header */
};

struct ipv6_fragment {
	bool present;
	__u16 offset; /* in 8 bytes */
	__u32 id;
};

/* Walks to the transport header. Returns its offset, or the negative drop reason. */
static __always_inline int skip_extension_headers(void *data, void *data_end, __u8 *next, struct ipv6_fragment *fragment)
{
	__u32 offset = ETH_HLEN + sizeof(struct ipv6hdr);

	for (int i = 0; i < MAX_EXTENSION_HEADERS; i++) {
		struct extension_header *header;
		__u32 length;

		if (*next != IPPROTO_HOPOPTS && *next != IPPROTO_ROUTING && *next != IPPROTO_DSTOPTS &&
		    *next != IPPROTO_FRAGMENT && *next != IPPROTO_AH)
			return offset;
		if (offset > PULL_BYTES)
			return -DROP_INVALID_IPV6_EXTENSION_HEADER;
		header = data + offset;
		if ((void *)(header + 1) > data_end)
			return -DROP_INVALID_IPV6_EXTENSION_HEADER;
		length = (header->length + 1) * 8;
		if (*next == IPPROTO_AH)
			length = (header->length + 2) * 4;
		if (*next == IPPROTO_FRAGMENT) {
			if (fragment->present)
				return -DROP_INVALID_IPV6_EXTENSION_HEADER;
			length = 8;
			fragment->present = header->rest & bpf_htons(0xfff9);
			fragment->offset = bpf_ntohs(header->rest) >> 3;
			fragment->id = bpf_ntohl(header->id);
		}
		*next = header->next;
		offset += length;
		if (fragment->present && fragment->offset) /* what follows is not a header */
			return offset;
	}
	return -DROP_INVALID_IPV6_EXTENSION_HEADER;
}

static __always_inline int parse_ipv6(const struct frame *frame, struct packet *packet)
{
	void *data = frame->data, *data_end = frame->data_end;
	struct ipv6hdr *ip = data + ETH_HLEN;
	struct ipv6_fragment fragment = {};
	__u32 payload, end;
	__u8 next;
	__s32 offset = ETH_HLEN + sizeof(*ip);

	if ((void *)(ip + 1) > data_end || ip->version != 6)
		return DROP_INVALID_PACKET;
	payload = bpf_ntohs(ip->payload_len);
	if (unlikely(!payload && frame->gso)) /* BIG TCP */
		payload = frame->length - ETH_HLEN - sizeof(*ip);
	end = ETH_HLEN + sizeof(*ip) + payload;
	if (end > frame->length)
		return DROP_INVALID_PACKET;
	packet->family = IPV6_VERSION;
	copy16(packet->source, &ip->saddr);
	copy16(packet->destination, &ip->daddr);
	next = ip->nexthdr;
	if (unlikely(next != IPPROTO_TCP && next != IPPROTO_UDP && next != IPPROTO_ICMPV6)) {
		offset = skip_extension_headers(data, data_end, &next, &fragment);
		if (offset < 0)
			return -offset;
	}
	packet->protocol = next;
	if ((__u32)offset > end || offset > PULL_BYTES)
		return DROP_INVALID_IPV6_EXTENSION_HEADER;
	packet->l4_offset = offset;
	if (unlikely(fragment.present))
		return parse_fragment(packet, data, data_end, end - offset, fragment.id, fragment.offset);
	return parse_l4(packet, data, data_end, end - offset);
}
