import type { SetPatch } from '../delta.js';
import type { Direction } from '../row.js';
import type { RuleClass } from '../rule-class.js';
import type { LiveSet } from './live-set.js';

type Peers = { readonly [D in Direction]: Set<number> | undefined };

/** Peers of whom a set may say something else now. */
export interface DirtyPeers {
	readonly bySet: Map<LiveSet, Peers>;
	add(set: LiveSet, direction: Direction, identity: number): void;
}

export function createDirtyPeers(): DirtyPeers {
	const bySet = new Map<LiveSet, { -readonly [D in Direction]: Set<number> | undefined }>();
	return {
		bySet,
		add(set, direction, identity) {
			const peers = bySet.get(set) ?? { ingress: undefined, egress: undefined };
			bySet.set(set, peers);
			const side = peers[direction];
			if (side === undefined) {
				peers[direction] = new Set([identity]);
			} else {
				side.add(identity);
			}
		},
	};
}

/** Only the directions that are dirty are looked at. */
export function patchOf(set: LiveSet, peers: Peers): SetPatch {
	const patch: { -readonly [D in Direction]?: Map<number, RuleClass | undefined> } = {};
	for (const direction of ['ingress', 'egress'] as const) {
		const side = peers[direction];
		if (side === undefined) {
			continue;
		}
		const classes = new Map<number, RuleClass | undefined>();
		for (const peer of side) {
			classes.set(peer, set.sides[direction].classOf(peer));
		}
		patch[direction] = classes;
	}
	return patch;
}
