import { list, object, optional, refine, required, type Check, type Place } from './check.js';
import { policyMetadata } from './audit.js';
import type { CiliumPolicySpec, CiliumPortRule } from './cilium-rule.js';
import { egressDenyRules, egressRules, ingressDenyRules, ingressRules } from './cilium-rules.js';
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

const namespacedSpec: Check<CiliumPolicySpec> = refine(
	object(fields, {
		refused: { nodeSelector: 'nodes are in no namespace; they take a CiliumClusterwideNetworkPolicy' },
	}),
	checkSpec,
);

const clusterwideSpec: Check<CiliumPolicySpec> = refine(
	object({ ...fields, nodeSelector: optional(endpointSelector) }),
	checkSpec,
);

export const ciliumNetworkPolicy = {
	fields: {
		metadata: required(policyMetadata(namespacedMetadata)),
		spec: optional(namespacedSpec),
		specs: optional(list(namespacedSpec)),
	},
	then: (policy: CiliumPolicy, place: Place) =>
		[checkSpecs(policy, place), refuseOtherNamespace(policy, place)].every(Boolean) ? policy : undefined,
};

export const ciliumClusterwideNetworkPolicy = {
	fields: {
		metadata: required(policyMetadata(clusterMetadata)),
		spec: optional(clusterwideSpec),
		specs: optional(list(clusterwideSpec)),
	},
	then: (policy: CiliumPolicy, place: Place) => (checkSpecs(policy, place) ? policy : undefined),
};

interface CiliumPolicy {
	readonly metadata: { readonly name: string; readonly namespace?: string };
	readonly spec?: CiliumPolicySpec;
	readonly specs?: readonly CiliumPolicySpec[];
}

function checkSpecs({ spec, specs = [] }: CiliumPolicy, { path, report }: Place): boolean {
	const any = spec !== undefined || specs.length > 0;
	if (!any) {
		report.refuse([...path, 'spec'], 'missing, expected spec or specs');
	}
	return any;
}

function checkSpec(spec: CiliumPolicySpec, { path, report }: Place): CiliumPolicySpec | undefined {
	const before = report.count;
	const { endpointSelector: endpoints, nodeSelector: nodes } = spec;
	if ((endpoints === undefined) === (nodes === undefined)) {
		const found = endpoints === undefined ? 'neither' : 'both';
		report.refuse(path, `found ${found}, expected exactly one of endpointSelector and nodeSelector`);
	}
	const lists = [spec.ingress, spec.ingressDeny, spec.egress, spec.egressDeny];
	if (lists.every((rules = []) => rules.length === 0)) {
		// As Cilium does: such a policy is always a mistake, for it does nothing.
		report.refuse(path, 'found no rule, expected at least one; an empty one, `ingress: [{}]`, denies by default');
	}
	if (nodes !== undefined) {
		spec.ingress?.forEach((rule, i) => refuseInspection(rule.toPorts, { path: [...path, 'ingress', i], report }));
		spec.egress?.forEach((rule, i) => refuseInspection(rule.toPorts, { path: [...path, 'egress', i], report }));
	}
	return report.count === before ? spec : undefined;
}

function refuseInspection(toPorts: readonly CiliumPortRule[] = [], { path, report }: Place): void {
	toPorts.forEach(({ rules, serverNames }, i) => {
		if (rules?.http !== undefined || rules?.dns !== undefined || serverNames !== undefined) {
			report.refuse([...path, 'toPorts', i], 'rules of layer 7 are unsupported for nodes, expected ports alone');
		}
	});
}
