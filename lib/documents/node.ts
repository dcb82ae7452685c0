import { object, opaque, optional, required } from './check.js';
import { clusterMetadata } from './metadata.js';

export interface NodeSpec {
	readonly podCIDR?: unknown;
}

export const node = { metadata: required(clusterMetadata), spec: optional(object({ podCIDR: optional(opaque) })) };
