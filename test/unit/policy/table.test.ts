import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClassAllocator } from '../../../lib/policy/class-allocator.js';
import { compile, compileSet } from '../../../lib/policy/compile.js';
import { evaluate } from '../../../lib/policy/evaluate.js';
import { lookup, type Enforcement } from '../../../lib/policy/lookup.js';
import type { RuleRow, SetSpec } from '../../../lib/policy/row.js';
import { createPolicyTable, type PolicyTable } from '../../../lib/policy/table.js';
import { undo, type WriteStep } from '../../../lib/policy/writes.js';
import { anyTable, questionsFor } from './arbitrary.js';
import { createMemoryTables, type MemoryTables } from './memory-tables.js';

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

const web: SetSpec = { id: 1, defaults: { ingress: 'deny', egress: 'allow' }, rows: [allowWeb] };

function writeAll(tables: MemoryTables, steps: readonly WriteStep[]): void {
	for (const _ of tables.apply(steps));
}

function unionOf(cookies: readonly number[]): number {
	return cookies.reduce((union, cookie) => (Math.imul(union, 31) + cookie) >>> 0, 7);
}

function put(table: PolicyTable, ...specs: readonly SetSpec[]) {
	return table.plan({ put: specs.map((spec) => compileSet(spec, table.classes, unionOf)) });
}

function replace(table: PolicyTable, specs: readonly SetSpec[]) {
	const kept = new Set(specs.map((spec) => spec.id));
	const remove = [...table.sets.keys()].filter((id) => !kept.has(id));
	return table.plan({ put: specs.map((spec) => compileSet(spec, table.classes, unionOf)), remove });
}

describe('a change of policy', () => {
	test.each(['default', 'always'] as const)(
		'never changes a verdict that is equal before and after (enforcement: %s)',
		(enforcement) => {
			fc.assert(
				fc.property(anyTable, anyTable, (before, after) => {
					const table = createPolicyTable();
					const tables = createMemoryTables();
					const first = replace(table, before);
					writeAll(tables, first.steps);
					first.commit();
					const ids = [...new Set([...before, ...after].map((set) => set.id))];
					const steady = thin(
						ids.flatMap((id) => steadyQuestions(id, enforcement, before, after)),
						200,
					);
					let writes = 0;
					for (const step of replace(table, after).steps) {
						for (const _ of tables.apply([step])) {
							if (step.kind.endsWith('rules') && ++writes % 7 !== 0) {
								continue;
							}
							for (const { id, question, verdict } of steady) {
								if (lookup(tables, id, question, enforcement).verdict !== verdict) {
									expect.fail(`set ${id} ${JSON.stringify(question)} is no more ${verdict}`);
								}
							}
						}
					}
				}),
				{ numRuns: 60 },
			);
		},
	);

	test('leaves exactly the entries that writing the new policy from nothing leaves', () => {
		fc.assert(
			fc.property(fc.array(anyTable, { minLength: 1, maxLength: 5 }), (policies) => {
				const table = createPolicyTable();
				const tables = createMemoryTables();
				for (const policy of policies) {
					const change = replace(table, policy);
					writeAll(tables, change.steps);
					change.commit();
				}
				const fresh = createMemoryTables();
				writeAll(fresh, createPolicyTable().plan({ put: table.sets.values() }).steps);
				expect(tables.entries()).toEqual(fresh.entries());
				const { sets, peers, rules } = tables.entries();
				expect(table.size).toEqual({ sets: sets.size, peers: peers.size, rules: rules.size });
			}),
		);
	});

	test('that stops at any write is taken back whole', () => {
		fc.assert(
			fc.property(anyTable, anyTable, fc.nat(60), (before, after, writes) => {
				const table = createPolicyTable();
				const tables = createMemoryTables();
				const first = replace(table, before);
				writeAll(tables, first.steps);
				first.commit();
				const kept = tables.entries();
				const change = replace(table, after);
				const done = writeSome(tables, change.steps, writes);
				writeAll(tables, undo(done));
				change.discard();
				expect(tables.entries()).toEqual(kept);
			}),
		);
	});

	test('says what it needs before the first write', () => {
		const table = createPolicyTable();
		const change = put(table, web);
		expect(change.needed).toEqual({ sets: 1, peers: 1, rules: 1 });
		change.commit();
		const next = put(table, { ...web, rows: [{ ...allowWeb, port: 81, endPort: 81 }] });
		expect(next).toMatchObject({ needed: { sets: 0, peers: 0, rules: 1 }, growth: { sets: 0, peers: 0, rules: 0 } });
		expect(next.steps.map((step) => step.kind)).toEqual(['edit-rules']);
	});

	test('to the same policy writes nothing', () => {
		const table = createPolicyTable();
		put(table, web).commit();
		expect(put(table, { ...web, rows: [...web.rows] }).steps).toEqual([]);
	});

	test('planned before another was committed is refused', () => {
		const table = createPolicyTable();
		const early = put(table, web);
		put(table, { ...web, id: 2 }).commit();
		expect(() => early.commit()).toThrow(expect.objectContaining({ code: 'ERR_STALE' }));
	});

	test('removes rules that a killed process left without anyone pointing at them', () => {
		const classes = createClassAllocator();
		const { classes: orphans } = compile([web], classes, unionOf);
		const table = createPolicyTable({ sets: new Map(), classes: orphans });
		expect(table.plan({}).steps).toEqual([{ kind: 'remove-rules', classes: [...orphans.values()] }]);
	});
});

function steadyQuestions(id: number, enforcement: Enforcement, before: readonly SetSpec[], after: readonly SetSpec[]) {
	const old = setUnder(enforcement, before, id);
	const now = setUnder(enforcement, after, id);
	return questionsFor([...old.rows, ...now.rows])
		.map((question) => ({ id, question, verdict: evaluate(old, question).verdict }))
		.filter(({ question, verdict }) => evaluate(now, question).verdict === verdict);
}

function setUnder(enforcement: Enforcement, specs: readonly SetSpec[], id: number): SetSpec {
	const set = specs.find((spec) => spec.id === id) ?? { id, defaults: { ingress: 'allow', egress: 'allow' }, rows: [] };
	return enforcement === 'always' ? { ...set, defaults: { ingress: 'deny', egress: 'deny' } } : set;
}

/** At most `count` of them, spread evenly. */
function thin<T>(all: readonly T[], count: number): T[] {
	const every = Math.max(1, Math.floor(all.length / count));
	return all.filter((_, i) => i % every === 0);
}

function writeSome(tables: MemoryTables, steps: readonly WriteStep[], writes: number): WriteStep[] {
	let left = writes;
	const begun: WriteStep[] = [];
	for (const step of steps) {
		begun.push(step);
		for (const _ of tables.apply([step])) {
			if (--left <= 0) {
				return begun;
			}
		}
	}
	return begun;
}
