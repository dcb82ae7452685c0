import type { LabelSelector } from '../labels/selector.js';
import { NAMESPACE_LABEL } from '../labels/pod-labels.js';
import { parseLabelKey, SOURCE_ANY, SOURCE_K8S } from '../labels/label.js';
import { boolean, list, object, optional, required, type Check, type Place } from './check.js';
import { labelSelector } from './label-selector.js';
import { namespacedMetadata, type Metadata } from './metadata.js';
import { toPorts, type PortRule } from './port-rule.js';

/**
 * One entry of `ingress` or `ingressDeny`. What Cilium makes of absent and empty lists:
 * - `fromEndpoints` absent: any peer, but only if `toPorts` names ports (an L4-only rule);
 * - `fromEndpoints: []`: no peer at all;
 * - `fromEndpoints: [{}]`: every endpoint of the policy's namespace;
 * - `toPorts` absent or `[]`: every port of the peers (an L3-only rule);
 * - `{}`: says nothing, but that the direction has rules, and so is denied by default.
 */
export interface IngressRule {
	readonly fromEndpoints?: readonly LabelSelector[];
	readonly toPorts?: readonly PortRule[];
}

/** One entry of `egress` or `egressDeny`; as {@link IngressRule}. */
export interface EgressRule {
	readonly toEndpoints?: readonly LabelSelector[];
	readonly toPorts?: readonly PortRule[];
}

export interface NetworkPolicySpec {
	/** In the policy's own namespace, always. */
	readonly endpointSelector: LabelSelector;
	readonly ingress?: readonly IngressRule[];
	readonly ingressDeny?: readonly IngressRule[];
	readonly egress?: readonly EgressRule[];
	readonly egressDeny?: readonly EgressRule[];
	/** By direction. Absent: true where the policy has rules of that direction, deny rules among them. */
	readonly enableDefaultDeny?: { readonly ingress?: boolean; readonly egress?: boolean };
}

const ingress = list(object({ fromEndpoints: optional(list(labelSelector)), toPorts: optional(toPorts) }));
const egress = list(object({ toEndpoints: optional(list(labelSelector)), toPorts: optional(toPorts) }));

const spec: Check<NetworkPolicySpec> = object({
	endpointSelector: required(labelSelector),
	ingress: optional(ingress),
	ingressDeny: optional(ingress),
	egress: optional(egress),
	egressDeny: optional(egress),
	enableDefaultDeny: optional(object({ ingress: optional(boolean), egress: optional(boolean) })),
});

export const networkPolicy = { metadata: required(namespacedMetadata), spec: required(spec) };

/** Cilium overwrites another namespace with the policy's own, which nobody can have meant. */
export function refuseOtherNamespace<T extends { readonly metadata: Metadata; readonly spec: NetworkPolicySpec }>(
	found: T,
	{ path, report }: Place,
): T | undefined {
	const own = found.metadata.namespace ?? 'default';
	for (const [name, value] of Object.entries(found.spec.endpointSelector.matchLabels ?? {})) {
		const { source, key } = parseLabelKey(name, SOURCE_ANY);
		if (key === NAMESPACE_LABEL && (source === SOURCE_ANY || source === SOURCE_K8S) && value !== own) {
			const at = [...path, 'spec', 'endpointSelector', 'matchLabels', name];
			return report.wrong(at, value, `the policy's own namespace, ${own}`);
		}
	}
	return found;
}
