/** Events to one consumer in TypeScript, through hub, filter and stream. */
import { startChild } from '../support/child.js';
import type { BenchContext } from '../support/context.js';
import type { Delivered } from './flows-child.js';
import { runGrpc } from './grpc.js';

const SECONDS = 2;

export async function runFlows(context: BenchContext): Promise<void> {
	await runDelivered(context);
	await runGrpc(context);
}

async function runDelivered({ results, say, cleanup, full }: BenchContext): Promise<void> {
	const child = startChild(new URL('./flows-child.ts', import.meta.url));
	const stop = cleanup.add(() => child.stop());
	const seconds = full ? 2 * SECONDS : SECONDS;
	// Before it is measured all of it is compiled.
	await child.call<Delivered>('deliver', { everyField: true, seconds: SECONDS / 2 });
	for (const [id, everyField] of [
		['flows_lazy_per_s', false],
		['flows_touched_per_s', true],
	] as const) {
		if (cleanup.interrupted) return;
		const { events, flows, lost, cpuSeconds } = await child.call<Delivered>('deliver', { everyField, seconds });
		if (lost > 0) throw new Error(`${id}: found ${lost} events lost, expected none`);
		const rate = events / cpuSeconds;
		say(
			`flows: ${id}: ${(rate / 1e3).toFixed(0)} k events (${(flows / cpuSeconds / 1e3).toFixed(0)} k flows) a CPU second`,
		);
		results.add(id, 'events/s', rate, 'a second of one CPU; two flows an event, none lost');
	}
	await stop();
}
