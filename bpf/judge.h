/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The decision: who speaks to whom, and what both ends' policies say. Changes nothing. */
#pragma once

#include "endpoint.h"
#include "events.h"
#include "policy.h"
#include "tcp_flags.h"

/* How a conversation that a pod begins leaves: HOST_ENDPOINT, enum hop, or -1 for not at all. */
static __always_inline int way_out(__u32 number)
{
	struct network *network = bpf_map_lookup_elem(&networks, &number);

	if (network && network->uplinks)
		return HOP_MASQUERADE;
	return network && network->host_routing ? HOST_ENDPOINT : -1;
}

static __always_inline void choose_way(const struct packet *packet, const struct party *destination, bool reply,
				       struct judgement *judgement)
{
	int way = HOST_ENDPOINT;

	if (packet->to_endpoint) {
		way = packet->from_uplink ? HOP_UPLINK : HOST_ENDPOINT;
	} else if (destination->kind == PARTY_OUTSIDE) {
		way = way_out(packet->network);
		if (way < 0 && !reply) {
			judgement->reason = DROP_UNROUTABLE;
			judgement->direction = DIRECTION_EGRESS;
		}
		/* What the outside began knows the pod by its own address. */
		if (way == HOP_MASQUERADE && reply)
			way = HOP_UPLINK;
	}
	judgement->outside = way < 0 ? HOST_ENDPOINT : way;
	if (judgement->outside != HOST_ENDPOINT)
		judgement->flags |= packet->to_endpoint ? EVENT_FLAG_FROM_NETWORK : EVENT_FLAG_TO_NETWORK;
}

/* The end that is not the endpoint on whose interface the packet was seen. Returns 0 or the drop reason. */
static __always_inline int resolve_far_end(const struct packet *packet, struct party *far)
{
	if (!packet->to_endpoint) {
		resolve(packet->network, packet->family, packet->destination, far);
		/* What a pod sends to itself never leaves it. */
		return far->endpoint == packet->endpoint ? DROP_UNROUTABLE : 0;
	}
	resolve(packet->network, packet->family, packet->source, far);
	if (far->kind == PARTY_ENDPOINT) /* pods are met on their own interfaces, never through the host's routing */
		return DROP_INVALID_SOURCE_IP;
	if (packet->from_uplink) /* nor is the host met outside */
		return far->kind == PARTY_HOST ? DROP_INVALID_SOURCE_IP : 0;
	if (packet->from_host) {
		far->kind = PARTY_HOST;
		far->identity = IDENTITY_HOST;
	}
	return 0;
}

static __always_inline void judge_egress(const struct party *originator, const struct party *responder, __u8 protocol,
					 __be16 port, struct judgement *judgement)
{
	struct endpoint *endpoint = endpoint_by_id(originator->endpoint);
	struct policy_answer answer;

	if (!endpoint) {
		judgement->reason = DROP_UNKNOWN_SENDER;
		judgement->direction = DIRECTION_EGRESS;
		return;
	}
	policy_ask(endpoint, DIRECTION_EGRESS, responder->identity, protocol, port, &answer);
	judgement->egress_verdict = answer.verdict;
	judgement->egress_cookie = answer.cookie;
	judgement->reason = answer.reason;
	judgement->proxy_port = answer.proxy_port;
	judgement->direction = DIRECTION_EGRESS;
}

/* Both ends' policies may ask for a proxy: the same one asks for both. */
static __always_inline void join_redirects(__be16 proxy_port, struct judgement *judgement)
{
	if (judgement->egress_verdict == VERDICT_REDIRECTED && judgement->proxy_port != proxy_port)
		judgement->reason = DROP_PROXY_REDIRECT_UNSUPPORTED;
	judgement->proxy_port = proxy_port;
}

static __always_inline bool is_redirected(const struct judgement *judgement)
{
	return judgement->egress_verdict == VERDICT_REDIRECTED || judgement->ingress_verdict == VERDICT_REDIRECTED;
}

static __always_inline void judge_ingress(const struct party *originator, const struct party *responder, __u8 protocol,
					  __be16 port, struct judgement *judgement)
{
	struct endpoint *endpoint = endpoint_by_id(responder->endpoint);
	struct policy_answer answer;

	judgement->direction = DIRECTION_INGRESS;
	if (!endpoint) {
		judgement->reason = DROP_UNKNOWN_L3_TARGET;
		return;
	}
	policy_ask(endpoint, DIRECTION_INGRESS, originator->identity, protocol, port, &answer);
	judgement->ingress_verdict = answer.verdict;
	judgement->ingress_cookie = answer.cookie;
	judgement->reason = answer.reason;
	if (answer.verdict == VERDICT_REDIRECTED)
		join_redirects(answer.proxy_port, judgement);
}

