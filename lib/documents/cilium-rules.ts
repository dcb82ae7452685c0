import { list, object, optional, refine, required, type Check, type Place } from './check.js';
import { checkOneKindOfPeers, fromPeers, refusedPeers, toNames, toPeers } from './cilium-peers.js';
import type { CiliumEgressRule, CiliumIngressRule } from './cilium-rule.js';
import { allowedPorts, deniedPorts } from './cilium-to-ports.js';
import { icmpRule } from './icmp-types.js';
import { oneOf } from './scalars.js';

const icmps = optional(list(icmpRule));
const authentication = optional(
	object({ mode: required(oneOf('disabled', 'required', 'test-always-fail')) }),
);
const denies = {
	...refusedPeers,
	authentication: 'what is denied needs no authentication',
	toFQDNs: 'names are learned, so that what they stand for cannot be denied for sure; write CIDRs',
};

export const ingressRules: Check<readonly CiliumIngressRule[]> = list(
	refine(
		object({ ...fromPeers, toPorts: optional(allowedPorts('ingress')), icmps, authentication }, { refused: refusedPeers }),
		checkRule<CiliumIngressRule>,
	),
);

export const egressRules: Check<readonly CiliumEgressRule[]> = list(
	refine(
		object(
			{ ...toPeers, ...toNames, toPorts: optional(allowedPorts('egress')), icmps, authentication },
			{ refused: refusedPeers },
		),
		checkRule<CiliumEgressRule>,
	),
);

export const ingressDenyRules: Check<readonly CiliumIngressRule[]> = list(
	refine(object({ ...fromPeers, toPorts: optional(deniedPorts), icmps }, { refused: denies }), checkRule<CiliumIngressRule>),
);

export const egressDenyRules: Check<readonly CiliumEgressRule[]> = list(
	refine(object({ ...toPeers, toPorts: optional(deniedPorts), icmps }, { refused: denies }), checkRule<CiliumEgressRule>),
);

function checkRule<T extends CiliumIngressRule>(rule: T, place: Place): T | undefined {
	const { toPorts = [], icmps: types = [] } = rule;
	const apart = toPorts.length === 0 || types.length === 0;
	if (!apart) {
		place.report.refuse([...place.path, 'icmps'], 'found beside toPorts, expected one of them; write a rule for each');
	}
	return checkOneKindOfPeers(rule, place) && apart ? rule : undefined;
}
