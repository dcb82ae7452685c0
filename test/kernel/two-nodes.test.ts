import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';

const CHILD = fileURLToPath(new URL('node-child.ts', import.meta.url));

interface Node {
	readonly space: LabPod;
	readonly pod: LabPod;
	readonly number: number;
}

let lab: Lab;
let children: ChildProcess[];

beforeEach(() => {
	lab = openLab();
	children = [];
});

afterEach(async () => {
	await Promise.all(
		children.map((child) => {
			const ended = new Promise((resolve) => (child.exitCode === null ? child.once('close', resolve) : resolve(0)));
			child.stdin?.end();
			return ended;
		}),
	);
	await lab[Symbol.asyncDispose]();
});

async function must(space: LabPod, ...args: string[]): Promise<void> {
	const { code, output } = await space.run('ip', ...args);
	expect({ args, code, output }).toMatchObject({ code: 0 });
}

/** Node n: 192.0.2.n on the cable, its pods' block 10.8.n.0/24 and fd00:8:n::/48, the other's block by way of the other. */
async function makeNode(number: number): Promise<Node> {
	const [space, pod] = [lab.pod(`node${number}`), lab.pod(`pod${number}`)];
	await must(space, 'link', 'add', 'h1', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod.path);
	await must(space, 'link', 'set', 'h1', 'up');
	await must(pod, 'link', 'set', 'eth0', 'up');
	for (const [address, gateway] of [
		[`10.8.${number}.2/32`, '169.254.1.1'],
		[`fd00:8:${number}::2/128`, 'fe80::1'],
	] as const) {
		await must(pod, 'address', 'add', address, 'dev', 'eth0', 'nodad');
		await must(pod, 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0', 'onlink');
	}
	return { space, pod, number };
}

async function cable(a: Node, b: Node): Promise<void> {
	await must(a.space, 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up0', 'netns', b.space.path);
	for (const [near] of [
		[a, b],
		[b, a],
	] as const) {
		await must(near.space, 'address', 'add', `192.0.2.${near.number}/24`, 'dev', 'up0');
		await must(near.space, 'address', 'add', `2001:db8::${near.number}/64`, 'dev', 'up0', 'nodad');
		await must(near.space, 'link', 'set', 'up0', 'addrgenmode', 'none');
		await must(near.space, 'address', 'add', `fe80::${near.number}:1/64`, 'dev', 'up0', 'nodad');
		await must(near.space, 'link', 'set', 'up0', 'up');
	}
	for (const [near, far] of [
		[a, b],
		[b, a],
	] as const) {
		await must(near.space, 'route', 'add', `10.8.${far.number}.0/24`, 'via', `192.0.2.${far.number}`);
		await must(near.space, 'route', 'add', `fd00:8:${far.number}::/48`, 'via', `2001:db8::${far.number}`);
	}
}

async function start({ space, pod, number }: Node, policies: readonly object[], masquerade = false): Promise<void> {
	const pods = [
		{ host: 'h1', netns: pod.path, name: pod.name, addresses: [`10.8.${number}.2`, `fd00:8:${number}::2`] },
	];
	const description = JSON.stringify({ uplink: 'up0', masquerade, pods, policies });
	const command = [process.execPath, '--import', 'tsx', CHILD, description];
	const child = spawn('nsenter', [`--net=${space.path}`, ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
	children.push(child);
	await new Promise((resolve, reject) => {
		child.stdout.once('data', resolve);
		child.once('close', () => reject(new Error(`node ${number} ended`)));
	});
}

function allowing(app: string, port: number, cidrs: readonly string[]): object {
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: app, namespace: 'default' },
		spec: {
			endpointSelector: { matchLabels: { app } },
			ingress: [{ fromCIDR: cidrs, toPorts: [{ ports: [{ port: `${port}`, protocol: 'TCP' }] }] }],
		},
	};
}

it('two nodes route their pods’ blocks to each other, each under its own policy', async () => {
	const [a, b] = [await makeNode(1), await makeNode(2)];
	await cable(a, b);
	await start(a, []);
	await start(b, [allowing('pod2', 80, ['10.8.1.0/24', 'fd00:8:1::/48'])], true);
	const [first, second] = [await a.pod.sockets(), await b.pod.sockets()];
	for (const family of [4, 6] as const) {
		await first.serveTcp(80, family);
		await second.serveTcp(80, family);
		await second.serveTcp(81, family);
	}
	for (const [of, other] of [
		['10.8.1.2', '10.8.2.2'],
		['fd00:8:1::2', 'fd00:8:2::2'],
	] as const) {
		expect(await first.connectTcp(other, 80)).toBe(of);
		// Node 2 masquerades, but not towards the other's pods.
		expect(await second.connectTcp(of, 80)).toBe(other);
		await expect(first.connectTcp(other, 81, 300)).rejects.toThrow('TIMEOUT');
		expect(await a.pod.ping(other)).toBe(false);
		expect(await b.pod.ping(of)).toBe(true);
	}
	// The nodes themselves too.
	expect(await b.pod.ping('192.0.2.1')).toBe(true);
	expect(await a.pod.ping('192.0.2.2')).toBe(true);
});
