import { beforeEach, describe, expect, it } from 'vitest';
import { Direction, DropReason, EventType, PairVerdict, PolicyAction, maps } from '../../lib/abi/generated.js';
import type { Counters, Pair } from '../../lib/abi/generated.js';
import { possibleCpus } from '../../lib/native/addon.js';
import { counters, mapOf, pairOverflow, pairs } from './counts.js';
import { between } from './ends.js';
import { udp } from './packet.js';
import { enforce } from './rows.js';
import { useSubject } from './subject.js';

const DENIED = 50_000;
const CONVERSATIONS = 1000;
const PACKETS = 3;

describe('totals under a ring that overflows', () => {
	const subject = useSubject({ events: 1 << 16 });
	let before: Counters;

	beforeEach(() => {
		clearOverflow(subject.object);
		before = counters(subject.object);
		subject.control('dropEventsPerTick', 0xffff_ffff);
	});

	const frame = (port: number) => udp(between(subject.a, subject.b, 4), port, 53);

	function send(data: Uint8Array, repeat = 1): void {
		subject.object.programs['from_endpoint']!.testRun({ data, repeat, ifindex: subject.a.ifindex });
	}

	function lost(): bigint {
		return counters(subject.object).lost - before.lost;
	}

	it('has every denied packet, by pair, and every event told or counted as lost', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [{ action: PolicyAction.Deny }]);
		const data = frame(1000);
		subject.inside(() => send(data, DENIED));
		const told = subject.drain().length;
		expect(subject.drops(subject.b, DropReason.PolicyDeniedByDenylist, Direction.Ingress)).toBe(DENIED);
		expect(pairs(subject.object)).toEqual([
			{
				sourceIdentity: subject.a.identity,
				destinationIdentity: subject.b.identity,
				network: 1,
				direction: Direction.Ingress,
				verdict: PairVerdict.Denied,
				began: 0n,
				ended: 0n,
				packets: [BigInt(DENIED), 0n],
				bytes: [BigInt(DENIED * data.length), 0n],
			},
		]);
		expect(lost()).toBeGreaterThan(0n);
		expect(BigInt(told) + lost()).toBe(BigInt(DENIED));
	});

	it('has every conversation, and at its end its packets and bytes', () => {
		const length = frame(1000).length;
		subject.inside(() => {
			for (let port = 1; port <= CONVERSATIONS; port++) {
				for (let i = 0; i < PACKETS; i++) send(frame(port));
			}
		});
		expect(pairs(subject.object)).toMatchObject([{ began: BigInt(CONVERSATIONS), ended: 0n, packets: [0n, 0n] }]);
		subject.setTimeouts(0xffff_ffff); // minus one tick: everything is idle
		expect(subject.sweep()).toMatchObject({ ended: BigInt(CONVERSATIONS) });
		const told = subject.drain();
		expect(pairs(subject.object)).toMatchObject([
			{
				verdict: PairVerdict.Forwarded,
				direction: Direction.Ingress,
				began: BigInt(CONVERSATIONS),
				ended: BigInt(CONVERSATIONS),
				packets: [BigInt(CONVERSATIONS * PACKETS), 0n],
				bytes: [BigInt(CONVERSATIONS * PACKETS * length), 0n],
			},
		]);
		const forwarded = counters(subject.object).forwardedPackets[1] - before.forwardedPackets[1];
		expect(forwarded).toBe(BigInt(CONVERSATIONS * PACKETS));
		expect(told.every(({ type }) => type === EventType.Verdict || type === EventType.FlowEnd)).toBe(true);
		expect(BigInt(told.length) + lost()).toBe(BigInt(2 * CONVERSATIONS));
	});

	it('names the endpoint of what was dropped before anyone was judged', () => {
		const spoofed = udp({ ...between(subject.a, subject.b, 4), source: '10.9.9.9' }, 1, 53);
		subject.inside(() => send(spoofed, 3));
		expect(pairs(subject.object)).toMatchObject([
			{ sourceIdentity: subject.a.identity, destinationIdentity: 0, verdict: PairVerdict.Dropped, packets: [3n, 0n] },
		]);
	});
});

describe('more pairs than the map has room for', () => {
	const subject = useSubject({ pairs: 2 });

	beforeEach(() => clearOverflow(subject.object));

	it('are summed up together, none of them lost', () => {
		const to = [subject.a, subject.b, subject.x, subject.y];
		const sends = to.map(
			(each) => [each, to.find(({ network, id }) => network === each.network && id !== each.id)!] as const,
		);
		for (const [from, other] of sends) {
			subject.run('from_endpoint', from, udp(between(from, other, 4), 1000 + from.id, 53));
		}
		const named = pairs(subject.object);
		const rest = [...pairOverflow(subject.object).values()];
		const began = (all: readonly Pair[]) => all.reduce((sum, pair) => sum + pair.began, 0n);
		expect(named).toHaveLength(2);
		expect([began(named), began(rest)]).toEqual([2n, 2n]);
	});
});

function clearOverflow(object: ReturnType<typeof useSubject>['object']): void {
	const { key, value, maxEntries } = maps.pair_overflow;
	for (let index = 0; index < maxEntries; index++) {
		mapOf(object, 'pair_overflow').update(key.encode(index), new Uint8Array(value.size * possibleCpus()));
	}
}
