/** Runs in a namespace of its own: an agent, its pods, and the time that each verb takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type AgentOptions, type PodRequest, openAgent } from '../../lib/index.js';
import { netns } from '../../lib/native/addon.js';
import { serve } from '../support/serve.js';

const PREFIX = 'heddle-bench-pod';
const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
const options: AgentOptions = {
	statePath: join(folder, 'state.db'),
	datapath: { pinPath: `/sys/fs/bpf/heddle-bench-${process.pid}` },
};
let agent: Agent | undefined;
let namespaces = 0;

function pool(name: string, octet: number): object {
	return {
		apiVersion: 'cilium.io/v2alpha1',
		kind: 'CiliumPodIPPool',
		metadata: { name },
		spec: {
			ipv4: { cidrs: [`10.${octet}.0.0/16`], maskSize: 27 },
			ipv6: { cidrs: [`fd00:${octet}::/104`], maskSize: 120 },
		},
	};
}

const jupiter = {
	apiVersion: 'isovalent.com/v1alpha1',
	kind: 'IsovalentPodNetwork',
	metadata: { name: 'jupiter' },
	spec: {
		ipam: { mode: 'multi-pool', pool: { name: 'jupiter' } },
		routes: [{ destination: '10.20.0.0/16', gateway: '10.99.0.1' }],
	},
};

function running(): Agent {
	if (agent === undefined) throw new Error('agent: found none, expected open() first');
	return agent;
}

async function open(): Promise<void> {
	agent = await openAgent(options);
	await agent.apply(...([pool('default', 10), pool('jupiter', 20), jupiter] as Parameters<Agent['apply']>));
}

/** As a container runtime does before it asks for networks. */
function makeNamespaces(count: number): void {
	for (const last = namespaces + count; namespaces < last; namespaces++)
		netns.close(netns.create(`${PREFIX}${namespaces}`));
}

function requestOf(i: number): PodRequest {
	const labels = { app: `a${i % 10}` };
	return {
		netns: `${PREFIX}${i}`,
		pod: { namespace: 'bench', name: `p${i}`, labels },
		networks: ['default', 'jupiter'],
	};
}

function idOf(i: number): string {
	return `bench/p${i}`;
}

/** Milliseconds of each, one after another. */
async function attachAlone({ first, count }: { first: number; count: number }): Promise<number[]> {
	const times: number[] = [];
	for (let i = first; i < first + count; i++) {
		const started = performance.now();
		await running().attachPod(requestOf(i));
		times.push(performance.now() - started);
	}
	return times;
}

async function timed(body: () => Promise<unknown>): Promise<number> {
	const started = performance.now();
	await body();
	return performance.now() - started;
}

function numbers(count: number): number[] {
	return Array.from({ length: count }, (_, i) => i);
}

async function attachBulk(count: number): Promise<number> {
	return timed(() => running().attachPods(numbers(count).map(requestOf)));
}

async function detachBulk(count: number): Promise<number> {
	return timed(() => running().detachPods(numbers(count).map(idOf)));
}

async function restart(): Promise<{ ms: number; endpoints: number; whole: boolean }> {
	await running().close();
	const ms = await timed(async () => (agent = await openAgent(options)));
	const { interfaces, missing, endpoints, addresses } = running().audit();
	const whole = [interfaces, missing, endpoints, addresses].every((list) => list.length === 0);
	return { ms, endpoints: running().datapath.endpoints.size, whole };
}

serve({ open, makeNamespaces, attachAlone, attachBulk, detachBulk, restart }, async () => {
	await agent?.unload();
	for (let i = 0; i < namespaces; i++) netns.remove(`${PREFIX}${i}`);
	rmSync(folder, { recursive: true, force: true });
});
