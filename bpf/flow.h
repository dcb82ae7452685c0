/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The flow table: one entry a conversation, found from either end by the same key. */
#pragma once

#include "events.h"
#include "l4.h"

static __always_inline __u64 forward_word(__u32 at_epoch, __u32 target, __u32 source)
{
	return (__u64)at_epoch << 32 | (target & 0xffff) << 16 | (source & 0xffff);
}

static __always_inline __u32 forward_epoch(__u64 word)
{
	return word >> 32;
}

static __always_inline __u32 forward_target(__u64 word)
{
	return word >> 16 & 0xffff;
}

static __always_inline __u32 forward_source(__u64 word)
{
	return word & 0xffff;
}

/* Who sends it, as the flow remembers senders. */
static __always_inline __u32 sender_of(const struct packet *packet)
{
	if (packet->from_proxy)
		return HOP_PROXY;
	if (!packet->to_endpoint)
		return packet->endpoint;
	return packet->from_uplink ? HOP_UPLINK : HOST_ENDPOINT;
}

static __always_inline bool source_is_low(const struct packet *packet)
{
	if (packet->family == IPV4_VERSION) {
		if (packet->source4 != packet->destination4)
			return packet->source4 < packet->destination4;
	} else {
		if (packet->source6[0] != packet->destination6[0])
			return packet->source6[0] < packet->destination6[0];
		if (packet->source6[1] != packet->destination6[1])
			return packet->source6[1] < packet->destination6[1];
	}
	return packet->source_port <= packet->destination_port;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "keys are put together as little-endian words");

/* Ports, network, protocol, leg: the last eight bytes of both keys. */
static __always_inline __u64 key_tail(const struct packet *packet, bool from_low)
{
	__u64 low = from_low ? packet->source_port : packet->destination_port;
	__u64 high = from_low ? packet->destination_port : packet->source_port;

	return low | high << 16 | (__u64)packet->network << 32 | (__u64)packet->protocol << 48 | (__u64)packet->leg << 56;
}

/*
 * Keys are written in whole words: the hash reads them back at once, and a processor cannot forward a wide
 * load from narrow stores.
 */
static __always_inline void flow4_key_of(const struct packet *packet, bool from_low, struct flow4_key *key)
{
	__u64 low = from_low ? packet->source4 : packet->destination4;
	__u64 high = from_low ? packet->destination4 : packet->source4;
	__u64 *words = (__u64 *)key;

	words[0] = low | high << 32;
	words[1] = key_tail(packet, from_low);
}

static __always_inline void flow6_key_of(const struct packet *packet, bool from_low, struct flow6_key *key)
{
	__u64 *words = (__u64 *)key;

	words[0] = from_low ? packet->source6[0] : packet->destination6[0];
	words[1] = from_low ? packet->source6[1] : packet->destination6[1];
	words[2] = from_low ? packet->destination6[0] : packet->source6[0];
	words[3] = from_low ? packet->destination6[1] : packet->source6[1];
	words[4] = key_tail(packet, from_low);
}

static __always_inline struct flow *flow_lookup_with(const struct packet *packet, bool from_low, union flow_key *key)
{
	if (packet->family == IPV4_VERSION) {
		flow4_key_of(packet, from_low, &key->ipv4);
		return bpf_map_lookup_elem(&flows4, &key->ipv4);
	}
	flow6_key_of(packet, from_low, &key->ipv6);
	return bpf_map_lookup_elem(&flows6, &key->ipv6);
}

static __always_inline struct flow *flow_lookup(const struct packet *packet, bool from_low)
{
	union flow_key key;

	return flow_lookup_with(packet, from_low, &key);
}

/* The scratch's flow: Linux 6.1 stores no memory that a function was given. */
PROVEN_ALONE int flow_store(const struct packet *packet, bool from_low)
{
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	union flow_key key;

	if (!packet || !scratch)
		return -1;
	if (packet->family == IPV4_VERSION) {
		flow4_key_of(packet, from_low, &key.ipv4);
		return bpf_map_update_elem(&flows4, &key.ipv4, &scratch->flow, BPF_ANY);
	}
	flow6_key_of(packet, from_low, &key.ipv6);
	return bpf_map_update_elem(&flows6, &key.ipv6, &scratch->flow, BPF_ANY);
}

