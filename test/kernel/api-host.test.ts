import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Endpoint } from '../../lib/index.js';
import { Netlink } from '../../lib/native/addon.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { startSocketWorker } from './socket-worker.js';
import type { SocketWorker } from './socket-worker.js';
import { netns } from '../../lib/native/addon.js';

const HOST = ['10.4.255.1', 'fd00:4::ffff'];
const POD = ['10.4.0.2', 'fd00:4::2'];

let lab: Lab;
let datapath: Datapath;
let pod: LabPod;
let endpoint: Endpoint;
let host: SocketWorker;
let hostNamespace: number;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0 });
	pod = lab.pod('pod');
	endpoint = await pod.join(datapath.networks.default, POD);
	const netlink = new Netlink();
	netlink.addAddress(endpoint.interface.index, `${HOST[0]}/32`);
	netlink.addAddress(endpoint.interface.index, `${HOST[1]}/128`);
	netlink.close();
	POD.forEach((address) => lab.route(endpoint.interface.name, address));
	await datapath.refresh();
	hostNamespace = netns.open('/proc/self/ns/net');
	host = await startSocketWorker(hostNamespace);
});

afterEach(async () => {
	await host.close();
	netns.close(hostNamespace);
	await lab[Symbol.asyncDispose]();
});

describe('a pod and its host', () => {
	it('reach each other, in both families', async () => {
		const sockets = await pod.sockets();
		for (const [i, family] of ([4, 6] as const).entries()) {
			await host.serveTcp(7080, family);
			await sockets.serveTcp(80, family);
			expect(await sockets.connectTcp(HOST[i]!, 7080)).toBe(POD[i]);
			expect(await host.connectTcp(POD[i]!, 80)).toBe(HOST[i]);
			expect(await pod.ping(HOST[i]!)).toBe(true);
		}
		expect(datapath.stats().forwarded.fromHost.packets).toBeGreaterThan(0n);
	});

	it('are held by policy: the host is identity 1', async () => {
		const sockets = await pod.sockets();
		await sockets.serveTcp(80, 4);
		await sockets.serveTcp(81, 6);
		const identity = datapath.identities.reserved('host');
		expect(identity.id).toBe(1);
		expect(datapath.identities.lookup('default', HOST[0]!)).toBe(identity);
		endpoint.policy.set({ peer: identity.id, direction: 'ingress', protocol: 'tcp', port: 80 }, { verdict: 'allow' });
		const stream = datapath.flows({ filter: { identity: 1 } });
		expect(await host.connectTcp(POD[0]!, 80)).toBe(HOST[0]);
		await expect(host.connectTcp(POD[1]!, 81, 400)).rejects.toThrow('TIMEOUT');
		await new Promise((resolve) => setTimeout(resolve, 50));
		await stream.close();
		const told: string[] = [];
		for await (const flow of stream) {
			told.push(`${flow.source.name} -> ${flow.destination.name} ${flow.eventType} ${flow.verdict}`);
		}
		expect(told).toContain('host -> pod policy-verdict FORWARDED');
		expect(told).toContain('host -> pod drop DROPPED');
		endpoint.policy.replace([[{ peer: 1, direction: 'egress', protocol: 'tcp', port: 9 }, { verdict: 'allow' }]]);
		await host.serveTcp(7081, 4);
		await expect(sockets.connectTcp(HOST[0]!, 7081, 400)).rejects.toThrow('TIMEOUT');
		expect(await pod.ping(HOST[0]!)).toBe(false);
	});
});
