import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PolicyError } from '../../lib/index.js';
import type { Datapath, Endpoint } from '../../lib/index.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import type { SocketWorker } from './socket-worker.js';

let lab: Lab;
let datapath: Datapath;
let pinPath: string;
let client: Endpoint;
let server: Endpoint;
let clientPod: LabPod;
let from: SocketWorker;

const policy = (name: string, rules: string) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: ${name} }
spec:
  endpointSelector: { matchLabels: { app: server } }
${rules}
`;

const allowClient = policy(
	'web',
	`  ingress:
    - fromEndpoints: [{ matchLabels: { app: client } }]
      toPorts: [{ ports: [{ port: "8080", protocol: TCP }] }]`,
);

beforeEach(async () => {
	lab = openLab();
	pinPath = lab.pinPath();
	datapath = await lab.datapath({ sweepIntervalMs: 0, pinPath });
	clientPod = lab.pod('client');
	const serverPod = lab.pod('server');
	client = await clientPod.join(datapath.networks.default, ['10.7.0.2', 'fd00:7::2'], { labels: labels('client') });
	server = await serverPod.join(datapath.networks.default, ['10.7.0.3', 'fd00:7::3'], { labels: labels('server') });
	from = await clientPod.sockets();
	const to = await serverPod.sockets();
	for (const family of [4, 6] as const) {
		await to.serveTcp(8080, family);
		await to.serveTcp(8081, family);
	}
});

afterEach(async () => {
	await datapath.unload().catch(() => undefined);
	await lab[Symbol.asyncDispose]();
});

const reach = (port: number, address = '10.7.0.3') =>
	from.connectTcp(address, port, 300).then(
		() => true,
		() => false,
	);

describe('a policy document', () => {
	it('allows what it names, for endpoints that are there and that come later, and tells its rule in flows', async () => {
		const plan = datapath.policies.plan(allowClient);
		expect(plan).toMatchObject({ added: 1, removed: 0, unchanged: 0, fits: true, warnings: [] });
		expect(datapath.policies.size).toBe(0);
		expect(datapath.policies.apply(allowClient)).toMatchObject({ added: 1, removed: 0 });
		expect(server.enforced).toEqual({ ingress: true, egress: false });
		const stream = datapath.flows({ filter: { eventType: 'policy-verdict', verdict: 'FORWARDED' } });
		expect([await reach(8080), await reach(8080, 'fd00:7::3'), await reach(8081)]).toEqual([true, true, false]);
		const { value } = await stream.next();
		await stream.close();
		expect(value?.policy?.rule).toMatchObject({
			policy: 'CiliumNetworkPolicy default/web',
			rule: 'spec.ingress[0]',
			line: 7,
			match: 'L3-L4',
		});

		const former = client.identity;
		client.relabel(labels('stranger'));
		expect(await reach(8080)).toBe(false);
		client.relabel({ ...labels('client'), 'k8s:more': 'yes' });
		expect(client.identity).not.toEqual(former);
		expect(await reach(8080)).toBe(true);

		expect(datapath.policies.delete('web')).toBe(true);
		expect(datapath.policies.delete('default/web')).toBe(false);
		expect(await reach(8081)).toBe(true);
	});

	it('stands beside rows by hand; neither touches the other', async () => {
		datapath.policies.apply(allowClient);
		const row = { peer: client.identity.id, direction: 'ingress', protocol: 'tcp', port: 8081 } as const;
		server.policy.set(row, { verdict: 'allow' });
		expect([await reach(8080), await reach(8081)]).toEqual([true, true]);
		expect([...server.policy.all()].map(({ owner }) => owner === 'direct')).toEqual([true, false]);
		datapath.policies.apply(policy('web', '  ingressDeny: [{ fromEndpoints: [{}] }]'));
		expect([await reach(8080), await reach(8081)]).toEqual([false, false]);
		server.policy.set(row, { verdict: 'allow', precedence: 1 });
		expect([await reach(8080), await reach(8081)]).toEqual([false, true]);
		server.policy.clear();
		expect(datapath.policies.size).toBe(1);
		datapath.policies.delete({ name: 'web' });
		expect(server.enforced).toEqual({ ingress: false, egress: false });
	});

	it('that is wrong is refused whole, with every issue and its line', async () => {
		datapath.policies.apply(allowClient);
		const wrong = policy('other', '  ingress: [{ fromNowhere: [] }]');
		try {
			datapath.policies.apply(policy('third', '  ingress: [{}]'), wrong);
			expect.unreachable('it was applied');
		} catch (error) {
			expect(error).toBeInstanceOf(PolicyError);
			expect((error as PolicyError).issues[0]).toMatchObject({ path: ['spec', 'ingress', 0, 'fromNowhere'], line: 6 });
		}
		expect(() => datapath.policies.apply('apiVersion: v1\nkind: Pod\nmetadata: { name: x }\n')).toThrow(PolicyError);
		expect(Array.from(datapath.policies, ({ metadata }) => metadata.name)).toEqual(['web']);
		expect(await reach(8080)).toBe(true);
	});

	it('that selects nothing is applied, with a warning', () => {
		const { warnings } = datapath.policies.apply(allowClient.replaceAll('app: server', 'app: nobody'));
		expect(warnings.map(({ message }) => message)).toContain('selects no endpoint');
	});

	it('is still there after a restart, with the lines of its rules', async () => {
		datapath.policies.apply(allowClient);
		server.policy.set({ peer: 'any', direction: 'ingress', protocol: 'icmp' }, { verdict: 'allow' });
		await datapath.close();
		expect([await reach(8080), await reach(8081), await clientPod.ping('10.7.0.3')]).toEqual([true, false, true]);
		datapath = await lab.datapath({ sweepIntervalMs: 0, pinPath });
		expect(datapath.policies.get('web')?.metadata.name).toBe('web');
		expect(datapath.policies.apply(allowClient)).toMatchObject({ added: 0, removed: 0, unchanged: 1 });
		const stream = datapath.flows({ filter: { eventType: 'policy-verdict', verdict: 'FORWARDED', protocol: 'tcp' } });
		expect([await reach(8080), await reach(8081)]).toEqual([true, false]);
		expect((await stream.next()).value?.policy?.rule).toMatchObject({ rule: 'spec.ingress[0]', line: 7 });
		await stream.close();
		datapath.policies.delete('web');
		expect(await reach(8081)).toBe(false);
		datapath.endpoints.get(server.id)?.policy.clear();
		expect(await reach(8081)).toBe(true);
	});
});

describe('a map that is full', () => {
	it('refuses a document, and what was there stays', async () => {
		const small = await lab.datapath({ sweepIntervalMs: 0, capacity: { rules: 8 } });
		const pod = lab.pod('s');
		const endpoint = await pod.join(small.networks.default, ['10.7.1.2'], { labels: labels('server') });
		small.policies.apply(policy('a', '  ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: TCP }] }] }]'));
		const ports = Array.from({ length: 20 }, (_, i) => `{ port: "${1000 + 2 * i}", protocol: TCP }`).join(', ');
		const large = policy('b', `  ingress: [{ toPorts: [{ ports: [${ports}] }] }]`);
		expect(small.policies.plan(large).fits).toBe(false);
		expect(() => small.policies.apply(large)).toThrow(expect.objectContaining({ code: 'ERR_MAP_FULL' }));
		expect(small.policies.size).toBe(1);
		expect([...endpoint.policy.all()]).toHaveLength(1);
		expect(small.stats().maps['rules']?.entries).toBe(1);
	});
});
