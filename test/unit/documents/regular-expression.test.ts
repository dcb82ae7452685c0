import { describe, expect, test } from 'vitest';
import { complaintAbout } from '../../../lib/documents/regular-expression.js';

describe('a regular expression', () => {
	test.each([
		'',
		'/public/.*',
		'^/v[0-9]+/(items|carts)$',
		'GET|HEAD',
		'(?i)get',
		'(?i:a)(?:b)(?-s)',
		'(?P<name>a)(?<other>b)',
		'a*?b+?c??d{2,5}?e{2,}f{3}',
		'[]a]',
		'[^]a]',
		'[a-z\\d_-]',
		'[\\d-z]',
		'[[:alpha:][:^digit:]]',
		'\\d\\D\\s\\S\\w\\W\\b\\B\\A\\z',
		'\\pN\\p{Greek}\\P{L}\\p{^Lu}',
		'\\x41\\x{10FFFF}\\101\\07\\0',
		'\\Q(unclosed[\\E.*',
		'\\.\\-\\/\\_',
		'a{,5}|{|}',
		'é😀+',
		'||',
		'(a|)',
	])('%j is one', (text) => {
		expect(complaintAbout(text)).toBeUndefined();
	});

	test.each([
		['(?=a)', 'no looking ahead or behind'],
		['(?!a)', 'no looking ahead or behind'],
		['(?<=a)', 'no looking ahead or behind'],
		['(?<!a)', 'no looking ahead or behind'],
		['(a)\\1', 'no references back'],
		['(?P<n>a)\\k<n>', 'no references back'],
		['(?>a)', '(?:, (?P<name>'],
		['a**', 'one repeat'],
		['a++', 'one repeat'],
		['a{2}{3}', 'one repeat'],
		['*a', 'something to repeat before *'],
		['(|*)', 'something to repeat before *'],
		['{3}', 'something to repeat before {3}'],
		['(a', 'a ) for each ('],
		['a)', 'a ( for each )'],
		['[a', 'a ] for each ['],
		['[]', 'a ] for each ['],
		['[z-a]', 'a range that goes up'],
		['[a-\\d]', 'a range that goes up'],
		['[[:alphabet:]]', 'a known class'],
		['\\', 'something after the last \\'],
		['\\y', 'none of \\y'],
		['\\C', 'none of \\C'],
		['\\p{Klingon}', 'a category or script'],
		['\\x{110000}', 'a code up to 10FFFF'],
		['a{1001}', 'repeats of at most 1000'],
		['a{3,2}', 'the lower number first'],
		['a{3,0}', 'the lower number first'],
		['((a{100}){100}){100}', 'repeats of at most 1000'],
		['('.repeat(1000), 'at most 64 groups'],
		['a'.repeat(5000), 'at most 4096 characters'],
	])('%j is none: %s', (text, why) => {
		expect(complaintAbout(text)).toContain(why);
	});
});
