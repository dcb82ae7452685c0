import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLabelSet } from '../../../lib/labels/label-set.js';
import { createSelector } from '../../../lib/labels/selector.js';
import { parsePrefix } from '../../../lib/addresses/prefix.js';
import { createPolicyEngine, type PolicyEngine } from '../../../lib/policy/engine/engine.js';
import { evaluate } from '../../../lib/policy/evaluate.js';
import { lookup } from '../../../lib/policy/lookup.js';
import type { SetSpec } from '../../../lib/policy/row.js';
import { createPolicyTable, type PolicyTable } from '../../../lib/policy/table.js';
import { byCidr, byLabels, type IdentitySelector } from '../../../lib/rules/identity-selector.js';
import { createOrigins } from '../../../lib/rules/origins.js';
import type { PolicyIdentity } from '../../../lib/rules/policy-identity.js';
import type { PolicyRule, PolicyRules } from '../../../lib/rules/rule.js';
import { questionsFor } from './arbitrary.js';
import { createMemoryTables, type MemoryTables } from './memory-tables.js';

const APPS = ['a', 'b', 'c'];
const BLOCKS = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', 'fd00::/16'];
const NAMED = ['http', 'dns'];

function identity(id: number, app: string, ports: readonly number[] = []): PolicyIdentity {
	const namedPorts = ports.map((port, i) => ({ name: NAMED[i]!, protocol: 6, port }));
	return { id, labels: createLabelSet({ 'k8s:app': app, 'k8s:id': String(id) }), namedPorts };
}

function block(id: number, cidr: string): PolicyIdentity {
	return { id, labels: createLabelSet({ [`cidr:${cidr}`]: '', 'reserved:world-ipv4': '' }) };
}

const app = (name: string) => byLabels(createSelector({ matchLabels: { app: name } }));
const prefix = (text: string) => parsePrefix(text)!;

const selector: fc.Arbitrary<IdentitySelector> = fc.oneof(
	fc.constantFrom(...APPS).map(app),
	fc.constant(byLabels(createSelector({ matchExpressions: [{ key: 'app', operator: 'Exists' }] }))),
	fc.constant(byLabels(createSelector({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }))),
	fc.constantFrom(...BLOCKS).map((text) => byCidr(prefix(text))),
	fc.constant(byCidr(prefix('0.0.0.0/0'), [prefix('10.1.0.0/16')])),
);

const ports: fc.Arbitrary<PolicyRule['ports']> = fc.oneof(
	fc.constant([{ protocol: 'any' as const, port: 0, endPort: 65535 }]),
	fc.constantFrom(80, 443).map((port) => [{ protocol: 6, port, endPort: port + 3 }]),
	fc.constantFrom(...NAMED).map((name) => [{ protocol: 6, name }]),
);

let cookies = 0;
const rule: fc.Arbitrary<PolicyRule> = fc
	.record({
		direction: fc.constantFrom('ingress', 'egress'),
		action: fc.constantFrom('allow', 'allow', 'allow', 'deny', 'redirect', 'pass'),
		audit: fc.boolean(),
		tier: fc.constantFrom('normal', 'normal', 'admin', 'baseline'),
		precedence: fc.constantFrom(0, 0, 1),
		peers: fc.oneof(fc.constant('any' as const), fc.array(selector, { minLength: 1, maxLength: 2 })),
		ports,
	})
	.map((fields) => ({ ...fields, audit: fields.audit && fields.action === 'deny', cookie: ++cookies }));

const verdict = fc.constantFrom('allow', 'deny', 'audited');
const policy: fc.Arbitrary<PolicyRules> = fc.record({
	subjects: fc.oneof(fc.constantFrom(...APPS).map(app), fc.constant(byLabels(createSelector({})))),
	defaults: fc.record({ ingress: verdict, egress: verdict }),
	rules: fc.array(rule, { maxLength: 4 }),
});

/** As text, a counterexample can be read. */
interface Op {
	readonly run: (engine: PolicyEngine) => void;
	readonly [fc.toStringMethod]: () => string;
}

function op(name: string, details: unknown, run: Op['run']): Op {
	return { run, [fc.toStringMethod]: () => `${name} ${JSON.stringify(details)}` };
}

