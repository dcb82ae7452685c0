import type { PodRow } from '../pods/pod-row.js';
import { POD_KIND } from '../pods/pod-table.js';
import type { AgentParts } from './agent-parts.js';
import { createUndo, type Undo } from './undo.js';

/** Within a transaction: the endpoints of these pods get the identities that their rows and namespaces say now. */
export function relabelRows(parts: AgentParts, rows: readonly PodRow[], undo: Undo): void {
	for (const row of rows) {
		for (const { network, hostInterface } of row.attachments) {
			const endpoint = parts.table.endpoint(hostInterface);
			if (endpoint !== undefined && !endpoint.detached) {
				endpoint.relabel(parts.labelsOf(row, network));
			}
		}
		const former = parts.table.get(row.id);
		parts.table.replace(row);
		undo.add(() => void (former !== undefined && parts.table.replace(former)));
	}
}

/** Rows with other labels, in the kernel and on disk: all or none. */
export function changeRows(parts: AgentParts, rows: readonly PodRow[]): void {
	const undo = createUndo();
	const former = rows.map(({ id }) => parts.table.get(id));
	const changes = (of: readonly (PodRow | undefined)[]) =>
		rows.map(({ id }, i) => ({ kind: POD_KIND, key: id, value: of[i] }));
	if (rows.length === 0) {
		return;
	}
	try {
		parts.datapath.transaction(() => {
			relabelRows(parts, rows, undo);
			parts.store.write(changes(rows));
			undo.add(() => parts.store.write(changes(former)));
		});
	} catch (error) {
		undo.run();
		throw error;
	}
}
