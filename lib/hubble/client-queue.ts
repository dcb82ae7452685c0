import { LostSource } from './record.js';
import type { FlowRecord, HubbleRecord, Loss } from './record.js';
import { createRing } from './ring.js';

/** What waits for one client: first the past it asked for, then what comes. Full, it loses the oldest and counts them. */
export interface ClientQueue {
	offer(record: HubbleRecord): void;
	/** A loss comes where the flows would have been, but not each second one while a slow client catches up. */
	next(nowMs: number): HubbleRecord | Loss | undefined;
	clear(): void;
}

const LOSS_INTERVAL_MS = 1000;

export function createClientQueue(past: readonly HubbleRecord[], capacity: number): ClientQueue {
	const queue = createRing<HubbleRecord>(capacity);
	let waiting: readonly HubbleRecord[] = past;
	let position = 0;
	let loss: Loss | undefined;
	let toldMs = Number.NEGATIVE_INFINITY;

	function nextOfPast(): HubbleRecord | undefined {
		if (position < waiting.length) {
			return waiting[position++];
		}
		waiting = [];
		return undefined;
	}

	function takeLoss(nowMs: number): Loss | undefined {
		if (loss === undefined || (queue.length > 0 && nowMs - toldMs < LOSS_INTERVAL_MS)) {
			return undefined;
		}
		const told = loss;
		loss = undefined;
		toldMs = nowMs;
		return told;
	}

	return {
		offer(record) {
			const pushedOut = queue.push(record);
			if (pushedOut !== undefined) {
				loss = addLoss(loss, pushedOut);
			}
		},
		next: (nowMs) => nextOfPast() ?? takeLoss(nowMs) ?? queue.shift(),
		clear() {
			waiting = [];
			queue.clear();
			loss = undefined;
		},
	};
}

function addLoss(loss: Loss | undefined, pushedOut: HubbleRecord): Loss {
	const [count, firstNs] = extentOf(pushedOut);
	return {
		source: LostSource.ClientQueue,
		count: (loss?.count ?? 0) + count,
		firstNs: loss?.firstNs ?? firstNs,
		lastNs: pushedOut.timeNs,
	};
}

function extentOf(record: HubbleRecord): [count: number, firstNs: bigint] {
	return record.kind === 'lost' ? [record.loss.count, record.loss.firstNs] : [1, (record as FlowRecord).timeNs];
}
