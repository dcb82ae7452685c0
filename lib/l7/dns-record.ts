import type { Cursor } from '../abi/cursor.js';
import { dnsAddresses, dnsEnds, endOfDnsAddresses, type DnsAddress, type DnsEnds } from './dns-ends.js';
import { dnsTypeName } from './dns-types.js';
import { packedParts, packedText } from './packed.js';

/** What the DNS proxy saw of a query, or of the response to one that it allowed. */
export interface DnsRecord extends DnsEnds {
	readonly kind: 'request' | 'response';
	/** 'denied': no rule allows the name. 'error': the proxy answered itself, for `reason`. */
	readonly verdict: 'forwarded' | 'denied' | 'error';
	/** What the client was told; of a request that was forwarded 0. */
	readonly rcode: number;
	/** There were more addresses, types or aliases than a record holds (64, 64, 4096 bytes). */
	readonly cut: boolean;
	/** Nanoseconds since 1970. */
	readonly timeNs: bigint;
	/** From the query to its answer, the time that it was held included; of a request 0. */
	readonly latencyNs: bigint;
	/** `www.example.com.`, letters as they were asked; bytes of no letter, digit, - or _ as `\DDD`. */
	readonly name: string;
	/** 'AAAA' */
	readonly type: string;
	/** What the response says of the name: along its aliases. */
	readonly addresses: readonly DnsAddress[];
	/** `cdn.example.net.`, in the order in which they lead to each other. */
	readonly aliases: readonly string[];
	/** Of all records in the answer. */
	readonly recordTypes: readonly string[];
	/** The shortest of the addresses' and their aliases', seconds; without addresses 0. */
	readonly ttl: number;
	/** Why the proxy answered itself; empty otherwise. */
	readonly reason: string;
}

// As native/src/dns_record_layout.h writes it.
const FIXED_LENGTH = 104;
const CUT = 1;
const VERDICTS = ['forwarded', 'denied', 'error'] as const;

/**
 * The records of a batch, each decoded when it is its turn; to be used up before the batch's memory is written again.
 * @throws ERR_BAD_RECORD where the bytes are no batch of `count` records.
 */
export function* dnsRecords(batch: Uint8Array, count: number): Generator<DnsRecord, void> {
	for (const record of packedParts(batch, count, 'record', FIXED_LENGTH)) {
		yield decode(record);
	}
}

function decode(record: Cursor): DnsRecord {
	const addressCount = record.u16(94);
	const typesAt = endOfDnsAddresses(FIXED_LENGTH, addressCount);
	const types = Array.from({ length: record.u16(96) }, (_, i) => record.u16(typesAt + 2 * i));
	const [name, aliases, reason] = textsOf(record, typesAt + 2 * types.length);
	const verdict = VERDICTS[record.u8(5)];
	return {
		...dnsEnds(record, 24),
		kind: record.u8(4) === 1 ? 'request' : 'response',
		verdict: verdict ?? record.fail(`verdict: found ${record.u8(5)}, expected 0 to 2`),
		rcode: record.u8(6),
		cut: (record.u8(7) & CUT) !== 0,
		timeNs: record.u64(8),
		latencyNs: record.u64(16),
		name,
		type: dnsTypeName(record.u16(92)),
		addresses: dnsAddresses(record, FIXED_LENGTH, addressCount),
		aliases: aliases.split('\n').slice(0, -1),
		recordTypes: types.map(dnsTypeName),
		ttl: record.u32(88),
		reason,
	};
}

function textsOf(record: Cursor, begin: number): [string, string, string] {
	const aliases = begin + record.u16(98);
	const reason = aliases + record.u16(100);
	return [
		packedText(record, begin, record.u16(98)),
		packedText(record, aliases, record.u16(100)),
		packedText(record, reason, record.u16(102)),
	];
}
