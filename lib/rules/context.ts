import type { Origins } from './origins.js';

/** Where a service's connections go. */
export interface PolicyService {
	readonly namespace: string;
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	/** Labels of the pods behind it. */
	readonly selector?: Readonly<Record<string, string>>;
	/** Backends by address, for services without a selector. */
	readonly addresses: readonly string[];
}

/**
 * What `ipBlock` of Kubernetes' policies means for pods: `external`, nothing (as Cilium has it: pods are told by labels);
 * `endpoints`, also the endpoints whose addresses lie in it.
 */
export type IpBlocks = 'external' | 'endpoints';

/** What documents are read against. */
export interface RuleContext {
	readonly origins: Origins;
	readonly services: Iterable<PolicyService>;
	readonly ipBlocks: IpBlocks;
}
