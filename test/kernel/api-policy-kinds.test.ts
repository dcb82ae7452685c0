import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Endpoint } from '../../lib/index.js';
import { frameTo } from './frames.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';

const CLIENT = ['10.9.0.2', 'fd00:9::2'];
const SERVER = ['10.9.0.3', 'fd00:9::3'];

let lab: Lab;
let datapath: Datapath;
let pinPath: string;
let pods: { client: LabPod; server: LabPod };
let client: Endpoint;
let server: Endpoint;

async function open(): Promise<void> {
	datapath = await lab.datapath({ sweepIntervalMs: 0, pinPath });
}

beforeEach(async () => {
	lab = openLab();
	pinPath = lab.pinPath();
	await open();
	const network = datapath.networks.create('outward', { hostRouting: true });
	pods = { client: lab.pod('client'), server: lab.pod('server') };
	client = await pods.client.join(network, CLIENT, { labels: labels('client') });
	server = await pods.server.join(network, SERVER, {
		labels: labels('server'),
		namedPorts: [{ name: 'http', port: 8080 }],
	});
});

afterEach(async () => {
	await datapath.unload().catch(() => undefined);
	await lab[Symbol.asyncDispose]();
});

/** Whether the client's first packet would pass, through the loaded programs. */
function passes(destination: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): boolean {
	return client.simulate(frameTo(client, destination, port, protocol), 'egress').action !== 'drop';
}

const cilium = (spec: object, name = 'p') => ({
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name },
	spec,
});
const fromClient = (rules: object) => cilium({ endpointSelector: { matchLabels: { app: 'client' } }, egress: [rules] });
const ports = (port: string, protocol = 'TCP') => [{ ports: [{ port, protocol }] }];

describe('addresses outside', () => {
	it('are told by the longest block that a policy names, with its holes, in both families', () => {
		const plan = datapath.policies.plan(
			fromClient({ toCIDRSet: [{ cidr: '203.0.112.0/20', except: ['203.0.113.0/24'] }, { cidr: '2001:db8::/32' }] }),
		);
		expect(plan).toMatchObject({ fits: true, cidrs: { needed: 6 } });
		expect(passes('203.0.113.9', 443)).toBe(true);
		datapath.policies.apply(
			fromClient({ toCIDRSet: [{ cidr: '203.0.112.0/20', except: ['203.0.113.0/24'] }, { cidr: '2001:db8::/32' }] }),
		);
		expect([passes('203.0.112.9', 443), passes('203.0.113.9', 443), passes('203.0.128.9', 443)]).toEqual([
			true,
			false,
			false,
		]);
		expect([passes('2001:db8::9', 443), passes('2001:db9::9', 443)]).toEqual([true, false]);
		// A managed endpoint is none of them, whatever its address.
		datapath.policies.apply(fromClient({ toCIDR: ['10.0.0.0/8'] }));
		expect([passes('10.1.2.3', 443), passes('10.9.0.3', 443)]).toEqual([true, false]);
		expect(datapath.policies.delete('p')).toBe(true);
		expect(datapath.stats().maps['cidrs']?.entries).toBe(0);
		expect(passes('203.0.113.9', 443)).toBe(true);
	});

	it('assigned by hand are what the hand said, and the policy’s again afterwards', () => {
		datapath.policies.apply(fromClient({ toCIDR: ['203.0.113.0/24'] }));
		const other = datapath.identities.allocate({ 'k8s:app': 'other' });
		datapath.identities.assign('outward', '203.0.113.0/24', other);
		expect(passes('203.0.113.9', 443)).toBe(false);
		expect(datapath.identities.unassign('outward', '203.0.113.0/24')).toBe(true);
		expect(datapath.identities.unassign('outward', '203.0.113.0/24')).toBe(false);
		expect(passes('203.0.113.9', 443)).toBe(true);
	});

	it('are known on a network that comes later', async () => {
		datapath.policies.apply(fromClient({ toCIDR: ['203.0.113.0/24'] }));
		datapath.networks.create('later', { hostRouting: true });
		expect(datapath.identities.lookup('later', '203.0.113.9')?.labels).toHaveProperty('cidr:203.0.113.0/24');
	});
});

