import { expect, it } from 'vitest';

import { flowPredicate } from '../../../lib/flows/filter.js';
import { formatFlow } from '../../../lib/flows/format.js';
import { l7Flow } from '../../../lib/flows/l7-flow.js';
import type { L7Access } from '../../../lib/flows/l7-flow.js';
import type { FlowNames } from '../../../lib/flows/names.js';
import { createFakeFlows } from '../agent/support/fake-flows.js';
import { httpRequest, httpResponse } from './support/sample.js';

const RULE = { cookie: 9, policy: 'CiliumNetworkPolicy default/web', rule: 'spec.ingress[0]', match: 'L3-L4' } as const;
const NAMES: FlowNames = {
	endpoint: (id) =>
		id === 2
			? {
					name: 'client-cil1',
					identity: { id: 256 },
					pod: { namespace: 'default', name: 'client' },
					interface: { name: 'hdl1', pod: 'cil1' },
				}
			: undefined,
	identity: (id) =>
		id === 9 ? { name: 'world-ipv4', labels: ['reserved:world-ipv4'] } : { labels: [`k8s:app=${id}`] },
	network: (id) => (id === 3 ? 'jupiter' : 'default'),
	rule: (cookie) => (cookie === 9 ? RULE : undefined),
};
const REQUEST: L7Access = {
	timeNs: 1_767_323_045_067_800_900n,
	verdict: 'FORWARDED',
	trafficDirection: 'EGRESS',
	network: 3,
	client: { endpointId: 2, identity: 0, address: '192.168.16.5', port: 50_406 },
	server: { endpointId: 0, identity: 9, address: '203.0.113.7', port: 80 },
	protocol: 'TCP',
	l7: httpRequest().l7!,
	cookie: 9,
};

it('what a proxy saw becomes a flow whose ends have names', () => {
	const flow = l7Flow(REQUEST, NAMES);
	expect(flow).toMatchObject({
		time: new Date(1_767_323_045_067),
		eventType: 'l7',
		network: 'jupiter',
		source: { endpointId: 2, name: 'client-cil1', identity: 256, labels: ['k8s:app=256'], podInterface: 'cil1' },
		destination: { name: 'world-ipv4', identity: 9, network: 'jupiter' },
		ip: { version: 4, source: '192.168.16.5', destination: '203.0.113.7' },
		l4: { protocol: 'TCP', sourcePort: 50_406, destinationPort: 80 },
		isReply: false,
		policy: { action: 'ALLOWED', rule: RULE },
	});
	expect(formatFlow(flow)).toContain('203.0.113.7:80 (world-ipv4 @jupiter) http-request FORWARDED (HTTP/1.1 GET http');
});

it('a response comes from the server', () => {
	const { source, destination, ip, l4, isReply } = l7Flow({ ...REQUEST, l7: httpResponse().l7! }, NAMES);
	expect([source.identity, destination.endpointId, isReply]).toEqual([9, 2, true]);
	expect([ip?.source, l4?.sourcePort, l4?.destinationPort]).toEqual(['203.0.113.7', 80, 50_406]);
});

it('without a rule that is known there is no policy to tell', () => {
	expect(l7Flow({ ...REQUEST, cookie: 0 }, NAMES).policy).toBeUndefined();
	expect(l7Flow({ ...REQUEST, verdict: 'DROPPED' }, NAMES).policy?.action).toBe('DENIED');
});

it('streams have them between the events of the kernel, through the same filters', async () => {
	const fake = createFakeFlows(16);
	const all = fake.flows();
	const http = fake.flows({ filter: flowPredicate({ protocol: 'http' }) });
	fake.emit(1);
	fake.tell(l7Flow(REQUEST, NAMES));
	fake.emit(2);
	const types: string[] = [];
	for (let i = 0; i < 3; i++) {
		types.push((await all.next()).value.eventType as string);
	}
	expect(types).toEqual(['to-stack', 'l7', 'to-stack']);
	expect((await http.next()).value.l7.http.method).toBe('GET');
	const past: string[] = [];
	for await (const { eventType } of fake.flows({ last: 2, follow: false })) {
		past.push(eventType);
	}
	expect(past).toEqual(['l7', 'to-stack']);
	await Promise.all([all.close(), http.close()]);
});
