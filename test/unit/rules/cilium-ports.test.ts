import { describe, expect, test } from 'vitest';
import type { PolicyRule } from '../../../lib/rules/rule.js';
import { cilium, only, read } from './support/read.js';

const rules = (rule: string): readonly PolicyRule[] =>
	only(cilium(`endpointSelector: {}, egress: [{ toEntities: [host], ${rule} }]`)).rules;
const ports = (rule: string) => rules(rule).flatMap((found) => found.ports);
const span = (protocol: number | 'any', port: number, endPort = port) => ({ protocol, port, endPort });
const EVERY = span('any', 0, 65535);

describe('ports of a Cilium rule', () => {
	test.each([
		['absent are every port of every protocol', 'toEntities: [host]', [EVERY]],
		['an empty list is every port of every protocol', 'toPorts: []', [EVERY]],
		['an entry that lists none is none', 'toPorts: [{ ports: [] }]', []],
		['a number', 'toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]', [span(6, 80)]],
		['a range', 'toPorts: [{ ports: [{ port: "80", endPort: 90, protocol: UDP }] }]', [span(17, 80, 90)]],
		['SCTP', 'toPorts: [{ ports: [{ port: "80", protocol: SCTP }] }]', [span(132, 80)]],
		['no protocol is any that has ports', 'toPorts: [{ ports: [{ port: "80" }] }]', [span('any', 80)]],
		['ANY is the same', 'toPorts: [{ ports: [{ port: "80", protocol: ANY }] }]', [span('any', 80)]],
		[
			'port 0 is every port of its protocol',
			'toPorts: [{ ports: [{ port: "0", protocol: TCP }] }]',
			[span(6, 0, 65535)],
		],
		[
			'port 0 of ANY is every port of TCP, UDP and SCTP, and no other protocol',
			'toPorts: [{ ports: [{ port: "0" }] }]',
			[span(6, 0, 65535), span(17, 0, 65535), span(132, 0, 65535)],
		],
		['a name', 'toPorts: [{ ports: [{ port: http, protocol: TCP }] }]', [{ protocol: 6, name: 'http' }]],
		['a name of any protocol', 'toPorts: [{ ports: [{ port: dns }] }]', [{ protocol: 'any', name: 'dns' }]],
		[
			'entries add up',
			'toPorts: [{ ports: [{ port: "80", protocol: TCP }] }, { ports: [{ port: "53", protocol: UDP }] }]',
			[span(6, 80), span(17, 53)],
		],
	])('%s', (_, rule, expected) => {
		const own = rule.startsWith('toEntities')
			? only(cilium(`endpointSelector: {}, egress: [{ ${rule} }]`)).rules
			: rules(rule);
		expect(own.flatMap((found) => found.ports)).toEqual(expected);
	});

	test('of ICMP are types, each with every code', () => {
		expect(
			ports(
				'icmps: [{ fields: [{ type: 8, family: IPv4 }, { type: EchoRequest, family: IPv6 }] }, { fields: [{ type: 3 }] }]',
			),
		).toEqual([span(1, 0x0800, 0x08ff), span(58, 0x8000, 0x80ff), span(1, 0x0300, 0x03ff)]);
	});

	test('share one rule, and one number', () => {
		const found = rules('toPorts: [{ ports: [{ port: "80" }, { port: "81" }] }, { ports: [{ port: "82" }] }]');
		expect(found).toHaveLength(1);
		expect(found[0]!.ports).toHaveLength(3);
	});
});

const TCP_80 = 'ports: [{ port: "80", protocol: TCP }]';

describe('L7 rules', () => {
	const text = cilium(
		`endpointSelector: {}, egress: [{ toEntities: [host], toPorts: [{ ${TCP_80}, rules: { http: [{ method: GET }] } }, { ports: [{ port: "81" }] }, { ports: [{ port: "443", protocol: TCP }], serverNames: [example.com] }] }]`,
	);
	const { policies, originOf } = read(text);
	const found = policies[0]!.rules.map((rule) => ({ ...originOf(rule), action: rule.action, ports: rule.ports }));

	test('make a redirect of their own entry, the rest of the rule is an allow', () => {
		expect(found.map(({ path, action, ports: own }) => ({ path, action, ports: own }))).toEqual([
			{ path: 'spec.egress[0]', action: 'allow', ports: [span('any', 81)] },
			{ path: 'spec.egress[0].toPorts[0]', action: 'redirect', ports: [span(6, 80)] },
			{ path: 'spec.egress[0].toPorts[2]', action: 'redirect', ports: [span(6, 443)] },
		]);
	});

	test('are kept with the number of their entry', () => {
		expect(found.map(({ l7 }) => l7)).toEqual([
			undefined,
			{ http: [{ method: 'GET' }] },
			{ serverNames: ['example.com'] },
		]);
	});

	test('that are an empty list ask for nothing', () => {
		expect(rules(`toPorts: [{ ${TCP_80}, rules: { http: [] } }]`)).toMatchObject([
			{ action: 'allow', ports: [span(6, 80)] },
		]);
	});

	test('of DNS redirect, too', () => {
		const dns = read(
			cilium(
				'endpointSelector: {}, egress: [{ toPorts: [{ ports: [{ port: "53" }], rules: { dns: [{ matchPattern: "*" }] } }] }]',
			),
		);
		const rule = dns.policies[0]!.rules[0]!;
		expect(rule).toMatchObject({ action: 'redirect', peers: 'any', ports: [span('any', 53)] });
		expect(dns.originOf(rule).l7).toEqual({ dns: [{ matchPattern: '*' }] });
	});
});
