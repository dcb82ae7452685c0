import { setImmediate } from 'node:timers/promises';
import { createClientQueue } from './client-queue.js';
import type { FlowMessage } from './messages/flow-message.js';
import type { Follower, Observer } from './observer.js';
import type { HubbleRecord, Loss } from './record.js';
import { openPast } from './older-flows.js';
import { isWanted } from './selection.js';
import type { Selection } from './selection.js';
import type { Streaming } from './service.js';
import { GrpcCode, statusOf } from './status.js';

export interface ClientRequest {
	readonly selection: Selection;
	readonly mask: ((flow: FlowMessage) => FlowMessage) | undefined;
	/** Flows that may wait. */
	readonly queue: number;
	/** Called once, however it ended. */
	left(): void;
}

/** Flows of the past in one turn of the event loop. */
const TURN = 256;

/** Serves one GetFlows. A client that does not read holds its queue and no more; one that is gone holds nothing. */
export function serveClient(
	call: Streaming,
	observer: Observer,
	{ selection, mask, queue, left }: ClientRequest,
): void {
	const { ready, older } = openPast(observer, selection);
	const waiting = createClientQueue(ready, queue);
	let writable = true;
	let inOlder = older !== undefined;
	let resume = () => {};
	/** Set once nothing more will be offered; with a reason where that is an error. */
	let over: { readonly reason?: string } | undefined = selection.follow ? undefined : {};
	let open = true;

	function pump(): void {
		while (open && writable && !inOlder) {
			const next = waiting.next(Date.now());
			if (next === undefined) {
				finishWhenOver();
				return;
			}
			writable = call.write(bytesOf(next));
		}
	}

	/** Comes before everything that waits. */
	async function pumpOlder(records: AsyncIterable<HubbleRecord>): Promise<void> {
		let count = 0;
		for await (const record of records) {
			if (!open) {
				return;
			}
			if (!call.write(bytesOf(record))) {
				await new Promise<void>((resolve) => (resume = resolve));
			} else if (++count % TURN === 0) {
				await setImmediate();
			}
		}
		inOlder = false;
		pump();
	}

	function fail(error: unknown): void {
		if (open) {
			const { code, details } = statusOf(error);
			leave();
			call.emit('error', { code, details });
		}
	}

	function bytesOf(next: HubbleRecord | Loss): Uint8Array {
		const record = 'kind' in next ? next : observer.lost(next);
		return record.bytes(mask);
	}

	function finishWhenOver(): void {
		if (over === undefined) {
			return;
		}
		const { reason } = over;
		leave();
		if (reason === undefined) {
			call.end();
		} else {
			call.emit('error', { code: GrpcCode.Unavailable, details: reason });
		}
	}

	function leave(): void {
		if (open) {
			open = false;
			unsubscribe();
			waiting.clear();
			resume();
			left();
		}
	}

	const follower: Follower = {
		record(record) {
			if (selection.untilNs !== undefined && record.timeNs > selection.untilNs) {
				over ??= {};
				unsubscribe();
			} else if (isWanted(record, selection)) {
				waiting.offer(record);
			}
			pump();
		},
		end(reason) {
			over ??= { reason };
			pump();
		},
	};

	const unsubscribe = selection.follow ? observer.subscribe(follower) : () => undefined;
	if (selection.follow && observer.ended !== undefined) {
		over = { reason: observer.ended };
	}
	call.on('drain', () => {
		writable = true;
		resume();
		pump();
	});
	for (const event of ['cancelled', 'close', 'error']) {
		call.on(event, leave);
	}
	if (older === undefined) {
		pump();
	} else {
		pumpOlder(older).catch(fail);
	}
}
