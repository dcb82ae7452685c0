import { isIPv4 } from 'node:net';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
	formatAddress,
	formatMac,
	isUsable,
	parseAddress,
	parseCidr,
	parseMac,
} from '../../../lib/addresses/address.js';

const again = (text: string) => {
	const { family, bytes } = parseAddress(text, 'x');
	return formatAddress(family, bytes);
};

describe('addresses', () => {
	it.each([
		['10.0.0.1', '10.0.0.1'],
		['::', '::'],
		['::1', '::1'],
		['FD00:0:0:1:0:0:0:1', 'fd00:0:0:1::1'],
		['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
		['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
		['::ffff:1.2.3.4', '::ffff:102:304'],
		['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
	])('%s reads as %s', (text, canonical) => {
		expect(again(text)).toBe(canonical);
	});

	it('of any bytes come back from their text', () => {
		const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
		fc.assert(
			fc.property(ipv6, (bytes) => {
				expect(parseAddress(formatAddress(6, bytes), 'x').bytes).toEqual(bytes);
			}),
		);
	});

	it('of IPv4 are those that the system knows', () => {
		const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '00', '01', '1a', '-1'));
		fc.assert(
			fc.property(fc.array(part, { minLength: 3, maxLength: 5 }), (parts) => {
				const text = parts.join('.');
				const read = () => again(text);
				if (isIPv4(text)) {
					expect(read()).toBe(text);
				} else {
					expect(read).toThrow('expected an IPv4 or IPv6 address');
				}
			}),
		);
	});

	it.each(['', '10.0.0', '10.0.0.256', '10.0.0.1/32', '010.0.0.1', 'fe80::1%eth0', '1::2::3', 'host'])(
		'%j is refused',
		(text) => {
			expect(() => parseAddress(text, 'addresses[3]')).toThrow(
				expect.objectContaining({ code: 'ERR_INVALID_ADDRESS', field: 'addresses[3]' }),
			);
		},
	);

	it('of the other family are refused where one is asked for', () => {
		expect(() => parseAddress('::1', 'x', 4)).toThrow('expected an IPv4 address');
	});

	it('that no packet may carry are told', () => {
		const usable = (text: string) => isUsable(parseAddress(text, 'x'));
		expect(['10.0.0.1', 'fd00::1', '169.254.1.1'].map(usable)).toEqual([true, true, true]);
		expect(
			['0.0.0.0', '127.1.1.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'ff02::1', 'fe80::1'].some(usable),
		).toBe(false);
	});
});

describe('CIDRs', () => {
	it('are read with their length; a bare address is whole', () => {
		expect(parseCidr('10.0.0.0/8', 'x')).toMatchObject({ family: 4, prefixLength: 8 });
		expect(parseCidr('fd00::1', 'x').prefixLength).toBe(128);
		expect(parseCidr('0.0.0.0/0', 'x').prefixLength).toBe(0);
		expect(parseCidr('fd00:8000::/17', 'x').prefixLength).toBe(17);
	});

	it.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', 'fd00::1/64', '/8'])(
		'%s is refused',
		(text) => {
			expect(() => parseCidr(text, 'cidr')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ADDRESS' }));
		},
	);

	it('with bits beyond the prefix are told what was meant', () => {
		expect(() => parseCidr('10.1.2.3/12', 'cidr')).toThrow('10.0.0.0/12');
	});
});

describe('MAC addresses', () => {
	it('come back from their text', () => {
		expect(formatMac(parseMac('02:0A:ff:00:01:02') ?? new Uint8Array())).toBe('02:0a:ff:00:01:02');
		expect(parseMac('02:0a:ff:00:01')).toBeUndefined();
		expect(parseMac('02-0a-ff-00-01-02')).toBeUndefined();
	});
});
