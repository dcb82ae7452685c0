import type { Entity } from '../documents/cilium-rule.js';
import { SOURCE_RESERVED } from '../labels/label.js';
import { fromRequirements } from '../labels/selector.js';
import { byEntity, byLabels, isOutside, prefixOf, type IdentitySelector } from './identity-selector.js';

/** Whoever is of an entity, as Cilium's documents define them. None of the selectors: nobody. */
export function entity(name: Entity): readonly IdentitySelector[] | 'any' {
	switch (name) {
		case 'all':
			return 'any';
		case 'none':
			return [];
		case 'world':
			return [byEntity(name, ({ labels }) => isOutside(labels))];
		case 'world-ipv4':
			return [worldOf(4)];
		case 'world-ipv6':
			return [worldOf(6)];
		case 'cluster':
			// Endpoints need not carry their cluster's name here: what no label says is outside is in it.
			return [byEntity(name, ({ labels }) => !isOutside(labels))];
		default:
			return [byLabels(fromRequirements([{ source: SOURCE_RESERVED, key: name, operator: 'Exists', values: [] }]))];
	}
}

function worldOf(family: 4 | 6): IdentitySelector {
	const name = `world-ipv${family}`;
	return byEntity(
		name,
		({ labels }) => labels.get(SOURCE_RESERVED, name) !== undefined || prefixOf(labels)?.family === family,
	);
}
