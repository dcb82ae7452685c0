/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every struct and enum that crosses the kernel boundary, written once.
 * TypeScript codecs are generated from the BTF of the object that includes this file
 * (`npm run gen`); the generator refuses implicit padding.
 *
 * Byte order is told by the type: __be16/__be32 and address bytes are in network order, the rest in host order.
 */
#pragma once

#include <linux/types.h>

#ifdef __cplusplus
#define DOC(text)
#else
#define DOC(text) __attribute__((btf_decl_tag("doc:" text)))
#endif

#define IPV4_VERSION 4
#define IPV6_VERSION 6

/* Directions are seen from the endpoint whose policy is asked, as in Cilium. */
enum direction {
	DIRECTION_INGRESS = 0,
	DIRECTION_EGRESS = 1,
};

enum reserved_identity {
	IDENTITY_UNKNOWN = 0,
	IDENTITY_HOST = 1,
	IDENTITY_WORLD = 2,
	IDENTITY_UNMANAGED = 3,
	IDENTITY_HEALTH = 4,
	IDENTITY_INIT = 5,
	IDENTITY_REMOTE_NODE = 6,
	IDENTITY_KUBE_APISERVER = 7,
	IDENTITY_INGRESS = 8,
	IDENTITY_WORLD_IPV4 = 9,
	IDENTITY_WORLD_IPV6 = 10,
};

enum policy_action {
	POLICY_ACTION_ALLOW = 1,
	POLICY_ACTION_DENY = 2,
	POLICY_ACTION_REDIRECT = 3,
	/* As if there were no rule: what a longer prefix says under a shorter one that has one. */
	POLICY_ACTION_DEFAULT = 4,
};

enum rule_flag {
	/* Of a deny: it is reported, and the packet forwarded. */
	RULE_AUDITED = 1,
	/* Said by a baseline policy, or over the default: ENFORCEMENT_ALWAYS goes before. */
	RULE_SOFT = 2,
};

/* Numbers up to 207 are Cilium's, where the meaning is the same; ours start at 230. */
enum drop_reason {
	DROP_INVALID_SOURCE_MAC = 130,
	DROP_INVALID_SOURCE_IP = 132,
	DROP_POLICY_DENIED = 133,
	DROP_INVALID_PACKET = 134,
	DROP_CT_INVALID_HEADER = 135,
	DROP_FRAGMENTATION_NEEDED = 136,
	DROP_UNSUPPORTED_L3_PROTOCOL = 139,
	DROP_WRITE_ERROR = 141,
	DROP_UNKNOWN_ICMPV4_TYPE = 144,
	DROP_UNKNOWN_ICMPV6_TYPE = 146,
	DROP_UNKNOWN_L3_TARGET = 150,
	DROP_UNROUTABLE = 151,
	DROP_FLOW_INSERT_FAILED = 155,
	DROP_INVALID_IPV6_EXTENSION_HEADER = 156,
	DROP_NAT_NO_MAPPING = 161,
	DROP_UNKNOWN_CT_STATE = 163,
	DROP_UNSUPPORTED_L2_PROTOCOL = 166,
	DROP_FIB_LOOKUP_FAILED = 169,
	DROP_UNKNOWN_SENDER = 172,
	DROP_FIRST_FRAGMENT_NOT_FOUND = 175,
	DROP_FORBIDDEN_ICMPV6_MESSAGE = 176,
	DROP_PROXY_REDIRECT_UNSUPPORTED = 180,
	DROP_POLICY_DENIED_BY_DENYLIST = 181,
	DROP_VLAN_DISALLOWED = 182,
	DROP_TTL_EXCEEDED = 197,
	DROP_NETWORK_CROSSED = 230,
	DROP_MULTICAST_UNSUPPORTED = 231,
	DROP_SPOOFED_NEIGHBOUR = 232,
	DROP_PROXY_UNAVAILABLE = 233,
};

enum event_type {
	EVENT_VERDICT = 1,
	EVENT_DROP = 2,
	EVENT_FLOW_END = 3,
	EVENT_TRACE = 4,
	/* Made by the ring's reader: another limit of what is told. */
	EVENT_AGGREGATION = 5,
};

