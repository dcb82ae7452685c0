import type { AccessChange, PairVerdict } from './access-change.js';
import type { Group } from './alike.js';
import type { PortChange } from './port-changes.js';

/** What changes between two groups, by their numbers. */
export interface PairChange {
	readonly from: number;
	readonly to: number;
	readonly change: PortChange;
}

/** Sources with the same change toward the same destinations are one. In the order of their first identities. */
export function foldPairs(pairs: readonly PairChange[], groups: readonly Group[]): AccessChange[] {
	const texts = new Map(pairs.map(({ change }) => [change, '']));
	texts.forEach((_, change) => texts.set(change, JSON.stringify(change)));
	const byChange = groupBy(pairs, ({ change }) => texts.get(change)!);
	const folded = [...byChange.values()].flatMap((same) => {
		const bySource = groupBy(same, ({ from }) => String(from));
		const alike = groupBy([...bySource.values()], (own) => own.map(({ to }) => to).join());
		return [...alike.values()].map((sources) => {
			const from = sources.map(([first]) => first!.from);
			const to = sources[0]!.map((pair) => pair.to);
			return { from, to, change: same[0]!.change };
		});
	});
	folded.sort((a, b) => a.from[0]! - b.from[0]! || a.to[0]! - b.to[0]! || order(a.change) - order(b.change));
	return folded.map(({ from, to, change: { ports, before, after } }) => ({
		kind: kindOf(before, after),
		from: membersOf(from, groups),
		to: membersOf(to, groups),
		ports,
		before,
		after,
	}));
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const item of items) {
		const text = key(item);
		const known = groups.get(text);
		if (known === undefined) {
			groups.set(text, [item]);
		} else {
			known.push(item);
		}
	}
	return groups;
}

function order({ ports: [first] }: PortChange): number {
	const { protocol, port } = first!;
	return (protocol === 'any' ? 256 : protocol) * 65536 + port;
}

function kindOf({ verdict: was }: PairVerdict, { verdict: is }: PairVerdict): AccessChange['kind'] {
	if (was !== 'denied' && is !== 'denied') {
		return 'changed';
	}
	return was === 'denied' ? 'gained' : 'lost';
}

function membersOf(numbers: readonly number[], groups: readonly Group[]): AccessChange['from'] {
	return numbers.flatMap((number) => groups[number]!.members).sort((a, b) => a.id - b.id);
}
