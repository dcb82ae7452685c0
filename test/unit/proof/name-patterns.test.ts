import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meansDomain, meansName } from '../../../lib/proof/name-patterns.js';
import { runs } from './support/runs.js';

const CASES: readonly (readonly [pattern: string, name: string, means: boolean])[] = [
	['*', 'example.com', true],
	['**', 'a.b.c', true],
	['*.', 'a.b.c', true],
	['*.example.com', 'www.example.com', true],
	['*.example.com', 'example.com', false],
	['*.example.com', 'a.b.example.com', false],
	['*.example.com', 'wwwxexample.com', false],
	['**.example.com', 'a.b.example.com', true],
	['***.example.com', 'a.example.com', true],
	['**.example.com', 'example.com', false],
	['a**.example.com', 'ab.example.com', true],
	['a**.example.com', 'a.b.example.com', false],
	['www.*.com', 'www.example.com', true],
	['www.*.com', 'www.a.b.com', false],
	['w*w.example.com', 'ww.example.com', true],
	['w*w.example.com', 'w.example.com', false],
	['*a*a.example.com', 'aa.example.com', true],
	['*a*a.example.com', 'a.example.com', false],
	['WWW.Example.COM.', 'www.example.com', true],
	['www.example.com', 'xwww.example.com', false],
];

describe('patterns of names', () => {
	it.each(CASES)('%s, asked for %s: %s', (matchPattern, name, means) => {
		expect(meansName({ matchPattern }, name)).toBe(means);
	});

	it('mean what their regular expressions do', () => {
		const chars = fc.constantFrom('a', 'b', '.', '*', '**');
		const pattern = fc
			.array(chars, { minLength: 1, maxLength: 8 })
			.map((parts) => parts.join(''))
			.filter((text) => !text.includes('..') && !text.startsWith('.') && !/^\*+\.?$/.test(text));
		const label = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });
		const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
		const property = fc.property(pattern, name, (text, asked) => {
			expect(meansName({ matchPattern: text }, asked)).toBe(expressionOf(text).test(`${asked}.`));
		});
		fc.assert(property, runs(2000));
	});

	it('of one name are that name alone', () => {
		expect(meansName({ matchName: 'Example.com.' }, 'example.com')).toBe(true);
		expect(meansName({ matchName: 'example.com' }, 'www.example.com')).toBe(false);
	});

	it('of ClusterNetworkPolicy mean any number of labels', () => {
		const asked = [
			'kubernetes.io',
			'www.kubernetes.io',
			'latest.blog.kubernetes.io',
			'wikipedia.org',
			'mykubernetes.io',
		];
		expect(asked.filter((name) => meansDomain('*.kubernetes.io', name))).toEqual([asked[1], asked[2]]);
		expect(asked.filter((name) => meansDomain('Kubernetes.io.', name))).toEqual([asked[0]]);
	});
});

/** Over names with the dot of the root: a star is characters of a label; two at the start are whole labels. */
function expressionOf(pattern: string): RegExp {
	const rooted = pattern.endsWith('.') ? pattern : `${pattern}.`;
	const source = rooted
		.replace(/^\*\*+\./, '<labels>')
		.replace(/\*+/g, '<some>')
		.replaceAll('.', '\\.')
		.replaceAll('<some>', '[-a-z0-9_]*')
		.replaceAll('<labels>', '([-a-z0-9_]+\\.)+');
	return new RegExp(`^${source}$`);
}
