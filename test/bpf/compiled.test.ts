/** Rows, compiled and loaded: the programs answer what the naive evaluator answers. fast-check logs the seed; HEDDLE_SEED repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maps, SimulatedAction, simulationCodec, Verdict } from '../../lib/abi/generated.js';
import { evaluate, type Question } from '../../lib/policy/evaluate.js';
import { packStep } from '../../lib/policy/pack.js';
import { compileSet } from '../../lib/policy/compile.js';
import { DIRECTIONS } from '../../lib/policy/image.js';
import type { Direction, SetSpec } from '../../lib/policy/row.js';
import { createPolicyTable } from '../../lib/policy/table.js';
import { createOrigins } from '../../lib/rules/origins.js';
import { anySet, questionsFor } from '../unit/policy/arbitrary.js';
import { type Family, FAMILIES, between } from './ends.js';
import { type Ends, PROTOCOL, TCP, frame, icmp, sctp, tcp, udp } from './packet.js';
import { attach, type Subject, useSubject } from './subject.js';

const VERDICTS = { deny: Verdict.Denied, redirect: Verdict.Redirected, audit: Verdict.Audited } as const;
const ENFORCEMENTS = { default: 0, always: 1 } as const;
/** Of `anyRow`: the peer that stands for the other end. */
const STAND_IN = 300;
const SET = 9;
type Enforcement = keyof typeof ENFORCEMENTS;

const { unionOf } = createOrigins();

interface Scene {
	readonly enforcement: Enforcement;
	readonly direction: Direction;
	readonly family: Family;
}

const SCENES = FAMILIES.flatMap((family) =>
	DIRECTIONS.flatMap((direction) =>
		(['default', 'always'] as const).map((enforcement): Scene => ({ enforcement, direction, family })),
	),
);

describe.each(SCENES)('rows in the kernel ($direction, IPv$family, enforcement $enforcement)', (scene) => {
	const subject = useSubject();

	it('mean what the naive evaluator says of every boundary', () => {
		fc.assert(
			fc.property(anySet(SET), fc.infiniteStream(fc.nat(1 << 20)), (set, random) => {
				const { peer } = ends(subject, scene);
				const rows = set.rows.map((row) => (row.peer === STAND_IN ? { ...row, peer: peer.identity } : row));
				const spec = { ...set, rows };
				write(subject, spec, scene);
				for (const question of some(askable(spec, peer.identity, scene), 24, random)) {
					expect({ question, ...ask(subject, question, scene) }).toEqual({
						question,
						...expected(spec, question, scene.enforcement),
					});
				}
			}),
			{ numRuns: 150 },
		);
	});
});

/** Whose policy it is, and the other one. */
function ends(subject: Subject, { direction }: Scene) {
	return direction === 'ingress' ? { owner: subject.b, peer: subject.a } : { owner: subject.a, peer: subject.b };
}

/** Into empty tables, the way the control plane does it. */
function write(subject: Subject, spec: SetSpec, scene: Scene): void {
	for (const name of ['peers', 'rules']) {
		const map = subject.object.maps[name]!;
		const { keys, count } = map.dump();
		map.deleteBatch(keys, count);
	}
	const { owner } = ends(subject, scene);
	attach(subject, owner, { policySet: SET, enforcement: ENFORCEMENTS[scene.enforcement] });
	const table = createPolicyTable();
	const { steps } = table.plan({ put: [compileSet(spec, table.classes, unionOf)] });
	for (const { map, keys, values, count } of steps.flatMap((step) => packStep(step))) {
		subject.object.maps[map]!.updateBatch(keys, values!, count);
	}
	subject.bumpEpoch();
}

/** Of what a packet of the sender to the receiver can ask. */
function askable(spec: SetSpec, peer: number, { direction, family }: Scene): Question[] {
	const [ping, foreign] = family === 4 ? [8, PROTOCOL.icmpv6] : [128, PROTOCOL.icmp];
	const isIcmp = (protocol: number) => protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6;
	const questions = [...questionsFor(spec.rows), ...[0, 1, 255].flatMap((code) => pings(direction, ping, code))];
	return questions
		.filter(
			(question) => question.direction === direction && question.peer === STAND_IN && question.protocol !== foreign,
		)
		.filter(({ protocol, port }) => !isIcmp(protocol) || port >> 8 === ping)
		.map((question) => ({ ...question, peer }));
}

function pings(direction: Direction, type: number, code: number): Question[] {
	return [PROTOCOL.icmp, PROTOCOL.icmpv6].map((protocol) => ({
		peer: STAND_IN,
		direction,
		protocol,
		port: (type << 8) | code,
	}));
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
function ask(subject: Subject, question: Question, { direction, family }: Scene) {
	const packet = packetOf(between(subject.a, subject.b, family), question);
	subject.run('simulate_from_endpoint', subject.a, packet);
	const { key } = maps.simulation;
	const { event, action } = subject.lookup('simulation', key, 0, simulationCodec)!;
	const [verdict, cookie] =
		direction === 'ingress' ? [event.ingressVerdict, event.ingressCookie] : [event.egressVerdict, event.egressCookie];
	const names = Object.keys(VERDICTS) as (keyof typeof VERDICTS)[];
	const told = names.find((name) => VERDICTS[name] === verdict);
	return { verdict: told ?? 'allow', forwarded: action === SimulatedAction.ToEndpoint, cookie };
}

function packetOf(ends: Ends, { protocol, port }: Question): Uint8Array {
	switch (protocol) {
		case PROTOCOL.tcp:
			return tcp(ends, 40_000, port, TCP.syn);
		case PROTOCOL.udp:
			return udp(ends, 40_000, port);
		case PROTOCOL.sctp:
			return sctp(ends, 40_000, port);
		case PROTOCOL.icmp:
		case PROTOCOL.icmpv6:
			return icmp(ends, port >> 8, port & 0xff, new Uint8Array(12));
		default:
			return frame(ends, protocol, new Uint8Array(20));
	}
}
