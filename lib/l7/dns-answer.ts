import { Buffer } from 'node:buffer';

import { cursor, type Cursor } from '../abi/cursor.js';
import { dnsAddresses, dnsEnds, endOfDnsAddresses, type DnsAddress, type DnsEnds } from './dns-ends.js';

/**
 * Addresses that have to be known before a client is told of them. Its answer, and those of others who asked for the same
 * meanwhile, are held until `release(ticket)`; not in time (`limits.learnTimeout`), they are told SERVFAIL.
 */
export interface DnsAnswer extends DnsEnds {
	readonly ticket: number;
	/** Small letters, without the root's dot. */
	readonly name: string;
	/** `ttl`: how long to know it, from now; longer than the answer said, so that not every answer has to be learned. */
	readonly addresses: readonly DnsAddress[];
}

// As native/src/dns_record_layout.h writes it.
const FIXED_LENGTH = 80;

/**
 * The answers of a batch, each decoded when it is its turn; to be used up before the batch's memory is written again.
 * @throws ERR_BAD_RECORD where the bytes are no batch of `count` answers.
 */
export function* dnsAnswers(batch: Uint8Array, count: number): Generator<DnsAnswer, void> {
	const bytes = cursor(batch, 'batch', 'ERR_BAD_RECORD');
	let offset = 0;
	for (let i = 0; i < count; i++) {
		const length = bytes.u32(offset);
		if (length < FIXED_LENGTH) bytes.fail(`answer ${i}: found length ${length}, expected ${FIXED_LENGTH} or more`);
		yield decode(cursor(bytes.slice(offset, length, `answer ${i}`), `answer ${i}`, 'ERR_BAD_RECORD'));
		offset += length;
	}
}

function decode(answer: Cursor): DnsAnswer {
	const count = answer.u16(4);
	const name = answer.slice(endOfDnsAddresses(FIXED_LENGTH, count), answer.u16(6), 'the name');
	return {
		...dnsEnds(answer, 16),
		ticket: Number(answer.u64(8)),
		name: Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1'),
		addresses: dnsAddresses(answer, FIXED_LENGTH, count),
	};
}
