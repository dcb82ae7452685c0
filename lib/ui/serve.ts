import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { closeServer } from '../metrics/http-server.js';
import { listen } from '../metrics/listen.js';
import { builtPage, loadAssets } from './assets.js';
import { createFeed } from './feed.js';
import { createMapTally } from './map-tally.js';
import { checkUiOptions } from './options.js';
import type { UiOptions } from './options.js';
import { respond } from './respond.js';
import type { Site } from './respond.js';
import type { UiSource } from './source.js';

export interface UiServer extends AsyncDisposable {
	/** Where it listens, as `listen` is written: with the port that was found where 0 was asked for. */
	readonly address: string;
	/** Ends the server and its connections; the datapath stays open. Again: does nothing. */
	close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;

/**
 * A web page that shows a datapath: who talks to whom, flows as they come, endpoints, policies, and why a connection is
 * allowed or denied. It changes nothing, and loads nothing from elsewhere.
 * @throws ERR_INVALID_ARGUMENT, ERR_SOCKET_IN_USE (another listens there), ERR_SOCKET, ERR_CLOSED, ERR_UI_MISSING
 */
export function serveUi(source: UiSource, options: UiOptions = {}): Promise<UiServer> {
	return servePage(source, options, builtPage());
}

/** @param folder of the built page */
export async function servePage(source: UiSource, options: UiOptions, folder: string): Promise<UiServer> {
	const { listen: wanted, address, hosts, clientQueue, maxClients } = checkUiOptions(options);
	const assets = loadAssets(folder);
	const tally = createMapTally();
	const feed = createFeed(source);
	feed.follow(({ flow, wire }) => tally.add(flow, wire));
	const open = new Set<() => void>();
	const server = createPageServer({ source, assets, hosts, feed, tally, clientQueue, maxClients, open });

	async function close(): Promise<void> {
		open.forEach((end) => end());
		await Promise.all([closeServer(server), feed.close()]);
	}

	let closing: Promise<void> | undefined;
	const closeOnce = () => (closing ??= close());
	try {
		return { address: await listen(server, address, wanted), close: closeOnce, [Symbol.asyncDispose]: closeOnce };
	} catch (error) {
		await feed.close();
		throw error;
	}
}

function createPageServer(site: Site): Server {
	const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
	server.on('request', (request, response) => respond(site, request, response));
	// One connection that could not be accepted must not end the process; a failure to listen is its caller's.
	server.on('error', () => undefined);
	return server;
}
