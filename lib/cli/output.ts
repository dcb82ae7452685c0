import { stringify } from 'yaml';
import type { Io } from './io.js';
import type { Format } from './shared-options.js';

/** One result, for people as text, for programs as data. */
export function tell(io: Io, format: Format, data: () => unknown, text: () => string): void {
	io.stdout.write(format === 'table' ? text() : encode(format, data()));
}

function encode(format: 'json' | 'yaml', data: unknown): string {
	if (format === 'json') {
		return `${JSON.stringify(data, plain, 2)}\n`;
	}
	// What json leaves out, yaml leaves out.
	const shown: unknown = JSON.parse(JSON.stringify(data, plain));
	return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** JSON has no numbers of 64 bits. */
function plain(_: string, value: unknown): unknown {
	return typeof value === 'bigint' ? String(value) : value;
}
