import type { IncomingMessage } from 'node:http';
import { HeddleError } from '../../errors.js';

/** Bytes of one request. */
const LONGEST = 1 << 20;

/** @throws ERR_TOO_LONG, ERR_DECODE for bytes that are no UTF-8 */
export async function readText(request: IncomingMessage, longest = LONGEST): Promise<string> {
	const parts: Buffer[] = [];
	let length = 0;
	for await (const part of request as AsyncIterable<Buffer>) {
		length += part.length;
		if (length > longest) {
			throw new HeddleError('ERR_TOO_LONG', `body: found more than ${longest} bytes, expected less`, { field: 'body' });
		}
		parts.push(part);
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
	} catch {
		throw new HeddleError('ERR_DECODE', 'body: found bytes that are no UTF-8, expected text', { field: 'body' });
	}
}

/** @throws ERR_DECODE */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new HeddleError('ERR_DECODE', `body: expected JSON: ${reason}`, { field: 'body', cause });
	}
}
