/** New connections while somebody reads the flows, against the same with nobody reading; traffic on one processor, reader on another. */
import type { BenchContext } from '../support/context.js';
import { ratios, summarize } from '../support/statistics.js';
import { takeTurns } from '../support/take-turns.js';
import { createHeddle } from './peers/heddle.js';
import { removeLeftovers } from './topology.js';
import { measure } from './traffic.js';

export async function runTold({ cleanup, cpu, full, results, say }: BenchContext): Promise<void> {
	await removeLeftovers();
	const { peer, host } = await createHeddle(cleanup, cpu === 0 ? 1 : 0);
	const settings = { cpu, seconds: 0.2 };
	const told: number[] = [];
	const untold: number[] = [];
	const measureTold = async () => {
		await host.call('watch', 'medium');
		told.push(await measure(peer, 'tcp_crr', settings));
		const flows = await host.call<number>('unwatch');
		if (flows < told.at(-1)! * settings.seconds)
			throw new Error(`told: found ${flows} flows, expected one a connection`);
	};
	const measureUntold = async () => void untold.push(await measure(peer, 'tcp_crr', settings));
	await takeTurns(cleanup, full ? 40 : 20, measureUntold, measureTold);
	say(`told: ${told.length} pairs`);
	results.add(
		'told_tcp_crr',
		'share',
		summarize(ratios(told, untold)),
		'flows at aggregation medium and one reader, against maximum and none',
	);
	results.add('told_tcp_crr_rate', 'connections/s', summarize(told));
	results.add('untold_tcp_crr_rate', 'connections/s', summarize(untold));
}
