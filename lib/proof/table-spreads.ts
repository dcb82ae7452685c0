import type { PolicyTables } from '../policy/lookup.js';
import type { TableImage } from '../policy/image.js';
import { DIRECTIONS } from '../policy/image.js';
import type { Direction } from '../policy/row.js';
import { entriesOf, LEVEL_PORT, LEVEL_PROTOCOL } from '../policy/rule-class.js';
import { EVERYTHING, type PortSpread } from './statement.js';
import type { StalePeer } from './verify-result.js';

/** What the entries of the class that is asked for a peer cover: there, and only there, its answers may change. */
export function spreadsOf(tables: PolicyTables, set: number, direction: Direction, peer: number): PortSpread[] {
	const side = tables.set(set, direction);
	const known = tables.peer(set, direction, peer) ?? side?.defaultClass ?? 0;
	return Array.from(entriesOf(tables.rules(known, direction)), ({ level, protocol, port }) => {
		if (level < LEVEL_PROTOCOL) {
			return EVERYTHING;
		}
		const rest = 2 ** (LEVEL_PORT - level) - 1;
		return { protocol, first: port & ~rest, last: port | rest };
	});
}

/** All entries of an image's peers table. */
export function* peerEntriesOf(image: TableImage): Generator<StalePeer> {
	for (const [set, sides] of image.sets) {
		for (const direction of DIRECTIONS) {
			for (const identity of sides[direction].peers.keys()) {
				yield { set, direction, identity };
			}
		}
	}
}
