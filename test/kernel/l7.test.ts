import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Flow, PolicyInput } from '../../lib/index.js';
import { formatFlow } from '../../lib/index.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { keepAlive, request, serveIn, urlOf } from './support-http.js';
import type { PodServer } from './support-http.js';

const CLIENT = ['10.0.0.1', 'fd00::1'];
const SERVER = ['10.0.0.2', 'fd00::2'];
const DENIED = { code: 0, status: 403, body: 'Access denied' };

let lab: Lab;
let datapath: Datapath;
let client: LabPod;
let server: LabPod;
/** On another network, with the same addresses. */
let twin: LabPod;
let twinServer: LabPod;
const serving: PodServer[] = [];

function policy(http: readonly object[], peer = 'client'): PolicyInput {
	const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http } }];
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: 'web' },
		spec: {
			endpointSelector: { matchLabels: { app: 'server' } },
			ingress: [{ fromEndpoints: [{ matchLabels: { app: peer } }], toPorts }],
		},
	};
}

const WEB = { kind: 'CiliumNetworkPolicy', name: 'web' } as const;

beforeAll(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, l7: { threads: 2 } });
	const network = datapath.networks.default;
	const other = datapath.networks.create('other');
	[client, server, twin, twinServer] = ['client', 'server', 'twin', 'twinserver'].map((name) => lab.pod(name)) as [
		LabPod,
		LabPod,
		LabPod,
		LabPod,
	];
	await client.join(network, CLIENT, { labels: labels('client') });
	await server.join(network, SERVER, { labels: labels('server') });
	await twin.join(other, CLIENT, { labels: labels('client') });
	await twinServer.join(other, SERVER, { labels: labels('server') });
	serving.push(await serveIn(server, 80, 81), await serveIn(twinServer, 80));
});

beforeEach(() => void datapath.policies.delete(WEB));

afterAll(async () => {
	for (const each of serving) {
		await each[Symbol.asyncDispose]();
	}
	await lab[Symbol.asyncDispose]();
});

describe.each([0, 1])('rules.http over IPv%#', (family) => {
	const url = (path: string, port?: number) => urlOf(SERVER[family]!, path, port);

	it('let pass the requests that they name, as from the client itself, and no others', async () => {
		datapath.policies.apply(policy([{ method: 'GET', path: '/client-ip' }]));
		expect(await request(client, url('/client-ip'))).toEqual({ code: 0, status: 200, body: CLIENT[family] });
		expect(await request(client, url('/public'))).toEqual(DENIED);
		expect(await request(client, url('/client-ip'), '-X', 'POST')).toEqual(DENIED);
	});

	it('hold for their port alone; what no rule speaks of is dropped', async () => {
		datapath.policies.apply(policy([{}]));
		expect(await request(client, url('/public', 81), '-m', '1')).toMatchObject({ code: 28, status: 0 });
		expect(await client.ping(SERVER[family]!)).toBe(false);
	});

	it('hold on two networks of the same addresses at once, each for its own', async () => {
		datapath.policies.apply(policy([{ path: '/client-ip' }]));
		const answers = await Promise.all([client, twin].map((pod) => request(pod, url('/client-ip'))));
		expect(answers).toEqual(Array(2).fill({ code: 0, status: 200, body: CLIENT[family] }));
		expect(await request(twin, url('/public'))).toEqual(DENIED);
	});

	it('are told in flows: to the proxy, and each request and response', async () => {
		datapath.policies.apply(policy([{ path: '/public' }]));
		const began = new Date();
		const flows = datapath.flows();
		await request(client, url('/public'));
		await request(client, url('/client-ip'));
		const told: Flow[] = [];
		for await (const flow of flows) {
			// The last request of another test may be told only now.
			if (flow.time < began) continue;
			told.push(flow);
			if (told.filter(({ eventType }) => eventType === 'l7').length === 3) break;
		}
		const lines = told.filter(({ eventType }) => eventType === 'l7').map((flow) => formatFlow(flow));
		expect(lines).toEqual([
			expect.stringMatching(
				/client:\d+ .* -> default\/server:80 .* http-request FORWARDED \(HTTP\/1.1 GET http:.*\/public; by/,
			),
			expect.stringMatching(
				/<- default\/server:80 .* http-response FORWARDED \(HTTP\/1.1 200 \d+ms \(GET http:.*\/public\); by/,
			),
			expect.stringMatching(/-> default\/server:80 .* http-request DROPPED \(HTTP\/1.1 GET http:.*\/client-ip; by/),
		]);
		expect(told.map(({ eventType, verdict }) => `${eventType} ${verdict}`)).toEqual(
			expect.arrayContaining(['policy-verdict REDIRECTED', 'to-proxy FORWARDED', 'to-endpoint FORWARDED']),
		);
		expect(told.find(({ eventType }) => eventType === 'l7')).toMatchObject({
			trafficDirection: 'INGRESS',
			network: 'default',
			source: { pod: 'client' },
			policy: { rule: { policy: 'CiliumNetworkPolicy default/web' } },
		});
	});
});

describe('open connections', () => {
	it('are judged by the policy of the moment, request by request', async () => {
		datapath.policies.apply(policy([{ path: '/public' }]));
		await using connection = await keepAlive(client, SERVER[0]!, 80);
		expect(await connection.get('/public')).toBe(200);
		datapath.policies.apply(policy([{ path: '/client-ip' }]));
		expect(await connection.get('/public')).toBe(403);
		expect(await connection.get('/client-ip')).toBe(200);
		expect(await connection.isOpen()).toBe(true);
	});

	it.each([
		['there are no rules for them any more', () => void datapath.policies.delete(WEB)],
		['the peer is denied', () => void datapath.policies.apply(policy([{}], 'another'))],
	])('are closed when %s', async (_, change) => {
		datapath.policies.apply(policy([{}]));
		await using connection = await keepAlive(client, SERVER[0]!, 80);
		expect(await connection.get('/public')).toBe(200);
		change();
		await connection.ended();
		await expect.poll(() => datapath.l7.stats()!.http.connections).toBe(0);
	});

	it('that began without the proxy do not get past it', async () => {
		await using connection = await keepAlive(client, SERVER[0]!, 80);
		expect(await connection.get('/public')).toBe(200);
		datapath.policies.apply(policy([{ path: '/client-ip' }]));
		expect(await connection.get('/public')).toBe('ended');
	});
});

describe('without the proxy', () => {
	it('what needs it is dropped and counted, and everything else flows on', async () => {
		datapath.policies.apply(policy([{}]));
		await datapath.l7.stop();
		expect(datapath.l7.running).toBe(false);
		expect(await request(client, urlOf(SERVER[0]!, '/public'), '-m', '1')).toMatchObject({ status: 0 });
		const drops = [...datapath.stats().endpoints.values()].flatMap((each) => each.drops);
		expect(drops.map(({ reason }) => reason.name)).toContain('PROXY_UNAVAILABLE');
		datapath.policies.delete(WEB);
		expect(await request(client, urlOf(SERVER[0]!, '/public'))).toMatchObject({ status: 200 });
		datapath.policies.apply(policy([{ path: '/public' }]));
		await datapath.l7.start();
		expect(await request(client, urlOf(SERVER[0]!, '/public'))).toMatchObject({ status: 200 });
		expect(await request(client, urlOf(SERVER[0]!, '/client-ip'))).toEqual(DENIED);
	});
});
