import { parsePrefix } from '../addresses/prefix.js';
import type {
	ClusterDestination,
	ClusterEgressRule,
	ClusterIngressRule,
	ClusterPeer,
	ClusterProtocol,
	ClusterSubject,
} from '../documents/cluster-network-policy.js';
import type { ClusterNetworkPolicy } from '../documents/document.js';
import { fromRequirements } from '../labels/selector.js';
import { SCTP, TCP, UDP } from '../policy/protocols.js';
import type { Action, Direction } from '../policy/row.js';
import { FIRST_PORT, LAST_PORT } from '../policy/row.js';
import { EVERY_PORT } from './cilium-ports.js';
import type { RuleContext } from './context.js';
import { byAny, byCidr, byLabels, type CidrSelector, type IdentitySelector } from './identity-selector.js';
import { domain } from './names.js';
import { nodes, podsInNamespaces } from './places.js';
import { placeOf, type RulePlace } from './rule-place.js';
import type { PolicyRule, PolicyRules, PortMatch } from './rule.js';

type ClusterRule = Partial<Pick<ClusterIngressRule, 'from'>> &
	Partial<Pick<ClusterEgressRule, 'to'>> &
	Omit<ClusterIngressRule, 'from'>;

const ACTIONS: Readonly<Record<ClusterRule['action'], Action>> = { Accept: 'allow', Deny: 'deny', Pass: 'pass' };
const LOWEST_PRIORITY = 1000;
/** More than a policy has rules of one direction. */
const RULES = 1000;

/** Isolates nobody: what it does not speak of is left to others. */
export function clusterRules(document: ClusterNetworkPolicy, context: RuleContext): PolicyRules {
	const { subject, ingress = [], egress = [] } = document.spec;
	const place = placeOf(document, context);
	return {
		subjects: byAny(podsOf(subject)),
		defaults: { ingress: 'allow', egress: 'allow' },
		rules: [
			...ingress.flatMap((rule, i) => readRule(document, rule, 'ingress', i, place)),
			...egress.flatMap((rule, i) => readRule(document, rule, 'egress', i, place)),
		],
	};
}

function readRule(
	{ spec }: ClusterNetworkPolicy,
	rule: ClusterRule,
	direction: Direction,
	i: number,
	place: RulePlace,
): PolicyRule[] {
	const { action, peers, ports } = isUnderstood(rule) ? meaningOf(rule, place) : closed(rule);
	if (peers.length === 0 || ports.length === 0) {
		return [];
	}
	return [
		{
			direction,
			action,
			audit: action === 'deny' && place.audit,
			tier: spec.tier === 'Admin' ? 'admin' : 'baseline',
			// The lower priority first, then the earlier rule.
			precedence: (LOWEST_PRIORITY - spec.priority) * RULES + (RULES - i),
			peers,
			ports,
			cookie: place.cookieOf(['spec', direction, i]),
		},
	];
}

type Meaning = Pick<PolicyRule, 'action' | 'peers' | 'ports'>;

function meaningOf({ action, from, to, protocols }: ClusterRule, { context }: RulePlace): Meaning {
	const endpoints = context.ipBlocks === 'external' ? 'none' : action === 'Deny' ? 'any' : 'all';
	const peers = (from ?? to ?? []).flatMap((peer) => peersOf(peer, endpoints));
	const listed = protocols ?? [];
	return { action: ACTIONS[action], peers, ports: listed.length === 0 ? [EVERY_PORT] : listed.flatMap(portsOf) };
}

/**
 * Peers and protocols that have no field we know: the rule was written for a later version. It must not open anything:
 * one that accepts matches nothing, any other denies everything.
 */
function isUnderstood({ from, to, protocols = [] }: ClusterRule): boolean {
	return [...(from ?? to ?? []), ...protocols].every((one) => Object.values(one).some((field) => field !== undefined));
}

function closed({ action }: ClusterRule): Meaning {
	return action === 'Accept'
		? { action: 'allow', peers: [], ports: [EVERY_PORT] }
		: { action: 'deny', peers: 'any', ports: [EVERY_PORT] };
}

function peersOf(peer: ClusterPeer, endpoints: CidrSelector['endpoints']): IdentitySelector[] {
	const { nodes: byNode, networks, domainNames } = peer;
	if (byNode !== undefined) {
		return nodes(byNode).map(byLabels);
	}
	if (networks !== undefined) {
		return networks.map((cidr) => byCidr(parsePrefix(cidr)!, [], endpoints));
	}
	return domainNames === undefined ? podsOf(peer) : domainNames.map(domain);
}

/** A subject of no field we know is nobody. */
function podsOf({ namespaces, pods }: ClusterSubject): IdentitySelector[] {
	if (namespaces !== undefined) {
		return [byLabels(fromRequirements(podsInNamespaces(namespaces)))];
	}
	return pods === undefined
		? []
		: [byLabels(fromRequirements(podsInNamespaces(pods.namespaceSelector, pods.podSelector)))];
}

/** A name is that of a port of any protocol. */
function portsOf({ tcp, udp, sctp, destinationNamedPort }: ClusterProtocol): PortMatch[] {
	return [
		...(destinationNamedPort === undefined ? [] : [{ protocol: 'any' as const, name: destinationNamedPort }]),
		...(tcp === undefined ? [] : [destination(TCP, tcp)]),
		...(udp === undefined ? [] : [destination(UDP, udp)]),
		...(sctp === undefined ? [] : [destination(SCTP, sctp)]),
	];
}

function destination(protocol: number, { destinationPort }: ClusterDestination): PortMatch {
	const { number, range } = destinationPort ?? {};
	if (range !== undefined) {
		return { protocol, port: range.start, endPort: range.end };
	}
	return { protocol, port: number ?? FIRST_PORT, endPort: number ?? LAST_PORT };
}
