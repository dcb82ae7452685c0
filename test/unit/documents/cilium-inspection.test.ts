import { describe, expect, test } from 'vitest';
import { ciliumSpec, wrongs } from './support/read.js';
import { cnp } from './support/write.js';

const http = { http: [{}] };
const dns = { dns: [{ matchName: 'a.example' }] };
const tcp = (port: unknown) => ({ port, protocol: 'TCP' });
const inspected = (way: 'ingress' | 'egress', entry: unknown) => cnp({ [way]: [{ toPorts: [entry] }] });

describe('layer 7', () => {
	test.each<[string, 'ingress' | 'egress', unknown, string]>([
		['HTTP without ports', 'ingress', { rules: http }, 'ports: missing, expected at least one port with rules.http'],
		[
			'HTTP over UDP',
			'ingress',
			{ ports: [{ port: '80', protocol: 'UDP' }], rules: http },
			'ports[0].protocol: found "UDP", expected TCP with rules.http',
		],
		[
			'HTTP over any protocol',
			'ingress',
			{ ports: [{ port: '80' }], rules: http },
			'ports[0].protocol: found "ANY", expected TCP',
		],
		[
			'HTTP on every port',
			'ingress',
			{ ports: [tcp('0')], rules: http },
			'ports[0].port: found "0", expected a port with rules.http',
		],
		[
			'HTTP and DNS',
			'egress',
			{ ports: [tcp('80')], rules: { ...http, ...dns } },
			'found rules.http and rules.dns, expected one of them',
		],
		[
			'HTTP and server names',
			'egress',
			{ ports: [tcp('80')], rules: http, serverNames: ['a'] },
			'found rules.http and serverNames',
		],
		['DNS on ingress', 'ingress', { ports: [tcp('53')], rules: dns }, 'rules.dns: unsupported on ingress'],
		[
			'DNS over SCTP',
			'egress',
			{ ports: [{ port: '53', protocol: 'SCTP' }], rules: dns },
			'ports[0].protocol: found "SCTP", expected UDP or TCP or ANY',
		],
		[
			'DNS on a range',
			'egress',
			{ ports: [{ port: '53', endPort: 54 }], rules: dns },
			'ports[0].endPort: found 54, expected no range',
		],
		['an empty server name', 'egress', { ports: [tcp('443')], serverNames: [''] }, 'serverNames[0]: found ""'],
		[
			'a header without a name',
			'ingress',
			{ ports: [tcp('80')], rules: { http: [{ headerMatches: [{ name: '' }] }] } },
			'headerMatches[0].name: found ""',
		],
		[
			'an unknown action',
			'ingress',
			{ ports: [tcp('80')], rules: { http: [{ headerMatches: [{ name: 'a', mismatch: 'ALLOW' }] }] } },
			'mismatch: found "ALLOW"',
		],
		[
			'a path that is no expression',
			'ingress',
			{ ports: [tcp('80')], rules: { http: [{ path: '/(a' }] } },
			'path: found "/(a", expected a regular expression (RE2)',
		],
	])('%s is refused', (_, way, entry, wrong) => {
		expect(wrongs(inspected(way, entry))).toEqual([expect.stringContaining(wrong)]);
	});

	test('rules of no kind inspect nothing', () => {
		const entry = ciliumSpec(inspected('ingress', { ports: [{ port: '80' }], rules: {}, serverNames: [] })).ingress![0]!
			.toPorts![0];
		expect(entry).toEqual({ ports: [{ port: 80, protocol: 'any' }] });
	});

	test('an empty list of rules is kept: it allows no request', () => {
		const entry = ciliumSpec(inspected('ingress', { ports: [tcp('80')], rules: { http: [] } })).ingress![0]!
			.toPorts![0];
		expect(entry).toEqual({ ports: [{ port: 80, protocol: 6 }], rules: { http: [] } });
	});
});
