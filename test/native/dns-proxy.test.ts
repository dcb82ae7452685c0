import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { dnsAnswers, type DnsAnswer } from '../../lib/l7/dns-answer.js';
import { dnsRecords, type DnsRecord } from '../../lib/l7/dns-record.js';
import { DnsProxy, type DnsProxyOptions } from '../../lib/native/addon.js';
import { a, cname, pointer, query, rcodeOf, rcodes } from './support/dns-messages.js';
import { startDnsWorker, type DnsWorker } from './support/dns-worker.js';
import { failureOf } from './support/fixture.js';
import { CLIENT, CLIENT6, Policy, ProxyLab, SERVER, SERVER6 } from './support/proxy-lab.js';

interface Network {
	readonly device: string;
	readonly client: DnsWorker;
	readonly server: DnsWorker;
}

const lab = new ProxyLab();
let policy: Policy;
let one: Network;
let two: Network;

const records = Buffer.concat([cname(pointer(), 'cdn.test'), a('cdn.test', '192.0.2.1', { ttl: 100 })]);

async function addNetwork(number: number): Promise<Network> {
	const { device, clientNetns, serverNetns } = lab.addNetwork(number);
	const network = { device, client: startDnsWorker(clientNetns), server: startDnsWorker(serverNetns) };
	await Promise.all([SERVER, SERVER6].map((server) => network.server.serve(server, 53, records, 2)));
	await network.server.serve(SERVER, 5353, records, 2);
	return network;
}
beforeAll(async () => {
	policy = await Policy.load();
	one = await addNetwork(1);
	two = await addNetwork(2);
});
afterAll(async () => {
	await Promise.all([one, two].flatMap(({ client, server }) => [client.stop(), server.stop()]));
	policy.close();
	await lab.remove();
});

let proxy: DnsProxy;
const seen: DnsRecord[] = [];
const answers: DnsAnswer[] = [];
/** What becomes of answers. */
let onAnswer: (answer: DnsAnswer) => void;
afterEach(() => {
	proxy.close();
	seen.length = answers.length = 0;
});

const release = ({ ticket }: DnsAnswer) => proxy.release(ticket);

/** A proxy on both networks, under cookie 7 of the client's policy. */
function start(more: Partial<DnsProxyOptions> = {}): void {
	onAnswer = release;
	proxy = new DnsProxy(
		{ netns: lab.netns, threads: 2, ask: policy.ask, control: policy.control, ...more },
		{
			onRecords: (batch, count) => seen.push(...dnsRecords(batch, count)),
			onAnswers: (batch, count) => {
				for (const answer of dnsAnswers(batch, count)) {
					answers.push(answer);
					onAnswer(answer);
				}
			},
		},
	);
	policy.answer(1, { egress: 7 });
	policy.answer(2, { egress: 7 });
	proxy.setRules(7, [{ matchPattern: '*.test' }]);
	proxy.addNetwork(1, one.device);
	proxy.addNetwork(2, two.device);
}

const ask = async (network: Network, name: string, server = SERVER, tcp = false, port = 53) =>
	Buffer.from(await network.client.ask(server, port, query(name), tcp));
const rcodeFor = async (...what: Parameters<typeof ask>) => rcodeOf(await ask(...what));

