import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGrantedIpam, type GrantedIpam } from '../../../lib/ipam/granted-ipam.js';
import type { NodePoolAllocation } from '../../../lib/ipam/node-spec.js';
import { codeOf } from './support/code-of.js';

const jupiter = (...cidrs: string[]): NodePoolAllocation[] => [{ pool: 'jupiter', cidrs }];
const NOTHING_AHEAD = { preAllocation: {} };

function take(ipam: GrantedIpam, owner: string, pool = 'jupiter'): string | undefined {
	const plan = ipam.plan([{ owner, pool }]);
	plan.commit();
	return plan.allocations[0]!.ipv4;
}

describe('blocks that an operator grants', () => {
	test('are asked for before there is one, and who needs an address is told that it is not granted yet', () => {
		const ipam = createGrantedIpam();
		expect(ipam.nodePools()).toEqual({
			requested: [{ pool: 'default', needed: { 'ipv4-addrs': 8 } }],
			allocated: [],
		});
		expect(() => take(ipam, 'a', 'default')).toThrow(
			expect.objectContaining({
				code: 'ERR_POOL_NOT_GRANTED',
				message: expect.stringMatching(
					/'default'.*no IPv4 block granted to this node yet.*spec.ipam.pools.allocated of its CiliumNode/,
				),
			}),
		);
	});

	test('of a pool of which nothing is known yet are asked for all the same', () => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		expect(codeOf(() => take(ipam, 'a'))).toBe('ERR_POOL_NOT_GRANTED');
		expect(ipam.nodePools().requested).toEqual([{ pool: 'jupiter', needed: { 'ipv4-addrs': 1 } }]);
		const blocks = { released: {}, withdrawn: { default: ['10.0.0.0/30'] } };
		expect(createGrantedIpam({ blocks }).pools).toEqual(['default']);
	});

	test('are used exactly, in their order, whatever their length; edges as the pool says', () => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		ipam.grant(jupiter('10.0.1.0/30', '10.0.0.8/31', '10.0.9.9/32'));
		expect(['a', 'b', 'c', 'd', 'e'].map((owner) => take(ipam, owner))).toEqual([
			'10.0.1.1',
			'10.0.1.2',
			'10.0.0.8',
			'10.0.0.9',
			'10.0.9.9',
		]);
		expect(codeOf(() => take(ipam, 'f'))).toBe('ERR_POOL_EXHAUSTED');
		ipam.addPool('jupiter', { ipv4: { cidrs: ['10.0.0.0/8'], maskSize: 30 }, allowFirstIP: true });
		expect(take(ipam, 'f')).toBe('10.0.1.0');
	});

	test('who waits is among what is requested, for five minutes or until there is an address', () => {
		let now = 0;
		const ipam = createGrantedIpam({ preAllocation: { jupiter: 8 }, now: () => now });
		const requested = () => ipam.nodePools().requested;
		['a', 'b', 'a'].forEach((owner) => expect(codeOf(() => take(ipam, owner))).toBe('ERR_POOL_NOT_GRANTED'));
		expect(requested()).toEqual([{ pool: 'jupiter', needed: { 'ipv4-addrs': 16 } }]);
		ipam.grant(jupiter('10.0.0.0/28'));
		expect([take(ipam, 'a'), take(ipam, 'b')]).toEqual(['10.0.0.1', '10.0.0.2']);
		Array.from({ length: 13 }, (_, i) => codeOf(() => take(ipam, `more-${i}`)));
		// 14 addresses and one that waits, and 8 ahead.
		expect(requested()).toEqual([{ pool: 'jupiter', needed: { 'ipv4-addrs': 24 } }]);
		now = 300_000;
		expect(requested()).toEqual([{ pool: 'jupiter', needed: { 'ipv4-addrs': 24 } }]);
		Array.from({ length: 7 }, (_, i) => ipam.release(`more-${i}`));
		expect(requested()).toEqual([{ pool: 'jupiter', needed: { 'ipv4-addrs': 16 } }]);
	});

	test('that are empty and too many go by being left out, the last first, and are not used until they were gone once', () => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		const both = jupiter('10.0.0.0/30', '10.0.0.4/30');
		ipam.grant(both);
		['a', 'b', 'c'].forEach((owner) => take(ipam, owner));
		ipam.release('c');
		// Two in use ask for two free ones beside them, as in Cilium.
		expect(ipam.releaseExcess()).toEqual([]);
		ipam.release('b');
		expect(ipam.releaseExcess()).toEqual(jupiter('10.0.0.4/30'));
		expect(ipam.nodePools().allocated).toEqual(jupiter('10.0.0.0/30'));
		ipam.grant(both);
		take(ipam, 'b');
		expect(codeOf(() => take(ipam, 'c'))).toBe('ERR_POOL_EXHAUSTED');
		ipam.grant(jupiter('10.0.0.0/30'));
		ipam.grant(both);
		expect(take(ipam, 'c')).toBe('10.0.0.5');
	});

	test('that cannot be written down are not released', () => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		ipam.grant(jupiter('10.0.0.0/30'));
		const full = () => {
			throw new Error('full');
		};
		expect(() => ipam.releaseExcess(full)).toThrow('full');
		expect(ipam.nodePools().allocated).toEqual(jupiter('10.0.0.0/30'));
		expect(take(ipam, 'a')).toBe('10.0.0.1');
	});

	test('that are in use are not lost: the address stays, no other of the block is given out', () => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		ipam.grant(jupiter('10.0.0.0/28', '10.0.1.0/28'));
		take(ipam, 'a');
		const { refused } = ipam.grant(jupiter('10.0.1.0/28'));
		expect(refused).toMatchObject([{ code: 'ERR_POOL_IN_USE', found: '10.0.0.0/28', details: { inUse: 1 } }]);
		expect(ipam.get('a')).toMatchObject({ ipv4: '10.0.0.1' });
		expect(take(ipam, 'b')).toBe('10.0.1.1');
		expect(ipam.blocks.withdrawn).toEqual({ jupiter: ['10.0.0.0/28'] });
		// Told once.
		expect(ipam.grant(jupiter('10.0.1.0/28')).refused).toEqual([]);
		ipam.release('a');
		expect(ipam.nodePools().allocated).toEqual(jupiter('10.0.1.0/28'));
	});

	test('are put back by undo', () => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		ipam.grant(jupiter('10.0.0.0/30'));
		take(ipam, 'a');
		ipam.grant(jupiter('10.0.1.0/30')).undo();
		expect(ipam.blocks.withdrawn).toEqual({});
		expect(take(ipam, 'b')).toBe('10.0.0.2');
	});

	test('of both families are asked of a pool of both', () => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		ipam.addPool('jupiter', {
			ipv4: { cidrs: ['10.0.0.0/8'], maskSize: 24 },
			ipv6: { cidrs: ['fd00::/64'], maskSize: 96 },
		});
		ipam.grant(jupiter('10.0.0.0/24'));
		expect(() => take(ipam, 'a')).toThrow(
			expect.objectContaining({ code: 'ERR_POOL_NOT_GRANTED', message: expect.stringContaining('IPv6') }),
		);
		expect(ipam.nodePools().requested).toEqual([{ pool: 'jupiter', needed: { 'ipv4-addrs': 1, 'ipv6-addrs': 1 } }]);
		expect(ipam.usage('jupiter').inUse).toBe(0);
	});

	test.each([
		[[{ pool: 'p', cidrs: ['10.0.0.0/33'] }], 'ERR_INVALID_ADDRESS', 'allocated[0].cidrs[0]'],
		[[{ pool: 'p', cidrs: ['10.0.0.0/24', '10.0.0.128/25'] }], 'ERR_OVERLAPPING_CIDR', 'allocated[0].cidrs[1]'],
		[
			[
				{ pool: 'p', cidrs: [] },
				{ pool: 'p', cidrs: [] },
			],
			'ERR_INVALID_ARGUMENT',
			'allocated[1].pool',
		],
		[[{ pool: '', cidrs: [] }], 'ERR_INVALID_ARGUMENT', 'pool'],
	])('are refused as %j with %s naming %s', (allocated, code, field) => {
		const ipam = createGrantedIpam(NOTHING_AHEAD);
		ipam.grant(jupiter('10.0.0.0/30'));
		expect(() => ipam.grant(allocated)).toThrow(expect.objectContaining({ code, field }));
		expect(ipam.nodePools().allocated).toEqual(jupiter('10.0.0.0/30'));
	});
});

