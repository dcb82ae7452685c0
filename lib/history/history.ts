import type { HeddleError } from '../errors.js';
import type { Flow } from '../flows/flow.js';
import type { FlowLoss } from './loss.js';
import type { FlowQuery } from './query.js';

export interface FlowHistoryStats {
	/** That a query can find. */
	readonly flows: number;
	/** Bytes of the file and its log. */
	readonly diskBytes: number;
	/** Flows that are in memory only, for at most `flushMs` while the disk takes them. */
	readonly pending: number;
	/** Flows that were appended and never reached the disk: it was full, or refused. */
	readonly lost: number;
	/** Why the last write failed; absent while writes succeed. */
	readonly failure?: HeddleError;
	/** Times of the earliest and latest flow; absent while there is none. */
	readonly earliest?: Date;
	readonly latest?: Date;
}

/** Flows of the past in one file of bounded size, for the process that has it open. */
export interface FlowHistory extends AsyncDisposable {
	/**
	 * All or none of them; found by queries at once, on disk after `flushMs`. What the disk does not take is counted, not
	 * thrown: see `stats().lost`.
	 * @throws ERR_INVALID_ARGUMENT naming the flow's field, ERR_CLOSED
	 */
	append(flows: Iterable<Flow>): void;
	/**
	 * Flows that match, in the order in which they were appended; as they were when the first was asked for.
	 * @throws ERR_INVALID_ARGUMENT; while it is read: ERR_STORE_CORRUPT, ERR_STORE, ERR_CLOSED
	 */
	query(query?: FlowQuery): AsyncIterableIterator<Flow>;
	/** What is known to be missing in a time, as `lose` was told, oldest first. */
	losses(query?: Pick<FlowQuery, 'since' | 'until'>): FlowLoss[];
	/** Remembers that something is missing. @throws ERR_INVALID_ARGUMENT, ERR_CLOSED */
	lose(loss: FlowLoss): void;
	/**
	 * What `noteLost` was told last, also by a former process; `whole`: that one closed the history, so that nothing it
	 * appended is missing. undefined: none did.
	 */
	readonly former: { readonly lost: bigint; readonly whole: boolean } | undefined;
	/** The count of lost events of whoever appends: for the next process to tell what was lost between them. */
	noteLost(lost: bigint): void;
	stats(): FlowHistoryStats;
	/** Writes what is pending. @throws ERR_STORE_FULL, ERR_STORE_READ_ONLY, ERR_STORE where that fails; it is closed then too */
	close(): Promise<void>;
}
