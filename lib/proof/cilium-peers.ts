import type { CiliumEgressRule, CiliumIngressRule, CiliumPolicySpec } from '../documents/cilium-rule.js';
import type { LabelSelector } from '../labels/selector.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { isOf } from './entities.js';
import { allHold, askedByCilium, type Asked } from './label-asking.js';
import { isNamed, meansName } from './name-patterns.js';
import type { ProofWorld } from './question.js';
import { isBehind } from './services.js';
import { isNode, isReserved, liesIn, NAMESPACE_LABELS, POD_NAMESPACE } from './whereabouts.js';

export type CiliumRule = CiliumIngressRule & CiliumEgressRule;
type Matcher = (peer: PolicyIdentity) => boolean;

/** What peers of a policy's rules are read against. */
export interface PeerContext extends Pick<ProofWorld, 'services'> {
	/** Undefined: a cluster-wide policy. */
	readonly namespace: string | undefined;
	readonly endpointSelector: CiliumPolicySpec['endpointSelector'];
}

/**
 * Who a rule speaks of. Members that are not there have no say: without any, it is everyone. A member that is there
 * and empty is nobody, whatever else the rule has.
 */
export function peersOf(rule: CiliumRule, context: PeerContext): Matcher | 'everyone' {
	const members = membersOf(rule, context).filter((member) => member !== undefined);
	if (members.length === 0) {
		return 'everyone';
	}
	if (members.some((member) => member.length === 0)) {
		return () => false;
	}
	return (peer) => members.some((member) => member.some((matches) => matches(peer)));
}

function membersOf(rule: CiliumRule, context: PeerContext): (readonly Matcher[] | undefined)[] {
	const endpoints = (selector: LabelSelector): Matcher => endpointsOf(selector, context);
	const block =
		(cidr: string): Matcher =>
		(peer) =>
			liesIn(peer, { cidr }, 'none');
	return [
		(rule.fromEndpoints ?? rule.toEndpoints)?.map(endpoints),
		(rule.fromEntities ?? rule.toEntities)?.map((entity) => (peer) => isOf(entity, peer)),
		(rule.fromCIDR ?? rule.toCIDR)?.map(block),
		(rule.fromCIDRSet ?? rule.toCIDRSet)?.map((set) => (peer) => liesIn(peer, set, 'none')),
		(rule.fromNodes ?? rule.toNodes)?.map(remoteNodesOf),
		rule.toServices?.map((meant) => (peer) => isBehind(peer, meant, context.services)),
		rule.toFQDNs?.map((meant) => (peer) => isNamed(peer, (name) => meansName(meant, name))),
	];
}

/** As peers, nodes other than our own: Cilium asks for `remote-node`. */
function remoteNodesOf(selector: LabelSelector): Matcher {
	const asked = askedByCilium(selector);
	return ({ labels }) => isReserved(labels, 'remote-node') && allHold(asked, labels);
}

/** Nodes, which have labels of their own. */
export function nodesOf(selector: LabelSelector): Matcher {
	const asked = askedByCilium(selector);
	return ({ labels }) => isNode(labels) && allHold(asked, labels);
}

/**
 * Endpoints, in the policy's own namespace, or for a cluster-wide policy in any, unless the selector says where: by the
 * namespace's name, by its labels, or by naming something reserved, which is in none. A cluster-wide policy for
 * endpoints that are being initialised, which have no namespace yet, may mean such endpoints.
 */
function endpointsOf(selector: LabelSelector, { namespace, endpointSelector }: PeerContext): Matcher {
	const asked = askedByCilium(selector);
	const everywhere = namespace === undefined && askedByCilium(endpointSelector ?? {}).some(isInit);
	const located =
		asked.some(({ source }) => source === 'reserved') ||
		asked.some((one) => isOfPods(one) && one.key === POD_NAMESPACE) ||
		(namespace !== undefined && asked.some((one) => isOfPods(one) && one.key.startsWith(NAMESPACE_LABELS)));
	const all = located || everywhere ? asked : [...asked, inside(namespace)];
	return ({ labels }) => allHold(all, labels);
}

function inside(namespace: string | undefined): Asked {
	const where = { source: 'k8s', key: POD_NAMESPACE };
	return namespace === undefined
		? { ...where, operator: 'Exists', values: [] }
		: { ...where, operator: 'In', values: [namespace] };
}

function isOfPods({ source }: Asked): boolean {
	return source === 'k8s' || source === 'any';
}

function isInit({ source, key }: Asked): boolean {
	return source === 'reserved' && key === 'init';
}
