import type { Flow } from '../../../lib/flows/flow.js';
import type { HubbleOptions } from '../../../lib/hubble/options.js';
import { serveHubble } from '../../../lib/hubble/server.js';
import type { HubbleServer } from '../../../lib/hubble/server.js';
import { connectTo, withFolder } from './client.js';
import type { TestClient } from './client.js';
import { fakeSource, flow } from './fake-source.js';
import type { FakeSource } from './fake-source.js';

export interface Serving {
	readonly client: TestClient;
	readonly server: HubbleServer;
	readonly source: FakeSource;
	readonly address: string;
	/** Another client, on a connection of its own. */
	connect(): TestClient;
	/** Waits until the server saw so many flows. */
	seen(count: number): Promise<void>;
}

export const flows = (count: number, from = 0): Flow[] => Array.from({ length: count }, (_, i) => flow(from + i));

/** A server over a unix socket, with flows in its history and a client; all closed at the end. */
export function serving(
	past: readonly Flow[],
	use: (serving: Serving) => Promise<void>,
	options: Partial<HubbleOptions> = {},
): () => Promise<void> {
	return () =>
		withFolder(async (folder) => {
			const source = fakeSource(past);
			const listen = `unix://${folder}/hubble.sock`;
			const server = await serveHubble(source, { listen, nodeName: 'node-1', ...options });
			const address = server.addresses[0]!;
			const clients: TestClient[] = [];
			const connect = () => {
				// A pool of its own: else clients of one process share a connection.
				const client = connectTo(address, undefined, { 'grpc.use_local_subchannel_pool': 1 });
				clients.push(client);
				return client;
			};
			const client = connect();
			const seen = async (count: number) => {
				while (Number((await client.one('observer.Observer/ServerStatus')).seen_flows ?? 0) < count) {
					await new Promise(setImmediate);
				}
			};
			try {
				await seen(past.filter(({ eventType }) => eventType !== 'flow-end').length);
				await use({ client, server, source, address, connect, seen });
			} finally {
				clients.forEach((one) => one.close());
				await server.close();
			}
		});
}

export const ports = (answers: readonly { flow?: { l4?: { TCP?: { source_port: number } } } }[]) =>
	answers.map(({ flow: told }) => (told?.l4?.TCP?.source_port ?? 0) - 40_000);
