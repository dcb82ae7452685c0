import { policyMetadata } from './audit.js';
import { fieldOf, isMapping, itemsOf, listOf, object, optional, required, type Check } from './check.js';
import type { Mapping, Place } from './check.js';
import type { ClusterEgressRule, ClusterIngressRule, ClusterPolicySpec } from './cluster-network-policy.js';
import { clusterSubject, egressPeer, ingressPeer } from './cluster-peers.js';
import { clusterProtocol } from './cluster-protocols.js';
import { clusterMetadata } from './metadata.js';
import { integer, oneOf, string } from './scalars.js';

/** Limits of the API. */
const MOST = 25;
const MAX_PRIORITY = 1000;

const common = {
	name: optional(string(/^/, 'at most 100 characters', 100)),
	action: required(oneOf('Accept', 'Deny', 'Pass')),
	protocols: optional(listOf(clusterProtocol, 1, MOST)),
};

const ingressRule: Check<ClusterIngressRule> = object({ ...common, from: required(listOf(ingressPeer, 1, MOST)) });
const egressRule: Check<ClusterEgressRule> = object(
	{ ...common, to: required(listOf(egressPeer, 1, MOST)) },
	{ across: checkEgress },
);

const spec: Check<ClusterPolicySpec> = object({
	tier: required(oneOf('Admin', 'Baseline')),
	priority: required(integer(0, MAX_PRIORITY)),
	subject: required(clusterSubject),
	ingress: optional(listOf(ingressRule, 0, MOST)),
	egress: optional(listOf(egressRule, 0, MOST)),
});

export const clusterNetworkPolicy = {
	fields: { metadata: required(policyMetadata(clusterMetadata)), spec: required(spec) },
};

function checkEgress(rule: Mapping, place: Place): void {
	const named = itemsOf(rule, 'protocols').findIndex((protocol) => has(protocol, 'destinationNamedPort'));
	itemsOf(rule, 'to').forEach((peer, i) => {
		const kind = ['nodes', 'networks', 'domainNames'].find((name) => has(peer, name));
		const { path, report } = place;
		if (kind !== undefined && named !== -1) {
			const at = [...path, 'protocols', named, 'destinationNamedPort'];
			report.refuse(at, `found with ${kind}, which have no named ports; expected a number`);
		}
		if (kind === 'domainNames' && fieldOf(rule, 'action') !== 'Accept') {
			report.refuse(
				[...path, 'to', i, 'domainNames'],
				'found in a rule that does not accept, expected with Accept only',
			);
		}
	});
}

function has(value: unknown, name: string): boolean {
	return isMapping(value) && fieldOf(value, name) !== undefined;
}
