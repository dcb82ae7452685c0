import { PolicyAction } from '../abi/generated.js';
import { borrowColumns, type Columns } from './columns.js';
import { PORT_PROTOCOLS } from './protocols.js';
import { checkRow, FIRST_PORT, LAST_PORT, type RuleRow } from './row.js';
import { packVerdict } from './rule-class.js';

/** Sorts before every protocol's own number plus one. */
export const EVERY_PROTOCOL = 0;

/**
 * Rows in columns, one entry a claim: a row for `any` with a port is three claims. Objects of 100 000 rows are read
 * once; all later passes run over numbers. Valid until the next call of {@link readClaims}.
 */
export interface Claims {
	readonly count: number;
	/** {@link EVERY_PROTOCOL}, or the protocol's number plus one. */
	readonly protocol: Uint16Array;
	readonly port: Uint16Array;
	readonly endPort: Uint16Array;
	readonly precedence: Float64Array;
	readonly verdict: Uint32Array;
	readonly cookie: Uint32Array;
	/** Claims of one peer and direction lie together: group g is order[start[g]] to order[start[g + 1] - 1]. */
	readonly order: Uint32Array;
	readonly start: Uint32Array;
	/** Per group: peer × 2 + direction. The first two groups are those of `any`, by direction. */
	readonly peerKey: Float64Array;
	readonly groups: number;
}

const ALLOW = packVerdict(PolicyAction.Allow, 0, 0);
const DENY = packVerdict(PolicyAction.Deny, 0, 0);

/** @throws ERR_INVALID_ARGUMENT for the first row that means nothing */
export function readClaims(rows: readonly RuleRow[]): Claims {
	const count = countClaims(rows);
	const columns = borrowColumns(count);
	const groupOf = createGrouping();
	let at = 0;
	const put = (row: RuleRow, protocol: number, rowGroup: number) => {
		columns.protocol[at] = protocol;
		columns.port[at] = row.port;
		columns.endPort[at] = row.endPort;
		columns.precedence[at] = row.precedence;
		columns.verdict[at] = row.action === 'deny' ? DENY : ALLOW;
		columns.cookie[at] = row.cookie;
		columns.group[at++] = rowGroup;
	};
	for (const row of rows) {
		checkRow(row);
		const rowGroup = groupOf.find(row);
		if (row.protocol !== 'any') {
			put(row, row.protocol + 1, rowGroup);
		} else if (everyPort(row)) {
			put(row, EVERY_PROTOCOL, rowGroup);
		} else {
			for (const protocol of PORT_PROTOCOLS) {
				put(row, protocol + 1, rowGroup);
			}
		}
	}
	return { ...columns, count, start: sortByGroup(columns, count, groupOf.peers.length), ...groupOf.finish() };
}

export function everyPort(row: RuleRow): boolean {
	return row.port === FIRST_PORT && row.endPort === LAST_PORT;
}

function countClaims(rows: readonly RuleRow[]): number {
	let count = rows.length;
	for (const row of rows) {
		if (row.protocol === 'any' && !everyPort(row)) {
			count += PORT_PROTOCOLS.length - 1;
		}
	}
	return count;
}

function createGrouping() {
	const index = new Map<number, number>();
	const peers: number[] = [0, 1];
	let lastKey = -1;
	let lastGroup = -1;
	return {
		peers,
		find(row: RuleRow): number {
			const side = row.direction === 'ingress' ? 0 : 1;
			if (row.peer === 'any') {
				return side;
			}
			const key = row.peer * 2 + side;
			// Rows of one peer mostly follow each other.
			if (key !== lastKey) {
				lastKey = key;
				lastGroup = index.get(key) ?? -1;
				if (lastGroup === -1) {
					lastGroup = peers.push(key) - 1;
					index.set(key, lastGroup);
				}
			}
			return lastGroup;
		},
		finish: () => ({ peerKey: Float64Array.from(peers), groups: peers.length }),
	};
}

/** A counting sort: stable, linear. Fills `order`; says where each group starts. */
function sortByGroup({ group, order }: Columns, count: number, groups: number): Uint32Array {
	const start = new Uint32Array(groups + 1);
	for (let i = 0; i < count; i++) {
		start[group[i]! + 1]!++;
	}
	for (let g = 0; g < groups; g++) {
		start[g + 1]! += start[g]!;
	}
	const next = start.slice();
	for (let i = 0; i < count; i++) {
		order[next[group[i]!]!++] = i;
	}
	return start;
}
