import type { Action, DefaultVerdict, Direction, Tier } from '../policy/row.js';
import type { IdentitySelector } from './identity-selector.js';

/** Ports of a protocol. ICMP: type << 8 | code. 0 to 65535 is every port. */
export interface PortSpan {
	/** IANA number. `any` with a port means TCP, UDP and SCTP; with every port, every protocol there is. */
	readonly protocol: number | 'any';
	readonly port: number;
	readonly endPort: number;
}

/** Looked up at the endpoint that is connected to: the subject for ingress, the peer for egress. */
export interface NamedPortRef {
	readonly protocol: number | 'any';
	readonly name: string;
}

export type PortMatch = PortSpan | NamedPortRef;

/** One rule of a policy, whatever kind of document it was written in. */
export interface PolicyRule {
	readonly direction: Direction;
	readonly action: Action;
	/** Of a deny: what it denies is forwarded and reported. */
	readonly audit: boolean;
	readonly tier: Tier;
	/** Within the tier: higher is asked first; at equal precedence deny over allow over redirect. */
	readonly precedence: number;
	/** Any of them; `any` is every peer, managed or not. Never empty. */
	readonly peers: readonly IdentitySelector[] | 'any';
	/** Any of them. Never empty. */
	readonly ports: readonly PortMatch[];
	/** Names document, path, line and L7 rules: see `origins.ts`. */
	readonly cookie: number;
}

/** One policy: whom it is for, and what it says. A document of several specs is several. */
export interface PolicyRules {
	/** All of them must match. */
	readonly subjects: IdentitySelector;
	/** What the policy makes of the directions it isolates; the strictest of all policies of a subject counts. */
	readonly defaults: Readonly<Record<Direction, DefaultVerdict>>;
	readonly rules: readonly PolicyRule[];
}
