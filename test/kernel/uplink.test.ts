import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, DropCount, Endpoint, Flow } from '../../lib/index.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { makeOutside } from './outside.js';
import type { Outside } from './outside.js';

const POD = ['10.7.0.2', 'fd00:7::2'];
const OUTSIDE = ['198.51.100.2', '2001:db8:7::2'];
const NODE = ['198.51.100.1', '2001:db8:7::1'];
const FAMILIES = [4, 6] as const;
const MULTICAST = 231;
const WORLD = 9;

let lab: Lab;
let datapath: Datapath;
let pod: LabPod;
let endpoint: Endpoint;
let outside: Outside;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, timeouts: { any: 60 * SLOWNESS } });
	pod = lab.pod('pod');
	endpoint = await pod.join(datapath.networks.default, POD);
	outside = await makeOutside(lab, NODE, OUTSIDE);
	await datapath.refresh();
});

afterEach(() => lab[Symbol.asyncDispose]());

/** But for neighbour messages and reports that an IPv6 stack sends by itself. */
function drops(): readonly DropCount[] {
	return endpoint.stats().drops.filter(({ reason }) => reason.number !== MULTICAST);
}

async function eventsOf(body: () => Promise<unknown>): Promise<Flow[]> {
	const stream = datapath.flows();
	await body();
	await new Promise((resolve) => setTimeout(resolve, 60));
	await stream.close();
	const flows: Flow[] = [];
	for await (const flow of stream) {
		flows.push(flow);
	}
	return flows;
}

