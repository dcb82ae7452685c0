import { expect, it } from 'vitest';
import type { Flow } from '../../../lib/flows/flow.js';
import { openFlowHistory } from '../../../lib/history/open.js';
import type { FlowHistory } from '../../../lib/history/history.js';
import { recordFlows } from '../../../lib/history/recorder.js';
import { serveHubble } from '../../../lib/hubble/server.js';
import { httpRequest } from '../flows/support/sample.js';
import { withFolder as withHistoryFile } from '../history/support.js';
import { connectTo } from './client.js';
import type { Answer, TestClient } from './client.js';
import { fakeSource, flow, START_NS } from './fake-source.js';
import type { FakeSource } from './fake-source.js';
import { flows, ports } from './serving.js';

const GET_FLOWS = 'observer.Observer/GetFlows';
const MEMORY = 4;
const at = (i: number) => {
	const ns = START_NS + BigInt(i) * 1_000_000n;
	return { seconds: Number(ns / 1_000_000_000n), nanos: Number(ns % 1_000_000_000n) };
};

interface Setting {
	readonly client: TestClient;
	readonly source: FakeSource;
	readonly history: FlowHistory;
	tell(...told: Flow[]): Promise<void>;
}

/** All flows are on disk, the newest four in memory too. */
async function serving(use: (setting: Setting) => Promise<void>): Promise<void> {
	await withHistoryFile(async (path) => {
		await using history = await openFlowHistory({ path });
		const source = fakeSource();
		const idle = { lost: 0n, ready: async () => false, take: () => [], close: async () => undefined };
		const recorder = recordFlows({ flows: () => idle, stats: () => ({ events: { lost: 0n } }) }, history);
		const listen = `unix://${path}.sock`;
		const options = { listen, nodeName: 'node-1', maxFlows: MEMORY };
		const server = await serveHubble({ ...source, past: (query) => recorder.past(query) }, options);
		const client = connectTo(server.addresses[0]!);
		let seen = 0;
		try {
			await use({
				client,
				source,
				history,
				async tell(...told) {
					history.append(told);
					source.push(...told);
					seen += told.length;
					while (Number((await client.one('observer.Observer/ServerStatus')).seen_flows ?? 0) < seen) {
						await new Promise(setImmediate);
					}
				},
			});
		} finally {
			client.close();
			await server.close();
			await recorder.close();
		}
	});
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

it('GetFlows has from disk what memory does not reach back to: each once, in order', () =>
	serving(async ({ client, tell }) => {
		await tell(...flows(20));
		const all = (request: object) => client.all(GET_FLOWS, request).then(ports);
		expect(await all({ number: 3 })).toEqual([17, 18, 19]);
		expect(await all({ number: 9 })).toEqual(range(11, 20));
		expect(await all({ number: 3, first: true })).toEqual([0, 1, 2]);
		expect(await all({ number: 18, first: true })).toEqual(range(0, 18));
		expect(await all({ since: at(5) })).toEqual(range(5, 20));
		expect(await all({ since: at(5), until: at(8) })).toEqual([5, 6, 7, 8]);
		expect(await all({ since: at(13), number: 5 })).toEqual(range(13, 18));
		expect(await all({ until: at(2) })).toEqual([0, 1, 2]);
		expect(await all({ number: 2, whitelist: [{ source_port: ['40003', '40007', '40018'] }] })).toEqual([7, 18]);
	}));

it('a follower goes on where the past ends', () =>
	serving(async ({ client, tell }) => {
		await tell(...flows(12));
		const stream = client.open(GET_FLOWS, { since: at(2), follow: true });
		await stream.count(10);
		await tell(...flows(3, 12));
		expect(ports(await stream.count(13))).toEqual(range(2, 15));
		stream.call.cancel();
		await stream.ended;
	}));

it('what is missing on disk is told where it is', () =>
	serving(async ({ client, history, tell }) => {
		const time = (i: number) => flow(i).time;
		await tell(...flows(4));
		history.lose({ since: time(3), until: time(4), count: 9n, cause: 'restart' });
		await tell(...flows(8, 4));
		const answers = await client.all(GET_FLOWS, { since: at(0) });
		expect(answers).toHaveLength(13);
		expect(answers[4].lost_events).toMatchObject({ source: 'PERF_EVENT_RING_BUFFER', num_events_lost: 9 });
	}));

it('what proxies saw is told, and found by its filters', () =>
	serving(async ({ client, tell }) => {
		const headers = [{ key: 'X-Trace', value: 'a' }];
		await tell(flow(0), httpRequest({ url: 'http://a/page', headers }), flow(1));
		const found = async (filter: object): Promise<Answer[]> => client.all(GET_FLOWS, { whitelist: [filter] });
		const [one] = await found({ http_path: ['^/page$'], http_header: [{ key: 'X-Trace', value: 'a' }] });
		expect(one.flow).toMatchObject({
			Type: 'L7',
			event_type: { type: 129 },
			l7: { type: 'REQUEST', http: { method: 'GET', url: 'http://a/page', protocol: 'HTTP/1.1', headers } },
			Summary: 'HTTP/1.1 GET http://a/page',
		});
		expect(await found({ event_type: [{ type: 129 }], http_method: ['get'] })).toHaveLength(1);
		expect(await found({ dns_query: ['.'] })).toHaveLength(0);
	}));
