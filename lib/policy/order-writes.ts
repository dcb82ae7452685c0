import type { ClassAllocator } from './class-allocator.js';
import { usesDelta, type ClassUses } from './class-uses.js';
import { headerChanges, type SetDelta } from './delta.js';
import type { TableSize } from './image.js';
import { routePeers, type PeerRoute } from './peer-route.js';
import type { RuleClass } from './rule-class.js';
import type { PeerWrite, TableChange, WriteStep } from './writes.js';

export interface OrderedChange extends TableChange {
	/** What the change adds to the uses of each class. */
	readonly uses: ClassUses;
	/** Classes that nothing held before, those held only on the way included. */
	readonly fresh: readonly RuleClass[];
	/** Classes that nothing holds after. */
	readonly unused: readonly RuleClass[];
}

/**
 * Orders the writes so that a packet's verdict changes at most once on the way, from the old to the new: rules that
 * nobody points at yet, then peers, then sets, then what is left over. `held` are the classes in the kernel.
 */
export function orderWrites(deltas: readonly SetDelta[], held: ClassUses, classes: ClassAllocator): OrderedChange {
	const sides = deltas.flatMap((delta) => delta.sides);
	const routes = sides.map((side) => routePeers(side, classes));
	const uses = usesDelta(sides);
	const { fresh, unused } = classChanges(held, uses, routes);
	const headers = deltas.filter(headerChanges);
	const steps: WriteStep[] = [
		{ kind: 'put-rules', classes: fresh },
		{ kind: 'put-peers', peers: routes.flatMap((route) => route.first) },
		{
			kind: 'put-sets',
			sets: headers.flatMap(({ before, after }) => (after === undefined ? [] : [{ image: after, before }])),
		},
		{
			kind: 'remove-sets',
			sets: headers.flatMap(({ before, after }) => (after !== undefined || before === undefined ? [] : [before])),
		},
		{ kind: 'put-peers', peers: routes.flatMap((route) => route.second) },
		{ kind: 'remove-peers', peers: routes.flatMap((route) => route.removals) },
		{ kind: 'remove-rules', classes: unused },
	];
	return { steps: steps.filter(isSomething), uses, fresh, unused, ...sizes(steps) };
}

function classChanges(held: ClassUses, delta: ClassUses, routes: readonly PeerRoute[]) {
	const fresh = new Set<RuleClass>();
	const unused = new Set<RuleClass>();
	for (const [known, count] of delta) {
		if (!held.has(known) && count > 0) {
			fresh.add(known);
		}
	}
	for (const [known, count] of held) {
		// Also what a process left behind that was killed between two writes.
		if (count + (delta.get(known) ?? 0) === 0) {
			unused.add(known);
		}
	}
	for (const { class: known } of routes.flatMap((route) => route.first)) {
		// A bridge: held only on the way.
		if (!held.has(known) && !fresh.has(known)) {
			fresh.add(known);
			unused.add(known);
		}
	}
	return { fresh: [...fresh], unused: [...unused] };
}

function isSomething(step: WriteStep): boolean {
	return entriesOf(step) > 0;
}

export function entriesOf(step: WriteStep): number {
	switch (step.kind) {
		case 'put-rules':
		case 'remove-rules':
			return ruleCount(step.classes);
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
