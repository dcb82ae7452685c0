import { describe, expect, it } from 'vitest';

import { dnsAnswers } from '../../../lib/l7/dns-answer.js';
import { dnsRecords } from '../../../lib/l7/dns-record.js';
import { dnsTypeName } from '../../../lib/l7/dns-types.js';

/** As native/src/dns_ends.cc packs it. */
function packEnds(into: Buffer, at: number, flags: number): void {
	into.set([10, 0, 0, 1], at);
	into.set([10, 0, 0, 2], at + 16);
	for (const [i, value] of [40_000, 53, 65_535, 11].entries()) into.writeUInt16LE(value, at + 32 + 2 * i);
	for (const [i, value] of [0xffff_ffff, 2, 5, 6].entries()) into.writeUInt32LE(value, at + 40 + 4 * i);
	into.writeUInt16LE(12, at + 56);
	into.writeUInt8(flags, at + 58);
}

function address(ttl: number, family: 4 | 6, bytes: readonly number[]): Buffer {
	const packed = Buffer.alloc(24);
	packed.writeUInt32LE(ttl, 0);
	packed.writeUInt8(family, 4);
	packed.set(bytes, 8);
	return packed;
}

const four = address(7, 4, [192, 0, 2, 1]);
const six = address(8, 6, [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1]);
const addresses = [
	{ address: '192.0.2.1', ttl: 7 },
	{ address: '2001:db8::1', ttl: 8 },
];

/** As native/src/dns_record_layout.cc packs it. */
function record(verdict = 0, types: readonly number[] = [5, 65_280]): Buffer {
	const [name, aliases, reason] = ['A.test.', 'b.test.\nc.test.\n', 'for a reason'];
	const tail = Buffer.concat([
		four,
		six,
		Buffer.from(Uint16Array.from(types).buffer),
		Buffer.from(name + aliases + reason),
	]);
	const packed = Buffer.alloc((104 + tail.length + 7) & ~7);
	packed.writeUInt32LE(packed.length, 0);
	packed.set([2, verdict, 3, 1], 4);
	packed.writeBigUInt64LE(1_700_000_000_000_000_001n, 8);
	packed.writeBigUInt64LE(1234n, 16);
	packEnds(packed, 24, 2 | 4);
	packed.writeUInt32LE(7, 88);
	const counts = [28, 2, types.length, name.length, aliases.length, reason.length];
	for (const [i, value] of counts.entries()) packed.writeUInt16LE(value, 92 + 2 * i);
	packed.set(tail, 104);
	return packed;
}

function answer(): Buffer {
	const tail = Buffer.concat([four, six, Buffer.from('a.test')]);
	const packed = Buffer.alloc((80 + tail.length + 7) & ~7);
	packed.writeUInt32LE(packed.length, 0);
	packed.writeUInt16LE(2, 4);
	packed.writeUInt16LE(6, 6);
	packed.writeBigUInt64LE(9_007_199_254_740_991n, 8);
	packEnds(packed, 16, 8);
	packed.set(tail, 80);
	return packed;
}

const ends = {
	network: 65_535,
	family: 4,
	client: { address: '10.0.0.1', port: 40_000, identity: 0xffff_ffff, endpoint: 11 },
	server: { address: '10.0.0.2', port: 53, identity: 2, endpoint: 12 },
};

describe('DNS records', () => {
	it('tell everything that was packed', () => {
		expect([...dnsRecords(Buffer.concat([record(), record(1)]), 2)]).toMatchObject([
			{
				...ends,
				protocol: 'tcp',
				egressCookie: 5,
				ingressCookie: undefined,
				kind: 'response',
				verdict: 'forwarded',
				rcode: 3,
				cut: true,
				timeNs: 1_700_000_000_000_000_001n,
				latencyNs: 1234n,
				name: 'A.test.',
				type: 'AAAA',
				addresses,
				aliases: ['b.test.', 'c.test.'],
				recordTypes: ['CNAME', 'TYPE65280'],
				ttl: 7,
				reason: 'for a reason',
			},
			{ verdict: 'denied' },
		]);
	});

	it('that are none are an error', () => {
		const whole = record();
		const short = Buffer.from(whole);
		short.writeUInt32LE(103, 0);
		const crowded = Buffer.from(whole);
		crowded.writeUInt16LE(60_000, 94);
		for (const bytes of [whole.subarray(0, -8), short, crowded, record(9), Buffer.alloc(0)])
			expect(() => [...dnsRecords(bytes, 1)]).toThrow(expect.objectContaining({ code: 'ERR_BAD_RECORD' }));
	});
});

describe('DNS answers', () => {
	it('tell everything that was packed', () => {
		const expected = { ...ends, protocol: 'udp', egressCookie: undefined, ingressCookie: 6, name: 'a.test', addresses };
		expect([...dnsAnswers(answer(), 1)]).toEqual([{ ...expected, ticket: Number.MAX_SAFE_INTEGER }]);
	});

	it('that are none are an error', () => {
		const crowded = answer();
		crowded.writeUInt16LE(60_000, 4);
		for (const bytes of [answer().subarray(0, -8), crowded, Buffer.alloc(4)])
			expect(() => [...dnsAnswers(bytes, 1)]).toThrow(expect.objectContaining({ code: 'ERR_BAD_RECORD' }));
	});
});

it('types have the names that Hubble knows', () => {
	expect([1, 28, 65, 65_280].map(dnsTypeName)).toEqual(['A', 'AAAA', 'HTTPS', 'TYPE65280']);
});