const blockId = (text: string) => 0x0100_0000 + BLOCKS.indexOf(text);
const ids = fc.constantFrom(300, 301, 302, 303);
const putOrRemoveRow: fc.Arbitrary<Op> = fc
	.tuple(ids, fc.constantFrom<number | 'any'>('any', 300, 301), fc.constantFrom(80, 81), fc.boolean())
	.map(([id, peer, port, put]) =>
		op(put ? 'put row' : 'remove row', [id, peer, port], (engine) => {
			const subject = engine.subjects.get(id);
			const row = { peer, direction: 'ingress', protocol: 6, port, endPort: port, action: 'allow' } as const;
			const key = `${peer} ${port}`;
			if (subject !== undefined && put) engine.putDirect(subject, key, { ...row, precedence: 0, cookie: 9000 + port });
			if (subject !== undefined && !put) engine.removeDirect(subject, key);
		}),
	);

const anyOp: fc.Arbitrary<Op> = fc.oneof(
	fc.tuple(ids, fc.constantFrom(...APPS), fc.constantFrom([], [8080], [8080, 53], [9090])).map(([id, name, named]) =>
		op('put identity', [id, name, named], (engine) => {
			// An identity is its labels: another app is another identity of that number.
			if (engine.index.identities.get(id)?.labels.get('k8s', 'app') !== name) engine.removeIdentity(id);
			engine.putIdentity(identity(id, name, named));
		}),
	),
	ids.map((id) => op('remove identity', id, (engine) => engine.removeIdentity(id))),
	fc
		.constantFrom(...BLOCKS)
		.map((text) => op('put block', text, (engine) => engine.putIdentity(block(blockId(text), text)))),
	fc.constantFrom(...BLOCKS).map((text) => op('remove block', text, (engine) => engine.removeIdentity(blockId(text)))),
	ids.map((id) => op('add subject', id, (engine) => void engine.addSubject(id))),
	ids.map((id) => op('drop subject', id, (engine) => engine.dropSubject(id))),
	fc
		.tuple(fc.constantFrom('p', 'q', 'r'), fc.array(policy, { maxLength: 2 }))
		.map(([name, specs]) => op(`policy ${name}`, specs, (engine) => engine.putPolicy(name, specs))),
	{ weight: 3, arbitrary: putOrRemoveRow },
);

interface Bench {
	readonly engine: PolicyEngine;
	readonly table: PolicyTable;
	readonly tables: MemoryTables;
	/** As endpoints have it: the set that an identity's packets meet. */
	readonly pointers: Map<number, number>;
}

function start(): Bench {
	const table = createPolicyTable();
	const engine = createPolicyEngine({ table, unionOf: createOrigins().unionOf });
	return { engine, table, tables: createMemoryTables(), pointers: new Map() };
}

/** `onWrite` is called after every single write. */
function flush({ engine, tables, pointers }: Bench, onWrite: () => void = () => undefined): void {
	for (const pass of ['policy', 'leftovers']) {
		const next = engine.flush();
		if (next === undefined) return;
		for (const _ of tables.apply(next.change.steps)) onWrite();
		for (const moved of next.commit()) {
			const set = engine.subjects.get(moved)?.set?.id;
			if (set === undefined) throw new Error(`${pass}: ${moved} moved nowhere`);
			pointers.set(moved, set);
			onWrite();
		}
		for (const known of [...pointers.keys()]) if (!engine.subjects.has(known)) pointers.delete(known);
	}
}

function specOf(engine: PolicyEngine, id: number): SetSpec {
	const defaults = { ingress: engine.defaultOf(id, 'ingress'), egress: engine.defaultOf(id, 'egress') };
	return { id, defaults, rows: [...engine.rowsOf(id)] };
}

const PEERS = [300, 301, 302, 303, 9, ...BLOCKS.map((_, i) => 0x0100_0000 + i), 77_777];

function ask(spec: SetSpec) {
	const all = questionsFor(spec.rows).filter(({ peer }) => peer === 300);
	return PEERS.flatMap((peer) => all.map((question) => ({ ...question, peer })));
}

