import { isPolicy } from '../../../../lib/documents/document.js';
import { parseDocuments } from '../../../../lib/documents/parse.js';
import type { PolicyService, RuleContext } from '../../../../lib/rules/context.js';
import { createOrigins, type RuleOrigin } from '../../../../lib/rules/origins.js';
import type { PolicyRule, PolicyRules } from '../../../../lib/rules/rule.js';
import { rulesOf } from '../../../../lib/rules/rules-of.js';

const SERVICES: readonly PolicyService[] = [
	{
		namespace: 'other',
		name: 'clients',
		labels: { kind: 'pods' },
		selector: { app: 'client' },
		addresses: ['10.1.2.3'],
	},
	{ namespace: 'default', name: 'clients', labels: { kind: 'pods' }, selector: { app: 'client' }, addresses: [] },
	{ namespace: 'default', name: 'outer', labels: { kind: 'outer' }, addresses: ['10.1.2.3'] },
	{ namespace: 'default', name: 'blank', labels: { kind: 'outer' }, selector: {}, addresses: ['192.168.0.1'] },
	{ namespace: 'default', name: 'empty', labels: {}, addresses: [] },
];

export interface Read {
	readonly policies: readonly PolicyRules[];
	originOf(rule: PolicyRule): RuleOrigin;
}

export function read(text: string, more: Partial<RuleContext> = {}): Read {
	const origins = createOrigins();
	const context: RuleContext = { origins, services: SERVICES, ipBlocks: 'external', ...more };
	const policies = parseDocuments({ file: 'policies.yaml', text })
		.filter(isPolicy)
		.flatMap((document) => rulesOf(document, context));
	return { policies, originOf: ({ cookie }) => origins.get(cookie)! };
}

/** Of a text with one policy of one spec. */
export function only(text: string, more: Partial<RuleContext> = {}): PolicyRules {
	const { policies } = read(text, more);
	if (policies.length !== 1) {
		throw new Error(`found ${policies.length} policies, expected one`);
	}
	return policies[0]!;
}

export interface Head {
	readonly namespace?: string;
	readonly annotations?: string;
}

function head(apiVersion: string, kind: string, { namespace, annotations }: Head): string {
	const more = [
		...(namespace === undefined ? [] : [`namespace: ${namespace}`]),
		...(annotations === undefined ? [] : [`annotations: { ${annotations} }`]),
	];
	return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${['name: p', ...more].join(', ')} }\n`;
}

/** `spec` is the inside of a YAML flow mapping. */
export function cilium(spec: string, more: Head = {}): string {
	return `${head('cilium.io/v2', 'CiliumNetworkPolicy', more)}spec: { ${spec} }\n`;
}

export function clusterwide(spec: string): string {
	return `${head('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', {})}spec: { ${spec} }\n`;
}

export function kubernetes(spec: string, more: Head = {}): string {
	return `${head('networking.k8s.io/v1', 'NetworkPolicy', more)}spec: { ${spec} }\n`;
}

export function multiNetwork(networks: string, spec: string): string {
	const annotations = `k8s.v1.cni.cncf.io/policy-for: "${networks}"`;
	return `${head('k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy', { annotations })}spec: { ${spec} }\n`;
}

export function cluster(spec: string, more: Head = {}): string {
	return `${head('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', more)}spec: { ${spec} }\n`;
}

export const AUDIT: Head = { annotations: 'policy.heddle.io/audit-mode: "true"' };
