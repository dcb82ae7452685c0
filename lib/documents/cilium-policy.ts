import { fieldOf, itemsOf, list, object, optional, required, type Check, type Mapping, type Place } from './check.js';
import { policyMetadata } from './audit.js';
import { inspectionsOf } from './cilium-inspection.js';
import type { CiliumPolicySpec } from './cilium-rule.js';
import { egressDenyRules, egressRules, ingressDenyRules, ingressRules } from './cilium-rules.js';
import { exactlyOne } from './exactly-one.js';
import { endpointSelector } from './label-selector.js';
import { clusterMetadata, namespacedMetadata } from './metadata.js';
import { refuseOtherNamespace } from './own-namespace.js';
import { boolean, string } from './scalars.js';

const label = object({ key: required(string()), value: optional(string()), source: optional(string()) });

const fields = {
	endpointSelector: optional(endpointSelector),
	ingress: optional(ingressRules),
	ingressDeny: optional(ingressDenyRules),
	egress: optional(egressRules),
	egressDeny: optional(egressDenyRules),
	enableDefaultDeny: optional(object({ ingress: optional(boolean), egress: optional(boolean) })),
	labels: optional(list(label)),
	description: optional(string()),
};

const namespacedSpec: Check<CiliumPolicySpec> = object(fields, {
	refused: { nodeSelector: 'nodes are in no namespace; they take a CiliumClusterwideNetworkPolicy' },
	across: (spec, place) => {
		exactlyOne(spec, place, 'endpointSelector');
		checkRules(spec, place);
	},
});

const clusterwideSpec: Check<CiliumPolicySpec> = object(
	{ ...fields, nodeSelector: optional(endpointSelector) },
	{
		across: (spec, place) => {
			exactlyOne(spec, place, 'endpointSelector', 'nodeSelector');
			checkRules(spec, place);
			checkNodeRules(spec, place);
		},
	},
);

export const ciliumNetworkPolicy = {
	fields: {
		metadata: required(policyMetadata(namespacedMetadata)),
		spec: optional(namespacedSpec),
		specs: optional(list(namespacedSpec)),
	},
	across: (policy: Mapping, place: Place) => {
		checkSpecs(policy, place);
		refuseOtherNamespace(policy, place);
	},
};

export const ciliumClusterwideNetworkPolicy = {
	fields: {
		metadata: required(policyMetadata(clusterMetadata)),
		spec: optional(clusterwideSpec),
		specs: optional(list(clusterwideSpec)),
	},
	across: checkSpecs,
};

function checkSpecs(policy: Mapping, { path, report }: Place): void {
	if (fieldOf(policy, 'spec') === undefined && itemsOf(policy, 'specs').length === 0) {
		report.refuse([...path, 'spec'], 'missing, expected spec or specs');
	}
}

/** As Cilium has it: a policy without any does nothing, so it is always a mistake. */
function checkRules(spec: Mapping, { path, report }: Place): void {
	const lists = ['ingress', 'ingressDeny', 'egress', 'egressDeny'];
	const given = lists.filter((name) => fieldOf(spec, name) !== undefined);
	if (given.every((name) => isEmptyList(fieldOf(spec, name)))) {
		report.refuse(path, 'found no rule, expected at least one; `ingress: [{}]` allows nobody and denies the rest');
	}
}

function isEmptyList(value: unknown): boolean {
	return Array.isArray(value) && value.length === 0;
}

function checkNodeRules(spec: Mapping, { path, report }: Place): void {
	if (fieldOf(spec, 'nodeSelector') === undefined) {
		return;
	}
	for (const way of ['ingress', 'egress']) {
		itemsOf(spec, way).forEach((rule, i) =>
			itemsOf(rule, 'toPorts').forEach((entry, j) => {
				const [kind] = inspectionsOf(entry);
				if (kind !== undefined) {
					report.refuse([...path, way, i, 'toPorts', j], `${kind} is unsupported for nodes, expected ports alone`);
				}
			}),
		);
	}
}
