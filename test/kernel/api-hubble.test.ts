import { afterEach, beforeEach, expect, it } from 'vitest';

import { serveHubble } from '../../lib/index.js';
import type { Datapath } from '../../lib/index.js';
import { connectTo, withFolder } from '../unit/hubble/client.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';

let lab: Lab;
let datapath: Datapath;
let client: LabPod;

beforeEach(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, flowHistory: 1000 });
	const jupiter = datapath.networks.create('jupiter', { id: 7 });
	client = lab.pod('client');
	await client.join(jupiter, ['10.3.0.2']);
	const server = await lab.pod('server').join(jupiter, ['10.3.0.3']);
	server.policy.set({ peer: 'any', direction: 'ingress', protocol: 'tcp', port: 80 }, { verdict: 'allow' });
});

afterEach(() => lab[Symbol.asyncDispose]());

it('a denied ping is told to Hubble’s clients: from before the server was there, and while they follow', () =>
	withFolder(async (folder) => {
		expect(await client.ping('10.3.0.3')).toBe(false);
		const server = await serveHubble(datapath, { listen: `unix://${folder}/hubble.sock`, nodeName: 'node-1' });
		const hubble = connectTo(server.addresses[0]!);
		const filter = { protocol: ['icmpv4'], destination_label: ['heddle:network=jupiter'], source_pod: ['/client'] };
		const stream = hubble.open('observer.Observer/GetFlows', { whitelist: [filter], number: 3, follow: true });
		await stream.count(3);
		expect(await client.ping('10.3.0.3')).toBe(false);
		const answers = await stream.count(6);
		const told = ['FROM_ENDPOINT', 'INGRESS POLICY_DENIED', 'INGRESS POLICY_DENIED'];
		expect(
			answers.map(({ flow }) =>
				flow.verdict === 'DROPPED'
					? `${flow.traffic_direction} ${flow.drop_reason_desc}`
					: flow.trace_observation_point,
			),
		).toEqual([...told, ...told]);
		expect(answers.map(({ flow }) => flow.event_type.type)).toEqual([4, 5, 1, 4, 5, 1]);
		stream.call.cancel();
		hubble.close();
		await server.close();
	}));
