import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { formatFlow } from '../../lib/index.js';
import type { Datapath, Endpoint, Flow, FlowOptions, FlowStream } from '../../lib/index.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';

let lab: Lab;
let datapath: Datapath;
let pods: { client: LabPod; server: LabPod };
let client: Endpoint;
let server: Endpoint;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, flowHistory: 1000, dropEventsPerSecond: 1_000_000 });
	const jupiter = datapath.networks.create('jupiter', { id: 7 });
	pods = { client: lab.pod('client'), server: lab.pod('server') };
	client = await pods.client.join(jupiter, ['10.3.0.2', 'fd00:3::2']);
	server = await pods.server.join(jupiter, ['10.3.0.3', 'fd00:3::3']);
});

afterEach(() => lab[Symbol.asyncDispose]());

/** Flows of the stream until `count` came or a second passed without one. */
async function take(stream: FlowStream, count: number): Promise<Flow[]> {
	const flows: Flow[] = [];
	while (flows.length < count) {
		const timeout = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1000 * SLOWNESS).unref());
		const next = await Promise.race([stream.next(), timeout]);
		if (next === undefined || next.done === true) {
			break;
		}
		flows.push(next.value);
	}
	await stream.close();
	return flows;
}

const told = (flow: Flow) => `${flow.eventType} ${flow.trafficDirection} ${flow.verdict}`;

describe('a denied ping', () => {
	it.each(['10.3.0.3', 'fd00:3::3'])(
		'to %s is forwarded toward the server, denied by its policy, and dropped',
		async (address) => {
			server.policy.set({ peer: 'any', direction: 'ingress', protocol: 'tcp', port: 80 }, { verdict: 'allow' });
			await using stream = datapath.flows({ filter: { protocol: 'icmp', pod: 'default/client', ip: address } });
			expect(await pods.client.ping(address)).toBe(false);
			const flows = await take(stream, 3);
			expect(flows.map(told)).toEqual([
				'from-endpoint EGRESS FORWARDED',
				'policy-verdict INGRESS DROPPED',
				'drop INGRESS DROPPED',
			]);
			const [first, verdict, drop] = flows as [Flow, Flow, Flow];
			expect(first.source).toMatchObject({
				endpointId: client.id,
				name: 'client',
				pod: 'client',
				namespace: 'default',
				identity: client.identity.id,
				interface: client.interface.name,
				podInterface: 'eth0',
				network: 'jupiter',
				labels: ['cni:com.isovalent.v1alpha1.network.attachment=jupiter', 'k8s:app=client'],
			});
			expect(first.destination).toMatchObject({ endpointId: server.id, name: 'server' });
			expect(verdict.policy).toEqual({ action: 'DENIED' });
			expect(drop.dropReason).toEqual({ number: 133, name: 'POLICY_DENIED', text: 'Policy denied' });
			expect(Math.abs(drop.time.getTime() - Date.now())).toBeLessThan(5000 * SLOWNESS);
			const ids = `default/client (ID:${client.identity.id} eth0@jupiter) -> default/server (ID:${server.identity.id} eth0@jupiter)`;
			const version = address.includes(':') ? 6 : 4;
			expect(formatFlow(first)).toContain(`${ids} from-endpoint FORWARDED (ICMPv${version} EchoRequest)`);
			expect(formatFlow(verdict)).toContain(`${ids} policy-verdict:none INGRESS DENIED (ICMPv${version} EchoRequest)`);
			expect(formatFlow(drop)).toContain(`${ids} Policy denied DROPPED (ICMPv${version} EchoRequest)`);
		},
	);
});

describe('an allowed connection', () => {
	it('tells the row that allowed it, and its end with the counts of both directions', async () => {
		server.policy.set(
			{ peer: client.identity.id, direction: 'ingress', protocol: 'tcp', port: 80 },
			{ verdict: 'allow' },
		);
		await (await pods.server.sockets()).serveTcp(80, 4);
		const sockets = await pods.client.sockets();
		await using stream = datapath.flows({ filter: { protocol: 'tcp', port: 80 } });
		expect(await sockets.connectTcp('10.3.0.3', 80)).toBe('10.3.0.2');
		const flows = await take(stream, 3);
		expect(flows.map(told)).toEqual([
			'policy-verdict INGRESS FORWARDED',
			'to-endpoint INGRESS FORWARDED',
			'flow-end TRAFFIC_DIRECTION_UNKNOWN FORWARDED',
		]);
		expect(flows[0]?.policy).toMatchObject({
			action: 'ALLOWED',
			rule: { policy: 'direct', rule: 'allow ingress tcp 80', match: 'L3-L4' },
		});
		const end = flows[2]?.end;
		expect(end?.cause).toBe('tcp-closed');
		expect(end?.packets).toBeGreaterThanOrEqual(4n);
		expect(end?.replyPackets).toBeGreaterThanOrEqual(3n);
		expect(end?.replyBytes).toBeGreaterThan(3n * 54n);
		expect(formatFlow(flows[0]!)).toMatch(
			/policy-verdict:L3-L4 INGRESS ALLOWED \(TCP Flags: SYN; by direct allow ingress tcp 80\)$/,
		);
	});

	it('that audit let through is told so', async () => {
		server.setEnforcement('always');
		server.setAudit(true);
		await using stream = datapath.flows({ filter: { protocol: 'icmp', verdict: 'AUDIT' } });
		expect(await pods.client.ping('10.3.0.3')).toBe(true);
		expect((await take(stream, 2)).map(told)).toEqual(['policy-verdict INGRESS AUDIT', 'to-endpoint INGRESS AUDIT']);
	});
});

