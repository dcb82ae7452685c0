import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Proxy, converse, request, statuses } from './support/l7.js';

const proxy = new Proxy();
const close = 'Connection: close';
beforeAll(() => proxy.start({ rules: [{ path: '/public' }] }));
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(() => proxy.upstream.reset());

const firstLine = () => proxy.upstream.received.split('\r\n')[0];

/** What is asked for, what the rule and the server see. */
const normalised: readonly (readonly [string, string])[] = [
	['/a/b', '/a/b'],
	['/a/./b', '/a/b'],
	['/a/../b', '/b'],
	['/a/b/..', '/a/'],
	['/a/b/.', '/a/b/'],
	['/./a', '/a'],
	['//a///b', '/a/b'],
	['//', '/'],
	['/a//../b', '/b'],
	['/%61%62', '/ab'],
	['/a/%2e%2E/b', '/b'],
	['/a/%2e/b', '/a/b'],
	['/%7e%5F%2d', '/~_-'],
	['/a%3ab%c3%a9', '/a%3Ab%C3%A9'],
	['/a%252e%252e/b', '/a%252e%252e/b'],
	['/a/%252e%252e/b', '/a/%252e%252e/b'],
	['/a%252fb', '/a%252fb'],
	['/a;x=1/b', '/a;x=1/b'],
	['/...', '/...'],
	['/a?b=//../%2f', '/a?b=//../%2f'],
	['/a/..?b', '/?b'],
	['/?', '/?'],
	['http://a/x/../b', '/b'],
	['HTTP://A:80/b', '/b'],
	['http://a', '/'],
	['http://a?b', '/?b'],
];

describe('a path', () => {
	it.each(normalised)('%s is judged and forwarded as %s', async (asked, seen) => {
		const literal = seen.replace(/[.?*+^$()[\]{}|\\]/g, '\\$&');
		await proxy.reload({ rules: [{ path: literal }] });
		expect(statuses(await converse(proxy.port, request(asked, close)))).toEqual([200]);
		expect(firstLine()).toBe(`GET ${seen} HTTP/1.1`);
	});

	it('that only looks like an allowed one is denied', async () => {
		await proxy.reload({ rules: [{ path: '/public(/.*)?' }] });
		for (const path of [
			'/public/../secret',
			'/public/%2e%2e/secret',
			'/publicity',
			'/x/public',
			'/public?x',
			'/PUBLIC',
		])
			expect(statuses(await converse(proxy.port, request(path, close)))).toEqual([403]);
		expect(proxy.upstream.received).toBe('');
	});
});

interface Case {
	readonly rule: object;
	readonly allowed: readonly string[];
	readonly denied: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
	'a method is a whole string': {
		rule: { method: 'GE.' },
		allowed: [request('/', close)],
		denied: [
			'GETS / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
			'get / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
		],
	},
	'a host counts with or without the port that is asked, in any case': {
		rule: { host: 'www\\.example\\.com' },
		allowed: ['WWW.example.com', 'www.example.com'].map((host) => `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`),
		denied: ['example.com', 'wwwxexample.com', 'www.example.com.evil', 'www.example.com:1'].map(
			(host) => `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`,
		),
	},
	'a host that is asked for must be there': { rule: { host: '.+' }, allowed: [], denied: ['GET / HTTP/1.0\r\n\r\n'] },
	'headers: presence and value': {
		rule: { headers: ['X-Token: secret', 'X-There'] },
		allowed: [request('/', 'x-token: secret', 'X-there: any', close)],
		denied: [
			request('/', 'X-Token: secret', close),
			request('/', 'X-Token: Secret', 'X-There: 1', close),
			request('/', 'X-Token: secret2', 'X-There: 1', close),
			request('/', 'X-Token: secret', 'X-Token: other', 'X-There: 1', close),
			request('/', 'X-Token: other, secret', 'X-There: 1', close),
		],
	},
	'a header that Connection takes away is not there': {
		rule: { headers: ['X-There'] },
		allowed: [request('/', 'X-There: 1', 'Connection: close')],
		denied: [request('/', 'X-There: 1', 'Connection: close, x-there')],
	},
	'a header match without an action': {
		rule: { headerMatches: [{ name: 'X-A', value: '1' }] },
		allowed: [request('/', 'X-A: 1', close)],
		denied: [request('/', 'X-A: 2', close), request('/', close)],
	},
	'alternatives are whole strings too': {
		rule: { path: '/a|/b' },
		allowed: [request('/a', close), request('/b', close)],
		denied: [request('/ab', close), request('/a/b', close), request('/b/a', close)],
	},
};

describe('a rule', () => {
	it.each(Object.entries(cases))('%s', async (_name, { rule, allowed, denied }) => {
		await proxy.reload({ rules: [rule] });
		for (const bytes of denied) expect(statuses(await converse(proxy.port, bytes)), bytes).toEqual([403]);
		expect(proxy.upstream.received).toBe('');
		for (const bytes of allowed) expect(statuses(await converse(proxy.port, bytes)), bytes).toEqual([200]);
	});

	it('is one of several', async () => {
		await proxy.reload({ rules: [{ path: '/a' }, { path: '/b', method: 'GET' }] });
		expect(statuses(await converse(proxy.port, request('/a') + request('/c') + request('/b', close)))).toEqual([
			200, 403, 200,
		]);
	});

	it('of none allows nothing', async () => {
		await proxy.reload({ rules: [] });
		expect(statuses(await converse(proxy.port, request('/') + request('/', close)))).toEqual([403, 403]);
	});

	it('takes time linear in the text', async () => {
		await proxy.reload({ rules: [{ path: '/(a*)*(a|aa)+b' }] });
		const begin = performance.now();
		expect(statuses(await converse(proxy.port, request(`/${'a'.repeat(8000)}`, close)))).toEqual([403]);
		expect(performance.now() - begin).toBeLessThan(1000);
	});
});

describe('a mismatch action', () => {
	const asked = (action: string, ...headers: string[]) => ({ action, headers });
	const actions = [
		{ ...asked('LOG', 'X-A: 2'), seen: ['X-A: 2'], mismatched: true },
		{ ...asked('LOG'), seen: [], mismatched: true },
		{ ...asked('ADD', 'X-A: 2'), seen: ['X-A: 2', 'X-A: 1'], mismatched: true },
		{ ...asked('ADD'), seen: ['X-A: 1'], mismatched: true },
		{ ...asked('DELETE', 'x-a: 2', 'X-A: 3'), seen: [], mismatched: true },
		{ ...asked('REPLACE', 'x-a: 2'), seen: ['X-A: 1'], mismatched: true },
		{ ...asked('REPLACE'), seen: ['X-A: 1'], mismatched: true },
		{ ...asked('REPLACE', 'X-A: 1'), seen: ['X-A: 1'], mismatched: false },
		{ ...asked('DELETE', 'X-A: 1'), seen: ['X-A: 1'], mismatched: false },
	];
	it.each(actions)('$action of $headers', async ({ action, headers, seen, mismatched }) => {
		await proxy.reload({ rules: [{ headerMatches: [{ name: 'X-A', value: '1', mismatch: action }] }] });
		expect(statuses(await converse(proxy.port, request('/', ...headers, close)))).toEqual([200]);
		const found = proxy.upstream.received.split('\r\n').filter((line) => /^x-a:/i.test(line));
		expect(found).toEqual(seen);
		expect(proxy.records.findLast(({ kind }) => kind === 'request')).toMatchObject({ mismatched, denied: false });
	});
});
