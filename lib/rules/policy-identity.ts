import type { LabelledIdentity } from '../labels/reserved.js';

/** A port that pods have given a name. */
export interface NamedPort {
	readonly name: string;
	/** IANA number. */
	readonly protocol: number;
	readonly port: number;
}

/** All that policy can know of an identity. */
export interface PolicyIdentity extends LabelledIdentity {
	/** Of its endpoints. */
	readonly namedPorts?: readonly NamedPort[];
	/** Of its endpoints; asked only by CIDR rules that are to match endpoints, see `RuleContext.ipBlocks`. */
	readonly addresses?: readonly string[];
}
