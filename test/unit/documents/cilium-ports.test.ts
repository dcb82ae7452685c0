import { describe, expect, test } from 'vitest';
import { ciliumSpec, wrongs } from './support/read.js';
import { cnp, ports } from './support/write.js';

const tcp = (port: unknown) => ({ port, protocol: 'TCP' });
const ingress = (rule: unknown) => cnp({ ingress: [rule] });

describe('ports', () => {
	test.each([
		[{ port: '80' }, { port: 80, protocol: 'any' }],
		[
			{ port: 80, protocol: 'tcp' },
			{ port: 80, protocol: 6 },
		],
		[
			{ port: '0', protocol: '' },
			{ port: 0, protocol: 'any' },
		],
		[
			{ port: '65535', endPort: 65535, protocol: 'UDP' },
			{ port: 65535, endPort: 65535, protocol: 17 },
		],
		[
			{ port: '1', endPort: 0, protocol: 'SCTP' },
			{ port: 1, protocol: 132 },
		],
		[{ port: 'HTTP-2' }, { port: 'http-2', protocol: 'any' }],
		[{ port: '0x50' }, { port: '0x50', protocol: 'any' }],
	])('%j are read', (written, read) => {
		expect(ciliumSpec(ports(written)).ingress![0]!.toPorts![0]!.ports).toEqual([read]);
	});

	test.each([
		[{}, 'port: missing'],
		[{ port: '' }, 'port: found ""'],
		[{ port: '080' }, 'port: found "080"'],
		[{ port: '65536' }, 'port: found "65536"'],
		[{ port: -1 }, 'port: found -1'],
		[{ port: 1.5 }, 'port: found 1.5'],
		[{ port: true }, 'port: found true'],
		[{ port: 'a--b' }, 'port: found "a--b"'],
		[{ port: '-a' }, 'port: found "-a"'],
		[{ port: 'sixteen-letters-' }, 'port: found'],
		[{ port: 'abcdefghijklmnop' }, 'port: found'],
		[{ port: '80', protocol: 'ICMP' }, 'protocol: found "ICMP", expected TCP, UDP, SCTP or ANY'],
		[{ port: '0', protocol: 'VRRP' }, 'protocol: found "VRRP"'],
		[{ port: '80', endPort: 79 }, 'endPort: found 79, expected at least 80'],
		[{ port: '80', endPort: 65536 }, 'endPort: found 65536'],
		[{ port: '0', endPort: 80 }, 'endPort: found 80, expected none with port 0'],
		[{ port: 'http', endPort: 80 }, 'endPort: found 80, expected none with a name'],
	])('%j are refused', (written, wrong) => {
		expect(wrongs(ports(written))).toEqual([expect.stringContaining(wrong)]);
	});

	test('are at most 40 in an entry', () => {
		const many = (count: number) => ports(...Array.from({ length: count }, (_, i) => ({ port: String(i + 1) })));
		expect(wrongs(many(40))).toEqual([]);
		expect(wrongs(many(41))).toEqual(['spec.ingress[0].toPorts[0].ports: found a list of 41, expected at most 40']);
	});
});

describe('ICMP', () => {
	const types = (...fields: unknown[]) => ingress({ icmps: [{ fields }] });

	test('types are numbers, or names of their family', () => {
		const written = [
			{ type: 8 },
			{ type: '13' },
			{ type: 'EchoRequest' },
			{ family: 'IPv6', type: 'EchoRequest' },
			{ family: 'IPv6', type: 'PacketTooBig' },
		];
		expect(ciliumSpec(types(...written)).ingress![0]!.icmps![0]!.fields).toEqual([
			{ family: 'IPv4', type: 8 },
			{ family: 'IPv4', type: 13 },
			{ family: 'IPv4', type: 8 },
			{ family: 'IPv6', type: 128 },
			{ family: 'IPv6', type: 2 },
		]);
	});

	test.each([
		{ type: 256 },
		{ type: -1 },
		{ type: 'PacketTooBig' },
		{ family: 'IPv6', type: 'Redirect' },
		{ type: '08' },
		{ type: 'toString' },
	])('%j is refused', (field) => {
		expect(wrongs(types(field))).toEqual([expect.stringContaining('icmps[0].fields[0].type: found')]);
	});

	test('and ports are not told in one rule', () => {
		expect(wrongs(ingress({ icmps: [{ fields: [{ type: 8 }] }], toPorts: [{ ports: [tcp('80')] }] }))).toEqual([
			expect.stringContaining('spec.ingress[0].icmps: found beside toPorts'),
		]);
	});

	test('fields are at most 40', () => {
		expect(wrongs(types(...Array.from({ length: 41 }, () => ({ type: 8 }))))).toEqual([
			expect.stringContaining('at most 40'),
		]);
	});
});
