import { DIRECTIONS, emptySet, hasRules, type SetImage, type SideImage } from './image.js';
import type { Direction } from './row.js';
import type { RuleClass } from './rule-class.js';

/** A peer whose class changes; undefined: no entry of its own. */
export interface PeerDelta {
	readonly identity: number;
	readonly before: RuleClass | undefined;
	readonly after: RuleClass | undefined;
}

/** One direction of a set that changes: only what differs. */
export interface SideDelta {
	readonly set: number;
	readonly direction: Direction;
	readonly before: SideImage;
	readonly after: SideImage;
	readonly peers: readonly PeerDelta[];
}

export interface SetDelta {
	readonly id: number;
	/** Undefined: the set is new. */
	readonly before: SetImage | undefined;
	/** Undefined: the set goes. */
	readonly after: SetImage | undefined;
	readonly sides: readonly SideDelta[];
}

export function diffSets(id: number, before: SetImage | undefined, after: SetImage | undefined): SetDelta {
	const from = before ?? emptySet(id);
	const to = after ?? emptySet(id);
	const sides = DIRECTIONS.map((direction) => ({
		set: id,
		direction,
		before: from[direction],
		after: to[direction],
		peers: diffPeers(from[direction].peers, to[direction].peers),
	}));
	return { id, before, after, sides };
}

function diffPeers(before: SideImage['peers'], after: SideImage['peers']): PeerDelta[] {
	const changed: PeerDelta[] = [];
	for (const [identity, known] of after) {
		const old = before.get(identity);
		if (old !== known) {
			changed.push({ identity, before: old, after: known });
		}
	}
	for (const [identity, old] of before) {
		if (!after.has(identity)) {
			changed.push({ identity, before: old, after: undefined });
		}
	}
	return changed;
}

/** True where the kernel's record of the set itself changes. */
export function headerChanges({ before, after, sides }: SetDelta): boolean {
	return (
		(before === undefined) !== (after === undefined) ||
		sides.some(
			(side) =>
				side.before.defaultDeny !== side.after.defaultDeny ||
				side.before.defaultClass !== side.after.defaultClass ||
				hasRules(side.before) !== hasRules(side.after),
		)
	);
}

/** The meaning of a miss changes under rules that were there and stay. */
export function defaultFlips({ before, after }: SideDelta): boolean {
	return before.defaultDeny !== after.defaultDeny && hasRules(before) && hasRules(after);
}
