import type { IdentitySelector } from '../../rules/identity-selector.js';
import { SOURCE_CIDR, SOURCE_FQDN } from '../../rules/identity-selector.js';
import type { Requirement } from '../../labels/selector.js';

/** Texts of which an identity must carry one for a selector to match it; undefined: any identity could. */
export type Anchors = readonly string[] | undefined;

export const FQDN_ANCHOR = `${SOURCE_FQDN}:`;
export const CIDR_ANCHOR = `${SOURCE_CIDR}:`;

export function pairAnchor(key: string, value: string): string {
	return `${key}=${value}`;
}

export function keyAnchor(key: string): string {
	return `${key}?`;
}

/** How many there are of an anchor's kind: the fewer, the better it is as one. */
export type AnchorCost = (anchor: string) => number;

/** Prefixes of the whole family, and those that match endpoints, are not bound to labels. */
export function anchorsOf(selector: IdentitySelector, costOf: AnchorCost): Anchors {
	switch (selector.kind) {
		case 'labels':
			return anchorsOfRequirements(selector.selector.requirements, costOf);
		case 'fqdn':
			return [FQDN_ANCHOR];
		case 'entity':
			return undefined;
		case 'any':
			return anchorsOfAny(selector.members, costOf);
		case 'cidr':
			return selector.cidr.length === 0 || selector.endpoints !== 'none' ? undefined : [CIDR_ANCHOR];
	}
}

function anchorsOfAny(members: readonly IdentitySelector[], costOf: AnchorCost): Anchors {
	const all = members.map((member) => anchorsOf(member, costOf));
	return all.includes(undefined) ? undefined : [...new Set(all.flatMap((anchors) => anchors ?? []))];
}

/** Of the requirements that bind to a label, the one that costs least. */
function anchorsOfRequirements(requirements: readonly Requirement[], costOf: AnchorCost): Anchors {
	let best: { readonly anchors: readonly string[]; readonly cost: number } | undefined;
	for (const requirement of requirements) {
		const anchors = anchorsOfRequirement(requirement);
		const cost = anchors?.reduce((sum, anchor) => sum + costOf(anchor), 0) ?? Infinity;
		if (anchors !== undefined && (best === undefined || cost < best.cost)) {
			best = { anchors, cost };
		}
	}
	return best?.anchors;
}

function anchorsOfRequirement({ key, operator, values }: Requirement): Anchors {
	switch (operator) {
		case 'In':
			return values.map((value) => pairAnchor(key, value));
		case 'Exists':
			return [keyAnchor(key)];
		default:
			return undefined;
	}
}