static __always_inline struct flow_half *flow_half(struct flow *flow, bool from_low)
{
	return from_low ? &flow->from_low : &flow->from_high;
}

/* `half` was judged in this epoch, for the sender that we have. */
static __always_inline bool is_current(const struct packet *packet, struct flow_half *half, __u32 at_epoch)
{
	__u64 word = READ_ONCE(half->forward);

	if (forward_epoch(word) != at_epoch)
		return false;
	if (packet->to_endpoint && forward_target(word) != packet->endpoint && forward_target(word) != HOP_PROXY)
		return false;
	return forward_source(word) == sender_of(packet);
}

/*
 * Not atomic: two atomics would cost a sixth of an established packet. Packets of one direction that two CPUs
 * handle in the same nanoseconds may be counted as one; the counters per endpoint are per CPU, and exact.
 */
static __always_inline void flow_count(struct flow_half *half, __u32 length, __u32 tick)
{
	half->packets++;
	half->bytes += length;
	half->last_seen = tick;
}

static __always_inline __u32 flow_timeout(const struct flow *flow, __u8 protocol)
{
	if (protocol != IPPROTO_TCP)
		return control.timeout_any;
	switch (flow->state) {
	case FLOW_STATE_NEW:
		return control.timeout_tcp_syn;
	case FLOW_STATE_ESTABLISHED:
		return control.timeout_tcp_established;
	}
	return control.timeout_tcp_closing;
}

static __always_inline bool flow_idle(const struct flow *flow, __u8 protocol, __u32 tick)
{
	__u32 timeout = flow_timeout(flow, protocol);

	/* Signed: another CPU may have stored a later tick than ours. */
	return (__s32)(tick - flow->from_low.last_seen - timeout) > 0 &&
	       (__s32)(tick - flow->from_high.last_seen - timeout) > 0;
}

/* What comes this way comes from the L7 proxy: on the client's leg the answers, on the server's the questions. */
static __always_inline bool comes_from_proxy(struct flow *flow, bool from_low)
{
	return forward_source(READ_ONCE(flow_half(flow, from_low)->forward)) == HOP_PROXY;
}

static __always_inline struct flow *keep_to_leg(struct packet *packet, __u8 leg, __u8 role, struct flow *flow)
{
	packet->leg = leg;
	packet->role = role;
	return flow;
}

/*
 * `clients`: the flow of the client's leg, or NULL. Flows of one leg only are what the table's pressure leaves: they tell
 * who began the other. Not inline, for the caller's stack.
 */
static __noinline struct flow *flow_of_other_leg(struct packet *packet, struct flow *clients, bool from_low)
{
	struct flow *servers;

	packet->leg = FLOW_LEG_SERVER;
	servers = flow_lookup(packet, from_low);
	if (servers && !comes_from_proxy(servers, from_low))
		return keep_to_leg(packet, FLOW_LEG_SERVER, ROLE_UNKNOWN, servers);
	if (servers && !clients)
		return keep_to_leg(packet, FLOW_LEG_CLIENT, ROLE_ASKS, NULL);
	if (clients && packet->protocol == IPPROTO_TCP && !is_opening(packet))
		return keep_to_leg(packet, FLOW_LEG_SERVER, ROLE_ANSWERS, NULL);
	return keep_to_leg(packet, FLOW_LEG_CLIENT, ROLE_UNKNOWN, clients);
}

/* The flow of a packet that the proxy did not send, in the leg that its sender has a part in. */
static __always_inline struct flow *flow_of(struct packet *packet, bool from_low)
{
	struct flow *flow = flow_lookup(packet, from_low);

	if (likely(flow ? !comes_from_proxy(flow, from_low) : !control.proxied_networks))
		return flow;
	return flow_of_other_leg(packet, flow, from_low);
}

