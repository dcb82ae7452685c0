import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab } from './lab.js';

let lab: Lab;
let datapath: Datapath;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, capacity: { addresses: 1000, cidrs: 16 } });
});

afterEach(() => lab[Symbol.asyncDispose]());

const code = (name: string) => expect.objectContaining({ code: name });

describe('identities', () => {
	it('are equal for equal labels, in any order', () => {
		const { identities } = datapath;
		const one = identities.allocate({ 'k8s:a': '1', 'k8s:b': '2' });
		expect(identities.allocate({ 'k8s:b': '2', 'k8s:a': '1' })).toBe(one);
		expect(one.id).toBeGreaterThanOrEqual(256);
		expect(identities.get(one.id)).toBe(one);
		expect(identities.find({ 'k8s:b': '2', 'k8s:a': '1' })).toBe(one);
		expect(identities.allocate({ 'k8s:a': '1' }).id).not.toBe(one.id);
	});

	it('of the reserved names have Cilium’s numbers', () => {
		expect(
			['host', 'world', 'world-ipv4', 'world-ipv6'].map((name) => datapath.identities.reserved(name as never).id),
		).toEqual([1, 2, 9, 10]);
		expect(() => datapath.identities.reserved('nobody' as never)).toThrow(code('ERR_INVALID_ARGUMENT'));
		expect(datapath.identities.release(datapath.identities.reserved('host'))).toBe(false);
	});

	it('of CIDRs begin at 0x01000000 and carry the CIDR as a label', () => {
		const identity = datapath.identities.cidr('192.0.2.0/24');
		expect(identity.id).toBeGreaterThanOrEqual(0x0100_0000);
		expect(identity.labels).toEqual({ 'cidr:192.0.2.0/24': '', 'reserved:world-ipv4': '' });
		expect(datapath.identities.cidr('192.0.2.0/24')).toBe(identity);
		expect(() => datapath.identities.cidr('192.0.2.1/24')).toThrow(code('ERR_INVALID_ADDRESS'));
	});
});

describe('lookup', () => {
	it('finds the exact address, then the longest CIDR, then world', () => {
		const { identities } = datapath;
		const [wide, narrow, exact] = [
			identities.cidr('10.0.0.0/8'),
			identities.cidr('10.6.0.0/16'),
			identities.allocate({ 'k8s:x': 'y' }),
		];
		identities.assign('default', '10.0.0.0/8', wide);
		identities.assign('default', '10.6.0.0/16', narrow);
		identities.assign('default', '10.6.0.1', exact);
		const of = (address: string) => identities.lookup('default', address);
		expect([of('10.1.1.1'), of('10.6.9.9'), of('10.6.0.1')]).toEqual([wide, narrow, exact]);
		expect([of('11.0.0.1')?.name, of('fd00::1')?.name]).toEqual(['world-ipv4', 'world-ipv6']);
		expect(identities.unassign('default', '10.6.0.0/16')).toBe(true);
		expect(identities.unassign('default', '10.6.0.0/16')).toBe(false);
		expect(of('10.6.9.9')).toBe(wide);
		expect(identities.unassign('default', '10.6.0.1')).toBe(true);
		expect(of('10.6.0.1')).toBe(wide);
		expect(identities.lookup('nowhere', '10.6.0.1')).toBeUndefined();
	});

	it('keeps networks apart', () => {
		const { identities } = datapath;
		const jupiter = datapath.networks.create('jupiter');
		const identity = identities.cidr('10.0.0.0/8');
		identities.assign('jupiter', '10.0.0.0/8', identity);
		expect(identities.lookup('default', '10.1.1.1')?.name).toBe('world-ipv4');
		expect(identities.lookup('jupiter', '10.1.1.1')).toBe(identity);
		return jupiter.remove().then(() => {
			datapath.networks.create('jupiter');
			expect(identities.lookup('jupiter', '10.1.1.1')?.name).toBe('world-ipv4');
		});
	});

	it('decides verdicts: a CIDR’s identity is a peer', async () => {
		const client = lab.pod('client');
		const server = lab.pod('server');
		await client.join(datapath.networks.default, ['10.6.0.2']);
		const endpoint = await server.join(datapath.networks.default, ['10.6.0.3']);
		const sockets = await client.sockets();
		await (await server.sockets()).serveTcp(80, 4);
		// More exact than a CIDR: the endpoint's own address.
		const cidr = datapath.identities.cidr('10.6.0.0/24');
		datapath.identities.assign('default', '10.6.0.0/24', cidr);
		endpoint.policy.set({ peer: cidr.id, direction: 'ingress', protocol: 'tcp', port: 80 }, { verdict: 'allow' });
		await expect(sockets.connectTcp('10.6.0.3', 80, 300)).rejects.toThrow('TIMEOUT');
	});
});