describe('an uplink', () => {
	beforeEach(() => outside.routeTo(['10.7.0.0/16', 'fd00:7::/32']));

	it('takes pods to other hosts, and those to pods, in both families', async () => {
		expect(await pod.ping(OUTSIDE[0]!)).toBe(false);
		const uplink = await datapath.attachUplink(outside.uplink);
		expect({ networks: uplink.networks, masquerade: uplink.masquerade }).toEqual({
			networks: ['default'],
			masquerade: undefined,
		});
		const [inside, there] = [await pod.sockets(), await outside.pod.sockets()];
		for (const [i, family] of FAMILIES.entries()) {
			await there.serveTcp(80, family);
			await inside.serveTcp(81, family);
			expect(await inside.connectTcp(OUTSIDE[i]!, 80)).toBe(POD[i]);
			expect(await there.connectTcp(POD[i]!, 81)).toBe(OUTSIDE[i]);
			expect(await pod.ping(OUTSIDE[i]!)).toBe(true);
			expect(await outside.pod.ping(POD[i]!)).toBe(true);
		}
	});

	it('shows what passes as world, on its way to the network', async () => {
		await datapath.attachUplink(outside.uplink);
		const flows = await eventsOf(() => pod.ping(OUTSIDE[0]!));
		expect(flows.map(({ eventType, destination }) => `${eventType} ${destination.name}`)).toContain(
			'to-network world-ipv4',
		);
	});

	it('is held by policy, both ways and by CIDR', async () => {
		await datapath.attachUplink(outside.uplink);
		const [inside, there] = [await pod.sockets(), await outside.pod.sockets()];
		await inside.serveTcp(81, 4);
		await inside.serveTcp(82, 4);
		await there.serveTcp(80, 4);
		const cidr = datapath.identities.allocate({ 'cidr:198.51.100.0/24': '' });
		datapath.identities.assign('default', '198.51.100.0/24', cidr);
		endpoint.policy.set({ peer: cidr.id, direction: 'ingress', protocol: 'tcp', port: 81 }, { verdict: 'allow' });
		expect(await there.connectTcp(POD[0]!, 81)).toBe(OUTSIDE[0]);
		await expect(there.connectTcp(POD[0]!, 82, 300)).rejects.toThrow('TIMEOUT');
		endpoint.policy.set({ peer: cidr.id, direction: 'egress', protocol: 'tcp', port: 9 }, { verdict: 'allow' });
		await expect(inside.connectTcp(OUTSIDE[0]!, 80, 300)).rejects.toThrow('TIMEOUT');
		expect(drops().map(({ direction, reason }) => `${direction} ${reason.number}`)).toEqual([
			'ingress 133',
			'egress 133',
		]);
	});

	it('drops in XDP what policy refuses, counted and told as in TC', async () => {
		for (const [xdp, mode] of [
			['generic', 'xdp-generic'],
			['off', 'tc'],
			['native', 'xdp-native'],
			['generic', 'xdp-generic'],
			['off', 'tc'],
			['auto', 'xdp-native'],
		] as const) {
			const uplink = await datapath.attachUplink(outside.uplink, { xdp });
			expect(uplink.mode).toBe(mode);
			endpoint.policy.replace([
				[{ peer: WORLD, direction: 'ingress', protocol: 'tcp', port: 81 }, { verdict: 'allow' }],
			]);
			const before = drops()[0]?.packets ?? 0n;
			const flows = await eventsOf(() => outside.pod.run('ping', '-c', '5', '-i', '0.02', '-W', '1', POD[0]!));
			expect(drops()[0]?.packets).toBe(before + 5n);
			expect(
				flows.filter(({ eventType }) => eventType === 'drop').map(({ dropReason }) => dropReason?.number),
			).toContain(133);
			endpoint.policy.replace([]);
			expect(await outside.pod.ping(POD[0]!)).toBe(true);
			expect(await outside.pod.ping(POD[1]!, '-s', '4000')).toBe(true);
			await uplink.detach();
		}
		await expect(datapath.attachUplink(outside.uplink, { xdp: 'fast' as 'auto' })).rejects.toMatchObject({
			field: 'xdp',
		});
	});

	it('answers nobody who wears a pod’s or the host’s address', async () => {
		await datapath.attachUplink(outside.uplink);
		const other = lab.pod('other');
		await other.join(datapath.networks.default, ['10.7.0.3', 'fd00:7::3']);
		outside.wear('10.7.0.3');
		expect(await outside.pod.ping(POD[0]!, '-I', '10.7.0.3')).toBe(false);
		expect(drops().map(({ reason }) => reason.number)).toEqual([132]);
	});

	it('tells of packets that do not fit, and of hops used up', async () => {
		await datapath.attachUplink(outside.uplink);
		outside.setMtu(1300);
		expect((await pod.run('ping', '-c1', '-W1', '-Mdo', '-s1400', OUTSIDE[0]!)).output).toMatch(/mtu.?=.?1300/);
		expect((await pod.run('ping', '-6', '-c1', '-W1', '-Mdo', '-s1400', OUTSIDE[1]!)).output).toMatch(/1300/);
		expect((await pod.run('ping', '-c1', '-W1', '-t1', OUTSIDE[0]!)).output).toMatch(/exceeded/);
		outside.setMtu(1500);
		expect((await outside.pod.run('ping', '-c1', '-W1', '-t1', POD[0]!)).output).toMatch(/exceeded/);
		expect((await outside.pod.run('ping', '-6', '-c1', '-W1', '-t1', POD[1]!)).output).toMatch(/exceeded/);
	});

	it('leads only where a route leads through it', async () => {
		await datapath.attachUplink(outside.uplink);
		const flows = await eventsOf(() => pod.ping('203.0.113.77'));
		const reasons = flows
			.flatMap(({ dropReason }) => dropReason?.number ?? [])
			.filter((number) => number !== MULTICAST);
		// The host's own default route, where it has one, leads through no uplink.
		expect([[151], [169]]).toContainEqual(reasons);
	});

	it('serves the networks it was told, no others', async () => {
		const blue = datapath.networks.create('blue');
		const there = lab.pod('blue');
		await there.join(blue, ['10.7.9.2']);
		const uplink = await datapath.attachUplink(outside.uplink);
		expect(await there.ping(OUTSIDE[0]!)).toBe(false);
		expect(await outside.pod.ping('10.7.9.2')).toBe(false);
		await expect(blue.remove()).rejects.toMatchObject({ code: 'ERR_IN_USE' });
		await uplink.detach();
		await datapath.attachUplink(outside.uplink, { networks: ['default', 'blue'] });
		expect(await there.ping(OUTSIDE[0]!)).toBe(true);
		expect(await outside.pod.ping('10.7.9.2')).toBe(true);
	});

	it('when it goes, cuts what went through it', async () => {
		const uplink = await datapath.attachUplink(outside.uplink);
		expect(await pod.ping(OUTSIDE[0]!)).toBe(true);
		await uplink.detach();
		await uplink.detach();
		expect(uplink.detached).toBe(true);
		expect(await pod.ping(OUTSIDE[0]!)).toBe(false);
		expect(datapath.uplinks.size).toBe(0);
		await datapath.attachUplink(outside.uplink);
		outside.unplug();
		await datapath.refresh();
		expect(datapath.uplinks.size).toBe(0);
	});

	it('refuses what it cannot be', async () => {
		const attach = (iface: string, options?: object) => datapath.attachUplink(iface, options);
		await expect(attach('nosuch0')).rejects.toMatchObject({ code: 'ERR_NO_INTERFACE' });
		await expect(attach('lo')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_INTERFACE' });
		await expect(attach(endpoint.interface.name)).rejects.toMatchObject({ code: 'ERR_EXISTS' });
		await expect(attach(outside.uplink, { networks: ['nosuch'] })).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
		await expect(attach(outside.uplink, { networks: [] })).rejects.toMatchObject({ field: 'networks' });
		const bad: [object, string][] = [
			[{ ipv4: '198.51.100.77' }, 'masquerade.ipv4'],
			[{ nonMasqueradeCIDRs: ['10.0.0.0/33'] }, 'masquerade.nonMasqueradeCIDRs[0]'],
			[{ ports: { from: 5, to: 4 } }, 'masquerade.ports'],
			[{ networks: ['blue'] }, 'masquerade.networks'],
		];
		datapath.networks.create('blue');
		for (const [masquerade, field] of bad) {
			await expect(attach(outside.uplink, { masquerade })).rejects.toMatchObject({ field });
		}
		await attach(outside.uplink);
		await expect(attach(outside.uplink)).rejects.toMatchObject({ code: 'ERR_EXISTS' });
	});
});

describe('masquerading', () => {
	it('shows the uplink’s address, in both families and every protocol', async () => {
		await datapath.attachUplink(outside.uplink, { masquerade: true });
		const [inside, there] = [await pod.sockets(), await outside.pod.sockets()];
		for (const [i, family] of FAMILIES.entries()) {
			await there.serveTcp(80, family);
			await there.tellUdp(53, family);
			expect(await inside.connectTcp(OUTSIDE[i]!, 80)).toBe(NODE[i]);
			expect(await inside.askUdp(OUTSIDE[i]!, 53)).toBe(NODE[i]);
			expect(await pod.ping(OUTSIDE[i]!)).toBe(true);
			expect(await pod.ping(OUTSIDE[i]!, '-s', '4000')).toBe(true);
		}
	});

	it('tells pods apart that use the same port, and carries errors back', async () => {
		await datapath.attachUplink(outside.uplink, { masquerade: true });
		const other = lab.pod('other');
		await other.join(datapath.networks.default, ['10.7.0.3', 'fd00:7::3']);
		const [first, second, there] = [await pod.sockets(), await other.sockets(), await outside.pod.sockets()];
		await there.tellUdp(53, 4);
		const answers = await Promise.all([first.askUdp(OUTSIDE[0]!, 53, 4000), second.askUdp(OUTSIDE[0]!, 53, 4000)]);
		expect(answers).toEqual([NODE[0], NODE[0]]);
		for (const address of OUTSIDE) {
			await expect(first.askUdp(address, 54, 4001)).rejects.toThrow('ECONNREFUSED');
		}
	});

	it('leaves alone what it was told to, and other networks', async () => {
		const blue = datapath.networks.create('blue');
		const there = lab.pod('blue');
		await there.join(blue, ['10.7.9.2']);
		outside.routeTo(['10.7.0.0/16', 'fd00:7::/32']);
		await datapath.attachUplink(outside.uplink, {
			networks: ['default', 'blue'],
			masquerade: { nonMasqueradeCIDRs: ['198.51.100.2/32'] },
		});
		const server = await outside.pod.sockets();
		await server.serveTcp(80, 4);
		await server.serveTcp(80, 6);
		const inside = await pod.sockets();
		expect(await inside.connectTcp(OUTSIDE[0]!, 80)).toBe(POD[0]);
		expect(await inside.connectTcp(OUTSIDE[1]!, 80)).toBe(NODE[1]);
		expect(await (await there.sockets()).connectTcp(OUTSIDE[0]!, 80)).toBe('10.7.9.2');
	});

	it('does not touch what the outside began, nor the host’s own traffic', async () => {
		outside.routeTo(['10.7.0.0/16', 'fd00:7::/32']);
		await datapath.attachUplink(outside.uplink, { masquerade: true });
		const [inside, there] = [await pod.sockets(), await outside.pod.sockets()];
		await inside.serveTcp(81, 4);
		expect(await there.connectTcp(POD[0]!, 81)).toBe(OUTSIDE[0]);
		expect(await outside.pod.ping(POD[0]!)).toBe(true);
		expect(await outside.pod.ping(NODE[0]!)).toBe(true);
	});

	it('opens no door: what is not an answer is the host’s, and a revoked rule ends answers', async () => {
		await datapath.attachUplink(outside.uplink, { masquerade: { ports: { from: 20_000, to: 20_100 } } });
		const [inside, there] = [await pod.sockets(), await outside.pod.sockets()];
		await there.tellUdp(53, 4);
		expect(await inside.askUdp(OUTSIDE[0]!, 53, 4000)).toBe(NODE[0]);
		const before = datapath.stats().forwarded.fromHost.packets;
		await there.askUdp(NODE[0]!, 20_050, 53_000).catch(() => undefined);
		expect(datapath.stats().forwarded.fromHost.packets).toBe(before);
		endpoint.policy.set({ peer: 1, direction: 'egress', protocol: 'tcp', port: 9 }, { verdict: 'allow' });
		await expect(inside.askUdp(OUTSIDE[0]!, 53, 4000)).rejects.toThrow();
	});

	it('says when there is no port left', async () => {
		await datapath.attachUplink(outside.uplink, { masquerade: { ports: { from: 20_000, to: 20_063 } } });
		const [inside, there] = [await pod.sockets(), await outside.pod.sockets()];
		await there.tellUdp(53, 4);
		let served = 0;
		for (let port = 5000; port < 5100; port++) {
			served += await inside.askUdp(OUTSIDE[0]!, 53, port, 50 * SLOWNESS).then(
				() => 1,
				() => 0,
			);
		}
		expect(served).toBeGreaterThanOrEqual(48);
		expect(served).toBeLessThanOrEqual(64);
		expect(drops()).toEqual([
			{
				direction: 'egress',
				reason: expect.objectContaining({ number: 161 }) as unknown,
				packets: BigInt(100 - served),
			},
		]);
	});
});

describe('a new process', () => {
	it('takes uplinks over, and what goes through them goes on', async () => {
		await lab[Symbol.asyncDispose]();
		lab = openLab();
		const pinPath = lab.pinPath();
		datapath = await lab.datapath({ sweepIntervalMs: 0, pinPath });
		pod = lab.pod('pod');
		await pod.join(datapath.networks.default, POD);
		outside = await makeOutside(lab, NODE, OUTSIDE);
		await datapath.attachUplink(outside.uplink, { masquerade: { nonMasqueradeCIDRs: ['203.0.113.0/24'] } });
		const there = await outside.pod.sockets();
		await there.serveTcp(80, 4);
		await datapath.close();
		const inside = await pod.sockets();
		expect(await inside.connectTcp(OUTSIDE[0]!, 80)).toBe(NODE[0]);
		for (const existing of ['adopt', 'upgrade'] as const) {
			datapath = await lab.datapath({ sweepIntervalMs: 0, pinPath, existing });
			const [uplink] = [...datapath.uplinks];
			expect(uplink).toMatchObject({
				name: outside.uplink,
				mode: 'xdp-native',
				networks: ['default'],
				masquerade: { ipv4: NODE[0], ipv6: NODE[1], nonMasqueradeCIDRs: ['203.0.113.0/24'] },
			});
			expect(await inside.connectTcp(OUTSIDE[0]!, 80)).toBe(NODE[0]);
			if (existing === 'adopt') {
				await datapath.close();
			}
		}
		await datapath.unload();
		expect(await pod.ping(OUTSIDE[0]!)).toBe(false);
	});
});
