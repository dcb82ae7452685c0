/** Pods of containerd, as a kubelet starts them: its CNI library calls heddle-cni with the pods' annotations. */
import { readdirSync } from 'node:fs';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { SLOWNESS } from './lab.js';
import { containerdMissing } from './runtime-missing.js';
import { BOTH, JUPITER, ours } from './support-agent.js';
import { openContainerd, type Containerd } from './support-containerd.js';
import { exampleLines, openRuntime, podsOf, type Runtime } from './support-runtime.js';

const [, start = ''] = exampleLines();

let missing: string | undefined;
let runtime: Runtime;
let containerd: Containerd;

beforeAll(async () => {
	missing = await containerdMissing();
	if (missing !== undefined) console.error(`no containerd here: ${missing}`);
}, 300_000 * SLOWNESS);

beforeEach(async (context) => {
	if (missing !== undefined) context.skip(missing);
	runtime = openRuntime();
	await runtime.sh(start);
	containerd = await openContainerd(runtime);
});

afterEach(async () => {
	if (missing !== undefined) return;
	// It may not have started.
	await (containerd as Containerd | undefined)?.[Symbol.asyncDispose]();
	await runtime[Symbol.asyncDispose]();
});

const namespaces = () => readdirSync('/run/netns').filter((name) => name.startsWith('cni-'));

describe('containerd', () => {
	it('gives a pod the networks of its annotations, and releases them with it', async () => {
		const before = namespaces();
		const web = await containerd.run({ name: 'web' });
		const moon = await containerd.run({ name: 'moon', annotations: JUPITER });
		const shop = await containerd.run({ name: 'shop', annotations: BOTH });
		expect(await podsOf(runtime)).toEqual({
			web: ['default eth0'],
			moon: ['jupiter eth0'],
			shop: ['default eth0', 'jupiter cil1'],
		});
		for (const other of [web, moon]) {
			const target = ipv4In(await containerd.exec(other, '/ip addr show dev eth0'));
			expect(await containerd.exec(shop, `/ping -c 1 -W 2 ${target}`)).toContain('1 packets received');
		}
		expect(await containerd.exec(shop, '/ip route')).toMatch(/^default via 169\.254\.1\.1 dev eth0 /);
		await containerd.remove(shop);
		expect(Object.keys(await podsOf(runtime)).sort()).toEqual(['moon', 'web']);
		expect(ours()).toHaveLength(2);
		await containerd.remove(web);
		await containerd.remove(moon);
		expect(ours()).toEqual([]);
		expect(namespaces()).toEqual(before);
	});

	it('starts no pod on a network that there is not, tells why, and leaves nothing of it', async () => {
		const annotations = { 'network.v1alpha1.isovalent.com/pod-networks': 'default,saturn' };
		await expect(containerd.run({ name: 'lost', annotations })).rejects.toThrow(/saturn.*ERR_UNKNOWN_NETWORK/);
		expect(ours()).toEqual([]);
		expect(await podsOf(runtime)).toEqual({});
	});
});

function ipv4In(told: string): string {
	return / inet (\S+)\/32 /.exec(told)?.[1] ?? '';
}
