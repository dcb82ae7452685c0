/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fragments follow their first: it has the ports, the later ones are judged by them. */
#pragma once

#include "l4.h"
#include "maps.h"

static __always_inline void fragment_key_of(const struct packet *packet, __u32 id, struct fragment_key *key)
{
	copy16(key->source, packet->source);
	copy16(key->destination, packet->destination);
	key->id = id;
	key->network = packet->network;
	key->protocol = packet->protocol;
	key->family = packet->family;
}

PROVEN_ALONE int follow_first_fragment(struct packet *packet, __u32 id)
{
	struct fragment_key key = {};
	struct fragment *first;

	if (!packet)
		return DROP_FIRST_FRAGMENT_NOT_FOUND;
	fragment_key_of(packet, id, &key);
	first = bpf_map_lookup_elem(&fragments, &key);
	if (!first)
		return DROP_FIRST_FRAGMENT_NOT_FOUND;
	packet->source_port = first->source_port;
	packet->destination_port = first->destination_port;
	packet->later_fragment = 1;
	return 0;
}

PROVEN_ALONE int remember_first_fragment(const struct packet *packet, __u32 id)
{
	struct fragment_key key = {};
	struct fragment first = {};

	if (!packet || packet->simulated)
		return 0;
	first.source_port = packet->source_port;
	first.destination_port = packet->destination_port;
	fragment_key_of(packet, id, &key);
	return bpf_map_update_elem(&fragments, &key, &first, BPF_ANY) ? DROP_FLOW_INSERT_FAILED : 0;
}

/* `offset` counts 8 bytes. */
static __always_inline int parse_fragment(struct packet *packet, void *data, void *data_end, __u32 l4_length, __u32 id,
					  __u16 offset)
{
	int reason;

	/* RFC 1858: a second fragment at 8 bytes could rewrite the TCP flags that the first was judged by. */
	if (offset == 1 && packet->protocol == IPPROTO_TCP)
		return DROP_INVALID_PACKET;
	if (offset)
		return follow_first_fragment(packet, id);
	reason = parse_l4(packet, data, data_end, l4_length);
	if (reason)
		return reason;
	return packet->icmp_error ? DROP_INVALID_PACKET : remember_first_fragment(packet, id);
}
