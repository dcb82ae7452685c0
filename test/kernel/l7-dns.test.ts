import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { formatFlow } from '../../lib/index.js';
import type { Datapath, Endpoint, Flow, PolicyInput } from '../../lib/index.js';
import { frameTo } from './frames.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { resolveIn, serveDns } from './support-dns.js';

const CLIENT = ['10.0.0.1', 'fd00::1'];
const SERVER = ['10.0.0.53', 'fd00::53'];
const WEB = ['198.51.100.7', '2001:db8::7'];
const ZONE = { 'www.example.com': WEB, 'www.example.net': ['203.0.113.9'] };

let lab: Lab;
let datapath: Datapath;
let client: LabPod;
let endpoint: Endpoint;
let serving: AsyncDisposable;

const to53 = [{ port: '53', protocol: 'ANY' }];
const POLICY: PolicyInput = {
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: 'names' },
	spec: {
		endpointSelector: { matchLabels: { app: 'client' } },
		egress: [
			{
				toEndpoints: [{ matchLabels: { app: 'dns' } }],
				toPorts: [{ ports: to53, rules: { dns: [{ matchPattern: '*.example.com' }] } }],
			},
			{ toFQDNs: [{ matchName: 'www.example.com' }], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] },
		],
	},
};

function passes(address: string): boolean {
	return endpoint.simulate(frameTo(endpoint, address, 443, 'tcp'), 'egress').action === 'to-host';
}

beforeAll(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, l7: { threads: 1 } });
	const network = datapath.networks.create('routed', { hostRouting: true });
	client = lab.pod('client');
	endpoint = await client.join(network, CLIENT, { labels: labels('client') });
	const server = lab.pod('dns');
	await server.join(network, SERVER, { labels: labels('dns') });
	serving = await serveDns(server, ZONE);
	datapath.policies.apply(POLICY);
});

afterAll(async () => {
	await serving[Symbol.asyncDispose]();
	await lab[Symbol.asyncDispose]();
});

describe('rules.dns', () => {
	it.each([0, 1])(
		'open the addresses of a name before the pod hears of them, and refuse others (%i)',
		async (family) => {
			const type = family === 0 ? 'resolve4' : 'resolve6';
			expect(passes(WEB[family]!)).toBe(false);
			const flows = datapath.flows({ filter: { eventType: ['l7'] } });
			expect(await resolveIn(client, SERVER[0]!, type, 'www.example.com')).toEqual([[WEB[family]]]);
			expect(passes(WEB[family]!)).toBe(true);
			expect(await resolveIn(client, SERVER[family]!, type, 'www.example.net', 'nothing.example.com')).toEqual([
				'EREFUSED',
				'ENOTFOUND',
			]);
			const told: Flow[] = [];
			for await (const flow of flows) {
				told.push(flow);
				if (told.length === 5) break;
			}
			const lines = told.map((flow) => formatFlow(flow));
			expect(lines.filter((line) => line.includes('dns-request') && line.includes('DROPPED'))).toHaveLength(1);
			expect(lines.filter((line) => line.includes('dns-response') && line.includes(WEB[family]!))).toHaveLength(1);
		},
	);

	it('are not got round by TCP, nor by another server', async () => {
		const ask = `const socket = require('node:net').connect(53, '${SERVER[0]}');
			socket.write(Buffer.from('002100010100000100000000000003777777076578616d706c65036e65740000010001', 'hex'));
			socket.on('data', (data) => { console.log(data[5] & 15); socket.destroy(); });`;
		const { output } = await client.run(process.execPath, '-e', ask);
		expect(output.trim()).toBe('5');
		expect(await resolveIn(client, '198.51.100.53', 'resolve4', 'www.example.com')).toEqual(['ETIMEOUT']);
	});

	it('are counted', () => {
		const { dns } = datapath.l7.stats()!;
		expect(dns.denied).toBe(3);
		expect(dns.held).toBeGreaterThanOrEqual(2);
		expect(dns.unlearned).toBe(0);
	});
});
