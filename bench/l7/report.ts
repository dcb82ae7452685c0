import type { BenchContext } from '../support/context.js';
import { lowerQuartile, summarize } from '../support/statistics.js';
import type { Contender } from './contender.js';
import { direct, heddle } from './contenders/heddle.js';
import { type Figures, type Metric, metrics } from './rounds.js';

const units: Record<Metric, string> = {
	rps: 'requests/s',
	p99_us: 'µs',
	large_mbits: 'Mbit/s',
	new_per_s: 'connections/s',
};

export function report({ results }: BenchContext, up: readonly Contender[], rounds: readonly Figures[]): void {
	for (const metric of metrics)
		for (const { id, title } of up)
			results.add(`l7_${id}_${metric}`, units[metric], summarize(rounds.map((round) => at(round, metric, id))), title);
	results.add(
		'l7_p99_load',
		'requests/s',
		summarize(rounds.map(({ loadRate }) => loadRate)),
		'half of heddle’s, of all',
	);
	const peers = up.map(({ id }) => id).filter((id) => id !== direct.id && id !== heddle.id);
	// The better of one that is missing is not known.
	if (peers.length < 2) return results.gap('l7: what is to be compared with the better of nginx and haproxy');
	for (const metric of ['rps', 'large_mbits', 'new_per_s'] as const)
		results.add(`l7_${metric}_vs_best`, 'ratio', summarize(rounds.map((round) => againstBest(round, metric, peers))));
	results.add(
		'l7_p99_vs_best',
		'ratio',
		againstQuickest(rounds, peers),
		'lower quartiles of the rounds, less that of no L7',
	);
}

function at(round: Figures, metric: Metric, id: string): number {
	return round[metric].get(id) ?? Number.NaN;
}

function againstBest(round: Figures, metric: Metric, peers: readonly string[]): number {
	return at(round, metric, heddle.id) / Math.max(...peers.map((id) => at(round, metric, id)));
}

function againstQuickest(rounds: readonly Figures[], peers: readonly string[]): number {
	const undisturbed = (id: string) => lowerQuartile(rounds.map((round) => at(round, 'p99_us', id)));
	const added = (id: string) => undisturbed(id) - undisturbed(direct.id);
	return added(heddle.id) / Math.min(...peers.map(added));
}
