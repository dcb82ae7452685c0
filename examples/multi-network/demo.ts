/**
 * The walkthrough: two networks, three pods, two policies, on real namespaces.
 *
 *   npm run demo [-- --json | --keep | --down]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Flow } from '../../lib/index.js';
import { type AnsweredCell, answer, crossingCells, walkthroughCells } from './matrix.js';
import { namespaceOf } from './pod.js';
import { type Report, formatReport, reportJson } from './report.js';
import { type World, createWorld, removeWorld } from './world.js';

const { values: options } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		keep: { type: 'boolean', default: false },
		down: { type: 'boolean', default: false },
	},
});
// Code runs 10 to 30 times slower in an emulated machine.
const timeoutMs = 1000 * Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1);
const folder = fileURLToPath(new URL('.', import.meta.url));
const started = Date.now();
let world: World | undefined;

function say(line: string): void {
	const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
	(options.json ? process.stderr : process.stdout).write(`${seconds}s  ${line}\n`);
}

function wrong(cells: readonly AnsweredCell[]): AnsweredCell[] {
	return cells.filter(({ expected, actual }) => expected !== actual);
}

async function recentFlows({ agent }: World): Promise<Flow[]> {
	const flows: Flow[] = [];
	for await (const flow of agent.datapath.flows({ last: 512, follow: false })) flows.push(flow);
	return flows;
}

async function walk(): Promise<Report> {
	world = await createWorld(folder, { keep: options.keep, say });
	const { pods, policies, agent } = world;
	const before = await answer(pods, [...walkthroughCells(false), ...crossingCells()], timeoutMs);
	say(`before any policy: ${before.length - wrong(before).length} of ${before.length} answers as expected`);
	await agent.apply(...policies);
	say(`applied ${policies.map(({ metadata }) => metadata.name).join(', ')}`);
	const matrix = await answer(pods, walkthroughCells(true), timeoutMs);
	say(`with policies: ${matrix.length - wrong(matrix).length} of ${matrix.length} answers as expected`);
	for (const { from, to, what, family, expected, actual } of wrong(before))
		say(`before policies, ${from} to ${to} ${what} over IPv${family}: found ${actual}, expected ${expected}`);
	const ok = wrong(before).length === 0 && wrong(matrix).length === 0;
	return { endpoints: [...agent.datapath.endpoints.values()], matrix, flows: await recentFlows(world), ok };
}

function sayHowToGoOn({ pods }: World): void {
	const [pod] = [...pods.keys()].slice(-1);
	say(`left up. Enter a pod:  nsenter --net=/run/netns/${namespaceOf(pod ?? 'client')} bash`);
	say('           Tear down:  npm run demo -- --down');
	say('Its HTTP rules were enforced by this process: until an agent runs, the connections they speak of are refused.');
}

async function cleanUp(): Promise<void> {
	world = undefined;
	await removeWorld();
}

function stop(code: number): void {
	void cleanUp().finally(() => process.exit(code));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.once(signal, () => {
		say(`${signal}: cleaning up`);
		stop(130);
	});
// Whoever read our output has gone: `npm run demo | head`.
for (const stream of [process.stdout, process.stderr]) stream.once('error', () => stop(1));

try {
	await removeWorld(); // of a demo that was kept or killed
	if (!options.down) {
		const report = await walk();
		process.stdout.write(options.json ? `${reportJson(report)}\n` : `\n${formatReport(report)}\n\n`);
		say(report.ok ? 'every answer is as expected' : 'NOT every answer is as expected');
		process.exitCode = report.ok ? 0 : 1;
		if (options.keep && world) {
			sayHowToGoOn(world);
			await world.agent.close();
		}
	} else {
		say('torn down');
	}
} catch (error) {
	process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
} finally {
	if (!options.keep || process.exitCode === 1) await cleanUp();
}
