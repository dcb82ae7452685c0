import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyAction } from '../../../lib/abi/generated.js';
import { createClassAllocator, type ClassAllocator } from '../../../lib/policy/class-allocator.js';
import { compileClass, silentClass } from '../../../lib/policy/compile-class.js';
import { overlay } from '../../../lib/policy/overlay.js';
import { portVerdicts, protocolsOf, verdictAt } from '../../../lib/policy/port-verdicts.js';
import type { DefaultVerdict, RuleRow } from '../../../lib/policy/row.js';
import { entriesOf, type ClassEntry, type RuleClass } from '../../../lib/policy/rule-class.js';
import { createOrigins } from '../../../lib/rules/origins.js';
import { anyRow, questionsFor } from './arbitrary.js';

const { unionOf } = createOrigins();
const someRows = fc.array(anyRow, { minLength: 1, maxLength: 10 });
const anyDefault = fc.constantFrom<DefaultVerdict>('allow', 'audited', 'deny');

function classOf(rows: readonly RuleRow[], standard: DefaultVerdict, classes: ClassAllocator): RuleClass | undefined {
	return compileClass(rows, 'ingress', { default: standard, unionOf }, classes);
}

/** What the kernel's trie finds. undefined: nothing, or that it is as if there were nothing. */
function saidOf(known: RuleClass | undefined, protocol: number, port: number): string | undefined {
	const longest = [...entriesOf(known?.words ?? new Uint32Array())]
		.filter((entry) => covers(entry, protocol, port))
		.reduce<ClassEntry | undefined>(
			(best, entry) => (best === undefined || entry.level > best.level ? entry : best),
			undefined,
		);
	return longest === undefined || longest.action === PolicyAction.Default
		? undefined
		: `${longest.action} ${longest.flags} ${longest.cookie}`;
}

function covers({ level, protocol, port }: ClassEntry, ofProtocol: number, ofPort: number): boolean {
	return level === 0 || (protocol === ofProtocol && port >> (24 - level) === ofPort >> (24 - level));
}

function cases(rows: readonly RuleRow[]) {
	return questionsFor(rows).filter(({ direction, peer }) => direction === 'ingress' && peer === 1);
}

describe('a class over another', () => {
	test('says what the upper says, and where that is silent, what the lower says, word for word', () => {
		fc.assert(
			fc.property(someRows, someRows, anyDefault, anyDefault, (above, below, one, other) => {
				const classes = createClassAllocator();
				const upper = classOf(above, one, classes);
				const lower = classOf(below, other, classes);
				const both = overlay(upper, lower, 'ingress', classes);
				for (const { protocol, port } of cases([...above, ...below])) {
					const expected = saidOf(upper, protocol, port) ?? saidOf(lower, protocol, port);
					expect({ protocol, port, said: saidOf(both, protocol, port) }).toEqual({ protocol, port, said: expected });
				}
			}),
			{ numRuns: 150 },
		);
	});

	test('that says nothing on purpose is the lower in all it says', () => {
		fc.assert(
			fc.property(someRows, anyDefault, (rows, standard) => {
				const classes = createClassAllocator();
				const lower = classOf(rows, standard, classes);
				const both = overlay(silentClass('ingress', classes), lower, 'ingress', classes);
				for (const { protocol, port } of cases(rows)) {
					expect(saidOf(both, protocol, port)).toBe(saidOf(lower, protocol, port));
				}
			}),
		);
	});

	test('is the other where one of the two is missing', () => {
		const classes = createClassAllocator();
		const one = classOf([row({})], 'deny', classes);
		expect(overlay(one, undefined, 'ingress', classes)).toBe(one);
		expect(overlay(undefined, one, 'ingress', classes)).toBe(one);
		expect(overlay(undefined, undefined, 'ingress', classes)).toBeUndefined();
	});
});

describe('a class written out port by port', () => {
	test('says of every port what the longest match says', () => {
		fc.assert(
			fc.property(someRows, anyDefault, (rows, standard) => {
				const known = classOf(rows, standard, createClassAllocator());
				if (known === undefined) return;
				for (const { protocol, port } of cases(rows).filter(({ protocol }) =>
					protocolsOf(known.words).includes(protocol),
				)) {
					const found = verdictAt(portVerdicts(known.words, protocol), port);
					const silent = found === undefined || (found.verdict & 0xff) === PolicyAction.Default;
					const text = silent ? undefined : `${found.verdict & 0xff} ${found.verdict >>> 8} ${found.cookie}`;
					expect({ protocol, port, text }).toEqual({ protocol, port, text: saidOf(known, protocol, port) });
				}
			}),
			{ numRuns: 150 },
		);
	});
});

function row(change: Partial<RuleRow>): RuleRow {
	return {
		peer: 'any',
		direction: 'ingress',
		protocol: 6,
		port: 80,
		endPort: 80,
		action: 'allow',
		precedence: 0,
		cookie: 1,
		...change,
	};
}
