import type { Store, StoreChange } from './store.js';

/** On disk before `body` is done, and as it was where `body` fails. */
export function writeWith<T>(store: Store, changes: readonly StoreChange[], body: () => T): T {
	const former = changes.map(({ kind, key }) => ({ kind, key, value: store.all(kind).get(key) }));
	store.write(changes);
	try {
		return body();
	} catch (error) {
		store.write(former);
		throw error;
	}
}
