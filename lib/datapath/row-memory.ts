import * as abi from '../abi/generated.js';
import type { TypedMap } from '../kernel/typed-map.js';
import type { RuleRow } from '../policy/row.js';
import type { RowMemory } from './policy-store.js';

/*
 * Rows by hand as a later process finds them, in records of kind POLICY, id = FIRST_PAGE + n: ten rows of 24 bytes,
 * little endian: subject identity, peer, cookie u32, precedence i32, port, endPort u16, protocol, flags u8, proxy port u16.
 * Identity 0 marks a free place.
 */
const FIRST_PAGE = 0x1_0000;
const LAST_PAGE = 0x7fff_ffff;
const ROW_SIZE = 24;
const ROWS_A_PAGE = 10;
const ANY_PEER = 0xffff_ffff;
const FLAG_ANY_PROTOCOL = 1;
const FLAG_EGRESS = 2;
const FLAG_DENY = 4;
const FLAG_REDIRECT = 8;

type Records = TypedMap<abi.RecordKey, abi.Record>;

/** By subject identity. */
export type RememberedRows = ReadonlyMap<number, readonly RuleRow[]>;

export interface LastingRows extends RowMemory {
	restore(): RememberedRows;
}

export function forgetfulRows(): LastingRows {
	return {
		changed: () => undefined,
		flush: () => undefined,
		restore: () => new Map(),
	};
}

export function createRowMemory(records: Records): LastingRows {
	const pages: Uint8Array[] = [];
	const free: number[] = [];
	const places = new Map<number, Map<string, number>>();
	const dirty = new Set<number>();

	function takePlace(): number {
		const known = free.pop();
		if (known !== undefined) {
			return known;
		}
		const first = pages.length * ROWS_A_PAGE;
		pages.push(new Uint8Array(ROW_SIZE * ROWS_A_PAGE));
		for (let i = ROWS_A_PAGE - 1; i > 0; i--) {
			free.push(first + i);
		}
		return first;
	}

	function viewAt(place: number): DataView {
		const page = pages[Math.floor(place / ROWS_A_PAGE)] ?? new Uint8Array(ROW_SIZE * ROWS_A_PAGE);
		return new DataView(page.buffer, (place % ROWS_A_PAGE) * ROW_SIZE, ROW_SIZE);
	}

	function placesOf(identity: number): Map<string, number> {
		const known = places.get(identity) ?? new Map<string, number>();
		places.set(identity, known);
		return known;
	}

	function pageRecord(page: number): [abi.RecordKey, abi.Record] {
		const data = new Uint8Array(abi.recordCodec.size - abi.recordOffsets.data);
		data.set(pages[page] ?? []);
		return [
			{ id: FIRST_PAGE + page, chunk: 0, kind: abi.RecordKind.Policy },
			{ length: ROW_SIZE * ROWS_A_PAGE, more: 0, data },
		];
	}

	function load(page: number, data: Uint8Array, subjects: Map<number, RuleRow[]>): void {
		pages[page] = data.slice(0, ROW_SIZE * ROWS_A_PAGE);
		for (let i = 0; i < ROWS_A_PAGE; i++) {
			const place = page * ROWS_A_PAGE + i;
			const view = viewAt(place);
			const identity = view.getUint32(0, true);
			if (identity === 0) {
				free.push(place);
				continue;
			}
			const row = readRow(view);
			const rows = subjects.get(identity) ?? [];
			rows.push(row);
			subjects.set(identity, rows);
			placesOf(identity).set(placeKey(row), place);
		}
	}

	return {
		changed(identity, row, present) {
			const known = placesOf(identity);
			const key = placeKey(row);
			const place = known.get(key) ?? takePlace();
			if (present) {
				writeRow(viewAt(place), identity, row);
				known.set(key, place);
			} else {
				viewAt(place).setUint32(0, 0, true);
				known.delete(key);
				free.push(place);
			}
			dirty.add(Math.floor(place / ROWS_A_PAGE));
		},
		flush() {
			if (dirty.size > 0) {
				records.setMany([...dirty].map(pageRecord));
				dirty.clear();
			}
		},
		restore() {
			const subjects = new Map<number, RuleRow[]>();
			const found: [number, Uint8Array][] = [];
			for (const [key, value] of records) {
				if (key.kind === abi.RecordKind.Policy && key.id >= FIRST_PAGE && key.id <= LAST_PAGE) {
					found.push([key.id - FIRST_PAGE, value.data]);
				}
			}
			for (const [page, data] of found.sort(([a], [b]) => a - b)) {
				while (pages.length < page) {
					pages.push(new Uint8Array(ROW_SIZE * ROWS_A_PAGE));
				}
				load(page, data, subjects);
			}
			return subjects;
		},
	};
}

function placeKey(row: RuleRow): string {
	return `${row.peer} ${row.cookie}`;
}

function writeRow(view: DataView, identity: number, row: RuleRow): void {
	const flags =
		(row.protocol === 'any' ? FLAG_ANY_PROTOCOL : 0) |
		(row.direction === 'egress' ? FLAG_EGRESS : 0) |
		(row.action === 'deny' ? FLAG_DENY : 0) |
		(row.action === 'redirect' ? FLAG_REDIRECT : 0);
	view.setUint32(0, identity, true);
	view.setUint32(4, row.peer === 'any' ? ANY_PEER : row.peer, true);
	view.setUint32(8, row.cookie, true);
	view.setInt32(12, row.precedence, true);
	view.setUint16(16, row.port, true);
	view.setUint16(18, row.endPort, true);
	view.setUint8(20, row.protocol === 'any' ? 0 : row.protocol);
	view.setUint8(21, flags);
	view.setUint16(22, row.proxyPort ?? 0, true);
}

function actionOf(flags: number): RuleRow['action'] {
	if ((flags & FLAG_REDIRECT) !== 0) {
		return 'redirect';
	}
	return (flags & FLAG_DENY) !== 0 ? 'deny' : 'allow';
}

function readRow(view: DataView): RuleRow {
	const peer = view.getUint32(4, true);
	const flags = view.getUint8(21);
	const proxyPort = view.getUint16(22, true);
	return {
		peer: peer === ANY_PEER ? 'any' : peer,
		direction: (flags & FLAG_EGRESS) !== 0 ? 'egress' : 'ingress',
		protocol: (flags & FLAG_ANY_PROTOCOL) !== 0 ? 'any' : view.getUint8(20),
		port: view.getUint16(16, true),
		endPort: view.getUint16(18, true),
		action: actionOf(flags),
		...(proxyPort === 0 ? {} : { proxyPort }),
		precedence: view.getInt32(12, true),
		cookie: view.getUint32(8, true),
	};
}
