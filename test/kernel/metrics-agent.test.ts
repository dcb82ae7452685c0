import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { samplesOf } from '../unit/metrics/scrape.js';
import { openLab } from './lab.js';
import type { Lab } from './lab.js';
import { BOTH, example, requestOf } from './support-agent.js';

let lab: Lab;

beforeEach(() => {
	lab = openLab();
});

afterEach(() => lab[Symbol.asyncDispose]());

describe('an agent with metrics', () => {
	it('serves its pools beside its datapath, until it is closed', async () => {
		const agent = await lab.agent({ metrics: { listen: '127.0.0.1:0', labels: { network: true } } });
		await agent.apply(example('pools.yaml'), example('networks.yaml'));
		await agent.attachPod(requestOf(lab.pod('client'), { annotations: BOTH }));
		const url = `http://${agent.metrics!.address}/metrics`;
		const samples = samplesOf(await (await fetch(url)).text());
		expect(samples.get('cilium_ip_addresses{family="ipv4"}')).toBe(2);
		expect(samples.get('cilium_ip_addresses{family="ipv6"}')).toBe(2);
		expect(samples.get('cilium_ipam_capacity{family="ipv4",pool="jupiter-ip-pool"}')).toBe(32);
		expect(samples.get('heddle_ipam_pool_owners{pool="jupiter-ip-pool",state="in-use"}')).toBe(1);
		expect(samples.get('cilium_endpoint{network="jupiter"}')).toBe(1);
		expect(samples.get('cilium_endpoint{network="default"}')).toBe(1);
		await agent.unload();
		await expect(fetch(url)).rejects.toThrow();
	});

	it('is not opened where another listens, and leaves nothing open', async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const listen = `127.0.0.1:${(other.address() as AddressInfo).port}`;
		await expect(lab.agent({ metrics: { listen } })).rejects.toMatchObject({
			code: 'ERR_SOCKET_IN_USE',
			found: listen,
		});
		await new Promise((resolve) => other.close(resolve));
		const agent = await lab.agent({ metrics: { listen } });
		expect(agent.metrics!.address).toBe(listen);
		await agent.unload();
	});

	it('refuses an address that is none by the name of its option', async () => {
		await expect(lab.agent({ metrics: { listen: 'nowhere' } })).rejects.toMatchObject({
			code: 'ERR_INVALID_ARGUMENT',
			field: 'metrics.listen',
		});
	});
});
