import { describe, expect, test } from 'vitest';
import { ranked } from '../../../lib/policy/cells.js';
import { decideCell, type Outcome } from '../../../lib/policy/decide.js';
import type { DefaultVerdict, RuleRow } from '../../../lib/policy/row.js';

const ROW: RuleRow = {
	peer: 'any',
	direction: 'ingress',
	protocol: 6,
	port: 80,
	endPort: 80,
	action: 'allow',
	tier: 'normal',
	precedence: 0,
	cookie: 1,
};

function row(cookie: number, change: Partial<RuleRow>): RuleRow {
	return { ...ROW, cookie, ...change };
}

/** `deny 3`, `audited deny 0`, `soft allow 1`, `silent` */
function told(standard: DefaultVerdict, ...rows: RuleRow[]): string {
	// As it would be for a union: a number of its own.
	const unionOf = (cookies: readonly number[]) =>
		cookies.length === 1 ? cookies[0]! : 1000 + Number(cookies.join(''));
	const outcome = decideCell(ranked(rows), { default: standard, unionOf });
	return outcome === undefined ? 'silent' : words(outcome);
}

function words({ action, audited, soft, cookie }: Outcome): string {
	return `${soft ? 'soft ' : ''}${audited ? 'audited ' : ''}${action} ${cookie}`;
}

describe('of rows that speak of one packet', () => {
	const allow = row(1, {});
	const redirect = row(2, { action: 'redirect' });
	const otherRedirect = row(3, { action: 'redirect' });
	const deny = row(4, { action: 'deny' });
	const pass = row(5, { action: 'pass' });
	const audit = row(6, { action: 'deny', audit: true });

	test('none say nothing, whatever the default', () => {
		expect((['allow', 'audited', 'deny'] as const).map((standard) => told(standard))).toEqual(
			Array.from({ length: 3 }, () => 'silent'),
		);
	});

	test('deny goes over pass, pass over allow, allow over redirect', () => {
		expect(told('deny', redirect, allow, pass, deny)).toBe('deny 4');
		expect(told('deny', redirect, allow, pass)).toBe('silent');
		expect(told('deny', redirect, allow)).toBe('allow 1');
		expect(told('deny', redirect)).toBe('redirect 2');
	});

	test('the lowest cookie is told of equals, and all of redirects', () => {
		expect(told('deny', row(9, {}), row(8, {}))).toBe('allow 8');
		expect(told('deny', row(9, { action: 'deny' }), row(7, { action: 'deny' }))).toBe('deny 7');
		expect(told('deny', otherRedirect, redirect, redirect)).toBe('redirect 1023');
	});

	test('the higher precedence goes first, in its tier only', () => {
		expect(told('deny', deny, row(7, { precedence: 1 }))).toBe('allow 7');
		expect(told('deny', row(7, { precedence: 100 }), row(8, { action: 'deny', tier: 'admin' }))).toBe('deny 8');
	});

	test('a pass leaves to the next tier, past what lies lower in its own', () => {
		const above = row(7, { action: 'pass', tier: 'admin', precedence: 2 });
		const below = row(8, { action: 'deny', tier: 'admin', precedence: 1 });
		expect(told('deny', above, below, allow)).toBe('allow 1');
		expect(told('deny', above, below)).toBe('silent');
	});

	test('the baseline speaks only where nothing isolates', () => {
		const baseline = row(7, { action: 'deny', tier: 'baseline' });
		expect(told('allow', baseline)).toBe('soft deny 7');
		expect(told('audited', baseline)).toBe('soft deny 7');
		expect(told('deny', baseline)).toBe('silent');
		expect(told('allow', baseline, allow)).toBe('allow 1');
		expect(told('allow', baseline, pass)).toBe('soft deny 7');
	});

	test('what an audited policy denies is told where the rest lets it pass', () => {
		expect(told('deny', allow, audit)).toBe('audited deny 6');
		expect(told('allow', audit)).toBe('soft audited deny 6');
		expect(told('audited', audit)).toBe('soft audited deny 6');
	});

	test('what an audited policy denies opens nothing', () => {
		expect(told('deny', audit)).toBe('silent');
		expect(told('deny', audit, deny)).toBe('deny 4');
		expect(told('deny', audit, redirect)).toBe('redirect 2');
		expect(told('deny', audit, row(7, { tier: 'baseline' }))).toBe('silent');
	});

	test('an audited deny of no consequence is not told', () => {
		expect(told('deny', row(7, { precedence: 1 }), audit)).toBe('allow 7');
		expect(told('deny', allow, row(7, { action: 'deny', audit: true, tier: 'baseline' }))).toBe('allow 1');
	});

	test('an audited default is told over what the baseline allows', () => {
		const baseline = row(7, { tier: 'baseline' });
		expect(told('audited', baseline)).toBe('soft audited deny 0');
		expect(told('allow', baseline)).toBe('soft allow 7');
		expect(told('audited', allow)).toBe('allow 1');
	});

	test('more of them than a call takes arguments are decided', () => {
		const many = Array.from({ length: 300_000 }, (_, i) => row(i + 1, { action: 'deny' }));
		expect(told('deny', ...many.slice(0, 10), row(0, {}))).toBe('deny 1');
		expect(decideCell(ranked(many.reverse()), { default: 'deny', unionOf: () => 0 })).toMatchObject({ cookie: 1 });
	});
});
