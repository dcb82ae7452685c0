import { segmentBlobs } from './blobs.js';
import type { Blob } from './blobs.js';
import { LOG_BYTES } from './file.js';
import type { HistoryFile } from './file.js';
import { tryTo } from '../store/sqlite.js';
import { checkPieces, packBounds, storedSegment, unpackBounds } from './stored-segment.js';
import type { StoredBounds } from './stored-segment.js';
import type { Segment } from './segment.js';

/** The segments on disk, oldest first, and how long they stay. */
export interface Shelf {
	readonly stored: readonly StoredBounds[];
	has(id: number): boolean;
	open(bounds: StoredBounds): Segment;
	/** In one step with the end of those it stands for; its id. @throws as the file does */
	put(segment: Segment, options: { readonly isPart: boolean; readonly insteadOf: readonly number[] }): number;
	/** Drops what is too old. @throws as the file does */
	expire(): void;
	/** Flows of this time in nanoseconds and later are wanted. */
	oldestWanted(): bigint;
}

export interface Limits {
	/** Of the file and its log. */
	readonly maxBytes: number;
	/** Milliseconds. */
	readonly maxAge: number;
}

/** For the log, and for a segment that is written before an older one goes. */
export const RESERVE_BYTES = 2 * LOG_BYTES;

const NS_PER_MS = 1_000_000n;

/** @throws ERR_STORE_CORRUPT */
export function createShelf(file: HistoryFile, path: string, { maxBytes, maxAge }: Limits): Shelf {
	let stored = file.segments().map((row) => unpackBounds(row, path));
	checkPieces(stored, file, path);
	let nextId = (stored.at(-1)?.id ?? 0) + 1;

	// A segment that the disk refused comes again.
	const packed = new WeakMap<Segment, readonly Blob[]>();

	function blobsOf(segment: Segment): readonly Blob[] {
		const blobs = packed.get(segment) ?? segmentBlobs(segment);
		packed.set(segment, blobs);
		return blobs;
	}

	function forget(ids: readonly number[]): void {
		stored = stored.filter(({ id }) => !ids.includes(id));
	}

	function oldestWanted(): bigint {
		return maxAge === Infinity ? -(2n ** 63n) : BigInt(Math.floor(Date.now() - maxAge)) * NS_PER_MS;
	}

	function expired(): number[] {
		const oldest = oldestWanted();
		return stored.filter(({ maxNs }) => maxNs < oldest).map(({ id }) => id);
	}

	function drop(ids: readonly number[]): void {
		if (ids.length > 0) {
			file.remove(ids);
			forget(ids);
		}
	}

	/** The oldest go first; parts wait for their whole, the newest stays. */
	function makeRoom(): void {
		while (file.usedBytes() > maxBytes - RESERVE_BYTES && stored.length > 1 && firstUnfinished(stored) > 0) {
			drop([stored[0]!.id]);
		}
	}

	// What cannot be dropped now is later.
	tryTo(makeRoom);
	tryTo(() => drop(expired()));
	return {
		get stored() {
			return stored;
		},
		has: (wanted) => stored.some(({ id }) => id === wanted),
		open: (bounds) => storedSegment(bounds, file, path),
		put(segment, { isPart, insteadOf }) {
			const id = nextId;
			const removed = [...insteadOf, ...expired().filter((old) => !insteadOf.includes(old))];
			const blobs = blobsOf(segment);
			const { rows, baseNs, minNs, maxNs } = segment;
			const bounds = { id, rows, baseNs, minNs, maxNs, isPart, numbers: blobs.map(({ number }) => number) };
			file.replace({ id, meta: packBounds(bounds), blobs }, removed);
			nextId++;
			forget(removed);
			stored = [...stored, bounds];
			tryTo(makeRoom);
			return id;
		},
		expire: () => drop(expired()),
		oldestWanted,
	};
}

/** Behind the last whole segment: parts whose whole may still come. */
export function firstUnfinished(stored: readonly StoredBounds[]): number {
	return stored.findLastIndex(({ isPart }) => !isPart) + 1;
}
