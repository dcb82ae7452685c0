import { describe, expect, test } from 'vitest';
import type { CiliumNetworkPolicy } from '../../../lib/documents/document.js';
import { readDocuments } from '../../../lib/documents/parse.js';
import { only, wrongs } from './support/read.js';
import { ccnp, cnp, ports } from './support/write.js';

const http = { http: [{}] };
const dns = { dns: [{ matchName: 'a.example' }] };
const tcp = (port: unknown) => ({ port, protocol: 'TCP' });
const ingress = (rule: unknown) => cnp({ ingress: [rule] });
const egress = (rule: unknown) => cnp({ egress: [rule] });
const inspected = (way: 'ingress' | 'egress', entry: unknown) => cnp({ [way]: [{ toPorts: [entry] }] });

function specOf(input: Readonly<Record<string, unknown>>) {
	return (only(input) as CiliumNetworkPolicy).spec!;
}

describe('a policy of Cilium', () => {
	test.each<[string, Readonly<Record<string, unknown>>, string]>([
		['neither spec nor specs', { ...cnp({}), spec: null }, 'spec: missing, expected spec or specs'],
		['an empty specs', { ...cnp({}), spec: null, specs: [] }, 'spec: missing, expected spec or specs'],
		['no rule', cnp({ ingress: [] }), 'spec: found no rule'],
		[
			'no subject',
			ccnp({ ingress: [{}] }),
			'spec: found none, expected exactly one of endpointSelector and nodeSelector',
		],
		[
			'two subjects',
			ccnp({ endpointSelector: {}, nodeSelector: {}, ingress: [{}] }),
			'spec: found endpointSelector and nodeSelector',
		],
		[
			'nodes in a namespace',
			cnp({ nodeSelector: {}, ingress: [{}] }),
			'spec.nodeSelector: unsupported field: nodes are in no namespace',
		],
		[
			'nodes with HTTP',
			ccnp({ nodeSelector: {}, ingress: [{ toPorts: [{ ports: [tcp('80')], rules: http }] }] }),
			'spec.ingress[0].toPorts[0]: rules.http is unsupported for nodes',
		],
		[
			'a namespace where there is none',
			ccnp({ endpointSelector: {}, ingress: [{}] }, { namespace: 'a' }),
			'metadata.namespace: unsupported field',
		],
		[
			'an audit mode that is none',
			cnp({ ingress: [{}] }, { annotations: { 'policy.heddle.io/audit-mode': 'yes' } }),
			'metadata.annotations.policy.heddle.io/audit-mode: found "yes", expected "true" or "false"',
		],
		[
			'a default that is none',
			cnp({ ingress: [{}], enableDefaultDeny: { ingress: 'no' } }),
			'spec.enableDefaultDeny.ingress: found "no", expected true or false',
		],
	])('with %s is refused', (_, input, wrong) => {
		expect(wrongs(input)).toEqual([expect.stringContaining(wrong)]);
	});

	test.each([
		[
			'fromRequires',
			ingress({ fromRequires: [{}] }),
			'spec.ingress[0].fromRequires: unsupported field: removed from Cilium',
		],
		['toRequires', egress({ toRequires: [{}] }), 'spec.egress[0].toRequires: unsupported field: removed from Cilium'],
		[
			'fromGroups',
			ingress({ fromGroups: [{}] }),
			'spec.ingress[0].fromGroups: unsupported field: groups of cloud providers',
		],
		['toGroups', egress({ toGroups: [{}] }), 'spec.egress[0].toGroups: unsupported field: groups of cloud providers'],
		[
			'rules.kafka',
			inspected('ingress', { ports: [tcp('1')], rules: { kafka: [{}] } }),
			'spec.ingress[0].toPorts[0].rules.kafka: unsupported field: Kafka',
		],
		[
			'rules.l7proto',
			inspected('ingress', { ports: [tcp('1')], rules: { l7proto: 'x' } }),
			'spec.ingress[0].toPorts[0].rules.l7proto: unsupported field',
		],
		[
			'terminatingTLS',
			inspected('egress', { ports: [tcp('1')], terminatingTLS: {} }),
			'spec.egress[0].toPorts[0].terminatingTLS: unsupported field: TLS',
		],
		[
			'listener',
			inspected('egress', { ports: [tcp('1')], listener: {} }),
			'spec.egress[0].toPorts[0].listener: unsupported field: listeners',
		],
		[
			'cidrGroupRef',
			ingress({ fromCIDRSet: [{ cidr: '10.0.0.0/8', cidrGroupRef: 'g' }] }),
			'spec.ingress[0].fromCIDRSet[0].cidrGroupRef: unsupported field: groups of CIDRs',
		],
		[
			'what denies and inspects',
			cnp({ ingressDeny: [{ toPorts: [{ rules: {} }] }] }),
			'spec.ingressDeny[0].toPorts[0].rules: unsupported field: what denies',
		],
		[
			'what denies names',
			cnp({ egressDeny: [{ toFQDNs: [] }] }),
			'spec.egressDeny[0].toFQDNs: unsupported field: names are learned',
		],
		[
			'a rule that is neither',
			egress({ fromEndpoints: [{}] }),
			'spec.egress[0].fromEndpoints: unknown or unsupported field',
		],
		['a field of nobody', cnp({ ingress: [{}], surprise: 1 }), 'spec.surprise: unknown or unsupported field'],
	])('with %s is refused by path', (_, input, wrong) => {
		expect(wrongs(input)).toEqual([expect.stringContaining(wrong)]);
	});

	test('keeps absent and empty lists of peers apart', () => {
		const { ingress: rules } = specOf(cnp({ ingress: [{ fromEndpoints: [] }, {}, { fromEndpoints: null }] }));
		expect(rules).toEqual([{ fromEndpoints: [] }, {}, {}]);
	});

	test('may be for its own namespace by name, and for no other', () => {
		const subject = (value: unknown) => ({
			endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': value } },
			ingress: [{}],
		});
		expect(wrongs(cnp(subject('shop'), { namespace: 'shop' }))).toEqual([]);
		expect(wrongs(cnp(subject('other'), { namespace: 'shop' }))).toEqual([
			'spec.endpointSelector.matchLabels.k8s:io.kubernetes.pod.namespace: found "other", expected the policy\'s own namespace, shop',
		]);
		const listed = { key: 'io.kubernetes.pod.namespace', operator: 'In', values: ['b', 'c'] };
		expect(wrongs(cnp({ endpointSelector: { matchExpressions: [listed] }, ingress: [{}] }))).toEqual([
			"spec.endpointSelector.matchExpressions[0].values: found a list of 2, expected the policy's own namespace, default",
		]);
	});

	test('of whose many rules each is wrong is told whole', () => {
		const found = wrongs(
			cnp({
				ingress: [
					{
						fromEntities: ['nobody'],
						fromCIDR: ['300.0.0.0/8'],
						icmps: [{ fields: [{ type: 'Ping' }] }],
						toPorts: [{}],
					},
				],
				endpointSelector: { matchLabels: { 'a b': '' } },
			}),
		);
		expect(found.map((text) => text.split(': ')[0])).toEqual([
			'spec.endpointSelector.matchLabels.a b',
			'spec.ingress[0].fromEntities[0]',
			'spec.ingress[0].fromCIDR[0]',
			'spec.ingress[0].icmps[0].fields[0].type',
			'spec.ingress[0]',
			'spec.ingress[0].icmps',
		]);
	});
});

