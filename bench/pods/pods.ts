/** Whole pods through the agent: two networks, dual stack, state on disk. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createNamespace } from '../live/topology.js';
import { type Child, startChild } from '../support/child.js';
import type { BenchContext } from '../support/context.js';
import { run } from '../support/process.js';
import { summarize } from '../support/statistics.js';

const alone = 24;
const bulk = 2000;

export async function runPods(context: BenchContext): Promise<void> {
	const { cleanup, results, say } = context;
	measurePlugin(context);
	const host = await createNamespace(cleanup, 'pods-h');
	// As every node has one: where there is none, the kernel looks for one on all interfaces at each route.
	await run('ip', '-n', host, 'address', 'add', '192.0.2.1/32', 'dev', 'lo');
	const child = startChild(new URL('./pods-host.ts', import.meta.url), { namespace: host });
	cleanup.add(() => child.stop());
	await child.call('open');
	say(`pods: making ${bulk + 2 * alone} namespaces`);
	await child.call('makeNamespaces', bulk + 2 * alone);
	const few = await measureAlone(context, child, bulk, 'attach_pod_ms', 'none beside them');
	say(`pods: ${bulk} in one call`);
	const attached = await child.call<number>('attachBulk', bulk);
	results.add('attach_pods_s', 's', attached / 1000, `${bulk} pods of two networks in one attachPods call`);
	const many = await measureAlone(context, child, bulk + alone, 'attach_pod_2000_ms', `${bulk} pods up`);
	results.add('attach_pod_growth', 'ratio', many / few, `with ${bulk} pods up against none`);
	await measureRestart(context, child);
	say(`pods: detaching ${bulk}`);
	const detached = await child.call<number>('detachBulk', bulk);
	results.add('detach_pods_s', 's', detached / 1000, `${bulk} pods in one detachPods call`);
}

/** A runtime starts it for every verb, and waits. */
function measurePlugin({ results, say }: BenchContext): void {
	say('pods: the CNI plugin alone');
	const plugin = fileURLToPath(new URL('../../native/build/heddle-cni', import.meta.url));
	const times = Array.from({ length: 25 }, () => {
		const started = performance.now();
		execFileSync(plugin, { env: { CNI_COMMAND: 'VERSION' }, input: '{"cniVersion":"1.1.0"}' });
		return performance.now() - started;
	});
	results.add('cni_start_ms', 'ms', summarize(times), 'heddle-cni VERSION, from start to end as node sees it');
}

async function measureAlone(
	{ results, say }: BenchContext,
	child: Child,
	first: number,
	id: string,
	note: string,
): Promise<number> {
	say(`pods: ${alone} one by one, ${note}`);
	const summary = summarize(await child.call<number[]>('attachAlone', { first, count: alone }));
	results.add(id, 'ms', summary, `attachPod, two networks, dual stack, ${note}`);
	return summary.value;
}

async function measureRestart({ results, say }: BenchContext, child: Child): Promise<void> {
	say('pods: closing the agent, and opening it again');
	const { ms, endpoints, whole } = await child.call<{ ms: number; endpoints: number; whole: boolean }>('restart');
	if (!whole || endpoints !== 2 * (bulk + 2 * alone))
		throw new Error(`restart: found ${endpoints} endpoints, whole: ${whole}; expected all ${2 * (bulk + 2 * alone)}`);
	results.add('restart_s', 's', ms / 1000, `${endpoints} endpoints, from openAgent to reconciled`);
}
