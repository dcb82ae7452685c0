import type { Action, Direction, Tier } from '../policy/row.js';
import type { NamedPort, PolicyIdentity } from '../rules/policy-identity.js';
import type { Reason } from './question.js';

/** Ports of a protocol, both ends included; `every`: every protocol there is, whatever the port. */
export interface PortSpread {
	readonly protocol: number | 'every';
	readonly first: number;
	readonly last: number;
}

/** One sentence of a document, or one row by hand: of which packets it speaks, and what it says of them. */
export interface Statement {
	readonly direction: Direction;
	readonly action: Action;
	/** Of a deny: what it denies is forwarded and reported. */
	readonly audit: boolean;
	readonly tier: Tier;
	/** Within the tier the higher is heard first. */
	readonly rank: number;
	readonly reason: Reason;
	/** Asks for ports by name, so that two destinations of equal labels may differ. */
	readonly asksNames: boolean;
	speaksOfPeer(peer: PolicyIdentity): boolean;
	/** With the names that the destination has given its ports. */
	portsAt(names: readonly NamedPort[]): readonly PortSpread[];
}

/** One policy, as its text is read: a document of several specs is several. */
export interface Reading {
	readonly audit: boolean;
	/** Names the policy as the ground of a default deny. */
	readonly reason: Reason;
	/** What no rule allows is denied. */
	readonly isolates: Readonly<Record<Direction, boolean>>;
	readonly statements: readonly Statement[];
	appliesTo(identity: PolicyIdentity): boolean;
}

/** Everything, whatever the protocol. */
export const EVERYTHING: PortSpread = { protocol: 'every', first: 0, last: 65535 };

export function covers({ protocol, first, last }: PortSpread, asked: number, port: number): boolean {
	return protocol === 'every' || (protocol === asked && first <= port && port <= last);
}

/** The ports are those of the end that is connected to. */
export function namesAtDestination(
	direction: Direction,
	subject: PolicyIdentity,
	peer: PolicyIdentity,
): readonly NamedPort[] {
	return (direction === 'ingress' ? subject : peer).namedPorts ?? [];
}