describe('a DNS proxy', () => {
	it.each([
		['UDP, IPv4', SERVER, CLIENT, false],
		['UDP, IPv6', SERVER6, CLIENT6, false],
		['TCP, IPv4', SERVER, CLIENT, true],
		['TCP, IPv6', SERVER6, CLIENT6, true],
	] as const)('forwards what a rule allows, from the client’s own address, %s', async (_, server, client, tcp) => {
		start();
		const before = (await one.server.seen()).length;
		const got = await ask(one, 'a.test', server, tcp);
		expect([rcodeOf(got), got.subarray(-records.length)]).toEqual([0, records]);
		expect((await one.server.seen()).slice(before).map((from) => from.split(' ')[0])).toEqual([client]);
		expect(answers).toMatchObject([
			{ name: 'a.test', network: 1, family: server === SERVER ? 4 : 6, client: { address: client }, egressCookie: 7 },
		]);
		expect(answers[0]!.addresses).toEqual([{ address: '192.0.2.1', ttl: 127 }]);
	});

	it('refuses what no rule allows, and tells of all', async () => {
		start();
		await ask(one, 'A.test');
		expect(await rcodeFor(one, 'b.example', SERVER, true)).toBe(rcodes.REFUSED);
		proxy.drain();
		const ends = {
			network: 1,
			family: 4,
			client: { address: CLIENT, identity: 1 },
			server: { address: SERVER, port: 53, identity: 2 },
			egressCookie: 7,
			ingressCookie: undefined,
		};
		const udp = { ...ends, protocol: 'udp', type: 'A', cut: false };
		expect(seen).toHaveLength(3);
		expect(seen).toEqual(
			expect.arrayContaining([
				expect.objectContaining({
					kind: 'request',
					verdict: 'forwarded',
					name: 'A.test.',
					rcode: 0,
					reason: '',
					latencyNs: 0n,
				}),
				expect.objectContaining({
					kind: 'response',
					verdict: 'forwarded',
					aliases: ['cdn.test.'],
					recordTypes: ['CNAME', 'A'],
					addresses: [{ address: '192.0.2.1', ttl: 100 }],
					ttl: 100,
				}),
				expect.objectContaining({
					kind: 'request',
					verdict: 'denied',
					name: 'b.example.',
					rcode: rcodes.REFUSED,
					protocol: 'tcp',
				}),
			]),
		);
		expect(seen.find(({ kind }) => kind === 'response')).toMatchObject(udp);
	});

	it('holds an answer until it is released', async () => {
		start();
		onAnswer = () => {};
		const got = ask(one, 'a.test');
		await expect.poll(() => answers.length).toBe(1);
		expect(proxy.statistics()).toMatchObject({ held: 1, answered: 0, active: 1 });
		release(answers[0]!);
		expect(rcodeOf(await got)).toBe(0);
		onAnswer = ({ ticket }) => proxy.release(ticket, false);
		expect(await rcodeFor(one, 'b.test')).toBe(rcodes.SERVFAIL);
		expect(await rcodeFor(one, 'a.test')).toBe(0);
		expect(answers).toHaveLength(2);
		onAnswer = release;
		proxy.forget('A.test.');
		expect(await rcodeFor(one, 'a.test')).toBe(0);
		expect(answers).toHaveLength(3);
	});

	it('asks policy once, and again when it has changed', async () => {
		start({ threads: 1 });
		for (let i = 0; i < 5; i++) await ask(one, 'a.test');
		expect(proxy.statistics()).toMatchObject({ queries: 5, policyQuestions: 1, policyFailures: 0 });
		policy.answer(1, { egress: 8 });
		proxy.setRules(8, [{ matchName: 'b.test' }]);
		policy.raiseEpoch();
		expect(await rcodeFor(one, 'a.test')).toBe(rcodes.REFUSED);
		expect(await rcodeFor(one, 'b.test')).toBe(0);
		expect(proxy.statistics()).toMatchObject({ policyQuestions: 2 });
		proxy.setRules(8, []);
		expect(await rcodeFor(one, 'b.test')).toBe(rcodes.REFUSED);
	});

	it('asks for the rules of both ends', async () => {
		start();
		proxy.setRules(9, [{ matchPattern: 'a.*' }]);
		policy.answer(1, { egress: 7, ingress: 9 });
		const rcodesOf = await Promise.all(['a.test', 'b.test', 'a.example'].map((name) => rcodeFor(one, name)));
		expect(rcodesOf).toEqual([0, rcodes.REFUSED, rcodes.REFUSED]);
	});

	it('drops what policy does not send to it', async () => {
		start();
		await ask(one, 'a.test');
		const refusals = [
			() => policy.answer(1, {}),
			() => policy.answer(1, { egress: 7, reason: 133 }),
			() => policy.forget(1),
		];
		await Promise.all([
			...refusals.map(async (refuse) => {
				refuse();
				await expect(ask(one, 'a.test', SERVER, true)).rejects.toThrow();
			}),
			expect(ask(one, 'a.test')).rejects.toThrow('ETIMEDOUT'),
		]);
		expect(proxy.statistics()).toMatchObject({ unredirected: 4, queries: 5 });
		policy.answer(1, { egress: 7 });
		proxy.deleteRules(7);
		await expect(ask(one, 'a.test', SERVER, true)).rejects.toThrow();
	});

	it('keeps networks apart that have the same addresses', async () => {
		start();
		proxy.setRules(8, [{ matchPattern: '*.other' }]);
		policy.answer(2, { egress: 8 });
		const before = [(await one.server.seen()).length, (await two.server.seen()).length];
		expect(await rcodeFor(one, 'a.test')).toBe(0);
		expect(await rcodeFor(two, 'a.test')).toBe(rcodes.REFUSED);
		expect(await rcodeFor(two, 'a.other')).toBe(0);
		const after = [(await one.server.seen()).length, (await two.server.seen()).length];
		expect(after).toEqual(before.map((count) => count + 1));
		expect(answers.map(({ network, name }) => [network, name])).toEqual([
			[1, 'a.test'],
			[2, 'a.other'],
		]);
	});

	it('has several ports of a network, and lets go of all', async () => {
		start();
		proxy.addNetwork(1, one.device, 5353);
		expect(await rcodeFor(one, 'a.test', SERVER, false, 5353)).toBe(0);
		expect(failureOf(() => proxy.addNetwork(1, one.device))).toMatchObject({ code: 'ERR_EXISTS' });
		for (let round = 0; round < 3; round++) {
			expect(proxy.removeNetwork(1)).toBe(true);
			expect(proxy.removeNetwork(1)).toBe(false);
			proxy.addNetwork(1, one.device);
			expect(await rcodeFor(one, 'a.test')).toBe(0);
		}
		await expect(ask(one, 'a.test', SERVER, true, 5353)).rejects.toThrow();
		expect(await rcodeFor(two, 'a.test')).toBe(0);
	});

	it('closes while answers wait, and is asked for nothing then', async () => {
		start();
		onAnswer = () => {};
		const lost = expect(ask(one, 'a.test', SERVER, true)).rejects.toThrow();
		await expect.poll(() => answers.length).toBe(1);
		proxy.close();
		await lost;
		expect(proxy.closed).toBe(true);
		expect(proxy.statistics()).toMatchObject({ queries: 1, answered: 0 });
		for (const use of [
			() => proxy.release(answers[0]!.ticket),
			() => proxy.forget('a'),
			() => proxy.drain(),
			() => proxy.review(),
		])
			expect(failureOf(use)).toMatchObject({ code: 'ERR_CLOSED' });
		proxy.close();
	});
});