enum verdict {
	VERDICT_NOT_ENFORCED = 0,
	VERDICT_ALLOWED = 1,
	VERDICT_DENIED = 2,
	VERDICT_AUDITED = 3,
	VERDICT_NOT_EVALUATED = 4,
	VERDICT_REDIRECTED = 5,
};

enum flow_end_cause {
	FLOW_END_NONE = 0,
	FLOW_END_TCP_CLOSED = 1,
	FLOW_END_TCP_RESET = 2,
	FLOW_END_IDLE = 3,
	FLOW_END_REPLACED = 4,
	FLOW_END_ENDPOINT_GONE = 5,
};

enum flow_state {
	FLOW_STATE_NEW = 0,
	FLOW_STATE_ESTABLISHED = 1,
	FLOW_STATE_CLOSING = 2,
	FLOW_STATE_CLOSED = 3,
};

/* What is told of packets that belong to a conversation: Cilium's levels; here more is told by the higher number. */
enum aggregation {
	AGGREGATION_MAXIMUM = 0,
	/* Where packets go: at the first of each direction, at TCP flags not seen before, and once an interval. */
	AGGREGATION_MEDIUM = 1,
	/* Where each packet goes. */
	AGGREGATION_LOW = 2,
	/* Where each packet comes from, and where it goes. */
	AGGREGATION_NONE = 3,
};

/* Where a packet was seen. */
enum trace_point {
	TRACE_FROM = 1,
	TRACE_TO = 2,
};

/* Why packets of a flow take the slow path. */
enum slow_cause {
	SLOW_CLOSING = 1,
	SLOW_TRACE_FROM = 2,
	SLOW_TRACE_TO = 4,
	/* Not every packet: one an interval. */
	SLOW_TRACE_INTERVAL = 8,
};

enum enforcement {
	ENFORCEMENT_DEFAULT = 0,
	ENFORCEMENT_ALWAYS = 1,
	ENFORCEMENT_NEVER = 2,
};

/* In the place of an EndpointId. The last two: the outside, by way of an uplink. */
enum hop {
	/* The L7 proxy, where policy redirects; of what it sends, as sender. */
	HOP_PROXY = 65533,
	/* In the uplink's name, where it masquerades: of conversations that the pod began. */
	HOP_MASQUERADE = 65534,
	HOP_UPLINK = 65535,
};

enum event_flag {
	EVENT_FLAG_REPLY = 1,
	EVENT_FLAG_FROM_HOST = 2,
	EVENT_FLAG_TO_HOST = 4,
	EVENT_FLAG_MIDSTREAM = 8,
	/* Through an uplink. */
	EVENT_FLAG_FROM_NETWORK = 16,
	EVENT_FLAG_TO_NETWORK = 32,
	EVENT_FLAG_TO_PROXY = 64,
	/* On behalf of the end whose address it bears. */
	EVENT_FLAG_FROM_PROXY = 128,
};

enum policy_set_flag {
	POLICY_SET_INGRESS_RULES = 1,
	POLICY_SET_EGRESS_RULES = 2,
	POLICY_SET_INGRESS_DEFAULT_DENY = 4,
	POLICY_SET_EGRESS_DEFAULT_DENY = 8,
	/* Would be denied by default: is reported, and forwarded. */
	POLICY_SET_INGRESS_AUDIT = 16,
	POLICY_SET_EGRESS_AUDIT = 32,
};

/* ifindex_slots: where an interface's endpoint is. Slot = ifindex mod 65536, then the next three. */
struct ifindex_slot {
	__u32 ifindex DOC("Host-side interface; 0: free.");
	__u16 endpoint DOC("EndpointId");
	__u16 network;
	__u8 mac[6] DOC("The pod's.");
	__u8 pad[2];
};

#define IFINDEX_SLOTS 65536
#define IFINDEX_PROBES 4

