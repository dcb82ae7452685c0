import { object, optional, required } from './check.js';
import { clusterMetadata } from './metadata.js';

export const namespace = {
	fields: { metadata: required(clusterMetadata), spec: optional(object({}, { ignored: ['finalizers'] })) },
};
