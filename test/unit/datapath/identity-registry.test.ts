import { describe, expect, it } from 'vitest';

import { createChanges } from '../../../lib/datapath/changes.js';
import { createIdentityRegistry } from '../../../lib/datapath/identity-registry.js';
import { canonicalLabels } from '../../../lib/datapath/labels.js';
import { noRecords } from '../../../lib/kernel/records.js';

function start() {
	const changes = createChanges(
		() => undefined,
		() => undefined,
	);
	const registry = createIdentityRegistry(changes, noRecords(), 3);
	const seen: string[] = [];
	registry.onChange((identity, present) => seen.push(`${present ? '+' : '-'}${identity.id}`));
	return { changes, registry, seen };
}

const labels = (text: string) => canonicalLabels({ 'k8s:app': text });

describe('the registry of identities', () => {
	it('gives one number to equal labels, and takes it back with the last user', () => {
		const { changes, registry, seen } = start();
		const one = changes.run(() => registry.acquire(labels('a'), 'labels'));
		expect(changes.run(() => registry.acquire(labels('a'), 'labels'))).toBe(one);
		changes.run(() => registry.release(one));
		expect(registry.get(one.id)).toBe(one);
		changes.run(() => registry.release(one));
		expect(registry.get(one.id)).toBeUndefined();
		expect(seen).toEqual(['+256', '-256']);
	});

	it('does not give a number again before all others were given', () => {
		const { changes, registry } = start();
		const first = changes.run(() => registry.acquire(labels('a'), 'labels'));
		changes.run(() => registry.release(first));
		expect(changes.run(() => registry.acquire(labels('a'), 'labels')).id).toBe(257);
	});

	it('keeps what was asked for by name until it is let go', () => {
		const { changes, registry } = start();
		const one = changes.run(() => registry.acquire(labels('a'), 'labels'));
		changes.run(() => registry.keep(one));
		changes.run(() => registry.release(one));
		expect(registry.get(one.id)).toBe(one);
		expect(changes.run(() => registry.unkeep(one))).toBe(true);
		expect(registry.get(one.id)).toBeUndefined();
	});

	it('is as before when the change fails', () => {
		const { changes, registry } = start();
		const one = changes.run(() => registry.acquire(labels('a'), 'labels'));
		const before = [...registry];
		expect(() =>
			changes.run(() => {
				registry.acquire(labels('b'), 'labels');
				registry.release(one);
				throw new Error('no');
			}),
		).toThrow('no');
		expect([...registry]).toEqual(before);
		expect(registry.find(labels('b'))).toBeUndefined();
	});

	it('knows the reserved ones and never gives them up', () => {
		const { changes, registry } = start();
		const host = registry.byName('host');
		expect(host).toMatchObject({ id: 1, kind: 'reserved', labels: { 'reserved:host': '' } });
		expect(host && changes.run(() => registry.unkeep(host))).toBe(false);
		expect(registry.byName('kube-apiserver')?.id).toBe(7);
	});
});
