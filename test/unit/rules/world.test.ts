import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { worldOf } from '../../../lib/rules/world.js';

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

const world = worldOf(
	parseDocuments(
		pod('client', { app: 'client' }, 'default,jupiter'),
		pod('twin', { app: 'client' }),
		pod('server', { app: 'server' }, undefined, {
			containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }] }],
			serviceAccountName: 'web',
		}),
		{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { tier: 'one' } } },
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
});
