import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Netlink, features, netns, readSysctl, writeSysctl } from '../../lib/native/addon.js';
import { addVethEnd, failureOf } from './support/fixture.js';

const name = `heddle-nl-${process.pid}`;
let space: number;
let netlink: Netlink;

beforeEach(() => {
	space = netns.create(name);
	netlink = new Netlink(space);
});
afterEach(() => {
	netlink.close();
	netns.close(space);
	netns.remove(name);
});

describe('netlink', () => {
	it('makes a veth pair with its peer in another namespace', () => {
		const other = netns.create(`${name}-b`);
		const pair = netlink.addVeth({
			name: 'a',
			mac: '02:00:00:00:00:0a',
			mtu: 1400,
			peer: { name: 'b', mac: '02:00:00:00:00:0b', netns: other },
		});
		expect(netlink.link('a')).toMatchObject({
			ifindex: pair.ifindex,
			kind: 'veth',
			mac: '02:00:00:00:00:0a',
			mtu: 1400,
			up: false,
			peerIfindex: pair.peerIfindex,
		});
		const there = new Netlink(other);
		expect(there.link('b')).toMatchObject({
			ifindex: pair.peerIfindex,
			mac: '02:00:00:00:00:0b',
			peerIfindex: pair.ifindex,
		});
		expect(failureOf(() => netlink.addVeth({ name: 'a', peer: { name: 'c' } })).code).toBe('ERR_EXISTS');
		expect(netlink.deleteLink('a')).toBe(true);
		expect(netlink.deleteLink('a')).toBe(false);
		expect(there.link('b')).toBeUndefined();
		there.close();
		netns.close(other);
		netns.remove(`${name}-b`);
	});

	it('makes both ends of a pair elsewhere', () => {
		const here = new Netlink();
		const pair = here.addVeth({ name: `hp${process.pid}`, netns: space, peer: { name: 'peer', netns: space } });
		expect(netlink.link(pair.ifindex)?.peerIfindex).toBe(pair.peerIfindex);
		expect(netlink.link('peer')?.peerNetnsId).toBe(-1);
		here.close();
	});

	it.runIf(features().netkit)('makes a netkit pair', () => {
		const pair = netlink.addNetkit({ name: 'nk0', peer: { name: 'nk1' } });
		expect(netlink.link('nk0')).toMatchObject({ kind: 'netkit', peerIfindex: pair.peerIfindex });
	});

	it('changes a link', () => {
		const bridge = netlink.addBridge('br0');
		const ifindex = addVethEnd(netlink, 'd0');
		netlink.setLink(ifindex, { up: true, mtu: 1300, mac: '02:00:00:00:00:07', master: bridge });
		expect(netlink.link(ifindex)).toMatchObject({ up: true, mtu: 1300, mac: '02:00:00:00:00:07', master: bridge });
		netlink.setLink(ifindex, { up: false, name: 'd1', master: 0 });
		expect(netlink.link('d1')).toMatchObject({ ifindex, up: false, master: 0 });
		expect(netlink.links().map((link) => link.name)).toEqual(expect.arrayContaining(['lo', 'br0', 'd1']));
		expect(failureOf(() => netlink.setLink(9999, { up: true })).code).toBe('ERR_NO_INTERFACE');
	});

	it('adds and removes addresses of both families, IPv6 ones usable at once', () => {
		const ifindex = addVethEnd(netlink, 'd0');
		netlink.setLink(ifindex, { up: true });
		netlink.addAddress(ifindex, '10.1.2.3/24');
		netlink.addAddress(ifindex, 'fd00::5/64');
		expect(netlink.addresses(ifindex)).toEqual(
			expect.arrayContaining([
				{ ifindex, address: '10.1.2.3', prefixLength: 24, family: 4 },
				{ ifindex, address: 'fd00::5', prefixLength: 64, family: 6 },
			]),
		);
		const shown = spawnSync('/usr/sbin/ip', ['-n', name, '-6', 'addr', 'show', 'dev', 'd0'], {
			encoding: 'utf8',
		}).stdout;
		expect(shown).toMatch(/fd00::5\/64 scope global nodad/);
		expect(failureOf(() => netlink.addAddress(ifindex, '10.1.2.3/24')).code).toBe('ERR_EXISTS');
		expect(netlink.deleteAddress(ifindex, '10.1.2.3/24')).toBe(true);
		expect(netlink.deleteAddress(ifindex, '10.1.2.3/24')).toBe(false);
		expect(failureOf(() => netlink.addAddress(ifindex, '10.1.2.3/33')).message).toBe(
			'address: expected an IPv4 or IPv6 address or prefix, found "10.1.2.3/33"',
		);
	});

	it('adds and removes routes of both families', () => {
		const ifindex = addVethEnd(netlink, 'd0');
		netlink.setLink(ifindex, { up: true });
		netlink.addAddress(ifindex, '10.1.2.3/32');
		netlink.addAddress(ifindex, 'fd00::5/128');
		netlink.addRoute({ destination: '10.1.2.1/32', ifindex });
		netlink.addRoute({ destination: 'default', ifindex, gateway: '10.1.2.1', source: '10.1.2.3' });
		netlink.addRoute({ destination: '::/0', ifindex, gateway: 'fe80::1', onLink: true });
		netlink.addRoute({ destination: '10.9.0.0/16', ifindex, gateway: '192.0.2.1', onLink: true });
		expect(netlink.routes(4)).toEqual(
			expect.arrayContaining([
				{ destination: '10.1.2.1/32', ifindex },
				{ destination: '0.0.0.0/0', ifindex, gateway: '10.1.2.1' },
				{ destination: '10.9.0.0/16', ifindex, gateway: '192.0.2.1' },
			]),
		);
		expect(netlink.routes(6)).toEqual(expect.arrayContaining([{ destination: '::/0', ifindex, gateway: 'fe80::1' }]));
		expect(netlink.deleteRoute({ destination: 'default', ifindex })).toBe(true);
		expect(netlink.deleteRoute({ destination: '0.0.0.0/0', ifindex })).toBe(false);
	});

	it('adds and removes permanent neighbours', () => {
		const { ifindex } = netlink.addVeth({ name: 'a', peer: { name: 'b' } });
		netlink.setLink(ifindex, { up: true });
		netlink.addNeighbour(ifindex, '10.0.0.9', '02:00:00:00:00:09');
		netlink.addNeighbour(ifindex, 'fd00::9', '02:00:00:00:00:09');
		const shown = spawnSync('/usr/sbin/ip', ['-n', name, 'neigh'], { encoding: 'utf8' }).stdout;
		expect(shown).toMatch(/10\.0\.0\.9 dev a lladdr 02:00:00:00:00:09 PERMANENT/);
		expect(shown).toMatch(/fd00::9 dev a lladdr 02:00:00:00:00:09 PERMANENT/);
		expect(netlink.deleteNeighbour(ifindex, '10.0.0.9')).toBe(true);
		expect(netlink.deleteNeighbour(ifindex, '10.0.0.9')).toBe(false);
	});

	it('names wrong arguments', () => {
		expect(failureOf(() => netlink.addDummy('a/b')).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => netlink.addDummy('sixteen-letters-')).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => netlink.addVeth({ name: 'a', mac: 'nonsense', peer: { name: 'b' } })).message).toContain(
			'mac: expected a MAC address',
		);
		expect(failureOf(() => netlink.addVeth({ name: 'a' } as never)).message).toContain('peer: expected an object');
		expect(failureOf(() => new Netlink(0)).code).toBe('ERR_INVALID_ARGUMENT');
	});

	it('answers ERR_CLOSED when closed', () => {
		const other = new Netlink();
		other.close();
		expect(other.closed).toBe(true);
		expect(failureOf(() => other.link('lo')).code).toBe('ERR_CLOSED');
		expect(failureOf(() => other.routes(4)).code).toBe('ERR_CLOSED');
	});
});

