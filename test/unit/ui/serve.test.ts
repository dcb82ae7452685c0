import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { servePage } from '../../../lib/ui/serve.js';
import type { UiServer } from '../../../lib/ui/serve.js';
import type { WireFlow, WireLoss, WireMap } from '../../../lib/ui/wire.js';
import { flow } from '../hubble/fake-source.js';
import { fakeUiSource } from './fake-source.js';
import type { FakeUiSource } from './fake-source.js';
import { builtForTests, follow, get } from './served.js';
import type { SseEvent } from './served.js';

let page: Awaited<ReturnType<typeof builtForTests>>;
let source: FakeUiSource;
let server: UiServer;

beforeAll(async () => {
	page = await builtForTests();
});
afterAll(() => page.remove());
afterEach(() => server.close());

async function serve(options = {}, past: Parameters<typeof fakeUiSource>[0] = []): Promise<string> {
	source = fakeUiSource(past);
	server = await servePage(source, { listen: '127.0.0.1:0', ...options }, page.folder);
	return server.address;
}

const json = async (path: string) => JSON.parse((await get(server.address, path)).text) as unknown;
const flowsOf = (events: readonly SseEvent[]) =>
	events.filter(({ event }) => event === 'flows').flatMap(({ data }) => data as WireFlow[]);
const lastOf = <T>(events: readonly SseEvent[], name: string) =>
	events.filter(({ event }) => event === name).at(-1)?.data as T | undefined;

describe('the page', () => {
	it('comes with all it needs, and may load nothing from elsewhere', async () => {
		const address = await serve();
		const { status, headers, text } = await get(address, '/');
		expect(status).toBe(200);
		expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/);
		const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
		expect(parts).toEqual(['/icon.svg', '/app.css', '/app.js']);
		for (const path of parts) {
			expect((await get(address, path)).status).toBe(200);
		}
	});

	it.each([
		['localhost', 200],
		['localhost:12000', 200],
		['10.1.2.3:80', 200],
		['[::1]:12000', 200],
		['node-1.example', 200],
		['evil.example', 403],
		['localhost.evil.example', 403],
		['not a host', 403],
	])('is for the host %s: %i', async (host, status) => {
		await serve({ hosts: ['Node-1.example'] });
		for (const path of ['/', '/api/flows']) {
			expect((await get(server.address, path, { host })).status).toBe(status);
		}
	});

	it('tells nothing to pages of other sites', async () => {
		const address = await serve();
		const site = (value: string, mode = 'cors') =>
			get(address, '/api/flows', { 'sec-fetch-site': value, 'sec-fetch-mode': mode }).then(({ status }) => status);
		expect([await site('same-origin'), await site('none'), await site('cross-site'), await site('same-site')]).toEqual([
			200, 200, 403, 403,
		]);
		expect(await site('cross-site', 'navigate')).toBe(200);
	});

	it('takes nothing but GET of paths there are', async () => {
		const address = await serve();
		expect((await get(address, '/', {}, 'POST')).status).toBe(405);
		expect((await get(address, '/../package.json')).status).toBe(404);
		expect((await get(address, '/api/constructor')).status).toBe(404);
	});
});

describe('flows', () => {
	it('come as they happen, after those of before', async () => {
		const address = await serve({}, [flow(0)]);
		const client = await follow(address);
		source.told.push(flow(1), flow(2, { verdict: 'DROPPED', eventType: 'drop' }));
		await client.until((events) => flowsOf(events).length === 3);
		expect(flowsOf(client.events).map(({ number, verdict }) => [number, verdict])).toEqual([
			[1, 'FORWARDED'],
			[2, 'FORWARDED'],
			[3, 'DROPPED'],
		]);
		client.close();
	});

	it('are filtered as asked', async () => {
		const address = await serve();
		const client = await follow(address, 'verdict=DROPPED&port=80&port=443');
		source.told.push(
			flow(1),
			flow(2, { verdict: 'DROPPED' }),
			flow(3, { verdict: 'DROPPED', l4: { protocol: 'TCP', sourcePort: 1, destinationPort: 22 } }),
			flow(4, { verdict: 'DROPPED', l4: { protocol: 'TCP', sourcePort: 1, destinationPort: 443 } }),
		);
		await client.until((events) => flowsOf(events).length === 2);
		expect(flowsOf(client.events).map(({ number }) => number)).toEqual([2, 4]);
		client.close();
		expect(await json('/api/flows?network=green')).toEqual([]);
	});

	it.each(['port=http', 'colour=red', 'verdict=MAYBE', 'pod='])('%s is no filter', async (query) => {
		const address = await serve();
		const { status, text } = await get(address, `/api/events?${query}`);
		expect(status).toBe(400);
		expect(JSON.parse(text)).toMatchObject({ code: 'ERR_INVALID_FILTER' });
	});

	it('that a slow browser does not read are lost to it alone, and counted', async () => {
		const address = await serve({ clientQueue: 10 });
		const client = await follow(address);
		source.told.push(...Array.from({ length: 250 }, (_, i) => flow(i)));
		source.told.lose(5);
		await client.until((events) => lastOf<WireLoss>(events, 'lost')?.server === 5);
		const loss = lastOf<WireLoss>(client.events, 'lost')!;
		const seen = flowsOf(client.events).map(({ number }) => number);
		expect(loss.client).toBeGreaterThan(0);
		expect(seen.length + loss.client).toBe(250);
		expect(seen.slice(-10)).toEqual(Array.from({ length: 10 }, (_, i) => 241 + i));
		client.close();
	});

	it('are followed by so many, and no more', async () => {
		const address = await serve({ maxClients: 1 });
		const client = await follow(address);
		expect((await get(address, '/api/events')).status).toBe(503);
		client.close();
		const again = async (): Promise<void> => {
			const next = await follow(address);
			await next.until((events) => events.length > 0);
			next.close();
		};
		await new Promise((resolve) => setTimeout(resolve, 100));
		await again();
	});
});

