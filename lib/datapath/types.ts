declare const brand: unique symbol;

/** 1..65535; 1 is `default`. Part of every key in the datapath. */
export type NetworkId = number & { readonly [brand]: 'NetworkId' };
/** 1..65535; 0 is the host. */
export type EndpointId = number & { readonly [brand]: 'EndpointId' };
/** Reserved 1..10, labels 256..65535, CIDRs from 0x01000000. */
export type IdentityId = number & { readonly [brand]: 'IdentityId' };

/** Seen from the endpoint whose policy is asked, as in Cilium: 'egress' leaves the pod. */
export type Direction = 'ingress' | 'egress';

/** Keys carry their source: `{ 'k8s:app': 'client' }`. */
export type Labels = Readonly<Record<string, string>>;

/**
 * 'default': a direction is default-deny once rows or documents speak of it; 'always': default-deny;
 * 'never': policy is not asked.
 */
export type Enforcement = 'default' | 'always' | 'never';

/**
 * What is told of packets that belong to a conversation, beside its first one, its end and all drops: Cilium's
 * `monitor-aggregation`. 'none': where each packet comes from and where it goes; 'low': where each goes; 'medium': where
 * packets go, at the first of each direction, at SYN, FIN or RST that it had not shown before, and once an interval;
 * 'maximum': nothing. A packet that is told costs some hundred nanoseconds; of those that are not, none costs more.
 */
export type Aggregation = 'none' | 'low' | 'medium' | 'maximum';

/** A name, or an IANA number 0..255. */
export type Protocol = 'any' | 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmpv6' | number;

export interface Identity {
	readonly id: IdentityId;
	/** 'reserved': named by Cilium; 'labels': of endpoints; 'cidr': of addresses outside. */
	readonly kind: 'reserved' | 'labels' | 'cidr';
	/** Of reserved ones: 'host', 'world-ipv4', … */
	readonly name?: string;
	readonly labels: Labels;
}

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

export function directionNumber(direction: Direction): 0 | 1 {
	return direction === 'ingress' ? 0 : 1;
}
