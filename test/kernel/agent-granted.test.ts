import { mkdtempSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { followManifests } from '../../lib/agent/manifests/manifests.js';
import type { ManifestFolder } from '../../lib/agent/manifests/manifests.js';
import type { Agent, AgentIpamOptions, AgentOptions } from '../../lib/index.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { expectConsistent, failingStore, requestOf } from './support-agent.js';

const NODE = 'node-1';
const IPAM: AgentIpamOptions = { mode: 'multi-pool', nodeName: NODE };
const POOL = `
apiVersion: cilium.io/v2alpha1
kind: CiliumPodIPPool
metadata: { name: default }
spec: { ipv4: { cidrs: [10.91.0.0/16], maskSize: 30 } }
`;

let lab: Lab;
let agent: Agent;
let folder: string;
let manifests: ManifestFolder;
let log: string[];

beforeEach(async () => {
	lab = openLab();
	folder = mkdtempSync(join(tmpdir(), 'heddle-granted-'));
	mkdirSync(join(folder, 'manifests'));
	writeFileSync(join(folder, 'manifests', 'pool.yaml'), POOL);
	await start();
});

afterEach(async () => {
	await manifests.close();
	await lab[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true, force: true });
});

async function start(ahead = 0, options: AgentOptions = {}): Promise<void> {
	log = [];
	agent = await lab.agent({ ...options, ipam: { ...IPAM, preAllocation: { default: ahead } } });
	manifests = await followManifests(agent, join(folder, 'manifests'), (line) => log.push(line));
}

async function restart(ahead?: number, options?: AgentOptions): Promise<void> {
	await manifests.close();
	await agent.close();
	await start(ahead, options);
}

/** As an operator's bridge to a folder does: at once, and not half. */
function grant(cidrs: readonly string[], name = NODE): void {
	const pools = { requested: agent.ipam.nodePools().requested, allocated: [{ pool: 'default', cidrs }] };
	const document = { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name }, spec: { ipam: { pools } } };
	writeFileSync(join(folder, `${name}.json`), JSON.stringify(document));
	renameSync(join(folder, `${name}.json`), join(folder, 'manifests', `${name}.json`));
}

async function until(what: () => boolean): Promise<void> {
	for (let i = 0; i < 200; i++) {
		if (what()) {
			return;
		}
		await new Promise((resolve) => setTimeout(resolve, 25 * SLOWNESS));
	}
	expect(what()).toBe(true);
}

const held = () => agent.ipam.nodePools().allocated.flatMap(({ cidrs }) => cidrs);
const released = () => agent.ipam.blocks?.released['default'] ?? [];
const needed = () => agent.ipam.nodePools().requested[0]?.needed['ipv4-addrs'] ?? 0;

/** Follows what the node tells until it is stopped: every block has two addresses. */
function operate(): { readonly granted: readonly string[]; stop(): void } {
	let granted: string[] = [];
	let next = 0;
	const timer = setInterval(() => {
		const before = granted.join();
		granted = granted.filter((cidr) => held().includes(cidr) || !known.has(cidr));
		held().forEach((cidr) => known.add(cidr));
		while (granted.length * 2 < needed()) {
			granted.push(`10.91.0.${4 * next++}/30`);
		}
		if (granted.join() !== before) {
			grant(granted);
		}
	}, 20);
	/** That the agent has seen: what it leaves out then goes. */
	const known = new Set<string>();
	return {
		get granted() {
			return granted;
		},
		stop: () => clearInterval(timer),
	};
}

/** As a runtime does, again and again. */
async function attach(pod: LabPod): Promise<string> {
	for (let i = 0; ; i++) {
		try {
			return (await agent.attachPod(requestOf(pod)))[0]!.ipv4!;
		} catch (error) {
			const { code } = error as { code?: string };
			expect(['ERR_POOL_NOT_GRANTED', 'ERR_POOL_EXHAUSTED']).toContain(code);
			expect(i).toBeLessThan(100);
			await new Promise((resolve) => setTimeout(resolve, 50 * SLOWNESS));
		}
	}
}

