import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { Datapath, FlowStream, PolicyInput } from '../../lib/index.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { request, urlOf } from './support-http.js';

const CLIENT = ['10.9.0.1', 'fd00:9::1'] as const;
const SERVER = ['10.9.0.2', 'fd00:9::2'] as const;
const NAME = 'api.example.com';

let lab: Lab;
let datapath: Datapath;
let client: LabPod;
let server: LabPod;
let child: ChildProcess;
let folder: string;
let stream: FlowStream;

/** curl's own TLS, calling the address by `name`; with '' by the address, and so without SNI. */
function call(name: string, family: 0 | 1 = 0) {
	const address = SERVER[family];
	if (name === '') {
		return request(client, `https://${family === 1 ? `[${address}]` : address}/`, '-k');
	}
	return request(client, `https://${name}/`, '-k', '--resolve', `${name}:443:${address}`);
}

function policy(way: 'ingress' | 'egress', serverNames: readonly string[]): PolicyInput {
	const toPorts = [{ ports: [{ port: '443', protocol: 'TCP' }], serverNames }];
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: 'tls' },
		spec: { endpointSelector: { matchLabels: { app: way === 'ingress' ? 'server' : 'client' } }, [way]: [{ toPorts }] },
	} as PolicyInput;
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-tls-'));
	const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
	const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
	execFileSync('openssl', [...made, '-keyout', key, '-out', cert, '-subj', '/CN=server'], { stdio: 'pipe' });
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, l7: { threads: 1 } });
	stream = datapath.flows();
	[client, server] = [lab.pod('client'), lab.pod('server')];
	await client.join(datapath.networks.default, CLIENT, { labels: labels('client') });
	await server.join(datapath.networks.default, SERVER, { labels: labels('server') });
	const script = fileURLToPath(new URL('tls-server.mjs', import.meta.url));
	child = spawn('nsenter', [`--net=${server.path}`, process.execPath, script, '443', key, cert], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	await once(child.stdout!, 'data');
});

afterEach(() => datapath.policies.delete({ kind: 'CiliumNetworkPolicy', name: 'tls' }));

afterAll(async () => {
	child.kill('SIGKILL');
	rmSync(folder, { recursive: true });
	await stream.return?.();
	await lab[Symbol.asyncDispose]();
});

describe.each(['ingress', 'egress'] as const)('server names on %s', (way) => {
	it.each([0, 1] as const)(
		'let through what asks for one of them, and the server sees the client itself',
		async (family) => {
			datapath.policies.apply(policy(way, [NAME, '*.shop.example.com']));
			expect(await call(NAME, family)).toMatchObject({ status: 200, body: `${NAME} ${CLIENT[family]}` });
			const other = 'a.shop.example.com';
			expect(await call(other, family)).toMatchObject({ status: 200, body: `${other} ${CLIENT[family]}` });
			for (const name of ['other.example.com', 'a.b.shop.example.com', '']) {
				expect(await call(name, family), name).toMatchObject({ code: 35, status: 0 });
			}
			expect(await request(client, urlOf(SERVER[family], '/', 443))).toMatchObject({ status: 0 });
		},
	);
});

it('what asks for which name is told, with what became of it', async () => {
	datapath.policies.apply(policy('ingress', [NAME]));
	await call(NAME);
	await call('other.example.com');
	const told: unknown[] = [];
	for await (const { verdict, l7, source, policy: by } of stream) {
		if (l7?.tls?.serverName === 'other.example.com' || l7?.tls?.serverName === NAME) {
			told.push([verdict, l7.tls.serverName, source?.name, by?.rule?.policy]);
		}
		if (told.length > 0 && l7?.tls?.serverName === 'other.example.com' && verdict === 'DROPPED') break;
	}
	expect(told.slice(-2)).toEqual([
		['FORWARDED', NAME, 'client', expect.stringContaining('tls')],
		['DROPPED', 'other.example.com', 'client', expect.stringContaining('tls')],
	]);
});
