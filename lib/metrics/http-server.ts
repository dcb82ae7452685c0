import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isHeddleError } from '../errors.js';

export interface Page {
	readonly contentType: string;
	render(): Promise<string>;
}

const PATH = '/metrics';
/** A client may take so long for its request, and so long without reading a byte of the answer. */
const REQUEST_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 30_000;
const CHECK_INTERVAL_MS = 2_000;
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** `GET /metrics`, and nothing else. */
export function createMetricsServer(page: Page): Server {
	const server = createServer({
		requestTimeout: REQUEST_TIMEOUT_MS,
		headersTimeout: REQUEST_TIMEOUT_MS,
		connectionsCheckingInterval: CHECK_INTERVAL_MS,
	});
	server.setTimeout(SILENCE_TIMEOUT_MS);
	server.on('request', (request, response) => void respond(page, request, response));
	// One connection that could not be accepted must not end the process; a failure to listen is its caller's.
	server.on('error', () => undefined);
	server.on('clientError', (_, connection: Socket) => {
		// Gone, or talking something else than HTTP.
		if (connection.writable) {
			connection.end(BAD_REQUEST);
		} else {
			connection.destroy();
		}
	});
	return server;
}

/** Ends what is under way, too: a client that does not read must not hold up the end. */
export function closeServer(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}

async function respond(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const [path] = (request.url ?? '').split('?', 1);
	if (path !== PATH) {
		return plain(response, 404, `path: found ${path}, expected ${PATH}`);
	}
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		response.setHeader('Allow', 'GET, HEAD');
		return plain(response, 405, `${PATH}: found method ${request.method}, expected GET`);
	}
	try {
		send(response, 200, page.contentType, await page.render());
	} catch (error) {
		const isClosed = isHeddleError(error, 'ERR_CLOSED');
		plain(response, isClosed ? 503 : 500, error instanceof Error ? error.message : String(error));
	}
}

function plain(response: ServerResponse, status: number, text: string): void {
	send(response, status, 'text/plain; charset=utf-8', `${text}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
	response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) });
	response.end(text);
}
