import type { ClassAllocator } from './class-allocator.js';
import { defaultFlips, type SideDelta } from './delta.js';
import type { RuleClass } from './rule-class.js';
import { totalClass } from './total-class.js';
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
 * Where a set's default flips under a peer whose class changes too, no order of the two writes is right. The peer goes
 * by way of a class that says all it will say, the default included.
 */
function bridgedRoute({ set, direction, after: side, peers }: SideDelta, classes: ClassAllocator): PeerRoute {
	const first: PeerWrite[] = [];
	const second: PeerWrite[] = [];
	const removals: PeerRemoval[] = [];
	const bridges = new Map<RuleClass | undefined, RuleClass>();
	for (const { identity, before, after } of peers) {
		const target = after ?? side.defaultClass;
		const bridge = bridges.get(target) ?? totalClass(target, direction, side.defaultDeny, classes);
		bridges.set(target, bridge);
		first.push({ set, direction, identity, class: bridge, before });
		if (after === undefined) {
			removals.push({ set, direction, identity, before: bridge });
		} else if (after !== bridge) {
			second.push({ set, direction, identity, class: after, before: bridge });
		}
	}
	return { first, second, removals };
}
