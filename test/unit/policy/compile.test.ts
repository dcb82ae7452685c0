import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClassAllocator, type ClassAllocator } from '../../../lib/policy/class-allocator.js';
import { compile as compileWith } from '../../../lib/policy/compile.js';
import { evaluate } from '../../../lib/policy/evaluate.js';
import { sizeOf } from '../../../lib/policy/image.js';
import { lookup, tablesOf } from '../../../lib/policy/lookup.js';
import type { RuleRow, SetSpec } from '../../../lib/policy/row.js';
import { createOrigins } from '../../../lib/rules/origins.js';
import { anySet, questionsFor } from './arbitrary.js';

const { unionOf } = createOrigins();
const compile = (specs: readonly SetSpec[], classes: ClassAllocator) => compileWith(specs, classes, unionOf);

const allowWeb: RuleRow = {
	peer: 300,
	direction: 'ingress',
	protocol: 6,
	port: 80,
	endPort: 80,
	action: 'allow',
	precedence: 0,
	cookie: 1,
};

function enforced(...rows: RuleRow[]): SetSpec {
	return { id: 1, defaults: { ingress: 'deny', egress: 'allow' }, rows };
}

function rulesOf(...rows: RuleRow[]): number {
	return sizeOf(compile([enforced(...rows)], createClassAllocator())).rules;
}

describe('compiled rows', () => {
	test('answer every question as the naive evaluator does, with the same cookie', () => {
		fc.assert(
			fc.property(anySet(1), (set) => {
				const tables = tablesOf(compile([set], createClassAllocator()));
				for (const question of questionsFor(set.rows)) {
					const found = lookup(tables, set.id, question);
					const expected = evaluate(set, question);
					const cookie = expected.cookies.length === 0 ? undefined : unionOf(expected.cookies);
					if (found.verdict !== expected.verdict || found.cookie !== cookie) {
						expect({ question, ...found }).toEqual({ question, ...expected, cookie });
					}
				}
			}),
			{ numRuns: 500 },
		);
	});

	test('do not depend on the order of the rows', () => {
		fc.assert(
			fc.property(
				anySet(1).chain((set) =>
					fc.tuple(fc.constant(set), fc.shuffledSubarray([...set.rows], { minLength: set.rows.length })),
				),
				([set, rows]) => {
					const classes = createClassAllocator();
					const one = compile([set], classes);
					const other = compile([{ ...set, rows }], classes);
					expect(other).toEqual(one);
				},
			),
		);
	});

	test('of equal content share one class between peers and between sets', () => {
		const classes = createClassAllocator();
		const rows = [allowWeb, { ...allowWeb, peer: 301 }];
		const image = compile([enforced(...rows), { ...enforced(...rows), id: 2 }], classes);
		expect(sizeOf(image)).toEqual({ sets: 2, peers: 4, rules: 1 });
	});

	test('of 50 port rules and 5 000 peers take 5 000 peers and 50 rules', () => {
		const rows: RuleRow[] = [];
		for (let peer = 0; peer < 5000; peer++) {
			for (let port = 0; port < 50; port++) {
				rows.push({ ...allowWeb, peer: 256 + peer, port: 1000 + port * 2, endPort: 1000 + port * 2, cookie: port });
			}
		}
		expect(sizeOf(compile([{ ...enforced(), rows }], createClassAllocator()))).toEqual({
			sets: 1,
			peers: 5000,
			rules: 50,
		});
	});

	test('of a hundred thousand different rules compile in less than a second', () => {
		const rows: RuleRow[] = [];
		for (let cookie = 0; cookie < 100_000; cookie++) {
			const port = 1000 + (cookie % 100) * 3;
			rows.push({ ...allowWeb, peer: 256 + Math.floor(cookie / 100), port, endPort: port, cookie });
		}
		const began = process.cpuUsage();
		const image = compile([{ ...enforced(), rows }], createClassAllocator());
		// Time of this process, not of whoever shares the machine.
		const { user, system } = process.cpuUsage(began);
		expect(sizeOf(image)).toEqual({ sets: 1, peers: 1000, rules: 100_000 });
		expect((user + system) / 1000).toBeLessThan(1000 * Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1));
	});

	test('of 65 536 ports over a rule for everything take one entry each', () => {
		const rows: RuleRow[] = [{ ...allowWeb, protocol: 'any', port: 0, endPort: 65535, cookie: 0 }];
		for (let port = 0; port < 65536; port++) {
			rows.push({ ...allowWeb, action: 'deny', port, endPort: port, cookie: 1 + port });
		}
		expect(sizeOf(compile([{ ...enforced(), rows }], createClassAllocator())).rules).toBe(65537);
	});

	test('of a peer that say no more than everyone’s take no entry', () => {
		const image = compile([enforced({ ...allowWeb, peer: 'any' }, allowWeb)], createClassAllocator());
		expect(sizeOf(image)).toEqual({ sets: 1, peers: 0, rules: 1 });
	});

	test('keep their class ids when compiled again', () => {
		const classes = createClassAllocator();
		const spec = enforced(allowWeb, { ...allowWeb, peer: 5, port: 81, endPort: 81 });
		expect(compile([spec], classes)).toEqual(compile([spec], classes));
	});

	test('that are invalid are refused by field', () => {
		const classes = createClassAllocator();
		const attempt = (row: Partial<RuleRow>) => () => compile([enforced({ ...allowWeb, ...row })], classes);
		expect(attempt({ port: 81 })).toThrow('endPort: found 80, expected at least the port, 81');
		expect(attempt({ port: -1 })).toThrow('port: found "-1-80", expected ports from 0 to 65535');
		expect(attempt({ protocol: 256 })).toThrow('protocol: found 256');
		expect(attempt({ protocol: 47 })).toThrow('protocol 47 has none');
		expect(attempt({ peer: 1.5 })).toThrow('peer: found 1.5');
		expect(attempt({ cookie: -1 })).toThrow('cookie: found -1');
	});
});

describe('a port range', () => {
	test('becomes the fewest prefixes', () => {
		expect(rulesOf(allowWeb)).toBe(1);
		expect(rulesOf({ ...allowWeb, port: 0, endPort: 65535 })).toBe(1);
		expect(rulesOf({ ...allowWeb, port: 1024, endPort: 65535 })).toBe(6);
		expect(rulesOf({ ...allowWeb, port: 1, endPort: 65535 })).toBe(16);
		expect(rulesOf({ ...allowWeb, port: 1, endPort: 65534 })).toBe(30);
	});

	test('with a hole denied inside costs one more entry where nothing shorter is missing', () => {
		const everything = { ...allowWeb, port: 0, endPort: 65535 };
		expect(rulesOf(everything, { ...allowWeb, action: 'deny', cookie: 2 })).toBe(2);
	});

	test('of any protocol is TCP, UDP and SCTP', () => {
		expect(rulesOf({ ...allowWeb, protocol: 'any' })).toBe(3);
		expect(rulesOf({ ...allowWeb, protocol: 'any', port: 0, endPort: 65535 })).toBe(1);
	});
});
