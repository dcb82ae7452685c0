import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Datapath, PolicyInput } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { request, serveIn, urlOf } from './support-http.js';
import type { PodServer } from './support-http.js';

const CLIENT = ['10.0.0.1', 'fd00::1'];
const SERVER = ['10.0.0.2', 'fd00::2'];

let lab: Lab;
let datapath: Datapath;
let client: LabPod;
let server: LabPod;
let serving: PodServer;

function policy(http: readonly object[], name = 'web'): PolicyInput {
	const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http } }];
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name },
		spec: {
			endpointSelector: { matchLabels: { app: 'server' } },
			ingress: [{ fromEndpoints: [{ matchLabels: { app: 'client' } }], toPorts }],
		},
	};
}

beforeAll(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, l7: { threads: 1 } });
	const network = datapath.networks.default;
	client = lab.pod('client');
	server = lab.pod('server');
	const labels = (app: string) => ({ 'k8s:app': app, 'k8s:io.kubernetes.pod.namespace': 'default' });
	await client.join(network, CLIENT, { labels: labels('client') });
	await server.join(network, SERVER, { labels: labels('server') });
	serving = await serveIn(server, 80);
});

afterAll(async () => {
	await serving[Symbol.asyncDispose]();
	await lab[Symbol.asyncDispose]();
});

describe('rules.http', () => {
	it.each([0, 1])('let the request pass that they name, from the client itself (%i)', async (family) => {
		datapath.policies.apply(policy([{ method: 'GET', path: '/client-ip' }]));
		const own = CLIENT[family]!;
		expect(await request(client, urlOf(SERVER[family]!, '/client-ip'))).toEqual({ code: 0, status: 200, body: own });
		expect(await request(client, urlOf(SERVER[family]!, '/public'))).toEqual({
			code: 0,
			status: 403,
			body: 'Access denied',
		});
	});
});
