/** Another port of the endpoint that has the HTTP rule, against an endpoint without one; on one processor. */
import type { BenchContext } from '../support/context.js';
import { ratios, summarize } from '../support/statistics.js';
import { type Contender, plainPort, smallPath } from './contender.js';
import { load } from './load.js';

export async function measureBeside(
	{ results, say, full }: BenchContext,
	without: Contender,
	beside: Contender,
): Promise<void> {
	say('l7: connections beside the rule');
	const rates: number[] = [];
	const bases: number[] = [];
	const measure = async (contender: Contender, into: number[]) => {
		const options = { command: 'http', path: smallPath, connections: 8, seconds: 0.2, port: plainPort } as const;
		into.push((await load(contender, options)).rate);
	};
	for (let pair = 0; pair < (full ? 40 : 20); pair++) {
		if (pair % 2) await measure(beside, rates);
		await measure(without, bases);
		if (!(pair % 2)) await measure(beside, rates);
	}
	results.add('l7_beside', 'share', summarize(ratios(rates, bases)), 'requests/s on a port without an HTTP rule');
	results.add('l7_beside_rps', 'requests/s', summarize(rates));
	results.add('l7_beside_without_rps', 'requests/s', summarize(bases));
}
