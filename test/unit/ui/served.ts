import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildPage } from '../../../scripts/build-page.js';

/** The page as it is built, for the tests of one file. */
export async function builtForTests(): Promise<{ readonly folder: string; remove(): void }> {
	const folder = mkdtempSync(join(tmpdir(), 'heddle-ui-'));
	await buildPage(folder);
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Answer {
	readonly status: number;
	readonly headers: IncomingMessage['headers'];
	readonly text: string;
}

/** With headers that `fetch` does not let one choose. @param address `host:port`, or `unix:///path` */
export function get(address: string, path: string, headers: Record<string, string> = {}, method = 'GET') {
	return new Promise<Answer>((resolve, reject) => {
		const sent = request({ ...placeOf(address), path, method, headers, agent: false }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
			response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
		});
		sent.on('error', reject).end();
	});
}

function placeOf(address: string) {
	if (address.startsWith('unix://')) {
		return { socketPath: address.slice('unix://'.length) };
	}
	const [host, port] = address.split(':');
	return { host: host!, port: Number(port) };
}

export interface SseEvent {
	readonly event: string;
	readonly data: unknown;
}

export interface SseClient {
	readonly events: SseEvent[];
	/** Resolves when `isThere` first holds of what came. */
	until(isThere: (events: readonly SseEvent[]) => boolean): Promise<void>;
	/** Reads no more, as a browser that hangs. */
	pause(): void;
	resume(): void;
	close(): void;
}

/** Follows server-sent events. */
export function follow(address: string, query = ''): Promise<SseClient> {
	return new Promise((resolve, reject) => {
		const sent = request({ ...placeOf(address), path: `/api/events?${query}`, agent: false }, (response) => {
			const events: SseEvent[] = [];
			let check = () => {};
			let rest = '';
			response.setEncoding('utf8').on('data', (piece: string) => {
				const blocks = (rest + piece).split('\n\n');
				rest = blocks.pop()!;
				events.push(...blocks.map(parseBlock));
				check();
			});
			response.on('error', () => undefined);
			resolve({
				events,
				until: (isThere) =>
					new Promise((met) => {
						check = () => isThere(events) && met();
						check();
					}),
				pause: () => void response.pause(),
				resume: () => void response.resume(),
				close: () => sent.destroy(),
			});
		});
		sent.on('error', reject).end();
	});
}

function parseBlock(block: string): SseEvent {
	const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
	return { event, data: JSON.parse(data) };
}