describe('a spoofed source', () => {
	it('is dropped, told and counted on its endpoint', async () => {
		// The gateway's MAC is known then; asking for it with a false address would be the first thing dropped.
		expect(await pods.client.ping('10.3.0.3')).toBe(true);
		await pods.client.run('ip', 'address', 'add', '10.3.9.9/32', 'dev', 'eth0');
		await using stream = datapath.flows({ filter: { dropReason: 'INVALID_SOURCE_IP' } });
		expect(await pods.client.ping('10.3.0.3', '-I', '10.3.9.9')).toBe(false);
		const [drop] = await take(stream, 1);
		expect(drop).toMatchObject({
			eventType: 'drop',
			trafficDirection: 'EGRESS',
			source: { endpointId: client.id, network: 'jupiter' },
		});
		expect(client.stats().drops).toContainEqual(
			expect.objectContaining({ direction: 'egress', packets: 1n, reason: expect.objectContaining({ number: 132 }) }),
		);
	});
});

describe('a stream', () => {
	const ping = async (times: number) =>
		pods.client.run('ping', '-n', '-c', String(times), '-i', '0.01', '-W', '1', '10.3.0.3');

	it('begins with the last flows when asked', async () => {
		await pods.client.ping('10.3.0.3');
		await pods.client.ping('fd00:3::3');
		const options: FlowOptions = { last: 1, follow: false, filter: { protocol: 'icmp', eventType: 'to-endpoint' } };
		const flows = await take(datapath.flows(options), 5);
		expect(flows.map((flow) => flow.ip?.destination)).toEqual(['fd00:3::3']);
	});

	it('that nobody reads keeps the newest and counts what it lost', async () => {
		server.setEnforcement('always');
		const stream = datapath.flows({ bufferSize: 4, filter: { protocol: 'icmp', dropReason: 'POLICY_DENIED' } });
		const wide = datapath.flows({ filter: { protocol: 'icmp', dropReason: 'POLICY_DENIED' } });
		await ping(10);
		expect(await take(wide, 10)).toHaveLength(10);
		expect(stream.lost).toBe(6n);
		expect(await take(stream, 10)).toHaveLength(4);
	});

	it('counts what the kernel could not tell: a full ring', async () => {
		const tiny = await lab.datapath({
			capacity: { flowRingBytes: 4096 },
			sweepIntervalMs: 0,
			dropEventsPerSecond: 1_000_000,
		});
		const a = lab.pod('a');
		const one = await a.join(tiny.networks.default, ['10.3.1.2']);
		await lab.pod('b').join(tiny.networks.default, ['10.3.1.3']);
		await using stream = tiny.flows();
		one.setEnforcement('always');
		const frames = 100;
		// Blocks the loop: nothing is read meanwhile.
		const { execFileSync } = await import('node:child_process');
		try {
			execFileSync(
				'nsenter',
				[`--net=${a.path}`, 'ping', '-q', '-n', '-f', '-c', String(frames), '-W', '1', '10.3.1.3'],
				{ stdio: 'ignore' },
			);
		} catch {
			// All of them are lost.
		}
		const denied = one.stats().drops.find(({ reason }) => reason.name === 'POLICY_DENIED')?.packets ?? 0n;
		expect(denied).toBeGreaterThanOrEqual(BigInt(frames));
		// A pod may say something of its own between the two.
		const [before, total, after] = [stream.lost, tiny.stats().events.lost, stream.lost];
		expect(before).toBeGreaterThan(0n);
		expect(total).toBeGreaterThanOrEqual(before);
		expect(total).toBeLessThanOrEqual(after);
	});

	it('ends when it is closed, and when the datapath is', async () => {
		const closed = datapath.flows();
		const waiting = closed.next();
		await closed.close();
		expect(await waiting).toEqual({ value: undefined, done: true });
		const other = datapath.flows();
		const late = (async () => {
			for await (const _ of other) {
				// Whatever comes.
			}
			return 'ended';
		})();
		await datapath.close();
		expect(await late).toBe('ended');
	});

	it('refuses options that make no sense', () => {
		const wrong = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' });
		expect(() => datapath.flows({ bufferSize: 0 })).toThrow(wrong);
		expect(() => datapath.flows({ last: -1 })).toThrow(wrong);
	});
});