describe('assignMany', () => {
	const addresses = (count: number, second = 7) =>
		Array.from({ length: count }, (_, i) => `10.${second}.${i >> 8}.${i & 255}`);

	it('is all or nothing when the map is too small', () => {
		const identity = datapath.identities.allocate({ 'k8s:x': 'y' });
		const assign = (list: string[]) =>
			datapath.identities.assignMany(list.map((cidr) => ({ network: 'default', cidr, identity })));
		assign(addresses(900));
		expect(() => assign(addresses(101, 8))).toThrow(code('ERR_MAP_FULL'));
		expect(datapath.stats().maps['addresses']?.entries).toBe(900);
		expect(datapath.identities.lookup('default', '10.8.0.0')?.name).toBe('world-ipv4');
		assign([...addresses(900), ...addresses(100, 8)]);
		expect(datapath.stats().maps['addresses']?.entries).toBe(1000);
	});

	it('refuses an unknown network, an unknown identity, and an endpoint’s address', async () => {
		const endpoint = await lab.pod('pod').join(datapath.networks.default, ['10.6.0.2']);
		const { identities } = datapath;
		const identity = identities.allocate({ 'k8s:x': 'y' });
		expect(() => identities.assign('nowhere', '10.0.0.0/8', identity)).toThrow(code('ERR_NOT_FOUND'));
		expect(() => identities.assign('default', '10.0.0.0/8', 4711 as never)).toThrow(code('ERR_NOT_FOUND'));
		expect(() => identities.assign('default', '10.6.0.2', identity)).toThrow(code('ERR_ADDRESS_IN_USE'));
		expect(identities.unassign('default', '10.6.0.2')).toBe(false);
		expect(identities.lookup('default', '10.6.0.2')).toBe(endpoint.identity);
	});

	it('in a transaction that fails is undone', () => {
		const identity = datapath.identities.cidr('10.0.0.0/8');
		const other = datapath.identities.allocate({ 'k8s:x': 'y' });
		datapath.identities.assign('default', '10.9.0.1', other);
		expect(() =>
			datapath.transaction(() => {
				datapath.identities.assign('default', '10.0.0.0/8', identity);
				datapath.identities.assign('default', '10.9.0.1', identity);
				datapath.identities.unassign('default', '10.9.0.1');
				throw new Error('enough');
			}),
		).toThrow('enough');
		expect(datapath.identities.lookup('default', '10.9.0.1')).toBe(other);
		expect(datapath.identities.lookup('default', '10.9.0.2')?.name).toBe('world-ipv4');
	});
});

describe('networks', () => {
	it('have a default, numbers of their own and unique names', () => {
		const { networks } = datapath;
		expect(networks.default).toMatchObject({ id: 1, name: 'default' });
		const jupiter = networks.create('jupiter', { gateways: { ipv4: '10.0.0.1', ipv6: 'FD00::1' } });
		expect(jupiter).toMatchObject({ id: 2, gateways: { ipv4: '10.0.0.1', ipv6: 'fd00::1' }, hostRouting: false });
		expect(networks.get('jupiter')).toBe(jupiter);
		expect([...networks].map(({ name }) => name)).toEqual(['default', 'jupiter']);
		expect(() => networks.create('jupiter')).toThrow(code('ERR_EXISTS'));
		expect(() => networks.create('x', { id: 2 })).toThrow(code('ERR_EXISTS'));
		expect(() => networks.create('x', { id: 0 })).toThrow(code('ERR_INVALID_ARGUMENT'));
		expect(() => networks.create('')).toThrow(code('ERR_INVALID_ARGUMENT'));
		expect(() => networks.create('x', { gateways: { ipv4: 'fd00::1' } })).toThrow(code('ERR_INVALID_ADDRESS'));
	});

	it('with endpoints, and the default one, cannot be removed', async () => {
		const jupiter = datapath.networks.create('jupiter');
		const endpoint = await lab.pod('pod').join(jupiter, ['10.6.0.2']);
		await expect(jupiter.remove()).rejects.toMatchObject({ code: 'ERR_IN_USE' });
		await expect(datapath.networks.default.remove()).rejects.toMatchObject({ code: 'ERR_IN_USE' });
		await endpoint.detach();
		await jupiter.remove();
		await expect(jupiter.attach('lo', { name: 'x', labels: {}, addresses: ['10.6.0.2'] })).rejects.toMatchObject({
			code: 'ERR_NOT_FOUND',
		});
		expect(datapath.networks.has('jupiter')).toBe(false);
	});
});
