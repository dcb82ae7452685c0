/** What the kernel and this process hold, in bytes. */
import { readFileSync } from 'node:fs';

/** Slab, per-CPU and vmalloc memory: where maps, links and program bookkeeping live. Not page cache, not processes. */
const kernelFields = ['Slab', 'Percpu', 'VmallocUsed'] as const;

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
