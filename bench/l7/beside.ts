/** Another port of the endpoint that has the HTTP rule, against an endpoint without one; on one processor. */
import type { BenchContext } from '../support/context.js';
import { ratios, summarize } from '../support/statistics.js';
import { takeTurns } from '../support/take-turns.js';
import { type Contender, plainPort, smallPath } from './contender.js';
import { load } from './load.js';

export async function measureBeside(
	{ cleanup, results, say, full }: BenchContext,
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
	const [measureWithout, measureBeside] = [() => measure(without, bases), () => measure(beside, rates)];
	await takeTurns(cleanup, full ? 40 : 20, measureWithout, measureBeside);
	results.add('l7_beside', 'share', summarize(ratios(rates, bases)), 'requests/s on a port without an HTTP rule');
	results.add('l7_beside_rps', 'requests/s', summarize(rates));
	results.add('l7_beside_without_rps', 'requests/s', summarize(bases));
}