/* `originator` is who began, not only who was heard first. */
static __always_inline bool is_beginner_known(const struct flow *flow)
{
	return !flow->midstream || flow->proxied;
}

/* The packet answers what the other end began. */
static __always_inline bool is_answer(const struct flow *flow, bool from_low)
{
	return flow->originator == from_low && is_beginner_known(flow);
}

struct flow_ends {
	__u8 low_address[16];
	__u8 high_address[16];
	__be16 low_port;
	__be16 high_port;
	__u16 network;
	__u8 protocol;
	__u8 family;
	__u8 leg;
};

/* A flow ends once, whoever sees it first. */
static __always_inline bool flow_claim_end(struct flow *flow, __u16 network)
{
	if (__sync_val_compare_and_swap(&flow->ended, 0, 1) != 0)
		return false;
	count_ended_pair(flow, network);
	return true;
}

static __always_inline void flow_report_end(struct flow *flow, const struct flow_ends *ends, __u8 cause)
{
	bool low_first = !flow->originator;
	struct event *event = event_reserve();

	if (!event)
		return;
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->type = EVENT_FLOW_END;
	event->protocol = ends->protocol;
	event->network = ends->network;
	event->family = ends->family;
	event->tcp_flags = flow->from_low.tcp_flags | flow->from_high.tcp_flags;
	event->source_identity = low_first ? flow->low_identity : flow->high_identity;
	event->destination_identity = low_first ? flow->high_identity : flow->low_identity;
	event->source_endpoint = low_first ? flow->low_endpoint : flow->high_endpoint;
	event->destination_endpoint = low_first ? flow->high_endpoint : flow->low_endpoint;
	event->source_port = low_first ? ends->low_port : ends->high_port;
	event->destination_port = low_first ? ends->high_port : ends->low_port;
	copy16(event->source_address, low_first ? ends->low_address : ends->high_address);
	copy16(event->destination_address, low_first ? ends->high_address : ends->low_address);
	event->egress_cookie = flow->egress_cookie;
	event->ingress_cookie = flow->ingress_cookie;
	event->egress_verdict = VERDICT_NOT_EVALUATED;
	event->ingress_verdict = VERDICT_NOT_EVALUATED;
	event->end_cause = cause;
	event->flags = flow->midstream ? EVENT_FLAG_MIDSTREAM : 0;
	if (ends->leg == FLOW_LEG_SERVER)
		event->flags |= EVENT_FLAG_FROM_PROXY;
	event->packets[0] = low_first ? flow->from_low.packets : flow->from_high.packets;
	event->packets[1] = low_first ? flow->from_high.packets : flow->from_low.packets;
	event->bytes[0] = low_first ? flow->from_low.bytes : flow->from_high.bytes;
	event->bytes[1] = low_first ? flow->from_high.bytes : flow->from_low.bytes;
	event->started_ns = flow->started_ns;
	bpf_ringbuf_submit(event, wakeup_flag());
}

PROVEN_ALONE int flow_tell_end(struct flow *flow, const struct packet *packet, bool from_low, __u8 cause)
{
	struct flow_ends ends = {};

	if (!flow || !packet)
		return 0;
	ends.low_port = from_low ? packet->source_port : packet->destination_port;
	ends.high_port = from_low ? packet->destination_port : packet->source_port;
	ends.network = packet->network;
	ends.protocol = packet->protocol;
	ends.family = packet->family;
	ends.leg = packet->leg;
	copy16(ends.low_address, from_low ? packet->source : packet->destination);
	copy16(ends.high_address, from_low ? packet->destination : packet->source);
	flow_report_end(flow, &ends, cause);
	return 0;
}

static __always_inline void flow_end(struct flow *flow, const struct packet *packet, bool from_low, __u8 cause)
{
	if (flow_claim_end(flow, packet->network))
		flow_tell_end(flow, packet, from_low, cause);
}
