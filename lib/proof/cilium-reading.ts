import type { CiliumPolicySpec, CiliumPortRule } from '../documents/cilium-rule.js';
import {
	documentName,
	namespaceOf,
	specsOf,
	type CiliumClusterwideNetworkPolicy,
	type CiliumNetworkPolicy,
} from '../documents/document.js';
import type { Action, Direction } from '../policy/row.js';
import type { NamedPort, PolicyIdentity } from '../rules/policy-identity.js';
import { nodesOf, peersOf, type CiliumRule, type PeerContext } from './cilium-peers.js';
import { allHold, askedByCilium } from './label-asking.js';
import { portsOfCilium, portsOfIcmp } from './port-reading.js';
import type { ProofWorld } from './question.js';
import { EVERYTHING, type PortSpread, type Reading, type Statement } from './statement.js';
import { isNode, POD_NAMESPACE } from './whereabouts.js';

type CiliumPolicy = CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy;
type Section = 'ingress' | 'ingressDeny' | 'egress' | 'egressDeny';

const SECTIONS: readonly (readonly [Section, Direction, Action])[] = [
	['ingress', 'ingress', 'allow'],
	['ingressDeny', 'ingress', 'deny'],
	['egress', 'egress', 'allow'],
	['egressDeny', 'egress', 'deny'],
];

export function readCilium(policy: CiliumPolicy, { services }: ProofWorld, audit: boolean): Reading[] {
	const namespace = policy.kind === 'CiliumNetworkPolicy' ? namespaceOf(policy) : undefined;
	const document = documentName(policy);
	return specsOf(policy).map(({ spec, path: [part, i] }) => {
		const path = i === undefined ? String(part) : `${part}[${i}]`;
		const context = { services, namespace, endpointSelector: spec.endpointSelector };
		return {
			audit,
			reason: { document, path },
			isolates: { ingress: isolates(spec, 'ingress'), egress: isolates(spec, 'egress') },
			statements: statementsOf(spec, { document, path, audit, context }),
			appliesTo: subjectsOf(spec, namespace),
		};
	});
}

/** Policies for endpoints are not for nodes. */
function subjectsOf(
	{ endpointSelector, nodeSelector }: CiliumPolicySpec,
	namespace: string | undefined,
): Reading['appliesTo'] {
	if (nodeSelector !== undefined) {
		return nodesOf(nodeSelector);
	}
	const asked = askedByCilium(endpointSelector ?? {});
	if (namespace !== undefined) {
		asked.push({ source: 'k8s', key: POD_NAMESPACE, operator: 'In', values: [namespace] });
	}
	return ({ labels }: PolicyIdentity) => !isNode(labels) && allHold(asked, labels);
}

/** Said, or where there are rules, of either sort. */
function isolates(spec: CiliumPolicySpec, direction: Direction): boolean {
	const rules = (spec[direction] ?? []).length + (spec[`${direction}Deny`] ?? []).length;
	return spec.enableDefaultDeny?.[direction] ?? rules > 0;
}

interface Place {
	readonly document: string;
	readonly path: string;
	readonly audit: boolean;
	readonly context: PeerContext;
}

function statementsOf(spec: CiliumPolicySpec, place: Place): Statement[] {
	return SECTIONS.flatMap(([name, direction, action]) =>
		(spec[name] ?? []).flatMap((rule: CiliumRule, i) => {
			const path = `${place.path}.${name}[${i}]`;
			return readRule(rule, { ...place, path }, direction, action);
		}),
	);
}

/** A rule of neither peers nor ports says nothing but that its direction has rules. */
function readRule(rule: CiliumRule, place: Place, direction: Direction, action: Action): Statement[] {
	const peers = peersOf(rule, place.context);
	const { toPorts = [], icmps = [] } = rule;
	const head = {
		direction,
		action,
		audit: action === 'deny' && place.audit,
		tier: 'normal' as const,
		rank: 0,
		reason: { document: place.document, path: place.path },
		asksNames: false,
		speaksOfPeer: peers === 'everyone' ? () => true : peers,
	};
	if (toPorts.length === 0 && icmps.length === 0) {
		return peers === 'everyone' ? [] : [{ ...head, portsAt: () => [EVERYTHING] }];
	}
	return [
		...toPorts.map((entry, i) => readEntry(entry, i, head)),
		...icmps.map((icmp) => ({ ...head, portsAt: () => portsOfIcmp(icmp) })),
	];
}

/** An entry with L7 rules is a rule of its own. */
function readEntry(entry: CiliumPortRule, i: number, head: Omit<Statement, 'portsAt'>): Statement {
	const spoken = { ...head, asksNames: namesPorts(entry), portsAt: portsOf(entry) };
	if (!isInspected(entry)) {
		return spoken;
	}
	const reason = { ...head.reason, path: `${head.reason.path}.toPorts[${i}]` };
	return { ...spoken, reason, action: head.action === 'allow' ? 'redirect' : head.action };
}

type PortMatcher = (names: readonly NamedPort[]) => PortSpread[];

/** An entry that lists no port is none, as in Cilium. */
function portsOf({ ports = [] }: CiliumPortRule): PortMatcher {
	return (names) => ports.flatMap((port) => portsOfCilium(port, names));
}

function namesPorts({ ports = [] }: CiliumPortRule): boolean {
	return ports.some(({ port }) => typeof port === 'string');
}

/** Lists of rules that are there but empty ask for nothing. */
function isInspected({ rules, serverNames = [] }: CiliumPortRule): boolean {
	return serverNames.length + (rules?.http ?? []).length + (rules?.dns ?? []).length > 0;
}