describe('an agent whose blocks an operator grants', () => {
	it('attaches nobody before, says so, and asks', async () => {
		const pod = lab.pod('pod');
		await expect(agent.attachPod(requestOf(pod))).rejects.toMatchObject({ code: 'ERR_POOL_NOT_GRANTED' });
		expect(agent.ipam.nodePools()).toEqual({
			requested: [{ pool: 'default', needed: { 'ipv4-addrs': 1 } }],
			allocated: [],
		});
		expect([...agent.pods]).toEqual([]);
		expectConsistent(agent);
		// Another node's blocks are not ours.
		grant(['10.91.7.0/30'], 'node-2');
		await until(() => log.some((line) => line.includes('node-2')));
		await expect(agent.attachPod(requestOf(pod))).rejects.toMatchObject({ code: 'ERR_POOL_NOT_GRANTED' });
	});

	it('gets more as pods come, and gives back what they leave', async () => {
		const operator = operate();
		try {
			const pods = Array.from({ length: 9 }, (_, i) => lab.pod(`pod-${i}`));
			const addresses = await Promise.all(pods.map(attach));
			expect(new Set(addresses).size).toBe(9);
			expect(addresses.every((one) => operator.granted.some((cidr) => isIn(cidr, one)))).toBe(true);
			expect(await pods[0]!.ping(addresses[8]!)).toBe(true);
			await agent.detachPods(pods.slice(1).map(({ name }) => `default/${name}`));
			await until(() => held().length === 1 && operator.granted.length === 1);
			expect(isIn(held()[0]!, agent.attachments('default/pod-0')[0]!.ipv4!)).toBe(true);
			agent.checkPod('default/pod-0');
			expectConsistent(agent);
		} finally {
			operator.stop();
		}
	});

	it('loses no block in use: the pod keeps its address over restarts, and what else is in the block rests', async () => {
		await restart(7);
		grant(['10.91.0.0/29', '10.91.0.8/29']);
		await until(() => held().length === 2);
		const [first, second] = [lab.pod('first'), lab.pod('second')];
		const before = await attach(first);
		grant(['10.91.0.8/29']);
		await until(() => log.some((line) => line.includes('warning')));
		expect(log.find((line) => line.includes('warning'))).toMatch(
			/node-1\.json:1.*CiliumNode node-1: spec\.ipam\.pools\.allocated: pool 'default': found 10\.91\.0\.0\/29 missing, with 1 addresses in use/,
		);
		for (let i = 0; i < 2; i++) {
			expect(agent.attachments('default/first')[0]!.ipv4).toBe(before);
			agent.checkPod('default/first');
			expect([...held()].sort()).toEqual(['10.91.0.0/29', '10.91.0.8/29']);
			await restart(7);
		}
		const other = await attach(second);
		expect(isIn('10.91.0.8/29', other)).toBe(true);
		expect(await first.ping(other)).toBe(true);
		await agent.detachPod('default/first');
		expect(held()).toEqual(['10.91.0.8/29']);
	});

	it('does not use a released block again that the operator has not taken away yet, restarts included', async () => {
		grant(['10.91.0.0/30', '10.91.0.4/30']);
		const pod = lab.pod('pod');
		// Nobody needs any: all go back at once.
		await until(() => released().length === 2);
		expect(held()).toEqual([]);
		await restart();
		await expect(agent.attachPod(requestOf(pod))).rejects.toMatchObject({ code: 'ERR_POOL_NOT_GRANTED' });
		grant([]);
		await until(() => released().length === 0);
		grant(['10.91.0.4/30']);
		expect(isIn('10.91.0.4/30', await attach(pod))).toBe(true);
	});

	it('has and holds what it did while its state cannot be written, and goes on after that', async () => {
		const { store, failAfter } = failingStore();
		await restart(1, { store });
		const [first, second, third] = ['first', 'second', 'third'].map((name) => lab.pod(name)) as [
			LabPod,
			LabPod,
			LabPod,
		];
		grant(['10.91.0.0/30']);
		await until(() => held().length === 1);
		for (const writes of [0, 1]) {
			failAfter(writes);
			await expect(agent.attachPod(requestOf(first))).rejects.toMatchObject({ code: 'ERR_STORE_FULL' });
			expect([...agent.pods]).toEqual([]);
			expect(agent.ipam.usage('default')).toMatchObject({ inUse: 0, pending: 0 });
			failAfter(Infinity);
			await agent.collect([]);
			expectConsistent(agent);
		}
		await attach(first);
		await attach(second);
		failAfter(0);
		grant(['10.91.0.0/30', '10.91.0.4/30']);
		await until(() => log.some((line) => line.includes('no space left')));
		expect(held()).toEqual(['10.91.0.0/30']);
		failAfter(Infinity);
		grant(['10.91.0.0/30', '10.91.0.4/30', '10.91.0.8/30']);
		expect(isIn('10.91.0.0/28', await attach(third))).toBe(true);
		expectConsistent(agent);
	});

	it('takes over pods of an agent that carved its blocks itself', async () => {
		await manifests.close();
		await agent.close();
		agent = await lab.agent();
		const pod = lab.pod('pod');
		const address = await attach(pod);
		await agent.close();
		await start();
		expect(agent.attachments('default/pod')[0]!.ipv4).toBe(address);
		agent.checkPod('default/pod');
		expect(held()).toEqual([`${address}/32`]);
		grant(['10.91.0.0/24']);
		await until(() => held().join() === '10.91.0.0/24');
		expectConsistent(agent);
	});
});

function isIn(cidr: string, address: string): boolean {
	const [base = '', length] = cidr.split('/');
	const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
	const size = 2 ** (32 - Number(length));
	return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}
