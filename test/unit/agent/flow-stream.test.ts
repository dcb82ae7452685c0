import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { serveAgent, type AgentServer } from '../../../lib/agent/server/server.js';
import { heddle } from '../cli/support/cli.js';
import { createFakeAgent } from './support/fake-agent.js';
import { createFakeFlows, type FakeFlows } from './support/fake-flows.js';

const BUFFER = 64;

let folder: string;
let socket: string;
let fake: FakeFlows;
let server: AgentServer;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-flows-'));
	socket = join(folder, 'agent.sock');
	fake = createFakeFlows(BUFFER);
	const agent = { ...createFakeAgent(), datapath: { flows: fake.flows } as never };
	const host = { agent, version: '0', manifests: () => undefined, unavailable: () => undefined };
	server = await serveAgent({ socket, host, log: () => undefined });
});

afterEach(async () => {
	await server.close();
	rmSync(folder, { recursive: true, force: true });
});

const observe = (...args: string[]) => heddle(['observe', '--socket', socket, ...args]);
const ports = (out: string) => [...out.matchAll(/10\.0\.0\.2:(\d+) /g)].map(([, port]) => Number(port));

async function until(holds: () => boolean): Promise<void> {
	for (let i = 0; i < 2000 && !holds(); i++) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	expect(holds()).toBe(true);
}

function ask(body: object): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const sent = request({ socketPath: socket, path: '/v1/flows', method: 'POST', agent: false }, resolve);
		sent.once('error', reject).end(JSON.stringify(body));
	});
}

describe('the history', () => {
	beforeEach(() => fake.emit(1, 2, 3, 4, 5));

	it.each([
		[
			['--last', '2'],
			[4, 5],
		],
		[
			['--first', '2'],
			[1, 2],
		],
		[[], [1, 2, 3, 4, 5]],
		[
			['--last', '2', '--to-port', '1', '--to-port', '2', '--to-port', '3'],
			[2, 3],
		],
		[
			['--since', '2026-01-02', '--until', '2026-01-03'],
			[1, 2, 3, 4, 5],
		],
		[['--since', '2026-01-03'], []],
		[['--until', '2026-01-02'], []],
		[['--last', '0'], []],
	])('%j', async (args, expected) => {
		const { code, out, err } = await observe(...args);
		expect({ code, err }).toEqual({ code: 0, err: '' });
		expect(ports(out)).toEqual(expected);
		expect(fake.listeners.size).toBe(0);
	});

	it('is gone on with', async () => {
		const following = observe('-f', '--last', '1');
		await until(() => fake.listeners.size === 1);
		fake.emit(6, 7);
		await until(() => fake.listeners.size === 1);
		await new Promise((resolve) => setTimeout(resolve, 50));
		await server.close();
		expect(ports((await following).out)).toEqual([5, 6, 7]);
	});
});

describe('a stream', () => {
	it('ends in the agent when the client goes', async () => {
		const response = await ask({ follow: true });
		await until(() => fake.listeners.size === 1);
		response.destroy();
		await until(() => fake.listeners.size === 0);
		fake.emit(1);
	});

	it('tells what the kernel lost where it is missing', async () => {
		const following = observe('-f');
		await until(() => fake.listeners.size === 1);
		fake.emit(1);
		fake.lose(7n);
		fake.emit(2);
		await new Promise((resolve) => setTimeout(resolve, 50));
		await server.close();
		const { out } = await following;
		expect(ports(out)).toEqual([1, 2]);
		expect(out.match(/EVENTS LOST: (\d+)/)?.[1]).toBe('7');
	});

	it('holds no more than its buffer for a client that does not read, and tells what is missing', async () => {
		const response = await ask({ follow: true });
		await until(() => fake.listeners.size === 1);
		const sent = 20_000;
		for (let i = 0; i < sent / 100; i++) {
			fake.emit(...Array.from({ length: 100 }, (_, j) => (i * 100 + j) % 65_536));
			await new Promise((resolve) => setImmediate(resolve));
		}
		const lines: { flow?: object; lostEvents?: { numEventsLost: string } }[] = [];
		let rest = '';
		response.setEncoding('utf8').on('data', (data: string) => {
			const parts = (rest + data).split('\n');
			rest = parts.pop()!;
			lines.push(...parts.map((line) => JSON.parse(line) as object));
		});
		const told = () => lines.filter(({ flow }) => flow !== undefined).length;
		const lost = () => lines.reduce((sum, { lostEvents }) => sum + Number(lostEvents?.numEventsLost ?? 0), 0);
		await until(() => told() + lost() === sent);
		expect(lost()).toBeGreaterThan(sent / 2);
		response.destroy();
		await until(() => fake.listeners.size === 0);
	});
});

it('a client that does not read keeps no agent from ending', async () => {
	const response = await ask({ follow: true });
	await until(() => fake.listeners.size === 1);
	for (let i = 0; i < 100; i++) {
		fake.emit(...Array.from({ length: 100 }, (_, j) => j));
		await new Promise((resolve) => setImmediate(resolve));
	}
	await server.close();
	expect(fake.listeners.size).toBe(0);
	response.on('error', () => undefined).destroy();
});

describe('a question that means nothing is refused with all that is wrong', () => {
	it.each([
		[{ allow: { verdict: ['LOST'] } }, 'ERR_INVALID_ARGUMENT', /verdict: found "LOST", expected one of FORWARDED/],
		[{ allow: { moon: ['x'] } }, 'ERR_POLICY', /moon/],
		[{ last: -1 }, 'ERR_POLICY', /last/],
		[{ first: 1, follow: true }, 'ERR_INVALID_ARGUMENT', /first: found it beside follow/],
		[{ until: '2026-01-02', follow: true }, 'ERR_INVALID_ARGUMENT', /until: found it beside follow/],
		[{ since: 'yesterday' }, 'ERR_INVALID_ARGUMENT', /since: found "yesterday", expected a time/],
	])('%j', async (body, code, message) => {
		const response = await ask(body);
		let text = '';
		for await (const part of response) {
			text += String(part);
		}
		expect(response.statusCode).toBe(400);
		expect(JSON.parse(text)).toMatchObject({ code, message: expect.stringMatching(message) as string });
		expect(fake.listeners.size).toBe(0);
	});
});
