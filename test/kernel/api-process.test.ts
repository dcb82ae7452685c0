import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Netlink } from '../../lib/native/addon.js';
import { openLab } from './lab.js';
import type { Lab } from './lab.js';

const LIBRARY = fileURLToPath(new URL('../../lib/index.ts', import.meta.url));
const CHILD = fileURLToPath(new URL('open-child.ts', import.meta.url));

let lab: Lab;

beforeEach(() => {
	lab = openLab();
});

afterEach(() => lab[Symbol.asyncDispose]());

function run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
	return new Promise((resolve) => {
		const child = spawn(args[0] ?? '', args.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		child.stdout.on('data', (data: Buffer) => (output += data.toString()));
		child.stderr.on('data', (data: Buffer) => (output += data.toString()));
		child.on('close', (code) => resolve({ code, output }));
	});
}

describe('a process', () => {
	it('without privileges is told so in one line', async () => {
		const node = [process.execPath, '--import', 'tsx', CHILD];
		// Root's files, without root's capabilities.
		const { output } = await run(['setpriv', '--bounding-set=-all', '--inh-caps=-all', ...node]);
		const [line = '', ...more] = output.trim().split('\n');
		expect(line).toMatch(/^ERR_PERMISSION open the datapath: /);
		expect(line).toMatch(/CAP_BPF|CAP_NET_ADMIN|root/);
		expect(more).toEqual([]);
	});

	it('ends by itself with everything open', async () => {
		const pod = lab.pod('pod');
		const host = pod.plug(['10.12.0.2']);
		const { code, output } = await run([process.execPath, '--import', 'tsx', CHILD, host, pod.path]);
		expect(output.trim()).toBe('attached');
		expect(code).toBe(0);
	});
});

describe('a worker thread', () => {
	it('opens a datapath of its own beside the main thread’s', async () => {
		const main = await lab.datapath({ sweepIntervalMs: 0 });
		const pod = lab.pod('pod');
		const host = pod.plug(['10.12.0.2']);
		await lab.pod('other').join(main.networks.default, ['10.12.0.3']);
		const code = `
			const { parentPort, workerData } = require('node:worker_threads');
			require('tsx/cjs/api').register();
			const { openDatapath } = require(workerData.library);
			(async () => {
				const datapath = await openDatapath();
				const endpoint = await datapath.networks.default.attach(workerData.host, { name: 'pod', labels: {}, addresses: ['10.12.0.2'], podNetns: workerData.netns });
				parentPort.postMessage(endpoint.identity.id);
				await datapath.close();
				parentPort.postMessage('closed');
			})().catch((error) => parentPort.postMessage(String(error)));
		`;
		const worker = new Worker(code, { eval: true, workerData: { library: LIBRARY, host, netns: pod.path } });
		const said: unknown[] = [];
		worker.on('message', (message) => said.push(message));
		await new Promise((resolve) => worker.on('exit', resolve));
		expect(said).toEqual([256, 'closed']);
		expect(main.endpoints.size).toBe(1);
	});
});

describe('an interface that is deleted while it is being attached', () => {
	it('is an endpoint that goes or an error, never half of one', async () => {
		const datapath = await lab.datapath({ sweepIntervalMs: 0 });
		for (let i = 0; i < 5; i++) {
			const pod = lab.pod('pod');
			const host = pod.plug(['10.12.0.2']);
			const netlink = new Netlink();
			const attaching = datapath.networks.default.attach(host, {
				name: 'pod',
				labels: {},
				addresses: ['10.12.0.2'],
				podNetns: pod.path,
			});
			netlink.deleteLink(host);
			netlink.close();
			await attaching.catch((error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_/) }));
			await datapath.refresh();
			expect(datapath.endpoints.size).toBe(0);
			expect(datapath.stats().maps['addresses']?.entries).toBe(0);
		}
	});
});

describe('at once', () => {
	it('two attaches of one interface, or of one address, are one endpoint and one error', async () => {
		const datapath = await lab.datapath({ sweepIntervalMs: 0 });
		const network = datapath.networks.default;
		const pod = lab.pod('pod');
		const [a, b] = [pod.plug([]), pod.plug([])];
		const attach = (host: string, address: string) =>
			network.attach(host, { name: 'x', labels: {}, addresses: [address], podNetns: pod.path });
		const twice = await Promise.allSettled([attach(a, '10.12.0.2'), attach(a, '10.12.0.3')]);
		expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
		const same = await Promise.allSettled([attach(b, '10.12.0.4'), attach(b, '10.12.0.4')]);
		expect(same.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
		const [first] = [...datapath.endpoints.values()];
		await Promise.all([first?.detach(), first?.detach(), network.detachMany([...datapath.endpoints.values()])]);
		expect(datapath.endpoints.size).toBe(0);
	});

	it('closing during an attach leaves no program behind', async () => {
		const datapath = await lab.datapath({ sweepIntervalMs: 0 });
		const pod = lab.pod('pod');
		const host = pod.plug(['10.12.0.2']);
		const attaching = datapath.networks.default.attach(host, {
			name: 'x',
			labels: {},
			addresses: ['10.12.0.2'],
			podNetns: pod.path,
		});
		await datapath.close();
		await expect(attaching).rejects.toMatchObject({ code: 'ERR_CLOSED' });
		const next = await lab.datapath({ sweepIntervalMs: 0 });
		await next.networks.default.attach(host, { name: 'x', labels: {}, addresses: ['10.12.0.2'], podNetns: pod.path });
		await lab.pod('other').join(next.networks.default, ['10.12.0.3']);
		expect(await pod.ping('10.12.0.3')).toBe(true);
	});
});

describe('a conversation', () => {
	it('that is idle ends, and so does one whose endpoint goes', async () => {
		const datapath = await lab.datapath({ sweepIntervalMs: 0, timeouts: { any: 1 } });
		const [a, b] = [lab.pod('a'), lab.pod('b')];
		await a.join(datapath.networks.default, ['10.12.0.2']);
		const endpoint = await b.join(datapath.networks.default, ['10.12.0.3']);
		const stream = datapath.flows({ filter: { eventType: 'flow-end' } });
		expect(await a.ping('10.12.0.3')).toBe(true);
		await datapath.refresh();
		expect(datapath.stats().flows).toBeGreaterThan(0);
		await new Promise((resolve) => setTimeout(resolve, 1500));
		await datapath.refresh();
		const { value: idle } = await stream.next();
		expect(idle).toMatchObject({ l4: { protocol: 'ICMPv4' }, end: { cause: 'idle', packets: 1n, replyPackets: 1n } });
		expect(await a.ping('10.12.0.3')).toBe(true);
		await endpoint.detach();
		await datapath.refresh();
		const { value: gone } = await stream.next();
		expect(gone).toMatchObject({ end: { cause: 'endpoint-gone' }, destination: { name: 'b' } });
		await stream.close();
		expect(datapath.stats().flows).toBe(0);
	});
});
