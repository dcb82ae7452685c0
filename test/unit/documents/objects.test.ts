import { describe, expect, test } from 'vitest';
import type { EndpointSlice, NetworkPolicy, Pod, Service } from '../../../lib/documents/document.js';
import { addressesOf, namedPortsOf, networksOf } from '../../../lib/documents/pod.js';
import { only, wrongs } from './support/read.js';
import { np, pod } from './support/write.js';

const container = (...ports: unknown[]) => ({ containers: [{ name: 'a', image: 'a', ports }] });

describe('a pod', () => {
	test('without the networks annotation is on the default network', () => {
		expect(networksOf(only(pod({})))).toEqual(['default']);
	});

	test('has the ports that its containers name, of those that stay', () => {
		const spec = {
			containers: [
				{ ports: [{ name: 'http', containerPort: 80 }, { containerPort: 81 }] },
				{
					ports: [
						{ name: 'http', containerPort: 82 },
						{ name: 'http', containerPort: 83, protocol: 'UDP' },
					],
				},
			],
			initContainers: [
				{ ports: [{ name: 'first', containerPort: 84 }] },
				{ restartPolicy: 'Always', ports: [{ name: 'side', containerPort: 85, protocol: 'SCTP' }] },
			],
		};
		expect(namedPortsOf(only(pod(spec)) as Pod)).toEqual([
			{ name: 'http', protocol: 6, port: 80 },
			{ name: 'http', protocol: 17, port: 83 },
			{ name: 'side', protocol: 132, port: 85 },
		]);
	});

	test('without spec has no named ports and no addresses', () => {
		const document = only({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }) as Pod;
		expect([namedPortsOf(document), addressesOf(document)]).toEqual([[], []]);
	});

	test('has the addresses of its status, each once, and nothing that is none', () => {
		const status = {
			podIP: '10.0.0.1',
			podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }, { ip: 'x' }, 7],
			phase: 'Running',
		};
		expect(addressesOf(only({ ...pod({}), status }) as Pod)).toEqual(['10.0.0.1', 'fd00::1']);
		expect(addressesOf(only({ ...pod({}), status: 'odd' }) as Pod)).toEqual([]);
	});

	test.each([
		[container({ containerPort: 0 }), 'containerPort: found 0'],
		[container({ name: 'a' }), 'containerPort: missing'],
		[container({ containerPort: 1, name: 'Http' }), 'name: found "Http"'],
		[container({ containerPort: 1, protocol: 'tcp' }), 'protocol: found "tcp"'],
		[{ hostNetwork: true }, 'spec.hostNetwork: found true, expected false'],
		[{ containers: [{ networks: [] }] }, 'spec.containers[0].networks: unknown or unsupported field'],
		[{ serviceAccountName: 'A' }, 'spec.serviceAccountName: found "A"'],
	])('with the spec %j is refused', (spec, wrong) => {
		expect(wrongs(pod(spec))).toEqual([expect.stringContaining(wrong)]);
	});

	test.each([
		['default,default', 'found "default,default", expected every network once'],
		['default,,jupiter', 'found "", expected names of networks'],
		['', 'found "", expected names of networks'],
	])('on the networks %j is refused', (networks, wrong) => {
		const annotations = { 'network.v1alpha1.isovalent.com/pod-networks': networks };
		expect(wrongs(pod({}, { annotations }))).toEqual([expect.stringContaining(wrong)]);
	});
});

describe('a service', () => {
	const service = (spec: unknown) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec });
	const slice = (body: object) => ({
		apiVersion: 'discovery.k8s.io/v1',
		kind: 'EndpointSlice',
		metadata: { name: 'a' },
		...body,
	});

	test('keeps its selector, and none where there is none', () => {
		expect((only(service({ selector: { app: 'a' }, ports: [] })) as Service).spec).toEqual({ selector: { app: 'a' } });
		expect((only(service(null)) as Service).spec).toEqual({});
	});

	test('has no endpoints where a cluster writes null', () => {
		expect((only(slice({ addressType: 'IPv4', endpoints: null, ports: null })) as EndpointSlice).endpoints).toEqual([]);
	});

	test('has the addresses of its slices, of their family', () => {
		const endpoints = [{ addresses: ['10.0.0.1'], conditions: { ready: true } }];
		expect((only(slice({ addressType: 'IPv4', endpoints })) as EndpointSlice).endpoints).toEqual([
			{ addresses: ['10.0.0.1'] },
		]);
		expect(wrongs(slice({ addressType: 'IPv6', endpoints }))).toEqual([
			'endpoints[0].addresses[0]: found "10.0.0.1", expected an IPv6 address',
		]);
	});
});

