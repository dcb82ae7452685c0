import { describe, expect, it } from 'vitest';

import { accessRecords } from '../../../lib/l7/access-record.js';

interface Packed {
	readonly kind?: number;
	readonly flags?: number;
	readonly addresses?: readonly [number[], number[]];
	readonly texts?: readonly string[];
}

/** As native/src/record_layout.cc packs it. */
function packed({ kind = 1, flags = 0, addresses = [[], []], texts = [] }: Packed): Buffer {
	const text = Buffer.from(texts.join(''), 'latin1');
	const record = Buffer.alloc((104 + text.length + 7) & ~7);
	record.writeUInt32LE(record.length, 0);
	record.writeUInt8(kind, 4);
	record.writeUInt8(flags, 5);
	record.writeUInt16LE(403, 6);
	record.writeBigUInt64LE(1_700_000_000_000_000_001n, 8);
	record.writeBigUInt64LE(9_007_199_254_740_993n, 16);
	record.writeBigUInt64LE(1234n, 24);
	record.set(addresses[0], 32);
	record.set(addresses[1], 48);
	for (const [i, value] of [40000, 80, 65535, 11].entries()) record.writeUInt16LE(value, 64 + 2 * i);
	for (const [i, value] of [0xffff_ffff, 2, 5, 6].entries()) record.writeUInt32LE(value, 72 + 4 * i);
	record.writeUInt16LE(12, 88);
	for (let i = 0; i < 5; i++) record.writeUInt16LE(texts[i]?.length ?? 0, 90 + 2 * i);
	record.set(text, 104);
	return record;
}

const only = (record: Buffer) => [...accessRecords(record, 1)][0];

describe('access records', () => {
	it('tell everything that was packed', () => {
		const addresses = [
			[10, 0, 0, 1],
			[10, 0, 0, 2],
		] as const;
		const texts = ['GET', 'http://a/ü', 'HTTP/1.1', 'no rule allows it', 'X-A: 1: 2\r\nX-B: \r\n'];
		expect(only(packed({ flags: 1 | 2 | 16, addresses: [[...addresses[0]], [...addresses[1]]], texts }))).toEqual({
			kind: 'request',
			denied: true,
			mismatched: true,
			cut: false,
			status: 403,
			timeNs: 1_700_000_000_000_000_001n,
			connection: 9_007_199_254_740_993n,
			latencyNs: 1234n,
			network: 65535,
			family: 4,
			client: { address: '10.0.0.1', port: 40000, identity: 0xffff_ffff, endpoint: 11 },
			destination: { address: '10.0.0.2', port: 80, identity: 2, endpoint: 12 },
			egressCookie: 5,
			ingressCookie: undefined,
			method: 'GET',
			url: 'http://a/ü',
			protocol: 'HTTP/1.1',
			reason: 'no rule allows it',
			headers: [
				{ name: 'X-A', value: '1: 2' },
				{ name: 'X-B', value: '' },
			],
		});
	});

	it('tell IPv6 addresses, the other side, and that a text was cut', () => {
		const end = (last: number) => [0xfd, ...new Array<number>(14).fill(0), last];
		const record = only(packed({ kind: 2, flags: 4 | 8 | 32, addresses: [end(1), end(2)] }));
		expect(record).toMatchObject({ kind: 'response', family: 6, cut: true, denied: false, ingressCookie: 6 });
		expect(record?.egressCookie).toBeUndefined();
		expect([record?.client.address, record?.destination.address]).toEqual(['fd00::1', 'fd00::2']);
		expect(record?.headers).toEqual([]);
	});

	it('keep what is left of a header that was cut', () => {
		const headers = only(packed({ flags: 4, texts: ['', '', '', '', 'X-A: 1\r\nX-Lo'] }))?.headers;
		expect(headers).toEqual([
			{ name: 'X-A', value: '1' },
			{ name: 'X-Lo', value: '' },
		]);
	});

	it('follow each other, each decoded at its turn', () => {
		const batch = Buffer.concat([
			packed({ texts: ['GET', 'a'] }),
			packed({ texts: ['POST', 'bcdefghij'] }),
			Buffer.alloc(8),
		]);
		const records = accessRecords(batch, 3);
		expect(records.next().value).toMatchObject({ method: 'GET', url: 'a' });
		expect(records.next().value).toMatchObject({ method: 'POST', url: 'bcdefghij' });
		expect(() => records.next()).toThrow('record 2: found length 0, expected 104 or more');
	});

	it('are refused where their lengths lead out of them', () => {
		const record = packed({ texts: ['GET'] });
		record.writeUInt16LE(60000, 92);
		expect(() => only(record)).toThrow(expect.objectContaining({ code: 'ERR_BAD_RECORD' }));
		expect(() => [...accessRecords(record.subarray(0, 50), 1)]).toThrow(/record 0: found bytes 0 to 112/);
		expect(() => [...accessRecords(Buffer.alloc(2), 1)]).toThrow(expect.objectContaining({ code: 'ERR_BAD_RECORD' }));
	});
});
