import type { Cursor } from '../abi/cursor.js';
import { dnsAddresses, dnsEnds, endOfDnsAddresses, type DnsAddress, type DnsEnds } from './dns-ends.js';
import { packedParts, packedText } from './packed.js';

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
	for (const answer of packedParts(batch, count, 'answer', FIXED_LENGTH)) {
		yield decode(answer);
	}
}

function decode(answer: Cursor): DnsAnswer {
	const count = answer.u16(4);
	return {
		...dnsEnds(answer, 16),
		ticket: Number(answer.u64(8)),
		name: packedText(answer, endOfDnsAddresses(FIXED_LENGTH, count), answer.u16(6)),
		addresses: dnsAddresses(answer, FIXED_LENGTH, count),
	};
}
