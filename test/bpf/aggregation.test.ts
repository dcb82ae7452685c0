import { describe, expect, it } from 'vitest';
import { Aggregation, EventFlag, EventType, TracePoint } from '../../lib/abi/generated.js';
import type * as abi from '../../lib/abi/generated.js';
import { counters } from './counts.js';
import { FAMILIES, between } from './ends.js';
import { TCP, tcp, udp } from './packet.js';
import { ACTION, attach, useSubject } from './subject.js';

const { fin, syn, ack, psh } = TCP;
const BOTH = TracePoint.From | TracePoint.To;

describe.each(FAMILIES)('aggregation over IPv%i', (family) => {
	const subject = useSubject();
	const out = (flags: number) =>
		subject.run('from_endpoint', subject.a, tcp(between(subject.a, subject.b, family), 1000, 80, flags)).events;
	const back = (flags: number) =>
		subject.run('from_endpoint', subject.b, tcp(between(subject.b, subject.a, family), 80, 1000, flags)).events;
	const ask = () =>
		subject.run('from_endpoint', subject.a, udp(between(subject.a, subject.b, family), 1000, 53)).events;

	/** Of both ends, or of a and of b. */
	function levels(a: number, b = a, sampling = 0): void {
		subject.control('tracing', 0);
		attach(subject, subject.a, { aggregation: a, sampling });
		attach(subject, subject.b, { aggregation: b, sampling });
		subject.bumpEpoch();
	}

	const told = (events: readonly abi.Event[]) =>
		events.map(({ type, points, flags, tcpFlags }) => [type, points, flags & EventFlag.Reply, tcpFlags]);

	it('none tells where each packet comes from and goes, both ways, with its flags and length', () => {
		levels(Aggregation.None);
		expect(told(out(syn))).toEqual([[EventType.Verdict, BOTH, 0, syn]]);
		expect(told(back(syn | ack))).toEqual([[EventType.Trace, BOTH, EventFlag.Reply, syn | ack]]);
		expect(told(out(ack))).toEqual([[EventType.Trace, BOTH, 0, ack]]);
		expect(out(psh | ack)).toMatchObject([
			{
				sourceEndpoint: subject.a.id,
				destinationEndpoint: subject.b.id,
				sourceIdentity: subject.a.identity,
				destinationIdentity: subject.b.identity,
				destinationPort: 80,
				length: tcp(between(subject.a, subject.b, family), 1000, 80, ack).length,
				weights: [1, 1],
			},
		]);
	});

	it('low tells where each packet goes', () => {
		levels(Aggregation.Low);
		expect(told([...ask(), ...ask(), ...ask()]).map(([type, points]) => [type, points])).toEqual([
			[EventType.Verdict, TracePoint.To],
			[EventType.Trace, TracePoint.To],
			[EventType.Trace, TracePoint.To],
		]);
	});

	it("leaves each point to its endpoint's own level", () => {
		levels(Aggregation.None, Aggregation.Maximum);
		expect(told([...out(syn), ...back(syn | ack), ...out(ack)]).map(([, points]) => points)).toEqual([
			BOTH,
			TracePoint.To,
			TracePoint.From,
		]);
	});

	it('medium tells the first packet of each direction, and TCP flags it had not shown', () => {
		levels(Aggregation.Medium);
		const runs = [
			out(syn),
			back(syn | ack),
			out(ack),
			out(psh | ack),
			back(ack),
			out(fin | ack),
			out(fin | ack),
			back(fin | ack),
		];
		expect(runs.map((events) => events.filter(({ type }) => type !== EventType.FlowEnd).length)).toEqual([
			1, 1, 0, 0, 0, 1, 0, 1,
		]);
	});

	it('medium tells one packet an interval', () => {
		levels(Aggregation.Medium);
		ask();
		subject.control('aggregationTicks', 0); // each packet is later than that
		expect(told(ask())).toEqual([[EventType.Trace, TracePoint.To, 0, 0]]);
		subject.control('aggregationTicks', 30_000);
		expect([...ask(), ...ask()]).toEqual([]);
	});

	it('maximum tells none of them, and a level that is set reaches what is established', () => {
		levels(Aggregation.Maximum);
		[ask(), ask()].forEach(() => undefined);
		expect(ask()).toEqual([]);
		levels(Aggregation.None);
		expect(told(ask())).toEqual([[EventType.Trace, BOTH, 0, 0]]);
		levels(Aggregation.Maximum);
		[ask()].forEach(() => undefined);
		expect(ask()).toEqual([]);
	});

	it('still ends a TCP conversation by its last ACK', () => {
		levels(Aggregation.None);
		[out(syn), back(syn | ack), out(ack), out(fin | ack), back(fin | ack)].forEach(() => undefined);
		expect(out(ack).map(({ type }) => type)).toEqual([EventType.Trace, EventType.FlowEnd]);
	});

	it('tells no more than the limit of a ring that fills, and counts what it holds back', () => {
		levels(Aggregation.None);
		ask();
		const before = counters(subject.object).aggregated;
		const points = [Aggregation.Low, Aggregation.Medium, Aggregation.Maximum, Aggregation.None].map((limit) => {
			subject.control('aggregationLimit', limit);
			return ask().map((event) => event.points);
		});
		// One was told in this interval already.
		expect(points).toEqual([[TracePoint.To], [], [], [BOTH]]);
		expect(counters(subject.object).aggregated - before).toBe(3n);
	});

	it('sampling tells one of so many, which stands for them all', () => {
		levels(Aggregation.Low, Aggregation.Low, 10);
		ask();
		const frame = udp(between(subject.a, subject.b, family), 1000, 53);
		const { action } = subject.run('from_endpoint', subject.a, frame);
		expect(action).toBe(ACTION.redirect);
		const program = subject.object.programs['from_endpoint']!;
		let count = 0;
		subject.inside(() => {
			for (let i = 0; i < 4000; i++) program.testRun({ data: frame, ifindex: subject.a.ifindex });
		});
		for (const event of subject.drain()) {
			expect(event.weights).toEqual([0, 10]);
			count += event.weights[1];
		}
		// Ten standard deviations of 4 000 draws.
		expect(Math.abs(count - 4000)).toBeLessThan(2000);
		expect(count).toBeGreaterThan(0);
	});
});

describe('aggregation without a reader', () => {
	const subject = useSubject();

	it('lowers the limit as the ring fills, so that traces leave room for verdicts and drops', () => {
		for (const endpoint of [subject.a, subject.b]) attach(subject, endpoint, { aggregation: Aggregation.None });
		const frame = udp(between(subject.a, subject.b, 4), 1000, 53);
		const program = subject.object.programs['from_endpoint']!;
		const lost = counters(subject.object).lost;
		subject.inside(() => {
			for (let i = 0; i < 22_000; i++) program.testRun({ data: frame, ifindex: subject.a.ifindex });
		});
		expect(subject.readControl('aggregationLimit')).toBe(Aggregation.Medium);
		expect(subject.drain().length).toBeGreaterThan(15_000);
		expect(counters(subject.object).lost).toBe(lost);
	});
});
