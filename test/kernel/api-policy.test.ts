import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Endpoint, PolicyRow } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import type { SocketWorker } from './socket-worker.js';

const CLIENT = ['10.2.0.2', 'fd00:2::2'];
const SERVER = ['10.2.0.3', 'fd00:2::3'];

let lab: Lab;
let datapath: Datapath;

afterEach(() => lab[Symbol.asyncDispose]());

describe('on the wire', () => {
	let pods: { client: LabPod; server: LabPod };
	let client: Endpoint;
	let server: Endpoint;
	let from: SocketWorker;

	beforeEach(async () => {
		lab = openLab();
		datapath = await lab.datapath({ sweepIntervalMs: 0 });
		pods = { client: lab.pod('client'), server: lab.pod('server') };
		client = await pods.client.join(datapath.networks.default, CLIENT);
		server = await pods.server.join(datapath.networks.default, SERVER);
		from = await pods.client.sockets();
		const to = await pods.server.sockets();
		for (const family of [4, 6] as const) {
			await to.serveTcp(8080, family);
			await to.serveTcp(8081, family);
			await to.serveEcho(9000, family);
		}
	});

	const allow = (port: number): PolicyRow => [
		{ peer: client.identity.id, direction: 'ingress', protocol: 'tcp', port },
		{ verdict: 'allow' },
	];
	const reach = (address: string, port: number) =>
		from.connectTcp(address, port, 300).catch((error: Error) => error.message);

	it('a row allows what it names and nothing else, in both families', async () => {
		server.policy.set(...allow(8080));
		for (const address of SERVER) {
			expect(await reach(address, 8080)).toBe(CLIENT[SERVER.indexOf(address)]);
			expect(await reach(address, 8081)).toBe('TIMEOUT');
			expect(await pods.client.ping(address)).toBe(false);
		}
		server.policy.clear();
		expect(await reach('10.2.0.3', 8081)).toBe('10.2.0.2');
	});

	it('a deny wins at equal precedence, and loses to a higher one', async () => {
		const key = { peer: 'any', direction: 'ingress', protocol: 'tcp' } as const;
		server.policy.setMany([allow(8080), [key, { verdict: 'deny' }]]);
		expect(await reach('10.2.0.3', 8080)).toBe('TIMEOUT');
		server.policy.set(allow(8080)[0], { verdict: 'allow', precedence: 1 });
		expect(await reach('10.2.0.3', 8080)).toBe('10.2.0.2');
		expect(server.stats().drops.map(({ reason }) => reason.name)).toContain('POLICY_DENIED_BY_DENYLIST');
	});

	it('a revoked row stops an established connection at once, and a new one lets it go on', async () => {
		server.policy.set(...allow(9000));
		await from.openEcho('10.2.0.3', 9000);
		expect(await from.echo('one')).toBe('one');
		server.policy.replace([allow(8080)]);
		await expect(from.echo('two', 400)).rejects.toThrow('TIMEOUT');
		server.policy.set(...allow(9000));
		expect(await from.echo('', 5000)).toContain('two');
	});

	it('a new label is a new identity, at once', async () => {
		server.policy.set(...allow(8080));
		expect(await reach('fd00:2::3', 8080)).toBe('fd00:2::2');
		const former = client.identity;
		const next = client.relabel({ 'k8s:app': 'stranger' });
		expect(next.id).not.toBe(former.id);
		expect(datapath.identities.lookup('default', 'fd00:2::2')).toBe(next);
		expect(await reach('fd00:2::3', 8080)).toBe('TIMEOUT');
		expect(datapath.identities.get(former.id)).toBeUndefined();
	});

	it('a transaction that throws leaves everything as it was', async () => {
		server.policy.set(...allow(8080));
		const rows = [...server.policy];
		const former = client.identity;
		const failing = () =>
			datapath.transaction(() => {
				server.policy.clear();
				server.policy.set(...allow(8081));
				client.relabel({ 'k8s:app': 'stranger' });
				datapath.identities.assign('default', '192.0.2.0/24', 'no such' as never);
			});
		expect(failing).toThrow();
		expect([...server.policy]).toEqual(rows);
		expect(client.identity).toBe(former);
		expect(datapath.identities.find({ 'k8s:app': 'stranger' })).toBeUndefined();
		expect(await reach('10.2.0.3', 8080)).toBe('10.2.0.2');
		expect(await reach('10.2.0.3', 8081)).toBe('TIMEOUT');
	});

	it('a transaction is one epoch', () => {
		const before = datapath.stats().epoch;
		datapath.transaction(() => {
			server.policy.set(...allow(8080));
			server.policy.set(...allow(8081));
			client.relabel({ 'k8s:app': 'other' });
		});
		expect(datapath.stats().epoch).toBe(before + 1);
		expect(() => datapath.transaction(async () => undefined)).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
		);
	});

	it('enforcement always denies without rows, never allows with them', async () => {
		server.setEnforcement('always');
		expect(await reach('10.2.0.3', 8080)).toBe('TIMEOUT');
		server.policy.set(...allow(8081));
		server.setEnforcement('never');
		expect(await reach('10.2.0.3', 8080)).toBe('10.2.0.2');
		server.setEnforcement('default');
		expect(await reach('10.2.0.3', 8080)).toBe('TIMEOUT');
		server.setAudit(true);
		expect(await reach('10.2.0.3', 8080)).toBe('10.2.0.2');
	});

	it('replies pass by their flow; egress rows hold the sender', async () => {
		client.policy.set(
			{ peer: server.identity.id, direction: 'egress', protocol: 'tcp', port: 8080 },
			{ verdict: 'allow' },
		);
		expect(await reach('10.2.0.3', 8080)).toBe('10.2.0.2');
		expect(await reach('10.2.0.3', 8081)).toBe('TIMEOUT');
		expect(await pods.server.ping('10.2.0.2')).toBe(true);
	});
});

