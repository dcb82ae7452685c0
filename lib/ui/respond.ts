import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorBody, statusOf, unknownPath, wrongMethod } from '../agent/server/http-error.js';
import { HeddleError } from '../errors.js';
import type { Assets } from './assets.js';
import { openEventStream } from './event-stream.js';
import type { StreamParts } from './event-stream.js';
import { checkOrigin, SECURITY_HEADERS } from './guard.js';
import { readFilter } from './read-filter.js';
import type { UiSource } from './source.js';
import { endpointsView, explainView, policiesView } from './views.js';

export interface Site extends StreamParts {
	readonly source: UiSource;
	readonly assets: Assets;
	readonly hosts: ReadonlySet<string>;
	readonly maxClients: number;
	/** Ends of the streams that are open. */
	readonly open: Set<() => void>;
}

type View = (site: Site, query: URLSearchParams) => unknown;

const EVENTS = '/api/events';
const VIEWS: Readonly<Record<string, View>> = {
	'/api/endpoints': ({ source }) => endpointsView(source),
	'/api/policies': ({ source }) => policiesView(source),
	'/api/explain': ({ source }, query) => explainView(source, query),
	'/api/map': ({ tally }) => tally.map(Date.now()),
	'/api/flows': ({ feed }, query) => feed.recent(readFilter(query)),
};

/** Never throws: whatever a client sends, it gets an answer. Nothing that is asked changes anything. */
export function respond(site: Site, request: IncomingMessage, response: ServerResponse): void {
	try {
		checkOrigin(request, site.hosts);
		const { pathname, searchParams } = new URL(request.url ?? '/', 'http://heddle');
		if (request.method !== 'GET') {
			throw wrongMethod(pathname, request.method ?? '', 'GET');
		}
		answer(site, pathname, searchParams, response);
	} catch (error) {
		const { code, message } = errorBody(error);
		const body = { code, message, details: {} };
		sendJson(response, FORBIDDEN[code] ?? statusOf(body), { code, message });
	}
}

const FORBIDDEN: Readonly<Record<string, number>> = { ERR_FORBIDDEN: 403, ERR_TOO_MANY_CLIENTS: 503 };

function answer(site: Site, path: string, query: URLSearchParams, response: ServerResponse): void {
	const asset = site.assets.get(path);
	const view = Object.hasOwn(VIEWS, path) ? VIEWS[path] : undefined;
	if (asset !== undefined) {
		send(response, 200, asset.contentType, asset.body);
	} else if (path === EVENTS) {
		follow(site, query, response);
	} else if (view !== undefined) {
		sendJson(response, 200, view(site, query));
	} else {
		throw unknownPath(path, [...site.assets.keys(), EVENTS, ...Object.keys(VIEWS)]);
	}
}

function follow(site: Site, query: URLSearchParams, response: ServerResponse): void {
	const wanted = readFilter(query);
	if (site.open.size >= site.maxClients) {
		throw new HeddleError('ERR_TOO_MANY_CLIENTS', `found ${site.open.size} that follow, expected fewer`);
	}
	response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
	const end = openEventStream(response, wanted, site);
	site.open.add(end);
	response.on('close', () => {
		site.open.delete(end);
		end();
	});
}

function sendJson(response: ServerResponse, status: number, data: unknown): void {
	// JSON has no numbers of 64 bits.
	const text = JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
	send(response, status, 'application/json', Buffer.from(text));
}

function send(response: ServerResponse, status: number, contentType: string, body: Uint8Array): void {
	response.writeHead(status, {
		...SECURITY_HEADERS,
		'Content-Type': contentType,
		'Content-Length': body.length,
	});
	response.end(body);
}
