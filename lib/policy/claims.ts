import { PolicyAction } from '../abi/generated.js';
import { borrowColumns } from './columns.js';
import { PORT_PROTOCOLS } from './protocols.js';
import { FIRST_PORT, LAST_PORT, type RuleRow } from './row.js';
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
}

const ALLOW = packVerdict(PolicyAction.Allow, 0, 0);
const DENY = packVerdict(PolicyAction.Deny, 0, 0);

export function readClaims(rows: readonly RuleRow[]): Claims {
	const columns = borrowColumns(countClaims(rows));
	let count = 0;
	const put = (row: RuleRow, protocol: number) => {
		columns.protocol[count] = protocol;
		columns.port[count] = row.port;
		columns.endPort[count] = row.endPort;
		columns.precedence[count] = row.precedence;
		columns.verdict[count] = row.action === 'deny' ? DENY : ALLOW;
		columns.cookie[count++] = row.cookie;
	};
	for (const row of rows) {
		if (row.protocol !== 'any') {
			put(row, row.protocol + 1);
		} else if (everyPort(row)) {
			put(row, EVERY_PROTOCOL);
		} else {
			for (const protocol of PORT_PROTOCOLS) {
				put(row, protocol + 1);
			}
		}
	}
	return { ...columns, count };
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
