import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Endpoint, PolicyInput } from '../../lib/index.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { makeOutside } from './outside.js';
import type { Outside } from './outside.js';
import { hostRequest, originIn, request, serveIn, urlOf } from './support-http.js';
import type { PodServer } from './support-http.js';

const CLIENT = ['10.8.0.1', 'fd00:8::1'];
const SERVER = ['10.8.0.2', 'fd00:8::2'];
const OUTSIDE = ['198.51.100.2', '2001:db8:7::2'];
const NODE = ['198.51.100.1', '2001:db8:7::1'];
const DENIED = { code: 0, status: 403, body: 'Access denied' };
const FAMILIES = [0, 1] as const;

let lab: Lab;
let datapath: Datapath;
let client: LabPod;
let server: LabPod;
let serverEnd: Endpoint;
const serving: PodServer[] = [];

function rules(
	app: string,
	name: string,
	direction: 'ingress' | 'egress',
	peer: object,
	...paths: string[]
): PolicyInput {
	const http = paths.map((path) => ({ path }));
	const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http } }];
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name },
		spec: { endpointSelector: { matchLabels: { app } }, [direction]: [{ ...peer, toPorts }] },
	} as PolicyInput;
}

async function serve(pod: LabPod): Promise<void> {
	serving.push(await serveIn(pod, 80));
}

const isProxy = (thread: string) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8') === 'heddle-l7\n';

/** Of the proxy's sockets, by the beginning of their peers' addresses. */
function congestionControls(...peers: string[]): Record<string, string | undefined> {
	const thread = readdirSync('/proc/self/task').find(isProxy);
	const ss = ['ss', '-tinOH', 'state', 'established'];
	const lines = execFileSync('nsenter', [`--net=/proc/${process.pid}/task/${thread}/ns/net`, ...ss], {
		encoding: 'utf8',
	}).split('\n');
	const algorithm = (peer: string) => /\b(bbr|cubic|reno)\b/.exec(lines.find((line) => line.includes(peer)) ?? '')?.[1];
	return Object.fromEntries(peers.map((peer) => [peer, algorithm(peer)]));
}

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, l7: { threads: 2 } });
	[client, server] = [lab.pod('client'), lab.pod('server')];
	await client.join(datapath.networks.default, CLIENT, { labels: labels('client') });
	serverEnd = await server.join(datapath.networks.default, SERVER, { labels: labels('server') });
});

afterEach(async () => {
	for (const each of serving.splice(0)) {
		await each[Symbol.asyncDispose]();
	}
	await lab[Symbol.asyncDispose]();
});

describe('the host', () => {
	it('asks a pod under rules as everybody does, in both families', async () => {
		await serve(server);
		const addresses = ['198.51.100.77', '2001:db8:77::77'];
		const outside = await makeOutside(lab, addresses, ['198.51.100.78', '2001:db8:77::78']);
		await datapath.refresh();
		SERVER.forEach((address) => lab.route(serverEnd.interface.name, address));
		datapath.policies.apply(rules('server', 'web', 'ingress', { fromEntities: ['host'] }, '/client-ip'));
		for (const family of FAMILIES) {
			const from = ['--interface', addresses[family]!];
			expect(await hostRequest(urlOf(SERVER[family]!, '/client-ip'), ...from)).toEqual({
				code: 0,
				status: 200,
				body: addresses[family],
			});
			expect(await hostRequest(urlOf(SERVER[family]!, '/public'), ...from)).toEqual(DENIED);
		}
		outside.unplug();
	});
});

describe('through an uplink', () => {
	let outside: Outside;

	beforeEach(async () => {
		outside = await makeOutside(lab, NODE, OUTSIDE);
		outside.routeTo(['10.8.0.0/16', 'fd00:8::/32']);
		await datapath.refresh();
	});

	it('come requests under a pod’s rules', async () => {
		await serve(server);
		await datapath.attachUplink(outside.uplink, { masquerade: true });
		datapath.policies.apply(rules('server', 'web', 'ingress', { fromEntities: ['world'] }, '/client-ip'));
		for (const family of FAMILIES) {
			const url = (path: string) => urlOf(SERVER[family]!, path);
			expect(await request(outside.pod, url('/client-ip'))).toEqual({ code: 0, status: 200, body: OUTSIDE[family] });
			expect(await request(outside.pod, url('/public'))).toEqual(DENIED);
		}
	});

	it.each([
		['under the pod’s address', false],
		['masqueraded', true],
	])('go requests under a pod’s rules, %s', async (_, masquerade) => {
		await serve(outside.pod);
		await datapath.attachUplink(outside.uplink, { masquerade });
		datapath.policies.apply(rules('client', 'out', 'egress', { toEntities: ['world'] }, '/client-ip'));
		for (const family of FAMILIES) {
			const url = (path: string) => urlOf(OUTSIDE[family]!, path);
			const body = masquerade ? NODE[family] : CLIENT[family];
			expect(await request(client, url('/client-ip'))).toEqual({ code: 0, status: 200, body });
			expect(await request(client, url('/public'))).toEqual(DENIED);
		}
	});

	it('the far end alone is paced as the host says', async () => {
		serving.push(await originIn(outside.pod, 80));
		await datapath.attachUplink(outside.uplink, { masquerade: true });
		datapath.policies.apply(rules('client', 'out', 'egress', { toEntities: ['world'] }, '/slow'));
		const asked = request(client, urlOf(OUTSIDE[0]!, '/slow'));
		const [far, near] = [`${OUTSIDE[0]}:80`, `${CLIENT[0]}:`];
		const ofHost = readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
		await expect.poll(() => congestionControls(far, near)).toEqual({ [far]: ofHost, [near]: 'reno' });
		expect(await asked).toMatchObject({ status: 200, body: 'slow' });
	});

	it('of a smaller MTU go bodies larger than it', async () => {
		serving.push(await originIn(outside.pod, 80));
		await datapath.attachUplink(outside.uplink, { masquerade: true });
		outside.setMtu(1300);
		datapath.policies.apply(rules('client', 'out', 'egress', { toEntities: ['world'] }, '/sink'));
		for (const family of FAMILIES) {
			const url = urlOf(OUTSIDE[family]!, '/sink');
			expect(await request(client, url, '-T', '/proc/self/exe')).toMatchObject({ status: 200 });
		}
	});
});

describe('rules at both ends', () => {
	it('must both allow', async () => {
		await serve(server);
		datapath.policies.apply(
			rules('client', 'out', 'egress', { toEndpoints: [{ matchLabels: { app: 'server' } }] }, '/client-ip', '/public'),
		);
		datapath.policies.apply(
			rules('server', 'in', 'ingress', { fromEndpoints: [{ matchLabels: { app: 'client' } }] }, '/client-ip', '/none'),
		);
		for (const family of FAMILIES) {
			const url = (path: string) => urlOf(SERVER[family]!, path);
			expect(await request(client, url('/client-ip'))).toEqual({ code: 0, status: 200, body: CLIENT[family] });
			expect(await request(client, url('/public'))).toEqual(DENIED);
			expect(await request(client, url('/none'))).toEqual(DENIED);
		}
	});
});
