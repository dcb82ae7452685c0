import { EventType, eventOffsets } from '../abi/generated.js';
import type { Event } from '../abi/generated.js';
import { invalidArgument } from '../errors.js';
import { createEventQueue } from './event-queue.js';
import { aggregationChange } from './aggregation-change.js';
import type { AggregationChange } from './aggregation-change.js';
import { expandEvent } from './expand.js';
import { flowPredicate } from './filter.js';
import type { FlowFilter, FlowPredicate } from './filter.js';
import type { Flow } from './flow.js';
import type { FlowHub } from './hub.js';
import type { FlowNames } from './names.js';

export interface FlowOptions {
	readonly filter?: FlowFilter | FlowPredicate;
	/** Events kept for a reader that is slower than the kernel; 1..16 777 216. When full the oldest is lost, and counted. @default 4096 */
	readonly bufferSize?: number;
	/** Begin with this many of the newest flows; needs `flowHistory` of `openDatapath`. @default 0 */
	readonly last?: number;
	/** End after the flows of `last` instead of following. @default true */
	readonly follow?: boolean;
	/** Called between two flows where, from there on, less or more is told of each conversation. */
	readonly onAggregation?: (change: AggregationChange) => void;
}

/** Bounded: a slow reader loses the oldest events, never memory. Ends when closed or when the datapath is. */
export interface FlowStream extends AsyncIterableIterator<Flow>, AsyncDisposable {
	/** Events that this stream did not see: the kernel's ring was full, or this stream's buffer was. */
	readonly lost: bigint;
	close(): Promise<void>;
}

export interface FlowSource {
	readonly hub: FlowHub;
	readonly names: FlowNames;
	readonly recordSize: number;
	readonly clockOffsetNs: bigint;
	decode(record: Uint8Array): Event;
	/** Events the kernel could not put in the ring, since it was loaded. */
	kernelLost(): bigint;
}

const DEFAULT_BUFFER = 4096;
const MAX_BUFFER = 1 << 24;

export function openFlowStream(source: FlowSource, options: FlowOptions = {}): FlowStream {
	const { bufferSize = DEFAULT_BUFFER, last = 0, follow = true } = options;
	if (!Number.isInteger(bufferSize) || bufferSize < 1 || bufferSize > MAX_BUFFER) {
		throw invalidArgument('bufferSize', bufferSize, `an integer from 1 to ${MAX_BUFFER}`);
	}
	if (!Number.isInteger(last) || last < 0) {
		throw invalidArgument('last', last, 'an integer from 0');
	}
	const wanted = options.filter === undefined ? undefined : flowPredicate(options.filter);
	const queue = createEventQueue(source.recordSize, bufferSize);
	const lostBefore = source.kernelLost();
	let ready: Flow[] = [];
	const waiters: ((result: IteratorResult<Flow>) => void)[] = [];
	let lostAtEnd: bigint | undefined;
	let lostHere = 0n;
	let ended = false;

	function flowsOf(record: Uint8Array): Flow[] {
		const flows = expandEvent(source.decode(record), source.names, source.clockOffsetNs);
		return wanted === undefined ? flows : flows.filter(wanted);
	}

	function isUnwanted(record: Uint8Array): boolean {
		return wanted !== undefined && flowsOf(record).length === 0;
	}

	function recentFlows(): Flow[] {
		if (last === 0) {
			return [];
		}
		// Subscribing did so: what a second time brought would be told twice.
		if (!follow) {
			source.hub.drain();
		}
		return source.hub.recent(Number.MAX_SAFE_INTEGER).flatMap(flowsOf).slice(-last);
	}

	function next(): Flow | undefined {
		while (ready.length === 0) {
			const record = queue.shift();
			if (record === undefined) {
				return undefined;
			}
			if (isAggregation(record)) {
				options.onAggregation?.(aggregationChange(source.decode(record), source.clockOffsetNs));
				continue;
			}
			ready.push(...flowsOf(record));
		}
		return ready.shift();
	}

	function answerWaiters(): void {
		while (waiters.length > 0) {
			const flow = next();
			if (flow === undefined) {
				break;
			}
			waiters.shift()?.({ value: flow, done: false });
		}
		subscription?.awake(waiters.length > 0);
	}

	function end(): void {
		if (!ended) {
			ended = true;
			lostAtEnd = kernelLostHere();
			subscription?.close();
			for (const waiter of waiters.splice(0)) {
				waiter({ value: undefined, done: true });
			}
		}
	}

	function kernelLostHere(): bigint {
		return lostAtEnd ?? source.kernelLost() - lostBefore;
	}

	const subscription = follow
		? source.hub.subscribe({
				event(record) {
					// What nobody asked for must not push out what was.
					if (isAggregation(record) ? options.onAggregation === undefined : isUnwanted(record)) {
						return;
					}
					lostHere += queue.push(record) ? 0n : 1n;
				},
				batch: answerWaiters,
				end,
			})
		: undefined;
	// Only now: what comes while the past is expanded waits in the ring, and is for the subscription.
	ready = recentFlows();

	return {
		get lost() {
			return kernelLostHere() + lostHere;
		},
		async next() {
			const flow = next();
			if (flow !== undefined) {
				return { value: flow, done: false };
			}
			if (ended || !follow) {
				return { value: undefined, done: true };
			}
			return new Promise((resolve) => {
				waiters.push(resolve);
				subscription?.awake(true);
			});
		},
		async return() {
			end();
			queue.clear();
			ready.length = 0;
			return { value: undefined, done: true };
		},
		async close() {
			end();
		},
		async [Symbol.asyncDispose]() {
			end();
		},
		[Symbol.asyncIterator]() {
			return this;
		},
	};
}

function isAggregation(record: Uint8Array): boolean {
	return record[eventOffsets.type] === EventType.Aggregation;
}
