import { tell } from './output.js';
import type { Io } from './io.js';
import type { Options } from './options.js';
import { formatOf } from './shared-options.js';
import { textTable } from './text-table.js';
import { printable } from './printable.js';

/** What a column is called, and what is in it. */
export type Columns<T> = Readonly<Record<string, (row: T) => string | number | bigint | undefined>>;

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
	const cells = rows.map((row) => Object.values(columns).map((cell) => printable(String(cell(row) ?? ''))));
	return textTable([Object.keys(columns), ...cells]);
}

/** `k8s:app=client`, sorted; those of no value without `=`. */
export function labelTexts(labels: Readonly<Record<string, string>> = {}): string[] {
	return Object.entries(labels)
		.map(([key, value]) => (value === '' ? key : `${key}=${value}`))
		.sort();
}
