import { describe, expect, it } from 'vitest';
import {
	Aggregation,
	EventFlag,
	EventType,
	TracePoint,
	dataControlOffsets,
	controlOffsets,
} from '../../lib/abi/generated.js';
import type * as abi from '../../lib/abi/generated.js';
import { FAMILIES, between } from './ends.js';
import { mapOf } from './counts.js';
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
		attach(subject, subject.a, { aggregation: a, sampling });
		attach(subject, subject.b, { aggregation: b, sampling });
		subject.bumpEpoch();
	}

	function control(field: keyof typeof controlOffsets, value: number): void {
		const view = new DataView(mapOf(subject.object, '.data.control').mmap());
		view.setUint32(dataControlOffsets.control + controlOffsets[field], value, true);
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
		control('aggregationTicks', 0); // each packet is later than that
		expect(told(ask())).toEqual([[EventType.Trace, TracePoint.To, 0, 0]]);
		control('aggregationTicks', 30_000);
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
