import * as abi from '../abi/generated.js';
import type { NamedIdentity } from '../flows/names.js';
import type { Core } from './core.js';
import type { Direction, IdentityId } from './types.js';

/** One end of a pair, by what its packets bear. */
export interface PairEnd {
	/** 0: dropped before it was known. */
	readonly identity: IdentityId;
	/** Of reserved ones: 'host', 'world-ipv4', … */
	readonly name?: string;
	/** `k8s:app=client`, sorted; empty where nobody knows the identity any more. */
	readonly labels: readonly string[];
}

/**
 * 'forwarded', 'audited' and 'redirected' count conversations, from the one that began it to the other; 'denied' (by
 * policy) and 'dropped' (for any other reason) count packets.
 */
export type PairVerdict = 'forwarded' | 'denied' | 'audited' | 'redirected' | 'dropped';

/**
 * Exact, all CPUs summed, since the datapath was loaded: neither lost events nor sampling change it. A conversation that the
 * L7 proxy is in counts once, by its client's packets and the answers to them.
 */
export interface PairCount {
	/** By name. Absent, as both ends: the rest, for which the kernel's map of pairs has had no room. */
	readonly network?: string;
	readonly source?: PairEnd;
	readonly destination?: PairEnd;
	/** Where it was decided; of what was forwarded, 'egress' where the other end is no endpoint. */
	readonly direction: Direction;
	readonly verdict: PairVerdict;
	/** Conversations that began. */
	readonly began: bigint;
	/** Of them, those that ended; the others go on, or were evicted from a full table. */
	readonly ended: bigint;
	/** Of ended conversations, from the end that spoke first; or every packet that was dropped. */
	readonly packets: bigint;
	/** Ethernet frames, as sent. */
	readonly bytes: bigint;
	/** Of ended conversations. */
	readonly replyPackets: bigint;
	readonly replyBytes: bigint;
}

export interface PairNames {
	identity(id: number): NamedIdentity | undefined;
	network(id: number): string;
}

const VERDICTS: Readonly<Record<number, PairVerdict>> = {
	[abi.PairVerdict.Forwarded]: 'forwarded',
	[abi.PairVerdict.Denied]: 'denied',
	[abi.PairVerdict.Audited]: 'audited',
	[abi.PairVerdict.Redirected]: 'redirected',
	[abi.PairVerdict.Dropped]: 'dropped',
};

/** The rest comes last. */
export function* pairCounts({ maps }: Core, names: PairNames): Generator<PairCount> {
	for (const [key, counts] of maps.pairs.entries()) {
		const ends = {
			network: names.network(key.network),
			source: endOf(key.sourceIdentity, names),
			destination: endOf(key.destinationIdentity, names),
		};
		yield { ...ends, ...decided(key.verdict, key.direction), ...plain(counts) };
	}
	for (const [index, counts] of maps.pairOverflow.entries()) {
		if (counts.began + counts.ended + counts.packets[0] > 0n) {
			yield { ...decided(index >> 1, index & 1), ...plain(counts) };
		}
	}
}

function decided(verdict: number, direction: number): Pick<PairCount, 'direction' | 'verdict'> {
	return { direction: direction === 0 ? 'ingress' : 'egress', verdict: VERDICTS[verdict] ?? 'dropped' };
}

function endOf(id: number, names: PairNames): PairEnd {
	const { name, labels = [] } = names.identity(id) ?? {};
	return { identity: id as IdentityId, ...(name === undefined ? {} : { name }), labels };
}

function plain({ began, ended, packets, bytes }: abi.Pair): Omit<PairCount, 'direction' | 'verdict'> {
	return {
		began,
		ended,
		packets: packets[0],
		bytes: bytes[0],
		replyPackets: packets[1],
		replyBytes: bytes[1],
	};
}
