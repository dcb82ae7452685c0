import { parseDocuments } from '../../../../lib/documents/parse.js';
import { evaluateDocuments } from '../../../../lib/proof/evaluator.js';
import type { Judgement, ProofQuestion, ProofWorld } from '../../../../lib/proof/question.js';
import type { PolicyService } from '../../../../lib/rules/context.js';
import { identity } from './identities.js';

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58, gre: 47 };

export const SERVICES: readonly PolicyService[] = [
	{
		namespace: 'other',
		name: 'clients',
		labels: { kind: 'pods' },
		selector: { app: 'client' },
		addresses: ['10.9.9.9'],
	},
	{ namespace: 'default', name: 'outer', labels: { kind: 'addresses' }, addresses: ['10.1.0.9'] },
];

/** `web < client tcp/80`: into web, from client; `web > client icmp/8`: out of web. */
export function question(text: string): ProofQuestion {
	const [subject = '', arrow, peer = '', what = ''] = text.split(' ');
	const [protocol = '', port = '0'] = what.split('/');
	const number = PROTOCOLS[protocol]!;
	const asked = protocol.startsWith('icmp') ? Number(port) * 256 : Number(port);
	return {
		subject: identity(subject),
		peer: identity(peer),
		direction: arrow === '<' ? 'ingress' : 'egress',
		protocol: number,
		port: asked,
	};
}

export function worldOf(yaml: string, more: Partial<ProofWorld> = {}): ProofWorld {
	return { documents: parseDocuments(yaml), services: SERVICES, ipBlocks: 'external', ...more };
}

export function ask(yaml: string, text: string, more: Partial<ProofWorld> = {}): Judgement {
	return evaluateDocuments(worldOf(yaml, more), question(text));
}

interface Head {
	readonly name?: string;
	readonly namespace?: string;
	readonly annotations?: string;
}

function head(apiVersion: string, kind: string, { name = 'one', namespace, annotations }: Head): string {
	const fields = [
		`name: ${name}`,
		...(namespace === undefined ? [] : [`namespace: ${namespace}`]),
		...(annotations === undefined ? [] : [`annotations: { ${annotations} }`]),
	];
	return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${fields.join(', ')} }\n`;
}

export const AUDIT = 'policy.heddle.io/audit-mode: "true"';
const WEB = 'endpointSelector: { matchLabels: { app: web } }';

/** A policy for `web`; `spec` is the inside of a YAML flow mapping. */
export function cnp(spec: string, more: Head = {}): string {
	return `${head('cilium.io/v2', 'CiliumNetworkPolicy', more)}spec: { ${WEB}, ${spec} }\n`;
}

export function ccnp(spec: string, more: Head = {}): string {
	return `${head('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', more)}spec: { ${spec} }\n`;
}

export function np(spec: string, more: Head = {}): string {
	return `${head('networking.k8s.io/v1', 'NetworkPolicy', more)}spec: { podSelector: { matchLabels: { app: web } }, ${spec} }\n`;
}

export function mnp(networks: string, spec: string, more: Head = {}): string {
	const annotations = `k8s.v1.cni.cncf.io/policy-for: "${networks}"`;
	return `${head('k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy', { annotations, ...more })}spec: { podSelector: { matchLabels: { app: web } }, ${spec} }\n`;
}

/** For the pods of namespace `default`. */
export function clusterPolicy(tier: 'Admin' | 'Baseline', priority: number, rules: string, more: Head = {}): string {
	const subject = 'subject: { namespaces: { matchLabels: { kubernetes.io/metadata.name: default } } }';
	return `${head('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', more)}spec: { tier: ${tier}, priority: ${priority}, ${subject}, ${rules} }\n`;
}

export function documents(...texts: readonly string[]): string {
	return texts.join('---\n');
}
