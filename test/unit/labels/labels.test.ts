import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLabelSet } from '../../../lib/labels/label-set.js';
import { formatLabel, parseLabel } from '../../../lib/labels/label.js';
import { podIdentityLabels } from '../../../lib/labels/pod-labels.js';
import { RESERVED_IDENTITIES } from '../../../lib/labels/reserved.js';
import { createSelector, inNamespace, scopePeers, type LabelSelector } from '../../../lib/labels/selector.js';

const client = podIdentityLabels({ namespace: 'default', labels: { app: 'client' }, network: 'default' });
const clientOnJupiter = podIdentityLabels({ namespace: 'default', labels: { app: 'client' }, network: 'jupiter' });
const host = RESERVED_IDENTITIES[0]!.labels;

describe('a label', () => {
	test.each([
		['k8s:app=client', { source: 'k8s', key: 'app', value: 'client' }],
		['app=client', { source: 'unspec', key: 'app', value: 'client' }],
		['reserved:host', { source: 'reserved', key: 'host', value: '' }],
		['k8s:a=b=c', { source: 'k8s', key: 'a', value: 'b=c' }],
		['app=x:y', { source: 'unspec', key: 'app', value: 'x:y' }],
		['cidr:10.0.0.0/8', { source: 'cidr', key: '10.0.0.0/8', value: '' }],
	])('%s is taken apart', (text, label) => {
		expect(parseLabel(text)).toEqual(label);
	});

	test('without a key is refused', () => {
		expect(() => parseLabel('k8s:=x')).toThrow('label: found "k8s:=x", expected source:key=value');
	});

	test('reads back as it was written', () => {
		const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
		fc.assert(
			fc.property(
				fc.record({
					source: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
					key: word,
					value: fc.oneof(word, fc.constant('')),
				}),
				(label) => {
					expect(parseLabel(formatLabel(label))).toEqual(label);
				},
			),
		);
	});
});

describe('a label set', () => {
	test('is the same whatever the order and the form of the input', () => {
		const one = createLabelSet({ 'k8s:b': '2', 'k8s:a': '1' });
		const other = createLabelSet(['k8s:a=1', 'k8s:b=2', 'k8s:a=1']);
		expect(other.key).toBe(one.key);
		expect(other.toStrings()).toEqual(['k8s:a=1', 'k8s:b=2']);
	});

	test('with two values for one key is refused', () => {
		expect(() => createLabelSet(['k8s:a=1', 'k8s:a=2'])).toThrow(
			'label k8s:a: found "2", expected one value, there is 1',
		);
	});

	test('of a pod on the default network is what Cilium gives it', () => {
		expect(client.toStrings()).toEqual([
			'k8s:app=client',
			'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=default',
			'k8s:io.cilium.k8s.policy.cluster=default',
			'k8s:io.cilium.k8s.policy.serviceaccount=default',
			'k8s:io.kubernetes.pod.namespace=default',
		]);
	});

	test('of a pod on another network has the attachment too', () => {
		expect(clientOnJupiter.toStrings()).toEqual([
			'cni:com.isovalent.v1alpha1.network.attachment=jupiter',
			...client.toStrings(),
		]);
		expect(clientOnJupiter.key).not.toBe(client.key);
	});
});

describe('a selector', () => {
	const matches = (selector: LabelSelector) => createSelector(selector).matches(clientOnJupiter);

	test.each<[boolean, LabelSelector]>([
		[true, {}],
		[true, { matchLabels: { app: 'client' } }],
		[true, { matchLabels: { 'k8s:app': 'client' } }],
		[true, { matchLabels: { 'any:app': 'client' } }],
		[false, { matchLabels: { 'cni:app': 'client' } }],
		[false, { matchLabels: { app: 'server' } }],
		[true, { matchLabels: { 'cni:com.isovalent.v1alpha1.network.attachment': 'jupiter' } }],
		[true, { matchLabels: { 'com.isovalent.v1alpha1.network.attachment': 'jupiter' } }],
		[false, { matchLabels: { 'k8s:com.isovalent.v1alpha1.network.attachment': 'jupiter' } }],
		[true, { matchExpressions: [{ key: 'app', operator: 'In', values: ['x', 'client'] }] }],
		[false, { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x', 'client'] }] }],
		[true, { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['x'] }] }],
		[true, { matchExpressions: [{ key: 'app', operator: 'Exists' }] }],
		[false, { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }],
		[true, { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }],
		[false, { matchLabels: { app: 'client' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }],
	])('answers %s for %j', (expected, selector) => {
		expect(matches(selector)).toBe(expected);
	});

	test('reads the same whatever the order of its parts', () => {
		const one = createSelector({ matchLabels: { b: '2', a: '1' } });
		expect(one.toString()).toBe(createSelector({ matchLabels: { a: '1', b: '2' } }).toString());
		expect(one.toString()).toBe('any:a=1,any:b=2');
	});
});

describe('a selector of peers in a namespaced policy', () => {
	const elsewhere = podIdentityLabels({ namespace: 'other', labels: { app: 'client' }, network: 'default' });
	const scoped = (selector: LabelSelector) => scopePeers(createSelector(selector), 'default');

	test('means the namespace of the policy', () => {
		expect(scoped({}).matches(client)).toBe(true);
		expect(scoped({}).matches(elsewhere)).toBe(false);
		expect(scoped({}).matches(host)).toBe(false);
	});

	test.each([
		'k8s:io.kubernetes.pod.namespace',
		'io.kubernetes.pod.namespace',
		'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name',
	])('means the namespace it names by %s', (key) => {
		const selector = scoped({ matchLabels: { [key]: 'other' } });
		expect(selector.matches(elsewhere)).toBe(true);
		expect(selector.matches(client)).toBe(false);
	});

	test('means every namespace where it only asks that there be one', () => {
		const selector = scoped({ matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }] });
		expect([client, elsewhere, host].map(selector.matches)).toEqual([true, true, false]);
	});

	test('finds the host, which is in no namespace', () => {
		expect(scoped({ matchLabels: { 'reserved:host': '' } }).matches(host)).toBe(true);
	});

	test('of subjects means the own namespace in any case', () => {
		const selector = createSelector({ matchLabels: { 'io.kubernetes.pod.namespace': 'other' } });
		expect(inNamespace(selector, 'default').matches(elsewhere)).toBe(false);
	});
});
