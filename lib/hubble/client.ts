import { createClientQueue } from './client-queue.js';
import type { FlowMessage } from './messages/flow-message.js';
import type { Follower, Observer } from './observer.js';
import type { HubbleRecord, Loss } from './record.js';
import { isWanted, selectPast } from './selection.js';
import type { Selection } from './selection.js';
import type { Streaming } from './service.js';
import { GrpcCode } from './status.js';

export interface ClientRequest {
	readonly selection: Selection;
	readonly mask: ((flow: FlowMessage) => FlowMessage) | undefined;
	/** Flows that may wait. */
	readonly queue: number;
	/** Called once, however it ended. */
	left(): void;
}

/** Serves one GetFlows. A client that does not read holds its queue and no more; one that is gone holds nothing. */
export function serveClient(
	call: Streaming,
	observer: Observer,
	{ selection, mask, queue, left }: ClientRequest,
): void {
	const waiting = createClientQueue(selectPast(observer.history, selection), queue);
	let writable = true;
	/** Set once nothing more will be offered; with a reason where that is an error. */
	let over: { readonly reason?: string } | undefined = selection.follow ? undefined : {};
	let open = true;

	function pump(): void {
		while (open && writable) {
			const next = waiting.next(Date.now());
			if (next === undefined) {
				finishWhenOver();
				return;
			}
			writable = call.write(bytesOf(next));
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
		pump();
	});
	for (const event of ['cancelled', 'close', 'error']) {
		call.on(event, leave);
	}
	pump();
}
