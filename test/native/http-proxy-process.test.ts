import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { child, ended, startChild } from './support/child.js';
import { ProxyLab, SERVER } from './support/proxy-lab.js';
import type { ProxyNetwork } from './support/proxy-lab.js';

const lab = new ProxyLab();
let network: ProxyNetwork;
let other: ProxyNetwork;
beforeAll(() => {
	network = lab.addNetwork(1);
	other = lab.addNetwork(2);
});
afterAll(() => lab.remove());

let counter = 0;
/** A new connection; its name. */
async function open({ client, server }: ProxyNetwork, port: number): Promise<string> {
	const name = `c${counter++}`;
	await server.serve(port).catch(() => undefined);
	await client.open(name, SERVER, port);
	return name;
}
const ask = ({ client }: ProxyNetwork, name: string) => client.ask(name, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
const portOf = (line: Record<string, unknown>) => Number(line['port']);
const start = (command: string) => startChild(command, lab.name, network.device, other.device);

function nextLine(started: ChildProcess): Promise<Record<string, unknown>> {
	const lines = createInterface({ input: started.stdout as NonNullable<ChildProcess['stdout']> });
	return new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line) as Record<string, unknown>)));
}

describe('a process with an HTTP proxy', () => {
	it('exits while connections are open, from inside the callback', async () => {
		const { process: started, line } = await start('proxyExit');
		const [idle, asking] = [await open(network, portOf(line)), await open(network, portOf(line))];
		await ask(network, asking).catch(() => undefined);
		expect(await ended(started)).toEqual({ code: 3, signal: null });
		// process.exit() leaves the sockets to the kernel.
		expect(await network.client.ended(idle)).toMatch(/^(end|ECONNRESET)$/);
	});

	it('may close it inside its callback, and then ends by itself', async () => {
		const { process: started, line } = await start('proxyClose');
		await ask(network, await open(network, portOf(line))).catch(() => undefined);
		expect(await ended(started)).toEqual({ code: 0, signal: null });
	});

	it('ends by itself when it is not referenced', async () => {
		const { process: started } = await start('proxyUnref');
		expect(await ended(started)).toEqual({ code: 0, signal: null });
	});

	it('gets what its callback throws as an uncaught exception, and goes on', async () => {
		const { process: started, line } = await start('proxyThrow');
		const next = nextLine(started);
		const name = await open(network, portOf(line));
		expect(await ask(network, name)).toContain('200 OK');
		expect(await next).toEqual({ message: 'from onRecords' });
		expect(await ask(network, name)).toContain('200 OK');
		started.kill('SIGKILL');
		await ended(started);
		expect(await network.client.ended(name)).toMatch(/^(end|ECONNRESET)$/);
	});

	it('may have two', async () => {
		const { process: started, line } = await start('proxyTwo');
		const [a, b] = [await open(network, portOf(line)), await open(other, Number(line['otherPort']))];
		expect(await ask(network, a)).toContain('200 OK');
		expect(await ask(other, b)).toContain('200 OK');
		started.kill('SIGTERM');
		expect(await ended(started)).toEqual({ code: null, signal: 'SIGTERM' });
	});
});

describe('a worker thread with an HTTP proxy', () => {
	const startWorker = async () => {
		const worker = new Worker(child, { workerData: ['proxyHold', lab.name, network.device] });
		const line = await new Promise<Record<string, unknown>>((resolve, reject) =>
			worker.once('message', resolve).once('error', reject),
		);
		return { worker, port: portOf(line) };
	};

	it('may be terminated while connections are open', async () => {
		for (let i = 0; i < 3; i++) {
			const { worker, port } = await startWorker();
			const name = await open(network, port);
			expect(await ask(network, name)).toContain('200 OK');
			await worker.terminate();
			expect(await network.client.ended(name)).toBe('ECONNRESET');
		}
	});
});
