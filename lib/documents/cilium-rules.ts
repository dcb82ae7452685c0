import { itemsOf, list, object, optional, required, type Check, type Mapping, type Place } from './check.js';
import { checkOneKindOfPeers, fromPeers, refusedPeers, toNames, toPeers } from './cilium-peers.js';
import type { CiliumEgressRule, CiliumIngressRule } from './cilium-rule.js';
import { allowedPorts, deniedPorts } from './cilium-to-ports.js';
import { icmpRule } from './icmp-types.js';
import { oneOf } from './scalars.js';

const icmps = optional(list(icmpRule));
const authentication = optional(object({ mode: required(oneOf('disabled', 'required', 'test-always-fail')) }));

const allows = { refused: { ...refusedPeers, auth: 'it is called authentication' }, across: checkRule };
const denies = {
	refused: {
		...refusedPeers,
		authentication: 'what is denied needs no authentication',
		toFQDNs: 'names are learned, so that what they stand for cannot be denied for sure; write CIDRs',
	},
	across: checkRule,
};

export const ingressRules: Check<readonly CiliumIngressRule[]> = list(
	object({ ...fromPeers, toPorts: optional(allowedPorts('ingress')), icmps, authentication }, allows),
);

export const egressRules: Check<readonly CiliumEgressRule[]> = list(
	object({ ...toPeers, ...toNames, toPorts: optional(allowedPorts('egress')), icmps, authentication }, allows),
);

export const ingressDenyRules: Check<readonly CiliumIngressRule[]> = list(
	object({ ...fromPeers, toPorts: optional(deniedPorts), icmps }, denies),
);

export const egressDenyRules: Check<readonly CiliumEgressRule[]> = list(
	object({ ...toPeers, toPorts: optional(deniedPorts), icmps }, denies),
);

function checkRule(rule: Mapping, place: Place): void {
	checkOneKindOfPeers(rule, place);
	if (itemsOf(rule, 'toPorts').length > 0 && itemsOf(rule, 'icmps').length > 0) {
		place.report.refuse([...place.path, 'icmps'], 'found beside toPorts, expected one of them; write a rule for each');
	}
}
