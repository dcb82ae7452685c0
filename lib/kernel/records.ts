import { WRITE_EXISTING, WRITE_NEW } from './typed-map.js';
import type { TypedMap } from './typed-map.js';

/** What outlives the process, as JSON cut in chunks, in a map the datapath never reads. */
export interface Records {
	put(kind: number, id: number, value: unknown): void;
	get<T>(kind: number, id: number): T | undefined;
	delete(kind: number, id: number): boolean;
	/** Every whole record of a kind; one cut short by a crash is left out. */
	all<T>(kind: number): { id: number; value: T }[];
}

export interface RecordKeyFields {
	id: number;
	chunk: number;
	kind: number;
}

export interface RecordFields {
	length: number;
	more: number;
	data: Uint8Array;
}

export function openRecords(map: TypedMap<RecordKeyFields, RecordFields>, chunkSize: number): Records {
	function chunksOf(kind: number, id: number): number {
		let chunk = 0;
		for (;;) {
			const found = map.get({ id, chunk, kind });
			if (found === undefined) {
				return chunk;
			}
			chunk++;
			if (found.more === 0) {
				return chunk;
			}
		}
	}

	function deleteFrom(kind: number, id: number, first: number, end: number): void {
		for (let chunk = first; chunk < end; chunk++) {
			map.delete({ id, chunk, kind });
		}
	}

	function put(kind: number, id: number, value: unknown): void {
		const bytes = new TextEncoder().encode(JSON.stringify(value));
		const chunks = Math.max(1, Math.ceil(bytes.length / chunkSize));
		const before = chunksOf(kind, id);
		map.ensureRoom(Math.max(0, chunks - before));
		// Last chunk first: a reader that sees chunk 0 sees the rest.
		for (let chunk = chunks - 1; chunk >= 0; chunk--) {
			const part = bytes.subarray(chunk * chunkSize, (chunk + 1) * chunkSize);
			const data = new Uint8Array(chunkSize);
			data.set(part);
			map.set(
				{ id, chunk, kind },
				{ length: part.length, more: chunk + 1 < chunks ? 1 : 0, data },
				chunk < before ? WRITE_EXISTING : WRITE_NEW,
			);
		}
		deleteFrom(kind, id, chunks, before);
	}

	function all<T>(kind: number): { id: number; value: T }[] {
		const parts = new Map<number, RecordFields[]>();
		for (const [key, value] of map) {
			if (key.kind === kind) {
				const list = parts.get(key.id) ?? [];
				list[key.chunk] = value;
				parts.set(key.id, list);
			}
		}
		const whole: { id: number; value: T }[] = [];
		for (const [id, chunks] of parts) {
			const value = join<T>(chunks);
			if (value !== undefined) {
				whole.push({ id, value });
			}
		}
		return whole.sort((a, b) => a.id - b.id);
	}

	return {
		put,
		get<T>(kind: number, id: number) {
			const chunks: RecordFields[] = [];
			for (let chunk = 0; ; chunk++) {
				const found = map.get({ id, chunk, kind });
				if (found === undefined) {
					return undefined;
				}
				chunks.push(found);
				if (found.more === 0) {
					return join<T>(chunks);
				}
			}
		},
		delete(kind, id) {
			const before = chunksOf(kind, id);
			deleteFrom(kind, id, 0, before);
			return before > 0;
		},
		all,
	};
}

/** A datapath that ends with its process remembers nothing. */
export function noRecords(): Records {
	return {
		put: () => undefined,
		get: () => undefined,
		delete: () => false,
		all: () => [],
	};
}

function join<T>(chunks: readonly (RecordFields | undefined)[]): T | undefined {
	const bytes: number[] = [];
	for (let i = 0; i < chunks.length; i++) {
		const chunk = chunks[i];
		if (chunk === undefined) {
			return undefined;
		}
		bytes.push(...chunk.data.subarray(0, chunk.length));
		if (chunk.more === 0) {
			break;
		}
		if (i + 1 === chunks.length) {
			return undefined;
		}
	}
	try {
		return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes))) as T;
	} catch {
		return undefined;
	}
}
