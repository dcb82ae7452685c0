/** Policies: compiled from nothing, changed one at a time, and what they take in the kernel. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createLabelSet } from '../../lib/labels/label-set.js';
import type { BenchContext } from '../support/context.js';
import { median, summarize } from '../support/statistics.js';
import { openEngine, type BenchEngine } from './engine.js';
import { runEntries } from './entries.js';
import { runRows } from './rows.js';
import { full, identityOf, policyOf, tenth, type PolicySize } from './sizes.js';

export async function runPolicy(context: BenchContext): Promise<void> {
	await runCompile(context);
	await runChanges(context);
	await runEntries(context);
	await runRows(context);
}

interface Compiled {
	readonly readMs: number;
	readonly compileMs: number;
	readonly peakMiB: number;
	readonly subjects: number;
	readonly sets: number;
	readonly peers: number;
	readonly rules: number;
}

async function runCompile({ results, say, full: long }: BenchContext): Promise<void> {
	const runs: Compiled[] = [];
	for (let round = 0; round < (long ? 7 : 3); round++) {
		say(`policy: from nothing, round ${round + 1}`);
		runs.push(await compileOnce());
	}
	const column = (name: 'readMs' | 'compileMs' | 'peakMiB') => summarize(runs.map((run) => run[name]));
	results.add('policy_read_ms', 'ms', column('readMs'), '1 000 policies as objects, checked');
	results.add('policy_compile_ms', 'ms', column('compileMs'), 'to the entries of the maps, every identity a subject');
	results.add('policy_compile_mib', 'MiB', column('peakMiB'), 'peak of the whole process, Node.js included');
	const { subjects, sets, peers, rules } = runs[0]!;
	results.fact(
		`policies: ${full.policies} CiliumNetworkPolicies of 4 rules, ${full.identities} identities, ${subjects} of them selected: ${sets} sets, ${peers} peers, ${rules} rules`,
	);
}

function compileOnce(): Promise<Compiled> {
	const child = fork(fileURLToPath(new URL('./compile-child.ts', import.meta.url)), {
		execArgv: ['--import', 'tsx'],
	});
	return new Promise((resolve, reject) => {
		child.once('message', (message) => resolve(message as Compiled));
		child.once('exit', (code) => reject(new Error(`bench child ended with code ${String(code)} before it answered`)));
	});
}

async function runChanges(context: BenchContext): Promise<void> {
	const { results, say } = context;
	const large = await measureChanges(full, say);
	const small = await measureChanges(tenth, say);
	results.add('policy_identity_ms', 'ms', summarize(large.identities), 'an identity comes or goes: compiled, written');
	results.add('policy_identity_tenth_ms', 'ms', summarize(small.identities), 'at a tenth of the size');
	results.add('policy_identity_growth', 'ratio', median(large.identities) / median(small.identities));
	results.add('policy_change_ms', 'ms', summarize(large.policies), `one policy changed: ${large.touched} sets`);
}

async function measureChanges(size: PolicySize, say: BenchContext['say']) {
	say(`policy: changes at ${size.policies} policies, ${size.identities} identities`);
	const bench = await openEngine(size);
	try {
		// Until the compiler has seen the code often enough.
		for (let i = 0; i < 100; i++) comeAndGo(bench, size, i, []);
		const identities: number[] = [];
		for (let i = 0; i < 400; i++) comeAndGo(bench, size, i * 13, identities);
		const policies: number[] = [];
		for (let i = 0; i < 200; i++) {
			const document = policyOf(i % size.policies, size, 8081 + (i >> 3));
			policies.push(time(() => bench.apply(document)));
		}
		return { identities, policies: policies.slice(20), touched: touchedBy(bench) };
	} finally {
		bench.close();
	}
}

/** An identity like others of its application, but for its version: a peer of some policies and the subject of others. */
function comeAndGo(bench: BenchEngine, size: PolicySize, number: number, into: number[]): void {
	const { engine } = bench;
	const like = number % size.identities;
	const model = identityOf(60_000, like);
	const labels = [...model.labels].map((label) => (label.key === 'version' ? { ...label, value: 'new' } : label));
	const identity = { id: 60_000, labels: createLabelSet(labels) };
	into.push(
		time(() => {
			engine.putIdentity(identity);
			engine.addSubject(identity.id);
			bench.flush();
		}),
		time(() => {
			engine.dropSubject(identity.id);
			engine.removeIdentity(identity.id);
			bench.flush();
		}),
	);
}

function touchedBy({ engine }: BenchEngine): number {
	const sets = new Set(
		engine
			.policiesOf('CiliumNetworkPolicy ns-0/policy-0')
			.flatMap(({ subjects }) => [...subjects.members].map((id) => engine.subjects.get(id)?.set?.id)),
	);
	return sets.size;
}

function time(work: () => void): number {
	const begin = performance.now();
	work();
	return performance.now() - begin;
}
