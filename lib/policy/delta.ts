import {
	DIRECTIONS,
	emptySet,
	hasRules,
	sideHeaderOf,
	type SetImage,
	type SideHeader,
	type SideImage,
} from './image.js';
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
	readonly before: SideHeader;
	readonly after: SideHeader;
	readonly peers: readonly PeerDelta[];
}

export interface SetDelta {
	readonly id: number;
	/** Whether the set is there, before and after. */
	readonly existed: boolean;
	readonly exists: boolean;
	readonly sides: readonly SideDelta[];
}

/** New classes of some peers of a set; undefined: the peer has no entry of its own. */
export type SetPatch = Readonly<Partial<Record<Direction, ReadonlyMap<number, RuleClass | undefined>>>>;

const NOBODY: readonly PeerDelta[] = [];

export function diffSets(id: number, before: SetImage | undefined, after: SetImage | undefined): SetDelta {
	const from = before ?? emptySet(id);
	const to = after ?? emptySet(id);
	const sides = DIRECTIONS.map((direction) => ({
		set: id,
		direction,
		before: sideHeaderOf(from[direction]),
		after: sideHeaderOf(to[direction]),
		peers: diffPeers(from[direction].peers, to[direction].peers),
	}));
	return { id, existed: before !== undefined, exists: after !== undefined, sides };
}

/** The cost follows the peers named, not those of the set. */
export function patchSet(set: SetImage, patch: SetPatch): SetDelta {
	const sides = DIRECTIONS.map((direction) => {
		const changed = patch[direction];
		return changed === undefined ? untouched(set, direction) : patchSide(set, direction, changed);
	});
	return { id: set.id, existed: true, exists: true, sides };
}

function untouched(set: SetImage, direction: Direction): SideDelta {
	const header = sideHeaderOf(set[direction]);
	return { set: set.id, direction, before: header, after: header, peers: NOBODY };
}

function patchSide(
	set: SetImage,
	direction: Direction,
	changed: ReadonlyMap<number, RuleClass | undefined>,
): SideDelta {
	const side = set[direction];
	const before = sideHeaderOf(side);
	const peers: PeerDelta[] = [];
	let { peerCount } = before;
	for (const [identity, after] of changed) {
		const old = side.peers.get(identity);
		if (old !== after) {
			peers.push({ identity, before: old, after });
			peerCount += Number(after !== undefined) - Number(old !== undefined);
		}
	}
	return { set: set.id, direction, before, after: { ...before, peerCount }, peers };
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
export function headerChanges({ existed, exists, sides }: SetDelta): boolean {
	return (
		existed !== exists ||
		sides.some(
			({ before, after }) =>
				before.default !== after.default ||
				before.defaultClass !== after.defaultClass ||
				hasRules(before) !== hasRules(after),
		)
	);
}

/** The meaning of a miss changes under rules that were there and stay. */
export function defaultFlips({ before, after }: SideDelta): boolean {
	return before.default !== after.default && hasRules(before) && hasRules(after);
}
