/* Generated from the BTF of the compiled programs by `npm run gen`. Do not edit: change bpf/abi.h. */

import {
	bytesCodec,
	codec,
	readArray,
	readBytes,
	u32Codec,
	u64Codec,
	writeArray,
	writeBytes,
	zero,
	type Codec,
} from './codec.js';

/** Of every struct and map; see layout-hash.ts. */
export const LAYOUT_HASH = 'fd8be0f5c8152aed';

/** What bpf/abi.h declares. */
export const ABI_NAMES = {
	structs: [
		'address',
		'address_key',
		'cidr',
		'cidr_key',
		'clock',
		'control',
		'counters',
		'drop_key',
		'endpoint',
		'endpoint_counters',
		'event',
		'flow',
		'flow4_key',
		'flow6_key',
		'flow_half',
		'fragment',
		'fragment_key',
		'host_address',
		'host_address_key',
		'ifindex_slot',
		'masquerade',
		'masquerade_key',
		'network',
		'pair',
		'pair_key',
		'peer',
		'peer_key',
		'policy_question',
		'policy_set',
		'proxy',
		'record',
		'record_key',
		'rule',
		'rule_key',
		'simulation',
		'sweep',
		'unmasqueraded_key',
		'uplink',
	],
	enums: [
		'aggregation',
		'direction',
		'drop_reason',
		'enforcement',
		'event_flag',
		'event_type',
		'flow_end_cause',
		'flow_leg',
		'flow_state',
		'hop',
		'pair_verdict',
		'policy_action',
		'policy_set_flag',
		'proxy_label',
		'proxy_mark',
		'record_kind',
		'reserved_identity',
		'rule_flag',
		'simulated_action',
		'slow_cause',
		'trace_point',
		'verdict',
	],
} as const;

/** Names of an enum by value; a newer kernel side may send values that are not among them. */
export interface Names {
	readonly [value: number]: string | undefined;
}

/** enum aggregation (AGGREGATION_*). */
export const Aggregation = {
	Maximum: 0,
	Medium: 1,
	Low: 2,
	None: 3,
} as const;
export type Aggregation = (typeof Aggregation)[keyof typeof Aggregation];
/** By value: names as in C, without AGGREGATION_. */
export const aggregationNames: Names = {
	0: 'MAXIMUM',
	1: 'MEDIUM',
	2: 'LOW',
	3: 'NONE',
};

/** enum direction (DIRECTION_*). */
export const Direction = {
	Ingress: 0,
	Egress: 1,
} as const;
export type Direction = (typeof Direction)[keyof typeof Direction];
/** By value: names as in C, without DIRECTION_. */
export const directionNames: Names = {
	0: 'INGRESS',
	1: 'EGRESS',
};

/** enum drop_reason (DROP_*). */
export const DropReason = {
	InvalidSourceMac: 130,
	InvalidSourceIp: 132,
	PolicyDenied: 133,
	InvalidPacket: 134,
	CtInvalidHeader: 135,
	FragmentationNeeded: 136,
	UnsupportedL3Protocol: 139,
	WriteError: 141,
	UnknownIcmpv4Type: 144,
	UnknownIcmpv6Type: 146,
	UnknownL3Target: 150,
	Unroutable: 151,
	FlowInsertFailed: 155,
	InvalidIpv6ExtensionHeader: 156,
	NatNoMapping: 161,
	UnknownCtState: 163,
	UnsupportedL2Protocol: 166,
	FibLookupFailed: 169,
	UnknownSender: 172,
	FirstFragmentNotFound: 175,
	ForbiddenIcmpv6Message: 176,
	ProxyRedirectUnsupported: 180,
	PolicyDeniedByDenylist: 181,
	VlanDisallowed: 182,
	TtlExceeded: 197,
	NetworkCrossed: 230,
	MulticastUnsupported: 231,
	SpoofedNeighbour: 232,
	ProxyUnavailable: 233,
} as const;
export type DropReason = (typeof DropReason)[keyof typeof DropReason];
/** By value: names as in C, without DROP_. */
export const dropReasonNames: Names = {
	130: 'INVALID_SOURCE_MAC',
	132: 'INVALID_SOURCE_IP',
	133: 'POLICY_DENIED',
	134: 'INVALID_PACKET',
	135: 'CT_INVALID_HEADER',
	136: 'FRAGMENTATION_NEEDED',
	139: 'UNSUPPORTED_L3_PROTOCOL',
	141: 'WRITE_ERROR',
	144: 'UNKNOWN_ICMPV4_TYPE',
	146: 'UNKNOWN_ICMPV6_TYPE',
	150: 'UNKNOWN_L3_TARGET',
	151: 'UNROUTABLE',
	155: 'FLOW_INSERT_FAILED',
	156: 'INVALID_IPV6_EXTENSION_HEADER',
	161: 'NAT_NO_MAPPING',
	163: 'UNKNOWN_CT_STATE',
	166: 'UNSUPPORTED_L2_PROTOCOL',
	169: 'FIB_LOOKUP_FAILED',
	172: 'UNKNOWN_SENDER',
	175: 'FIRST_FRAGMENT_NOT_FOUND',
	176: 'FORBIDDEN_ICMPV6_MESSAGE',
	180: 'PROXY_REDIRECT_UNSUPPORTED',
	181: 'POLICY_DENIED_BY_DENYLIST',
	182: 'VLAN_DISALLOWED',
	197: 'TTL_EXCEEDED',
	230: 'NETWORK_CROSSED',
	231: 'MULTICAST_UNSUPPORTED',
	232: 'SPOOFED_NEIGHBOUR',
	233: 'PROXY_UNAVAILABLE',
};

/** enum enforcement (ENFORCEMENT_*). */
export const Enforcement = {
	Default: 0,
	Always: 1,
	Never: 2,
} as const;
export type Enforcement = (typeof Enforcement)[keyof typeof Enforcement];
/** By value: names as in C, without ENFORCEMENT_. */
export const enforcementNames: Names = {
	0: 'DEFAULT',
	1: 'ALWAYS',
	2: 'NEVER',
};

/** enum event_flag (EVENT_FLAG_*). */
export const EventFlag = {
	Reply: 1,
	FromHost: 2,
	ToHost: 4,
	Midstream: 8,
	FromNetwork: 16,
	ToNetwork: 32,
	ToProxy: 64,
	FromProxy: 128,
} as const;
export type EventFlag = (typeof EventFlag)[keyof typeof EventFlag];
/** By value: names as in C, without EVENT_FLAG_. */
export const eventFlagNames: Names = {
	1: 'REPLY',
	2: 'FROM_HOST',
	4: 'TO_HOST',
	8: 'MIDSTREAM',
	16: 'FROM_NETWORK',
	32: 'TO_NETWORK',
	64: 'TO_PROXY',
	128: 'FROM_PROXY',
};

/** enum event_type (EVENT_*). */
export const EventType = {
	Verdict: 1,
	Drop: 2,
	FlowEnd: 3,
	Trace: 4,
	Aggregation: 5,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];
/** By value: names as in C, without EVENT_. */
export const eventTypeNames: Names = {
	1: 'VERDICT',
	2: 'DROP',
	3: 'FLOW_END',
	4: 'TRACE',
	5: 'AGGREGATION',
};

/** enum flow_end_cause (FLOW_END_*). */
export const FlowEndCause = {
	None: 0,
	TcpClosed: 1,
	TcpReset: 2,
	Idle: 3,
	Replaced: 4,
	EndpointGone: 5,
} as const;
export type FlowEndCause = (typeof FlowEndCause)[keyof typeof FlowEndCause];
/** By value: names as in C, without FLOW_END_. */
export const flowEndCauseNames: Names = {
	0: 'NONE',
	1: 'TCP_CLOSED',
	2: 'TCP_RESET',
	3: 'IDLE',
	4: 'REPLACED',
	5: 'ENDPOINT_GONE',
};

/** enum flow_leg (FLOW_LEG_*). */
export const FlowLeg = {
	Client: 0,
	Server: 1,
} as const;
export type FlowLeg = (typeof FlowLeg)[keyof typeof FlowLeg];
/** By value: names as in C, without FLOW_LEG_. */
export const flowLegNames: Names = {
	0: 'CLIENT',
	1: 'SERVER',
};

/** enum flow_state (FLOW_STATE_*). */
export const FlowState = {
	New: 0,
	Established: 1,
	Closing: 2,
	Closed: 3,
} as const;
export type FlowState = (typeof FlowState)[keyof typeof FlowState];
/** By value: names as in C, without FLOW_STATE_. */
export const flowStateNames: Names = {
	0: 'NEW',
	1: 'ESTABLISHED',
	2: 'CLOSING',
	3: 'CLOSED',
};

/** enum hop (HOP_*). */
export const Hop = {
	Proxy: 65533,
	Masquerade: 65534,
	Uplink: 65535,
} as const;
export type Hop = (typeof Hop)[keyof typeof Hop];
/** By value: names as in C, without HOP_. */
export const hopNames: Names = {
	65533: 'PROXY',
	65534: 'MASQUERADE',
	65535: 'UPLINK',
};

/** enum pair_verdict (PAIR_*). */
export const PairVerdict = {
	Forwarded: 0,
	Denied: 1,
	Audited: 2,
	Redirected: 3,
	Dropped: 4,
} as const;
export type PairVerdict = (typeof PairVerdict)[keyof typeof PairVerdict];
/** By value: names as in C, without PAIR_. */
export const pairVerdictNames: Names = {
	0: 'FORWARDED',
	1: 'DENIED',
	2: 'AUDITED',
	3: 'REDIRECTED',
	4: 'DROPPED',
};

/** enum policy_action (POLICY_ACTION_*). */
export const PolicyAction = {
	Allow: 1,
	Deny: 2,
	Redirect: 3,
	Default: 4,
} as const;
export type PolicyAction = (typeof PolicyAction)[keyof typeof PolicyAction];
/** By value: names as in C, without POLICY_ACTION_. */
export const policyActionNames: Names = {
	1: 'ALLOW',
	2: 'DENY',
	3: 'REDIRECT',
	4: 'DEFAULT',
};