/* endpoints: by EndpointId. One cache line. */
struct endpoint {
	__u32 ifindex DOC("Host-side interface; 0: no endpoint in this slot.");
	__u32 identity;
	__u32 policy_set DOC("Index into policy_sets.");
	__u16 network;
	__u8 enforcement DOC("enum enforcement");
	__u8 audit DOC("1: what policy denies is forwarded and reported.");
	__u8 mac[6] DOC("The pod's.");
	__u8 host_mac[6] DOC("The host side's: the gateway, as the pod sees it.");
	__u32 mtu DOC("Bytes, without the Ethernet header.");
	__be32 ipv4 DOC("First IPv4 address, or 0.");
	__u8 aggregation DOC("enum aggregation");
	__u8 pad;
	__u16 sampling DOC("One of so many packets is told, weighted; 0 and 1: each.");
	__u8 ipv6[16] DOC("First IPv6 address, or ::.");
	__u64 reserved2;
};

/* networks: by network number. */
struct network {
	__be32 gateway_ipv4 DOC("Source of ICMP errors; 0: 192.0.0.8 (RFC 7600).");
	__u8 gateway_ipv6[16];
	__u8 host_routing DOC("1: allowed traffic to addresses of no endpoint goes to the host's routing.");
	__u8 uplinks DOC("1: an uplink serves it; they go by way of that.");
	__be16 proxy_port DOC("Where the L7 proxy listens for connections whose rule names no port.");
	__u32 proxy_ifindex DOC("Of the interface that leads to the L7 proxy; 0: there is none.");
	__u8 proxy_mac[6] DOC("The proxy's end.");
	__u8 pad[2];
};

/* proxies: whose packets come from an interface that leads to the L7 proxy, by interface index. */
struct proxy {
	__u32 network;
};

/* addresses: exact. IPv4 addresses fill the first four bytes, the rest is zero. */
struct address_key {
	__u16 network;
	__u8 family DOC("4 or 6.");
	__u8 pad;
	__u8 address[16];
};

struct address {
	__u32 identity;
	__u32 endpoint DOC("EndpointId on this node, or 0.");
};

/* host_addresses: of the host itself, on whatever network it is asked for; asked when `addresses` has no answer. */
struct host_address_key {
	__u8 family DOC("4 or 6.");
	__u8 pad[3];
	__u8 address[16];
};

struct host_address {
	__u32 identity;
};

/* cidrs: longest prefix. prefixlen counts from `network`: 32 + the CIDR's own length. */
struct cidr_key {
	__u32 prefixlen;
	__u16 network;
	__u8 family;
	__u8 pad;
	__u8 address[16];
};

struct cidr {
	__u32 identity;
	__u8 by_policy DOC("1: a policy document named it; 0: assigned by hand. The datapath does not ask.");
	__u8 pad[3];
};

#define UPLINK_NETWORKS 8

/* uplinks: by interface index. */
struct uplink {
	__u16 networks[UPLINK_NETWORKS] DOC("An arriving packet's destination is looked for on them in this order; 0: none.");
	__u8 ipv6[16] DOC("What masqueraded packets bear; ::: none.");
	__be32 ipv4 DOC("What masqueraded packets bear; 0: none.");
	__u16 first_port DOC("Of those that masqueraded packets bear.");
	__u16 last_port;
	__u8 masquerade DOC("Bit n: networks[n] is masqueraded.");
	__u8 pad[7];
};

/* unmasqueraded: destinations that see the pod's own address. Longest prefix; prefixlen counts from `ifindex`: 64 + the CIDR's own length. */
struct unmasqueraded_key {
	__u32 prefixlen;
	__u32 ifindex;
	__u8 family DOC("4 or 6.");
	__u8 pad[3];
	__u8 address[16];
};

/* masqueraded: a packet from `remote` to `local` is for whom? Ports as in flow keys. */
struct masquerade_key {
	__u8 local[16] DOC("The uplink's address.");
	__u8 remote[16];
	__be16 local_port;
	__be16 remote_port;
	__u8 protocol;
	__u8 family;
	__u8 pad[2];
};

struct masquerade {
	__u8 address[16] DOC("The pod's.");
	__be16 port;
	__u16 network;
};

