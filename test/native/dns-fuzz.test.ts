/** Messages that were changed at random, both ways: whatever passes is what was judged, and nothing else is learned. */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { Proxy, UdpClient } from './support/dns.js';
import { a, answer, cname, edns, idOf, nameOf, pointer, query, withId } from './support/dns-messages.js';

let proxy: Proxy;
let client: UdpClient;

beforeAll(async () => {
	proxy = await new Proxy().start({ rules: [{ matchPattern: '*.test' }], limits: { queryTimeout: 20_000 } });
	client = await new UdpClient(proxy).bind();
});
afterAll(async () => {
	client.close();
	expect(await proxy.close()).toBe(0);
});

interface Change {
	readonly kind: 'set' | 'cut' | 'insert' | 'repeat';
	readonly at: number;
	readonly value: number;
}

const changes = fc.array(
	fc.record<Change>({
		kind: fc.constantFrom('set', 'set', 'set', 'cut', 'insert', 'repeat'),
		at: fc.nat(1000),
		value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 12, 63, 64, 192, 255)),
	}),
	{ minLength: 1, maxLength: 3 },
);

function apply(message: Buffer, { kind, at, value }: Change): Buffer {
	// The id stays: it tells which answer is whose.
	const place = 2 + (at % Math.max(1, message.length - 2));
	const [before, after] = [message.subarray(0, place), message.subarray(place)];
	if (kind === 'cut') return Buffer.concat([before, after.subarray(value % 16)]);
	if (kind === 'insert') return Buffer.concat([before, Buffer.of(value), after]);
	if (kind === 'repeat') return Buffer.concat([before, after, after.subarray(0, value)]);
	return Buffer.concat([before, Buffer.of(value), after.subarray(1)]);
}

const seed = 20_251_126;
const probe = query('probe.test', { id: 0xffff });

it('queries', async () => {
	const originals = [
		query('abc.test', { id: 1 }),
		query('abc.test', { id: 1, additional: edns }),
		query('abc.secret', { id: 1 }),
	];
	await fc.assert(
		fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...originals), changes), { maxLength: 20 }), async (batch) => {
			proxy.server.asked.length = 0;
			const sent = batch.map(([original, how]) => how.reduce(apply, original));
			sent.forEach((message) => client.send(message));
			await client.ask(probe);
			for (const { message } of proxy.server.asked) {
				expect(nameOf(message)).toMatch(/^[-\w]+\.test$/i);
				expect(sent.concat(probe).some((one) => one.subarray(2).equals(message.subarray(2)))).toBe(true);
			}
			client.got.length = 0;
		}),
		{ seed, numRuns: 150 },
	);
});

it('answers', async () => {
	let round = 0;
	await fc.assert(
		fc.asyncProperty(changes, async (how) => {
			const name = `a${round++}.test`;
			const asked = query(name, { id: round & 0x7fff });
			const records = [cname(pointer(), `b.${name}`), a(`b.${name}`, '192.0.2.1'), a('other.test', '198.51.100.1')];
			proxy.server.serve = ({ message, reply }) => {
				const changed = how.reduce(apply, answer(message, records, { additional: [edns] }));
				reply(withId(changed, idOf(message)));
				// Whatever was dropped as a forgery: this is the true one.
				reply(answer(message));
			};
			const got = await client.ask(asked);
			expect(got.subarray(12, 12 + 4 + name.length)).toEqual(asked.subarray(12, 12 + 4 + name.length));
			client.got.length = 0;
		}),
		{ seed, numRuns: 400 },
	);
	const names = proxy.of('lesson').map((lesson) => String(lesson['name']));
	expect(names.length).toBeGreaterThan(20);
	expect(names.every((name) => /^(a\d+|probe)\.test$/.test(name) || name.endsWith('.test'))).toBe(true);
});
