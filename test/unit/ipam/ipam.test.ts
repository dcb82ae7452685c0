import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIpam } from '../../../lib/ipam/ipam.js';

const jupiter = {
	ipv4: { cidrs: ['192.168.16.0/20'], maskSize: 27 },
	ipv6: { cidrs: ['fd00:16::/104'], maskSize: 120 },
};

function owners(count: number, pool = 'jupiter') {
	return Array.from({ length: count }, (_, i) => ({ pool, owner: `pod-${i}` }));
}

function codeOf(body: () => unknown): string | undefined {
	try {
		body();
		return undefined;
	} catch (error) {
		return (error as { code?: string }).code;
	}
}

describe('a pool', () => {
	test('gives the first free address of each family, and keeps the first of the block back', () => {
		const plan = createIpam({ jupiter }).plan(owners(2));
		expect(plan.allocations).toEqual([
			{ pool: 'jupiter', owner: 'pod-0', ipv4: '192.168.16.1', ipv6: 'fd00:16::1' },
			{ pool: 'jupiter', owner: 'pod-1', ipv4: '192.168.16.2', ipv6: 'fd00:16::2' },
		]);
	});

	test('carves a block of 30 usable addresses when the last is full, and gives it back when its pods go', () => {
		const ipam = createIpam({ jupiter: { ipv4: jupiter.ipv4 } });
		ipam.plan(owners(30)).commit();
		expect(ipam.usage('jupiter').blocks).toEqual(['192.168.16.0/27']);
		ipam.plan([{ pool: 'jupiter', owner: 'late' }]).commit();
		expect(ipam.get('late')).toMatchObject({ ipv4: '192.168.16.33' });
		expect(ipam.usage('jupiter')).toEqual({ inUse: 31, pending: 0, blocks: ['192.168.16.0/27', '192.168.16.32/27'] });
		ipam.release('late');
		expect(ipam.usage('jupiter').blocks).toEqual(['192.168.16.0/27']);
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
		expect(ipam.usage('jupiter')).toEqual({ inUse: 0, pending: 0, blocks: [] });
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
	test('is not given out again', () => {
		const ipam = createIpam({ jupiter });
		expect(ipam.adopt('old', 'jupiter', ['192.168.16.1', 'fd00:16::1'])).toMatchObject({ ipv4: '192.168.16.1' });
		expect(ipam.plan(owners(1)).allocations[0]).toMatchObject({ ipv4: '192.168.16.2', ipv6: 'fd00:16::2' });
	});

	test('must be free, and one that the pool gives out', () => {
		const ipam = createIpam({ jupiter });
		ipam.adopt('old', 'jupiter', ['192.168.16.1']);
		expect(codeOf(() => ipam.adopt('new', 'jupiter', ['fd00:16::1', '192.168.16.1']))).toBe('ERR_ADDRESS_IN_USE');
		for (const wrong of ['10.0.0.1', '192.168.16.0', '192.168.16.31', 'x', '192.168.32.1']) {
			expect(codeOf(() => ipam.adopt('new', 'jupiter', [wrong]))).toBe('ERR_ADDRESS_NOT_IN_POOL');
		}
		expect(ipam.adopt('new', 'jupiter', ['fd00:16::1'])).toMatchObject({ ipv6: 'fd00:16::1' });
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