/* policy_sets: all that applies to one subject identity. Class 0 has no rows. */
struct policy_set {
	__u32 flags DOC("enum policy_set_flag");
	__u32 default_class[2] DOC("By direction: the class of every peer without an entry in peers.");
	__u32 reserved;
};

/* peers: who. */
struct peer_key {
	__u32 policy_set;
	__u32 identity;
	__u8 direction;
	__u8 pad[3];
};

struct peer {
	__u32 rule_class;
};

/*
 * rules: what. The order of the fields is the order of wildcards: a row of prefix 40 speaks of every
 * protocol, 48 of one protocol, 48 + n of a port prefix. ICMP: port = type << 8 | code.
 */
struct rule_key {
	__u32 prefixlen;
	__u32 rule_class;
	__u8 direction;
	__u8 protocol;
	__be16 port;
};

struct rule {
	__u8 action DOC("enum policy_action");
	__u8 flags DOC("enum rule_flag");
	__be16 proxy_port;
	__u32 cookie DOC("Names the document rule or the direct row that made this entry.");
};

/*
 * A conversation that the L7 proxy is in has two entries: the client's leg, and the leg between the proxy, which bears
 * the client's address and port, and the server.
 */
enum flow_leg {
	FLOW_LEG_CLIENT = 0,
	FLOW_LEG_SERVER = 1,
};

/*
 * On the wire to the proxy a MAC address that would say nothing begins with PROXY_LABEL_FIXED and the leg's: the sender's, with
 * network and listener's port, of what goes to the proxy; the receiver's, with zeros, of what the proxy says to servers.
 */
enum proxy_label {
	PROXY_LABEL_FIXED = 0x02, /* locally administered */
	PROXY_LABEL_CLIENT = 0x68,
	PROXY_LABEL_SERVER = 0x69,
};

/* In the proxy's namespace: marks are a network, with this where the server's leg is meant. */
enum proxy_mark {
	PROXY_MARK_SERVER = 0x10000,
};

/*
 * One entry a conversation. Of the two ends, `low` is the one whose (address, port) compares lower in
 * the order that flow.h fixes (not an order of bytes). ICMP echo: the requester's port is the identifier, the other's is type << 8 | code.
 */
struct flow4_key {
	__be32 low_address;
	__be32 high_address;
	__be16 low_port;
	__be16 high_port;
	__u16 network;
	__u8 protocol;
	__u8 leg DOC("enum flow_leg");
};

struct flow6_key {
	__u8 low_address[16];
	__u8 high_address[16];
	__be16 low_port;
	__be16 high_port;
	__u16 network;
	__u8 protocol;
	__u8 leg DOC("enum flow_leg");
};

/* What the sender of one direction needs; the two directions' are in different cache lines. */
struct flow_half {
	__u64 forward DOC(
		"epoch << 32 | target EndpointId << 16 | source EndpointId; 0: judge again. Id 0 is the host, enum hop are uplinks.");
	__u64 packets;
	__u64 bytes DOC("Ethernet frames, as sent.");
	__u32 last_seen DOC("jiffies >> 4: a tick is 16 ms at HZ=1000, 64 ms at 250, 160 ms at 100.");
	__u8 slow DOC("enum slow_cause");
	__u8 tcp_flags DOC("All flags seen.");
	__u16 reported DOC("Low bits of the tick in which a packet was last told.");
};

struct flow {
	struct flow_half from_low;
	__u64 started_ns DOC("CLOCK_MONOTONIC");
	__u32 low_identity;
	__u32 high_identity;
	__u32 egress_cookie;
	__u32 ingress_cookie;
	__be16 masquerade_port DOC("What the outside knows the pod by; 0: its own, or not known yet.");
	__u8 reserved[6];
	struct flow_half from_high;
	__u8 state DOC("enum flow_state");
	__u8 originator DOC("0: low spoke first, 1: high did.");
	__u8 midstream DOC("1: picked up from a TCP packet without SYN; replies are judged on their own, but where `proxied`.");
	__u8 pair DOC("As what it counts: enum pair_verdict << 1 | enum direction; with PAIR_UNCOUNTED, not.");
	__u16 low_endpoint;
	__u16 high_endpoint;
	__u32 ended DOC("1: its end has been reported.");
	__u8 proxied DOC("1: the L7 proxy was in it when it was picked up, so who began is known.");
	__u8 reserved2[19];
};

