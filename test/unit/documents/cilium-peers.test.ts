import { describe, expect, test } from 'vitest';
import type { CiliumNetworkPolicy } from '../../../lib/documents/document.js';
import { ciliumSpec, only, wrongs } from './support/read.js';
import { cnp } from './support/write.js';

const egress = (rule: unknown) => cnp({ egress: [rule] });

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
		const { egress: rules } = ciliumSpec(egress({ toCIDR: ['10.1.2.3/8', '2001:DB8::1', '192.0.2.1'] }));
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
		const { egress: rules } = ciliumSpec(egress({ toEndpoints: [{ matchLabels: { [written]: '' } }] }));
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
