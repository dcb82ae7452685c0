/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every map: who writes, who reads, how it is keyed. Sizes are defaults; the control plane sets them before loading. */
#pragma once

#include "btf_kept.h"
#include "common.h"

/* Of a packet that caused an ICMP error; RFC 1812 asks for as much as is reasonable. */
#define QUOTE_BYTES 128

struct icmp4_error {
	struct iphdr ip;
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be32 information;
};

struct icmp6_error {
	struct ipv6hdr ip;
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be32 information;
};

union flow_key {
	struct flow4_key ipv4;
	struct flow6_key ipv6;
} __attribute__((aligned(8)));

struct scratch {
	struct flow flow;
	struct packet quoted;
	struct judgement judgement;
	__u8 quote[QUOTE_BYTES];
	struct icmp4_error error4;
	struct icmp6_error error6;
	struct bpf_fib_lookup fib;
	struct bpf_redir_neigh next;
	union flow_key flow_key;
	struct masquerade_key key;
	struct masquerade wanted;
	struct unmasqueraded_key destination;
	__u8 address[16]; /* of the end that is rewritten */
	__u8 from[16]; /* what it replaces */
	struct pair no_pair; /* zeroes */
};

/* Control plane → datapath, by interface index (see IFINDEX_PROBES). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct ifindex_slot);
	__uint(max_entries, IFINDEX_SLOTS);
	__uint(map_flags, BPF_F_RDONLY_PROG);
} ifindex_slots SEC(".maps");

/* Control plane → datapath, by EndpointId. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct endpoint);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_RDONLY_PROG);
} endpoints SEC(".maps");

/* Control plane → datapath, by network number. Read off the hot path only. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct network);
	__uint(max_entries, 65535);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} networks SEC(".maps");

/* Control plane → datapath: the ipcache's exact half. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct address_key);
	__type(value, struct address);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} addresses SEC(".maps");

/* Control plane → datapath: the host's own addresses, kept in step with its interfaces. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct host_address_key);
	__type(value, struct host_address);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} host_addresses SEC(".maps");

/* Control plane → datapath: the ipcache's CIDR half, asked when `addresses` has no answer. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct cidr_key);
	__type(value, struct cidr);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} cidrs SEC(".maps");

/* Control plane → datapath, by interface index. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct uplink);
	__uint(max_entries, 64);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} uplinks SEC(".maps");

/* Control plane → datapath, by interface index. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct proxy);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} proxies SEC(".maps");

/* Control plane → datapath. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct unmasqueraded_key);
	__type(value, __u32);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} unmasqueraded SEC(".maps");

/* Datapath only. LRU: a full table evicts a mapping, whose flow then gets another. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct masquerade_key);
	__type(value, struct masquerade);
	__uint(max_entries, 131072);
} masqueraded SEC(".maps");

/* Control plane → datapath, by policy set number. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct policy_set);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_RDONLY_PROG);
} policy_sets SEC(".maps");

/* Control plane → datapath: who. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct peer_key);
	__type(value, struct peer);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} peers SEC(".maps");

/* Control plane → datapath: what. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct rule_key);
	__type(value, struct rule);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} rules SEC(".maps");

/* Datapath only. LRU: a full table evicts its oldest flow, which is then judged again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct flow4_key);
	__type(value, struct flow);
	__uint(max_entries, 131072);
} flows4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct flow6_key);
	__type(value, struct flow);
	__uint(max_entries, 65536);
} flows6 SEC(".maps");

/* Datapath only: ports of the first fragment, for those that follow. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct fragment_key);
	__type(value, struct fragment);
	__uint(max_entries, 8192);
} fragments SEC(".maps");

/* Datapath → control plane, by EndpointId. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct endpoint_counters);
	__uint(max_entries, 8192);
} endpoint_counters SEC(".maps");

/* Datapath → control plane: drops that endpoint_counters has no place for. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__type(key, struct drop_key);
	__type(value, __u64);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} drops SEC(".maps");

/* Datapath → control plane: who spoke to whom. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__type(key, struct pair_key);
	__type(value, struct pair);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} pairs SEC(".maps");

/* Datapath → control plane: what found no room in `pairs`. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct pair);
	__uint(max_entries, PAIR_VERDICTS * 2);
} pair_overflow SEC(".maps");

/* Datapath → control plane, one entry. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct counters);
	__uint(max_entries, 1);
} counters SEC(".maps");

/* Datapath → control plane: struct event. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps");

/* Control plane only: survives it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct record_key);
	__type(value, struct record);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
} records SEC(".maps");

/*
 * Datapath only: what is too large for the stack. Entry 0 is the packets', which on one CPU do not interrupt one
 * another; entry 1 the sweep's, which they do interrupt.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct scratch);
	__uint(max_entries, 2);
} scratches SEC(".maps");

/* simulate_* → control plane, one entry. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct simulation);
	__uint(max_entries, 1);
} simulation SEC(".maps");

/* read_clock → control plane, one entry. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct clock);
	__uint(max_entries, 1);
} clock_result SEC(".maps");

/* sweep → control plane, one entry. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct sweep);
	__uint(max_entries, 1);
} sweep_result SEC(".maps");

/* Until the control plane has asked read_clock: as if HZ were 250. */
SEC(".data.control")
volatile struct control control = {
	.epoch = 1,
	.timeout_tcp_syn = 60 * 250 >> TICK_SHIFT,
	.timeout_tcp_established = 8000 * 250 >> TICK_SHIFT,
	.timeout_tcp_closing = 10 * 250 >> TICK_SHIFT,
	.timeout_any = 60 * 250 >> TICK_SHIFT,
	.drop_events_per_tick = 256,
	.aggregation_ticks = 5 * 250 >> TICK_SHIFT,
	.aggregation_limit = AGGREGATION_NONE,
};

/* Set before loading: bytes in the ring at which its reader is woken: a quarter of it. */
const volatile __u32 wakeup_bytes = 1 << 20;
