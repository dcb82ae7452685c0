import { documentName, namespaceOf, type CiliumNetworkPolicy } from '../documents/document.js';
import { formatPath, type DocumentPath } from '../documents/issue.js';
import type { EgressRule, IngressRule } from '../documents/network-policy.js';
import type { PortProtocol } from '../documents/port-rule.js';
import { createSelector, inNamespace, scopePeers, type Selector } from '../labels/selector.js';
import type { Origins } from '../rules/origins.js';
import { PORT_PROTOCOLS } from './protocols.js';
import { FIRST_PORT, LAST_PORT, type Action, type Direction, type RuleRow } from './row.js';

export type PortSpan = Pick<RuleRow, 'protocol' | 'port' | 'endPort'>;

/** One rule of a document before any identity is known. */
export interface PolicyRule {
	readonly direction: Direction;
	readonly action: Action;
	/** Any of them; `any` is every peer, managed or not. */
	readonly peers: readonly Selector[] | 'any';
	readonly ports: readonly PortSpan[];
	readonly cookie: number;
}

export interface PolicyRules {
	readonly subjects: Selector;
	readonly ingressDefaultDeny: boolean;
	readonly egressDefaultDeny: boolean;
	readonly rules: readonly PolicyRule[];
}

type AnyRule = IngressRule & EgressRule;

const EVERY_PORT: readonly PortSpan[] = [{ protocol: 'any', port: FIRST_PORT, endPort: LAST_PORT }];

export function rulesOf(document: CiliumNetworkPolicy, origins: Origins): PolicyRules {
	const { spec } = document;
	const enabled = spec.enableDefaultDeny ?? {};
	const section = (name: 'ingress' | 'egress' | 'ingressDeny' | 'egressDeny', direction: Direction, action: Action) =>
		(spec[name] ?? []).flatMap((rule, i) => readRule(document, ['spec', name, i], rule, direction, action, origins));
	return {
		subjects: inNamespace(createSelector(spec.endpointSelector), namespaceOf(document)),
		ingressDefaultDeny: enabled.ingress ?? hasAny(spec.ingress, spec.ingressDeny),
		egressDefaultDeny: enabled.egress ?? hasAny(spec.egress, spec.egressDeny),
		rules: [
			...section('ingress', 'ingress', 'allow'),
			...section('ingressDeny', 'ingress', 'deny'),
			...section('egress', 'egress', 'allow'),
			...section('egressDeny', 'egress', 'deny'),
		],
	};
}

function hasAny(...lists: readonly (readonly unknown[] | undefined)[]): boolean {
	return lists.some((list) => list !== undefined && list.length > 0);
}

/** Nothing, where the rule selects no peer or no port: see {@link IngressRule} for what absent and empty mean. */
function readRule(
	document: CiliumNetworkPolicy,
	path: DocumentPath,
	rule: AnyRule,
	direction: Direction,
	action: Action,
	origins: Origins,
): PolicyRule[] {
	const selectors = direction === 'ingress' ? rule.fromEndpoints : rule.toEndpoints;
	const everyPort = rule.toPorts === undefined || rule.toPorts.length === 0;
	if (selectors === undefined && everyPort) {
		return [];
	}
	const namespace = namespaceOf(document);
	const peers = selectors?.map((selector) => scopePeers(createSelector(selector), namespace)) ?? 'any';
	const ports = everyPort ? EVERY_PORT : rule.toPorts!.flatMap(({ ports: listed }) => listed ?? []).flatMap(spansOf);
	if (peers.length === 0 || ports.length === 0) {
		return [];
	}
	return [{ direction, action, peers, ports, cookie: cookieOf(document, path, origins) }];
}

function spansOf({ protocol, port, endPort }: PortProtocol): PortSpan[] {
	if (port !== 0) {
		return [{ protocol, port, endPort: endPort ?? port }];
	}
	// Port 0 is every port of the protocols named; a row for `any` with every port would be every protocol there is.
	const protocols = protocol === 'any' ? PORT_PROTOCOLS : [protocol];
	return protocols.map((each) => ({ protocol: each, port: FIRST_PORT, endPort: LAST_PORT }));
}

function cookieOf(document: CiliumNetworkPolicy, path: DocumentPath, origins: Origins): number {
	const { file } = document.source;
	const line = document.source.locate(path)?.line;
	return origins.cookieOf({
		document: documentName(document),
		path: formatPath(path),
		...(file === undefined ? {} : { file }),
		...(line === undefined ? {} : { line }),
	});
}
