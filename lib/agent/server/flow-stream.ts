import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import type { Datapath } from '../../datapath/datapath.js';
import type { AggregationChange } from '../../flows/aggregation-change.js';
import type { Flow } from '../../flows/flow.js';
import { stringifyFlow } from '../../flows/flow-json.js';
import type { FlowStream } from '../../flows/stream.js';
import { isFlowLoss, type FlowLoss } from '../../history/loss.js';
import type { FlowQuery } from '../../history/query.js';
import { readFlowsRequest, type FlowsRequest } from './flows-request.js';

/** Where an agent's flows come from. */
export interface ServedFlows {
	readonly datapath: Pick<Datapath, 'flows'>;
	/** Flows on disk, with all that the datapath has told by the first `next`; undefined: there are none. */
	past(query: FlowQuery): AsyncGenerator<Flow | FlowLoss, void> | undefined;
}

/** When the agent ends: for a client to read what is written. */
const GRACE_MS = 500;
/** Losses while nothing matches are told this often. */
const LOSS_INTERVAL_MS = 1000;

/**
 * Flows as JSON, one a line: `{ flow, nodeName }`, and `{ lostEvents: { numEventsLost }, nodeName }` where some are
 * missing, and `{ aggregation: { limit, former, lost }, nodeName }` where from there on another level is the most that is
 * told of conversations. Ends with the client's connection, or with the agent. A client that does not read holds one buffer of events,
 * of which the oldest are lost and told.
 * @throws before the first byte: as `readFlowsRequest`, ERR_CLOSED
 */
export async function streamFlows(
	flows: ServedFlows,
	body: string,
	response: ServerResponse,
	closing: AbortSignal,
): Promise<void> {
	const { stream, past, request } = openFlows(flows, readFlowsRequest(body), (change) => writeNotice(response, change));
	const end = () => void stream.return?.();
	const cut = () => {
		end();
		setTimeout(() => response.destroy(), GRACE_MS).unref();
	};
	response.once('close', end);
	closing.addEventListener('abort', cut, { once: true });
	response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' });
	response.flushHeaders();
	try {
		if (past !== undefined) {
			await writePast(past, response, closing);
		}
		await writeFlows(stream, request, response);
	} finally {
		closing.removeEventListener('abort', cut);
		await stream.close();
		response.end();
	}
}

interface OpenFlows {
	readonly stream: FlowStream;
	/** Begun: what it tells ends where `stream` begins. */
	readonly past: AsyncIterable<Flow | FlowLoss> | undefined;
	readonly request: FlowsRequest;
}

function openFlows(
	{ datapath, past: pastOf }: ServedFlows,
	request: FlowsRequest,
	onAggregation: (change: AggregationChange) => void,
): OpenFlows {
	const { filter, last, follow, query } = request;
	const past = query && pastOf(query);
	if (past === undefined) {
		return { stream: datapath.flows({ filter, last, follow, onAggregation }), past, request };
	}
	// In one turn: nothing can come between the two.
	const stream = datapath.flows({ filter, last: 0, follow, onAggregation });
	const begun = past.next();
	begun.catch(() => undefined);
	return { stream, past: resume(begun, past), request };
}

async function* resume<T>(
	begun: Promise<IteratorResult<T, void>>,
	rest: AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
	try {
		const first = await begun;
		if (first.done !== true) {
			yield first.value;
			yield* rest;
		}
	} finally {
		await rest.return();
	}
}

const NODE_NAME = JSON.stringify(hostname());

async function writePast(
	past: AsyncIterable<Flow | FlowLoss>,
	response: ServerResponse,
	closing: AbortSignal,
): Promise<void> {
	for await (const one of past) {
		if (closing.aborted || response.destroyed) {
			return;
		}
		const text = isFlowLoss(one) ? lossLine(one) : flowLine(one);
		if (!response.write(text)) {
			await drained(response);
		}
	}
}

function flowLine(flow: Flow): string {
	return `{"flow":${stringifyFlow(flow)},"nodeName":${NODE_NAME}}\n`;
}

function lossLine({ since, until, count, cause }: FlowLoss): string {
	const lostEvents = { numEventsLost: String(count), first: since, last: until, cause };
	return `{"lostEvents":${JSON.stringify(lostEvents)},"nodeName":${NODE_NAME}}\n`;
}

function writeNotice(response: ServerResponse, { limit, former, lost }: AggregationChange): void {
	if (response.writable && !response.writableNeedDrain) {
		const aggregation = JSON.stringify({ limit, former, lost: String(lost) });
		response.write(`{"aggregation":${aggregation},"nodeName":${NODE_NAME}}\n`);
	}
}

async function writeFlows(stream: FlowStream, { first }: FlowsRequest, response: ServerResponse): Promise<void> {
	let told = 0n;
	const tellLoss = () => {
		const lost = stream.lost - told;
		if (lost > 0n && !response.writableNeedDrain && response.writable) {
			told += lost;
			response.write(`{"lostEvents":{"numEventsLost":"${lost}"},"nodeName":${NODE_NAME}}\n`);
		}
	};
	const timer = setInterval(tellLoss, LOSS_INTERVAL_MS).unref();
	let count = 0;
	try {
		for await (const flow of stream) {
			tellLoss();
			if (!response.write(flowLine(flow))) {
				await drained(response);
			}
			if (++count === first) {
				break;
			}
		}
		tellLoss();
	} finally {
		clearInterval(timer);
	}
}

/** Or gone: then there is nothing to wait for. */
function drained(response: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			response.off('drain', done).off('close', done);
			resolve();
		};
		response.on('drain', done).on('close', done);
		if (response.destroyed) {
			done();
		}
	});
}
