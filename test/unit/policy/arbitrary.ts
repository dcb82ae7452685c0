import fc from 'fast-check';
import type { Question } from '../../../lib/policy/evaluate.js';
import type { RuleRow, SetSpec } from '../../../lib/policy/row.js';
import './seed.js';

const PEERS = [1, 2, 300, 301, 302, 0x0100_0001];
const PROTOCOLS = [1, 6, 17, 47, 58, 132];
const PORTS = [0, 1, 22, 79, 80, 81, 443, 1023, 1024, 8080, 8081, 32767, 32768, 65534, 65535];

const portNumber = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...PORTS) },
	{ weight: 1, arbitrary: fc.nat(65535) },
);
const portRange = fc.oneof(
	portNumber.map((port) => [port, port] as const),
	fc.tuple(portNumber, portNumber).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
	fc.constant([0, 65535] as const),
);

const direction = fc.constantFrom('ingress', 'egress');

export const anyRow: fc.Arbitrary<RuleRow> = fc
	.record({
		peer: fc.constantFrom<number | 'any'>('any', ...PEERS),
		direction,
		protocol: fc.constantFrom<number | 'any'>('any', 6, 6, 17, ...PROTOCOLS),
		range: portRange,
		action: fc.constantFrom('allow', 'allow', 'allow', 'deny', 'deny', 'redirect', 'pass'),
		audit: fc.constantFrom(false, false, true),
		tier: fc.constantFrom('normal', 'normal', 'normal', 'admin', 'baseline'),
		precedence: fc.constantFrom(0, 0, 0, 1, 5, -3),
		cookie: fc.oneof(fc.constantFrom(1, 2, 3), fc.integer({ min: 1, max: 0xffff_ffff })),
	})
	.map(({ range: [port, endPort], ...rest }) =>
		rest.protocol === 47 ? { ...rest, port: 0, endPort: 65535 } : { ...rest, port, endPort },
	);

const anyDefault = fc.constantFrom('allow', 'deny', 'deny', 'audited');

export function anySet(id: number): fc.Arbitrary<SetSpec> {
	return fc.record({
		id: fc.constant(id),
		defaults: fc.record({ ingress: anyDefault, egress: anyDefault }),
		rows: fc.array(anyRow, { maxLength: 14 }),
	});
}

/** A few sets, some missing. */
export const anyTable: fc.Arbitrary<SetSpec[]> = fc
	.tuple(fc.option(anySet(1)), fc.option(anySet(2)), fc.option(anySet(7)))
	.map((sets) => sets.filter((set) => set !== null));

/** Every case that these rows could tell apart: each boundary of each range, its neighbours, and protocols of no row. */
export function questionsFor(rows: readonly RuleRow[]): Question[] {
	const ports = new Set([0, 7, 65535]);
	for (const { port, endPort } of rows) {
		[port - 1, port, endPort, endPort + 1].filter((p) => p >= 0 && p <= 65535).forEach((p) => ports.add(p));
	}
	const questions: Question[] = [];
	for (const side of ['ingress', 'egress'] as const) {
		for (const peer of [...PEERS, 9999]) {
			for (const protocol of [...PROTOCOLS, 50]) {
				// Protocols without ports are looked up with port 0.
				const some = protocol === 47 || protocol === 50 ? [0] : ports;
				for (const port of some) {
					questions.push({ peer, direction: side, protocol, port });
				}
			}
		}
	}
	return questions;
}
