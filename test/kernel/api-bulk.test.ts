import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AttachItem, Datapath } from '../../lib/index.js';
import { Netlink } from '../../lib/native/addon.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';

let lab: Lab;
let datapath: Datapath;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0 });
});

afterEach(() => lab[Symbol.asyncDispose]());

describe('a thousand endpoints', () => {
	it('are attached in one call and one epoch, and detached likewise', async () => {
		const count = SLOWNESS > 1 ? 50 : 1000;
		const pod = lab.pod('many');
		const items = Array.from({ length: count }, (_, i) => itemOf(pod, i));
		const epoch = datapath.stats().epoch;
		const endpoints = await datapath.networks.default.attachMany(items);
		expect(datapath.stats().epoch).toBe(epoch + 1);
		expect(endpoints).toHaveLength(count);
		expect(new Set(endpoints.map(({ identity }) => identity)).size).toBe(10);
		await datapath.networks.default.detachMany(endpoints);
		expect(datapath.endpoints.size).toBe(0);
		expect(datapath.stats().maps['addresses']?.entries).toBe(0);
	});
});

function itemOf(pod: LabPod, i: number): AttachItem {
	const address = `10.9.${i >> 8}.${i & 255}`;
	const name = pod.plug([]);
	const netlink = new Netlink();
	const mac = netlink.link(name)?.mac ?? '';
	netlink.close();
	return {
		interface: name,
		options: { name: `many-${i}`, labels: { 'k8s:app': `a${i % 10}` }, addresses: [address], mac },
	};
}
