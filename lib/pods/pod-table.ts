import type { Endpoint } from '../datapath/endpoint.js';
import type { Store, StoreChange } from '../store/store.js';
import type { PodRow } from './pod-row.js';

export const POD_KIND = 'pod';
/** Addresses that wait for their pod, by owner. */
export const STICKY_KIND = 'sticky';

/** The pods there are: in the state file, and with the endpoints of this process. */
export interface PodTable extends Iterable<PodRow> {
	readonly size: number;
	get(id: string): PodRow | undefined;
	/** Pods of a namespace and name: one, or several sandboxes of it. */
	named(namespace: string, name: string): readonly PodRow[];
	inNamespace(namespace: string): readonly PodRow[];
	/** On disk when it returns: all or none of them. Rows without attachments go. @throws ERR_STORE_* */
	save(rows: readonly PodRow[], more?: readonly StoreChange[]): void;
	/** In this process alone; a row without attachments goes. */
	replace(row: PodRow): void;
	/** The endpoint on a host's interface of ours. */
	endpoint(hostInterface: string): Endpoint | undefined;
	bind(hostInterface: string, endpoint: Endpoint): void;
	unbind(hostInterface: string): void;
}

export function createPodTable(store: Store): PodTable {
	const rows = new Map(store.all(POD_KIND) as ReadonlyMap<string, PodRow>);
	const endpoints = new Map<string, Endpoint>();

	function replace(row: PodRow): void {
		if (row.attachments.length === 0) {
			rows.delete(row.id);
		} else {
			rows.set(row.id, row);
		}
	}

	return {
		get size() {
			return rows.size;
		},
		get: (id) => rows.get(id),
		named: (namespace, name) =>
			[...rows.values()].filter(({ pod }) => pod.namespace === namespace && pod.name === name),
		inNamespace: (namespace) => [...rows.values()].filter(({ pod }) => pod.namespace === namespace),
		save(changed, more = []) {
			const live = (row: PodRow) => (row.attachments.length === 0 ? undefined : row);
			store.write([...changed.map((row) => ({ kind: POD_KIND, key: row.id, value: live(row) })), ...more]);
			changed.forEach(replace);
		},
		replace,
		endpoint: (hostInterface) => endpoints.get(hostInterface),
		bind: (hostInterface, endpoint) => void endpoints.set(hostInterface, endpoint),
		unbind: (hostInterface) => void endpoints.delete(hostInterface),
		[Symbol.iterator]: () => rows.values(),
	};
}
