import type { Counter, Gauge } from 'prom-client';
import type { Distribution, Family } from './family.js';
import { createTally } from './tally.js';
import type { Tally } from './tally.js';
import type { MetricsView } from './view.js';

/** All metrics as text, in Prometheus' exposition format 0.0.4. */
export interface MetricRegistry {
	readonly contentType: string;
	render(view: MetricsView): Promise<string>;
}

export interface RegistryOptions {
	readonly families: readonly Family[];
	readonly distributions: readonly Distribution[];
	/** Which of a family's labels are wanted. */
	names(labels: readonly string[]): readonly string[];
	/** Of one family. */
	readonly mostLabelSets: number;
}

interface Registered {
	readonly family: Family;
	readonly tally: Tally;
	readonly metric: Counter | Gauge;
}

export async function createRegistry(options: RegistryOptions): Promise<MetricRegistry> {
	const { families, distributions, names, mostLabelSets } = options;
	// Only here: who serves no metrics need not load it.
	const client = await import('prom-client');
	const registry = new client.Registry();
	const registered = families.map((family): Registered => {
		const labelNames = [...names(family.labels)];
		const Metric = family.type === 'counter' ? client.Counter : client.Gauge;
		const metric = new Metric({ name: family.name, help: family.help, labelNames, registers: [registry] });
		return { family, metric, tally: createTally(labelNames, mostLabelSets) };
	});
	for (const { name, help, labels, buckets, follow } of distributions) {
		const labelNames = [...names(labels)];
		const tally = createTally(labelNames, mostLabelSets);
		const metric = new client.Histogram({ name, help, labelNames, buckets: [...buckets], registers: [registry] });
		follow((found, value) => metric.observe({ ...tally.add(found) }, value));
	}
	return {
		contentType: registry.contentType,
		render(view) {
			registered.forEach((one) => fill(one, view));
			return registry.metrics();
		},
	};
}

function fill({ family, tally, metric }: Registered, view: MetricsView): void {
	if (family.type === 'counter') {
		tally.zero();
	} else {
		tally.clear();
	}
	for (const [labels, value] of family.samples(view)) {
		tally.add(labels, value);
	}
	metric.reset();
	for (const [labels, value] of tally) {
		metric.inc({ ...labels }, Number(value));
	}
}
