import { documentName, namespaceOf, type MultiNetworkPolicy, type NetworkPolicy } from '../documents/document.js';
import type {
	KubernetesEgressRule,
	KubernetesIngressRule,
	KubernetesPeer,
	KubernetesPort,
} from '../documents/kubernetes-policy.js';
import type { LabelSelector } from '../labels/selector.js';
import type { Direction } from '../policy/row.js';
import type { IpBlocks } from '../rules/context.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { portsOfKubernetes } from './port-reading.js';
import { inNamespaces, isPodOf } from './pods.js';
import type { ProofWorld } from './question.js';
import { EVERYTHING, type Reading, type Statement } from './statement.js';
import { liesIn, POD_NETWORK, valueOf } from './whereabouts.js';

const POLICY_FOR = 'k8s.v1.cni.cncf.io/policy-for';

type Matcher = (identity: PolicyIdentity) => boolean;
type KubernetesRule = KubernetesIngressRule & KubernetesEgressRule;

interface Place {
	readonly document: string;
	readonly namespace: string;
	readonly ipBlocks: IpBlocks;
	/** Whether an endpoint is on a network that the policy is about. */
	readonly onNetwork: Matcher;
}

export function readKubernetes(
	policy: NetworkPolicy | MultiNetworkPolicy,
	{ ipBlocks }: ProofWorld,
	audit: boolean,
): Reading {
	const document = documentName(policy);
	const place = { document, namespace: namespaceOf(policy), ipBlocks, onNetwork: networksOf(policy) };
	const { podSelector = {}, policyTypes, ingress = [], egress = [] } = policy.spec;
	const isolates = { ingress: policyTypes.includes('Ingress'), egress: policyTypes.includes('Egress') };
	const isSubject = isPodOf(podSelector, place.namespace);
	return {
		audit,
		reason: { document, path: 'spec' },
		isolates,
		// Rules of a direction that the policy is not about say nothing.
		statements: [
			...(isolates.ingress ? ingress.map((rule, i) => readRule(rule, 'ingress', i, place)) : []),
			...(isolates.egress ? egress.map((rule, i) => readRule(rule, 'egress', i, place)) : []),
		],
		appliesTo: (identity) => isSubject(identity) && place.onNetwork(identity),
	};
}

/** All networks, for a NetworkPolicy: a pod's labels are those of all its interfaces. */
function networksOf({ kind, metadata }: NetworkPolicy | MultiNetworkPolicy): Matcher {
	if (kind === 'NetworkPolicy') {
		return () => true;
	}
	const listed = (metadata.annotations?.[POLICY_FOR] ?? '').split(',').map((name) => name.trim().split('/').at(-1));
	return ({ labels }) => listed.includes(valueOf(labels, 'cni', POD_NETWORK) ?? 'default');
}

/** No peers is everyone, within the cluster and beyond; no ports is everything. */
function readRule(rule: KubernetesRule, direction: Direction, i: number, place: Place): Statement {
	const peers = (rule.from ?? rule.to ?? []).map((peer) => peerOf(peer, place));
	const ports: readonly KubernetesPort[] = rule.ports ?? [];
	return {
		direction,
		action: 'allow',
		audit: false,
		tier: 'normal',
		rank: 0,
		reason: { document: place.document, path: `spec.${direction}[${i}]` },
		asksNames: ports.some(({ port }) => typeof port === 'string'),
		speaksOfPeer: (peer) => peers.length === 0 || peers.some((matches) => matches(peer)),
		portsAt: (names) => (ports.length === 0 ? [EVERYTHING] : ports.flatMap((port) => portsOfKubernetes(port, names))),
	};
}

function peerOf({ ipBlock, podSelector, namespaceSelector }: KubernetesPeer, place: Place): Matcher {
	if (ipBlock !== undefined) {
		return (peer) => liesIn(peer, ipBlock, place.ipBlocks === 'endpoints' ? 'all' : 'none');
	}
	const isPeer = podPeer(podSelector, namespaceSelector, place.namespace);
	return (peer) => isPeer(peer) && place.onNetwork(peer);
}

function podPeer(pods: LabelSelector | undefined, namespaces: LabelSelector | undefined, own: string): Matcher {
	return namespaces === undefined ? isPodOf(pods ?? {}, own) : inNamespaces(namespaces, pods ?? {});
}
