import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import { dropReason } from '../../../lib/flows/drop-reasons.js';
import { serveMetrics } from '../../../lib/metrics/serve.js';
import { drop, endpoint, fakeDatapath } from './fake-datapath.js';
import { flow } from './flows.js';
import { namesOf, samplesOf } from './scrape.js';

interface Panel {
	readonly id: number;
	readonly title: string;
	readonly type: string;
	readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
	readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly legendFormat: string }[];
}

interface Dashboard {
	readonly panels: readonly Panel[];
	readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

const dashboard = JSON.parse(
	readFileSync(new URL('../../../examples/grafana/policy-verdicts.json', import.meta.url), 'utf8'),
) as Dashboard;

const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
	targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);
const variables = dashboard.templating.list.map(({ query }) => JSON.stringify(query));

/** Prometheus adds these when it scrapes. */
const SCRAPED = ['instance', 'job'];

let names: string[];
let labelsOf: Map<string, Set<string>>;

beforeAll(async () => {
	const datapath = fakeDatapath();
	datapath.endpoints.set(1 as never, endpoint('blue'));
	datapath.now.otherDrops = [drop('ingress', 133, 1n)];
	datapath.now.maps = { rules: { entries: 1, maxEntries: 2, memoryBytes: 3 } };
	await using server = await serveMetrics(datapath, { listen: '127.0.0.1:0', labels: { network: true } });
	await datapath.tell(
		flow(),
		flow({ eventType: 'policy-verdict', policy: { action: 'ALLOWED' } }),
		flow({ eventType: 'drop', verdict: 'DROPPED', dropReason: dropReason(133) }),
	);
	const text = await server.render();
	names = namesOf(text);
	labelsOf = new Map(names.map((name) => [name, new Set(SCRAPED)]));
	for (const sample of samplesOf(text).keys()) {
		const labels = labelsOf.get(sample.replace(/\{.*/, ''));
		[...sample.matchAll(/([a-z_]+)="/g)].forEach(([, label]) => labels?.add(label!));
	}
});

const metricsIn = (text: string) => [...text.matchAll(/\b(?:cilium|hubble|heddle)_[a-z_]+/g)].map(([name]) => name);

describe('the dashboard of policy verdicts', () => {
	it('asks each panel something', () => {
		const empty = dashboard.panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0);
		expect(empty).toEqual([]);
		expect(queries.length).toBeGreaterThan(15);
	});

	it.each(queries)('asks for metrics that there are: $title: $expr', ({ expr }) => {
		const asked = metricsIn(expr);
		expect(asked.length).toBeGreaterThan(0);
		expect(asked.filter((name) => !names.includes(name))).toEqual([]);
	});

	it.each(queries)('selects by labels that its metrics have: $title: $expr', ({ expr }) => {
		const selectors = [...expr.matchAll(/([a-z_]+)\{([^}]*)\}/g)];
		expect(selectors.length).toBeGreaterThan(0);
		for (const [, name, matchers] of selectors) {
			const asked = [...matchers!.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
			expect(asked.filter((label) => !labelsOf.get(name!)?.has(label))).toEqual([]);
		}
	});

	it.each(queries)('groups and names by labels that its metrics have: $title: $expr', ({ expr, legendFormat }) => {
		const known = metricsIn(expr).flatMap((name) => [...(labelsOf.get(name) ?? [])]);
		const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
		const shown = [...legendFormat.matchAll(/\{\{([a-z_]+)\}\}/g)].map(([, label]) => label!);
		expect(grouped.filter((label) => !known.includes(label))).toEqual([]);
		expect(shown.filter((label) => !grouped.includes(label))).toEqual([]);
	});

	it('fills its variables from metrics that there are', () => {
		const asked = variables.flatMap(metricsIn);
		expect(asked).toContain('hubble_policy_verdicts_total');
		expect(asked.filter((name) => !names.includes(name))).toEqual([]);
	});

	it('uses no variable that it has not', () => {
		const own = dashboard.templating.list.map(({ name }) => name);
		const used = [...JSON.stringify(dashboard).matchAll(/\$\{?([a-z]+)\b/g)].map(([, name]) => name!);
		expect([...new Set(used)].filter((name) => !own.includes(name))).toEqual([]);
	});

	it('puts panels beside each other', () => {
		const taken = new Map<string, string>();
		for (const { title, gridPos } of dashboard.panels) {
			expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
			for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
				for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
					expect(taken.get(`${x} ${y}`), title).toBeUndefined();
					taken.set(`${x} ${y}`, title);
				}
			}
		}
		expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
	});
});