describe('rows', () => {
	let endpoint: Endpoint;

	async function start(capacity = {}): Promise<void> {
		lab = openLab();
		datapath = await lab.datapath({ sweepIntervalMs: 0, capacity });
		endpoint = await lab.pod('pod').join(datapath.networks.default, ['10.2.0.2']);
	}

	const row = (peer: number, port: number): PolicyRow => [
		{ peer, direction: 'ingress', protocol: 'tcp', port },
		{ verdict: 'allow' },
	];

	it('are read back as they were written, by equal keys', async () => {
		await start();
		const rows: PolicyRow[] = [
			[{ peer: 300, direction: 'egress', protocol: 'udp', port: 53 }, { verdict: 'allow' }],
			[
				{ peer: 'any', direction: 'ingress', protocol: 'any' },
				{ verdict: 'deny', precedence: -3 },
			],
			[{ peer: 9, direction: 'ingress', protocol: 47 }, { verdict: 'allow' }],
			[{ peer: 9, direction: 'ingress', protocol: 'tcp', port: 1000, endPort: 1999 }, { verdict: 'allow' }],
		];
		endpoint.policy.setMany(rows);
		expect(new Set(endpoint.policy)).toEqual(new Set(rows));
		expect(endpoint.policy.size).toBe(4);
		expect(endpoint.policy.get({ peer: 9, direction: 'ingress', protocol: 47 })).toEqual({ verdict: 'allow' });
		expect(endpoint.policy.delete(rows[0]![0])).toBe(true);
		expect(endpoint.policy.delete(rows[0]![0])).toBe(false);
		expect(endpoint.policy.has(rows[0]![0])).toBe(false);
	});

	it('that are wrong are refused with the field', async () => {
		await start();
		const bad = (key: object, entry: object = { verdict: 'allow' }) =>
			expect(() =>
				endpoint.policy.set({ peer: 1, direction: 'ingress', protocol: 'tcp', ...key } as never, entry as never),
			);
		bad({ port: 70_000 }).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field: 'port' }));
		bad({ port: 5, endPort: 4 }).toThrow(expect.objectContaining({ field: 'endPort' }));
		bad({ endPort: 4 }).toThrow(expect.objectContaining({ field: 'port' }));
		bad({ protocol: 'tpc' }).toThrow(expect.objectContaining({ field: 'protocol' }));
		bad({ direction: 'in' }).toThrow(expect.objectContaining({ field: 'direction' }));
		bad({ peer: -1 }).toThrow(expect.objectContaining({ field: 'peer' }));
		bad({}, { verdict: 'maybe' }).toThrow(expect.objectContaining({ field: 'action' }));
		bad({}, { verdict: 'redirect' }).toThrow(expect.objectContaining({ field: 'proxyPort' }));
		bad({}, { verdict: 'redirect', proxyPort: 0 }).toThrow(expect.objectContaining({ field: 'proxyPort' }));
		bad({}, { verdict: 'allow', proxyPort: 9000 }).toThrow(expect.objectContaining({ field: 'proxyPort' }));
		bad({ protocol: 'udp' }, { verdict: 'redirect', proxyPort: 9000 }).toThrow(
			expect.objectContaining({ field: 'protocol' }),
		);
	});

	it('replaced are told apart into added, removed and unchanged, as the plan said', async () => {
		await start();
		endpoint.policy.setMany([row(300, 80), row(300, 81)]);
		const wanted = [row(300, 81), row(300, 82), row(301, 82)];
		const plan = endpoint.policy.plan(wanted);
		expect(plan).toMatchObject({ added: 2, removed: 1, unchanged: 1, fits: true });
		expect(endpoint.policy.size).toBe(2);
		expect(endpoint.policy.replace(wanted)).toEqual({ added: 2, removed: 1, unchanged: 1 });
		expect(endpoint.policy.replace(wanted)).toEqual({ added: 0, removed: 0, unchanged: 3 });
	});

	it('too many for the map are refused whole, and what was there stays', async () => {
		await start({ rules: 64, peers: 64 });
		endpoint.policy.set(...row(300, 80));
		const ports = Array.from({ length: 100 }, (_, i) => row(300, 1000 + i * 2));
		expect(endpoint.policy.plan(ports)).toMatchObject({ fits: false });
		expect(() => endpoint.policy.setMany(ports)).toThrow(expect.objectContaining({ code: 'ERR_MAP_FULL' }));
		const peers = Array.from({ length: 100 }, (_, i) => row(1000 + i, 80));
		expect(() => endpoint.policy.setMany(peers)).toThrow(expect.objectContaining({ code: 'ERR_MAP_FULL' }));
		expect([...endpoint.policy]).toEqual([row(300, 80)]);
		expect(datapath.stats().maps['rules']?.entries).toBe(1);
		expect(datapath.stats().maps['peers']?.entries).toBe(1);
		endpoint.policy.set(...row(301, 80));
	});

	it('of one identity are shared by its endpoints, and end with the last of them', async () => {
		await start();
		const twin = await lab.pod('pod').join(datapath.networks.default, ['10.2.0.3']);
		expect(twin.policy).toBe(endpoint.policy);
		endpoint.policy.set(...row(300, 80));
		expect(twin.policy.size).toBe(1);
		await endpoint.detach();
		expect(twin.policy.size).toBe(1);
		await twin.detach();
		await datapath.refresh();
		expect(datapath.stats().maps['peers']?.entries).toBe(0);
		expect(datapath.stats().maps['rules']?.entries).toBe(0);
	});

	it('outlive the endpoints of an identity that was allocated', async () => {
		await start();
		const identity = datapath.identities.allocate(endpoint.identity.labels);
		expect(identity).toBe(endpoint.identity);
		endpoint.policy.set(...row(300, 80));
		await endpoint.detach();
		expect(datapath.policyOf(identity).size).toBe(1);
		expect(datapath.identities.release(identity)).toBe(true);
		expect(datapath.identities.get(identity.id)).toBeUndefined();
	});

	it('by the hundred thousand are written in seconds', async () => {
		await start({ peers: 200_000 });
		const many = Array.from({ length: 100_000 }, (_, i) => row(0x0100_0000 + i, 80 + (i % 16)));
		const begin = performance.now();
		endpoint.policy.setMany(many);
		const took = performance.now() - begin;
		expect(datapath.stats().maps['peers']?.entries).toBe(100_000);
		expect(datapath.stats().maps['rules']?.entries).toBe(16);
		expect(took).toBeLessThan(5000 * Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1));
	});
});