struct fragment_key {
	__u8 source[16];
	__u8 destination[16];
	__u32 id;
	__u16 network;
	__u8 protocol;
	__u8 family;
};

struct fragment {
	__be16 source_port;
	__be16 destination_port;
};

/* endpoint_counters: per CPU, by EndpointId; by enum direction. */
struct endpoint_counters {
	__u64 policy_denied[2] DOC("DROP_POLICY_DENIED");
	__u64 policy_denied_by_denylist[2] DOC("DROP_POLICY_DENIED_BY_DENYLIST");
};

/* drops: per CPU, every other reason. */
struct drop_key {
	__u16 endpoint;
	__u8 direction;
	__u8 reason;
};

/* What became of a packet that began a conversation, or of one that was dropped. */
enum pair_verdict {
	PAIR_FORWARDED = 0,
	PAIR_DENIED = 1,
	PAIR_AUDITED = 2,
	PAIR_REDIRECTED = 3,
	/* For another reason than policy. */
	PAIR_DROPPED = 4,
};

#define PAIR_VERDICTS 5
/* In flow.pair: the proxy's own connection, for a client's that is counted. */
#define PAIR_UNCOUNTED 0x80

/* pairs: per CPU. Exact: what finds no room there is in pair_overflow, by verdict << 1 | direction. */
struct pair_key {
	__u32 source_identity;
	__u32 destination_identity;
	__u16 network;
	__u8 direction DOC("enum direction: on whose side it was decided.");
	__u8 verdict DOC("enum pair_verdict");
};

struct pair {
	__u64 began DOC("Conversations.");
	__u64 ended DOC("Of them, those whose end was told.");
	__u64 packets[2] DOC("Of ended conversations: [0] from the originator, [1] replies. Drops: [0] every one.");
	__u64 bytes[2];
};

/* counters: per CPU, of the whole datapath. */
struct counters {
	__u64 forwarded_packets[2] DOC("By enum direction: [1] sent by pods, [0] handed to them by the host.");
	__u64 forwarded_bytes[2];
	__u64 lost DOC("The ring was full.");
	__u64 suppressed DOC("Drop events over the rate limit; the drops themselves are counted.");
	__u64 uncounted_drops DOC("Drops that found no free entry in `drops`.");
	__u64 aggregated DOC("Packets of which less was told than their endpoints ask for: the ring was filling.");
	__u32 tick;
	__u32 used;
};

struct event {
	__u64 time_ns DOC("CLOCK_MONOTONIC");
	__u8 type DOC("enum event_type");
	__u8 reason DOC("enum drop_reason, or 0.");
	__u8 direction DOC("enum direction: on whose side it was dropped; of a trace, decided.");
	__u8 protocol;
	__u16 network;
	__u8 family DOC("4, 6, or 0 where the frame is not IP.");
	__u8 tcp_flags;
	__u32 source_identity;
	__u32 destination_identity;
	__u16 source_endpoint DOC("EndpointId, or 0.");
	__u16 destination_endpoint;
	__be16 source_port;
	__be16 destination_port DOC("ICMP: type << 8 | code.");
	__u8 source_address[16];
	__u8 destination_address[16];
	__u32 egress_cookie;
	__u32 ingress_cookie;
	__u8 egress_verdict DOC("enum verdict: of the source's policy.");
	__u8 ingress_verdict DOC("enum verdict: of the destination's policy.");
	__u8 end_cause DOC("enum flow_end_cause");
	__u8 flags DOC("enum event_flag");
	__u32 length DOC("Bytes of the frame that caused the event.");
	__u64 packets[2] DOC("Flow ends: [0] from the originator, [1] replies.");
	__u64 bytes[2];
	__u64 started_ns DOC("Flow ends.");
	__u16 weights[2] DOC("Packets that it stands for: [0] where they come from, [1] where they go; 0: that is not told.");
	__u8 points DOC("enum trace_point");
	__u8 reserved[3];
};

