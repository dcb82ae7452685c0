import type { Direction, RuleRow } from '../row.js';

/** The rows by hand of one identity, by row key and by peer. */
export interface DirectRows {
	readonly byKey: ReadonlyMap<string, RuleRow>;
	put(key: string, row: RuleRow): void;
	remove(key: string): void;
	/** Of one peer, or of every peer. */
	of(peer: number | 'any', direction: Direction): readonly RuleRow[];
	peers(direction: Direction): Iterable<number>;
	speaks(direction: Direction): boolean;
}

interface Side {
	/** Mostly a few each: a list costs a tenth of a map. */
	readonly byPeer: Map<number | 'any', RuleRow[]>;
	count: number;
}

const NONE: readonly RuleRow[] = [];

export function createDirectRows(): DirectRows {
	const byKey = new Map<string, RuleRow>();
	const sides: Record<Direction, Side> = {
		ingress: { byPeer: new Map(), count: 0 },
		egress: { byPeer: new Map(), count: 0 },
	};

	function remove(key: string): void {
		const row = byKey.get(key);
		if (row === undefined) {
			return;
		}
		byKey.delete(key);
		const side = sides[row.direction];
		side.count--;
		const own = side.byPeer.get(row.peer)!;
		if (own.length === 1) {
			side.byPeer.delete(row.peer);
		} else {
			own.splice(own.indexOf(row), 1);
		}
	}

	return {
		byKey,
		put(key, row) {
			remove(key);
			byKey.set(key, row);
			const side = sides[row.direction];
			side.count++;
			const own = side.byPeer.get(row.peer);
			if (own === undefined) {
				side.byPeer.set(row.peer, [row]);
			} else {
				own.push(row);
			}
		},
		remove,
		of: (peer, direction) => sides[direction].byPeer.get(peer) ?? NONE,
		*peers(direction) {
			for (const peer of sides[direction].byPeer.keys()) {
				if (peer !== 'any') {
					yield peer;
				}
			}
		},
		speaks: (direction) => sides[direction].count > 0,
	};
}
