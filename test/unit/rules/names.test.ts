import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNamePattern } from '../../../lib/rules/name-pattern.js';
import { domain, fqdn } from '../../../lib/rules/names.js';

describe('a pattern of names', () => {
	test.each([
		['*', ['com', 'example.com', 'a.b.example.com'], []],
		['**', ['com', 'a.b.example.com'], []],
		['*.', ['com', 'a.b'], []],
		[
			'*.example.com',
			['www.example.com', 'WWW.Example.COM.', '_x.example.com'],
			['example.com', 'a.b.example.com', 'www.example.org'],
		],
		['**.example.com', ['www.example.com', 'a.b.example.com', 'a.b.c.example.com.'], ['example.com', 'wwwexample.com']],
		['***.example.com', ['a.b.example.com'], ['example.com']],
		['**example.com', ['example.com', 'myexample.com'], ['a.example.com']],
		['*example.com', ['example.com', 'myexample.com'], ['my.example.com']],
		['w*.example.com', ['w.example.com', 'www.example.com'], ['example.com', 'aw.example.com', 'w.w.example.com']],
		['a*b*c.com', ['abc.com', 'axbxbc.com', 'abbc.com'], ['ab.com', 'acb.com', 'abc.co']],
		['a.*.com', ['a.x.com'], ['a.com', 'a.x.y.com']],
		['**.a.*.com', ['x.a.b.com', 'x.y.a.b.com'], ['a.b.com', 'x.a.b.c.com']],
		['a.**.com', ['a.x.com'], ['a.x.y.com']],
		['Example.com.', ['example.com', 'EXAMPLE.com.'], ['xexample.com', 'example-com']],
	])('%s', (pattern, yes, no) => {
		const matches = createNamePattern(pattern);
		expect(yes.filter((name) => !matches(name))).toEqual([]);
		expect(no.filter((name) => matches(name))).toEqual([]);
	});

	test('answers as a regular expression would', () => {
		const part = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), minLength: 1, maxLength: 10 });
		const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 10 });
		const seed = process.env['HEDDLE_SEED'];
		fc.assert(
			fc.property(part, name, (pattern, text) => {
				fc.pre(!/\.$/.test(pattern) && !/\.$/.test(text) && !/^\*+\.?$/.test(pattern) && !/^\*\*+\./.test(pattern));
				const expected = new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\*+/g, '[^.]*')}$`).test(text);
				expect(createNamePattern(pattern)(text)).toBe(expected);
			}),
			{ numRuns: 5_000, ...(seed === undefined ? {} : { seed: Number(seed) }) },
		);
	});

	test('takes no more time than pattern × name, whatever they are', () => {
		const matches = createNamePattern(`${'*a'.repeat(100)}*b.example.com`);
		const started = performance.now();
		expect(matches(`${'a'.repeat(250)}.example.com`)).toBe(false);
		expect(performance.now() - started).toBeLessThan(1_000);
	});
});

describe('selectors of names', () => {
	test('that ask the same have equal keys, and no two kinds share one', () => {
		expect(fqdn({ matchName: 'A.com.' }).key).toBe(fqdn({ matchName: 'a.com' }).key);
		const keys = [
			fqdn({ matchName: 'a.com' }),
			fqdn({ matchPattern: 'a.com' }),
			domain('a.com'),
			domain('*.com'),
			fqdn({ matchPattern: '*.com' }),
		];
		expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
	});
});
