/** npm run bench [-- --full] [-- --json] */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Cleanup, createCleanup } from './support/cleanup.js';
import type { BenchContext } from './support/context.js';
import { describeMachine } from './support/machine.js';
import { type BenchOptions, type Ruler, isWhole, parseOptions } from './support/options.js';
import { writeReport } from './support/report.js';
import { type Results, createResults } from './support/results.js';

type RunRuler = (context: BenchContext) => Promise<void>;

/** Loaded one by one: what one ruler needs must not keep another from running. */
const loaders: Record<Ruler, () => Promise<RunRuler>> = {
	ipam: async () => (await import('./ipam/ipam.js')).runIpam,
	flows: async () => (await import('./flows/flows.js')).runFlows,
	history: async () => (await import('./history/history.js')).runHistory,
	policy: async () => (await import('./policy/policy.js')).runPolicy,
	maps: async () => (await import('./maps/maps.js')).runMaps,
	run: async () => (await import('./run/run.js')).runPrograms,
	exact: async () => (await import('./exact/exact.js')).runExact,
	dns: async () => (await import('./dns/dns.js')).runDns,
	attach: async () => (await import('./attach/attach.js')).runAttach,
	pods: async () => (await import('./pods/pods.js')).runPods,
	live: async () => (await import('./live/live.js')).runLive,
	told: async () => (await import('./live/told.js')).runTold,
	l7: async () => (await import('./l7/l7.js')).runL7,
};

function say(line: string): void {
	process.stderr.write(`${line}\n`);
}

/** A ruler that fails leaves the others standing; the bench then ends with code 1. */
async function runRulers(options: BenchOptions, cleanup: Cleanup, results: Results): Promise<boolean> {
	const { full, peers } = options;
	const context: BenchContext = { full, peers, results, cleanup, cpu: os.cpus().length - 1, say };
	let fine = true;
	for (const [ruler, load] of Object.entries(loaders) as [Ruler, () => Promise<RunRuler>][]) {
		if (!options.only.has(ruler) || cleanup.interrupted) continue;
		try {
			await (
				await load()
			)(context);
		} catch (error) {
			// What was taken away under it fails; that says nothing.
			if (cleanup.interrupted) break;
			fine = false;
			results.gap(`${ruler}: ${error instanceof Error ? error.message : String(error)}`);
			say(`${ruler}: ${error instanceof Error ? error.stack : String(error)}`);
		}
		await cleanup.run();
	}
	return fine;
}

function commandLine(argv: readonly string[]): string {
	return ['npm run bench', ...(argv.length ? ['--', ...argv] : [])].join(' ');
}

async function main(): Promise<void> {
	const argv = process.argv.slice(2);
	const options = parseOptions(argv);
	if (process.getuid?.() !== 0)
		throw new Error('bench: found no root, expected root (it makes namespaces and loads BPF)');
	const busy = (os.loadavg()[0] ?? 0) > 0.7;
	const machine = await describeMachine();
	const cleanup = createCleanup(say);
	const results = createResults();
	const started = Date.now();
	const fine = await runRulers(options, cleanup, results);
	if (cleanup.interrupted) return;
	const head = {
		command: commandLine(argv),
		date: new Date().toISOString().slice(0, 16).replace('T', ' '),
		seconds: (Date.now() - started) / 1000,
		machine,
		busy,
	};
	const report = writeReport(head, results);
	if (options.json) {
		const list = [...results].map(({ id, value, unit }) => ({ id, value, unit }));
		process.stdout.write(`${JSON.stringify({ results: list })}\n`);
	} else {
		process.stdout.write(report);
	}
	if (isWhole(options)) writeFileSync(fileURLToPath(new URL('./results.md', import.meta.url)), report);
	process.exitCode = fine ? 0 : 1;
}

main().catch((error: unknown) => {
	say(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