describe('the rest', () => {
	it('endpoints and policies are told as they are', async () => {
		await serve();
		expect(await json('/api/endpoints')).toMatchObject([
			{ id: 1, name: 'client', pod: 'shop/client-0', network: 'blue', identity: 256, labels: ['k8s:app=client'] },
			{ id: 2, name: 'web', enforced: { ingress: true, egress: false } },
		]);
		const [policy] = (await json('/api/policies')) as { name: string; yaml: string }[];
		expect(policy!.name).toBe('CiliumNetworkPolicy shop/web');
		expect(policy!.yaml).toContain('endpointSelector:');
	});

	it('a connection is explained', async () => {
		await serve();
		const told = await json('/api/explain?from=endpoint:1&to=address:10.0.0.2@blue&protocol=TCP&port=81');
		expect(source.asked).toMatchObject([
			{ from: { name: 'client' }, to: { address: '10.0.0.2', network: 'blue' }, protocol: 'tcp', port: 81 },
		]);
		expect(told).toMatchObject({ explanation: { verdict: 'denied' } });
		expect((told as { text: string }).text).toContain('DENIED  client -> web  TCP 81');
		expect((await get(server.address, '/api/explain?from=endpoint:9&to=web&protocol=tcp')).status).toBe(404);
		expect((await get(server.address, '/api/explain?from=client&to=web&protocol=tcp&port=1')).status).toBe(404);
	});

	it('the map counts each conversation once', async () => {
		const address = await serve();
		const client = await follow(address);
		source.told.push(
			flow(1, { eventType: 'from-endpoint' }),
			flow(1, { eventType: 'policy-verdict', policy: { action: 'ALLOWED' } }),
			flow(1),
			flow(2, { isReply: true }),
			flow(3, { verdict: 'DROPPED', eventType: 'drop' }),
		);
		await client.until((events) => lastOf<WireMap>(events, 'map')?.edges.length === 2);
		expect(lastOf<WireMap>(client.events, 'map')).toMatchObject({
			nodes: [
				{ key: 'blue/#1', name: 'shop/client', network: 'blue' },
				{ key: 'blue/#2', name: 'shop/web', network: 'blue' },
			],
			edges: [
				{ from: 'blue/#1', to: 'blue/#2', verdict: 'allowed', count: 1, perSecond: 0.1 },
				{ from: 'blue/#1', to: 'blue/#2', verdict: 'denied', count: 1, perSecond: 0.1 },
			],
		});
		client.close();
	});

	it('is listened to on a unix socket as well, and ends with what is under way', async () => {
		const address = await serve({ listen: `unix://${page.folder}/ui.sock` });
		expect((await get(address, '/')).status).toBe(200);
		const client = await follow(address);
		await server.close();
		expect(source.told.closed).toBe(true);
		client.close();
		await expect(get(address, '/')).rejects.toThrow();
	});

	it.each([
		[{ listen: 'nowhere' }, 'listen'],
		[{ hosts: ['a:1'] }, 'hosts'],
		[{ clientQueue: 0 }, 'clientQueue'],
		[{ maxClients: 1.5 }, 'maxClients'],
	])('%j is refused by name', async (options, field) => {
		await serve();
		await expect(servePage(source, options, page.folder)).rejects.toMatchObject({
			code: 'ERR_INVALID_ARGUMENT',
			field,
		});
		await expect(servePage(source, {}, '/nowhere')).rejects.toMatchObject({ code: 'ERR_UI_MISSING' });
	});
});
