import { object, optional, required } from './check.js';
import { clusterMetadata } from './metadata.js';

/** Nothing of it says anything about policy: nodes are selected by their labels. */
export interface NodeSpec {
	readonly podCIDR?: unknown;
}

const ignored = ['podCIDR', 'podCIDRs', 'providerID', 'taints', 'unschedulable', 'externalID', 'configSource'];

export const node = { fields: { metadata: required(clusterMetadata), spec: optional(object({}, { ignored })) } };