/** enum policy_set_flag (POLICY_SET_*). */
export const PolicySetFlag = {
	IngressRules: 1,
	EgressRules: 2,
	IngressDefaultDeny: 4,
	EgressDefaultDeny: 8,
	IngressAudit: 16,
	EgressAudit: 32,
} as const;
export type PolicySetFlag = (typeof PolicySetFlag)[keyof typeof PolicySetFlag];
/** By value: names as in C, without POLICY_SET_. */
export const policySetFlagNames: Names = {
	1: 'INGRESS_RULES',
	2: 'EGRESS_RULES',
	4: 'INGRESS_DEFAULT_DENY',
	8: 'EGRESS_DEFAULT_DENY',
	16: 'INGRESS_AUDIT',
	32: 'EGRESS_AUDIT',
};

/** enum proxy_label (PROXY_LABEL_*). */
export const ProxyLabel = {
	Fixed: 2,
	Client: 104,
	Server: 105,
} as const;
export type ProxyLabel = (typeof ProxyLabel)[keyof typeof ProxyLabel];
/** By value: names as in C, without PROXY_LABEL_. */
export const proxyLabelNames: Names = {
	2: 'FIXED',
	104: 'CLIENT',
	105: 'SERVER',
};

/** enum proxy_mark (PROXY_MARK_*). */
export const ProxyMark = {
	Server: 65536,
} as const;
export type ProxyMark = (typeof ProxyMark)[keyof typeof ProxyMark];
/** By value: names as in C, without PROXY_MARK_. */
export const proxyMarkNames: Names = {
	65536: 'SERVER',
};

/** enum record_kind (RECORD_*). */
export const RecordKind = {
	Datapath: 1,
	Network: 2,
	Identity: 3,
	Endpoint: 4,
	Policy: 5,
	Uplink: 6,
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];
/** By value: names as in C, without RECORD_. */
export const recordKindNames: Names = {
	1: 'DATAPATH',
	2: 'NETWORK',
	3: 'IDENTITY',
	4: 'ENDPOINT',
	5: 'POLICY',
	6: 'UPLINK',
};

/** enum reserved_identity (IDENTITY_*). */
export const ReservedIdentity = {
	Unknown: 0,
	Host: 1,
	World: 2,
	Unmanaged: 3,
	Health: 4,
	Init: 5,
	RemoteNode: 6,
	KubeApiserver: 7,
	Ingress: 8,
	WorldIpv4: 9,
	WorldIpv6: 10,
} as const;
export type ReservedIdentity = (typeof ReservedIdentity)[keyof typeof ReservedIdentity];
/** By value: names as in C, without IDENTITY_. */
export const reservedIdentityNames: Names = {
	0: 'UNKNOWN',
	1: 'HOST',
	2: 'WORLD',
	3: 'UNMANAGED',
	4: 'HEALTH',
	5: 'INIT',
	6: 'REMOTE_NODE',
	7: 'KUBE_APISERVER',
	8: 'INGRESS',
	9: 'WORLD_IPV4',
	10: 'WORLD_IPV6',
};

/** enum rule_flag (RULE_*). */
export const RuleFlag = {
	Audited: 1,
	Soft: 2,
} as const;
export type RuleFlag = (typeof RuleFlag)[keyof typeof RuleFlag];
/** By value: names as in C, without RULE_. */
export const ruleFlagNames: Names = {
	1: 'AUDITED',
	2: 'SOFT',
};

/** enum simulated_action (SIMULATED_*). */
export const SimulatedAction = {
	Drop: 0,
	ToEndpoint: 1,
	ToHost: 2,
	Reply: 3,
	ToUplink: 4,
	ToProxy: 5,
} as const;
export type SimulatedAction = (typeof SimulatedAction)[keyof typeof SimulatedAction];
/** By value: names as in C, without SIMULATED_. */
export const simulatedActionNames: Names = {
	0: 'DROP',
	1: 'TO_ENDPOINT',
	2: 'TO_HOST',
	3: 'REPLY',
	4: 'TO_UPLINK',
	5: 'TO_PROXY',
};

/** enum slow_cause (SLOW_*). */
export const SlowCause = {
	Closing: 1,
	TraceFrom: 2,
	TraceTo: 4,
	TraceInterval: 8,
} as const;
export type SlowCause = (typeof SlowCause)[keyof typeof SlowCause];
/** By value: names as in C, without SLOW_. */
export const slowCauseNames: Names = {
	1: 'CLOSING',
	2: 'TRACE_FROM',
	4: 'TRACE_TO',
	8: 'TRACE_INTERVAL',
};

/** enum trace_point (TRACE_*). */
export const TracePoint = {
	From: 1,
	To: 2,
} as const;
export type TracePoint = (typeof TracePoint)[keyof typeof TracePoint];
/** By value: names as in C, without TRACE_. */
export const tracePointNames: Names = {
	1: 'FROM',
	2: 'TO',
};

/** enum verdict (VERDICT_*). */
export const Verdict = {
	NotEnforced: 0,
	Allowed: 1,
	Denied: 2,
	Audited: 3,
	NotEvaluated: 4,
	Redirected: 5,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];
/** By value: names as in C, without VERDICT_. */
export const verdictNames: Names = {
	0: 'NOT_ENFORCED',
	1: 'ALLOWED',
	2: 'DENIED',
	3: 'AUDITED',
	4: 'NOT_EVALUATED',
	5: 'REDIRECTED',
};

/** struct address, 8 bytes. */
export interface Address {
	/** `u32` at 0. */
	readonly identity: number;
	/** EndpointId on this node, or 0. `u32` at 4. */
	readonly endpoint: number;
}

