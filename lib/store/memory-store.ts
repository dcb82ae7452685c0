import { closedError } from '../errors.js';
import type { Store } from './store.js';

/** Forgets everything with its process: for tests, and agents that keep their state elsewhere. */
export function createMemoryStore(): Store {
	const kinds = new Map<string, Map<string, string>>();
	let open = true;

	function rowsOf(kind: string): Map<string, string> {
		const rows = kinds.get(kind) ?? new Map<string, string>();
		kinds.set(kind, rows);
		return rows;
	}

	return {
		// Text, so that nobody's later change of a value is seen here.
		all: (kind) => new Map(Array.from(rowsOf(kind), ([key, text]) => [key, JSON.parse(text) as unknown])),
		write(changes) {
			if (!open) {
				throw closedError('the store');
			}
			for (const { kind, key, value } of changes) {
				if (value === undefined) {
					rowsOf(kind).delete(key);
				} else {
					rowsOf(kind).set(key, JSON.stringify(value));
				}
			}
		},
		close() {
			open = false;
		},
	};
}
