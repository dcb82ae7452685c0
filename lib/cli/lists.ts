import { tell } from './output.js';
import type { Io } from './io.js';
import type { Options } from './options.js';
import { formatOf } from './shared-options.js';
import { textTable } from './text-table.js';
import { printable } from './printable.js';

type Cell = string | number | bigint | readonly string[] | undefined;

/** What a column is called, and what is in it; of a list, each item is on a line of its own. */
export type Columns<T> = Readonly<Record<string, (row: T) => Cell>>;

/** Rows as a table for people, as they are for programs. */
export function tellRows<T>(options: Options, io: Io, rows: readonly T[], columns: Columns<T>): void {
	tell(
		io,
		formatOf(options),
		() => rows,
		() => formatColumns(rows, columns),
	);
}

export function formatColumns<T>(rows: readonly T[], columns: Columns<T>): string {
	const lines = rows.flatMap((row) => linesOf(Object.values(columns).map((cell) => textsOf(cell(row)))));
	return textTable([Object.keys(columns), ...lines]);
}

function linesOf(cells: readonly (readonly string[])[]): string[][] {
	const height = Math.max(1, ...cells.map(({ length }) => length));
	return Array.from({ length: height }, (_, i) => cells.map((texts) => texts[i] ?? ''));
}

function textsOf(cell: Cell): string[] {
	return (typeof cell === 'object' ? cell : [String(cell ?? '')]).map(printable);
}

/** `k8s:app=client`, sorted; those of no value without `=`. */
export function labelTexts(labels: Readonly<Record<string, string>> = {}): string[] {
	return Object.entries(labels)
		.map(([key, value]) => (value === '' ? key : `${key}=${value}`))
		.sort();
}
