import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { accessRecords } from '../../lib/l7/access-record.js';
import type { AccessRecord } from '../../lib/l7/access-record.js';
import { HttpProxy } from '../../lib/native/addon.js';
import { failureOf, loadFixture } from './support/fixture.js';
import { CLIENT, CLIENT6, Policy, ProxyLab, SERVER, SERVER6, THREADS, startProxy } from './support/proxy-lab.js';
import type { ProxyNetwork } from './support/proxy-lab.js';

const lab = new ProxyLab();
let policy: Policy;
let one: ProxyNetwork;
let two: ProxyNetwork;
beforeAll(async () => {
	policy = await Policy.load();
	one = lab.addNetwork(1);
	two = lab.addNetwork(2);
});
afterAll(async () => {
	policy.close();
	await lab.remove();
});

let proxy: HttpProxy;
const records: AccessRecord[] = [];
let counter = 0;
afterEach(() => {
	proxy.close();
	records.length = 0;
});

/** A proxy on both networks, under cookie 7 of the server's policy; its ports. */
async function start(more: Parameters<typeof startProxy>[2] = {}): Promise<{ first: number; second: number }> {
	proxy = startProxy(lab, policy, more, (batch, count) => records.push(...accessRecords(batch, count)));
	policy.answer(1, { ingress: 7 });
	policy.answer(2, { ingress: 7 });
	proxy.setRules(7, [{ method: 'GET', path: '/public.*' }]);
	const [first, second] = [proxy.addNetwork(1, one.device), proxy.addNetwork(2, two.device)];
	await Promise.all([one.server.serve(first), two.server.serve(second)]);
	return { first, second };
}

