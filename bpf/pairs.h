/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who spoke to whom, and what became of it: totals that neither a full ring nor sampling can falsify. */
#pragma once

#include "endpoint.h"

static const __u32 only_entry = 0;

static __always_inline struct pair *pair_slot(const struct pair_key *key)
{
	struct pair *found = bpf_map_lookup_elem(&pairs, key);
	struct scratch *scratch;
	__u32 index;

	if (found)
		return found;
	scratch = bpf_map_lookup_elem(&scratches, &only_entry);
	if (scratch)
		bpf_map_update_elem(&pairs, key, &scratch->no_pair, BPF_NOEXIST);
	found = bpf_map_lookup_elem(&pairs, key); /* ours, or another CPU's that was first */
	if (found)
		return found;
	index = key->verdict << 1 | key->direction;
	return bpf_map_lookup_elem(&pair_overflow, &index);
}

static __always_inline bool is_by_policy(__u8 reason)
{
	return reason == DROP_POLICY_DENIED || reason == DROP_POLICY_DENIED_BY_DENYLIST;
}

static __always_inline __u8 side_of(const struct judgement *judgement, __u8 verdict)
{
	return judgement->ingress_verdict == verdict ? DIRECTION_INGRESS : DIRECTION_EGRESS;
}

/* Of a packet that was let through: as enum pair_verdict << 1 | enum direction. */
static __always_inline __u8 pair_of(const struct judgement *judgement)
{
	__u8 egress = judgement->egress_verdict, ingress = judgement->ingress_verdict;

	if (egress == VERDICT_AUDITED || ingress == VERDICT_AUDITED)
		return PAIR_AUDITED << 1 | side_of(judgement, VERDICT_AUDITED);
	if (egress == VERDICT_REDIRECTED || ingress == VERDICT_REDIRECTED)
		return PAIR_REDIRECTED << 1 | side_of(judgement, VERDICT_REDIRECTED);
	return PAIR_FORWARDED << 1 | (judgement->destination_endpoint ? DIRECTION_INGRESS : DIRECTION_EGRESS);
}

/* What was dropped before it was judged is its endpoint's. */
static __always_inline void name_own_end(const struct packet *packet, struct pair_key *key)
{
	struct endpoint *own = endpoint_by_id(packet->endpoint);

	if (own && packet->to_endpoint)
		key->destination_identity = own->identity;
	else if (own)
		key->source_identity = own->identity;
}

static __always_inline void count_dropped_pair(const struct packet *packet, const struct judgement *judgement)
{
	struct pair_key key = {};
	struct pair *pair;

	key.source_identity = judgement->source_identity;
	key.destination_identity = judgement->destination_identity;
	key.network = packet->network;
	key.direction = judgement->direction & 1;
	key.verdict = is_by_policy(judgement->reason) ? PAIR_DENIED : PAIR_DROPPED;
	if (!key.source_identity && !key.destination_identity)
		name_own_end(packet, &key);
	pair = pair_slot(&key);
	if (pair) {
		pair->packets[0]++;
		pair->bytes[0] += packet->length;
	}
}

PROVEN_ALONE int count_begun_pair(const struct packet *packet, const struct judgement *judgement, __u8 counts_as)
{
	struct pair_key key = {};
	struct pair *pair;
	bool reply;

	if (!packet || !judgement || counts_as & PAIR_UNCOUNTED)
		return 0;
	reply = judgement->flags & EVENT_FLAG_REPLY;
	key.source_identity = reply ? judgement->destination_identity : judgement->source_identity;
	key.destination_identity = reply ? judgement->source_identity : judgement->destination_identity;
	key.network = packet->network;
	key.direction = counts_as & 1;
	key.verdict = counts_as >> 1;
	pair = pair_slot(&key);
	if (pair)
		pair->began++;
	return 0;
}

/* Atomic: packets interrupt the sweep, whose counts are the same CPU's. */
PROVEN_ALONE int count_ended_pair(const struct flow *flow, __u16 network)
{
	const struct flow_half *asked, *answered;
	struct pair_key key = {};
	struct pair *pair;

	if (!flow || flow->pair & PAIR_UNCOUNTED)
		return 0;
	asked = flow->originator ? &flow->from_high : &flow->from_low;
	answered = flow->originator ? &flow->from_low : &flow->from_high;
	key.source_identity = flow->originator ? flow->high_identity : flow->low_identity;
	key.destination_identity = flow->originator ? flow->low_identity : flow->high_identity;
	key.network = network;
	key.direction = flow->pair & 1;
	key.verdict = flow->pair >> 1;
	pair = pair_slot(&key);
	if (!pair)
		return 0;
	__sync_fetch_and_add(&pair->ended, 1);
	__sync_fetch_and_add(&pair->packets[0], asked->packets);
	__sync_fetch_and_add(&pair->packets[1], answered->packets);
	__sync_fetch_and_add(&pair->bytes[0], asked->bytes);
	__sync_fetch_and_add(&pair->bytes[1], answered->bytes);
	return 0;
}
