import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeddleError } from '../../errors.js';
import { answerCni } from '../cni/answer.js';
import { parseJson, readText } from './body.js';
import { errorBody, statusOf, unknownPath, wrongMethod } from './http-error.js';
import { streamFlows, type ServedFlows } from './flow-stream.js';
import { VERBS, type ServerHost } from './verbs.js';

const CNI_PATH = '/v1/cni';
const FLOWS_PATH = '/v1/flows';
const CNI_FAILED = 422;

export interface Responder {
	readonly host: ServerHost;
	/** Aborted: what would go on without end ends now. */
	readonly closing: AbortSignal;
	log(line: string): void;
}

/** Never rejects: whatever a client sends, it gets an answer, or its connection was gone. */
export async function respond(responder: Responder, request: IncomingMessage, response: ServerResponse): Promise<void> {
	try {
		const { pathname } = new URL(request.url ?? '/', 'http://heddle');
		if (pathname === FLOWS_PATH) {
			await answerFlows(responder, request, response);
			return;
		}
		const { status, body } = await answer(responder, pathname, request);
		send(response, status, body);
	} catch (error) {
		const body = errorBody(error);
		if (body.code === 'ERR_INTERNAL') {
			responder.log(
				`${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : body.message}`,
			);
		}
		if (response.headersSent) {
			response.destroy();
		} else {
			send(response, statusOf(body), body);
		}
	}
}

async function answerFlows(
	{ host, closing }: Responder,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	checkMethod(FLOWS_PATH, request, 'POST');
	await streamFlows(flowsOf(host), await readText(request), response, closing);
}

function flowsOf({ agent, records }: ServerHost): ServedFlows {
	return { datapath: agent.datapath, past: (query) => records?.history?.past(query) };
}

function checkMethod(path: string, request: IncomingMessage, method: string): void {
	if (request.method !== method) {
		throw wrongMethod(path, request.method ?? '', method);
	}
}

async function answer(
	{ host, log }: Responder,
	path: string,
	request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
	const verb = path === CNI_PATH ? undefined : VERBS[path];
	const method = path === CNI_PATH ? 'POST' : verb?.method;
	if (method === undefined) {
		throw unknownPath(path, [CNI_PATH, FLOWS_PATH, ...Object.keys(VERBS)]);
	}
	checkMethod(path, request, method);
	const text = await readText(request);
	if (verb !== undefined) {
		return { status: 200, body: await verb.run(host, text) };
	}
	const told = await answerCni(host, parseJson(text));
	if (!told.ok && !(told.error instanceof HeddleError)) {
		log(`${path}: ${told.error instanceof Error ? told.error.stack : String(told.error)}`);
	}
	return { status: told.ok ? 200 : CNI_FAILED, body: told.body };
}

function send(response: ServerResponse, status: number, body: unknown): void {
	const text = body === undefined ? '' : `${JSON.stringify(body, plain)}\n`;
	// What is left of a body that is too long is not waited for.
	const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
	response.writeHead(status, status === 413 ? { ...headers, connection: 'close' } : headers).end(text);
}

/** JSON has no numbers of 64 bits. */
function plain(_: string, value: unknown): unknown {
	return typeof value === 'bigint' ? String(value) : value;
}
