import {
	itemsOf,
	list,
	object,
	optional,
	required,
	type Check,
	type Fields,
	type Mapping,
	type Place,
} from './check.js';
import { cidr, cidrOrAddress, holesWithin } from './cidrs.js';
import { ENTITIES, type CiliumCidrRule, type CiliumService } from './cilium-rule.js';
import { exactlyOne } from './exactly-one.js';
import { domainSelector } from './domain-names.js';
import { endpointSelector, labelSelector } from './label-selector.js';
import { name } from './metadata.js';
import { oneOf } from './scalars.js';

const groupsOfCidrs = 'groups of CIDRs are objects of a kind that is not read here; write the CIDRs';

const cidrRule: Check<CiliumCidrRule> = object(
	{ cidr: required(cidr), except: optional(list(cidr)) },
	{
		refused: { cidrGroupRef: groupsOfCidrs, cidrGroupSelector: groupsOfCidrs },
		across: holesWithin(false),
	},
);

const service: Check<CiliumService> = object(
	{
		k8sService: optional(object({ serviceName: required(name), namespace: optional(name) })),
		k8sServiceSelector: optional(object({ selector: required(labelSelector), namespace: optional(name) })),
	},
	{ across: (value, place) => exactlyOne(value, place, 'k8sService', 'k8sServiceSelector') },
);

export const fromPeers = {
	fromEndpoints: optional(list(endpointSelector)),
	fromEntities: optional(list(oneOf(...ENTITIES))),
	fromCIDR: optional(list(cidrOrAddress)),
	fromCIDRSet: optional(list(cidrRule)),
	fromNodes: optional(list(endpointSelector)),
} satisfies Fields;

export const toPeers = {
	toEndpoints: optional(list(endpointSelector)),
	toEntities: optional(list(oneOf(...ENTITIES))),
	toCIDR: optional(list(cidrOrAddress)),
	toCIDRSet: optional(list(cidrRule)),
	toNodes: optional(list(endpointSelector)),
	toServices: optional(list(service)),
} satisfies Fields;

export const toNames = { toFQDNs: optional(list(domainSelector)) } satisfies Fields;

const requirements = 'removed from Cilium; write the requirement into the selectors of each rule';
const groups = 'groups of cloud providers are not supported; write their CIDRs';

export const refusedPeers = {
	fromRequires: requirements,
	toRequires: requirements,
	fromGroups: groups,
	toGroups: groups,
};

const MEMBERS = [...Object.keys(fromPeers), ...Object.keys(toPeers), ...Object.keys(toNames)];

/** Cilium has no rule of two kinds of peers, as nobody could say whether both must match, or either. */
export function checkOneKindOfPeers(rule: Mapping, { path, report }: Place): void {
	const found = MEMBERS.filter((member) => itemsOf(rule, member).length > 0);
	if (found.length > 1) {
		report.refuse(path, `found ${found.join(' and ')} in one rule, expected one of them; write a rule for each`);
	}
}
