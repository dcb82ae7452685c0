import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseAgentConfig, readAgentConfig } from '../../../lib/agent/config/read-config.js';
import { agentOptions } from '../../../lib/agent/config/agent-config.js';
import { openRecords, type AgentRecords, type RecordsConfig } from '../../../lib/agent/records/records.js';
import { serveAgent, type AgentServer } from '../../../lib/agent/server/server.js';
import { heddle } from '../cli/support/cli.js';
import { createFakeAgent } from './support/fake-agent.js';
import { createFakeFlows, type FakeFlows } from './support/fake-flows.js';

/** Events in memory: far fewer than on disk. */
const BUFFER = 4096;

let folder: string;
let socket: string;
let path: string;
let fake: FakeFlows;
let server: AgentServer | undefined;
let records: AgentRecords | undefined;
let log: string[];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-records-'));
	socket = join(folder, 'agent.sock');
	path = join(folder, 'flows.db');
});

afterEach(async () => {
	await stop();
	rmSync(folder, { recursive: true, force: true });
});

/** A new process: it knows nothing but what is on disk, and what the kernel kept for it. */
async function start(config: RecordsConfig, lost = 0n, kept: number[] = []): Promise<void> {
	log = [];
	fake = createFakeFlows(BUFFER);
	fake.lose(lost);
	fake.emit(...kept);
	const datapath = {
		flows: fake.flows,
		stats: () => ({ events: { lost: fake.lost() } }),
		endpoints: new Map(),
		networks: [],
	};
	records = await openRecords(datapath as never, config, (line) => log.push(line));
	const agent = { ...createFakeAgent(), datapath: datapath as never };
	const host = { agent, version: '0', manifests: () => undefined, unavailable: () => undefined, records };
	server = await serveAgent({ socket, host, log: (line) => log.push(line) });
}

async function stop(): Promise<void> {
	await server?.close();
	await records?.close();
	server = undefined;
}

async function observe(...args: string[]): Promise<string> {
	const { code, out, err } = await heddle(['observe', '--socket', socket, ...args]);
	expect({ code, err }).toEqual({ code: 0, err: '' });
	return out;
}

const ports = (out: string) => [...out.matchAll(/10\.0\.0\.2:(\d+) /g)].map(([, port]) => Number(port));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('flows on disk', () => {
	it('are told where memory does not reach, each once, in order, and gone on with', async () => {
		await start({ history: { path } });
		fake.emit(...range(1, 11));
		await stop();
		await start({ history: { path } });
		fake.emit(...range(11, 21));
		expect(ports(await observe('--since', '2026-01-01'))).toEqual(range(1, 21));
		expect(ports(await observe('--last', '12'))).toEqual(range(9, 21));
		expect(ports(await observe('--first', '3'))).toEqual([1, 2, 3]);
		expect(ports(await observe('--until', '2026-01-01'))).toEqual([]);
		expect(ports(await observe('--since', '2026-01-01', '--to-port', '2', '--to-port', '12'))).toEqual([2, 12]);
		const following = observe('-f', '--last', '11');
		while (fake.listeners.size < 2) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		fake.emit(21, 22);
		await new Promise((resolve) => setTimeout(resolve, 100));
		await stop();
		expect(ports(await following)).toEqual(range(10, 23));
	});

	it('go on after a restart, with what the kernel kept; what it lost meanwhile is told where it is missing', async () => {
		await start({ history: { path } }, 5n);
		fake.emit(1, 2);
		await stop();
		await start({ history: { path } }, 12n, [3]);
		const lines = (await observe('--since', '2026-01-01')).trimEnd().split('\n');
		expect(ports(lines.join('\n'))).toEqual([1, 2, 3]);
		expect(lines.at(-1)).toMatch(/^EVENTS LOST: 7 from 2026-01-02T03:04:05\.000Z to .*: the agent was restarted$/);
		const json = (await observe('--since', '2026-01-01', '-o', 'jsonpb')).trimEnd().split('\n').at(-1)!;
		expect(JSON.parse(json)).toMatchObject({
			lost_events: { num_events_lost: '7', first: '2026-01-02T03:04:05.000Z' },
		});
	});

	it('have no gap where nothing was lost', async () => {
		await start({ history: { path } });
		fake.emit(1);
		await stop();
		await start({ history: { path } });
		fake.emit(2);
		expect(await observe('--since', '2026-01-01')).not.toContain('LOST');
	});

	it('have a gap where a process was killed, whatever the kernel says', async () => {
		await start({ history: { path } });
		fake.emit(1);
		await stop();
		// As a process leaves it that does not come to closing it.
		const { default: Libsql } = await import('libsql');
		const database = new Libsql(path);
		database.exec("UPDATE notes SET value = 'open' WHERE name = 'state'");
		database.close();
		await start({ history: { path } });
		expect(await observe('--since', '2026-01-01')).toMatch(/EVENTS LOST: 0 .*: the agent was restarted/);
	});

	it('that cannot be opened are told once, and memory goes on', async () => {
		mkdirSync(path);
		await start({ history: { path } });
		fake.emit(1, 2);
		expect(ports(await observe('--since', '2026-01-01'))).toEqual([1, 2]);
		const { out } = await heddle(['status', '--socket', socket]);
		expect(out).toMatch(/History: .*flows\.db: 0 flows.*; ERR_STORE/);
		expect(log.filter((line) => line.startsWith('history: ERR_STORE'))).toHaveLength(1);
	});

	it('are told by status', async () => {
		await start({ history: { path }, export: [{ filePath: join(folder, 'events.log') }] });
		fake.emit(1);
		await observe();
		const { out } = await heddle(['status', '--socket', socket]);
		expect(out).toMatch(/History: +\/.*flows\.db: 1 flows, \d/);
		expect(out).toMatch(/Export: +\/.*events\.log: \d flows\n/);
	});
});

