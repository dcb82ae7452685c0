/** First ruler: what a call costs from JS, beside the same in C and through the npm package `bpf`. */
import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs';

import { type BpfMap, type BpfObject, embeddedObject, ensureBpffs, load } from '../../lib/native/addon.js';
import type { BenchContext } from '../support/context.js';
import { ratios, summarize } from '../support/statistics.js';
import { tablesOf } from '../support/tables.js';
import { runTool } from '../support/tools.js';
import { type Costs, type Operation, entriesOf, measureCalls, operations } from './calls.js';
import { runEvents } from './events.js';
import { type SingleCosts, measureNpmBpf, openNpmBpf } from './npm-bpf.js';
import { type Pattern, addressPattern, rulePattern } from './patterns.js';

const bpffs = '/sys/fs/bpf';

export async function runMaps(context: BenchContext): Promise<void> {
	const folder = makeFolder(context);
	const object = await load(embeddedObject(), { programs: [], maxEntries: { addresses: 262_144, rules: 262_144 } });
	context.cleanup.add(() => object.close());
	const bench = createBench(context, object, folder);
	await bench(addressPattern());
	await bench(rulePattern());
	await runEvents(context, folder);
}

/** Where C and npm's bpf find the very same map. */
function makeFolder({ cleanup }: BenchContext): string {
	const folder = `${bpffs}/heddle-bench-${process.pid}`;
	ensureBpffs(bpffs);
	mkdirSync(folder);
	cleanup.add(() => rmdirSync(folder));
	return folder;
}

function createBench(context: BenchContext, object: BpfObject, folder: string) {
	return async <K, V>(pattern: Pattern<K, V>): Promise<void> => {
		const map = object.maps[pattern.map]!;
		const path = `${folder}/${pattern.map}`;
		map.pin(path);
		context.cleanup.add(() => unlinkSync(path));
		const typed = tablesOf(object)[pattern.map];
		const writeRows = () =>
			timeRows(typed.setMany as (rows: Iterable<readonly [K, V]>) => number, map, pattern, countOf(context));
		await measurePattern(context, map, path, pattern, writeRows);
	};
}

function countOf({ full }: BenchContext): number {
	return full ? 200_000 : 100_000;
}

/** Objects in, as the library writes rows; ns each. Leaves the map empty. */
function timeRows<K, V>(
	setMany: (rows: Iterable<readonly [K, V]>) => number,
	map: BpfMap,
	pattern: Pattern<K, V>,
	count: number,
): number {
	const start = process.hrtime.bigint();
	setMany(entriesOf(pattern, count));
	const spent = Number(process.hrtime.bigint() - start) / count;
	const { keys, count: found } = map.dump();
	map.deleteBatch(keys, found);
	if (found !== count) throw new Error(`${pattern.map}: found ${found} entries written, expected ${count}`);
	return spent;
}

async function measurePattern<K, V>(
	context: BenchContext,
	map: BpfMap,
	path: string,
	pattern: Pattern<K, V>,
	writeRows: () => number,
): Promise<void> {
	const { results, say, full, cleanup } = context;
	const count = countOf(context);
	const npm = await openNpmBpf(path);
	if (typeof npm === 'string') results.gap(npm);
	const measured = { c: [] as Costs[], js: [] as Costs[], npm: [] as SingleCosts[], rows: [] as number[] };
	const rounds = full ? 8 : 4;
	for (let round = 0; round < rounds && !cleanup.interrupted; round++) {
		say(`maps: ${pattern.map}, round ${round + 1} of ${rounds}`);
		measured.c.push(await runTool<Costs>('map_calls', pattern.map, path, String(count)));
		measured.js.push(measureCalls(map, pattern, count));
		measured.rows.push(writeRows());
		if (typeof npm !== 'string') measured.npm.push(measureNpmBpf(npm, pattern, count));
	}
	results.fact(`map calls: ${count} entries in '${pattern.map}' (${pattern.keys.size}/${pattern.values.size} bytes)`);
	report(context, pattern.map, measured);
}

interface Measured {
	readonly c: readonly Costs[];
	readonly js: readonly Costs[];
	readonly npm: readonly SingleCosts[];
	readonly rows: readonly number[];
}

const names = { addresses: 'hash', rules: 'lpm' } as const;

function report({ results }: BenchContext, map: 'addresses' | 'rules', { c, js, npm, rows }: Measured): void {
	const column = (costs: readonly Costs[], operation: Operation) => costs.map((cost) => cost[operation]);
	const name = names[map];
	for (const operation of operations) {
		const inC = column(c, operation);
		const inJs = column(js, operation);
		results.add(`map_${name}_${operation}_js_ns`, 'ns', summarize(inJs));
		results.add(`map_${name}_${operation}_c_ns`, 'ns', summarize(inC));
		results.add(`map_${name}_${operation}_vs_c`, 'share', summarize(ratios(inC, inJs)));
	}
	for (const operation of ['update', 'lookup', 'delete'] as const)
		if (npm.length > 0)
			results.add(`map_${name}_${operation}_npm_bpf_ns`, 'ns', summarize(npm.map((cost) => cost[operation])));
	reportRows(results, name, column(c, 'update_batch'), rows);
}

function reportRows(
	results: BenchContext['results'],
	name: string,
	inC: readonly number[],
	rows: readonly number[],
): void {
	const share = summarize(ratios(inC, rows));
	if (name === 'lpm')
		results.add('bulk_rows_vs_c', 'share', share, 'objects through setMany against UPDATE_BATCH in C');
	else results.add('bulk_addresses_vs_c', 'share', share, 'objects through setMany against UPDATE_BATCH in C');
}