/** An operator of 32 blocks of two addresses, which follows what the node tells, or takes a block away at random. */
function operate(granted: readonly string[], ipam: GrantedIpam): string[] {
	const { requested, allocated } = ipam.nodePools();
	const kept = granted.filter((cidr) => allocated[0]?.cidrs.includes(cidr));
	const needed = requested[0]?.needed['ipv4-addrs'] ?? 0;
	const next = [...kept];
	for (let i = 0; i < 32 && next.length * 2 < needed; i++) {
		const cidr = `10.0.0.${i * 4}/30`;
		if (!granted.includes(cidr) && allocated[0]?.cidrs.includes(cidr) !== true) {
			next.push(cidr);
		}
	}
	return next;
}

const blockOf = (address: string) => `10.0.0.${Math.floor(Number(address.split('.')[3]) / 4) * 4}/30`;

test('whatever pods, operator and restarts do: an address is one owner’s, stays, and is of a block that is this node’s', () => {
	const move = fc.oneof(
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant('pod' as const), at: fc.nat(20) }) },
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('operate' as const), at: fc.nat(0) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), at: fc.nat(8) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), at: fc.nat(0) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), at: fc.nat(0) }) },
	);
	fc.assert(
		fc.property(fc.nat(5), fc.array(move, { maxLength: 80 }), (ahead, moves) => {
			const options = { preAllocation: { jupiter: ahead } };
			let ipam = createGrantedIpam(options);
			let granted: string[] = [];
			const model = new Map<string, string>();
			const waits = new Set<string>();
			const expectSame = () => {
				expect(new Map(Array.from(ipam.allocations(), ({ owner, ipv4 }) => [owner, ipv4]))).toEqual(model);
				const held = ipam.nodePools().allocated[0]?.cidrs ?? [];
				[...model.values()].forEach((address) => expect(held).toContain(blockOf(address)));
				const released = ipam.blocks.released['jupiter'] ?? [];
				const usable = granted.filter((cidr) => !released.includes(cidr));
				const withdrawn = ipam.blocks.withdrawn['jupiter'] ?? [];
				expect([...held].sort()).toEqual([...usable, ...withdrawn].sort());
				expect(withdrawn.filter((cidr) => granted.includes(cidr))).toEqual([]);
				const count = model.size + waits.size;
				const needed = ahead === 0 ? count : Math.ceil((count + ahead) / ahead) * ahead;
				expect(ipam.nodePools().requested[0]?.needed['ipv4-addrs'] ?? 0).toBe(needed);
			};
			for (const { kind, at } of moves) {
				const owner = `pod-${at}`;
				if (kind === 'pod' && model.has(owner)) {
					ipam.release(owner);
					model.delete(owner);
				} else if (kind === 'pod') {
					const released = ipam.blocks.released['jupiter'] ?? [];
					try {
						const address = take(ipam, owner)!;
						expect([...model.values()]).not.toContain(address);
						expect(granted).toContain(blockOf(address));
						expect(released).not.toContain(blockOf(address));
						model.set(owner, address);
						waits.delete(owner);
					} catch (error) {
						const usable = granted.filter((cidr) => !released.includes(cidr));
						expect((error as { code?: string }).code).toBe(
							usable.length === 0 ? 'ERR_POOL_NOT_GRANTED' : 'ERR_POOL_EXHAUSTED',
						);
						const inUsable = [...model.values()].filter((address) => usable.includes(blockOf(address)));
						expect(inUsable).toHaveLength(usable.length * 2);
						waits.add(owner);
					}
				} else if (kind === 'operate') {
					granted = operate(granted, ipam);
					ipam.grant(jupiter(...granted));
				} else if (kind === 'withdraw') {
					granted = granted.filter((_, i) => i !== at);
					ipam.grant(jupiter(...granted));
				} else if (kind === 'release') {
					ipam.releaseExcess();
				} else {
					const [blocks, all] = [JSON.parse(JSON.stringify(ipam.blocks)), [...ipam.allocations()]];
					ipam = createGrantedIpam({ ...options, blocks });
					ipam.grant(jupiter(...granted));
					all.forEach((one) => ipam.adopt(one));
					waits.clear();
				}
				expectSame();
			}
			// The operator follows: whoever waits gets an address.
			for (const owner of waits) {
				for (let i = 0; i < 4 && codeOf(() => take(ipam, owner)) !== undefined; i++) {
					granted = operate(granted, ipam);
					ipam.grant(jupiter(...granted));
				}
				expect(ipam.get(owner)).toBeDefined();
			}
		}),
		{ numRuns: 300 },
	);
});