describe('the engine', () => {
	test('after any changes holds what the rows of each subject mean', () => {
		fc.assert(
			fc.property(fc.array(fc.array(anyOp, { maxLength: 4 }), { minLength: 1, maxLength: 8 }), (batches) => {
				const bench = start();
				for (const batch of batches) {
					batch.forEach((change) => change.run(bench.engine));
					flush(bench);
				}
				const { engine, tables, table, pointers } = bench;
				for (const [id] of engine.subjects) {
					const spec = specOf(engine, id);
					for (const question of ask(spec)) {
						const found = lookup(tables, pointers.get(id)!, question);
						const expected = evaluate(spec, question);
						if (found.verdict !== expected.verdict) {
							expect({ id, question, ...found }).toEqual({ id, question, ...expected });
						}
					}
				}
				const { sets, peers, rules } = tables.entries();
				expect(table.size).toEqual({ sets: sets.size, peers: peers.size, rules: rules.size });
				const used = new Set([...engine.subjects.values()].map(({ set }) => set!.id));
				expect(new Set(table.sets.keys())).toEqual(used);
			}),
			{ numRuns: 300 },
		);
	});

	test('changes no verdict on the way that is the same before and after', () => {
		fc.assert(
			fc.property(
				fc.array(anyOp, { minLength: 6, maxLength: 20 }),
				fc.array(anyOp, { minLength: 1, maxLength: 4 }),
				(first, second) => {
					const bench = start();
					first.forEach((change) => change.run(bench.engine));
					flush(bench);
					const before = new Map([...bench.engine.subjects.keys()].map((id) => [id, specOf(bench.engine, id)]));
					second.forEach((change) => change.run(bench.engine));
					const steady = [...before].flatMap(([id, old]) => {
						if (!bench.engine.subjects.has(id) || !bench.pointers.has(id)) return [];
						const now = specOf(bench.engine, id);
						return ask({ ...old, rows: [...old.rows, ...now.rows] })
							.map((question) => ({ id, question, verdict: evaluate(old, question).verdict }))
							.filter(({ question, verdict: same }) => evaluate(now, question).verdict === same);
					});
					const some = steady.filter((_, i) => i % Math.ceil(steady.length / 150) === 0);
					flush(bench, () => {
						for (const { id, question, verdict: same } of some) {
							const found = lookup(bench.tables, bench.pointers.get(id)!, question);
							if (found.verdict !== same)
								expect.fail(`${id} ${JSON.stringify(question)} became ${found.verdict}, was ${same}`);
						}
					});
				},
			),
			{ numRuns: 150 },
		);
	});

	test('gives identities that the same policies select one set, and a thousand the entries of one', () => {
		const { engine, table, ...rest } = start();
		const sizes = [1, 1000].map((count) => {
			for (let i = 0; i < count; i++) {
				engine.putIdentity({ id: 1000 + i, labels: createLabelSet({ 'k8s:app': 'a', 'k8s:n': String(i) }) });
				engine.addSubject(1000 + i);
			}
			engine.putPolicy('p', [
				{ subjects: app('a'), defaults: { ingress: 'deny', egress: 'allow' }, rules: [allowRule(app('b'))] },
			]);
			engine.putIdentity(identity(300, 'b'));
			flush({ engine, table, ...rest });
			return table.size;
		});
		expect(sizes).toEqual([
			{ sets: 1, peers: 1, rules: 1 },
			{ sets: 1, peers: 1, rules: 1 },
		]);
	});

	test('writes one entry for one more peer, however many there are', () => {
		const bench = start();
		bench.engine.putPolicy('p', [
			{ subjects: app('a'), defaults: { ingress: 'deny', egress: 'allow' }, rules: [allowRule(app('b'))] },
		]);
		bench.engine.putIdentity(identity(300, 'a'));
		bench.engine.addSubject(300);
		for (let i = 0; i < 500; i++) bench.engine.putIdentity(identity(1000 + i, 'b'));
		flush(bench);
		let writes = 0;
		bench.engine.putIdentity(identity(9000, 'b'));
		flush(bench, () => writes++);
		expect(writes).toBe(1);
	});
});

function allowRule(peer: IdentitySelector): PolicyRule {
	const every = [{ protocol: 6, port: 80, endPort: 80 }];
	const rest = { tier: 'normal', precedence: 0, audit: false, cookie: 1 } as const;
	return { direction: 'ingress', action: 'allow', peers: [peer], ports: every, ...rest };
}
