import { expect, it } from 'vitest';
import { serveHubble } from '../../../lib/hubble/server.js';
import { canonicalLabels } from '../../../lib/datapath/labels.js';
import { connectTo, withFolder } from './client.js';
import { fakeSource } from './fake-source.js';

const GET_AGENT_EVENTS = 'observer.Observer/GetAgentEvents';

const endpoint = (id: number, identity: number, addresses: string[]) => ({
	id,
	identity: { id: identity, labels: canonicalLabels({ app: `a${identity}` }) },
	addresses,
	pod: { namespace: 'shop', name: `pod-${id}` },
});
const policy = (name: string) => ({ kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' } });

it('GetAgentEvents tells what came, changed and went: endpoints, their addresses, policies', () =>
	withFolder(async (folder) => {
		const endpoints = new Map([[1, endpoint(1, 256, ['10.0.0.1', 'fd00::1'])]]);
		const policies = [policy('web')];
		const listen = `unix://${folder}/hubble.sock`;
		const state = { endpoints: endpoints as never, policies: policies as never };
		const server = await serveHubble({ ...fakeSource(), ...state }, { listen, nodeName: 'node-1' });
		const client = connectTo(server.addresses[0]!);
		try {
			const first = await client.all(GET_AGENT_EVENTS, { number: 100 });
			expect(first.map(({ agent_event: { type } }) => type as string)).toEqual([
				'AGENT_STARTED',
				'POLICY_UPDATED',
				'ENDPOINT_CREATED',
				'IPCACHE_UPSERTED',
				'IPCACHE_UPSERTED',
			]);
			expect(first[1]).toMatchObject({
				node_name: 'node-1',
				agent_event: { policy_update: { labels: ['heddle:policy=NetworkPolicy shop/web'], revision: 1 } },
			});
			expect(first[2].agent_event.endpoint_update).toMatchObject({
				id: 1,
				labels: [expect.stringMatching(/app=a256$/)],
				pod_name: 'pod-1',
				namespace: 'shop',
			});
			expect(first[4].agent_event.ipcache_update).toMatchObject({ cidr: 'fd00::1/128', identity: 256 });

			const stream = client.open(GET_AGENT_EVENTS, { follow: true });
			await new Promise((resolve) => stream.call.once('metadata', resolve));
			endpoints.set(1, endpoint(1, 257, ['10.0.0.1']));
			policies.splice(0);
			const told = (await stream.count(4)).map(({ agent_event: event }) => event as Record<string, unknown>);
			expect(told).toMatchObject([
				{ type: 'POLICY_DELETED' },
				{ type: 'ENDPOINT_REGENERATE_SUCCESS', endpoint_regenerate: { id: 1 } },
				{ type: 'IPCACHE_DELETED', ipcache_update: { cidr: 'fd00::1/128' } },
				{
					type: 'IPCACHE_UPSERTED',
					ipcache_update: { cidr: '10.0.0.1/32', identity: 257, old_identity: { value: 256 } },
				},
			]);
			endpoints.clear();
			const gone = (await stream.count(6)).slice(4).map(({ agent_event: { type } }) => type as string);
			expect(gone).toEqual(['IPCACHE_DELETED', 'ENDPOINT_DELETED']);
			stream.call.cancel();
			await stream.ended;
			const newest = await client.all(GET_AGENT_EVENTS, { number: 1 });
			expect(newest[0].agent_event.type).toBe('ENDPOINT_DELETED');
			expect(await client.all(GET_AGENT_EVENTS, { number: 2, first: true })).toHaveLength(2);
		} finally {
			client.close();
			await server.close();
		}
	}));
