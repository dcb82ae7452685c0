import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { formatTop, type TopSums } from '../../../lib/cli/top/top-table.js';
import { heddle } from './support/cli.js';

const ENDPOINT = {
	id: 7,
	name: 'client-cil1',
	pod: { namespace: 'default', name: 'client' },
	network: 'jupiter',
	interface: { name: 'hdl1', pod: 'cil1' },
	addresses: ['192.168.16.5', 'fd00:16::5'],
	identity: { id: 257, labels: { 'k8s:app': 'client', 'reserved:none': '' } },
	enforced: { ingress: true, egress: false },
	audit: false,
	aggregation: 'low',
	sampling: 100,
	status: 'ready',
};

const ANSWERS: Readonly<Record<string, unknown>> = {
	'/v1/endpoints': [ENDPOINT],
	'/v1/status': {
		version: '1',
		ready: false,
		reason: 'no manifests',
		pods: 0,
		endpoints: 0,
		networks: ['default'],
		attachMode: 'tcx',
	},
};

let folder: string;
let server: Server;
let at: readonly string[];

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-lists-'));
	const socket = join(folder, 'agent.sock');
	at = ['--socket', socket];
	server = createServer((request, response) => response.end(JSON.stringify(ANSWERS[request.url ?? ''])));
	await new Promise<void>((resolve) => server.listen(socket, resolve));
});

afterEach(async () => {
	await new Promise((resolve) => server.close(resolve));
	rmSync(folder, { recursive: true, force: true });
});

describe('endpoint', () => {
	it('list has Cilium’s columns, and network and interface', async () => {
		const { code, out } = await heddle(['endpoint', 'list', ...at]);
		const rows = out
			.trimEnd()
			.split('\n')
			.map((line) => line.split(/ {3,}/));
		expect({ code, rows }).toEqual({
			code: 0,
			rows: [
				[
					'ENDPOINT ID',
					'POLICY (INGRESS) ENFORCEMENT',
					'POLICY (EGRESS) ENFORCEMENT',
					'IDENTITY',
					'LABELS',
					'IPv6',
					'IPv4',
					'STATUS',
					'NETWORK',
					'AGGREGATION',
					'INTERFACE',
					'NAME',
				],
				[
					'7',
					'Enabled',
					'Disabled',
					'257',
					'k8s:app=client',
					'fd00:16::5',
					'192.168.16.5',
					'ready',
					'jupiter',
					'low 1/100',
					'cil1',
					'default/client-cil1',
				],
				['', 'reserved:none'],
			],
		});
	});

	it.each(['7', 'client-cil1', 'default/client-cil1'])('get %s', async (name) => {
		const { code, out } = await heddle(['endpoint', 'get', name, '-o', 'json', ...at]);
		expect({ code, rows: JSON.parse(out) as unknown }).toEqual({ code: 0, rows: [ENDPOINT] });
	});

	it.each([
		[['endpoint', 'get', '8'], /endpoint: found no "8", expected one of 1, such as default\/client-cil1/],
		[['endpoint', 'get'], /found nothing, expected an endpoint/],
		[['endpoint', 'list', 'x'], /found x, expected options alone/],
		[['bpf', 'flows'], /found nothing, expected list/],
		[['bpf', 'flows', 'get'], /found "get", expected list/],
		[['top', '--interval', '0'], /--interval: found "0", expected a number from 1 to 3600/],
	])('%j ends with exit code 2', async (args, message) => {
		const { code, out, err } = await heddle([...args, ...(args[0] === 'bpf' ? [] : at)]);
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(err).toMatch(message);
	});
});

it('status of an agent that is not ready ends with exit code 1, and says why', async () => {
	const { code, out } = await heddle(['status', ...at]);
	expect({ code, first: out.split('\n')[0] }).toEqual({ code: 1, first: 'Agent:      Not ready: no manifests' });
});

describe('top', () => {
	const sums = (time: string, bytes: string, drops: string): TopSums => ({
		time,
		forwarded: { fromPods: { packets: '5', bytes }, fromHost: { packets: '0', bytes: '0' } },
		events: { lost: '0' },
		talkers: [{ network: 'blue', source: 'a', destination: 'b', conversations: 1, packets: '5', bytes }],
		drops: [
			{ direction: 'ingress', reason: 'Invalid packet', packets: '1' },
			{ endpoint: 'b', network: 'blue', direction: 'ingress', reason: 'Policy denied', packets: drops },
		],
	});

	it('tells sums at first, then rates too, the most first', () => {
		const first = sums('2026-01-02T03:04:05.000Z', '1000', '10');
		const rows = (text: string) => text.split('\n').map((line) => line.split(/ {3,}/));
		expect(rows(formatTop(first, undefined, 9))).toContainEqual(['blue', 'a', 'b', '1', '5', '1000']);
		const second = rows(formatTop(sums('2026-01-02T03:04:07.000Z', '5000', '13'), first, 1));
		expect(second).toContainEqual(['blue', 'a', 'b', '1', '5', '5000', '2000.0']);
		expect(second.slice(-2)[0]).toEqual(['b', 'blue', 'ingress', 'Policy denied', '13', '1.5']);
	});
});