describe('names', () => {
	it('open what was learned for them, until they are forgotten or over, and survive a restart', async () => {
		datapath.policies.apply(fromClient({ toFQDNs: [{ matchPattern: '*.example.com' }], toPorts: ports('443') }));
		expect(passes('198.51.100.7', 443)).toBe(false);
		datapath.policies.names.learn('www.example.com', ['198.51.100.7', '2001:db8::7']);
		datapath.policies.names.learn('www.example.org', ['198.51.100.8']);
		expect([passes('198.51.100.7', 443), passes('2001:db8::7', 443)]).toEqual([true, true]);
		expect([passes('198.51.100.7', 80), passes('198.51.100.8', 443)]).toEqual([false, false]);
		await datapath.close();
		await open();
		client = [...datapath.endpoints.values()].find(({ name }) => name === 'client')!;
		expect(passes('198.51.100.7', 443)).toBe(true);
		expect(datapath.policies.names.forget('www.example.com', '198.51.100.7')).toBe(true);
		expect([passes('198.51.100.7', 443), passes('2001:db8::7', 443)]).toEqual([false, true]);
		datapath.policies.names.learn('api.example.com', ['198.51.100.9'], { ttlSeconds: 0 });
		expect(passes('198.51.100.9', 443)).toBe(true);
		await datapath.refresh();
		expect(passes('198.51.100.9', 443)).toBe(false);
		expect(datapath.policies.names.get('api.example.com')).toBeUndefined();
	});

	it('and blocks both hold for one address', () => {
		datapath.policies.apply(
			fromClient({ toFQDNs: [{ matchName: 'www.example.com' }], toPorts: ports('443') }),
			cilium(
				{
					endpointSelector: { matchLabels: { app: 'client' } },
					egress: [{ toCIDR: ['198.51.100.0/24'], toPorts: ports('80') }],
				},
				'block',
			),
		);
		datapath.policies.names.learn('www.example.com', ['198.51.100.7']);
		expect([443, 80, 81].map((port) => passes('198.51.100.7', port))).toEqual([true, true, false]);
		datapath.policies.delete('block');
		expect([443, 80].map((port) => passes('198.51.100.7', port))).toEqual([true, false]);
	});

	it('that are wrong are refused with the field', () => {
		const { names } = datapath.policies;
		expect(() => names.learn('not a name', ['192.0.2.1'])).toThrow(expect.objectContaining({ field: 'name' }));
		expect(() => names.learn('a.example', ['192.0.2.0/24'])).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_ADDRESS' }),
		);
		expect(() => names.learn('a.example', ['192.0.2.1'], { ttlSeconds: -1 })).toThrow(
			expect.objectContaining({ field: 'ttlSeconds' }),
		);
		expect(names.size).toBe(0);
	});
});

describe('services', () => {
	it('lead to their backends, by address or by label, and follow them', () => {
		datapath.policies.apply(fromClient({ toServices: [{ k8sService: { serviceName: 'db', namespace: 'default' } }] }));
		expect(passes('198.51.100.7', 5432)).toBe(false);
		datapath.policies.services.set({ name: 'db', addresses: ['198.51.100.7'] });
		expect([passes('198.51.100.7', 5432), passes('198.51.100.8', 5432)]).toEqual([true, false]);
		datapath.policies.services.set({ name: 'db', selector: { app: 'server' } });
		expect([passes('198.51.100.7', 5432), passes(SERVER[0]!, 5432)]).toEqual([false, true]);
		expect(datapath.policies.services.delete('db')).toBe(true);
		expect(passes(SERVER[0]!, 5432)).toBe(false);
	});
});

describe('ports by name', () => {
	it('are those of the endpoint that is connected to', () => {
		const ingress = [{ fromEndpoints: [{ matchLabels: { app: 'client' } }], toPorts: ports('http') }];
		datapath.policies.apply(cilium({ endpointSelector: { matchLabels: { app: 'server' } }, ingress }));
		expect([passes(SERVER[0]!, 8080), passes(SERVER[0]!, 8081)]).toEqual([true, false]);
		datapath.policies.apply(fromClient({ toEndpoints: [{ matchLabels: { app: 'server' } }], toPorts: ports('http') }));
		expect([passes(SERVER[1]!, 8080), passes(SERVER[1]!, 8081)]).toEqual([true, false]);
	});
});

describe('an audited policy', () => {
	it('forwards what it denies, and says so', () => {
		const policy = fromClient({ toEndpoints: [{ matchLabels: { app: 'server' } }], toPorts: ports('8080') });
		const metadata = { name: 'p', annotations: { 'policy.heddle.io/audit-mode': 'true' } };
		datapath.policies.apply({ ...policy, metadata });
		const { action, flows } = client.simulate(frameTo(client, SERVER[0]!, 9999, 'tcp'), 'egress');
		expect(action).toBe('to-endpoint');
		expect(flows[0]).toMatchObject({ verdict: 'AUDIT', eventType: 'policy-verdict', policy: { action: 'AUDITED' } });
		datapath.policies.apply(policy);
		expect(passes(SERVER[0]!, 9999)).toBe(false);
	});
});

