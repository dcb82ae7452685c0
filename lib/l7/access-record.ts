import type { Cursor } from '../abi/cursor.js';
import { packedParts, packedText } from './packed.js';
import { proxyEnd, type ProxyEnd, type Redirect } from './proxy-end.js';

/** What the HTTP proxy saw of a request, or of the response to one that it allowed. */
export interface AccessRecord extends Redirect {
	readonly kind: 'request' | 'response';
	/** The request was not forwarded. */
	readonly denied: boolean;
	/** A header was not as a rule expects, and the rule lets that pass. */
	readonly mismatched: boolean;
	/** A text was longer than a record holds (url and headers 4096 bytes, method 64), and is cut. */
	readonly cut: boolean;
	/** What the client was told; of an allowed request 0. */
	readonly status: number;
	/** Nanoseconds since 1970. */
	readonly timeNs: bigint;
	/** Equal for all requests of a connection; of one proxy. */
	readonly connection: bigint;
	/** From the whole head of the request to the whole head of the response; of a request 0. */
	readonly latencyNs: bigint;
	readonly network: number;
	readonly family: 4 | 6;
	readonly client: ProxyEnd;
	readonly destination: ProxyEnd;
	/** Empty where the request could not be read. */
	readonly method: string;
	/** As it was judged, with scheme and host; of CONNECT host and port; of TLS the server name that was asked for. */
	readonly url: string;
	/** 'HTTP/1.1', 'TLS' */
	readonly protocol: string;
	/** Why it was denied, or failed; empty otherwise. */
	readonly reason: string;
	/** Of the request, those that were asked for, as they came. */
	readonly headers: readonly AccessHeader[];
}

export interface AccessHeader {
	readonly name: string;
	readonly value: string;
}

// As native/src/record_layout.h writes it.
const FIXED_LENGTH = 104;
const DENIED = 1;
const MISMATCHED = 2;
const CUT = 4;
const IPV6 = 8;
const EGRESS_REDIRECTED = 16;
const INGRESS_REDIRECTED = 32;

/**
 * The records of a batch, each decoded when it is its turn; to be used up before the batch's memory is written again.
 * @throws ERR_BAD_RECORD where the bytes are no batch of `count` records.
 */
export function* accessRecords(batch: Uint8Array, count: number): Generator<AccessRecord, void> {
	for (const record of packedParts(batch, count, 'record', FIXED_LENGTH)) {
		yield decode(record);
	}
}

function decode(record: Cursor): AccessRecord {
	const flags = record.u8(5);
	const family = (flags & IPV6) === 0 ? 4 : 6;
	const [method = '', url = '', protocol = '', reason = '', headers = ''] = textsOf(record);
	return {
		kind: record.u8(4) === 1 ? 'request' : 'response',
		denied: (flags & DENIED) !== 0,
		mismatched: (flags & MISMATCHED) !== 0,
		cut: (flags & CUT) !== 0,
		status: record.u16(6),
		timeNs: record.u64(8),
		connection: record.u64(16),
		latencyNs: record.u64(24),
		network: record.u16(68),
		family,
		client: proxyEnd(record, family, { address: 32, port: 64, identity: 72, endpoint: 70 }),
		destination: proxyEnd(record, family, { address: 48, port: 66, identity: 76, endpoint: 88 }),
		egressCookie: (flags & EGRESS_REDIRECTED) === 0 ? undefined : record.u32(80),
		ingressCookie: (flags & INGRESS_REDIRECTED) === 0 ? undefined : record.u32(84),
		method,
		url,
		protocol,
		reason,
		headers: headersOf(headers),
	};
}

const LENGTHS = [90, 92, 94, 96, 98];

function textsOf(record: Cursor): string[] {
	let offset = FIXED_LENGTH;
	return LENGTHS.map((at) => {
		const length = record.u16(at);
		offset += length;
		return packedText(record, offset - length, length);
	});
}

function headersOf(text: string): AccessHeader[] {
	if (text === '') return [];
	return text
		.replace(/\r\n$/, '')
		.split('\r\n')
		.map((line) => {
			const colon = line.indexOf(': ');
			return colon < 0 ? { name: line, value: '' } : { name: line.slice(0, colon), value: line.slice(colon + 2) };
		});
}
