import { type Contender, largePath, smallPath } from './contender.js';
import { type Load, type LoadOptions, load } from './load.js';

export const metrics = ['rps', 'p99_us', 'large_mbits', 'new_per_s'] as const;
export type Metric = (typeof metrics)[number];

/** Of one round, by contender. */
export type Figures = Readonly<Record<Metric, ReadonlyMap<string, number>>> & { readonly loadRate: number };

const kept: LoadOptions = { command: 'http', path: smallPath, connections: 32, seconds: 0.5 };
const large: LoadOptions = { command: 'http', path: largePath, connections: 4, seconds: 0.4 };
const fresh: LoadOptions = { command: 'http_new', path: smallPath, connections: 16, seconds: 0.4 };

/** Latency is measured at half of what `reference` reached in this very round, the same for everybody. */
export async function measureRound(up: readonly Contender[], reference: string): Promise<Figures> {
	const rps = await each(up, async (one) => (await load(one, kept)).rate);
	const loadRate = (rps.get(reference) ?? 0) / 2;
	return {
		rps,
		loadRate,
		p99_us: await each(up, (one) => quickest(() => load(one, { ...kept, rate: loadRate }))),
		large_mbits: await each(up, async (one) => (await load(one, large)).mbits),
		new_per_s: await each(up, async (one) => (await load(one, fresh)).rate),
	};
}

/** Whatever else runs on this machine meanwhile only adds to it. */
async function quickest(measure: () => Promise<Load>): Promise<number> {
	return Math.min((await measure()).p99_us, (await measure()).p99_us);
}

async function each(
	up: readonly Contender[],
	measure: (contender: Contender) => Promise<number>,
): Promise<ReadonlyMap<string, number>> {
	const figures = new Map<string, number>();
	for (const contender of up) figures.set(contender.id, await measure(contender));
	return figures;
}