/** A new connection; its name. */
async function open({ client }: ProxyNetwork, port: number, server = SERVER): Promise<string> {
	const name = `c${counter++}`;
	await client.open(name, server, port);
	return name;
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`;
const ask = (network: ProxyNetwork, name: string, path = '/public', more = '') =>
	network.client.ask(name, get(path, more));
const requestUrlLength = (i: number) => `http://h/private/${i}?`.length + ((i * 37) % 900);
const statusOf = async (answer: Promise<string>) => Number((await answer).slice(9, 12));

describe('an HTTP proxy', () => {
	it.each([
		['IPv4', SERVER, CLIENT],
		['IPv6', SERVER6, CLIENT6],
	])('forwards what a rule allows, from the client’s own address, %s', async (_, server, client) => {
		const { first } = await start();
		const name = await open(one, first, server);
		const answer = await ask(one, name);
		expect(answer).toMatch(/^HTTP\/1\.1 200 /);
		expect(await statusOf(ask(one, name, '/private'))).toBe(403);
		expect(await statusOf(ask(one, name))).toBe(200);
		proxy.drain();
		// The fixture tells what it was asked: the fourth bytes of addresses as identities, ports as endpoints.
		const last = server === SERVER ? [1, 2] : [9, 9];
		expect(answer).toContain(`\r\n\r\n${client} ${records[0]?.client.port}`);
		expect(records.map(({ kind, denied, status }) => [kind, denied, status])).toEqual([
			['request', false, 0],
			['response', false, 200],
			['request', true, 403],
			['request', false, 0],
			['response', false, 200],
		]);
		expect(records[1]).toMatchObject({
			network: 1,
			client: { address: client, identity: last[0], endpoint: records[0]?.client.port },
			destination: { address: server, port: first, identity: last[1], endpoint: first },
			ingressCookie: 7,
			egressCookie: undefined,
			method: 'GET',
			url: 'http://h/public',
			protocol: 'HTTP/1.1',
			reason: '',
		});
		expect(records[1]?.latencyNs).toBeGreaterThan(0n);
		expect(records[2]).toMatchObject({ url: 'http://h/private', reason: 'no rule allows it' });
		expect(proxy.statistics()).toMatchObject({
			accepted: 1,
			requests: 3,
			denied: 1,
			policyQuestions: 1,
			otherPorts: 0,
		});
	});

	it('asks policy once a thread for all connections between the same ends, and again when it has changed', async () => {
		const { first } = await start();
		const questions = () => proxy.statistics().policyQuestions;
		async function visit(times: number, status: number): Promise<void> {
			for (let i = 0; i < times; i++) expect(await statusOf(ask(one, await open(one, first)))).toBe(status);
		}
		await visit(8, 200);
		const before = questions();
		expect(before).toBeLessThanOrEqual(THREADS);
		policy.answer(1, { egress: 7, ingress: 7, reason: 133 });
		await visit(8, 403);
		expect(questions()).toBeGreaterThan(before);
		expect(questions()).toBeLessThanOrEqual(2 * THREADS);
	});

	it('keeps networks with equal addresses apart', async () => {
		const { first, second } = await start();
		policy.answer(2, { ingress: 8 });
		proxy.setRules(8, [{ path: '/two' }]);
		const [a, b] = [await open(one, first), await open(two, second)];
		const before = [(await one.server.heads()).length, (await two.server.heads()).length] as const;
		expect(await statusOf(ask(one, a, '/two'))).toBe(403);
		expect(await statusOf(ask(two, b, '/two'))).toBe(200);
		expect((await one.server.heads()).slice(before[0])).toEqual([]);
		expect((await two.server.heads()).slice(before[1])).toHaveLength(1);
		proxy.drain();
		expect(records.map(({ network }) => network)).toEqual(expect.arrayContaining([1, 2]));
	});

	it('lets through what the policies of both sides allow, the destination’s after the source’s', async () => {
		const { first } = await start();
		proxy.setRules(5, [{ headerMatches: [{ name: 'X-Source', value: 'a', mismatch: 'ADD' }] }]);
		proxy.setRules(6, [{ method: 'GET', headers: ['X-Source: a'] }]);
		policy.answer(1, { egress: 5, ingress: 6 });
		const name = await open(one, first);
		expect(await statusOf(ask(one, name))).toBe(200);
		expect((await one.server.heads()).at(-1)).toContain('X-Source: a\r\n');
		expect(await statusOf(one.client.ask(name, 'PUT / HTTP/1.1\r\nHost: h\r\n\r\n'))).toBe(403);
		proxy.setRules(5, []);
		expect(await statusOf(ask(one, name))).toBe(403);
		proxy.drain();
		expect(records[0]).toMatchObject({ mismatched: true, egressCookie: 5, ingressCookie: 6 });
	});

	it.each([
		['sends the connection to no proxy', () => policy.answer(1, {})],
		['denies the connection', () => policy.answer(1, { egress: 7, ingress: 7, reason: 133 })],
		['has no answer', () => policy.forget(1)],
		['names a cookie without rules', () => policy.answer(1, { egress: 7, ingress: 99 })],
		['names a cookie whose rules are gone', () => void proxy.deleteRules(7)],
	])('denies and closes where policy %s', async (_, change) => {
		const { first } = await start();
		const [asking, idle] = [await open(one, first), await open(one, first)];
		expect(await statusOf(ask(one, asking))).toBe(200);
		expect(await statusOf(ask(one, idle))).toBe(200);
		change();
		// Without a review, with the next request; by a review, at once.
		const answer = await ask(one, asking);
		expect(answer).toMatch(/^HTTP\/1\.1 403 [^]*connection: close/i);
		expect(await one.client.ended(asking)).toBe('end');
		proxy.review();
		expect(await one.client.ended(idle)).toBe('ECONNRESET');
		proxy.drain();
		expect(records.at(-1)).toMatchObject({ denied: true, status: 403 });
		expect(records.at(-1)?.reason).toMatch(/polic|cookie/);
	});

	it('keeps a tunnel as long as the rules that let it in', async () => {
		const { first } = await start();
		const name = await open(one, first);
		expect(await statusOf(ask(one, name, '/public', 'Connection: upgrade\r\nUpgrade: echo\r\n'))).toBe(101);
		expect(await one.client.ask(name, 'ping')).toBe('ping');
		policy.raiseEpoch();
		proxy.review();
		expect(await one.client.ask(name, 'again')).toBe('again');
		proxy.setRules(7, [{ path: '/other' }]);
		proxy.review();
		expect(await one.client.ended(name)).toBe('ECONNRESET');
	});

	it('stops listening and resets the connections of a network that is removed, and takes it again', async () => {
		const { first, second } = await start();
		const [gone, stays] = [await open(one, first), await open(two, second)];
		expect(await statusOf(ask(one, gone))).toBe(200);
		expect(proxy.removeNetwork(1)).toBe(true);
		expect(proxy.removeNetwork(1)).toBe(false);
		expect(await one.client.ended(gone)).toBe('ECONNRESET');
		const { accepted } = proxy.statistics();
		// Nobody answers: this namespace sends no resets from addresses that are not its own.
		open(one, first).catch(() => undefined);
		expect(await statusOf(ask(two, stays))).toBe(200);
		expect(proxy.statistics().accepted).toBe(accepted);
		const again = proxy.addNetwork(1, one.device);
		await one.server.serve(again);
		expect(await statusOf(ask(one, await open(one, again)))).toBe(200);
	});

	it('takes another port where the client’s is taken', async () => {
		const { first } = await start();
		// The listener itself has this port of every address.
		await one.client.openFrom('taken', SERVER, first, first);
		expect(await statusOf(ask(one, 'taken'))).toBe(200);
		expect(proxy.statistics()).toMatchObject({ otherPorts: 1, upstreamFailures: 0 });
	});

	it('tells the headers that were asked for, and cuts what is too long', async () => {
		const { first } = await start({ headers: ['x-one', 'X-Two'] });
		const name = await open(one, first);
		const path = `/public?${'x'.repeat(5000)}`;
		await ask(one, name, path, 'X-Two: 2\r\nX-ONE:  1 \r\nX-Three: 3\r\n');
		proxy.drain();
		expect(records[0]).toMatchObject({
			cut: true,
			url: `http://h${path}`.slice(0, 4096),
			headers: [
				{ name: 'X-ONE', value: '1' },
				{ name: 'X-Two', value: '2' },
			],
		});
	});

	it('counts the records that find no room', async () => {
		const { first } = await start({ threads: 1, recordBytes: 65536 });
		const name = await open(one, first);
		const path = `/private?${'x'.repeat(4000)}`;
		const asked = one.client.ask(name, get(path).repeat(40));
		const until = Date.now() + 10_000;
		// Nothing is delivered while this thread is busy.
		while (proxy.statistics().denied < 40 && Date.now() < until);
		await asked;
		proxy.drain();
		const { recordsLost, denied } = proxy.statistics();
		expect(denied).toBe(40);
		expect(recordsLost).toBeGreaterThan(0);
		expect(records.length + recordsLost).toBe(40);
		expect(records.every(({ url }) => url === `http://h${path}`)).toBe(true);
	});

	it('tells of every request or counts it, in order', async () => {
		const { first } = await start({ threads: 1, recordBytes: 65536 });
		const name = await open(one, first);
		const total = 3000;
		const requests = Array.from({ length: total }, (_, i) => get(`/private/${i}?${'x'.repeat((i * 37) % 900)}`));
		await one.client.ask(name, requests.join(''));
		await expect.poll(() => proxy.statistics().denied, { timeout: 10_000 }).toBe(total);
		proxy.drain();
		const seen = records.map(({ url }) => Number(/private\/(\d+)/.exec(url)?.[1]));
		expect(seen.length).toBeGreaterThan(0);
		expect(seen.length + proxy.statistics().recordsLost).toBe(total);
		expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
		expect(records.every(({ url }, i) => url.length === requestUrlLength(seen[i] as number))).toBe(true);
	});

	it('tells whose request it was that is no HTTP', async () => {
		const { first } = await start();
		const name = await open(one, first);
		expect(await statusOf(one.client.ask(name, 'GET / HTTP/1.1\r\nbad line\r\n\r\n'))).toBe(400);
		proxy.drain();
		expect(records).toMatchObject([{ denied: true, status: 400, client: { identity: 1 }, method: '', url: '' }]);
		expect(proxy.statistics()).toMatchObject({ malformed: 1, requests: 0 });
	});

	it('limits the connections of a client, on each network', async () => {
		const { first, second } = await start({ limits: { connectionsPerClient: 1 } });
		expect(await statusOf(ask(one, await open(one, first)))).toBe(200);
		// Reset before it is known to be open, or after.
		const refused = open(one, first).then((name) => one.client.ended(name));
		expect(await refused.catch(({ message }: Error) => message)).toBe('ECONNRESET');
		expect(await statusOf(ask(two, await open(two, second)))).toBe(200);
		expect(proxy.statistics()).toMatchObject({ refusedByClient: 1, refusedByConnections: 0 });
	});

	it('brings records without being asked', async () => {
		const { first } = await start();
		const name = await open(one, first);
		for (let i = 0; i < 3; i++) {
			await ask(one, name);
			await expect.poll(() => records.length).toBe(2 * (i + 1));
		}
	});
});

describe('an HTTP proxy refuses', () => {
	it('options that are none', async () => {
		await start();
		const all = { netns: lab.netns, ask: policy.ask, control: policy.control };
		const fixture = await loadFixture();
		const { programs, maps } = fixture;
		const cases: [object, string][] = [
			[{ ...all, netns: 0 }, 'netns: expected the descriptor of a network namespace'],
			[{ ...all, netns: undefined }, 'netns: expected an integer'],
			[{ ...all, threads: 0 }, 'threads: expected an integer from 1 to 256, found 0'],
			[{ ...all, recordBytes: 1 }, 'recordBytes: expected an integer from 65536'],
			[{ ...all, ask: programs['produce'] }, 'ask: expected a TC program (type 3), found program produce of type 31'],
			[{ ...all, ask: {} }, 'ask: expected a BpfProgram'],
			[{ ...all, control: maps['table'] }, 'control: expected an array made with BPF_F_MMAPABLE'],
			[{ ...all, control: policy.ask }, 'control: expected a BpfMap'],
			[{ ...all, limits: 1 }, 'limits: expected an object'],
			[{ ...all, limits: { head: -1 } }, 'limits.head: expected an integer'],
			[{ ...all, limits: { heads: 1 } }, 'limits: expected names of HttpProxyLimits, found "heads"'],
			[{ ...all, headers: ['a', 1] }, 'headers[1]: expected a string'],
		];
		for (const [options, message] of cases) {
			const failure = failureOf(() => new HttpProxy(options as never, () => {}));
			expect(failure).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
			expect(failure.message).toContain(message);
		}
		expect(failureOf(() => new HttpProxy(all, undefined as never)).message).toContain('onRecords: expected a function');
		programs['first']?.close();
		expect(failureOf(() => new HttpProxy({ ...all, ask: programs['first'] as never }, () => {})).code).toBe(
			'ERR_CLOSED',
		);
		fixture.close();
	});

	it('networks that are there already, and devices that are not', async () => {
		await start();
		expect(failureOf(() => proxy.addNetwork(1, one.device)).code).toBe('ERR_EXISTS');
		expect(failureOf(() => proxy.addNetwork(3, 'missing')).code).toBe('ERR_NO_INTERFACE');
		expect(failureOf(() => proxy.addNetwork(3, '')).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => proxy.addNetwork(65536, one.device)).code).toBe('ERR_INVALID_ARGUMENT');
		// What failed left nothing.
		expect(proxy.addNetwork(3, two.device)).toBeGreaterThan(0);
	});

	it('rules that are none, and keeps those there are', async () => {
		const { first } = await start();
		const cases: [unknown, string][] = [
			['x', 'rules: expected an array'],
			[[1], 'rules[0]: expected an object'],
			[[{}, { path: '(' }], 'rules[1].path: found (, expected a regular expression (RE2)'],
			[[{ method: 1 }], 'rules[0].method: expected a string'],
			[[{ headers: [1] }], 'rules[0].headers[0]: expected a string'],
			[[{ headers: ['a: b', ': c'] }], 'rules[0].headers: found : c, expected a header name'],
			[[{ headerMatches: [{}] }], 'rules[0].headerMatches[0].name: expected a string'],
			[[{ headerMatches: [{ name: 'a', mismatch: 'log' }] }], 'rules[0].headerMatches[0].mismatch: expected LOG, ADD'],
			[
				[{ headerMatches: [{ name: 'a', mismatch: 'ADD' }] }],
				'rules[0].headers: found a: , expected a value to be set',
			],
		];
		for (const [rules, message] of cases) {
			const failure = failureOf(() => proxy.setRules(7, rules as never));
			expect(failure).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
			expect(failure.message).toContain(message);
		}
		expect(await statusOf(ask(one, await open(one, first)))).toBe(200);
		expect([proxy.deleteRules(7), proxy.deleteRules(7)]).toEqual([true, false]);
	});

	it('everything but its counts once it is closed', async () => {
		const { first } = await start();
		const name = await open(one, first);
		expect(await statusOf(ask(one, name))).toBe(200);
		proxy.close();
		proxy.close();
		expect(proxy.closed).toBe(true);
		expect(await one.client.ended(name)).toBe('ECONNRESET');
		expect(proxy.statistics()).toMatchObject({ connections: 0, accepted: 1 });
		const calls = [
			() => proxy.addNetwork(5, one.device),
			() => proxy.removeNetwork(1),
			() => proxy.setRules(7, []),
			() => proxy.deleteRules(7),
			() => proxy.review(),
			() => proxy.drain(),
			() => proxy.ref(),
			() => proxy.unref(),
		];
		for (const call of calls) expect(failureOf(call).code).toBe('ERR_CLOSED');
	});
});
