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
import type { FlowHub, Told } from './hub.js';
import type { FlowNames } from './names.js';

export interface FlowOptions {
	readonly filter?: FlowFilter | FlowPredicate;
	/** Events kept for a reader that is slower than the kernel; 1..16 777 216. When full the oldest is lost, and counted. @default 4096 */
	readonly bufferSize?: number;
	/** Begin with this many of the newest flows; needs `flowHistory` of `openDatapath`. @default 0 */
	readonly last?: number;
	/** End after the flows of `last` instead of following. @default true */
	readonly follow?: boolean;
	/** Called between two flows where, from there on, less or more is told of each conversation; of `take`, before it returns. */
	readonly onAggregation?: (change: AggregationChange) => void;
}

/** Bounded: a slow reader loses the oldest events, never memory. Ends when closed or when the datapath is. */
export interface FlowStream extends AsyncIterableIterator<Flow>, AsyncDisposable {
	/** Events that this stream did not see: the kernel's ring was full, or this stream's buffer was. */
	readonly lost: bigint;
	/** Resolves once `take` has something; false: it has ended. */
	ready(): Promise<boolean>;
	/** What is there by now, without waiting for more, until it is at least `most` flows. Cheaper than one by one. */
	take(most?: number): Flow[];
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
const MOST_LOOKED_AT = 4096;
const NO_FLOWS: readonly Flow[] = [];

export function openFlowStream(source: FlowSource, options: FlowOptions = {}): FlowStream {
	const { bufferSize = DEFAULT_BUFFER, last = 0, follow = true } = options;
	if (!Number.isInteger(bufferSize) || bufferSize < 1 || bufferSize > MAX_BUFFER) {
		throw invalidArgument('bufferSize', bufferSize, `an integer from 1 to ${MAX_BUFFER}`);
	}
	if (!Number.isInteger(last) || last < 0) {
		throw invalidArgument('last', last, 'an integer from 0');
	}
	const wanted = options.filter === undefined ? undefined : flowPredicate(options.filter);
	const queue = createEventQueue<readonly Flow[]>(source.recordSize, bufferSize);
	const lostBefore = source.kernelLost();
	let ready: Flow[] = [];
	const waiters: ((result: IteratorResult<Flow>) => void)[] = [];
	let watchers: ((more: boolean) => void)[] = [];
	let lostAtEnd: bigint | undefined;
	let lostHere = 0n;
	let ended = false;

	function flowsOf(told: Told): readonly Flow[] {
		const flows =
			told instanceof Uint8Array ? expandEvent(source.decode(told), source.names, source.clockOffsetNs) : [told];
		return wanted === undefined ? flows : flows.filter(wanted);
	}

	function waitingFlows(told: Uint8Array | readonly Flow[]): readonly Flow[] {
		if (!(told instanceof Uint8Array)) {
			return told;
		}
		if (isAggregation(told)) {
			options.onAggregation?.(aggregationChange(source.decode(told), source.clockOffsetNs));
			return NO_FLOWS;
		}
		return flowsOf(told);
	}

	function keep(item: Uint8Array | readonly Flow[]): void {
		lostHere += queue.push(item) ? 0n : 1n;
	}

	/** What was looked at is kept as it is while few wait; records take less room. */
	function enqueue(told: Told): void {
		if (told instanceof Uint8Array && isAggregation(told)) {
			if (options.onAggregation !== undefined) {
				keep(told);
			}
			return;
		}
		if (wanted === undefined && told instanceof Uint8Array) {
			keep(told);
			return;
		}
		const flows = flowsOf(told);
		// What nobody asked for must not push out what was.
		if (flows.length > 0) {
			keep(told instanceof Uint8Array && queue.length >= MOST_LOOKED_AT ? told : flows);
		}
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
			const told = queue.shift();
			if (told === undefined) {
				return undefined;
			}
			ready.push(...waitingFlows(told));
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
		if (queue.length > 0) {
			answerWatchers(true);
		}
		subscription?.awake(waiters.length > 0 || watchers.length > 0);
	}

	function answerWatchers(more: boolean): void {
		const told = watchers;
		watchers = [];
		told.forEach((resolve) => resolve(more));
	}

	function end(): void {
		if (!ended) {
			ended = true;
			lostAtEnd = kernelLostHere();
			subscription?.close();
			for (const waiter of waiters.splice(0)) {
				waiter({ value: undefined, done: true });
			}
			answerWatchers(false);
		}
	}

	function kernelLostHere(): bigint {
		return lostAtEnd ?? source.kernelLost() - lostBefore;
	}

	const subscription = follow
		? source.hub.subscribe({
				event: enqueue,
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
		take(most = Infinity) {
			const taken = ready;
			ready = [];
			while (taken.length < most) {
				const told = queue.shift();
				if (told === undefined) {
					break;
				}
				taken.push(...waitingFlows(told));
			}
			return taken;
		},
		ready() {
			if (ready.length > 0 || queue.length > 0 || ended || !follow) {
				return Promise.resolve(ready.length > 0 || queue.length > 0);
			}
			return new Promise((resolve) => {
				watchers.push(resolve);
				subscription?.awake(true);
			});
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
