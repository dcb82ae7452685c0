import { object, opaque, optional, refine, required, string } from './check.js';
import { NAME, NAME_MEANING, namespacedMetadata, type Metadata } from './metadata.js';

export const NETWORKS_ANNOTATION = 'network.v1alpha1.isovalent.com/pod-networks';

export interface PodSpec {
	readonly serviceAccountName?: string;
}

export const pod = {
	metadata: required(
		refine(namespacedMetadata, (metadata: Metadata, { path, report }) => {
			const names = splitNetworks(metadata);
			const wrong = names.find((name) => !NAME.test(name));
			const at = [...path, 'annotations', NETWORKS_ANNOTATION];
			if (wrong !== undefined) {
				return report.wrong(at, wrong, 'names of networks with commas between them');
			}
			return new Set(names).size === names.length ? metadata : report.wrong(at, names.join(), 'every network once');
		}),
	),
	spec: optional(
		object({
			serviceAccountName: optional(string(NAME, NAME_MEANING)),
			// What runs in the pod, and where: no part of its network.
			containers: optional(opaque),
			initContainers: optional(opaque),
			volumes: optional(opaque),
			restartPolicy: optional(opaque),
			nodeName: optional(opaque),
			nodeSelector: optional(opaque),
			tolerations: optional(opaque),
			affinity: optional(opaque),
			terminationGracePeriodSeconds: optional(opaque),
		}),
	),
};

/** The networks that a pod asks for, the primary one first. */
export function networksOf(document: { readonly metadata: Metadata }): readonly string[] {
	return splitNetworks(document.metadata);
}

function splitNetworks(metadata: Metadata): string[] {
	const text = metadata.annotations?.[NETWORKS_ANNOTATION];
	return text === undefined ? ['default'] : text.split(',').map((name) => name.trim());
}
