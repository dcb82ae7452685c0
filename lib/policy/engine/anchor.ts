import type { IdentitySelector } from '../../rules/identity-selector.js';
import { SOURCE_CIDR, SOURCE_FQDN } from '../../rules/identity-selector.js';
import type { Requirement } from '../../labels/selector.js';
import { CLUSTER_LABEL, NAMESPACE_LABEL, NAMESPACE_META_PREFIX, SERVICE_ACCOUNT_LABEL } from '../../labels/pod-labels.js';

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

/** Prefixes of the whole family, and those that match endpoints, are not bound to labels. */
export function anchorsOf(selector: IdentitySelector): Anchors {
	switch (selector.kind) {
		case 'labels':
			return anchorsOfRequirements(selector.selector.requirements);
		case 'fqdn':
			return [FQDN_ANCHOR];
		case 'entity':
			return undefined;
		case 'any':
			return anchorsOfAny(selector.members);
		case 'cidr':
			return selector.cidr.length === 0 || selector.endpoints !== 'none' ? undefined : [CIDR_ANCHOR];
	}
}

function anchorsOfAny(members: readonly IdentitySelector[]): Anchors {
	const all = members.map(anchorsOf);
	return all.includes(undefined) ? undefined : [...new Set(all.flatMap((anchors) => anchors ?? []))];
}

/** The requirement that the fewest identities are likely to meet. */
function anchorsOfRequirements(requirements: readonly Requirement[]): Anchors {
	const best = requirements.filter(isUsable).sort((a, b) => weight(a) - weight(b))[0];
	if (best === undefined) {
		return undefined;
	}
	return best.operator === 'In' ? best.values.map((value) => pairAnchor(best.key, value)) : [keyAnchor(best.key)];
}

function isUsable({ operator }: Requirement): boolean {
	return operator === 'In' || operator === 'Exists';
}

function weight({ key, operator, values }: Requirement): number {
	const common = key === CLUSTER_LABEL || key === SERVICE_ACCOUNT_LABEL ? 3_000 : 0;
	const namespace = key === NAMESPACE_LABEL ? 1_000 : key.startsWith(NAMESPACE_META_PREFIX) ? 2_000 : 0;
	return common + namespace + (operator === 'In' ? Math.min(values.length, 500) : 600);
}