describe('an export', () => {
	const lines = (file: string) =>
		readFileSync(file, 'utf8')
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line) as { flow: { l4?: object } });

	it('has the filters and fields of Hubble', async () => {
		const filePath = join(folder, 'some.log');
		const allowList = ['{"destination_port":["1","2"]}', { protocol: ['http'] }];
		const denyList = [{ verdict: ['FORWARDED'], destination_port: ['2'] }];
		await start({ export: [{ filePath, allowList, denyList, fieldMask: ['l4.UDP.destination_port'] }] });
		fake.emit(1, 2, 3);
		await stop();
		expect(lines(filePath).map(({ flow }) => flow)).toEqual([{ l4: { UDP: { destination_port: 1 } } }]);
	});

	it.each<[object, RegExp]>([
		[{ allowList: [{ verdicts: ['DROPPED'] }] }, /allowList\[0\]\.verdicts/],
		[{ denyList: ['nonsense'] }, /denyList\[0\]/],
		[{ allowList: [{ http_status_code: ['x'] }] }, /http_status_code/],
		[{ fieldMask: ['moon'] }, /fieldMask\[0\]/],
	])('%j is refused', async (more, message) => {
		const config = { export: [{ filePath: join(folder, 'x.log'), ...more }] };
		const opened = openRecords({ flows: createFakeFlows(1).flows } as never, config, () => undefined);
		await expect(opened).rejects.toMatchObject({
			code: 'ERR_INVALID_ARGUMENT',
			message: expect.stringMatching(message) as string,
		});
	});

	it('that cannot be written is told, and the others go on', async () => {
		const good = join(folder, 'good.log');
		writeFileSync(join(folder, 'flat'), '');
		await start({ export: [{ filePath: join(folder, 'flat/x.log') }, { filePath: good }] });
		fake.emit(1);
		await stop();
		expect(lines(good)).toHaveLength(1);
		expect(log).toContainEqual(expect.stringMatching(/^export .*x\.log: ERR_STORE/));
	});
});

describe('the configuration', () => {
	it('has paths relative to its folder, and keeps in memory what waits in the kernel for a new process', async () => {
		const file = join(folder, 'agent.yaml');
		writeFileSync(
			file,
			'history: { path: flows.db, maxAgeHours: 48 }\nexport: [{ filePath: stdout }, { filePath: a/b.log }]\n',
		);
		const config = await readAgentConfig(file);
		expect(config).toMatchObject({
			history: { path: join(folder, 'flows.db'), maxAgeHours: 48 },
			export: [{ filePath: 'stdout' }, { filePath: join(folder, 'a/b.log') }],
		});
		expect(agentOptions(config).datapath?.flowHistory).toBe(32_768);
	});

	it.each([
		['history: {}', /history\.path/],
		['history: { path: a, maxBytes: 5 }', /maxBytes/],
		['export: []', /export/],
		['export: [{ filePath: a, allowList: [1] }]', /allowList\[0\]/],
		['export:\n  - { filePath: a, fileMaxSize: 3 }', /agent\.yaml:2.*fileMaxSize/],
	])('%s is refused', (text, message) => {
		expect(() => parseAgentConfig(text, 'agent.yaml')).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_CONFIG', message: expect.stringMatching(message) as string }),
		);
	});
});