/* Whether the L7 proxy can take what policy leaves to it. */
static __always_inline void choose_proxy(const struct packet *packet, struct judgement *judgement)
{
	__u32 number = packet->network;
	struct network *network = bpf_map_lookup_elem(&networks, &number);

	if (packet->protocol != IPPROTO_TCP && packet->protocol != IPPROTO_UDP)
		judgement->reason = DROP_PROXY_REDIRECT_UNSUPPORTED;
	else if (!network || !network->proxy_ifindex)
		judgement->reason = DROP_PROXY_UNAVAILABLE;
	if (judgement->reason)
		judgement->direction = judgement->egress_verdict == VERDICT_REDIRECTED ? DIRECTION_EGRESS : DIRECTION_INGRESS;
	judgement->to_proxy = !packet->from_proxy;
	if (judgement->to_proxy)
		judgement->flags |= EVENT_FLAG_TO_PROXY;
}

static __always_inline void name_ends(const struct party *source, const struct party *destination, struct judgement *judgement)
{
	judgement->source_identity = source->identity;
	judgement->source_endpoint = source->endpoint;
	judgement->source_kind = source->kind;
	judgement->destination_identity = destination->identity;
	judgement->destination_endpoint = destination->endpoint;
	judgement->destination_kind = destination->kind;
	if (source->kind == PARTY_HOST)
		judgement->flags |= EVENT_FLAG_FROM_HOST;
	if (destination->kind == PARTY_HOST)
		judgement->flags |= EVENT_FLAG_TO_HOST;
}

/*
 * `reply`: the packet answers a conversation that the other end began, so the policies are asked about that
 * one. The judgement's `reason` is the answer.
 */
PROVEN_ALONE int judge(const struct packet *packet, bool reply, struct judgement *judgement)
{
	struct party near = {.kind = PARTY_ENDPOINT}, far = {};
	const struct party *source, *destination, *originator, *responder;
	struct endpoint *near_endpoint;
	__be16 port;

	if (!packet || !judgement)
		return 0;
	__builtin_memset(judgement, 0, sizeof(*judgement));
	source = packet->to_endpoint ? &far : &near;
	destination = packet->to_endpoint ? &near : &far;
	originator = reply ? destination : source;
	responder = reply ? source : destination;
	port = reply ? packet->source_port : packet->destination_port;
	near.endpoint = packet->endpoint;
	near_endpoint = endpoint_by_id(packet->endpoint);
	judgement->egress_verdict = VERDICT_NOT_EVALUATED;
	judgement->ingress_verdict = VERDICT_NOT_EVALUATED;
	judgement->direction = packet->to_endpoint ? DIRECTION_INGRESS : DIRECTION_EGRESS;
	if (reply)
		judgement->flags |= EVENT_FLAG_REPLY;
	if (packet->from_proxy)
		judgement->flags |= EVENT_FLAG_FROM_PROXY;
	if (!near_endpoint) {
		judgement->reason = DROP_UNKNOWN_SENDER;
		return 0;
	}
	near.identity = near_endpoint->identity;
	judgement->reason = resolve_far_end(packet, &far);
	name_ends(source, destination, judgement);
	if (judgement->reason)
		return 0;
	if (originator->kind == PARTY_ENDPOINT)
		judge_egress(originator, responder, packet->protocol, port, judgement);
	if (!judgement->reason && responder->kind == PARTY_ENDPOINT)
		judge_ingress(originator, responder, packet->protocol, port, judgement);
	if (!judgement->reason)
		choose_way(packet, destination, reply, judgement);
	if (!judgement->reason && is_redirected(judgement))
		choose_proxy(packet, judgement);
	return 0;
}

/*
 * A packet without a flow. What is in the midst of a connection that the other end would have had to begin by the L7
 * proxy is the server's answer to the proxy.
 */
PROVEN_ALONE int judge_beginning(struct packet *packet, struct judgement *judgement)
{
	if (!packet || !judgement)
		return 0;
	if (packet->role == ROLE_UNKNOWN && control.proxied_networks && is_midstream(packet)) {
		judge(packet, true, judgement);
		if (!judgement->reason && judgement->to_proxy) {
			packet->leg = FLOW_LEG_SERVER;
			return 0;
		}
	}
	judge(packet, packet->role == ROLE_ANSWERS, judgement);
	if (packet->role == ROLE_ANSWERS && !packet->from_proxy)
		judgement->to_proxy = 1;
	return 0;
}
