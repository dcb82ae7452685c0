import type { L7Rules } from '../documents/l7-rules.js';
import type { DefaultVerdict, Direction, RuleRow } from '../policy/row.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';

/** `audited`: would be denied, is forwarded and reported. `redirected`: left to the L7 proxy. */
export type AccessVerdict = 'allowed' | 'audited' | 'redirected' | 'denied';

/** What an endpoint's own settings make of its policy. */
export interface EndpointMode {
	/** `always` denies what no rule allows, `never` asks no rule. @default 'default' */
	readonly enforcement?: 'default' | 'always' | 'never';
	/** What policy denies is forwarded and reported. @default false */
	readonly audit?: boolean;
}

/** The first packet of a connection. */
export interface ExplainQuestion {
	readonly from: PolicyIdentity;
	readonly to: PolicyIdentity;
	/** IANA number. */
	readonly protocol: number;
	/** Of the destination; 0 where the protocol has none; ICMP: type << 8 | code. */
	readonly port: number;
	readonly fromMode?: EndpointMode;
	readonly toMode?: EndpointMode;
}

/** A rule of a document, or a row by hand, and where it is written. */
export interface ExplainedRule {
	/** `CiliumNetworkPolicy default/web`; of a row by hand, `direct`. */
	readonly document: string;
	/** `spec.ingress[0]` */
	readonly path: string;
	readonly file?: string;
	/** From 1. */
	readonly line?: number;
	readonly action: RuleRow['action'];
	/** What it denies is forwarded and reported. */
	readonly audit: boolean;
	readonly tier: NonNullable<RuleRow['tier']>;
	readonly precedence: number;
	readonly cookie: number;
	/** What redirected connections must satisfy. */
	readonly l7?: L7Rules;
	readonly authentication?: string;
}

export interface MatchingRule extends ExplainedRule {
	/** What the rule says of this packet, as the tables are made from it. */
	readonly row: RuleRow;
}

/** One thing that would have to be different. */
export interface Missing {
	readonly what: 'peer label' | 'peer address' | 'peer name' | 'peer' | 'protocol' | 'port';
	readonly expected: string;
	readonly found: string;
}

/** A rule that says nothing of the packet, and why not. */
export interface NearMiss extends ExplainedRule {
	readonly missing: readonly Missing[];
}

/** A policy that selects the subject and says something of the direction. */
export interface SelectingPolicy {
	readonly document: string;
	readonly default: DefaultVerdict;
}

/** One side's policy: egress of the source, or ingress of the destination. */
export interface SideExplanation {
	readonly direction: Direction;
	/** Identities. */
	readonly subject: number;
	readonly peer: number;
	readonly verdict: AccessVerdict;
	/** Some rule, or a default other than `allow`, counts in this direction. */
	readonly enforced: boolean;
	/** What becomes of packets of which no rule speaks. */
	readonly default: DefaultVerdict;
	readonly policies: readonly SelectingPolicy[];
	/** The rule that decided; of a redirect all of them, since their L7 rules count together. Empty: the default did. */
	readonly decidedBy: readonly MatchingRule[];
	/** All rules that speak of the packet. */
	readonly matching: readonly MatchingRule[];
	/** Rules of the subject that do not, the nearest first. */
	readonly whyNot: readonly NearMiss[];
	/** Further ones, not listed. */
	readonly moreWhyNot: number;
}

export interface ExplainedEnd {
	readonly identity: number;
	readonly labels: readonly string[];
}

export interface Explanation {
	/** Of both sides together. */
	readonly verdict: AccessVerdict;
	readonly from: ExplainedEnd;
	readonly to: ExplainedEnd;
	readonly protocol: number;
	readonly port: number;
	/** Set where both ends are endpoints of different networks: no packet passes, whatever policy says. */
	readonly separated?: { readonly from: string; readonly to: string };
	/** Absent: the source is no endpoint, and no policy is for it. */
	readonly egress?: SideExplanation;
	/** Absent: the destination is no endpoint, and no policy is for it. */
	readonly ingress?: SideExplanation;
}
