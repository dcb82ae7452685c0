import { HeddleError } from '../errors.js';
import type { Flow } from '../flows/flow.js';
import { rowReader } from './row-reader.js';
import { createSegmentBuilder } from './segment-builder.js';
import type { SegmentBuilder } from './segment-builder.js';
import type { Segment } from './segment.js';
import { firstUnfinished } from './shelf.js';
import type { Shelf } from './shelf.js';
import type { StoredBounds } from './stored-segment.js';

/**
 * Brings flows to disk. Those of one segment are written as parts first, each holding what is new since the last; the
 * whole then takes the place of its parts.
 */
export interface HistoryWriter {
	/** Flows that never reached the disk. */
	readonly lost: number;
	/** Why the last write failed; undefined once one succeeds. */
	readonly failure: HeddleError | undefined;
	/** Flows that are not on disk yet. */
	readonly pending: number;
	/** Valid ones. */
	add(flows: readonly Flow[]): void;
	flush(): void;
	/** What is not in a whole segment on disk yet, oldest first. */
	segments(): Segment[];
	/** Segments on disk that `segments` have too. */
	isPart(id: number): boolean;
	/** What could not be written is lost. */
	end(): void;
}

/** They are read again when the file is opened. */
const MOST_PARTS = 4096;

/** A whole segment that the disk did not take yet. */
interface Waiting {
	readonly segment: Segment;
	readonly parts: readonly number[];
	readonly pending: number;
}

/** @throws ERR_STORE_CORRUPT */
export function createHistoryWriter(shelf: Shelf, sealAfterMs: number): HistoryWriter {
	let builder = createSegmentBuilder();
	let begun = performance.now();
	let parts: number[] = [];
	let onDisk = 0;
	let lost = 0;
	let failure: HeddleError | undefined;
	// One is kept: what happened last is there to be asked for, whatever the disk does.
	let waiting: Waiting | undefined;

	/** Whether `write` succeeded. What the disk refuses is remembered, not thrown: flows go on. */
	function tryToWrite(write: () => void): boolean {
		try {
			write();
			failure = undefined;
		} catch (error) {
			failure = error instanceof HeddleError ? error : new HeddleError('ERR_STORE', String(error), { cause: error });
		}
		return failure === undefined;
	}

	function begin(): void {
		builder = createSegmentBuilder();
		begun = performance.now();
		parts = [];
		onDisk = 0;
	}

	function seal(): void {
		if (!writeWaiting()) {
			lost += waiting!.pending;
		}
		waiting = { segment: builder.segment(), parts, pending: builder.rows - onDisk };
		begin();
		writeWaiting();
	}

	/** Segments are on disk in their order: false while this one is not. */
	function writeWaiting(): boolean {
		if (waiting === undefined) {
			return true;
		}
		const { segment, parts: insteadOf } = waiting;
		const written = tryToWrite(() => void shelf.put(segment, { isPart: false, insteadOf }));
		waiting = written ? undefined : waiting;
		return written;
	}

	function writePart(): void {
		if (!writeWaiting() || builder.rows === onDisk) {
			return;
		}
		const part = rowsFrom(builder, onDisk);
		tryToWrite(() => {
			parts.push(shelf.put(part.segment(), { isPart: true, insteadOf: [] }));
			onDisk = builder.rows;
		});
	}

	function takeUp(part: StoredBounds): void {
		const segment = shelf.open(part);
		const read = rowReader(segment);
		if (builder.isFull || !builder.fits(read(0))) {
			begin();
		}
		for (let row = 0; row < segment.rows; row++) {
			builder.add(read(row));
		}
		builder.forget();
		parts.push(part.id);
		onDisk = builder.rows;
	}

	shelf.stored.slice(firstUnfinished(shelf.stored)).forEach(takeUp);
	return {
		get lost() {
			return lost;
		},
		get failure() {
			return failure;
		},
		get pending() {
			return builder.rows - onDisk + (waiting?.pending ?? 0);
		},
		add(flows) {
			for (const flow of flows) {
				if (!builder.fits(flow)) {
					seal();
				}
				builder.add(flow);
				if (builder.isFull) {
					seal();
				}
			}
			builder.forget();
		},
		flush() {
			if (builder.rows > 0 && (parts.length >= MOST_PARTS || performance.now() - begun >= sealAfterMs)) {
				seal();
			} else {
				writePart();
			}
		},
		segments: () => (waiting === undefined ? [builder.segment()] : [waiting.segment, builder.segment()]),
		isPart: (id) => parts.includes(id) || waiting?.parts.includes(id) === true,
		end() {
			if (builder.rows > onDisk || waiting !== undefined) {
				writePart();
				lost += builder.rows - onDisk + (waiting?.pending ?? 0);
			}
		},
	};
}

/** With dictionaries of their own. */
function rowsFrom(builder: SegmentBuilder, first: number): SegmentBuilder {
	const part = createSegmentBuilder();
	const read = rowReader(builder.segment());
	for (let row = first; row < builder.rows; row++) {
		part.add(read(row));
	}
	return part;
}
