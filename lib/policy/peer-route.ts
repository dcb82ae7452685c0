import type { ClassAllocator } from './class-allocator.js';
import { defaultFlips, type SideDelta } from './delta.js';
import type { RuleClass } from './rule-class.js';
import { overlay } from './overlay.js';
import type { PeerRemoval, PeerWrite } from './writes.js';

/** The writes of a side's peers, before and after its set is written. */
export interface PeerRoute {
	readonly first: readonly PeerWrite[];
	readonly second: readonly PeerWrite[];
	readonly removals: readonly PeerRemoval[];
}

export function routePeers(side: SideDelta, classes: ClassAllocator): PeerRoute {
	return defaultFlips(side) ? bridgedRoute(side, classes) : directRoute(side);
}

function directRoute({ set, direction, peers }: SideDelta): PeerRoute {
	const first: PeerWrite[] = [];
	const removals: PeerRemoval[] = [];
	for (const { identity, before, after } of peers) {
		if (after !== undefined) {
			first.push({ set, direction, identity, class: after, before });
		} else if (before !== undefined) {
			removals.push({ set, direction, identity, before });
		}
	}
	return { first, second: [], removals };
}

/**
 * Where a set's default flips under a peer whose class changes too, no order of the two writes is right: the new rules
 * may rely on the new default as the old ones did on the old. The peer goes by way of a class that says what the new
 * rules say and, where they are silent, what the old ones said; only what neither speaks of follows the default.
 */
function bridgedRoute(side: SideDelta, classes: ClassAllocator): PeerRoute {
	const { set, direction, peers } = side;
	const first: PeerWrite[] = [];
	const second: PeerWrite[] = [];
	const removals: PeerRemoval[] = [];
	const bridgeOf = createBridges(side, classes);
	for (const { identity, before, after } of peers) {
		const bridge = bridgeOf(before, after);
		if (bridge !== before) {
			first.push({ set, direction, identity, class: bridge, before });
		}
		if (after === undefined) {
			removals.push({ set, direction, identity, before: bridge });
		} else if (after !== bridge) {
			second.push({ set, direction, identity, class: after, before: bridge });
		}
	}
	return { first, second, removals };
}

function createBridges({ direction, before: from, after: to }: SideDelta, classes: ClassAllocator) {
	const known = new Map<RuleClass | undefined, Map<RuleClass | undefined, RuleClass>>();
	return (before: RuleClass | undefined, after: RuleClass | undefined): RuleClass => {
		const row = known.get(before) ?? new Map<RuleClass | undefined, RuleClass>();
		known.set(before, row);
		// A peer that changes has a class of its own on one side at least.
		const bridge =
			row.get(after) ?? overlay(after ?? to.defaultClass, before ?? from.defaultClass, direction, classes)!;
		row.set(after, bridge);
		return bridge;
	};
}