enum record_kind {
	RECORD_DATAPATH = 1,
	RECORD_NETWORK = 2,
	RECORD_IDENTITY = 3,
	RECORD_ENDPOINT = 4,
	RECORD_POLICY = 5,
	RECORD_UPLINK = 6,
};

/* records: what the control plane must remember beyond its life (names, labels), as JSON cut in chunks. The datapath never reads it. */
struct record_key {
	__u32 id;
	__u16 chunk;
	__u16 kind DOC("enum record_kind");
};

struct record {
	__u16 length DOC("Bytes of data used.");
	__u8 more DOC("1: another chunk follows.");
	__u8 data[253];
};

/*
 * .data.control: the control plane changes maps first and raises the epoch last; a cached verdict counts only
 * while its epoch is the current one. Mapped, so that no syscall is needed. Times in ticks of flow_half.last_seen.
 */
struct control {
	__u32 epoch DOC("Never 0.");
	__u32 timeout_tcp_syn;
	__u32 timeout_tcp_established;
	__u32 timeout_tcp_closing;
	__u32 timeout_any;
	__u32 drop_events_per_tick DOC("Drop events that a CPU may put in the ring in one tick.");
	__u32 proxied_networks DOC("Networks that have an L7 proxy. 0: no conversation has two legs.");
	__u32 aggregation_ticks DOC("AGGREGATION_MEDIUM's interval.");
	__u32 aggregation_limit DOC(
		"enum aggregation: no endpoint tells more. The datapath lowers it as the ring fills, its reader raises it again.");
	__u32 pressed_tick DOC("When the ring was last filling.");
	__u32 tracing DOC("0: every endpoint has its packets told least, each of them; nothing is to be planned.");
	__u32 proxy_beat DOC("Second of CLOCK_MONOTONIC in which a thread of the L7 proxy last took its turn.");
};

/* What read_clock saw. */
struct clock {
	__u64 jiffies;
	__u64 monotonic_ns;
};

/* What the sweep program did; its context. */
struct sweep {
	__u64 visited;
	__u64 ended;
	__u64 deleted;
};

/*
 * What policy says of a connection: the frame that `ask_policy` is run on (data in and data out of BPF_PROG_TEST_RUN),
 * since only programs of packets may look everywhere. Asked as the first packet from source to destination would be.
 * Answers from `epoch` on; they hold while that is the control's.
 */
struct policy_question {
	__u8 ethernet[14] DOC("A header of type 0x88b5 (IEEE 802 local experiments); not looked at.");
	__u8 pad0[2];
	__u8 source_address[16];
	__u8 destination_address[16];
	__be16 source_port;
	__be16 destination_port;
	__u16 network;
	__u8 family DOC("4 or 6.");
	__u8 protocol;
	__u32 epoch;
	__u32 source_identity;
	__u32 destination_identity;
	__u16 source_endpoint DOC("EndpointId, or 0.");
	__u16 destination_endpoint;
	__u32 egress_cookie;
	__u32 ingress_cookie;
	__u8 egress_verdict DOC("enum verdict: of the source's policy.");
	__u8 ingress_verdict DOC("enum verdict: of the destination's policy.");
	__u8 reason DOC("enum drop_reason; 0: policy lets it pass, or to the proxy.");
	__u8 pad;
};

/* What simulate_* answers, in the map `simulation` (one entry). */
struct simulation {
	struct event event;
	__u8 cached DOC("1: an established flow answered.");
	__u8 action DOC("enum simulated_action");
	__u8 pad[6];
};

enum simulated_action {
	SIMULATED_DROP = 0,
	SIMULATED_TO_ENDPOINT = 1,
	SIMULATED_TO_HOST = 2,
	SIMULATED_REPLY = 3,
	SIMULATED_TO_UPLINK = 4,
	SIMULATED_TO_PROXY = 5,
};
