/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * In the L7 proxy's namespace: new connections are given to the listener that their rule asks for, whatever port
 * they are for. Where there is none, or nobody takes from it, the stack answers with a reset.
 */
#pragma once

#include "arrive.h"
#include "proxy.h"

static __always_inline struct sender_label *label_of(const struct frame *frame)
{
	struct ethhdr *ethernet = frame->data;
	struct sender_label *label = (struct sender_label *)ethernet->h_source;

	if ((void *)(ethernet + 1) > frame->data_end || label->label != PROXY_LABEL_FIXED)
		return NULL;
	return label->leg == PROXY_LABEL_CLIENT || label->leg == PROXY_LABEL_SERVER ? label : NULL;
}

static __always_inline __u32 socket_tuple_of(const struct packet *packet, __be16 port, struct bpf_sock_tuple *tuple)
{
	__builtin_memset(tuple, 0, sizeof(*tuple));
	if (packet->family == IPV4_VERSION) {
		tuple->ipv4.saddr = packet->source4;
		tuple->ipv4.daddr = packet->destination4;
		tuple->ipv4.sport = packet->source_port;
		tuple->ipv4.dport = port;
		return sizeof(tuple->ipv4);
	}
	copy16(tuple->ipv6.saddr, packet->source);
	copy16(tuple->ipv6.daddr, packet->destination);
	tuple->ipv6.sport = packet->source_port;
	tuple->ipv6.dport = port;
	return sizeof(tuple->ipv6);
}

#define PORT_DNS 53

static __always_inline bool is_taken_udp(struct __sk_buff *skb, struct bpf_sock_tuple *tuple, __u32 size)
{
	struct bpf_sock *socket = bpf_sk_lookup_udp(skb, tuple, size, BPF_F_CURRENT_NETNS, 0);

	if (!socket)
		return false;
	bpf_sk_release(socket);
	return true;
}

/* A listener takes what a rule leads to its port, never what happens to be for that port; but for DNS, which has its own. */
static __always_inline bool is_taken_tcp(struct __sk_buff *skb, struct bpf_sock_tuple *tuple, __u32 size, __be16 port)
{
	struct bpf_sock *socket = bpf_skc_lookup_tcp(skb, tuple, size, BPF_F_CURRENT_NETNS, 0);
	bool taken;

	if (!socket)
		return false;
	taken = socket->state != BPF_TCP_LISTEN || port == bpf_htons(PORT_DNS);
	bpf_sk_release(socket);
	return taken;
}

/* true: somebody has it, or will take it. */
static __always_inline bool is_taken(struct __sk_buff *skb, const struct packet *packet)
{
	struct bpf_sock_tuple tuple;
	__u32 size = socket_tuple_of(packet, packet->destination_port, &tuple);

	if (packet->protocol == IPPROTO_UDP)
		return is_taken_udp(skb, &tuple, size);
	return is_taken_tcp(skb, &tuple, size, packet->destination_port);
}

static __always_inline bool give_to_listener(struct __sk_buff *skb, const struct packet *packet, __be16 port)
{
	struct bpf_sock_tuple tuple;
	__u32 size = socket_tuple_of(packet, port, &tuple);
	struct bpf_sock *socket = bpf_skc_lookup_tcp(skb, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	bool given;

	if (!socket)
		return false;
	given = socket->state == BPF_TCP_LISTEN && bpf_sk_assign(skb, socket, 0) == 0;
	bpf_sk_release(socket);
	return given;
}

/* Whoever waits for a proxy that does not take its turns, at least once a second, would wait without end. */
#define PROXY_STALLED_S 3

/* Asked of the L7 proxy alone: a port that a rule names is somebody else's. */
static __always_inline bool is_stalled(const struct packet *packet, __be16 port)
{
	__u32 number = packet->network, second = bpf_ktime_get_ns() / 1000000000;
	struct network *network = bpf_map_lookup_elem(&networks, &number);

	return network && port == network->proxy_port && (__s32)(second - control.proxy_beat) > PROXY_STALLED_S;
}

static __always_inline int meet_proxy(struct __sk_buff *skb)
{
	struct packet packet = {.length = skb->len};
	struct sender_label *label;
	struct address *sender;
	struct frame frame;
	bool taken, stalled;
	__be16 port;
	__u32 mark;

	make_headers_linear(skb);
	frame = frame_of(skb);
	label = label_of(&frame);
	if (!label)
		return TC_ACT_SHOT;
	packet.network = bpf_ntohs(label->network);
	port = label->port;
	mark = label->leg == PROXY_LABEL_SERVER ? PROXY_MARK_SERVER : 0;
	if (!read_destination(&frame, &packet) || parse_ip(&frame, &packet))
		return TC_ACT_SHOT;
	/* Resets, which no socket sends, find their way back by it. */
	skb->mark = packet.network | mark;
	if (packet.protocol == IPPROTO_TCP ? !is_opening(&packet) : packet.protocol != IPPROTO_UDP)
		return TC_ACT_OK;
	stalled = !mark && is_stalled(&packet, port);
	taken = is_taken(skb, &packet);
	if (!stalled && (taken || (packet.protocol == IPPROTO_TCP && give_to_listener(skb, &packet, port))))
		return TC_ACT_OK;
	sender = address_lookup(packet.network, packet.family, packet.source);
	packet.endpoint = sender ? sender->endpoint : 0;
	drop_packet(&packet, DROP_PROXY_UNAVAILABLE);
	return packet.protocol == IPPROTO_TCP && !taken ? TC_ACT_OK : TC_ACT_SHOT;
}
