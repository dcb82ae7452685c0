import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { claimSocket } from './claim-socket.js';
import { respond } from './respond.js';
import type { ServerHost } from './verbs.js';

export interface AgentServer {
	/** Lets what was asked be answered, and removes the socket. */
	close(): Promise<void>;
}

export interface ServeOptions {
	readonly socket: string;
	readonly host: ServerHost;
	log(line: string): void;
}

/** How long a client may take to send its request. */
const REQUEST_TIMEOUT_MS = 30_000;
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** The agent's API: HTTP with JSON over a unix socket. @throws ERR_SOCKET_IN_USE, ERR_SOCKET, ERR_INVALID_ARGUMENT */
export async function serveAgent({ socket, host, log }: ServeOptions): Promise<AgentServer> {
	const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
	const closing = new AbortController();
	// One listener for each stream that goes on.
	setMaxListeners(0, closing.signal);
	server.on('request', (request, response) => void respond({ host, log, closing: closing.signal }, request, response));
	server.on('clientError', (_, connection: Socket) => {
		// Gone, or talking something else than HTTP.
		if (connection.writable) {
			connection.end(BAD_REQUEST);
		} else {
			connection.destroy();
		}
	});
	await claimSocket(server, socket);
	server.on('error', (error) => log(`socket ${socket}: ${error.message}`));
	return {
		close: () =>
			new Promise((resolve) => {
				closing.abort();
				server.close(() => resolve());
				server.closeIdleConnections();
			}),
	};
}
