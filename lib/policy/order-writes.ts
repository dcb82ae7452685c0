import type { ClassAllocator } from './class-allocator.js';
import { usesDelta, type ClassUses } from './class-uses.js';
import { defaultFlips, headerChanges, type SetDelta, type SideDelta } from './delta.js';
import { editWords } from './edit-words.js';
import type { SetHeader, TableSize } from './image.js';
import { routePeers, type PeerRoute } from './peer-route.js';
import type { RuleClass } from './rule-class.js';
import { WORDS_PER_ENTRY } from './rule-class.js';
import type { ClassEdit, PeerWrite, SetRemoval, SetWrite, TableChange, WriteStep } from './writes.js';

export interface OrderedChange extends TableChange {
	/** What the change adds to the uses of each class. */
	readonly uses: ClassUses;
	/** Classes that nothing held before, those held only on the way included. */
	readonly fresh: readonly RuleClass[];
	/** Classes that nothing holds after. */
	readonly unused: readonly RuleClass[];
	/** Classes whose number and place in the kernel another takes over. */
	readonly edits: readonly ClassEdit[];
}

/**
 * Orders the writes so that a packet's verdict changes at most once on the way, from the old to the new: rules that
 * nobody points at yet, then peers, then sets, then what is left over. `held` are the classes in the kernel, `orphans`
 * those of them that nobody holds.
 */
export function orderWrites(
	deltas: readonly SetDelta[],
	held: ClassUses,
	orphans: Iterable<RuleClass>,
	classes: ClassAllocator,
): OrderedChange {
	// One row by hand is a change too: no more is made here than it needs.
	const sides = deltas.flatMap((delta) => delta.sides).filter(changes);
	const routes = sides.map((side) => routePeers(side, classes));
	const uses = usesDelta(sides);
	const edits = findEdits(sides, routes, held, uses);
	const edited = new Set<RuleClass>();
	for (const { before, after } of edits) {
		edited.add(before).add(after);
	}
	const { fresh, unused } = classChanges(held, uses, orphans, routes);
	const kept = (known: RuleClass) => !edited.has(known);
	const first = routes.length === 1 ? routes[0]!.first : routes.flatMap((route) => route.first);
	const steps: WriteStep[] = [];
	const push = (step: WriteStep) => {
		if (entriesOf(step) > 0) {
			steps.push(step);
		}
	};
	push({ kind: 'put-rules', classes: edits.length === 0 ? fresh : fresh.filter(kept) });
	push({ kind: 'edit-rules', edits });
	push({ kind: 'put-peers', peers: edits.length === 0 ? first : first.filter((peer) => kept(peer.class)) });
	pushSets(deltas, push);
	push({ kind: 'put-peers', peers: routes.flatMap((route) => route.second) });
	push({ kind: 'remove-peers', peers: routes.flatMap((route) => route.removals) });
	push({ kind: 'remove-rules', classes: edits.length === 0 ? unused : unused.filter(kept) });
	return { steps, uses, fresh, unused, edits, ...sizes(steps) };
}

function changes({ before, after, peers }: SideDelta): boolean {
	return peers.length > 0 || before !== after;
}

function pushSets(deltas: readonly SetDelta[], push: (step: WriteStep) => void): void {
	const put: SetWrite[] = [];
	const remove: SetRemoval[] = [];
	for (const { id, before, after } of deltas.filter(headerChanges).map(headersOf)) {
		if (after !== undefined) {
			put.push({ id, header: after, before });
		} else if (before !== undefined) {
			remove.push({ id, before });
		}
	}
	push({ kind: 'put-sets', sets: put });
	push({ kind: 'remove-sets', sets: remove });
}

function headersOf({ id, existed, exists, sides }: SetDelta) {
	const whole = (which: 'before' | 'after'): SetHeader => {
		const [ingress, egress] = sides;
		return { ingress: ingress![which], egress: egress![which] };
	};
	return { id, before: existed ? whole('before') : undefined, after: exists ? whole('after') : undefined };
}

