import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { features } from '../../lib/native/addon.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab } from './lab.js';
import { BOTH, example, expectNothing, requestOf } from './support-agent.js';

const DRIVERS = ['veth', 'netkit'] as const;
/** Of one packet, without BIG TCP. */
const USUAL_SIZE = 65_536;
const SENT = 8_000_000;

let lab: Lab;

beforeEach(() => void (lab = openLab()));
afterEach(() => lab[Symbol.asyncDispose]());

/** Bytes by packet of one long sending. */
async function sizeOfPackets(
	from: ReturnType<Lab['pod']>,
	to: ReturnType<Lab['pod']>,
	address: string,
): Promise<number> {
	const sink = `const { createServer } = require('node:net');
		createServer((socket) => socket.resume().on('end', () => process.exit())).listen(7000, '::');
		setTimeout(() => process.exit(1), ${20_000 * SLOWNESS}).unref();`;
	const done = to.run('node', '-e', sink);
	const send = `const { connect } = require('node:net');
		const dial = () => connect(7000, '${address}').on('error', () => setTimeout(dial, 50))
			.on('connect', function () { this.end(Buffer.alloc(${SENT})); });
		dial();`;
	const sent = () =>
		from.run('cat', '/proc/net/dev').then(({ output }) => /eth0:(.*)/.exec(output)![1]!.trim().split(/\s+/));
	const before = (await sent()).map(Number);
	expect(await from.run('node', '-e', send)).toMatchObject({ code: 0, output: '' });
	expect(await done).toMatchObject({ code: 0 });
	const after = (await sent()).map(Number);
	const [bytes, packets] = [8, 9].map((column) => after[column]! - before[column]!);
	return bytes! / packets!;
}

describe.each(DRIVERS)('pods on %s', (driver) => {
	it.runIf(driver === 'veth' || features().netkit)('forward, are upgraded, and send big packets', async () => {
		let agent = await lab.agent({ driver, bigTcp: true });
		await agent.apply(example('pools.yaml'), example('networks.yaml'));
		const [client, server] = [lab.pod('client'), lab.pod('server')];
		await agent.attachPod(requestOf(client, { annotations: BOTH }));
		const targets = await agent.attachPod(requestOf(server, { annotations: BOTH }));
		const addresses = targets.flatMap(({ ipv4, ipv6 }) => [ipv4!, ipv6!]);
		const pings = async () => Promise.all(addresses.map((address) => client.ping(address)));
		expect(await pings()).toEqual(addresses.map(() => true));
		const { bigTcp } = targets[0]!;
		// The host's kernel is as old as it is: where it can do less, the reason says why.
		if (bigTcp!.reason === undefined) {
			expect(bigTcp).toEqual({ ipv4: 196_608, ipv6: 196_608 });
			expect(await sizeOfPackets(client, server, addresses[0]!)).toBeGreaterThan(USUAL_SIZE);
		}
		await agent.close();
		agent = await lab.agent({ driver, bigTcp: true, datapath: { existing: 'upgrade' } });
		[...agent.pods].forEach((id) => agent.checkPod(id));
		expect(await pings()).toEqual(addresses.map(() => true));
		await agent.detachPods(agent.pods);
		expectNothing(agent);
		await agent.close();
	});
});
