/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* interface → endpoint, address → party. */
#pragma once

#include "maps.h"

/* NULL: no endpoint has this interface. */
static __always_inline struct ifindex_slot *slot_of(__u32 ifindex)
{
	for (int i = 0; i < IFINDEX_PROBES; i++) {
		__u32 slot = (ifindex + i) & (IFINDEX_SLOTS - 1);
		struct ifindex_slot *found = bpf_map_lookup_elem(&ifindex_slots, &slot);

		if (found && found->ifindex == ifindex)
			return found;
	}
	return NULL;
}

/* NULL: the interface is no uplink. */
static __always_inline struct uplink *uplink_of(__u32 ifindex)
{
	return bpf_map_lookup_elem(&uplinks, &ifindex);
}

/* NULL also for a slot that nobody uses. */
static __always_inline struct endpoint *endpoint_by_id(__u32 id)
{
	struct endpoint *endpoint = bpf_map_lookup_elem(&endpoints, &id);

	return endpoint && endpoint->ifindex ? endpoint : NULL;
}

enum party_kind {
	PARTY_ENDPOINT = 1,
	PARTY_HOST = 2,
	PARTY_OUTSIDE = 3,
};

/* One end of a conversation, as policy sees it. */
struct party {
	__u32 identity;
	__u32 endpoint; /* 0 unless PARTY_ENDPOINT */
	__u32 kind;
};

static __always_inline struct address *address_lookup(__u16 network, __u8 family, const __u8 *address)
{
	struct address_key key = {.network = network, .family = family};

	copy16(key.address, address);
	return bpf_map_lookup_elem(&addresses, &key);
}

static __always_inline __u32 cidr_identity(__u16 network, __u8 family, const __u8 *address)
{
	struct cidr_key key = {
		.prefixlen = family == IPV4_VERSION ? 64 : 160,
		.network = network,
		.family = family,
	};
	struct cidr *found;

	copy16(key.address, address);
	found = bpf_map_lookup_elem(&cidrs, &key);
	if (found)
		return found->identity;
	return family == IPV4_VERSION ? IDENTITY_WORLD_IPV4 : IDENTITY_WORLD_IPV6;
}

static __always_inline bool is_host_address(__u8 family, const __u8 *address)
{
	struct host_address_key key = {.family = family};

	copy16(key.address, address);
	return bpf_map_lookup_elem(&host_addresses, &key);
}

/* Whom an address names on a network. */
static __always_inline void resolve(__u16 network, __u8 family, const __u8 *address, struct party *party)
{
	struct address *found = address_lookup(network, family, address);

	party->endpoint = 0;
	if (found) {
		party->identity = found->identity;
		party->endpoint = found->endpoint;
		party->kind = found->endpoint ? PARTY_ENDPOINT : PARTY_OUTSIDE;
	} else if (is_host_address(family, address)) {
		party->identity = IDENTITY_HOST;
		party->kind = PARTY_HOST;
	} else {
		party->identity = cidr_identity(network, family, address);
		party->kind = PARTY_OUTSIDE;
	}
}

static __always_inline bool owns_address(const struct endpoint *endpoint, __u32 id, __u8 family, const __u8 *address)
{
	struct address *found;

	if (family == IPV4_VERSION) {
		__be32 ipv4;

		__builtin_memcpy(&ipv4, address, 4);
		if (endpoint->ipv4 && endpoint->ipv4 == ipv4)
			return true;
	} else if (same16(endpoint->ipv6, address)) {
		return true;
	}
	found = address_lookup(endpoint->network, family, address);
	return found && found->endpoint == id;
}
