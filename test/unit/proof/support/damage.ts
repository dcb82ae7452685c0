import fc from 'fast-check';
import { PolicyAction } from '../../../../lib/abi/generated.js';
import { DIRECTIONS, type SetImage, type SideImage, type TableImage } from '../../../../lib/policy/image.js';
import type { DefaultVerdict } from '../../../../lib/policy/row.js';
import { WORDS_PER_ENTRY, type RuleClass } from '../../../../lib/policy/rule-class.js';

/** One thing done to tables, chosen by numbers that are taken modulo what there is. */
export interface Damage {
	readonly kind: 'peer gone' | 'peer moved' | 'peer added' | 'action flipped' | 'default changed';
	readonly set: number;
	readonly side: number;
	readonly which: number;
	readonly other: number;
}

export const anyDamage: fc.Arbitrary<Damage> = fc.record({
	kind: fc.constantFrom('peer gone', 'peer moved', 'peer added', 'action flipped', 'default changed'),
	set: fc.nat(100),
	side: fc.nat(1),
	which: fc.nat(1000),
	other: fc.nat(1000),
});

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(list.length, 1)];

export function damaged(image: TableImage, damage: Damage): TableImage {
	const set = pick([...image.sets.values()], damage.set)!;
	const direction = DIRECTIONS[damage.side]!;
	const classes = [...image.classes.values()].filter((known) => known.direction === direction);
	if (damage.kind === 'action flipped') {
		const known = pick(
			classes.filter(({ size }) => size > 0),
			damage.which,
		);
		return known === undefined
			? image
			: { ...image, classes: new Map(image.classes).set(known.id, flip(known, damage.other)) };
	}
	const side = damagedSide(set[direction], classes, damage);
	return { ...image, sets: new Map(image.sets).set(set.id, { ...set, [direction]: side } as SetImage) };
}

function damagedSide(side: SideImage, classes: readonly RuleClass[], { kind, which, other }: Damage): SideImage {
	const peers = new Map(side.peers);
	const peer = pick([...peers.keys()], which);
	const known = pick(classes, other);
	if (kind === 'default changed') {
		return { ...side, default: pick<DefaultVerdict>(['deny', 'audited'], which)! };
	}
	if (kind === 'peer gone' && peer !== undefined) {
		peers.delete(peer);
	} else if (known !== undefined && kind === 'peer added') {
		peers.set(pick([1, 9, 256, 257], which)!, known);
	} else if (known !== undefined && peer !== undefined) {
		peers.set(peer, known);
	}
	return { ...side, peers };
}

function flip(known: RuleClass, which: number): RuleClass {
	const words = known.words.slice();
	const at = (which % known.size) * WORDS_PER_ENTRY + 1;
	words[at] = (words[at]! & 0xff) === PolicyAction.Allow ? PolicyAction.Deny : PolicyAction.Allow;
	return { ...known, words };
}
