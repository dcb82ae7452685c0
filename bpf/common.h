/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#pragma once

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))

/*
 * Time as flows keep it: jiffies >> 4. The JIT reads jiffies in one instruction; every clock in nanoseconds
 * costs a fifth of an established packet. How many ticks a second has, the control plane asks `read_clock`.
 */
#define TICK_SHIFT 4

/*
 * A function that the verifier proves once, whoever calls it: its pointers may be NULL for all it knows, so
 * every one of these begins by asking. Keeps the proof of the whole small.
 */
#define PROVEN_ALONE __noinline

#define HOST_ENDPOINT 0
#define PACKET_HOST 0

/* Where its headers are, whichever kind of program looks. */
struct frame {
	void *data;
	void *data_end; /* of the part that can be read directly */
	__u32 length;
	bool gso;
};

/* What a packet without a flow is known to be, by the proxy's word or the other leg's flow. */
enum role {
	ROLE_UNKNOWN = 0,
	ROLE_ASKS = 1,
	ROLE_ANSWERS = 2,
};

/* A packet as the datapath sees it, after parsing. IPv4 addresses fill the first four bytes. */
struct packet {
	union {
		__u8 source[16];
		__be32 source4;
		__u64 source6[2];
	};
	union {
		__u8 destination[16];
		__be32 destination4;
		__u64 destination6[2];
	};
	__be16 source_port;
	__be16 destination_port;
	__u16 network;
	__u8 family;
	__u8 protocol;
	__u32 endpoint; /* whose interface the program runs on */
	__u32 length;
	__u16 l4_offset;
	__u8 tcp_flags;
	__u8 icmp_error; /* the quoted packet is at l4_offset + 8 */
	__u8 later_fragment;
	__u8 simulated;
	__u8 to_endpoint; /* runs on the way to the pod, not from it */
	__u8 l4_header; /* bytes */
	__u8 refused; /* dropped, and an ICMP error is on its way in its place */
	__u8 echo_reply;
	__u8 from_uplink; /* with to_endpoint: runs where an uplink's packets arrive */
	__u8 keep_mapping; /* masquerading: only as it was */
	__be16 masquerade_port; /* the flow's, in and out */
	__u8 from_host; /* with to_endpoint: the host's own, not one that it routes */
	__u8 unmasqueraded; /* its destination was the uplink's; its sender must not see what it is now */
	__u8 from_proxy; /* which stands for the end whose address the packet bears */
	__u8 leg; /* enum flow_leg: where its flow is looked for */
	__u8 role; /* enum role */
	__be16 proxy_port; /* that the rule names, or 0 */
	__u16 path_mtu; /* of the way out, where the packet does not fit */
};

/* Everything about a judgement that a record tells. */
struct judgement {
	__u64 time_ns; /* read once, by whoever reports */
	__u32 source_identity;
	__u32 destination_identity;
	__u32 source_endpoint;
	__u32 destination_endpoint;
	__u32 egress_cookie;
	__u32 ingress_cookie;
	__u8 egress_verdict;
	__u8 ingress_verdict;
	__u8 reason; /* enum drop_reason; 0: allowed */
	__u8 direction; /* on whose side it was denied */
	__u8 flags; /* enum event_flag */
	__u8 source_kind;
	__u8 destination_kind;
	__u8 to_proxy;
	__u8 points; /* enum trace_point */
	__be16 proxy_port; /* that a rule names, or 0 */
	__u16 weights[2]; /* as in struct event */
	__u16 outside; /* HOST_ENDPOINT or enum hop: how the end that is no endpoint is reached */
};

static __always_inline __u32 now_tick(void)
{
	return bpf_jiffies64() >> TICK_SHIFT;
}

/* In words: for memcpy the compiler must assume odd addresses, and moves bytes. */
static __always_inline void copy16(void *to, const void *from)
{
	__u32 *target = to;
	const __u32 *source = from;

	target[0] = source[0];
	target[1] = source[1];
	target[2] = source[2];
	target[3] = source[3];
}

static __always_inline void copy_mac(__u8 *to, const __u8 *from)
{
	__u16 *target = (__u16 *)to;
	const __u16 *source = (const __u16 *)from;

	target[0] = source[0];
	target[1] = source[1];
	target[2] = source[2];
}

static __always_inline bool same16(const void *a, const void *b)
{
	const __u32 *x = a, *y = b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

static __always_inline bool same_mac(const __u8 *a, const __u8 *b)
{
	const __u16 *x = (const __u16 *)a, *y = (const __u16 *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}
