import type { HeddleDocument } from '../documents/document.js';
import type { Direction, RuleRow } from '../policy/row.js';
import type { IpBlocks, PolicyService } from '../rules/context.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';

/** All that decides what a packet meets, beside the packet. */
export interface ProofWorld {
	readonly documents: readonly HeddleDocument[];
	readonly services: readonly PolicyService[];
	readonly ipBlocks: IpBlocks;
	/** Rows by hand of a subject. A direction of which they speak is denied by default. */
	readonly direct?: (identityId: number) => readonly RuleRow[];
}

/** Of the endpoint: `always` denies what no rule allows, `never` asks no rule. */
export type ProofEnforcement = 'default' | 'always' | 'never';

/** The first packet of a connection, seen from the endpoint whose policy is asked. */
export interface ProofQuestion {
	readonly subject: PolicyIdentity;
	readonly peer: PolicyIdentity;
	readonly direction: Direction;
	/** IANA number. */
	readonly protocol: number;
	/** Of the destination; 0 where the protocol has none; ICMP: type << 8 | code. */
	readonly port: number;
	/** @default 'default' */
	readonly enforcement?: ProofEnforcement;
}

export type ProofVerdict = 'allow' | 'deny' | 'audit' | 'redirect';

/** What a verdict rests on. */
export interface Reason {
	/** `CiliumNetworkPolicy default/web`; of a row by hand, `direct`. */
	readonly document: string;
	/** `spec.ingress[0]`, of a default deny the policy's `spec`; of a row by hand, its cookie. */
	readonly path: string;
}

export interface Judgement {
	readonly verdict: ProofVerdict;
	/** All that say so together. Empty: nothing speaks of the packet, and nothing isolates the subject. */
	readonly reasons: readonly Reason[];
}
