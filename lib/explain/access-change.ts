import type { L7Rules } from '../documents/l7-rules.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { AccessVerdict } from './explanation.js';

/** What one version of the documents makes of a packet. */
export interface PairVerdict {
	/** Of both sides together. */
	readonly verdict: AccessVerdict;
	/** Absent: the source is no endpoint. */
	readonly egress?: AccessVerdict;
	/** Absent: the destination is no endpoint. */
	readonly ingress?: AccessVerdict;
	/** Of redirected connections: what each side asks of them; of its rule sets any. */
	readonly l7?: { readonly egress?: readonly L7Rules[]; readonly ingress?: readonly L7Rules[] };
}

/** Ports of a protocol; ICMP: type << 8 | code. */
export interface AccessPorts {
	/** `any`: every protocol there is, but those of `except`. */
	readonly protocol: number | 'any';
	readonly except?: readonly number[];
	readonly port: number;
	readonly endPort: number;
}

/** Connections of which two versions of the documents say something else. */
export interface AccessChange {
	/** `changed`: passes before and after, but is told, redirected, or asked something else. */
	readonly kind: 'gained' | 'lost' | 'changed';
	/** From each of these to each of those. */
	readonly from: readonly PolicyIdentity[];
	readonly to: readonly PolicyIdentity[];
	readonly ports: readonly AccessPorts[];
	readonly before: PairVerdict;
	readonly after: PairVerdict;
}

export interface AccessDiff {
	/** Nothing that reaches its destination, or does not, is another. */
	readonly equal: boolean;
	/** Connections gained first, then lost, then changed; then by identity. */
	readonly changes: readonly AccessChange[];
}