describe('an HTTP rule', () => {
	it('is kept for the proxy; until there is one its connections are dropped by a reason of their own', () => {
		const toPorts = [{ ports: [{ port: '8080', protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } }];
		const ingress = [{ fromEndpoints: [{ matchLabels: { app: 'client' } }], toPorts }];
		datapath.policies.apply(cilium({ endpointSelector: { matchLabels: { app: 'server' } }, ingress }));
		const { flow, flows } = client.simulate(frameTo(client, SERVER[0]!, 8080, 'tcp'), 'egress');
		expect(flow).toMatchObject({ eventType: 'drop', dropReason: { name: 'PROXY_UNAVAILABLE' } });
		expect(flows.find(({ eventType }) => eventType === 'policy-verdict')?.policy).toMatchObject({
			action: 'REDIRECTED',
			rule: { rule: 'spec.ingress[0].toPorts[0]' },
		});
	});
});

describe('policies of other kinds', () => {
	it('hold as they do in their clusters', () => {
		datapath.policies.apply({
			apiVersion: 'networking.k8s.io/v1',
			kind: 'NetworkPolicy',
			metadata: { name: 'web' },
			spec: {
				podSelector: { matchLabels: { app: 'server' } },
				ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 8080 }] }],
			},
		});
		expect([passes(SERVER[0]!, 8080), passes(SERVER[0]!, 8081)]).toEqual([true, false]);
		datapath.policies.apply({
			apiVersion: 'policy.networking.k8s.io/v1alpha2',
			kind: 'ClusterNetworkPolicy',
			metadata: { name: 'admin' },
			spec: {
				tier: 'Admin',
				priority: 10,
				subject: { namespaces: {} },
				ingress: [
					{ action: 'Deny', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 8080 } } }] },
					{ action: 'Accept', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 8081 } } }] },
				],
			},
		});
		expect([passes(SERVER[0]!, 8080), passes(SERVER[0]!, 8081), passes(SERVER[0]!, 8082)]).toEqual([
			false,
			true,
			false,
		]);
		expect(datapath.policies.delete({ kind: 'ClusterNetworkPolicy', name: 'admin' })).toBe(true);
		expect(datapath.policies.delete({ kind: 'NetworkPolicy', name: 'web' })).toBe(true);
		expect(passes(SERVER[0]!, 9999)).toBe(true);
	});
});

describe('changes under traffic', () => {
	const rule = { fromEndpoints: [{ matchLabels: { app: 'client' } }], toPorts: ports('9000', 'UDP') };
	const policy = (extra: object, name?: string) =>
		cilium({ endpointSelector: { matchLabels: { app: 'server' } }, ingress: [rule, extra] }, name);

	/** Documents, identities and rows come and go, and with them policy sets; port 9000 stays open, 9001 closed. */
	function changeOnce(i: number): void {
		const row = { peer: 'any', direction: 'ingress', protocol: 'tcp', port: 2000 + (i % 9) } as const;
		datapath.policies.apply(policy({ toPorts: ports(String(1000 + (i % 50))) }));
		datapath.policies.apply(policy({ fromEndpoints: [{ matchLabels: { app: `n${i % 7}` } }] }, 'second'));
		datapath.identities.allocate(labels(`n${i % 7}`));
		server.policy.set(row, { verdict: 'allow' });
		datapath.policies.delete('second');
		server.policy.clear();
	}

	async function whileChanging(work: () => Promise<void>): Promise<number> {
		let running = true;
		const changing = (async () => {
			let changes = 0;
			for (; running; changes++) {
				changeOnce(changes);
				await new Promise((resolve) => setImmediate(resolve));
			}
			return changes;
		})();
		await work();
		running = false;
		return changing;
	}

	it('lose no packet that is allowed before and after, and let none pass that is denied', async () => {
		const from = await pods.client.sockets();
		const to = await pods.server.sockets();
		await to.serveUdp(9000, 4);
		await to.serveUdp(9001, 4);
		datapath.policies.apply(policy({}));
		const answers: string[] = [];
		const refused: unknown[] = [];
		const changes = await whileChanging(async () => {
			for (let i = 0; i < 200; i++) answers.push(await from.sendUdp(SERVER[0]!, 9000, `packet ${i}`));
			for (let i = 0; i < 40; i++) refused.push(await from.sendUdp(SERVER[0]!, 9001, 'no', 25).catch(() => 'refused'));
		});
		expect(answers).toEqual(answers.map((_, i) => `packet ${i}`));
		expect(new Set(refused)).toEqual(new Set(['refused']));
		expect(changes).toBeGreaterThan(20);
		// What was denied is what was sent to the closed port, no packet more.
		const denied = server.stats().drops.filter(({ reason }) => reason.name.startsWith('POLICY'));
		expect(denied.map(({ packets }) => packets)).toEqual([40n]);
		expect(datapath.policies.verify().ok).toBe(true);
	});
});
