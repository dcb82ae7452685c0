/** The npm package `bpf`, on the same pinned map with the same entries. */
import type { Pattern } from './patterns.js';

interface RawMap {
	set(key: Buffer, value: Buffer): unknown;
	get(key: Buffer): Buffer | undefined;
	delete(key: Buffer): boolean;
}

interface NpmBpf {
	readonly version: string;
	openMap?: unknown;
	objGet(path: string): number;
	createMapRef(fd: number, options?: unknown): { ref: unknown; [field: string]: unknown };
	readonly RawMap: new (ref: unknown) => RawMap;
}

export type SingleCosts = Record<'update' | 'lookup' | 'delete', number>;

/** A string says why it is not measured. */
export async function openNpmBpf(path: string): Promise<RawMap | string> {
	const name = 'bpf';
	try {
		const loaded = (await import(name)) as { default?: NpmBpf } & NpmBpf;
		const bpf = loaded.default ?? loaded;
		return new bpf.RawMap(bpf.createMapRef(bpf.objGet(path), { transfer: true }));
	} catch (error) {
		return `npm package bpf: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
	}
}

export function measureNpmBpf<K, V>(map: RawMap, { keys, values, entry }: Pattern<K, V>, count: number): SingleCosts {
	const key = Buffer.alloc(keys.size);
	const value = Buffer.alloc(values.size);
	const time = (call: () => unknown): number => {
		const start = process.hrtime.bigint();
		for (let i = 0; i < count; i++) {
			const [k, v] = entry(i);
			keys.encode(k, key);
			values.encode(v, value);
			call();
		}
		return Number(process.hrtime.bigint() - start) / count;
	};
	return {
		update: time(() => map.set(key, value)),
		lookup: time(() => map.get(key)),
		delete: time(() => map.delete(key)),
	};
}