describe('a namespace', () => {
	it('is one of `ip netns`', () => {
		expect(spawnSync('/usr/sbin/ip', ['netns', 'list'], { encoding: 'utf8' }).stdout).toContain(name);
		spawnSync('/usr/sbin/ip', ['netns', 'add', `${name}-ip`]);
		const fd = netns.open(`${name}-ip`);
		expect(netns.inode(fd)).not.toBe(netns.inode());
		netns.close(fd);
		expect(netns.remove(`${name}-ip`)).toBe(true);
		expect(netns.remove(`${name}-ip`)).toBe(false);
		expect(spawnSync('/usr/sbin/ip', ['netns', 'list'], { encoding: 'utf8' }).stdout).not.toContain(`${name}-ip`);
	});

	it('does not change the caller when it is made', () => {
		const before = netns.inode();
		expect(failureOf(() => netns.create(name)).code).toBe('ERR_EXISTS');
		expect(netns.inode()).toBe(before);
	});

	it('runs a function inside, and comes back also when it throws', () => {
		const own = netns.inode();
		expect(netns.run(space, () => netns.inode())).toBe(netns.inode(space));
		expect(() =>
			netns.run(space, () => {
				throw new Error('inside');
			}),
		).toThrow('inside');
		expect(netns.inode()).toBe(own);
	});

	it('is entered for good by a worker thread only', async () => {
		if (process.env['VITEST_POOL_ID'] === undefined || (await import('node:worker_threads')).isMainThread) {
			expect(failureOf(() => netns.enter(space)).code).toBe('ERR_MAIN_THREAD');
		}
		const { dirname, join } = await import('node:path');
		const { fileURLToPath } = await import('node:url');
		const path =
			process.env['HEDDLE_ADDON'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../native/build/heddle.node');
		const worker = new Worker(
			`const n=require(${JSON.stringify(path)});n.netns.enter(${space});require('worker_threads').parentPort.postMessage(n.netns.inode())`,
			{ eval: true },
		);
		const inode = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
		expect(inode).toBe(netns.inode(space));
		await worker.terminate();
	});

	it('has sysctls of its own, also for interface names with dots', () => {
		addVethEnd(netlink, 'd0.5');
		const path = ['net', 'ipv4', 'conf', 'd0.5', 'forwarding'];
		writeSysctl(path, '1', space);
		expect(readSysctl(path, space)).toBe('1');
		expect(failureOf(() => readSysctl(path)).code).toBe('ERR_NOT_FOUND');
		expect(failureOf(() => readSysctl(['net', '../../etc'])).code).toBe('ERR_INVALID_ARGUMENT');
	});

	it('is opened by name or path, and nothing else is taken for one', () => {
		const fd = netns.open('/proc/self/ns/net');
		expect(netns.inode(fd)).toBe(netns.inode());
		netns.close(fd);
		expect(failureOf(() => netns.open('/etc/passwd')).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => netns.open('no-such-namespace')).code).toBe('ERR_NOT_FOUND');
		expect(failureOf(() => netns.close(1)).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => netns.create('../x')).code).toBe('ERR_INVALID_ARGUMENT');
	});
});
