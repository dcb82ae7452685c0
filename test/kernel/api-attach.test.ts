import { existsSync, readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, EndpointOptions } from '../../lib/index.js';
import { Netlink } from '../../lib/native/addon.js';
import { openLab } from './lab.js';
import type { Lab } from './lab.js';

let lab: Lab;
let datapath: Datapath;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0 });
});

afterEach(() => lab[Symbol.asyncDispose]());

const options = (addresses: string[], more: Partial<EndpointOptions> = {}): EndpointOptions => ({
	name: 'x',
	labels: { 'k8s:app': 'x' },
	addresses,
	mac: '02:00:00:00:00:01',
	...more,
});

describe('an attached pair', () => {
	it('forwards IPv4 and IPv6 in both directions', async () => {
		const client = lab.pod('client');
		const server = lab.pod('server');
		await client.join(datapath.networks.default, ['10.1.0.2', 'fd00:1::2']);
		await server.join(datapath.networks.default, ['10.1.0.3', 'fd00:1::3']);
		expect(await client.ping('10.1.0.3')).toBe(true);
		expect(await client.ping('fd00:1::3')).toBe(true);
		expect(await server.ping('10.1.0.2')).toBe(true);
		const [from, to] = [await client.sockets(), await server.sockets()];
		await to.serveTcp(80, 4);
		await to.serveUdp(53, 6);
		expect(await from.connectTcp('10.1.0.3', 80)).toBe('10.1.0.2');
		expect(await from.sendUdp('fd00:1::3', 53, 'hello')).toBe('hello');
	});

	it('reads the MAC of the pod, names both ends and readies the host side', async () => {
		const pod = lab.pod('pod');
		const endpoint = await pod.join(datapath.networks.default, ['10.1.0.2']);
		const inside = new Netlink(pod.netns);
		expect(endpoint.mac).toBe(inside.link('eth0')?.mac);
		inside.close();
		expect(endpoint.interface.pod).toBe('eth0');
		const conf = (family: string, name: string) =>
			readFileSync(`/proc/sys/net/${family}/conf/${endpoint.interface.name}/${name}`, 'utf8').trim();
		expect([conf('ipv4', 'forwarding'), conf('ipv4', 'rp_filter')]).toEqual(['1', '0']);
		if (existsSync('/proc/sys/net/ipv6')) {
			expect(conf('ipv6', 'forwarding')).toBe('1');
		}
	});

	it('of different networks never meets, though addresses are equal', async () => {
		const jupiter = datapath.networks.create('jupiter');
		const client = lab.pod('client');
		const near = lab.pod('near');
		const far = lab.pod('far');
		await client.join(datapath.networks.default, ['10.1.0.2']);
		await near.join(datapath.networks.default, ['10.1.0.3']);
		const distant = await far.join(jupiter, ['10.1.0.3']);
		await lab.pod('other').join(jupiter, ['10.1.0.9']);
		expect(distant.identity.labels['cni:com.isovalent.v1alpha1.network.attachment']).toBe('jupiter');
		const [from, to] = [await client.sockets(), await far.sockets()];
		await to.serveTcp(80, 4);
		await expect(from.connectTcp('10.1.0.3', 80)).rejects.toThrow('ECONNREFUSED');
		expect(await client.ping('10.1.0.9')).toBe(false);
	});

	it('of netkit forwards too, where the kernel has it', async (context) => {
		const pod = lab.pod('pod');
		let host: string;
		try {
			host = pod.plug(['10.1.0.2'], 'netkit');
		} catch (error) {
			context.skip(`no netkit here: ${String(error)}`);
			return;
		}
		await datapath.networks.default.attach(host, {
			name: 'pod',
			labels: {},
			addresses: ['10.1.0.2'],
			podNetns: pod.path,
		});
		const other = lab.pod('other');
		await other.join(datapath.networks.default, ['10.1.0.3']);
		expect(await other.ping('10.1.0.2')).toBe(true);
		expect(await pod.ping('10.1.0.3')).toBe(true);
	});
});

