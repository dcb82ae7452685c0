import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIpam } from '../../../lib/ipam/ipam.js';
import { codeOf } from './support/code-of.js';

const jupiter = {
	ipv4: { cidrs: ['192.168.16.0/20'], maskSize: 27 },
	ipv6: { cidrs: ['fd00:16::/104'], maskSize: 120 },
};

function owners(count: number, pool = 'jupiter') {
	return Array.from({ length: count }, (_, i) => ({ pool, owner: `pod-${i}` }));
}

describe('a pool', () => {
	test('gives the first free address of each family, and keeps the first of the block back', () => {
		const plan = createIpam({ jupiter }).plan(owners(2));
		expect(plan.allocations).toEqual([
			{ owner: 'pod-0', ipv4: '192.168.16.1', ipv4Pool: 'jupiter', ipv6: 'fd00:16::1', ipv6Pool: 'jupiter' },
			{ owner: 'pod-1', ipv4: '192.168.16.2', ipv4Pool: 'jupiter', ipv6: 'fd00:16::2', ipv6Pool: 'jupiter' },
		]);
	});

	test('carves a block of 30 usable addresses when the last is full, and gives it back when its pods go', () => {
		const ipam = createIpam({ jupiter: { ipv4: jupiter.ipv4 } });
		ipam.plan(owners(30)).commit();
		expect(ipam.usage('jupiter').blocks).toEqual(['192.168.16.0/27']);
		ipam.plan([{ pool: 'jupiter', owner: 'late' }]).commit();
		expect(ipam.get('late')).toMatchObject({ ipv4: '192.168.16.33' });
		expect(ipam.usage('jupiter')).toEqual({
			inUse: 31,
			pending: 0,
			reserved: 0,
			blocks: ['192.168.16.0/27', '192.168.16.32/27'],
		});
		ipam.release('late');
		expect(ipam.usage('jupiter').blocks).toEqual(['192.168.16.0/27']);
	});

	test('chooses none of the addresses that are excepted, in whichever block they are', () => {
		const ipv4 = { cidrs: ['10.0.0.0/28'], maskSize: 30 };
		const ipam = createIpam({ jupiter: { ipv4 } });
		const except = ['10.0.0.1', '10.0.0.2', '10.0.0.6', 'fd00::1'];
		const take = (owner: string) => {
			const plan = ipam.plan([{ pool: 'jupiter', owner, except }]);
			plan.commit();
			return plan.allocations[0]!.ipv4;
		};
		expect(['a', 'b', 'c', 'd', 'e'].map(take)).toEqual([
			'10.0.0.5',
			'10.0.0.9',
			'10.0.0.10',
			'10.0.0.13',
			'10.0.0.14',
		]);
		expect(codeOf(() => take('f'))).toBe('ERR_POOL_EXHAUSTED');
		ipam.release('c');
		expect(take('c')).toBe('10.0.0.10');
		// They are still there for those who need not stay away from them.
		const others = ipam.plan(owners(3)).allocations.map((one) => one.ipv4);
		expect(others.sort()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.6']);
		expect(ipam.usage('jupiter')).toMatchObject({ inUse: 5, pending: 3 });
	});

	test('gives out first and last addresses where that is allowed', () => {
		const ipv4 = { cidrs: ['10.0.0.0/30'], maskSize: 30 };
		const all = createIpam({ jupiter: { ipv4, allowFirstIP: true, allowLastIP: true } }).plan(owners(4));
		expect(all.allocations.map((one) => one.ipv4)).toEqual(['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3']);
		expect(codeOf(() => createIpam({ jupiter: { ipv4 } }).plan(owners(3)))).toBe('ERR_POOL_EXHAUSTED');
	});

	test.each([
		['10.0.0.0/31', 31, 2],
		['10.0.0.7/32', 32, 1],
	])('of %s keeps nothing back', (cidr, maskSize, count) => {
		const ipam = createIpam({ jupiter: { ipv4: { cidrs: [cidr], maskSize } } });
		expect(ipam.plan(owners(count)).allocations).toHaveLength(count);
		expect(codeOf(() => ipam.plan([{ pool: 'jupiter', owner: 'one more' }]))).toBe('ERR_POOL_EXHAUSTED');
	});

	test.each([
		['fd00::/127', 127, 2],
		['fd00::7/128', 128, 1],
	])('of %s keeps nothing back', (cidr, maskSize, count) => {
		const plan = createIpam({ jupiter: { ipv6: { cidrs: [cidr], maskSize } } }).plan(owners(count));
		expect(plan.allocations).toHaveLength(count);
	});

	test('with several CIDRs uses them in order', () => {
		const ipv4 = { cidrs: ['10.9.0.0/30', '10.1.0.0/30'], maskSize: 30 };
		const plan = createIpam({ jupiter: { ipv4 } }).plan(owners(3));
		expect(plan.allocations.map((one) => one.ipv4)).toEqual(['10.9.0.1', '10.9.0.2', '10.1.0.1']);
	});

	test('that addresses are used of is not removed', () => {
		const ipam = createIpam({ jupiter });
		ipam.plan(owners(1)).commit();
		expect(codeOf(() => ipam.removePool('jupiter'))).toBe('ERR_POOL_IN_USE');
		ipam.release('pod-0');
		expect(ipam.removePool('jupiter')).toBe(true);
	});
});

describe('a plan', () => {
	test('that cannot be met whole takes nothing', () => {
		const ipam = createIpam({ jupiter: { ipv4: { cidrs: ['10.0.0.0/29'], maskSize: 29 } } });
		expect(() => ipam.plan(owners(7))).toThrow(
			"pool 'jupiter': found no free IPv4 address, 6 are in use; expected one",
		);
		expect(ipam.usage('jupiter')).toEqual({ inUse: 0, pending: 0, reserved: 0, blocks: [] });
	});

	test('sets addresses aside until it is committed or discarded', () => {
		const ipam = createIpam({ jupiter });
		const first = ipam.plan(owners(1));
		const second = ipam.plan([{ pool: 'jupiter', owner: 'other' }]);
		expect(second.allocations[0]!.ipv4).toBe('192.168.16.2');
		first.discard();
		second.commit();
		expect(ipam.usage('jupiter')).toMatchObject({ inUse: 1, pending: 0 });
		expect(ipam.plan(owners(1)).allocations[0]!.ipv4).toBe('192.168.16.1');
	});

	test('of an unknown pool, or for an owner that has addresses, is refused', () => {
		const ipam = createIpam({ jupiter });
		expect(() => ipam.plan(owners(1, 'saturn'))).toThrow("pool: found 'saturn', expected one of jupiter");
		ipam.plan(owners(1));
		expect(codeOf(() => ipam.plan(owners(1)))).toBe('ERR_EXISTS');
	});
});

describe('an adopted address', () => {
	const ipv4 = (address: string) => ({ ipv4: address, ipv4Pool: 'jupiter' });
	const ipv6 = { ipv6: 'fd00:16::1', ipv6Pool: 'jupiter' };

	test('is not given out again', () => {
		const ipam = createIpam({ jupiter });
		ipam.adopt({ owner: 'old', ...ipv4('192.168.16.1'), ...ipv6 });
		expect(ipam.get('old')).toEqual({ owner: 'old', ...ipv4('192.168.16.1'), ...ipv6 });
		expect(ipam.plan(owners(1)).allocations[0]).toMatchObject({ ipv4: '192.168.16.2', ipv6: 'fd00:16::2' });
	});

	test('must be free, and one that the pool gives out', () => {
		const ipam = createIpam({ jupiter });
		ipam.adopt({ owner: 'old', ...ipv4('192.168.16.1') });
		expect(codeOf(() => ipam.adopt({ owner: 'new', ...ipv4('192.168.16.1'), ...ipv6 }))).toBe('ERR_ADDRESS_IN_USE');
		for (const wrong of ['10.0.0.1', '192.168.16.0', '192.168.16.31', 'x', '192.168.32.1']) {
			expect(codeOf(() => ipam.adopt({ owner: 'new', ...ipv4(wrong) }))).toBe('ERR_ADDRESS_NOT_IN_POOL');
		}
		expect(codeOf(() => ipam.adopt({ owner: 'new', ipv4: '192.168.16.2' }))).toBe('ERR_INVALID_ARGUMENT');
		ipam.adopt({ owner: 'new', ...ipv6 });
		expect(ipam.get('new')).toEqual({ owner: 'new', ...ipv6 });
	});
});

describe('a request', () => {
	test('takes each family from a pool of its own, where it names two', () => {
		const ipam = createIpam({ jupiter, mars: { ipv6: { cidrs: ['fd00:4::/64'], maskSize: 96 } } });
		ipam.plan([{ owner: 'p', pool: 'jupiter', ipv6Pool: 'mars' }]).commit();
		expect(ipam.get('p')).toEqual({
			owner: 'p',
			ipv4: '192.168.16.1',
			ipv4Pool: 'jupiter',
			ipv6: 'fd00:4::1',
			ipv6Pool: 'mars',
		});
		expect([ipam.usage('jupiter').inUse, ipam.usage('mars').inUse]).toEqual([1, 1]);
		expect(codeOf(() => ipam.removePool('mars'))).toBe('ERR_POOL_IN_USE');
		ipam.release('p');
		expect([ipam.usage('jupiter').inUse, ipam.usage('mars').inUse]).toEqual([0, 0]);
		expect(ipam.removePool('mars')).toBe(true);
	});

	test('for a family that its pool has not is refused, and takes nothing', () => {
		const ipam = createIpam({ four: { ipv4: jupiter.ipv4 } });
		expect(codeOf(() => ipam.plan([{ owner: 'p', ipv6Pool: 'four' }]))).toBe('ERR_INVALID_ARGUMENT');
		expect(codeOf(() => ipam.plan([{ owner: 'p', pool: 'four', ipv6: 'fd00::1' }]))).toBe('ERR_ADDRESS_NOT_IN_POOL');
		expect(ipam.usage('four').blocks).toEqual([]);
	});

	test('may name its addresses, and gets them or nothing', () => {
		const ipam = createIpam({ jupiter });
		ipam.plan([{ owner: 'a', pool: 'jupiter', ipv4: '192.168.17.9' }]).commit();
		expect(ipam.get('a')).toMatchObject({ ipv4: '192.168.17.9', ipv6: 'fd00:16::1' });
		const taken = { owner: 'b', pool: 'jupiter', ipv6: 'fd00:16::9', ipv4: '192.168.17.9' };
		expect(codeOf(() => ipam.plan([taken]))).toBe('ERR_ADDRESS_IN_USE');
		ipam.plan([{ owner: 'b', pool: 'jupiter', ipv6: 'fd00:16::9' }]).commit();
		expect(ipam.get('b')).toMatchObject({ ipv4: '192.168.17.1', ipv6: 'fd00:16::9' });
	});
});

describe('sticky addresses', () => {
	test('stay with their owner when it goes, and are nobody else’s', () => {
		const ipam = createIpam({ tiny: { ipv4: { cidrs: ['10.0.0.0/30'], maskSize: 30 } } });
		ipam.plan([{ owner: 'db-0', pool: 'tiny' }]).commit();
		expect(ipam.release('db-0', { keep: true })).toBe(true);
		expect(ipam.usage('tiny')).toMatchObject({ inUse: 0, reserved: 1 });
		ipam.plan([{ owner: 'other', pool: 'tiny' }]).commit();
		expect(codeOf(() => ipam.plan([{ owner: 'third', pool: 'tiny' }]))).toBe('ERR_POOL_EXHAUSTED');
		expect(ipam.leaked([])).toEqual([expect.objectContaining({ owner: 'other' })]);
		const again = ipam.plan([{ owner: 'db-0', pool: 'tiny' }]);
		expect(again.allocations).toEqual([{ owner: 'db-0', ipv4: '10.0.0.1', ipv4Pool: 'tiny' }]);
		again.discard();
		expect(ipam.usage('tiny').reserved).toBe(1);
		expect(ipam.release('db-0')).toBe(true);
		expect(ipam.get('db-0')).toBeUndefined();
		ipam.plan([{ owner: 'third', pool: 'tiny' }]).commit();
		expect(ipam.get('third')).toMatchObject({ ipv4: '10.0.0.1' });
	});

	test('are adopted as they were', () => {
		const ipam = createIpam({ jupiter });
		ipam.adopt({ owner: 'db-0', ipv4: '192.168.16.7', ipv4Pool: 'jupiter' }, { reserved: true });
		expect(ipam.usage('jupiter')).toMatchObject({ inUse: 0, reserved: 1 });
		expect(codeOf(() => ipam.plan([{ owner: 'x', pool: 'jupiter', ipv4: '192.168.16.7' }]))).toBe('ERR_ADDRESS_IN_USE');
	});
});

describe('the node’s blocks of the walkthrough', () => {
	const walkthrough = { jupiter: { ipv4: { cidrs: ['192.168.16.0/20'], maskSize: 27 } } };
	const names = (count: number) => Array.from({ length: count }, (_, i) => ({ pool: 'jupiter', owner: `pod-${i}` }));

	test('60 pods fill two /27, the next one takes a third, and they go as the pods go', () => {
		const ipam = createIpam(walkthrough);
		ipam.plan(names(60)).commit();
		expect(ipam.nodePools()).toEqual({
			requested: [{ pool: 'jupiter', needed: { 'ipv4-addrs': 60 } }],
			allocated: [{ pool: 'jupiter', cidrs: ['192.168.16.0/27', '192.168.16.32/27'] }],
		});
		ipam.plan([{ pool: 'jupiter', owner: 'late' }]).commit();
		expect(ipam.usage('jupiter').blocks).toHaveLength(3);
		ipam.release('late');
		names(60).forEach(({ owner }) => ipam.release(owner));
		expect(ipam.nodePools()).toEqual({ requested: [], allocated: [] });
	});

	test.each([
		[0, 8, 1],
		[24, 32, 2],
		[25, 40, 2],
		[48, 56, 2],
		[52, 64, 3],
	])('with %i in use and 8 ahead, %i are needed in %i blocks', (inUse, least, blocks) => {
		const ipam = createIpam({ jupiter: { ...walkthrough.jupiter, preAlloc: 8 } });
		ipam.plan(names(inUse)).commit();
		const needed = ipam.nodePools().requested[0]?.needed['ipv4-addrs'] ?? 0;
		expect(needed).toBe(Math.ceil((inUse + 8) / 8) * 8);
		expect(needed).toBeGreaterThanOrEqual(least);
		expect(ipam.usage('jupiter').blocks).toHaveLength(blocks);
	});

	test('the pool `default` holds 8 ahead', () => {
		const ipam = createIpam({ default: walkthrough.jupiter });
		expect(ipam.nodePools().requested).toEqual([{ pool: 'default', needed: { 'ipv4-addrs': 8 } }]);
	});
});

describe('a pool that changes', () => {
	const grown = { ipv4: { cidrs: ['10.0.0.0/28', '10.1.0.0/28'], maskSize: 28 } };
	const first = { ipv4: { cidrs: ['10.0.0.0/28'], maskSize: 28 } };

	test('gives more when it is extended, and is not cut while an address would be lost', () => {
		const ipam = createIpam({ p: first });
		ipam.plan(owners(14, 'p')).commit();
		expect(codeOf(() => ipam.plan([{ owner: 'more', pool: 'p' }]))).toBe('ERR_POOL_EXHAUSTED');
		ipam.updatePool('p', grown);
		ipam.plan([{ owner: 'more', pool: 'p' }]).commit();
		expect(ipam.get('more')).toMatchObject({ ipv4: '10.1.0.1' });
		expect(codeOf(() => ipam.updatePool('p', first))).toBe('ERR_POOL_IN_USE');
		expect(ipam.get('more')).toMatchObject({ ipv4: '10.1.0.1' });
		ipam.release('more');
		ipam.updatePool('p', first);
		expect(ipam.usage('p')).toMatchObject({ inUse: 14, blocks: ['10.0.0.0/28'] });
	});

	test('keeps its maskSize', () => {
		const ipam = createIpam({ p: first });
		const other = { ipv4: { cidrs: ['10.0.0.0/28'], maskSize: 29 } };
		expect(codeOf(() => ipam.updatePool('p', other))).toBe('ERR_INVALID_ARGUMENT');
	});

	test.each([
		[
			{ ipv4: { cidrs: ['10.0.0.0/24', '10.0.0.128/25'], maskSize: 26 } },
			'ERR_OVERLAPPING_CIDR',
			'pools.p.ipv4.cidrs[1]',
		],
		[{ ipv4: { cidrs: ['10.0.0.0/24'], maskSize: 23 } }, 'ERR_INVALID_ARGUMENT', 'pools.p.ipv4.maskSize'],
		[{ ipv4: { cidrs: ['10.0.0.0/24'], maskSize: 33 } }, 'ERR_INVALID_ARGUMENT', 'pools.p.ipv4.maskSize'],
		[{ ipv6: { cidrs: ['fd00::/64'], maskSize: 129 } }, 'ERR_INVALID_ARGUMENT', 'pools.p.ipv6.maskSize'],
		[{ ipv4: { cidrs: ['fd00::/64'], maskSize: 32 } }, 'ERR_INVALID_ADDRESS', 'pools.p.ipv4.cidrs[0]'],
		[{ ipv4: { cidrs: [], maskSize: 32 } }, 'ERR_INVALID_ARGUMENT', 'pools.p.ipv4.cidrs'],
		[{}, 'ERR_INVALID_ARGUMENT', 'pools.p'],
		[{ ...first, preAlloc: -1 }, 'ERR_INVALID_ARGUMENT', 'pools.p.preAlloc'],
	])('is refused as %j with %s naming %s', (options, code, field) => {
		const ipam = createIpam({ p: first });
		ipam.plan(owners(3, 'p')).commit();
		const refused = (body: () => void) => expect(body).toThrow(expect.objectContaining({ code, field }));
		refused(() => ipam.updatePool('p', options));
		refused(() => createIpam().addPool('p', options));
		expect(ipam.usage('p')).toMatchObject({ inUse: 3, blocks: ['10.0.0.0/28'] });
	});
});

test('any sequence of plans and releases gives every address to one owner at a time, the lowest free first', () => {
	const ipv4 = { cidrs: ['10.0.0.0/27'], maskSize: 29 };
	const usable = Array.from({ length: 32 }, (_, i) => i).filter((i) => i % 8 !== 0 && i % 8 !== 7);
	fc.assert(
		fc.property(fc.array(fc.nat(30), { maxLength: 80 }), (moves) => {
			const ipam = createIpam({ pool: { ipv4 } });
			const model = new Map<string, number>();
			for (const move of moves) {
				const owner = `pod-${move}`;
				if (model.has(owner)) {
					ipam.release(owner);
					model.delete(owner);
					continue;
				}
				const taken = new Set(model.values());
				// Blocks that are open come before new ones; a block that emptied is new again.
				const blocks = new Set([...taken].map((i) => i >> 3));
				const free = usable.filter((i) => !taken.has(i));
				const expected = free.find((i) => blocks.has(i >> 3)) ?? free[0];
				if (expected === undefined) {
					expect(codeOf(() => ipam.plan([{ pool: 'pool', owner }]))).toBe('ERR_POOL_EXHAUSTED');
					continue;
				}
				ipam.plan([{ pool: 'pool', owner }]).commit();
				model.set(owner, expected);
				expect(ipam.get(owner)?.ipv4).toBe(`10.0.0.${expected}`);
			}
		}),
	);
});
