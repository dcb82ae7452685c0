/** What examples/cni/README.md shows is run by podman and its libcni, in folders of the test's own. */
import { existsSync, readdirSync } from 'node:fs';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { SLOWNESS } from './lab.js';
import { podmanMissing } from './runtime-missing.js';
import { exampleLines, openRuntime, podsOf } from './support-runtime.js';
import type { Runtime } from './support-runtime.js';
import { ours } from './support-agent.js';

const [, start = '', containers = '', look = '', end = '', down = ''] = exampleLines();
const [rootfs = ''] = containers.split('\nrun() ');

let missing: string | undefined;
let runtime: Runtime;

beforeAll(async () => {
	missing = await podmanMissing();
	if (missing !== undefined) console.error(`no container runtime here: ${missing}`);
}, 300_000 * SLOWNESS);

beforeEach((context) => {
	if (missing !== undefined) context.skip(missing);
	runtime = openRuntime();
});

afterEach(async () => {
	if (missing === undefined) await runtime[Symbol.asyncDispose]();
});

const namespaces = () => readdirSync('/run/netns').filter((name) => name.startsWith('netns-'));

const addressesIn = (told: string) => [...told.matchAll(/ inet6? (\S+)\/(?:32|128) /g)].map(([, ip]) => ip!);

/** A container that asks for those of a network's addresses that were told. */
function wishFor(network: string, told: string, prefix: RegExp) {
	const ips = addressesIn(told).filter((ip) => prefix.test(ip));
	const [ipv4, ipv6] = ips;
	const options = `--network ${network} --ip ${ipv4} --ip6 ${ipv6} --rootfs "$PWD/rootfs"`;
	return { ips, line: `podman run --rm ${options} ip addr show dev eth0` };
}

describe('podman', () => {
	it('runs containers on two networks as the example shows, and releases what they had', async () => {
		const before = namespaces();
		await runtime.sh(start);
		await runtime.sh(containers);
		expect(ours()).toHaveLength(5);
		const told = await runtime.sh(look);
		expect(told).toMatch(/default via \S+ dev eth0 .*\n192\.168\.0\.0\/16 via 192\.168\.0\.1 dev cil1 /);
		expect(told.match(/1 packets transmitted, 1 packets received/g)).toHaveLength(2);
		expect(told.match(/^hello$/gm)).toHaveLength(1);
		const pods = await podsOf(runtime);
		const both = ['default eth0', 'jupiter cil1'];
		expect(pods).toEqual({ 'server-default': ['default eth0'], client: both, batch: both });

		const asked = [wishFor('heddle', told, /^(10\.10\.|fd00:10:)/), wishFor('jupiter', told, /^(192\.168\.|fd00:16:)/)];
		expect(asked.map(({ ips }) => ips.length)).toEqual([2, 2]);
		for (const wish of asked) expect(await runtime.sh(`! ${wish.line}`)).toContain('ERR_ADDRESS_IN_USE');
		const ended = await runtime.sh(end);
		expect(ended).toMatch(/ether 02:00:00:00:00:77 .*\n\s+inet 10\.10\.0\.77\/32 /);
		expect(Object.keys(await podsOf(runtime)).sort()).toEqual(['batch', 'server-default']);
		expect(ours()).toHaveLength(3);
		for (const { line, ips } of asked) {
			const own = addressesIn(await runtime.sh(line));
			expect(own.filter((ip) => ips.includes(ip))).toEqual(ips);
		}

		await runtime.sh(down);
		expect(ours()).toEqual([]);
		expect(namespaces()).toEqual(before);
		expect(existsSync(runtime.pinPath)).toBe(false);
	});

	it('gives eth0 the default route in whichever order podman asks for networks', async () => {
		await runtime.sh(start + rootfs);
		const networks = '--network heddle --network jupiter:interface_name=cil1';
		for (let i = 0; i < 4; i++) {
			const routes = await runtime.sh(`podman run --rm ${networks} --rootfs "$PWD/rootfs" ip -4 route`);
			expect(routes).toMatch(/default via 169\.254\.1\.1 dev eth0 .*\n192\.168\.0\.0\/16 via 192\.168\.0\.1 dev cil1 /);
		}
		expect(ours()).toEqual([]);
	});

	it('starts no container that asks for what it cannot have, tells why, and leaves nothing of it', async () => {
		await runtime.sh(start + rootfs);
		const said = await runtime.sh('! podman run --rm --network heddle --ip 10.99.0.1 --rootfs "$PWD/rootfs" sleep 0');
		expect(said).toMatch(/plugin type="heddle-cni" failed \(add\): .*10\.99\.0\.1.*ERR_ADDRESS_NOT_IN_POOL/);
		expect(ours()).toEqual([]);
		expect(await podsOf(runtime)).toEqual({});
	});
});
