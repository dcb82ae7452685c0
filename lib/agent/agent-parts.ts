import type { PodParts } from '../pods/pod-parts.js';
import type { Store } from '../store/store.js';
import type { NodeBlocks } from './node-blocks.js';
import type { DocumentTable } from './document-table.js';
import type { Queue } from './queue.js';

/** What the verbs of one agent share. */
export interface AgentParts extends PodParts {
	readonly store: Store;
	readonly documents: DocumentTable;
	readonly queue: Queue;
	/** Absent: the agent carves blocks itself. */
	readonly blocks?: NodeBlocks;
}
