/** Rows, compiled and loaded: the programs answer what the naive evaluator answers. fast-check logs the seed; HEDDLE_SEED repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maps, SimulatedAction, simulationCodec, Verdict } from '../../lib/abi/generated.js';
import { evaluate, type Question } from '../../lib/policy/evaluate.js';
import { packStep } from '../../lib/policy/pack.js';
import { compileSet } from '../../lib/policy/compile.js';
import type { SetSpec } from '../../lib/policy/row.js';
import { createPolicyTable } from '../../lib/policy/table.js';
import { createOrigins } from '../../lib/rules/origins.js';
import { anySet, questionsFor } from '../unit/policy/arbitrary.js';
import { between } from './ends.js';
import { PROTOCOL, TCP, frame, icmp, sctp, tcp, udp } from './packet.js';
import { attach, type Subject, useSubject } from './subject.js';

const VERDICTS = { deny: Verdict.Denied, redirect: Verdict.Redirected, audit: Verdict.Audited } as const;
const ENFORCEMENTS = { default: 0, always: 1 } as const;
type Enforcement = keyof typeof ENFORCEMENTS;

const { unionOf } = createOrigins();
const seed = process.env['HEDDLE_SEED'] === undefined ? {} : { seed: Number(process.env['HEDDLE_SEED']) };

describe.each(['default', 'always'] as const)('rows in the kernel, enforcement %s', (enforcement) => {
	const subject = useSubject();

	it('mean what the naive evaluator says of every boundary', () => {
		fc.assert(
			fc.property(anySet(2), fc.infiniteStream(fc.nat(1 << 20)), (set, random) => {
				const spec = {
					...set,
					rows: set.rows.map((row) => (row.peer === 300 ? { ...row, peer: subject.a.identity } : row)),
				};
				write(subject, spec, enforcement);
				for (const question of some(askable(subject, spec), 24, random)) {
					expect({ question, ...ask(subject, question) }).toEqual({
						question,
						...expected(spec, question, enforcement),
					});
				}
			}),
			{ numRuns: 150, ...seed },
		);
	});
});

/** Into empty tables, the way the control plane does it. */
function write(subject: Subject, spec: SetSpec, enforcement: Enforcement): void {
	for (const name of ['peers', 'rules']) {
		const map = subject.object.maps[name]!;
		const { keys, count } = map.dump();
		map.deleteBatch(keys, count);
	}
	attach(subject, subject.b, { enforcement: ENFORCEMENTS[enforcement] });
	const table = createPolicyTable();
	const { steps } = table.plan({ put: [compileSet(spec, table.classes, unionOf)] });
	for (const { map, keys, values, count } of steps.flatMap((step) => packStep(step))) {
		subject.object.maps[map]!.updateBatch(keys, values!, count);
	}
	subject.bumpEpoch();
}

/** Of what a packet from a to b can ask. */
function askable(subject: Subject, spec: SetSpec): Question[] {
	return questionsFor(spec.rows)
		.filter(({ direction, peer, protocol }) => direction === 'ingress' && peer === 1 && protocol !== PROTOCOL.icmpv6)
		.filter(({ protocol, port }) => protocol !== PROTOCOL.icmp || port >> 8 === 8)
		.map((question) => ({ ...question, peer: subject.a.identity }));
}

function some<T>(all: readonly T[], count: number, random: Iterator<number>): T[] {
	return all.length <= count ? [...all] : Array.from({ length: count }, () => all[random.next().value! % all.length]!);
}

function expected(spec: SetSpec, question: Question, enforcement: Enforcement) {
	const defaults = enforcement === 'always' ? ({ ingress: 'deny', egress: 'deny' } as const) : spec.defaults;
	const { verdict, allowed, cookies } = evaluate({ ...spec, defaults }, question);
	return { verdict, forwarded: allowed, cookie: cookies.length === 0 ? 0 : unionOf(cookies) };
}

/** By the simulating program, which runs the same code and tells every drop. */
function ask(subject: Subject, { protocol, port }: Question) {
	subject.run('simulate_from_endpoint', subject.a, packet(subject, protocol, port));
	const { key } = maps.simulation;
	const { event, action } = subject.lookup('simulation', key, 0, simulationCodec)!;
	const names = Object.keys(VERDICTS) as (keyof typeof VERDICTS)[];
	const told = names.find((name) => VERDICTS[name] === event.ingressVerdict);
	return { verdict: told ?? 'allow', forwarded: action === SimulatedAction.ToEndpoint, cookie: event.ingressCookie };
}

function packet(subject: Subject, protocol: number, port: number): Uint8Array {
	const ends = between(subject.a, subject.b, 4);
	switch (protocol) {
		case PROTOCOL.tcp:
			return tcp(ends, 40_000, port, TCP.syn);
		case PROTOCOL.udp:
			return udp(ends, 40_000, port);
		case PROTOCOL.sctp:
			return sctp(ends, 40_000, port);
		case PROTOCOL.icmp:
			return icmp(ends, port >> 8, port & 0xff, new Uint8Array(12));
		default:
			return frame(ends, protocol, new Uint8Array(20));
	}
}
