import type {
	ClusterEgressRule,
	ClusterIngressRule,
	ClusterPeer,
	ClusterProtocol,
	ClusterSubject,
} from '../documents/cluster-network-policy.js';
import { documentName, type ClusterNetworkPolicy } from '../documents/document.js';
import type { Action, Direction } from '../policy/row.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { nodesOf } from './cilium-peers.js';
import { isNamed, meansDomain } from './name-patterns.js';
import { inNamespaces } from './pods.js';
import { portsOfCluster } from './port-reading.js';
import type { ProofWorld } from './question.js';
import { EVERYTHING, type Reading, type Statement } from './statement.js';
import { liesIn, type EndpointsByAddress } from './whereabouts.js';

type Matcher = (identity: PolicyIdentity) => boolean;
type ClusterRule = Omit<ClusterIngressRule, 'from'> &
	Partial<Pick<ClusterIngressRule, 'from'>> &
	Partial<Pick<ClusterEgressRule, 'to'>>;

const ACTIONS: Readonly<Record<ClusterIngressRule['action'], Action>> = { Accept: 'allow', Deny: 'deny', Pass: 'pass' };
const LOWEST_PRIORITY = 1000;
/** More than a policy has rules of a direction. */
const RULES = 1000;

/** Isolates nobody: what it does not speak of is left to others. */
export function readCluster(policy: ClusterNetworkPolicy, world: ProofWorld, audit: boolean): Reading {
	const { subject, ingress = [], egress = [] } = policy.spec;
	return {
		audit,
		reason: { document: documentName(policy), path: 'spec' },
		isolates: { ingress: false, egress: false },
		statements: [
			...ingress.map((rule, i) => readRule(policy, rule, 'ingress', i, world, audit)),
			...egress.map((rule, i) => readRule(policy, rule, 'egress', i, world, audit)),
		],
		appliesTo: podsOf(subject),
	};
}

function readRule(
	policy: ClusterNetworkPolicy,
	rule: ClusterRule,
	direction: Direction,
	i: number,
	{ ipBlocks }: ProofWorld,
	audit: boolean,
): Statement {
	const { tier, priority } = policy.spec;
	const action = isUnderstood(rule) ? ACTIONS[rule.action] : closed(rule);
	const head = {
		direction,
		action,
		audit: audit && action === 'deny',
		tier: tier === 'Admin' ? ('admin' as const) : ('baseline' as const),
		// The lower priority first, then the earlier rule.
		rank: (LOWEST_PRIORITY - priority) * RULES + (RULES - i),
		reason: { document: documentName(policy), path: `spec.${direction}[${i}]` },
	};
	return isUnderstood(rule)
		? { ...head, ...wordsOf(rule, endpointsFor(action, ipBlocks)) }
		: { ...head, ...everyone(rule) };
}

/**
 * Peers and protocols that have no field we know: the rule was written for a later version. Then it must not open
 * anything: a rule that accepts matches nothing, any other denies everything.
 */
function isUnderstood({ from, to, protocols = [] }: ClusterRule): boolean {
	return [...(from ?? to ?? []), ...protocols].every((one) => Object.values(one).some((field) => field !== undefined));
}

function closed({ action }: ClusterRule): Action {
	return action === 'Accept' ? 'allow' : 'deny';
}

type Words = Pick<Statement, 'asksNames' | 'speaksOfPeer' | 'portsAt'>;

function everyone({ action }: ClusterRule): Words {
	return { asksNames: false, speaksOfPeer: () => action !== 'Accept', portsAt: () => [EVERYTHING] };
}

function wordsOf({ from, to, protocols }: ClusterRule, endpoints: EndpointsByAddress): Words {
	const peers = (from ?? to ?? []).map((peer) => peerOf(peer, endpoints));
	const listed: readonly ClusterProtocol[] = protocols ?? [];
	return {
		asksNames: listed.some(({ destinationNamedPort }) => destinationNamedPort !== undefined),
		speaksOfPeer: (peer) => peers.some((matches) => matches(peer)),
		portsAt: (names) => (listed.length === 0 ? [EVERYTHING] : listed.flatMap((one) => portsOfCluster(one, names))),
	};
}

/** So that nothing opens by accident where pods of one identity have addresses in and out of a block. */
function endpointsFor(action: Action, ipBlocks: ProofWorld['ipBlocks']): EndpointsByAddress {
	if (ipBlocks === 'external') {
		return 'none';
	}
	return action === 'deny' ? 'any' : 'all';
}

function peerOf(
	{ namespaces, pods, nodes, networks, domainNames }: ClusterPeer,
	endpoints: EndpointsByAddress,
): Matcher {
	if (nodes !== undefined) {
		return nodesOf(nodes);
	}
	if (networks !== undefined) {
		return (peer) => networks.some((cidr) => liesIn(peer, { cidr }, endpoints));
	}
	if (domainNames !== undefined) {
		return (peer) => isNamed(peer, (name) => domainNames.some((domain) => meansDomain(domain, name)));
	}
	return podsOf({ ...(namespaces && { namespaces }), ...(pods && { pods }) });
}

/** A subject of no field we know is nobody. */
function podsOf({ namespaces, pods }: ClusterSubject): Matcher {
	if (namespaces !== undefined) {
		return inNamespaces(namespaces);
	}
	return pods === undefined ? () => false : inNamespaces(pods.namespaceSelector, pods.podSelector);
}