describe('a pool and a network', () => {
	const pool = (spec: unknown) => ({
		apiVersion: 'cilium.io/v2alpha1',
		kind: 'CiliumPodIPPool',
		metadata: { name: 'p' },
		spec,
	});
	test.each([
		[{ ipv4: { cidrs: ['10.0.0.0/24'], maskSize: 20 } }, 'spec.ipv4.maskSize: found 20, expected at least 24'],
		[{ ipv4: { cidrs: ['fd00::/64'], maskSize: 24 } }, 'spec.ipv4.cidrs[0]: found "fd00::/64", expected an IPv4 CIDR'],
		[{ ipv4: { cidrs: [], maskSize: 24 } }, 'spec.ipv4.cidrs: found a list of 0, expected at least 1'],
		[{ allowFirstIP: true }, 'spec: found none, expected ipv4 or ipv6'],
		[{ ipv4: { cidrs: ['010.0.0.0/8'], maskSize: 24 } }, 'expected an IPv4 CIDR'],
	])('are refused where the pool is %j', (spec, wrong) => {
		expect(wrongs(pool(spec))).toEqual([expect.stringContaining(wrong)]);
	});

	test('are refused where a gateway is of the other family', () => {
		const spec = {
			ipam: { mode: 'multi-pool', pool: { name: 'p' } },
			routes: [{ destination: '10.0.0.0/8', gateway: 'fd00::1' }],
		};
		expect(
			wrongs({ apiVersion: 'isovalent.com/v1alpha1', kind: 'IsovalentPodNetwork', metadata: { name: 'n' }, spec }),
		).toEqual(['spec.routes[0].gateway: found "fd00::1", expected an address of the family of 10.0.0.0/8']);
	});
});

describe('an object that no text could say', () => {
	const cyclic: Record<string, unknown> = { ...np({}) };
	cyclic['spec'] = { podSelector: cyclic };
	const deep = Array.from({ length: 100_000 }).reduce<Record<string, unknown>>((inner) => ({ inner }), {});
	const wide = Array.from({ length: 20 }).reduce<unknown[]>((inner) => Array.from({ length: 10 }, () => inner), []);

	test.each<[string, unknown, string]>([
		['holds itself', cyclic, 'found values nested more than 64 deep'],
		['is deep', { ...np({}), spec: deep }, 'found values nested more than 64 deep'],
		['is wide', { ...np({}), spec: wide }, 'found more than 262144 values'],
		['is a huge list of nothing', { ...np({}), spec: new Array(2 ** 31) }, 'found more than 262144 values'],
		[
			'holds a function',
			np({ podSelector: { matchLabels: () => 1 } }),
			'spec.podSelector.matchLabels: found a function',
		],
		['holds a map', np({ podSelector: new Map() }), 'spec.podSelector: found a "Map", expected a plain value'],
		['holds a symbol', np({ policyTypes: [Symbol('a')] }), 'spec.policyTypes[0]: found a symbol'],
		[
			'holds a big number',
			np({ ingress: [{ ports: [{ port: 80n }] }] }),
			'spec.ingress[0].ports[0].port: found a bigint',
		],
		[
			'throws when read',
			Object.defineProperty({ ...np({}) }, 'spec', { enumerable: true, get: () => expect.fail('read') }),
			'found an object that cannot be read',
		],
		['is nothing', null, 'found null, expected an object'],
		['is a number', 7, 'found 7, expected an object'],
	])('is refused: it %s', (_, object, wrong) => {
		expect(wrongs(object as Record<string, unknown>).concat('')[0]).toContain(wrong);
	});

	test('is no matter where it is not read, or has a meaning', () => {
		const metadata = { name: 'a', creationTimestamp: new Date(0), namespace: undefined };
		expect((only({ ...np({ ingress: undefined }), metadata }) as NetworkPolicy).spec).toEqual({
			podSelector: {},
			policyTypes: ['Ingress'],
		});
	});

	test('is read once: what changes later changes nothing', () => {
		const labels = { app: 'a' };
		const document = only(np({ podSelector: { matchLabels: labels } })) as NetworkPolicy;
		labels.app = 'b';
		expect(document.spec.podSelector).toEqual({ matchLabels: { app: 'a' } });
	});
});