describe('attach refuses', () => {
	it('an interface that is not there, and one of a wrong kind', async () => {
		const network = datapath.networks.default;
		await expect(network.attach('nothere0', options(['10.1.0.2']))).rejects.toMatchObject({ code: 'ERR_NO_INTERFACE' });
		await expect(network.attach(999_999, options(['10.1.0.2']))).rejects.toMatchObject({ code: 'ERR_NO_INTERFACE' });
		await expect(network.attach('lo', options(['10.1.0.2']))).rejects.toMatchObject({
			code: 'ERR_UNSUPPORTED_INTERFACE',
		});
	});

	it('a pod whose MAC nobody can tell', async () => {
		const host = lab.pod('pod').plug(['10.1.0.2']);
		const { mac: _, ...rest } = options(['10.1.0.2']);
		await expect(datapath.networks.default.attach(host, rest)).rejects.toMatchObject({
			code: 'ERR_INVALID_ARGUMENT',
			field: 'mac',
		});
	});

	it('a second endpoint on an interface, and an address that is taken on the network', async () => {
		const pod = lab.pod('pod');
		const first = await pod.join(datapath.networks.default, ['10.1.0.2']);
		await expect(datapath.networks.default.attach(first.interface.name, options(['10.1.0.3']))).rejects.toMatchObject({
			code: 'ERR_EXISTS',
		});
		const other = lab.pod('other').plug(['10.1.0.2']);
		await expect(datapath.networks.default.attach(other, options(['10.1.0.9', '10.1.0.2']))).rejects.toMatchObject({
			code: 'ERR_ADDRESS_IN_USE',
		});
		const jupiter = datapath.networks.create('jupiter');
		await expect(jupiter.attach(other, options(['10.1.0.2']))).resolves.toBeDefined();
	});

	it.each([
		['10.1.0', 'addresses[0]'],
		['10.1.0.2/32', 'addresses[0]'],
		['127.0.0.1', 'addresses[0]'],
		['224.0.0.1', 'addresses[0]'],
		['fe80::1', 'addresses[0]'],
		['::', 'addresses[0]'],
	])('the address %s, naming the field', async (address, field) => {
		const host = lab.pod('pod').plug([]);
		await expect(datapath.networks.default.attach(host, options([address]))).rejects.toMatchObject({
			code: 'ERR_INVALID_ADDRESS',
			field,
		});
	});

	it('all of a call for the sake of one, and leaves nothing behind', async () => {
		const good = lab.pod('good').plug(['10.1.0.2']);
		const before = datapath.stats().maps;
		const refused = datapath.networks.default.attachMany([
			{ interface: good, options: options(['10.1.0.2']) },
			{ interface: 'nothere0', options: options(['10.1.0.3']) },
		]);
		await expect(refused).rejects.toMatchObject({ code: 'ERR_NO_INTERFACE' });
		const twice = datapath.networks.default.attachMany([
			{ interface: good, options: options(['10.1.0.2']) },
			{ interface: lab.pod('b').plug([]), options: options(['10.1.0.2']) },
		]);
		await expect(twice).rejects.toMatchObject({ code: 'ERR_ADDRESS_IN_USE' });
		expect(datapath.endpoints.size).toBe(0);
		expect(datapath.identities.find({ 'k8s:app': 'x' })).toBeUndefined();
		expect(datapath.stats().maps['addresses']?.entries).toBe(before['addresses']?.entries);
		await expect(datapath.networks.default.attach(good, options(['10.1.0.2']))).resolves.toMatchObject({ name: 'x' });
	});

	it('more than fit, and the old state is intact', async () => {
		const small = await lab.datapath({ capacity: { endpoints: 2, addresses: 3 }, sweepIntervalMs: 0 });
		const network = small.networks.default;
		const [a, b, c] = ['a', 'b', 'c'].map((name) => lab.pod(name).plug([])) as [string, string, string];
		await network.attach(a, options(['10.1.0.1', '10.1.0.2']));
		await expect(network.attach(b, options(['10.1.0.3', '10.1.0.4']))).rejects.toMatchObject({ code: 'ERR_MAP_FULL' });
		await network.attach(b, options(['10.1.0.3']));
		small.identities.allocate({ 'k8s:app': 'y' });
		await expect(network.attach(c, options(['10.1.0.4']))).rejects.toMatchObject({ code: 'ERR_MAP_FULL' });
		expect(small.endpoints.size).toBe(2);
		expect(small.identities.lookup('default', '10.1.0.3')?.labels).toEqual({ 'k8s:app': 'x' });
		expect(small.identities.lookup('default', '10.1.0.4')?.name).toBe('world-ipv4');
	});
});

describe('detach', () => {
	it('takes the programs off and forgets the addresses; the handle answers ERR_CLOSED', async () => {
		const endpoint = await lab.pod('pod').join(datapath.networks.default, ['10.1.0.2', 'fd00:1::2']);
		await endpoint.detach();
		await endpoint.detach();
		expect(endpoint.detached).toBe(true);
		expect(datapath.endpoints.size).toBe(0);
		expect(datapath.identities.lookup('default', '10.1.0.2')?.name).toBe('world-ipv4');
		expect(datapath.identities.lookup('default', 'fd00:1::2')?.name).toBe('world-ipv6');
		expect(() => endpoint.stats()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
		expect(() => endpoint.relabel({})).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
	});

	it('succeeds when the interface was deleted under it', async () => {
		const endpoint = await lab.pod('pod').join(datapath.networks.default, ['10.1.0.2']);
		const netlink = new Netlink();
		netlink.deleteLink(endpoint.interface.name);
		netlink.close();
		await endpoint.detach();
		expect(datapath.endpoints.size).toBe(0);
	});

	it('happens by itself when a namespace is deleted', async () => {
		const pod = lab.pod('pod');
		const endpoint = await pod.join(datapath.networks.default, ['10.1.0.2']);
		pod.remove();
		await expect
			.poll(
				async () => {
					await datapath.refresh();
					return datapath.endpoints.size;
				},
				{ timeout: 10_000 },
			)
			.toBe(0);
		expect(endpoint.detached).toBe(true);
		expect(datapath.stats().maps['addresses']?.entries).toBe(0);
		await lab.pod('next').join(datapath.networks.default, ['10.1.0.2']);
	});
});

describe('a closed datapath', () => {
	it('answers ERR_CLOSED to everything, and closing again does nothing', async () => {
		const endpoint = await lab.pod('pod').join(datapath.networks.default, ['10.1.0.2']);
		await datapath.close();
		await datapath.close();
		const closed = expect.objectContaining({ code: 'ERR_CLOSED' });
		expect(() => datapath.stats()).toThrow(closed);
		expect(() => datapath.flows()).toThrow(closed);
		expect(() => datapath.networks.create('x')).toThrow(closed);
		expect(() => datapath.identities.allocate({ a: 'b' })).toThrow(closed);
		expect(() => datapath.transaction(() => 1)).toThrow(closed);
		expect(() => endpoint.policy.size).toThrow(closed);
		await expect(datapath.networks.default.attach('lo', options(['10.1.0.3']))).rejects.toThrow(closed);
		await expect(endpoint.detach()).rejects.toThrow(closed);
	});
});
