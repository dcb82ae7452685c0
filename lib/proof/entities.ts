import type { Entity } from '../documents/cilium-rule.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { blockOf, isOutside, isReserved } from './whereabouts.js';

/** Whether an identity is of an entity, as Cilium's documents define them. */
export function isOf(entity: Entity, identity: PolicyIdentity): boolean {
	const { labels } = identity;
	switch (entity) {
		case 'all':
			return true;
		case 'none':
			return false;
		case 'world':
			return isOutside(labels);
		case 'world-ipv4':
			return isWorldOfFamily(identity, 4);
		case 'world-ipv6':
			return isWorldOfFamily(identity, 6);
		case 'cluster':
			return !isOutside(labels);
		default:
			return isReserved(labels, entity);
	}
}

function isWorldOfFamily({ labels }: PolicyIdentity, family: 4 | 6): boolean {
	return isReserved(labels, `world-ipv${family}`) || blockOf(labels)?.family === family;
}