export const addressCodec: Codec<Address> = codec({
	name: 'address',
	size: 8,
	read: (view, offset) => ({
		identity: view.getUint32(offset, true),
		endpoint: view.getUint32(offset + 4, true),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.identity, true);
		view.setUint32(offset + 4, value.endpoint, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const addressOffsets = {
	identity: 0,
	endpoint: 4,
} as const;

/** struct address_key, 20 bytes. */
export interface AddressKey {
	/** `u16` at 0. */
	readonly network: number;
	/** 4 or 6. `u8` at 2. */
	readonly family: number;
	/** `u8[16]` at 4. */
	readonly address: Uint8Array;
}

export const addressKeyCodec: Codec<AddressKey> = codec({
	name: 'address_key',
	size: 20,
	read: (view, offset) => ({
		network: view.getUint16(offset, true),
		family: view.getUint8(offset + 2),
		address: readBytes(view, offset + 4, 16),
	}),
	write(view, offset, value) {
		view.setUint16(offset, value.network, true);
		view.setUint8(offset + 2, value.family);
		zero(view, offset + 3, 1);
		writeBytes(view, offset + 4, 16, value.address, 'address_key.address');
	},
});

/** Where the fields begin, for readers that want one field only. */
export const addressKeyOffsets = {
	network: 0,
	family: 2,
	address: 4,
} as const;

/** struct cidr, 8 bytes. */
export interface Cidr {
	/** `u32` at 0. */
	readonly identity: number;
	/** 1: a policy document named it; 0: assigned by hand. The datapath does not ask. `u8` at 4. */
	readonly byPolicy: number;
}

export const cidrCodec: Codec<Cidr> = codec({
	name: 'cidr',
	size: 8,
	read: (view, offset) => ({
		identity: view.getUint32(offset, true),
		byPolicy: view.getUint8(offset + 4),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.identity, true);
		view.setUint8(offset + 4, value.byPolicy);
		zero(view, offset + 5, 3);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const cidrOffsets = {
	identity: 0,
	byPolicy: 4,
} as const;

/** struct cidr_key, 24 bytes. */
export interface CidrKey {
	/** `u32` at 0. */
	readonly prefixlen: number;
	/** `u16` at 4. */
	readonly network: number;
	/** `u8` at 6. */
	readonly family: number;
	/** `u8[16]` at 8. */
	readonly address: Uint8Array;
}

export const cidrKeyCodec: Codec<CidrKey> = codec({
	name: 'cidr_key',
	size: 24,
	read: (view, offset) => ({
		prefixlen: view.getUint32(offset, true),
		network: view.getUint16(offset + 4, true),
		family: view.getUint8(offset + 6),
		address: readBytes(view, offset + 8, 16),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.prefixlen, true);
		view.setUint16(offset + 4, value.network, true);
		view.setUint8(offset + 6, value.family);
		zero(view, offset + 7, 1);
		writeBytes(view, offset + 8, 16, value.address, 'cidr_key.address');
	},
});

/** Where the fields begin, for readers that want one field only. */
export const cidrKeyOffsets = {
	prefixlen: 0,
	network: 4,
	family: 6,
	address: 8,
} as const;

/** struct clock, 16 bytes. */
export interface Clock {
	/** `u64` at 0. */
	readonly jiffies: bigint;
	/** `u64` at 8. */
	readonly monotonicNs: bigint;
}

export const clockCodec: Codec<Clock> = codec({
	name: 'clock',
	size: 16,
	read: (view, offset) => ({
		jiffies: view.getBigUint64(offset, true),
		monotonicNs: view.getBigUint64(offset + 8, true),
	}),
	write(view, offset, value) {
		view.setBigUint64(offset, value.jiffies, true);
		view.setBigUint64(offset + 8, value.monotonicNs, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const clockOffsets = {
	jiffies: 0,
	monotonicNs: 8,
} as const;

/** struct control, 48 bytes. */
export interface Control {
	/** Never 0. `u32` at 0. */
	readonly epoch: number;
	/** `u32` at 4. */
	readonly timeoutTcpSyn: number;
	/** `u32` at 8. */
	readonly timeoutTcpEstablished: number;
	/** `u32` at 12. */
	readonly timeoutTcpClosing: number;
	/** `u32` at 16. */
	readonly timeoutAny: number;
	/** Drop events that a CPU may put in the ring in one tick. `u32` at 20. */
	readonly dropEventsPerTick: number;
	/** Networks that have an L7 proxy. 0: no conversation has two legs. `u32` at 24. */
	readonly proxiedNetworks: number;
	/** AGGREGATION_MEDIUM's interval. `u32` at 28. */
	readonly aggregationTicks: number;
	/** {@link Aggregation}: no endpoint tells more. The datapath lowers it as the ring fills, its reader raises it again. `u32` at 32. */
	readonly aggregationLimit: number;
	/** When the ring was last filling. `u32` at 36. */
	readonly pressedTick: number;
	/** 0: every endpoint has its packets told least, each of them; nothing is to be planned. `u32` at 40. */
	readonly tracing: number;
	/** Second of CLOCK_MONOTONIC in which a thread of the L7 proxy last took its turn. `u32` at 44. */
	readonly proxyBeat: number;
}

export const controlCodec: Codec<Control> = codec({
	name: 'control',
	size: 48,
	read: (view, offset) => ({
		epoch: view.getUint32(offset, true),
		timeoutTcpSyn: view.getUint32(offset + 4, true),
		timeoutTcpEstablished: view.getUint32(offset + 8, true),
		timeoutTcpClosing: view.getUint32(offset + 12, true),
		timeoutAny: view.getUint32(offset + 16, true),
		dropEventsPerTick: view.getUint32(offset + 20, true),
		proxiedNetworks: view.getUint32(offset + 24, true),
		aggregationTicks: view.getUint32(offset + 28, true),
		aggregationLimit: view.getUint32(offset + 32, true),
		pressedTick: view.getUint32(offset + 36, true),
		tracing: view.getUint32(offset + 40, true),
		proxyBeat: view.getUint32(offset + 44, true),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.epoch, true);
		view.setUint32(offset + 4, value.timeoutTcpSyn, true);
		view.setUint32(offset + 8, value.timeoutTcpEstablished, true);
		view.setUint32(offset + 12, value.timeoutTcpClosing, true);
		view.setUint32(offset + 16, value.timeoutAny, true);
		view.setUint32(offset + 20, value.dropEventsPerTick, true);
		view.setUint32(offset + 24, value.proxiedNetworks, true);
		view.setUint32(offset + 28, value.aggregationTicks, true);
		view.setUint32(offset + 32, value.aggregationLimit, true);
		view.setUint32(offset + 36, value.pressedTick, true);
		view.setUint32(offset + 40, value.tracing, true);
		view.setUint32(offset + 44, value.proxyBeat, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const controlOffsets = {
	epoch: 0,
	timeoutTcpSyn: 4,
	timeoutTcpEstablished: 8,
	timeoutTcpClosing: 12,
	timeoutAny: 16,
	dropEventsPerTick: 20,
	proxiedNetworks: 24,
	aggregationTicks: 28,
	aggregationLimit: 32,
	pressedTick: 36,
	tracing: 40,
	proxyBeat: 44,
} as const;

/** struct counters, 72 bytes. */
export interface Counters {
	/** By {@link Direction}: [1] sent by pods, [0] handed to them by the host. `u64[2]` at 0. */
	readonly forwardedPackets: readonly [bigint, bigint];
	/** `u64[2]` at 16. */
	readonly forwardedBytes: readonly [bigint, bigint];
	/** The ring was full. `u64` at 32. */
	readonly lost: bigint;
	/** Drop events over the rate limit; the drops themselves are counted. `u64` at 40. */
	readonly suppressed: bigint;
	/** Drops that found no free entry in `drops`. `u64` at 48. */
	readonly uncountedDrops: bigint;
	/** Packets of which less was told than their endpoints ask for: the ring was filling. `u64` at 56. */
	readonly aggregated: bigint;
	/** `u32` at 64. */
	readonly tick: number;
	/** `u32` at 68. */
	readonly used: number;
}

export const countersCodec: Codec<Counters> = codec({
	name: 'counters',
	size: 72,
	read: (view, offset) => ({
		forwardedPackets: [view.getBigUint64(offset, true), view.getBigUint64(offset + 1 * 8, true)],
		forwardedBytes: [view.getBigUint64(offset + 16, true), view.getBigUint64(offset + 16 + 1 * 8, true)],
		lost: view.getBigUint64(offset + 32, true),
		suppressed: view.getBigUint64(offset + 40, true),
		uncountedDrops: view.getBigUint64(offset + 48, true),
		aggregated: view.getBigUint64(offset + 56, true),
		tick: view.getUint32(offset + 64, true),
		used: view.getUint32(offset + 68, true),
	}),
	write(view, offset, value) {
		view.setBigUint64(offset, value.forwardedPackets[0], true);
		view.setBigUint64(offset + 1 * 8, value.forwardedPackets[1], true);
		view.setBigUint64(offset + 16, value.forwardedBytes[0], true);
		view.setBigUint64(offset + 16 + 1 * 8, value.forwardedBytes[1], true);
		view.setBigUint64(offset + 32, value.lost, true);
		view.setBigUint64(offset + 40, value.suppressed, true);
		view.setBigUint64(offset + 48, value.uncountedDrops, true);
		view.setBigUint64(offset + 56, value.aggregated, true);
		view.setUint32(offset + 64, value.tick, true);
		view.setUint32(offset + 68, value.used, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const countersOffsets = {
	forwardedPackets: 0,
	forwardedBytes: 16,
	lost: 32,
	suppressed: 40,
	uncountedDrops: 48,
	aggregated: 56,
	tick: 64,
	used: 68,
} as const;

/** struct drop_key, 4 bytes. */
export interface DropKey {
	/** `u16` at 0. */
	readonly endpoint: number;
	/** `u8` at 2. */
	readonly direction: number;
	/** `u8` at 3. */
	readonly reason: number;
}

export const dropKeyCodec: Codec<DropKey> = codec({
	name: 'drop_key',
	size: 4,
	read: (view, offset) => ({
		endpoint: view.getUint16(offset, true),
		direction: view.getUint8(offset + 2),
		reason: view.getUint8(offset + 3),
	}),
	write(view, offset, value) {
		view.setUint16(offset, value.endpoint, true);
		view.setUint8(offset + 2, value.direction);
		view.setUint8(offset + 3, value.reason);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const dropKeyOffsets = {
	endpoint: 0,
	direction: 2,
	reason: 3,
} as const;

/** struct endpoint, 64 bytes. */
export interface Endpoint {
	/** Host-side interface; 0: no endpoint in this slot. `u32` at 0. */
	readonly ifindex: number;
	/** `u32` at 4. */
	readonly identity: number;
	/** Index into policy_sets. `u32` at 8. */
	readonly policySet: number;
	/** `u16` at 12. */
	readonly network: number;
	/** {@link Enforcement}. `u8` at 14. */
	readonly enforcement: number;
	/** 1: what policy denies is forwarded and reported. `u8` at 15. */
	readonly audit: number;
	/** The pod's. `u8[6]` at 16. */
	readonly mac: Uint8Array;
	/** The host side's: the gateway, as the pod sees it. `u8[6]` at 22. */
	readonly hostMac: Uint8Array;
	/** Bytes, without the Ethernet header. `u32` at 28. */
	readonly mtu: number;
	/** First IPv4 address, or 0. `be32` at 32, network byte order in memory. */
	readonly ipv4: number;
	/** {@link Aggregation}. `u8` at 36. */
	readonly aggregation: number;
	/** One of so many packets is told, weighted; 0 and 1: each. `u16` at 38. */
	readonly sampling: number;
	/** First IPv6 address, or ::. `u8[16]` at 40. */
	readonly ipv6: Uint8Array;
}

export const endpointCodec: Codec<Endpoint> = codec({
	name: 'endpoint',
	size: 64,
	read: (view, offset) => ({
		ifindex: view.getUint32(offset, true),
		identity: view.getUint32(offset + 4, true),
		policySet: view.getUint32(offset + 8, true),
		network: view.getUint16(offset + 12, true),
		enforcement: view.getUint8(offset + 14),
		audit: view.getUint8(offset + 15),
		mac: readBytes(view, offset + 16, 6),
		hostMac: readBytes(view, offset + 22, 6),
		mtu: view.getUint32(offset + 28, true),
		ipv4: view.getUint32(offset + 32, false),
		aggregation: view.getUint8(offset + 36),
		sampling: view.getUint16(offset + 38, true),
		ipv6: readBytes(view, offset + 40, 16),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.ifindex, true);
		view.setUint32(offset + 4, value.identity, true);
		view.setUint32(offset + 8, value.policySet, true);
		view.setUint16(offset + 12, value.network, true);
		view.setUint8(offset + 14, value.enforcement);
		view.setUint8(offset + 15, value.audit);
		writeBytes(view, offset + 16, 6, value.mac, 'endpoint.mac');
		writeBytes(view, offset + 22, 6, value.hostMac, 'endpoint.host_mac');
		view.setUint32(offset + 28, value.mtu, true);
		view.setUint32(offset + 32, value.ipv4, false);
		view.setUint8(offset + 36, value.aggregation);
		zero(view, offset + 37, 1);
		view.setUint16(offset + 38, value.sampling, true);
		writeBytes(view, offset + 40, 16, value.ipv6, 'endpoint.ipv6');
		zero(view, offset + 56, 8);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const endpointOffsets = {
	ifindex: 0,
	identity: 4,
	policySet: 8,
	network: 12,
	enforcement: 14,
	audit: 15,
	mac: 16,
	hostMac: 22,
	mtu: 28,
	ipv4: 32,
	aggregation: 36,
	sampling: 38,
	ipv6: 40,
} as const;

/** struct endpoint_counters, 32 bytes. */
export interface EndpointCounters {
	/** DROP_POLICY_DENIED. `u64[2]` at 0. */
	readonly policyDenied: readonly [bigint, bigint];
	/** DROP_POLICY_DENIED_BY_DENYLIST. `u64[2]` at 16. */
	readonly policyDeniedByDenylist: readonly [bigint, bigint];
}

export const endpointCountersCodec: Codec<EndpointCounters> = codec({
	name: 'endpoint_counters',
	size: 32,
	read: (view, offset) => ({
		policyDenied: [view.getBigUint64(offset, true), view.getBigUint64(offset + 1 * 8, true)],
		policyDeniedByDenylist: [view.getBigUint64(offset + 16, true), view.getBigUint64(offset + 16 + 1 * 8, true)],
	}),
	write(view, offset, value) {
		view.setBigUint64(offset, value.policyDenied[0], true);
		view.setBigUint64(offset + 1 * 8, value.policyDenied[1], true);
		view.setBigUint64(offset + 16, value.policyDeniedByDenylist[0], true);
		view.setBigUint64(offset + 16 + 1 * 8, value.policyDeniedByDenylist[1], true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const endpointCountersOffsets = {
	policyDenied: 0,
	policyDeniedByDenylist: 16,
} as const;

/** struct event, 128 bytes. */
export interface Event {
	/** CLOCK_MONOTONIC. `u64` at 0. */
	readonly timeNs: bigint;
	/** {@link EventType}. `u8` at 8. */
	readonly type: number;
	/** {@link DropReason}, or 0. `u8` at 9. */
	readonly reason: number;
	/** {@link Direction}: on whose side it was dropped; of a trace, decided. `u8` at 10. */
	readonly direction: number;
	/** `u8` at 11. */
	readonly protocol: number;
	/** `u16` at 12. */
	readonly network: number;
	/** 4, 6, or 0 where the frame is not IP. `u8` at 14. */
	readonly family: number;
	/** `u8` at 15. */
	readonly tcpFlags: number;
	/** `u32` at 16. */
	readonly sourceIdentity: number;
	/** `u32` at 20. */
	readonly destinationIdentity: number;
	/** EndpointId, or 0. `u16` at 24. */
	readonly sourceEndpoint: number;
	/** `u16` at 26. */
	readonly destinationEndpoint: number;
	/** `be16` at 28, network byte order in memory. */
	readonly sourcePort: number;
	/** ICMP: type << 8 | code. `be16` at 30, network byte order in memory. */
	readonly destinationPort: number;
	/** `u8[16]` at 32. */
	readonly sourceAddress: Uint8Array;
	/** `u8[16]` at 48. */
	readonly destinationAddress: Uint8Array;
	/** `u32` at 64. */
	readonly egressCookie: number;
	/** `u32` at 68. */
	readonly ingressCookie: number;
	/** {@link Verdict}: of the source's policy. `u8` at 72. */
	readonly egressVerdict: number;
	/** {@link Verdict}: of the destination's policy. `u8` at 73. */
	readonly ingressVerdict: number;
	/** {@link FlowEndCause}. `u8` at 74. */
	readonly endCause: number;
	/** {@link EventFlag}. `u8` at 75. */
	readonly flags: number;
	/** Bytes of the frame that caused the event. `u32` at 76. */
	readonly length: number;
	/** Flow ends: [0] from the originator, [1] replies. `u64[2]` at 80. */
	readonly packets: readonly [bigint, bigint];
	/** `u64[2]` at 96. */
	readonly bytes: readonly [bigint, bigint];
	/** Flow ends. `u64` at 112. */
	readonly startedNs: bigint;
	/** Packets that it stands for: [0] where they come from, [1] where they go; 0: that is not told. `u16[2]` at 120. */
	readonly weights: readonly [number, number];
	/** {@link TracePoint}. `u8` at 124. */
	readonly points: number;
}

export const eventCodec: Codec<Event> = codec({
	name: 'event',
	size: 128,
	read: (view, offset) => ({
		timeNs: view.getBigUint64(offset, true),
		type: view.getUint8(offset + 8),
		reason: view.getUint8(offset + 9),
		direction: view.getUint8(offset + 10),
		protocol: view.getUint8(offset + 11),
		network: view.getUint16(offset + 12, true),
		family: view.getUint8(offset + 14),
		tcpFlags: view.getUint8(offset + 15),
		sourceIdentity: view.getUint32(offset + 16, true),
		destinationIdentity: view.getUint32(offset + 20, true),
		sourceEndpoint: view.getUint16(offset + 24, true),
		destinationEndpoint: view.getUint16(offset + 26, true),
		sourcePort: view.getUint16(offset + 28, false),
		destinationPort: view.getUint16(offset + 30, false),
		sourceAddress: readBytes(view, offset + 32, 16),
		destinationAddress: readBytes(view, offset + 48, 16),
		egressCookie: view.getUint32(offset + 64, true),
		ingressCookie: view.getUint32(offset + 68, true),
		egressVerdict: view.getUint8(offset + 72),
		ingressVerdict: view.getUint8(offset + 73),
		endCause: view.getUint8(offset + 74),
		flags: view.getUint8(offset + 75),
		length: view.getUint32(offset + 76, true),
		packets: [view.getBigUint64(offset + 80, true), view.getBigUint64(offset + 80 + 1 * 8, true)],
		bytes: [view.getBigUint64(offset + 96, true), view.getBigUint64(offset + 96 + 1 * 8, true)],
		startedNs: view.getBigUint64(offset + 112, true),
		weights: [view.getUint16(offset + 120, true), view.getUint16(offset + 120 + 1 * 2, true)],
		points: view.getUint8(offset + 124),
	}),
	write(view, offset, value) {
		view.setBigUint64(offset, value.timeNs, true);
		view.setUint8(offset + 8, value.type);
		view.setUint8(offset + 9, value.reason);
		view.setUint8(offset + 10, value.direction);
		view.setUint8(offset + 11, value.protocol);
		view.setUint16(offset + 12, value.network, true);
		view.setUint8(offset + 14, value.family);
		view.setUint8(offset + 15, value.tcpFlags);
		view.setUint32(offset + 16, value.sourceIdentity, true);
		view.setUint32(offset + 20, value.destinationIdentity, true);
		view.setUint16(offset + 24, value.sourceEndpoint, true);
		view.setUint16(offset + 26, value.destinationEndpoint, true);
		view.setUint16(offset + 28, value.sourcePort, false);
		view.setUint16(offset + 30, value.destinationPort, false);
		writeBytes(view, offset + 32, 16, value.sourceAddress, 'event.source_address');
		writeBytes(view, offset + 48, 16, value.destinationAddress, 'event.destination_address');
		view.setUint32(offset + 64, value.egressCookie, true);
		view.setUint32(offset + 68, value.ingressCookie, true);
		view.setUint8(offset + 72, value.egressVerdict);
		view.setUint8(offset + 73, value.ingressVerdict);
		view.setUint8(offset + 74, value.endCause);
		view.setUint8(offset + 75, value.flags);
		view.setUint32(offset + 76, value.length, true);
		view.setBigUint64(offset + 80, value.packets[0], true);
		view.setBigUint64(offset + 80 + 1 * 8, value.packets[1], true);
		view.setBigUint64(offset + 96, value.bytes[0], true);
		view.setBigUint64(offset + 96 + 1 * 8, value.bytes[1], true);
		view.setBigUint64(offset + 112, value.startedNs, true);
		view.setUint16(offset + 120, value.weights[0], true);
		view.setUint16(offset + 120 + 1 * 2, value.weights[1], true);
		view.setUint8(offset + 124, value.points);
		zero(view, offset + 125, 3);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const eventOffsets = {
	timeNs: 0,
	type: 8,
	reason: 9,
	direction: 10,
	protocol: 11,
	network: 12,
	family: 14,
	tcpFlags: 15,
	sourceIdentity: 16,
	destinationIdentity: 20,
	sourceEndpoint: 24,
	destinationEndpoint: 26,
	sourcePort: 28,
	destinationPort: 30,
	sourceAddress: 32,
	destinationAddress: 48,
	egressCookie: 64,
	ingressCookie: 68,
	egressVerdict: 72,
	ingressVerdict: 73,
	endCause: 74,
	flags: 75,
	length: 76,
	packets: 80,
	bytes: 96,
	startedNs: 112,
	weights: 120,
	points: 124,
} as const;

/** struct flow_half, 32 bytes. */
export interface FlowHalf {
	/** epoch << 32 | target EndpointId << 16 | source EndpointId; 0: judge again. Id 0 is the host, {@link Hop} are uplinks. `u64` at 0. */
	readonly forward: bigint;
	/** `u64` at 8. */
	readonly packets: bigint;
	/** Ethernet frames, as sent. `u64` at 16. */
	readonly bytes: bigint;
	/** jiffies >> 4: a tick is 16 ms at HZ=1000, 64 ms at 250, 160 ms at 100. `u32` at 24. */
	readonly lastSeen: number;
	/** {@link SlowCause}. `u8` at 28. */
	readonly slow: number;
	/** All flags seen. `u8` at 29. */
	readonly tcpFlags: number;
	/** Low bits of the tick in which a packet was last told. `u16` at 30. */
	readonly reported: number;
}

export const flowHalfCodec: Codec<FlowHalf> = codec({
	name: 'flow_half',
	size: 32,
	read: (view, offset) => ({
		forward: view.getBigUint64(offset, true),
		packets: view.getBigUint64(offset + 8, true),
		bytes: view.getBigUint64(offset + 16, true),
		lastSeen: view.getUint32(offset + 24, true),
		slow: view.getUint8(offset + 28),
		tcpFlags: view.getUint8(offset + 29),
		reported: view.getUint16(offset + 30, true),
	}),
	write(view, offset, value) {
		view.setBigUint64(offset, value.forward, true);
		view.setBigUint64(offset + 8, value.packets, true);
		view.setBigUint64(offset + 16, value.bytes, true);
		view.setUint32(offset + 24, value.lastSeen, true);
		view.setUint8(offset + 28, value.slow);
		view.setUint8(offset + 29, value.tcpFlags);
		view.setUint16(offset + 30, value.reported, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const flowHalfOffsets = {
	forward: 0,
	packets: 8,
	bytes: 16,
	lastSeen: 24,
	slow: 28,
	tcpFlags: 29,
	reported: 30,
} as const;

/** struct flow, 128 bytes. */
export interface Flow {
	/** `struct flow_half` at 0. */
	readonly fromLow: FlowHalf;
	/** CLOCK_MONOTONIC. `u64` at 32. */
	readonly startedNs: bigint;
	/** `u32` at 40. */
	readonly lowIdentity: number;
	/** `u32` at 44. */
	readonly highIdentity: number;
	/** `u32` at 48. */
	readonly egressCookie: number;
	/** `u32` at 52. */
	readonly ingressCookie: number;
	/** What the outside knows the pod by; 0: its own, or not known yet. `be16` at 56, network byte order in memory. */
	readonly masqueradePort: number;
	/** `struct flow_half` at 64. */
	readonly fromHigh: FlowHalf;
	/** {@link FlowState}. `u8` at 96. */
	readonly state: number;
	/** 0: low spoke first, 1: high did. `u8` at 97. */
	readonly originator: number;
	/** 1: picked up from a TCP packet without SYN; replies are judged on their own, but where `proxied`. `u8` at 98. */
	readonly midstream: number;
	/** As what it counts: {@link PairVerdict} << 1 | {@link Direction}; with PAIR_UNCOUNTED, not. `u8` at 99. */
	readonly pair: number;
	/** `u16` at 100. */
	readonly lowEndpoint: number;
	/** `u16` at 102. */
	readonly highEndpoint: number;
	/** 1: its end has been reported. `u32` at 104. */
	readonly ended: number;
	/** 1: the L7 proxy was in it when it was picked up, so who began is known. `u8` at 108. */
	readonly proxied: number;
}

export const flowCodec: Codec<Flow> = codec({
	name: 'flow',
	size: 128,
	read: (view, offset) => ({
		fromLow: flowHalfCodec.read(view, offset),
		startedNs: view.getBigUint64(offset + 32, true),
		lowIdentity: view.getUint32(offset + 40, true),
		highIdentity: view.getUint32(offset + 44, true),
		egressCookie: view.getUint32(offset + 48, true),
		ingressCookie: view.getUint32(offset + 52, true),
		masqueradePort: view.getUint16(offset + 56, false),
		fromHigh: flowHalfCodec.read(view, offset + 64),
		state: view.getUint8(offset + 96),
		originator: view.getUint8(offset + 97),
		midstream: view.getUint8(offset + 98),
		pair: view.getUint8(offset + 99),
		lowEndpoint: view.getUint16(offset + 100, true),
		highEndpoint: view.getUint16(offset + 102, true),
		ended: view.getUint32(offset + 104, true),
		proxied: view.getUint8(offset + 108),
	}),
	write(view, offset, value) {
		flowHalfCodec.write(view, offset, value.fromLow);
		view.setBigUint64(offset + 32, value.startedNs, true);
		view.setUint32(offset + 40, value.lowIdentity, true);
		view.setUint32(offset + 44, value.highIdentity, true);
		view.setUint32(offset + 48, value.egressCookie, true);
		view.setUint32(offset + 52, value.ingressCookie, true);
		view.setUint16(offset + 56, value.masqueradePort, false);
		zero(view, offset + 58, 6);
		flowHalfCodec.write(view, offset + 64, value.fromHigh);
		view.setUint8(offset + 96, value.state);
		view.setUint8(offset + 97, value.originator);
		view.setUint8(offset + 98, value.midstream);
		view.setUint8(offset + 99, value.pair);
		view.setUint16(offset + 100, value.lowEndpoint, true);
		view.setUint16(offset + 102, value.highEndpoint, true);
		view.setUint32(offset + 104, value.ended, true);
		view.setUint8(offset + 108, value.proxied);
		zero(view, offset + 109, 19);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const flowOffsets = {
	fromLow: 0,
	startedNs: 32,
	lowIdentity: 40,
	highIdentity: 44,
	egressCookie: 48,
	ingressCookie: 52,
	masqueradePort: 56,
	fromHigh: 64,
	state: 96,
	originator: 97,
	midstream: 98,
	pair: 99,
	lowEndpoint: 100,
	highEndpoint: 102,
	ended: 104,
	proxied: 108,
} as const;

/** struct flow4_key, 16 bytes. */
export interface Flow4Key {
	/** `be32` at 0, network byte order in memory. */
	readonly lowAddress: number;
	/** `be32` at 4, network byte order in memory. */
	readonly highAddress: number;
	/** `be16` at 8, network byte order in memory. */
	readonly lowPort: number;
	/** `be16` at 10, network byte order in memory. */
	readonly highPort: number;
	/** `u16` at 12. */
	readonly network: number;
	/** `u8` at 14. */
	readonly protocol: number;
	/** {@link FlowLeg}. `u8` at 15. */
	readonly leg: number;
}

export const flow4KeyCodec: Codec<Flow4Key> = codec({
	name: 'flow4_key',
	size: 16,
	read: (view, offset) => ({
		lowAddress: view.getUint32(offset, false),
		highAddress: view.getUint32(offset + 4, false),
		lowPort: view.getUint16(offset + 8, false),
		highPort: view.getUint16(offset + 10, false),
		network: view.getUint16(offset + 12, true),
		protocol: view.getUint8(offset + 14),
		leg: view.getUint8(offset + 15),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.lowAddress, false);
		view.setUint32(offset + 4, value.highAddress, false);
		view.setUint16(offset + 8, value.lowPort, false);
		view.setUint16(offset + 10, value.highPort, false);
		view.setUint16(offset + 12, value.network, true);
		view.setUint8(offset + 14, value.protocol);
		view.setUint8(offset + 15, value.leg);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const flow4KeyOffsets = {
	lowAddress: 0,
	highAddress: 4,
	lowPort: 8,
	highPort: 10,
	network: 12,
	protocol: 14,
	leg: 15,
} as const;

/** struct flow6_key, 40 bytes. */
export interface Flow6Key {
	/** `u8[16]` at 0. */
	readonly lowAddress: Uint8Array;
	/** `u8[16]` at 16. */
	readonly highAddress: Uint8Array;
	/** `be16` at 32, network byte order in memory. */
	readonly lowPort: number;
	/** `be16` at 34, network byte order in memory. */
	readonly highPort: number;
	/** `u16` at 36. */
	readonly network: number;
	/** `u8` at 38. */
	readonly protocol: number;
	/** {@link FlowLeg}. `u8` at 39. */
	readonly leg: number;
}

export const flow6KeyCodec: Codec<Flow6Key> = codec({
	name: 'flow6_key',
	size: 40,
	read: (view, offset) => ({
		lowAddress: readBytes(view, offset, 16),
		highAddress: readBytes(view, offset + 16, 16),
		lowPort: view.getUint16(offset + 32, false),
		highPort: view.getUint16(offset + 34, false),
		network: view.getUint16(offset + 36, true),
		protocol: view.getUint8(offset + 38),
		leg: view.getUint8(offset + 39),
	}),
	write(view, offset, value) {
		writeBytes(view, offset, 16, value.lowAddress, 'flow6_key.low_address');
		writeBytes(view, offset + 16, 16, value.highAddress, 'flow6_key.high_address');
		view.setUint16(offset + 32, value.lowPort, false);
		view.setUint16(offset + 34, value.highPort, false);
		view.setUint16(offset + 36, value.network, true);
		view.setUint8(offset + 38, value.protocol);
		view.setUint8(offset + 39, value.leg);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const flow6KeyOffsets = {
	lowAddress: 0,
	highAddress: 16,
	lowPort: 32,
	highPort: 34,
	network: 36,
	protocol: 38,
	leg: 39,
} as const;

/** struct fragment, 4 bytes. */
export interface Fragment {
	/** `be16` at 0, network byte order in memory. */
	readonly sourcePort: number;
	/** `be16` at 2, network byte order in memory. */
	readonly destinationPort: number;
}

export const fragmentCodec: Codec<Fragment> = codec({
	name: 'fragment',
	size: 4,
	read: (view, offset) => ({
		sourcePort: view.getUint16(offset, false),
		destinationPort: view.getUint16(offset + 2, false),
	}),
	write(view, offset, value) {
		view.setUint16(offset, value.sourcePort, false);
		view.setUint16(offset + 2, value.destinationPort, false);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const fragmentOffsets = {
	sourcePort: 0,
	destinationPort: 2,
} as const;

/** struct fragment_key, 40 bytes. */
export interface FragmentKey {
	/** `u8[16]` at 0. */
	readonly source: Uint8Array;
	/** `u8[16]` at 16. */
	readonly destination: Uint8Array;
	/** `u32` at 32. */
	readonly id: number;
	/** `u16` at 36. */
	readonly network: number;
	/** `u8` at 38. */
	readonly protocol: number;
	/** `u8` at 39. */
	readonly family: number;
}

export const fragmentKeyCodec: Codec<FragmentKey> = codec({
	name: 'fragment_key',
	size: 40,
	read: (view, offset) => ({
		source: readBytes(view, offset, 16),
		destination: readBytes(view, offset + 16, 16),
		id: view.getUint32(offset + 32, true),
		network: view.getUint16(offset + 36, true),
		protocol: view.getUint8(offset + 38),
		family: view.getUint8(offset + 39),
	}),
	write(view, offset, value) {
		writeBytes(view, offset, 16, value.source, 'fragment_key.source');
		writeBytes(view, offset + 16, 16, value.destination, 'fragment_key.destination');
		view.setUint32(offset + 32, value.id, true);
		view.setUint16(offset + 36, value.network, true);
		view.setUint8(offset + 38, value.protocol);
		view.setUint8(offset + 39, value.family);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const fragmentKeyOffsets = {
	source: 0,
	destination: 16,
	id: 32,
	network: 36,
	protocol: 38,
	family: 39,
} as const;

/** struct host_address, 4 bytes. */
export interface HostAddress {
	/** `u32` at 0. */
	readonly identity: number;
}

export const hostAddressCodec: Codec<HostAddress> = codec({
	name: 'host_address',
	size: 4,
	read: (view, offset) => ({
		identity: view.getUint32(offset, true),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.identity, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const hostAddressOffsets = {
	identity: 0,
} as const;

/** struct host_address_key, 20 bytes. */
export interface HostAddressKey {
	/** 4 or 6. `u8` at 0. */
	readonly family: number;
	/** `u8[16]` at 4. */
	readonly address: Uint8Array;
}

export const hostAddressKeyCodec: Codec<HostAddressKey> = codec({
	name: 'host_address_key',
	size: 20,
	read: (view, offset) => ({
		family: view.getUint8(offset),
		address: readBytes(view, offset + 4, 16),
	}),
	write(view, offset, value) {
		view.setUint8(offset, value.family);
		zero(view, offset + 1, 3);
		writeBytes(view, offset + 4, 16, value.address, 'host_address_key.address');
	},
});

/** Where the fields begin, for readers that want one field only. */
export const hostAddressKeyOffsets = {
	family: 0,
	address: 4,
} as const;

/** struct ifindex_slot, 16 bytes. */
export interface IfindexSlot {
	/** Host-side interface; 0: free. `u32` at 0. */
	readonly ifindex: number;
	/** EndpointId. `u16` at 4. */
	readonly endpoint: number;
	/** `u16` at 6. */
	readonly network: number;
	/** The pod's. `u8[6]` at 8. */
	readonly mac: Uint8Array;
}

export const ifindexSlotCodec: Codec<IfindexSlot> = codec({
	name: 'ifindex_slot',
	size: 16,
	read: (view, offset) => ({
		ifindex: view.getUint32(offset, true),
		endpoint: view.getUint16(offset + 4, true),
		network: view.getUint16(offset + 6, true),
		mac: readBytes(view, offset + 8, 6),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.ifindex, true);
		view.setUint16(offset + 4, value.endpoint, true);
		view.setUint16(offset + 6, value.network, true);
		writeBytes(view, offset + 8, 6, value.mac, 'ifindex_slot.mac');
		zero(view, offset + 14, 2);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const ifindexSlotOffsets = {
	ifindex: 0,
	endpoint: 4,
	network: 6,
	mac: 8,
} as const;

/** struct masquerade, 20 bytes. */
export interface Masquerade {
	/** The pod's. `u8[16]` at 0. */
	readonly address: Uint8Array;
	/** `be16` at 16, network byte order in memory. */
	readonly port: number;
	/** `u16` at 18. */
	readonly network: number;
}

export const masqueradeCodec: Codec<Masquerade> = codec({
	name: 'masquerade',
	size: 20,
	read: (view, offset) => ({
		address: readBytes(view, offset, 16),
		port: view.getUint16(offset + 16, false),
		network: view.getUint16(offset + 18, true),
	}),
	write(view, offset, value) {
		writeBytes(view, offset, 16, value.address, 'masquerade.address');
		view.setUint16(offset + 16, value.port, false);
		view.setUint16(offset + 18, value.network, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const masqueradeOffsets = {
	address: 0,
	port: 16,
	network: 18,
} as const;

/** struct masquerade_key, 40 bytes. */
export interface MasqueradeKey {
	/** The uplink's address. `u8[16]` at 0. */
	readonly local: Uint8Array;
	/** `u8[16]` at 16. */
	readonly remote: Uint8Array;
	/** `be16` at 32, network byte order in memory. */
	readonly localPort: number;
	/** `be16` at 34, network byte order in memory. */
	readonly remotePort: number;
	/** `u8` at 36. */
	readonly protocol: number;
	/** `u8` at 37. */
	readonly family: number;
}

export const masqueradeKeyCodec: Codec<MasqueradeKey> = codec({
	name: 'masquerade_key',
	size: 40,
	read: (view, offset) => ({
		local: readBytes(view, offset, 16),
		remote: readBytes(view, offset + 16, 16),
		localPort: view.getUint16(offset + 32, false),
		remotePort: view.getUint16(offset + 34, false),
		protocol: view.getUint8(offset + 36),
		family: view.getUint8(offset + 37),
	}),
	write(view, offset, value) {
		writeBytes(view, offset, 16, value.local, 'masquerade_key.local');
		writeBytes(view, offset + 16, 16, value.remote, 'masquerade_key.remote');
		view.setUint16(offset + 32, value.localPort, false);
		view.setUint16(offset + 34, value.remotePort, false);
		view.setUint8(offset + 36, value.protocol);
		view.setUint8(offset + 37, value.family);
		zero(view, offset + 38, 2);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const masqueradeKeyOffsets = {
	local: 0,
	remote: 16,
	localPort: 32,
	remotePort: 34,
	protocol: 36,
	family: 37,
} as const;

/** struct network, 36 bytes. */
export interface Network {
	/** Source of ICMP errors; 0: 192.0.0.8 (RFC 7600). `be32` at 0, network byte order in memory. */
	readonly gatewayIpv4: number;
	/** `u8[16]` at 4. */
	readonly gatewayIpv6: Uint8Array;
	/** 1: allowed traffic to addresses of no endpoint goes to the host's routing. `u8` at 20. */
	readonly hostRouting: number;
	/** 1: an uplink serves it; they go by way of that. `u8` at 21. */
	readonly uplinks: number;
	/** Where the L7 proxy listens for connections whose rule names no port. `be16` at 22, network byte order in memory. */
	readonly proxyPort: number;
	/** Of the interface that leads to the L7 proxy; 0: there is none. `u32` at 24. */
	readonly proxyIfindex: number;
	/** The proxy's end. `u8[6]` at 28. */
	readonly proxyMac: Uint8Array;
}

export const networkCodec: Codec<Network> = codec({
	name: 'network',
	size: 36,
	read: (view, offset) => ({
		gatewayIpv4: view.getUint32(offset, false),
		gatewayIpv6: readBytes(view, offset + 4, 16),
		hostRouting: view.getUint8(offset + 20),
		uplinks: view.getUint8(offset + 21),
		proxyPort: view.getUint16(offset + 22, false),
		proxyIfindex: view.getUint32(offset + 24, true),
		proxyMac: readBytes(view, offset + 28, 6),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.gatewayIpv4, false);
		writeBytes(view, offset + 4, 16, value.gatewayIpv6, 'network.gateway_ipv6');
		view.setUint8(offset + 20, value.hostRouting);
		view.setUint8(offset + 21, value.uplinks);
		view.setUint16(offset + 22, value.proxyPort, false);
		view.setUint32(offset + 24, value.proxyIfindex, true);
		writeBytes(view, offset + 28, 6, value.proxyMac, 'network.proxy_mac');
		zero(view, offset + 34, 2);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const networkOffsets = {
	gatewayIpv4: 0,
	gatewayIpv6: 4,
	hostRouting: 20,
	uplinks: 21,
	proxyPort: 22,
	proxyIfindex: 24,
	proxyMac: 28,
} as const;

/** struct pair, 48 bytes. */
export interface Pair {
	/** Conversations. `u64` at 0. */
	readonly began: bigint;
	/** Of them, those whose end was told. `u64` at 8. */
	readonly ended: bigint;
	/** Of ended conversations: [0] from the originator, [1] replies. Drops: [0] every one. `u64[2]` at 16. */
	readonly packets: readonly [bigint, bigint];
	/** `u64[2]` at 32. */
	readonly bytes: readonly [bigint, bigint];
}

export const pairCodec: Codec<Pair> = codec({
	name: 'pair',
	size: 48,
	read: (view, offset) => ({
		began: view.getBigUint64(offset, true),
		ended: view.getBigUint64(offset + 8, true),
		packets: [view.getBigUint64(offset + 16, true), view.getBigUint64(offset + 16 + 1 * 8, true)],
		bytes: [view.getBigUint64(offset + 32, true), view.getBigUint64(offset + 32 + 1 * 8, true)],
	}),
	write(view, offset, value) {
		view.setBigUint64(offset, value.began, true);
		view.setBigUint64(offset + 8, value.ended, true);
		view.setBigUint64(offset + 16, value.packets[0], true);
		view.setBigUint64(offset + 16 + 1 * 8, value.packets[1], true);
		view.setBigUint64(offset + 32, value.bytes[0], true);
		view.setBigUint64(offset + 32 + 1 * 8, value.bytes[1], true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const pairOffsets = {
	began: 0,
	ended: 8,
	packets: 16,
	bytes: 32,
} as const;

/** struct pair_key, 12 bytes. */
export interface PairKey {
	/** `u32` at 0. */
	readonly sourceIdentity: number;
	/** `u32` at 4. */
	readonly destinationIdentity: number;
	/** `u16` at 8. */
	readonly network: number;
	/** {@link Direction}: on whose side it was decided. `u8` at 10. */
	readonly direction: number;
	/** {@link PairVerdict}. `u8` at 11. */
	readonly verdict: number;
}

export const pairKeyCodec: Codec<PairKey> = codec({
	name: 'pair_key',
	size: 12,
	read: (view, offset) => ({
		sourceIdentity: view.getUint32(offset, true),
		destinationIdentity: view.getUint32(offset + 4, true),
		network: view.getUint16(offset + 8, true),
		direction: view.getUint8(offset + 10),
		verdict: view.getUint8(offset + 11),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.sourceIdentity, true);
		view.setUint32(offset + 4, value.destinationIdentity, true);
		view.setUint16(offset + 8, value.network, true);
		view.setUint8(offset + 10, value.direction);
		view.setUint8(offset + 11, value.verdict);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const pairKeyOffsets = {
	sourceIdentity: 0,
	destinationIdentity: 4,
	network: 8,
	direction: 10,
	verdict: 11,
} as const;

/** struct peer, 4 bytes. */
export interface Peer {
	/** `u32` at 0. */
	readonly ruleClass: number;
}

export const peerCodec: Codec<Peer> = codec({
	name: 'peer',
	size: 4,
	read: (view, offset) => ({
		ruleClass: view.getUint32(offset, true),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.ruleClass, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const peerOffsets = {
	ruleClass: 0,
} as const;

/** struct peer_key, 12 bytes. */
export interface PeerKey {
	/** `u32` at 0. */
	readonly policySet: number;
	/** `u32` at 4. */
	readonly identity: number;
	/** `u8` at 8. */
	readonly direction: number;
}

export const peerKeyCodec: Codec<PeerKey> = codec({
	name: 'peer_key',
	size: 12,
	read: (view, offset) => ({
		policySet: view.getUint32(offset, true),
		identity: view.getUint32(offset + 4, true),
		direction: view.getUint8(offset + 8),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.policySet, true);
		view.setUint32(offset + 4, value.identity, true);
		view.setUint8(offset + 8, value.direction);
		zero(view, offset + 9, 3);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const peerKeyOffsets = {
	policySet: 0,
	identity: 4,
	direction: 8,
} as const;

/** struct policy_question, 84 bytes. */
export interface PolicyQuestion {
	/** A header of type 0x88b5 (IEEE 802 local experiments); not looked at. `u8[14]` at 0. */
	readonly ethernet: Uint8Array;
	/** `u8[16]` at 16. */
	readonly sourceAddress: Uint8Array;
	/** `u8[16]` at 32. */
	readonly destinationAddress: Uint8Array;
	/** `be16` at 48, network byte order in memory. */
	readonly sourcePort: number;
	/** `be16` at 50, network byte order in memory. */
	readonly destinationPort: number;
	/** `u16` at 52. */
	readonly network: number;
	/** 4 or 6. `u8` at 54. */
	readonly family: number;
	/** `u8` at 55. */
	readonly protocol: number;
	/** `u32` at 56. */
	readonly epoch: number;
	/** `u32` at 60. */
	readonly sourceIdentity: number;
	/** `u32` at 64. */
	readonly destinationIdentity: number;
	/** EndpointId, or 0. `u16` at 68. */
	readonly sourceEndpoint: number;
	/** `u16` at 70. */
	readonly destinationEndpoint: number;
	/** `u32` at 72. */
	readonly egressCookie: number;
	/** `u32` at 76. */
	readonly ingressCookie: number;
	/** {@link Verdict}: of the source's policy. `u8` at 80. */
	readonly egressVerdict: number;
	/** {@link Verdict}: of the destination's policy. `u8` at 81. */
	readonly ingressVerdict: number;
	/** {@link DropReason}; 0: policy lets it pass, or to the proxy. `u8` at 82. */
	readonly reason: number;
}

export const policyQuestionCodec: Codec<PolicyQuestion> = codec({
	name: 'policy_question',
	size: 84,
	read: (view, offset) => ({
		ethernet: readBytes(view, offset, 14),
		sourceAddress: readBytes(view, offset + 16, 16),
		destinationAddress: readBytes(view, offset + 32, 16),
		sourcePort: view.getUint16(offset + 48, false),
		destinationPort: view.getUint16(offset + 50, false),
		network: view.getUint16(offset + 52, true),
		family: view.getUint8(offset + 54),
		protocol: view.getUint8(offset + 55),
		epoch: view.getUint32(offset + 56, true),
		sourceIdentity: view.getUint32(offset + 60, true),
		destinationIdentity: view.getUint32(offset + 64, true),
		sourceEndpoint: view.getUint16(offset + 68, true),
		destinationEndpoint: view.getUint16(offset + 70, true),
		egressCookie: view.getUint32(offset + 72, true),
		ingressCookie: view.getUint32(offset + 76, true),
		egressVerdict: view.getUint8(offset + 80),
		ingressVerdict: view.getUint8(offset + 81),
		reason: view.getUint8(offset + 82),
	}),
	write(view, offset, value) {
		writeBytes(view, offset, 14, value.ethernet, 'policy_question.ethernet');
		zero(view, offset + 14, 2);
		writeBytes(view, offset + 16, 16, value.sourceAddress, 'policy_question.source_address');
		writeBytes(view, offset + 32, 16, value.destinationAddress, 'policy_question.destination_address');
		view.setUint16(offset + 48, value.sourcePort, false);
		view.setUint16(offset + 50, value.destinationPort, false);
		view.setUint16(offset + 52, value.network, true);
		view.setUint8(offset + 54, value.family);
		view.setUint8(offset + 55, value.protocol);
		view.setUint32(offset + 56, value.epoch, true);
		view.setUint32(offset + 60, value.sourceIdentity, true);
		view.setUint32(offset + 64, value.destinationIdentity, true);
		view.setUint16(offset + 68, value.sourceEndpoint, true);
		view.setUint16(offset + 70, value.destinationEndpoint, true);
		view.setUint32(offset + 72, value.egressCookie, true);
		view.setUint32(offset + 76, value.ingressCookie, true);
		view.setUint8(offset + 80, value.egressVerdict);
		view.setUint8(offset + 81, value.ingressVerdict);
		view.setUint8(offset + 82, value.reason);
		zero(view, offset + 83, 1);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const policyQuestionOffsets = {
	ethernet: 0,
	sourceAddress: 16,
	destinationAddress: 32,
	sourcePort: 48,
	destinationPort: 50,
	network: 52,
	family: 54,
	protocol: 55,
	epoch: 56,
	sourceIdentity: 60,
	destinationIdentity: 64,
	sourceEndpoint: 68,
	destinationEndpoint: 70,
	egressCookie: 72,
	ingressCookie: 76,
	egressVerdict: 80,
	ingressVerdict: 81,
	reason: 82,
} as const;

/** struct policy_set, 16 bytes. */
export interface PolicySet {
	/** {@link PolicySetFlag}. `u32` at 0. */
	readonly flags: number;
	/** By direction: the class of every peer without an entry in peers. `u32[2]` at 4. */
	readonly defaultClass: readonly [number, number];
}

export const policySetCodec: Codec<PolicySet> = codec({
	name: 'policy_set',
	size: 16,
	read: (view, offset) => ({
		flags: view.getUint32(offset, true),
		defaultClass: [view.getUint32(offset + 4, true), view.getUint32(offset + 4 + 1 * 4, true)],
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.flags, true);
		view.setUint32(offset + 4, value.defaultClass[0], true);
		view.setUint32(offset + 4 + 1 * 4, value.defaultClass[1], true);
		zero(view, offset + 12, 4);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const policySetOffsets = {
	flags: 0,
	defaultClass: 4,
} as const;

/** struct proxy, 4 bytes. */
export interface Proxy {
	/** `u32` at 0. */
	readonly network: number;
}

export const proxyCodec: Codec<Proxy> = codec({
	name: 'proxy',
	size: 4,
	read: (view, offset) => ({
		network: view.getUint32(offset, true),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.network, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const proxyOffsets = {
	network: 0,
} as const;

/** struct record, 256 bytes. */
export interface Record {
	/** Bytes of data used. `u16` at 0. */
	readonly length: number;
	/** 1: another chunk follows. `u8` at 2. */
	readonly more: number;
	/** `u8[253]` at 3. */
	readonly data: Uint8Array;
}

export const recordCodec: Codec<Record> = codec({
	name: 'record',
	size: 256,
	read: (view, offset) => ({
		length: view.getUint16(offset, true),
		more: view.getUint8(offset + 2),
		data: readBytes(view, offset + 3, 253),
	}),
	write(view, offset, value) {
		view.setUint16(offset, value.length, true);
		view.setUint8(offset + 2, value.more);
		writeBytes(view, offset + 3, 253, value.data, 'record.data');
	},
});

/** Where the fields begin, for readers that want one field only. */
export const recordOffsets = {
	length: 0,
	more: 2,
	data: 3,
} as const;

/** struct record_key, 8 bytes. */
export interface RecordKey {
	/** `u32` at 0. */
	readonly id: number;
	/** `u16` at 4. */
	readonly chunk: number;
	/** {@link RecordKind}. `u16` at 6. */
	readonly kind: number;
}

export const recordKeyCodec: Codec<RecordKey> = codec({
	name: 'record_key',
	size: 8,
	read: (view, offset) => ({
		id: view.getUint32(offset, true),
		chunk: view.getUint16(offset + 4, true),
		kind: view.getUint16(offset + 6, true),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.id, true);
		view.setUint16(offset + 4, value.chunk, true);
		view.setUint16(offset + 6, value.kind, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const recordKeyOffsets = {
	id: 0,
	chunk: 4,
	kind: 6,
} as const;

/** struct rule, 8 bytes. */
export interface Rule {
	/** {@link PolicyAction}. `u8` at 0. */
	readonly action: number;
	/** {@link RuleFlag}. `u8` at 1. */
	readonly flags: number;
	/** `be16` at 2, network byte order in memory. */
	readonly proxyPort: number;
	/** Names the document rule or the direct row that made this entry. `u32` at 4. */
	readonly cookie: number;
}

export const ruleCodec: Codec<Rule> = codec({
	name: 'rule',
	size: 8,
	read: (view, offset) => ({
		action: view.getUint8(offset),
		flags: view.getUint8(offset + 1),
		proxyPort: view.getUint16(offset + 2, false),
		cookie: view.getUint32(offset + 4, true),
	}),
	write(view, offset, value) {
		view.setUint8(offset, value.action);
		view.setUint8(offset + 1, value.flags);
		view.setUint16(offset + 2, value.proxyPort, false);
		view.setUint32(offset + 4, value.cookie, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const ruleOffsets = {
	action: 0,
	flags: 1,
	proxyPort: 2,
	cookie: 4,
} as const;

/** struct rule_key, 12 bytes. */
export interface RuleKey {
	/** `u32` at 0. */
	readonly prefixlen: number;
	/** `u32` at 4. */
	readonly ruleClass: number;
	/** `u8` at 8. */
	readonly direction: number;
	/** `u8` at 9. */
	readonly protocol: number;
	/** `be16` at 10, network byte order in memory. */
	readonly port: number;
}

export const ruleKeyCodec: Codec<RuleKey> = codec({
	name: 'rule_key',
	size: 12,
	read: (view, offset) => ({
		prefixlen: view.getUint32(offset, true),
		ruleClass: view.getUint32(offset + 4, true),
		direction: view.getUint8(offset + 8),
		protocol: view.getUint8(offset + 9),
		port: view.getUint16(offset + 10, false),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.prefixlen, true);
		view.setUint32(offset + 4, value.ruleClass, true);
		view.setUint8(offset + 8, value.direction);
		view.setUint8(offset + 9, value.protocol);
		view.setUint16(offset + 10, value.port, false);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const ruleKeyOffsets = {
	prefixlen: 0,
	ruleClass: 4,
	direction: 8,
	protocol: 9,
	port: 10,
} as const;

/** struct simulation, 136 bytes. */
export interface Simulation {
	/** `struct event` at 0. */
	readonly event: Event;
	/** 1: an established flow answered. `u8` at 128. */
	readonly cached: number;
	/** {@link SimulatedAction}. `u8` at 129. */
	readonly action: number;
}

export const simulationCodec: Codec<Simulation> = codec({
	name: 'simulation',
	size: 136,
	read: (view, offset) => ({
		event: eventCodec.read(view, offset),
		cached: view.getUint8(offset + 128),
		action: view.getUint8(offset + 129),
	}),
	write(view, offset, value) {
		eventCodec.write(view, offset, value.event);
		view.setUint8(offset + 128, value.cached);
		view.setUint8(offset + 129, value.action);
		zero(view, offset + 130, 6);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const simulationOffsets = {
	event: 0,
	cached: 128,
	action: 129,
} as const;

/** struct sweep, 24 bytes. */
export interface Sweep {
	/** `u64` at 0. */
	readonly visited: bigint;
	/** `u64` at 8. */
	readonly ended: bigint;
	/** `u64` at 16. */
	readonly deleted: bigint;
}

export const sweepCodec: Codec<Sweep> = codec({
	name: 'sweep',
	size: 24,
	read: (view, offset) => ({
		visited: view.getBigUint64(offset, true),
		ended: view.getBigUint64(offset + 8, true),
		deleted: view.getBigUint64(offset + 16, true),
	}),
	write(view, offset, value) {
		view.setBigUint64(offset, value.visited, true);
		view.setBigUint64(offset + 8, value.ended, true);
		view.setBigUint64(offset + 16, value.deleted, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const sweepOffsets = {
	visited: 0,
	ended: 8,
	deleted: 16,
} as const;

/** struct unmasqueraded_key, 28 bytes. */
export interface UnmasqueradedKey {
	/** `u32` at 0. */
	readonly prefixlen: number;
	/** `u32` at 4. */
	readonly ifindex: number;
	/** 4 or 6. `u8` at 8. */
	readonly family: number;
	/** `u8[16]` at 12. */
	readonly address: Uint8Array;
}

export const unmasqueradedKeyCodec: Codec<UnmasqueradedKey> = codec({
	name: 'unmasqueraded_key',
	size: 28,
	read: (view, offset) => ({
		prefixlen: view.getUint32(offset, true),
		ifindex: view.getUint32(offset + 4, true),
		family: view.getUint8(offset + 8),
		address: readBytes(view, offset + 12, 16),
	}),
	write(view, offset, value) {
		view.setUint32(offset, value.prefixlen, true);
		view.setUint32(offset + 4, value.ifindex, true);
		view.setUint8(offset + 8, value.family);
		zero(view, offset + 9, 3);
		writeBytes(view, offset + 12, 16, value.address, 'unmasqueraded_key.address');
	},
});

/** Where the fields begin, for readers that want one field only. */
export const unmasqueradedKeyOffsets = {
	prefixlen: 0,
	ifindex: 4,
	family: 8,
	address: 12,
} as const;

/** struct uplink, 48 bytes. */
export interface Uplink {
	/** An arriving packet's destination is looked for on them in this order; 0: none. `u16[8]` at 0. */
	readonly networks: readonly number[];
	/** What masqueraded packets bear; ::: none. `u8[16]` at 16. */
	readonly ipv6: Uint8Array;
	/** What masqueraded packets bear; 0: none. `be32` at 32, network byte order in memory. */
	readonly ipv4: number;
	/** Of those that masqueraded packets bear. `u16` at 36. */
	readonly firstPort: number;
	/** `u16` at 38. */
	readonly lastPort: number;
	/** Bit n: networks[n] is masqueraded. `u8` at 40. */
	readonly masquerade: number;
}

export const uplinkCodec: Codec<Uplink> = codec({
	name: 'uplink',
	size: 48,
	read: (view, offset) => ({
		networks: readArray(8, (index) => view.getUint16(offset + index * 2, true)),
		ipv6: readBytes(view, offset + 16, 16),
		ipv4: view.getUint32(offset + 32, false),
		firstPort: view.getUint16(offset + 36, true),
		lastPort: view.getUint16(offset + 38, true),
		masquerade: view.getUint8(offset + 40),
	}),
	write(view, offset, value) {
		writeArray(value.networks, 8, 'uplink.networks', (index, one) => {
			view.setUint16(offset + index * 2, one, true);
		});
		writeBytes(view, offset + 16, 16, value.ipv6, 'uplink.ipv6');
		view.setUint32(offset + 32, value.ipv4, false);
		view.setUint16(offset + 36, value.firstPort, true);
		view.setUint16(offset + 38, value.lastPort, true);
		view.setUint8(offset + 40, value.masquerade);
		zero(view, offset + 41, 7);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const uplinkOffsets = {
	networks: 0,
	ipv6: 16,
	ipv4: 32,
	firstPort: 36,
	lastPort: 38,
	masquerade: 40,
} as const;

/** Variables of section .data.control, 48 bytes. */
export interface DataControl {
	/** `struct control` at 0. */
	readonly control: Control;
}

export const dataControlCodec: Codec<DataControl> = codec({
	name: '.data.control',
	size: 48,
	read: (view, offset) => ({
		control: controlCodec.read(view, offset),
	}),
	write(view, offset, value) {
		zero(view, offset, 48);
		controlCodec.write(view, offset, value.control);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const dataControlOffsets = {
	control: 0,
} as const;

/** Variables of section .rodata, 8 bytes. */
export interface Rodata {
	/** `u32` at 0. */
	readonly wakeupBytes: number;
	/** `u32` at 4. */
	readonly onlyEntry: number;
}

export const rodataCodec: Codec<Rodata> = codec({
	name: '.rodata',
	size: 8,
	read: (view, offset) => ({
		wakeupBytes: view.getUint32(offset, true),
		onlyEntry: view.getUint32(offset + 4, true),
	}),
	write(view, offset, value) {
		zero(view, offset, 8);
		view.setUint32(offset, value.wakeupBytes, true);
		view.setUint32(offset + 4, value.onlyEntry, true);
	},
});

/** Where the fields begin, for readers that want one field only. */
export const rodataOffsets = {
	wakeupBytes: 0,
	onlyEntry: 4,
} as const;

/** Every map of the object, by its name in C. Sizes are those compiled in. */
export const maps = {
	addresses: {
		name: 'addresses',
		type: 1,
		typeName: 'hash',
		key: addressKeyCodec,
		value: addressCodec,
		maxEntries: 65536,
		flags: 0x81,
	},
	cidrs: {
		name: 'cidrs',
		type: 11,
		typeName: 'lpm_trie',
		key: cidrKeyCodec,
		value: cidrCodec,
		maxEntries: 65536,
		flags: 0x81,
	},
	clock_result: {
		name: 'clock_result',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: clockCodec,
		maxEntries: 1,
		flags: 0x0,
	},
	counters: {
		name: 'counters',
		type: 6,
		typeName: 'percpu_array',
		key: u32Codec,
		value: countersCodec,
		maxEntries: 1,
		flags: 0x0,
	},
	drops: {
		name: 'drops',
		type: 5,
		typeName: 'percpu_hash',
		key: dropKeyCodec,
		value: u64Codec,
		maxEntries: 65536,
		flags: 0x1,
	},
	endpoint_counters: {
		name: 'endpoint_counters',
		type: 6,
		typeName: 'percpu_array',
		key: u32Codec,
		value: endpointCountersCodec,
		maxEntries: 8192,
		flags: 0x0,
	},
	endpoints: {
		name: 'endpoints',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: endpointCodec,
		maxEntries: 8192,
		flags: 0x80,
	},
	events: {
		name: 'events',
		type: 27,
		typeName: 'ringbuf',
		key: undefined,
		value: undefined,
		maxEntries: 4194304,
		flags: 0x0,
	},
	flows4: {
		name: 'flows4',
		type: 9,
		typeName: 'lru_hash',
		key: flow4KeyCodec,
		value: flowCodec,
		maxEntries: 131072,
		flags: 0x0,
	},
	flows6: {
		name: 'flows6',
		type: 9,
		typeName: 'lru_hash',
		key: flow6KeyCodec,
		value: flowCodec,
		maxEntries: 65536,
		flags: 0x0,
	},
	fragments: {
		name: 'fragments',
		type: 9,
		typeName: 'lru_hash',
		key: fragmentKeyCodec,
		value: fragmentCodec,
		maxEntries: 8192,
		flags: 0x0,
	},
	host_addresses: {
		name: 'host_addresses',
		type: 1,
		typeName: 'hash',
		key: hostAddressKeyCodec,
		value: hostAddressCodec,
		maxEntries: 4096,
		flags: 0x81,
	},
	ifindex_slots: {
		name: 'ifindex_slots',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: ifindexSlotCodec,
		maxEntries: 65536,
		flags: 0x80,
	},
	masqueraded: {
		name: 'masqueraded',
		type: 9,
		typeName: 'lru_hash',
		key: masqueradeKeyCodec,
		value: masqueradeCodec,
		maxEntries: 131072,
		flags: 0x0,
	},
	networks: {
		name: 'networks',
		type: 1,
		typeName: 'hash',
		key: u32Codec,
		value: networkCodec,
		maxEntries: 65535,
		flags: 0x81,
	},
	pair_overflow: {
		name: 'pair_overflow',
		type: 6,
		typeName: 'percpu_array',
		key: u32Codec,
		value: pairCodec,
		maxEntries: 10,
		flags: 0x0,
	},
	pairs: {
		name: 'pairs',
		type: 5,
		typeName: 'percpu_hash',
		key: pairKeyCodec,
		value: pairCodec,
		maxEntries: 16384,
		flags: 0x1,
	},
	peers: {
		name: 'peers',
		type: 1,
		typeName: 'hash',
		key: peerKeyCodec,
		value: peerCodec,
		maxEntries: 262144,
		flags: 0x81,
	},
	policy_sets: {
		name: 'policy_sets',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: policySetCodec,
		maxEntries: 8192,
		flags: 0x80,
	},
	proxies: {
		name: 'proxies',
		type: 1,
		typeName: 'hash',
		key: u32Codec,
		value: proxyCodec,
		maxEntries: 4096,
		flags: 0x81,
	},
	records: {
		name: 'records',
		type: 1,
		typeName: 'hash',
		key: recordKeyCodec,
		value: recordCodec,
		maxEntries: 262144,
		flags: 0x81,
	},
	rules: {
		name: 'rules',
		type: 11,
		typeName: 'lpm_trie',
		key: ruleKeyCodec,
		value: ruleCodec,
		maxEntries: 262144,
		flags: 0x81,
	},
	scratches: {
		name: 'scratches',
		type: 6,
		typeName: 'percpu_array',
		key: u32Codec,
		value: bytesCodec(752),
		maxEntries: 2,
		flags: 0x0,
	},
	simulation: {
		name: 'simulation',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: simulationCodec,
		maxEntries: 1,
		flags: 0x0,
	},
	sweep_result: {
		name: 'sweep_result',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: sweepCodec,
		maxEntries: 1,
		flags: 0x0,
	},
	unmasqueraded: {
		name: 'unmasqueraded',
		type: 11,
		typeName: 'lpm_trie',
		key: unmasqueradedKeyCodec,
		value: u32Codec,
		maxEntries: 4096,
		flags: 0x81,
	},
	uplinks: {
		name: 'uplinks',
		type: 1,
		typeName: 'hash',
		key: u32Codec,
		value: uplinkCodec,
		maxEntries: 64,
		flags: 0x81,
	},
	'.bss': {
		name: '.bss',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: bytesCodec(8),
		maxEntries: 1,
		flags: 0x400,
	},
	'.data.control': {
		name: '.data.control',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: dataControlCodec,
		maxEntries: 1,
		flags: 0x400,
	},
	'.rodata': {
		name: '.rodata',
		type: 2,
		typeName: 'array',
		key: u32Codec,
		value: rodataCodec,
		maxEntries: 1,
		flags: 0x480,
	},
} as const;

export type MapName = keyof typeof maps;
