import { createSocket } from 'node:dgram';
import { readFileSync, mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Link, Netlink, attach, detach, ensureBpffs, findClsact, possibleCpus } from '../../lib/native/addon.js';
import type { BpfMap, BpfObject, BpfProgram, Hook } from '../../lib/native/addon.js';
import { failureOf, loadFixture, makeWire, modes, perCpuSum, rejectionOf } from './support/fixture.js';
import type { Wire } from './support/fixture.js';

let object: BpfObject;
let wire: Wire;
const program = (name: string) => object.programs[name] as BpfProgram;
const seen = (index: number) => perCpuSum(object.maps['packets'] as BpfMap, index, possibleCpus());
const sent = () => Number(readFileSync(`/sys/class/net/${wire.name}/statistics/tx_packets`, 'utf8'));
const request = (name: string, hook: Hook, ifindex = wire.ifindex) => ({ program: program(name), ifindex, hook });

async function send(count: number, until?: () => boolean): Promise<void> {
	const socket = createSocket('udp4');
	const one = () => new Promise<void>((resolve) => socket.send('x', 9, wire.peerAddress, () => resolve()));
	for (let i = 0; i < count || until?.() === false; i++) {
		await one();
		// A send that succeeds at once calls back without a turn of the event loop.
		if (i % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
	}
	socket.close();
}

beforeEach(async () => {
	object = await loadFixture();
	wire = makeWire();
});
afterEach(() => {
	object.close();
	wire.remove();
});

describe.each(modes)('a %s link', (mode) => {
	it('runs its program on every packet until it is detached', async () => {
		const [link] = (await attach([request('first', 'egress')], { mode })) as [Link];
		const before = sent();
		await send(20);
		expect(seen(0)).toBe(sent() - before);
		expect(link).toMatchObject({ mode, ifindex: wire.ifindex, hook: 'egress', closed: false });
		expect(await link.detach()).toBe(true);
		expect(link.closed).toBe(true);
		const after = seen(0);
		await send(20);
		expect(seen(0)).toBe(after);
		expect(failureOf(() => void link.detach()).code).toBe('ERR_CLOSED');
		link.close();
	});

	it('is removed when its handle closes', async () => {
		const links = await attach([request('first', 'egress'), request('second', 'ingress')], { mode });
		for (const link of links) link.close();
		// The kernel takes a TCX link down after a grace period.
		await sleep(100);
		const before = seen(0);
		await send(5);
		expect(seen(0)).toBe(before);
		if (mode === 'clsact') expect(findClsact(wire.ifindex, 'egress')).toBeUndefined();
	});

	it('attaches in another namespace', async () => {
		const links = await attach([request('second', 'ingress', wire.peerIfindex)], { mode, netns: wire.netns });
		await send(10);
		// The peer's side runs in a soft interrupt, maybe a little later.
		for (let i = 0; i < 100 && seen(1) < 10; i++) await sleep(5);
		expect(seen(1)).toBe(10);
		await detach(links);
		await send(10);
		expect(seen(1)).toBe(10);
	});

	it('loses no packet while programs are replaced', async () => {
		const [link] = (await attach([request('first', 'egress')], { mode })) as [Link];
		const before = sent();
		let done = false;
		const traffic = send(1, () => done);
		for (let i = 0; i < 200; i++) await link.update(program(i % 2 === 0 ? 'second' : 'first'));
		done = true;
		await traffic;
		expect(sent() - before).toBeGreaterThan(200);
		expect(seen(0) + seen(1)).toBe(sent() - before);
		expect(seen(0)).toBeGreaterThan(0);
		expect(seen(1)).toBeGreaterThan(0);
		await link.detach();
	});

	it('attaches all or nothing', async () => {
		const error = await rejectionOf(
			attach([request('first', 'egress'), request('second', 'egress', 0x7ffffff0)], { mode }),
		);
		expect(error).toMatchObject({ code: 'ERR_NO_INTERFACE', ifindex: 0x7ffffff0 });
		const before = seen(0);
		await send(5);
		expect(seen(0)).toBe(before);
	});

	it('refuses the same hook twice', async () => {
		const links = await attach([request('first', 'egress')], { mode });
		expect(await rejectionOf(attach([request('first', 'egress')], { mode }))).toMatchObject({ code: 'ERR_EXISTS' });
		await detach(links);
	});

	it('detaches also when the interface is gone', async () => {
		const links = await attach([request('first', 'egress'), request('second', 'ingress')], { mode });
		const netlink = new Netlink();
		netlink.deleteLink(wire.ifindex);
		netlink.close();
		const [one, two] = links as [Link, Link];
		expect(await rejectionOf(one.update(program('second')))).toMatchObject({
			code: expect.stringMatching(/^ERR_NO_INTERFACE|^ERR_NOT_FOUND/) as string,
		});
		expect(await one.detach()).toBe(true);
		two.close();
	});

	it('attaches and detaches many in one expedited window, and puts the setting back', async () => {
		const before = readFileSync('/sys/kernel/rcu_expedited', 'utf8');
		const netlink = new Netlink();
		const bridges = Array.from({ length: 20 }, (_, i) => netlink.addBridge(`hd${process.pid % 100000}x${i}`));
		const links = await attach(
			bridges.flatMap((ifindex) => [request('first', 'ingress', ifindex), request('second', 'egress', ifindex)]),
			{ mode, expedited: true },
		);
		expect(links).toHaveLength(40);
		await detach(links, { expedited: true });
		expect(readFileSync('/sys/kernel/rcu_expedited', 'utf8')).toBe(before);
		for (const ifindex of bridges) netlink.deleteLink(ifindex);
		netlink.close();
	});
});

describe('a clsact link', () => {
	it('is found again on its interface when it was kept', async () => {
		const [link] = (await attach([request('first', 'egress')], { mode: 'clsact' })) as [Link];
		link.keep();
		link.close();
		const found = findClsact(wire.ifindex, 'egress') as Link;
		expect(found).toMatchObject({ mode: 'clsact', ifindex: wire.ifindex, hook: 'egress' });
		await found.update(program('second'));
		await send(3);
		expect(seen(1)).toBe(3);
		found.close();
		const again = findClsact(wire.ifindex, 'egress') as Link;
		expect(failureOf(() => again.pin('/sys/fs/bpf/x')).code).toBe('ERR_NOT_SUPPORTED');
		await again.detach();
		expect(findClsact(wire.ifindex, 'egress')).toBeUndefined();
		expect(findClsact(wire.ifindex, 'ingress')).toBeUndefined();
	});
});

describe.runIf(modes.includes('tcx'))('a TCX link', () => {
	it('outlives its handle by a pin', async () => {
		ensureBpffs('/sys/fs/bpf');
		const folder = `/sys/fs/bpf/heddle-link-${process.pid}`;
		mkdirSync(folder);
		const [link] = (await attach([request('first', 'egress')], { mode: 'tcx' })) as [Link];
		link.pin(`${folder}/link`);
		link.close();
		await send(3);
		expect(seen(0)).toBe(3);
		const again = Link.openPinned(`${folder}/link`);
		expect(again).toMatchObject({ mode: 'tcx', ifindex: wire.ifindex, hook: 'egress' });
		await again.detach();
		rmSync(folder, { recursive: true });
	});
});

describe('attach', () => {
	it('names a wrong argument', () => {
		expect(failureOf(() => void attach([request('first', 'sideways' as Hook)], { mode: 'tcx' })).message).toBe(
			"hook: expected 'ingress' or 'egress', found the string \"sideways\"",
		);
		expect(
			failureOf(() => void attach([{ program: {} as BpfProgram, ifindex: 1, hook: 'egress' }], { mode: 'tcx' }))
				.message,
		).toContain('program: expected a BpfProgram');
		expect(failureOf(() => void attach([request('first', 'egress')], { mode: 'tcx', netns: 0 })).code).toBe(
			'ERR_INVALID_ARGUMENT',
		);
	});
});
