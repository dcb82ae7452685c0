import { RingReader } from '../native/addon.js';
import type { BpfMap } from '../native/addon.js';
import { createEventQueue } from './event-queue.js';
import type { EventQueue } from './event-queue.js';
import type { Flow } from './flow.js';

/** One reader of the kernel's ring for all streams of this process. It runs only while someone listens. */
export interface FlowHub {
	subscribe(listener: EventListener): Subscription;
	/** The newest, oldest first; empty without history. */
	recent(count: number): Told[];
	/** Flows that a proxy told: for all streams, after what the kernel has told by now. */
	tell(flows: Iterable<Flow>): void;
	/** Whether somebody listens, or what is told is kept. */
	isHeard(): boolean;
	/** Hands over what is in the ring now. */
	drain(): void;
	close(): void;
}

/** A record of the kernel, or a flow that did not come from there. */
export type Told = Uint8Array | Flow;

export interface EventListener {
	/** A record is a view of the reader's buffer: valid until the call returns. */
	event(told: Told): void;
	/** After each batch. */
	batch(): void;
	/** The datapath was closed. */
	end(): void;
}

export interface Subscription {
	/** While one subscription is awake the event loop stays alive. */
	awake(value: boolean): void;
	close(): void;
}

const READ_INTERVAL_MS = 5;
const PRESSURE_INTERVAL_MS = 1000;

/** How late the reader is, as the hub needs to know it. */
export interface ReaderPressure {
	/** A reader begins. */
	begin(): void;
	/** One second is over. */
	tick(): void;
	/** A record that is to be told now. */
	changed(): Uint8Array | undefined;
}

export function createFlowHub(
	ring: BpfMap,
	recordSize: number,
	historySize: number,
	pressure?: ReaderPressure,
): FlowHub {
	const listeners = new Set<EventListener>();
	const waiting = new Set<EventListener>();
	const history: EventQueue<Flow> | undefined = historySize > 0 ? createEventQueue(recordSize, historySize) : undefined;
	let reader: RingReader | undefined;
	let timer: NodeJS.Timeout | undefined;

	function onBatch(records: Uint8Array, count: number): void {
		for (let i = 0; i < count; i++) {
			handOver(records.subarray(i * recordSize, (i + 1) * recordSize));
		}
		tellPressure();
		endBatch();
	}

	function handOver(told: Told): void {
		history?.push(told);
		for (const listener of listeners) {
			listener.event(told);
		}
	}

	function endBatch(): void {
		for (const listener of listeners) {
			listener.batch();
		}
	}

	/** No event of the kernel's: the history is without it. */
	function tellPressure(): void {
		const record = pressure?.changed();
		if (record !== undefined) {
			listeners.forEach((listener) => listener.event(record));
		}
	}

	function watchPressure(): void {
		pressure?.tick();
		tellPressure();
		endBatch();
	}

	function start(): RingReader {
		const started = new RingReader(ring, { recordSize, intervalMs: READ_INTERVAL_MS }, onBatch);
		started.unref();
		pressure?.begin();
		timer = setInterval(watchPressure, PRESSURE_INTERVAL_MS).unref();
		return started;
	}

	function stopWhenIdle(): void {
		if (listeners.size === 0 && history === undefined) {
			stop();
		}
	}

	function stop(): void {
		clearInterval(timer);
		reader?.close();
		reader = undefined;
	}

	function keepAlive(): void {
		if (waiting.size > 0) {
			reader?.ref();
		} else {
			reader?.unref();
		}
	}

	if (history !== undefined) {
		reader = start();
	}

	return {
		subscribe(listener) {
			reader ??= start();
			// What lies in the ring happened before this stream began.
			reader.drain();
			listeners.add(listener);
			return {
				awake(value) {
					if (value) {
						waiting.add(listener);
					} else {
						waiting.delete(listener);
					}
					keepAlive();
				},
				close() {
					listeners.delete(listener);
					waiting.delete(listener);
					keepAlive();
					stopWhenIdle();
				},
			};
		},
		recent: (count) => history?.newest(count) ?? [],
		drain: () => void reader?.drain(),
		tell(flows) {
			reader?.drain();
			for (const flow of flows) {
				handOver(flow);
			}
			endBatch();
		},
		isHeard: () => listeners.size > 0 || history !== undefined,
		close() {
			for (const listener of [...listeners]) {
				listener.end();
			}
			listeners.clear();
			waiting.clear();
			stop();
		},
	};
}
