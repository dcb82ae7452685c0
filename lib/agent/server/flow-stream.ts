import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import type { Datapath } from '../../datapath/datapath.js';
import { stringifyFlow } from '../../flows/flow-json.js';
import type { FlowStream } from '../../flows/stream.js';
import { readFlowsRequest, type FlowsRequest } from './flows-request.js';

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
	datapath: Pick<Datapath, 'flows'>,
	body: string,
	response: ServerResponse,
	closing: AbortSignal,
): Promise<void> {
	const request = readFlowsRequest(body);
	const stream = datapath.flows({
		filter: request.filter,
		last: request.last,
		follow: request.follow,
		onAggregation: ({ limit, former, lost }) => writeNotice(response, { limit, former, lost: String(lost) }),
	});
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
		await writeFlows(stream, request, response);
	} finally {
		closing.removeEventListener('abort', cut);
		await stream.close();
		response.end();
	}
}

function writeNotice(response: ServerResponse, aggregation: object): void {
	if (response.writable && !response.writableNeedDrain) {
		response.write(`${JSON.stringify({ aggregation, nodeName: hostname() })}\n`);
	}
}

async function writeFlows(stream: FlowStream, { first }: FlowsRequest, response: ServerResponse): Promise<void> {
	const nodeName = JSON.stringify(hostname());
	let told = 0n;
	const tellLoss = () => {
		const lost = stream.lost - told;
		if (lost > 0n && !response.writableNeedDrain && response.writable) {
			told += lost;
			response.write(`{"lostEvents":{"numEventsLost":"${lost}"},"nodeName":${nodeName}}\n`);
		}
	};
	const timer = setInterval(tellLoss, LOSS_INTERVAL_MS).unref();
	let count = 0;
	try {
		for await (const flow of stream) {
			tellLoss();
			if (!response.write(`{"flow":${stringifyFlow(flow)},"nodeName":${nodeName}}\n`)) {
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