describe('peers', () => {
	const kinds: Record<string, unknown> = {
		toEndpoints: [{}],
		toEntities: ['world'],
		toCIDR: ['10.0.0.0/8'],
		toCIDRSet: [{ cidr: '10.0.0.0/8' }],
		toNodes: [{}],
		toServices: [{ k8sService: { serviceName: 'a' } }],
		toFQDNs: [{ matchName: 'a' }],
	};
	const pairs = Object.keys(kinds).flatMap((a, i) =>
		Object.keys(kinds)
			.slice(i + 1)
			.map((b) => [a, b] as const),
	);

	test.each(pairs)('of two kinds are refused in one rule: %s and %s', (a, b) => {
		expect(wrongs(egress({ [a]: kinds[a], [b]: kinds[b] }))).toEqual([
			expect.stringContaining('in one rule, expected one of them'),
		]);
	});

	test('of two kinds are legal where one list is empty', () => {
		expect(wrongs(egress({ toEndpoints: [], toEntities: ['world'] }))).toEqual([]);
	});

	test('by CIDR are canonical, and an address is one of full length', () => {
		const { egress: rules } = specOf(egress({ toCIDR: ['10.1.2.3/8', '2001:DB8::1', '192.0.2.1'] }));
		expect(rules![0]!.toCIDR).toEqual(['10.0.0.0/8', '2001:db8::1/128', '192.0.2.1/32']);
	});

	test.each([
		['no CIDR', { cidr: 'ten' }, 'cidr: found "ten", expected a CIDR'],
		['an address', { cidr: '10.0.0.1' }, 'cidr: found "10.0.0.1", expected a CIDR'],
		['a length too long', { cidr: '10.0.0.0/33' }, 'cidr: found "10.0.0.0/33"'],
		[
			'a hole beside it',
			{ cidr: '10.0.0.0/8', except: ['11.0.0.0/9'] },
			'except[0]: found "11.0.0.0/9", expected a block within 10.0.0.0/8',
		],
		[
			'a hole around it',
			{ cidr: '10.0.0.0/16', except: ['10.0.0.0/8'] },
			'except[0]: found "10.0.0.0/8", expected a block within',
		],
		[
			'a hole of the other family',
			{ cidr: '::/0', except: ['10.0.0.0/8'] },
			'except[0]: found "10.0.0.0/8", expected a block within',
		],
	])('by a set of CIDRs are refused with %s', (_, rule, wrong) => {
		expect(wrongs(egress({ toCIDRSet: [rule] }))).toEqual([
			expect.stringContaining(`spec.egress[0].toCIDRSet[0].${wrong}`),
		]);
	});

	test.each([
		['k8s:app', 'k8s:app'],
		['any:app', 'any:app'],
		['app.kubernetes.io/name', 'app.kubernetes.io/name'],
		['k8s.app', 'k8s.app'],
		['$host', 'reserved:host'],
		['reserved.host', 'reserved:host'],
		['cidr:10.0.0.0/8', 'cidr:10.0.0.0/8'],
		['cidr:fd00--0/8', 'cidr:fd00::/8'],
		['node:zone', 'node:zone'],
		[`io.cilium.k8s.namespace.labels.${'a'.repeat(63)}`, `io.cilium.k8s.namespace.labels.${'a'.repeat(63)}`],
	])('by the label %s are asked for %s', (written, asked) => {
		const { egress: rules } = specOf(egress({ toEndpoints: [{ matchLabels: { [written]: '' } }] }));
		expect(Object.keys(rules![0]!.toEndpoints![0]!.matchLabels!)).toEqual([asked]);
	});

	test.each([
		'',
		':',
		'k8s:',
		'a b',
		'a/b/c',
		'/a',
		'a/',
		'A/b',
		'-a',
		'a=b',
		'cidr:ten',
		'a'.repeat(64),
		'K8S:a',
		'toString ',
		'\u0000',
	])('by the label %j are refused', (key) => {
		expect(wrongs(egress({ toEndpoints: [{ matchLabels: { [key]: '' } }] }))).toEqual([
			expect.stringContaining('expected a label key'),
		]);
	});

	test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('by the label %s are like any other', (key) => {
		const text = `{"apiVersion":"cilium.io/v2","kind":"CiliumNetworkPolicy","metadata":{"name":"a"},"spec":{"endpointSelector":{"matchLabels":{"${key}":"x"}},"ingress":[{}]}}`;
		const found = wrongs(text);
		const legal = /^[a-z]/i.test(key);
		expect(found).toEqual(legal ? [] : [expect.stringContaining('expected a label key')]);
		expect(legal ? (only(text) as CiliumNetworkPolicy).spec!.endpointSelector!.matchLabels![key] : 'x').toBe('x');
	});

	test('by one label written in two ways are refused', () => {
		expect(wrongs(egress({ toEndpoints: [{ matchLabels: { $host: '', 'reserved:host': 'x' } }] }))).toEqual([
			expect.stringContaining('the same as reserved:host, expected once'),
		]);
	});

	test.each([
		[{}, 'found none, expected exactly one of matchName and matchPattern'],
		[{ matchName: 'a', matchPattern: 'b' }, 'found matchName and matchPattern'],
		[{ matchName: '*.a' }, 'matchName: found "*.a", expected a domain name'],
		[{ matchName: 'a..b' }, 'matchName: found "a..b", expected a domain name'],
		[{ matchPattern: 'a/b' }, 'matchPattern: found "a/b", expected a pattern'],
		[{ matchPattern: '' }, 'matchPattern: found "", expected a pattern'],
	])('by the name %j are refused', (selector, wrong) => {
		expect(wrongs(egress({ toFQDNs: [selector] }))).toEqual([expect.stringContaining(wrong)]);
	});

	test.each([
		[{}, 'found none, expected exactly one of k8sService and k8sServiceSelector'],
		[
			{ k8sService: { serviceName: 'a' }, k8sServiceSelector: { selector: {} } },
			'found k8sService and k8sServiceSelector',
		],
		[{ k8sService: {} }, 'k8sService.serviceName: missing'],
	])('by the service %j are refused', (service, wrong) => {
		expect(wrongs(egress({ toServices: [service] }))).toEqual([expect.stringContaining(wrong)]);
	});
});

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
		expect(specOf(ports(written)).ingress![0]!.toPorts![0]!.ports).toEqual([read]);
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
		expect(specOf(types(...written)).ingress![0]!.icmps![0]!.fields).toEqual([
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
		const entry = specOf(inspected('ingress', { ports: [{ port: '80' }], rules: {}, serverNames: [] })).ingress![0]!
			.toPorts![0];
		expect(entry).toEqual({ ports: [{ port: 80, protocol: 'any' }] });
	});

	test('an empty list of rules is kept: it allows no request', () => {
		const entry = specOf(inspected('ingress', { ports: [tcp('80')], rules: { http: [] } })).ingress![0]!.toPorts![0];
		expect(entry).toEqual({ ports: [{ port: 80, protocol: 6 }], rules: { http: [] } });
	});
});

test('a policy of Cilium warns of nothing', () => {
	expect(readDocuments([cnp({ ingress: [{}] })]).warnings).toEqual([]);
});
