import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Endpoint } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab } from './lab.js';

let lab: Lab;
let datapath: Datapath;
let client: Endpoint;
let server: Endpoint;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0 });
	client = await lab.pod('client').join(datapath.networks.default, ['10.8.0.2']);
	server = await lab.pod('server').join(datapath.networks.default, ['10.8.0.3']);
});

afterEach(() => lab[Symbol.asyncDispose]());

const mac = (text: string) => text.split(':').map((part) => Number.parseInt(part, 16));

/** A TCP SYN in an Ethernet frame, 54 bytes, with its IPv4 checksum. */
function syn(source: string, destination: string, port: number): Uint8Array {
	const ip = [
		0x45,
		0,
		0,
		40,
		0,
		1,
		0x40,
		0,
		64,
		6,
		0,
		0,
		...source.split('.').map(Number),
		...destination.split('.').map(Number),
	];
	let sum = 0;
	for (let i = 0; i < 20; i += 2) {
		sum += (ip[i]! << 8) | ip[i + 1]!;
	}
	sum = (sum & 0xffff) + (sum >>> 16);
	const check = ~sum & 0xffff;
	ip[10] = check >> 8;
	ip[11] = check & 0xff;
	const tcp = [0x9c, 0x40, port >> 8, port & 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0];
	return Uint8Array.from([2, 0, 0, 0, 0, 1, ...mac(client.mac), 8, 0, ...ip, ...tcp]);
}

describe('simulate', () => {
	it('tells where a frame would go and how it would look, and leaves no trace', () => {
		const before = datapath.stats();
		const result = client.simulate(syn('10.8.0.2', '10.8.0.3', 80), 'egress');
		expect(result).toMatchObject({ action: 'to-endpoint', cached: false });
		expect(result.flow).toMatchObject({
			verdict: 'FORWARDED',
			eventType: 'to-endpoint',
			source: { name: 'client' },
			destination: { name: 'server' },
			l4: { protocol: 'TCP', destinationPort: 80, flags: ['SYN'] },
		});
		expect([...result.frame.subarray(0, 6)]).toEqual(mac(server.mac));
		expect(result.frame[22]).toBe(63);
		const after = datapath.stats();
		expect(after.forwarded).toEqual(before.forwarded);
		expect(after.epoch).toBe(before.epoch);
	});

	it('tells the policy that would drop it', () => {
		server.policy.set(
			{ peer: client.identity.id, direction: 'ingress', protocol: 'tcp', port: 80 },
			{ verdict: 'allow' },
		);
		expect(client.simulate(syn('10.8.0.2', '10.8.0.3', 80), 'egress').action).toBe('to-endpoint');
		const denied = client.simulate(syn('10.8.0.2', '10.8.0.3', 81), 'egress');
		expect(denied.action).toBe('drop');
		expect(denied.flows.map(({ eventType }) => eventType)).toEqual(['from-endpoint', 'policy-verdict', 'drop']);
		expect(denied.flow?.dropReason?.name).toBe('POLICY_DENIED');
		expect(server.stats().drops.filter(({ reason }) => reason.name === 'POLICY_DENIED')).toEqual([]);
	});

	it('tells a spoofed source, and a frame that is nothing', () => {
		expect(client.simulate(syn('10.8.9.9', '10.8.0.3', 80), 'egress').flow?.dropReason?.name).toBe('INVALID_SOURCE_IP');
		const junk = Uint8Array.from([...syn('10.8.0.2', '10.8.0.3', 80).subarray(0, 12), 0x12, 0x34]);
		expect(client.simulate(junk, 'egress').action).toBe('drop');
	});

	it('refuses what is no frame', () => {
		const wrong = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' });
		expect(() => client.simulate(new Uint8Array(13), 'egress')).toThrow(wrong);
		expect(() => client.simulate(new Uint8Array(70_000), 'egress')).toThrow(wrong);
		expect(() => client.simulate(new Uint8Array(64), 'out' as never)).toThrow(wrong);
	});
});
