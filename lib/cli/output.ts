import { stringify } from 'yaml';
import type { Io } from './io.js';
import type { Format } from './shared-options.js';

/** One result, for people as text, for programs as data. */
export function tell(io: Io, format: Format, data: () => unknown, text: () => string): void {
	io.stdout.write(format === 'table' ? text() : encode(format, data()));
}

function encode(format: 'json' | 'yaml', data: unknown): string {
	if (format === 'json') {
		return `${JSON.stringify(data, undefined, 2)}\n`;
	}
	// What json leaves out, yaml leaves out.
	const plain: unknown = JSON.parse(JSON.stringify(data));
	return stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false });
}
