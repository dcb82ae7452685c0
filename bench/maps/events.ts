/** Records of 128 bytes from the kernel into JS: the highest rate at which none is lost. */
import { readFileSync, unlinkSync } from 'node:fs';
import { load } from '../../lib/native/addon.js';
import { startChild } from '../support/child.js';
import type { BenchContext } from '../support/context.js';
import { findBuilt, runTool } from '../support/tools.js';
import type { Received } from './events-reader.js';

const rates = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7].map((millions) => millions * 1e6);
/** A rate counts when the emitter kept it. */
const kept = 0.97;

interface Emitted {
	readonly emitted: number;
	readonly lost: number;
	readonly seconds: number;
}

export async function runEvents(context: BenchContext, folder: string): Promise<void> {
	const program = `${folder}/emit`;
	const ring = `${folder}/events`;
	const object = await load(readFileSync(findBuilt('emit.bpf.o')));
	context.cleanup.add(() => object.close());
	object.programs['emit']!.pin(program);
	context.cleanup.add(() => unlinkSync(program));
	object.maps['events']!.pin(ring);
	context.cleanup.add(() => unlinkSync(ring));
	await search(context, 'events_per_s', program, ring, context.cpu);
	await search(context, 'events_two_cores_per_s', program, ring, 0);
}

async function search(
	context: BenchContext,
	id: string,
	program: string,
	ring: string,
	readerCpu: number,
): Promise<void> {
	const { results, say, cpu, full, cleanup } = context;
	const reader = startChild(new URL('./events-reader.ts', import.meta.url), { cpu: readerCpu });
	const stop = cleanup.add(() => reader.stop());
	await reader.call('open', ring);
	let best = 0;
	for (const rate of rates) {
		if (cleanup.interrupted) return;
		await reader.call('reset');
		const emitted = await runTool<Emitted>('emit', program, String(rate), full ? '3' : '1', String(cpu));
		const { count } = await reader.call<Received>('finish', emitted.emitted);
		const reached = count / emitted.seconds;
		say(`maps: ${id}: ${rate / 1e6} M/s asked, ${(reached / 1e6).toFixed(2)} M/s read, ${emitted.lost} lost`);
		if (count !== emitted.emitted) throw new Error(`${id}: found ${count} events read, expected ${emitted.emitted}`);
		if (emitted.lost === 0) best = Math.max(best, reached);
		if (emitted.lost > 0 || reached < rate * kept) break;
	}
	results.add(id, 'events/s', best, readerCpu === cpu ? 'kernel and JS on one core' : 'JS on the other core');
	await stop();
}