describe('arguments', () => {
	it('are checked, and named', () => {
		start();
		const bad = (field: string, call: () => unknown) =>
			expect(failureOf(call)).toMatchObject({ code: 'ERR_INVALID_ARGUMENT', message: expect.stringContaining(field) });
		bad('rules[1].matchName', () => proxy.setRules(1, [{ matchName: 'a' }, { matchName: 'a b' }]));
		bad('rules[0].matchName', () => proxy.setRules(1, [{}]));
		bad('rules', () => proxy.setRules(1, 'x' as never));
		bad('port', () => proxy.addNetwork(3, one.device, 0));
		bad('device', () => proxy.addNetwork(3, ''));
		bad('ticket', () => proxy.release(-1));
		bad('learned', () => proxy.release(1, 'yes' as never));
		bad('name', () => proxy.forget(1 as never));
		const options = { netns: lab.netns, ask: policy.ask, control: policy.control };
		const handlers = { onRecords() {}, onAnswers() {} };
		bad('onAnswers', () => new DnsProxy(options, { onRecords() {} } as never));
		bad('limits.queries', () => new DnsProxy({ ...options, limits: { queries: -1 } }, handlers));
		bad('threads', () => new DnsProxy({ ...options, threads: 0 }, handlers));
		bad('control', () => new DnsProxy({ ...options, control: {} as never }, handlers));
		expect(failureOf(() => proxy.addNetwork(3, 'nowhere'))).toMatchObject({ code: 'ERR_NO_INTERFACE' });
		expect(failureOf(() => proxy.addNetwork(2, 'nowhere', 54))).toMatchObject({ code: 'ERR_NO_INTERFACE' });
	});
});
