import type { ConnectionInjector, Server, ServerCredentials } from '@grpc/grpc-js';
import { packageVersion } from '../cli/version.js';
import { createAgentEventLog } from './agent-events/log.js';
import { createFlowCodec } from './codec.js';
import { createFilterTools } from './filters/tools.js';
import { addService } from './handlers.js';
import type { ServerHost } from './handlers.js';
import { createHealthService } from './health-service.js';
import { loadLibraries } from './libraries.js';
import type { HubbleLibraries } from './libraries.js';
import { formatListen } from './listen-address.js';
import type { ListenAddress } from './listen-address.js';
import { listen } from './listener.js';
import type { Listener } from './listener.js';
import type { NodeInfo } from './node-info.js';
import { createObserver } from './observer.js';
import { createObserverService } from './observer-service.js';
import { createOpenStreams } from './open-streams.js';
import { readOptions } from './options.js';
import type { HubbleOptions, HubbleSettings, HubbleTls } from './options.js';
import { createPeerService } from './peer-service.js';
import { loadSchema } from './schema.js';
import type { HubbleSource } from './source.js';
import { createWriteAhead } from './write-ahead.js';

export interface HubbleServer {
	/** As in `listen`, with the ports that were taken. */
	readonly addresses: readonly string[];
	/** Ends all streams with UNAVAILABLE and removes the sockets; the source stays open. */
	close(): Promise<void>;
}

/** Time for streams to end before connections are cut. */
const GRACE_MS = 500;

/** A connection whose client does not answer for this long is cut. */
const KEEPALIVE = {
	'grpc.keepalive_time_ms': 30_000,
	'grpc.keepalive_timeout_ms': 20_000,
	// Filters are lists of names: requests are small.
	'grpc.max_receive_message_length': 1 << 20,
};

/**
 * Serves the flows of a source to Hubble's clients: `hubble observe`, hubble-relay, Hubble UI. One reader of the source
 * feeds a history of `maxFlows` and all clients. Flow ends are not served: Hubble knows no such event.
 *
 * @throws ERR_INVALID_ARGUMENT naming the option, ERR_SOCKET_IN_USE, ERR_SOCKET
 */
export async function serveHubble(source: HubbleSource, options: HubbleOptions): Promise<HubbleServer> {
	const settings = readOptions(options);
	const libraries = await loadLibraries();
	const { grpc } = libraries;
	const server = new grpc.Server({ ...KEEPALIVE, interceptors: [createWriteAhead(libraries)] });
	const secure = settings.tls === undefined ? undefined : credentialsOf(libraries, settings.tls);
	const plain = grpc.ServerCredentials.createInsecure();
	const injectors: ConnectionInjector[] = [];
	const listeners: Listener[] = [];
	const services = addServices(server, source, libraries, settings, () => listeners[0]!.address);

	async function close(): Promise<void> {
		await services.close();
		await shutDown(server);
		injectors.forEach((injector) => injector.destroy());
		await Promise.all(listeners.map((listener) => listener.close()));
	}

	try {
		for (const address of settings.listen) {
			const injector = server.createConnectionInjector('path' in address ? plain : (secure ?? plain));
			injectors.push(injector);
			listeners.push(await listen(address, (socket) => injector.injectConnection(socket)));
		}
	} catch (error) {
		await close();
		throw error;
	}
	const addresses = listeners.map(({ address }) => formatListen(address));
	let closing: Promise<void> | undefined;
	return { addresses, close: () => (closing ??= close()) };
}

function credentialsOf({ grpc }: HubbleLibraries, { cert, key, ca }: HubbleTls): ServerCredentials {
	const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
	return grpc.ServerCredentials.createSsl(ca === undefined ? null : Buffer.from(ca), [pair], ca !== undefined);
}

function addServices(
	server: Server,
	source: HubbleSource,
	libraries: HubbleLibraries,
	settings: HubbleSettings,
	address: () => ListenAddress,
): { close(): Promise<void> } {
	const { nodeName, clusterName, clientQueue, maxClients, maxFlows, log } = settings;
	const schema = loadSchema(libraries);
	const version = packageVersion();
	const teller = { nodeName, clusterName, version };
	const codec = createFlowCodec(schema, teller);
	const observer = createObserver({ source, codec, teller, maxFlows, log });
	const silent = createOpenStreams();
	const node: NodeInfo = {
		name: nodeName,
		version: `heddle v${version}`,
		address: () => settings.peerAddress ?? formatListen(address()),
		serverName: settings.tls === undefined ? undefined : settings.serverName,
	};
	const host: ServerHost = { server, schema, metadata: () => versionMetadata(libraries, version), log };
	const tools = createFilterTools(libraries, schema);
	const { endpoints, policies } = source;
	const state = endpoints === undefined || policies === undefined ? undefined : { endpoints, policies };
	const agentEvents = createAgentEventLog(state, nodeName);
	const flows = { observer, codec, tools, node, silent, agentEvents, clientQueue, maxClients };
	addService(host, 'observer.Observer', createObserverService(flows));
	addService(host, 'peer.Peer', createPeerService(node, silent));
	addService(host, 'grpc.health.v1.Health', createHealthService(observer, silent));
	return {
		async close() {
			await observer.close();
			silent.close();
			agentEvents.close();
		},
	};
}

/** Clients compare it with their own. */
function versionMetadata({ grpc }: HubbleLibraries, version: string) {
	const metadata = new grpc.Metadata();
	metadata.set('hubble-server-version', version);
	return metadata;
}

function shutDown(server: Server): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => {
			server.forceShutdown();
			resolve();
		}, GRACE_MS);
		server.tryShutdown(() => {
			clearTimeout(timer);
			resolve();
		});
	});
}
