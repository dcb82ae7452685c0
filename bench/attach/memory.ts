/** What the kernel and this process hold, in bytes. */
import { existsSync, readFileSync } from 'node:fs';

/**
 * Slab, per-CPU and vmalloc memory: where maps, links and hooks live. Not page cache, not processes, and not what
 * the kernel gives back when asked (dentries and inodes of /proc/sys).
 */
const kernelFields = ['SUnreclaim', 'Percpu', 'VmallocUsed'] as const;

function kernelBytes(): number {
	const text = readFileSync('/proc/meminfo', 'utf8');
	return kernelFields.reduce((sum, field) => {
		const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
		return sum + Number(kilobytes ?? 0) * 1024;
	}, 0);
}

function processBytes(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

export interface Memory {
	readonly kernel: number;
	readonly process: number;
}

/** After a full collection, and after the kernel's deferred frees. */
export async function readMemory(): Promise<Memory> {
	if (globalThis.gc === undefined) throw new Error('memory: found no gc(), expected node --expose-gc');
	for (let i = 0; i < 3; i++) {
		globalThis.gc();
		await new Promise((resolve) => setTimeout(resolve, 150));
	}
	return { kernel: kernelBytes(), process: processBytes() };
}

export function difference(after: Memory, before: Memory): Memory {
	return { kernel: after.kernel - before.kernel, process: after.process - before.process };
}

/** Bytes in use by slab cache; empty where the kernel does not say. */
export function readSlabs(): Map<string, number> {
	const slabs = new Map<string, number>();
	if (!existsSync('/proc/slabinfo')) return slabs;
	for (const line of readFileSync('/proc/slabinfo', 'utf8').split('\n').slice(2)) {
		const [name = '', active, , size] = line.split(/\s+/);
		slabs.set(name, Number(active) * Number(size));
	}
	return slabs;
}

/** Caches that grew most, bytes for each of `count`. */
export function grownSlabs(after: Map<string, number>, before: Map<string, number>, count: number): string[] {
	return [...after]
		.map(([name, bytes]) => ({ name, bytes: (bytes - (before.get(name) ?? 0)) / count }))
		.filter(({ bytes }) => bytes >= 100)
		.sort((a, b) => b.bytes - a.bytes)
		.slice(0, 8)
		.map(({ name, bytes }) => `${name} ${Math.round(bytes)}`);
}
