import type { DefaultVerdict, Direction } from './row.js';
import { NO_CLASS, type RuleClass } from './rule-class.js';

/** One direction of a set: what a peer's class is, and what happens where no rule speaks. */
export interface SideImage {
	readonly default: DefaultVerdict;
	/** Class of every peer without an entry of its own; undefined: no rules. */
	readonly defaultClass: RuleClass | undefined;
	readonly peers: ReadonlyMap<number, RuleClass>;
}

export interface SetImage {
	readonly id: number;
	readonly ingress: SideImage;
	readonly egress: SideImage;
}

/** What the kernel's policy maps must hold. */
export interface TableImage {
	readonly sets: ReadonlyMap<number, SetImage>;
	readonly classes: ReadonlyMap<number, RuleClass>;
}

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

export const EMPTY_SIDE: SideImage = { default: 'allow', defaultClass: undefined, peers: new Map() };

/** What a set that is not in the table means to the kernel: nothing enforced. */
export function emptySet(id: number): SetImage {
	return { id, ingress: EMPTY_SIDE, egress: EMPTY_SIDE };
}

/** A side without its peers: what the kernel's record of a set holds. */
export interface SideHeader {
	readonly default: DefaultVerdict;
	readonly defaultClass: RuleClass | undefined;
	readonly peerCount: number;
}

export type SetHeader = Readonly<Record<Direction, SideHeader>>;

export function headerOf({ ingress, egress }: SetImage): SetHeader {
	return { ingress: sideHeaderOf(ingress), egress: sideHeaderOf(egress) };
}

export function sideHeaderOf(side: SideImage): SideHeader {
	return { default: side.default, defaultClass: side.defaultClass, peerCount: side.peers.size };
}

export function hasRules(side: SideHeader): boolean {
	return side.defaultClass !== undefined || side.peerCount > 0;
}

export function classId(known: RuleClass | undefined): number {
	return known === undefined ? NO_CLASS : known.id;
}

export function* classesOf(set: SetImage): Generator<RuleClass> {
	for (const direction of DIRECTIONS) {
		const side = set[direction];
		if (side.defaultClass !== undefined) {
			yield side.defaultClass;
		}
		yield* side.peers.values();
	}
}

/** Entries of the kernel's three tables that an image takes. */
export interface TableSize {
	readonly sets: number;
	readonly peers: number;
	readonly rules: number;
}

export function sizeOf(image: TableImage): TableSize {
	let peers = 0;
	let rules = 0;
	for (const set of image.sets.values()) {
		peers += set.ingress.peers.size + set.egress.peers.size;
	}
	for (const known of image.classes.values()) {
		rules += known.size;
	}
	return { sets: image.sets.size, peers, rules };
}
