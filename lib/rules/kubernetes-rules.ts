import { parsePrefix } from '../addresses/prefix.js';
import { namespaceOf, type MultiNetworkPolicy, type NetworkPolicy } from '../documents/document.js';
import type {
	IpBlock,
	KubernetesEgressRule,
	KubernetesIngressRule,
	KubernetesPeer,
	KubernetesPort,
} from '../documents/kubernetes-policy.js';
import { policyNetworksOf } from '../documents/multi-network-policy.js';
import { fromRequirements, type Requirement } from '../labels/selector.js';
import type { DefaultVerdict, Direction } from '../policy/row.js';
import { FIRST_PORT, LAST_PORT } from '../policy/row.js';
import { EVERY_PORT } from './cilium-ports.js';
import type { RuleContext } from './context.js';
import { byAny, byCidr, byLabels, type IdentitySelector } from './identity-selector.js';
import { onNetworks, podsInNamespaces, podsOf } from './places.js';
import { placeOf, type RulePlace } from './rule-place.js';
import type { PolicyRule, PolicyRules, PortMatch } from './rule.js';

type KubernetesRule = KubernetesIngressRule & KubernetesEgressRule;

interface Place extends RulePlace {
	readonly namespace: string;
	/** One a way to be on a network that the policy is about. */
	readonly networks: readonly (readonly Requirement[])[];
}

const TYPES = { ingress: 'Ingress', egress: 'Egress' } as const;

export function kubernetesRules(document: NetworkPolicy | MultiNetworkPolicy, context: RuleContext): PolicyRules {
	const { podSelector = {}, policyTypes, ingress = [], egress = [] } = document.spec;
	const place: Place = {
		...placeOf(document, context),
		namespace: namespaceOf(document),
		// A pod's labels are those of all its interfaces: a NetworkPolicy holds on every network.
		networks: document.kind === 'NetworkPolicy' ? [[]] : onNetworks(policyNetworksOf(document)),
	};
	const isolated = (direction: Direction) => policyTypes.includes(TYPES[direction]);
	const defaultOf = (direction: Direction): DefaultVerdict =>
		isolated(direction) ? (place.audit ? 'audited' : 'deny') : 'allow';
	return {
		subjects: byAny(pods(podsOf(podSelector, place.namespace), place)),
		defaults: { ingress: defaultOf('ingress'), egress: defaultOf('egress') },
		// Rules of a direction that the policy is not about say nothing.
		rules: [
			...(isolated('ingress') ? ingress.flatMap((rule, i) => readRule(rule, 'ingress', i, place)) : []),
			...(isolated('egress') ? egress.flatMap((rule, i) => readRule(rule, 'egress', i, place)) : []),
		],
	};
}

function pods(requirements: readonly Requirement[], { networks }: Place): IdentitySelector[] {
	return networks.map((network) => byLabels(fromRequirements([...requirements, ...network])));
}

/** No peers is everyone, within the cluster and beyond; no ports is everything. */
function readRule(rule: KubernetesRule, direction: Direction, i: number, place: Place): PolicyRule[] {
	const listed = rule.from ?? rule.to ?? [];
	const peers = listed.length === 0 ? 'any' : listed.flatMap((peer) => peersOf(peer, place));
	const ports = rule.ports === undefined || rule.ports.length === 0 ? [EVERY_PORT] : rule.ports.map(portOf);
	if (peers.length === 0) {
		return [];
	}
	const cookie = place.cookieOf(['spec', direction, i]);
	return [{ direction, action: 'allow', audit: false, tier: 'normal', precedence: 0, peers, ports, cookie }];
}

function peersOf({ ipBlock, podSelector = {}, namespaceSelector }: KubernetesPeer, place: Place): IdentitySelector[] {
	if (ipBlock !== undefined) {
		return [blockOf(ipBlock, place)];
	}
	return pods(
		namespaceSelector === undefined
			? podsOf(podSelector, place.namespace)
			: podsInNamespaces(namespaceSelector, podSelector),
		place,
	);
}

function blockOf({ cidr, except = [] }: IpBlock, { context }: Place): IdentitySelector {
	const holes = except.map((hole) => parsePrefix(hole)!);
	return byCidr(parsePrefix(cidr)!, holes, context.ipBlocks === 'endpoints' ? 'all' : 'none');
}

function portOf({ protocol, port, endPort }: KubernetesPort): PortMatch {
	if (typeof port === 'string') {
		return { protocol, name: port };
	}
	return { protocol, port: port ?? FIRST_PORT, endPort: port === undefined ? LAST_PORT : (endPort ?? port) };
}
