/** The DNS proxy on loopback: queries a second through it, and what it adds to each at 20 000 a second. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';

import type { BenchContext } from '../support/context.js';
import { summarize } from '../support/statistics.js';
import { findBuilt, runTool } from '../support/tools.js';

const serverPort = 10_053;
const proxyPort = 10_054;
const rate = 20_000;
const names = 100;
const startMs = 500;
const rules = { rules: [{ matchName: 'www.example.com' }, { matchPattern: '*.test' }] };

interface Load {
	readonly sent: number;
	readonly answered: number;
	readonly failed: number;
	readonly perSecond: number;
	readonly p50Us: number;
	readonly p99Us: number;
}

interface Round {
	readonly direct: Load;
	readonly proxied: Load;
	readonly most: Load;
}

export async function runDns(context: BenchContext): Promise<void> {
	startServer(context);
	startProxy(context);
	await new Promise((resolve) => setTimeout(resolve, startMs));
	const seconds = context.full ? 5 : 2;
	const count = context.full ? 6 : 3;
	const rounds: Round[] = [];
	for (let round = 0; round < count && !context.cleanup.interrupted; round++) {
		context.say(`dns: round ${round + 1} of ${count}`);
		rounds.push({
			direct: await ask(serverPort, rate, seconds),
			proxied: await ask(proxyPort, rate, seconds),
			most: await ask(proxyPort, 0, seconds),
		});
	}
	report(context, rounds);
}

function startServer({ cleanup }: BenchContext): void {
	const server = spawn(findBuilt('dns_load'), ['serve', String(serverPort)], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	cleanup.add(() => void server.kill());
}

function startProxy({ cleanup }: BenchContext): void {
	const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-dns-'));
	const path = join(folder, 'rules.json');
	writeFileSync(path, JSON.stringify(rules));
	const at = ['--listen', `127.0.0.1:${proxyPort}`, '--upstream', `127.0.0.1:${serverPort}`, '--rules', path];
	const proxy = spawn(findBuilt('dns_driver'), at, {
		stdio: ['pipe', 'ignore', 'inherit'],
		env: { ...process.env, DNS_DRIVER_QUIET: '1' },
	});
	cleanup.add(() => {
		proxy.kill();
		rmSync(folder, { recursive: true });
	});
}

/** Loss would flatter the times. */
async function ask(port: number, perSecond: number, seconds: number): Promise<Load> {
	const load = await runTool<Load>('dns_load', 'ask', ...[port, perSecond, seconds, names].map(String));
	if (load.failed > 0 || load.answered < load.sent * 0.99)
		throw new Error(`found ${load.answered - load.failed} answers to ${load.sent} queries, expected all`);
	return load;
}

function report({ results }: BenchContext, rounds: readonly Round[]): void {
	const added = (part: 'p50Us' | 'p99Us') =>
		summarize(rounds.map(({ direct, proxied }) => proxied[part] - direct[part]));
	results.add('dns_queries_per_s', '1/s', summarize(rounds.map(({ most }) => most.perSecond)), '128 under way');
	results.add('dns_added_p50_us', 'µs', added('p50Us'), `at ${rate} queries a second`);
	results.add('dns_added_p99_us', 'µs', added('p99Us'), `at ${rate} queries a second`);
}