/** A peer's class that only this peer has, and that only this peer will have: its rules can be exchanged in place. */
function findEdits(
	sides: readonly SideDelta[],
	routes: readonly PeerRoute[],
	held: ClassUses,
	uses: ClassUses,
): ClassEdit[] {
	const flips = sides.map(defaultFlips);
	const bridged = new Set<RuleClass>();
	if (flips.includes(true)) {
		routes.forEach(({ first }, i) => flips[i] === true && first.forEach((peer) => bridged.add(peer.class)));
	}
	const isAlone = (before: RuleClass, after: RuleClass) =>
		held.get(before) === 1 &&
		uses.get(before) === -1 &&
		!held.has(after) &&
		uses.get(after) === 1 &&
		!bridged.has(before) &&
		!bridged.has(after);
	const edits: ClassEdit[] = [];
	sides.forEach(({ peers }, i) => {
		for (const { before, after } of flips[i] === true ? [] : peers) {
			if (before !== undefined && after !== undefined && isAlone(before, after)) {
				edits.push({ id: before.id, before, after });
			}
		}
	});
	return edits;
}

function classChanges(held: ClassUses, delta: ClassUses, orphans: Iterable<RuleClass>, routes: readonly PeerRoute[]) {
	const fresh = new Set<RuleClass>();
	const unused = new Set<RuleClass>();
	for (const [known, count] of delta) {
		const before = held.get(known);
		if (before === undefined && count > 0) {
			fresh.add(known);
		} else if (before !== undefined && before + count === 0) {
			unused.add(known);
		}
	}
	for (const orphan of orphans) {
		if ((delta.get(orphan) ?? 0) === 0) {
			unused.add(orphan);
		}
	}
	for (const { first } of routes) {
		for (const { class: known } of first) {
			// A bridge: held only on the way.
			if (!held.has(known) && !fresh.has(known)) {
				fresh.add(known);
				unused.add(known);
			}
		}
	}
	return { fresh: [...fresh], unused: [...unused] };
}

export function entriesOf(step: WriteStep): number {
	switch (step.kind) {
		case 'put-rules':
		case 'remove-rules':
			return ruleCount(step.classes);
		case 'edit-rules':
			return step.edits.length;
		case 'put-peers':
		case 'remove-peers':
			return step.peers.length;
		default:
			return step.sets.length;
	}
}

function sizes(steps: readonly WriteStep[]): { needed: TableSize; growth: TableSize } {
	const needed = { sets: 0, peers: 0, rules: 0 };
	const removed = { sets: 0, peers: 0, rules: 0 };
	for (const step of steps) {
		switch (step.kind) {
			case 'put-rules':
				needed.rules += ruleCount(step.classes);
				break;
			case 'edit-rules':
				for (const { before, after } of step.edits) {
					const { added, remove } = editWords(before.words, after.words);
					needed.rules += added;
					removed.rules += remove.length / WORDS_PER_ENTRY;
				}
				break;
			case 'put-peers':
				needed.peers += newPeers(step.peers);
				break;
			case 'put-sets':
				needed.sets += step.sets.filter((set) => set.before === undefined).length;
				break;
			case 'remove-rules':
				removed.rules += ruleCount(step.classes);
				break;
			case 'remove-peers':
				removed.peers += step.peers.length;
				break;
			case 'remove-sets':
				removed.sets += step.sets.length;
		}
	}
	const growth = {
		sets: needed.sets - removed.sets,
		peers: needed.peers - removed.peers,
		rules: needed.rules - removed.rules,
	};
	return { needed, growth };
}

function newPeers(peers: readonly PeerWrite[]): number {
	let count = 0;
	for (const peer of peers) {
		count += peer.before === undefined ? 1 : 0;
	}
	return count;
}

function ruleCount(classes: readonly RuleClass[]): number {
	let count = 0;
	for (const known of classes) {
		count += known.size;
	}
	return count;
}
