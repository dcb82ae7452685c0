import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { createLabelSet, type LabelSet } from '../../../lib/labels/label-set.js';
import { servicesOf } from '../../../lib/rules/services.js';
import { worldOf, type PolicyWorld } from '../../../lib/rules/world.js';

const pod = (name: string, labels: object, networks?: string, spec: object = {}) => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {
		name,
		labels,
		...(networks === undefined ? {} : { annotations: { 'network.v1alpha1.isovalent.com/pod-networks': networks } }),
	},
	spec,
});

const policy = {
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: 'p' },
	spec: {
		endpointSelector: {},
		egress: [{ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] }, { toCIDR: ['0.0.0.0/0', 'fd00::/8'] }],
	},
};

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { tier: 'one' } } };

const world = worldOf(
	parseDocuments(
		pod('client', { app: 'client' }, 'default,jupiter'),
		pod('twin', { app: 'client' }),
		pod('server', { app: 'server' }, undefined, {
			containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }] }],
			serviceAccountName: 'web',
		}),
		namespace,
		{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { zone: 'a' } } },
		policy,
	),
);

const labelsOf = (ref: string) => world.find(ref)?.labels.toStrings();

describe('the world of documents', () => {
	test('has one identity for each set of labels, by pod and network', () => {
		expect(world.find('client')).toBe(world.find('default/twin'));
		expect(world.find('client')).not.toBe(world.find('default/client@jupiter'));
		expect(labelsOf('client@jupiter')).toContain('cni:com.isovalent.v1alpha1.network.attachment=jupiter');
		expect(world.nameOf(world.find('server')!.id)).toBe('default/server');
		expect(world.find('nobody')).toBeUndefined();
	});

	test('gives pods their namespace’s labels, service account and named ports', () => {
		expect(labelsOf('server')).toEqual(
			expect.arrayContaining([
				'k8s:io.cilium.k8s.namespace.labels.tier=one',
				'k8s:io.cilium.k8s.policy.serviceaccount=web',
				'k8s:io.kubernetes.pod.namespace=default',
			]),
		);
		expect(world.find('server')!.namedPorts).toEqual([{ name: 'http', protocol: 6, port: 8080 }]);
	});

	test('finds entities, nodes, numbers, and addresses by the longest block', () => {
		expect(labelsOf('host')).toEqual(['reserved:host']);
		expect(labelsOf('node/n1')).toEqual(['node:zone=a', 'reserved:remote-node']);
		expect(world.find('9')).toBe(world.find('world-ipv4'));
		expect(labelsOf('10.1.2.3')).toContain('cidr:10.1.0.0/16');
		expect(labelsOf('10.2.2.3')).toContain('cidr:10.0.0.0/8');
		expect(labelsOf('fd00::1')).toContain('cidr:fd00::/8');
		expect(world.find('192.0.2.1')).toBe(world.find('world-ipv4'));
	});

	test('numbers identities the same whatever the order of the documents', () => {
		const documents = [pod('a', { app: 'a' }), pod('b', { app: 'b' })];
		const one = worldOf(parseDocuments(...documents));
		const other = worldOf(parseDocuments(...documents.toReversed()));
		expect(other.find('a')!.id).toBe(one.find('a')!.id);
	});

	test('knows the addresses that a cluster has given pods', () => {
		const placed = {
			...pod('a', { app: 'a' }),
			status: { podIP: '10.0.0.7', podIPs: [{ ip: '10.0.0.7' }, { ip: 'fd00::7' }] },
		};
		const found = worldOf(parseDocuments(placed, policy));
		expect(found.find('a')!.addresses).toEqual(['10.0.0.7', 'fd00::7']);
		expect(found.find('fd00:0::7')).toBe(found.find('a'));
		expect(found.find('10.0.0.8')!.labels.toStrings()).toContain('cidr:10.0.0.0/8');
	});

	test('takes identities that no document tells of, under their own numbers', () => {
		const learned = { id: 256, labels: createLabelSet(['fqdn:example.com', 'cidr:10.0.0.0/8', 'reserved:world-ipv4']) };
		const known = { id: 300, labels: labelSetOf(world, 'server') };
		const found = worldOf(parseDocuments(pod('client', { app: 'client' }), pod('server', { app: 'server' }), policy), [
			learned,
		]);
		expect(found.find('256')).toBe(learned);
		expect(found.find('client')!.id).toBe(257);
		expect(found.find('10.2.2.3')!.id).toBeGreaterThan(0xff_ffff);
		expect(new Set(found.identities.map(({ id }) => id)).size).toBe(found.identities.length);
		const again = worldOf(
			parseDocuments(pod('server', { app: 'server' }, undefined, { serviceAccountName: 'web' }), namespace),
			[known],
		);
		expect(again.find('server')).toBe(known);
	});

	test('gives pods of equal labels the named ports of all', () => {
		const named = (name: string, port: string, number: number) =>
			pod(name, { app: 'x' }, undefined, {
				containers: [{ name: 'c', ports: [{ name: port, containerPort: number }] }],
			});
		const found = worldOf(parseDocuments(named('a', 'http', 80), named('b', 'http', 8080)));
		expect(found.find('a')!.namedPorts).toEqual([
			{ name: 'http', protocol: 6, port: 80 },
			{ name: 'http', protocol: 6, port: 8080 },
		]);
	});

	test('takes a node without labels for what it is: another node', () => {
		const found = worldOf(parseDocuments({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2' } }));
		expect(found.find('node/n2')).toBe(found.find('remote-node'));
		expect(found.nameOf(found.find('remote-node')!.id)).toBeUndefined();
	});
});

describe('services of documents', () => {
	const service = (name: string, selector?: object) => ({
		apiVersion: 'v1',
		kind: 'Service',
		metadata: { name, labels: { of: name } },
		spec: selector === undefined ? {} : { selector },
	});
	const slice = (name: string, of: string, addressType: string, ...addresses: string[]) => ({
		apiVersion: 'discovery.k8s.io/v1',
		kind: 'EndpointSlice',
		metadata: { name, labels: { 'kubernetes.io/service-name': of } },
		addressType,
		endpoints: addresses.map((address) => ({ addresses: [address] })),
	});

	test('have labels, a selector, and the addresses of all their slices, each once', () => {
		const documents = parseDocuments(
			service('outer'),
			service('pods', { app: 'web' }),
			slice('a', 'outer', 'IPv4', '10.0.0.1', '10.0.0.2'),
			slice('b', 'outer', 'IPv4', '10.0.0.2'),
			slice('c', 'outer', 'IPv6', 'fd00::1'),
			slice('d', 'outer', 'FQDN', 'example.com'),
			slice('e', 'nobody', 'IPv4', '10.0.0.9'),
		);
		expect(servicesOf(documents)).toEqual([
			{ namespace: 'default', name: 'outer', labels: { of: 'outer' }, addresses: ['10.0.0.1', '10.0.0.2', 'fd00::1'] },
			{ namespace: 'default', name: 'pods', labels: { of: 'pods' }, selector: { app: 'web' }, addresses: [] },
		]);
	});

	test('give their addresses identities where a policy means them', () => {
		const toServices = [{ k8sService: { serviceName: 'outer' } }];
		const found = worldOf(
			parseDocuments(service('outer'), slice('a', 'outer', 'IPv4', '10.0.0.1'), {
				...policy,
				spec: { endpointSelector: {}, egress: [{ toServices }] },
			}),
		);
		expect(found.find('10.0.0.1')!.labels.toStrings()).toContain('cidr:10.0.0.1/32');
	});
});

function labelSetOf({ find }: PolicyWorld, ref: string): LabelSet {
	return find(ref)!.labels;
}
