import { describe, expect, it } from 'vitest';

import { flowsQuery } from '../../../lib/cli/observe/flows-query.js';
import { parseMoment } from '../../../lib/cli/observe/moment.js';
import { createPrinter, type OutputName } from '../../../lib/cli/observe/printer.js';
import { TIME_FORMATS } from '../../../lib/cli/observe/time-format.js';
import { createPaint } from '../../../lib/cli/io.js';
import { observe } from '../../../lib/cli/commands/observe.js';
import { readOptions } from '../../../lib/cli/options.js';
import { recommend } from '../../../lib/explain/recommend.js';
import type { Flow } from '../../../lib/flows/flow.js';
import {
	CLIENT,
	dnsRequest,
	dnsResponse,
	DROP,
	flowOf,
	httpRequest,
	httpResponse,
	SERVER,
	WORLD,
} from '../flows/support/sample.js';
import { heddle } from './support/cli.js';

const PLAIN = {
	timeFormat: 'StampMilli',
	numeric: false,
	printNodeName: false,
	paint: (text: string) => text,
} as const;

function print(output: OutputName, flows: readonly Flow[], more: object = {}): string {
	const printer = createPrinter(output, { ...PLAIN, ...more });
	return (
		flows.map((flow) => printer.flow(flow, 'node1')).join('') +
		printer.lost({ numEventsLost: '3' }, 'node1') +
		printer.end()
	);
}

const ENDS = 'default/client-cil1:50406 (ID:39536 cil1@jupiter) -> default/server-jupiter:80 (ID:21927 eth0@jupiter)';

describe('compact', () => {
	const line = (flow: Flow, more: object = {}) => print('compact', [flow], more).split('\n')[0];

	it('is a line as Hubble has it, with interface and network', () => {
		expect(line(flowOf())).toBe(`Jan  2 03:04:05.067: ${ENDS} to-endpoint FORWARDED (TCP Flags: SYN)`);
		expect(line(flowOf(DROP))).toMatch(/Policy denied DROPPED \(ICMPv4 EchoRequest\)$/);
		expect(line(flowOf({ source: WORLD }))).toContain('192.168.16.5:50406 (world-ipv4 @jupiter) -> ');
	});

	it.each<[string, Flow, string]>([
		['a request', httpRequest(), '-> http-request FORWARDED (HTTP/1.1 GET http://192.168.16.20/public)'],
		[
			'an answer, told from who asked',
			httpResponse(),
			'<- http-response FORWARDED (HTTP/1.1 200 6ms (GET http://192.168.16.20/public))',
		],
		[
			'a refused request',
			httpRequest({ method: 'PUT' }, { verdict: 'DROPPED' }),
			'-> http-request DROPPED (HTTP/1.1 PUT http://192.168.16.20/public)',
		],
		[
			'what ends a terminal',
			httpRequest({ url: 'http://a/\u001b[2J' }),
			'-> http-request FORWARDED (HTTP/1.1 GET http://a/\\x1b[2J)',
		],
	])('of layer 7 is %s', (_, flow, expected) => {
		const [arrow, ...rest] = expected.split(' ');
		expect(line(flow)).toBe(`Jan  2 03:04:05.067: ${ENDS.replace('->', arrow!)} ${rest.join(' ')}`);
	});

	it.each<[string, Flow, string]>([
		['a query', dnsRequest(), 'dns-request proxy FORWARDED (DNS Query www.example.com. A)'],
		['a query for two types', dnsRequest({ qtypes: ['A', 'AAAA'] }), '(DNS Query www.example.com. A,AAAA)'],
		[
			'a refused query',
			dnsRequest({}, { verdict: 'DROPPED' }),
			'dns-request proxy DROPPED (DNS Query www.example.com. A)',
		],
		[
			'an answer',
			dnsResponse({ cnames: ['a.example.'] }),
			'dns-response proxy FORWARDED (DNS Answer "10.0.0.1,10.0.0.2" CNAMEs: "a.example." TTL: 30 (Proxy www.example.com. A))',
		],
		[
			'no answer',
			dnsResponse({ rcode: 3, ips: [], ttl: 0 }),
			'(DNS Answer RCode: Non-Existent Domain TTL: 0 (Proxy www.example.com. A))',
		],
	])('of DNS is %s', (_, flow, expected) => expect(line(flow)?.endsWith(` ${expected}`)).toBe(true));

	it('has node, numbers and times where asked', () => {
		const text = line(flowOf(), { numeric: true, printNodeName: true, timeFormat: 'RFC3339Micro' });
		expect(text).toContain('2026-01-02T03:04:05.0678Z [node1]: 192.168.16.5:50406 (ID:39536 cil1@jupiter) -> ');
	});

	it('tells what is lost', () => expect(print('compact', [])).toBe('EVENTS LOST: 3\n'));
});

describe('other outputs', () => {
	it('dict', () => {
		const [first, second] = print('dict', [flowOf(), flowOf(DROP)]).split('------------\n');
		expect(first).toBe(
			[
				'  TIMESTAMP: Jan  2 03:04:05.067',
				'     SOURCE: default/client-cil1:50406 (cil1@jupiter)',
				'DESTINATION: default/server-jupiter:80 (eth0@jupiter)',
				'       TYPE: to-endpoint',
				'    VERDICT: FORWARDED',
				'    SUMMARY: TCP Flags: SYN',
				'',
			].join('\n'),
		);
		expect(second).toContain('    VERDICT: DROPPED\n');
	});

	it('table', () => {
		const [head, row, , lost] = print('table', [flowOf(), flowOf(DROP)]).split('\n');
		expect(head).toMatch(/^TIMESTAMP {2,}SOURCE {2,}DESTINATION {2,}TYPE {2,}VERDICT {2,}SUMMARY$/);
		expect(row!.indexOf('to-endpoint')).toBe(head!.indexOf('TYPE'));
		expect(lost).toBe('EVENTS LOST: 3');
	});

	it('jsonpb is Hubble’s GetFlowsResponse, and nothing else', () => {
		const [drop, lost] = print('jsonpb', [flowOf(DROP)])
			.trimEnd()
			.split('\n')
			.map((text): unknown => JSON.parse(text));
		expect(drop).toEqual({
			flow: {
				time: '2026-01-02T03:04:05.067800900Z',
				verdict: 'DROPPED',
				drop_reason: 133,
				drop_reason_desc: 'POLICY_DENIED',
				IP: { source: '192.168.16.5', destination: '192.168.16.20', ipVersion: 'IPv4' },
				l4: { ICMPv4: { type: 8 } },
				source: {
					ID: 2,
					identity: 39_536,
					namespace: 'default',
					labels: [...CLIENT.labels, 'heddle:network=jupiter'],
					pod_name: 'client',
				},
				destination: {
					ID: 3,
					identity: 21_927,
					namespace: 'default',
					labels: [...SERVER.labels, 'heddle:network=jupiter'],
					pod_name: 'server-jupiter',
				},
				Type: 'L3_L4',
				node_name: 'node1',
				event_type: { type: 1, sub_type: 133 },
				traffic_direction: 'INGRESS',
				is_reply: false,
				interface: { name: 'hdl2' },
				uuid: expect.any(String) as string,
				emitter: { name: 'Heddle', version: expect.any(String) as string },
				Summary: 'ICMPv4 EchoRequest',
			},
			node_name: 'node1',
			time: '2026-01-02T03:04:05.067800900Z',
		});
		expect(lost).toMatchObject({ lost_events: { num_events_lost: '3' } });
	});

	it('jsonpb has Cilium’s numbers of drop reasons', () => {
		const reasons = [
			{ number: 161, name: 'NAT_NO_MAPPING', text: 'No mapping for NAT masquerade' },
			{ number: 197, name: 'TTL_EXCEEDED', text: 'TTL exceeded' },
		];
		const told = reasons.map((dropReason) => {
			const [line] = print('jsonpb', [flowOf({ ...DROP, policy: undefined, dropReason })]).split('\n');
			return (JSON.parse(line!) as { flow: object }).flow;
		});
		expect(told).toMatchObject([
			{ drop_reason: 167, drop_reason_desc: 'NO_MAPPING_FOR_NAT_MASQUERADE', event_type: { sub_type: 167 } },
			{ drop_reason: 196, drop_reason_desc: 'TTL_EXCEEDED', event_type: { sub_type: 196 } },
		]);
	});

	it('jsonpb has layer 7', () => {
		const [http, dns] = print('jsonpb', [httpResponse({ headers: [{ key: 'A', value: 'b' }] }), dnsResponse()])
			.split('\n')
			.slice(0, 2)
			.map((text) => (JSON.parse(text) as { flow: object }).flow);
		expect(http).toMatchObject({
			Type: 'L7',
			event_type: { type: 129 },
			l4: { TCP: { source_port: 80, destination_port: 50_406 } },
			l7: {
				type: 'RESPONSE',
				latency_ns: '6400000',
				http: {
					code: 200,
					method: 'GET',
					url: 'http://192.168.16.20/public',
					protocol: 'HTTP/1.1',
					headers: [{ key: 'A', value: 'b' }],
				},
			},
			reply: true,
			is_reply: true,
			Summary: 'HTTP/1.1 200 6ms (GET http://192.168.16.20/public)',
		});
		expect(dns).toMatchObject({
			l7: {
				type: 'RESPONSE',
				dns: {
					query: 'www.example.com.',
					ips: ['10.0.0.1', '10.0.0.2'],
					ttl: 30,
					observation_source: 'proxy',
					qtypes: ['A'],
					rrtypes: ['A'],
				},
			},
		});
	});

	it('json adds what tells interfaces and networks apart, and policies can be recommended from it', () => {
		const { flow } = JSON.parse(print('json', [flowOf()]).split('\n')[0]!) as { flow: object };
		expect(flow).toMatchObject({ network: 'jupiter', source: { name: 'client-cil1', pod_interface: 'cil1' } });
		expect(recommend([{ flow }], { drops: false, replies: false }).coverage).toMatchObject({ flows: 1, covered: 1 });
	});
});

it('times are written by their names', () => {
	const ns = 1_767_323_045_120_000_000n;
	expect(Object.fromEntries(Object.entries(TIME_FORMATS).map(([name, format]) => [name, format(ns)]))).toEqual({
		StampMilli: 'Jan  2 03:04:05.120',
		YearMonthDay: '2026-01-02',
		YearMonthDayHour: '2026-01-02T03Z',
		YearMonthDayHourMinute: '2026-01-02T03:04Z',
		RFC3339: '2026-01-02T03:04:05Z',
		RFC3339Milli: '2026-01-02T03:04:05.12Z',
		RFC3339Micro: '2026-01-02T03:04:05.12Z',
		RFC3339Nano: '2026-01-02T03:04:05.12Z',
		RFC1123Z: 'Fri, 02 Jan 2026 03:04:05 +0000',
	});
});

it('moments are so long ago, or dates', () => {
	const now = Date.UTC(2026, 0, 2, 3, 4, 5);
	const read = (text: string) => parseMoment('since', text, now);
	expect(read('90s')).toBe('2026-01-02T03:02:35.000Z');
	expect(read('1h4m5s')).toBe('2026-01-02T02:00:00.000Z');
	expect(read('2026-01-01')).toBe('2026-01-01T00:00:00.000Z');
	expect(read('2026-01-01T05+02:00')).toBe('2026-01-01T03:00:00.000Z');
	expect(read('2026-01-01T05:06:07.5Z')).toBe('2026-01-01T05:06:07.500Z');
	for (const wrong of ['5', 'yesterday', '5m x', '2026-13-01', '-5m']) {
		expect(() => read(wrong)).toThrow(/^--since: found .*, expected how long ago/);
	}
});

it('flags become a question, --not of the one after it', () => {
	const ask = (...args: string[]) => flowsQuery(readOptions(args, observe.options));
	expect(ask()).toEqual({ allow: {}, deny: {}, last: 20, follow: false });
	expect(ask('-f')).toEqual({ allow: {}, deny: {}, follow: true });
	expect(ask('--pod', 'a', '--not', '--verdict', 'DROPPED', '--pod', 'b', '--last=5', '-f')).toEqual({
		allow: { pod: ['a', 'b'] },
		deny: { verdict: ['DROPPED'] },
		last: 5,
		follow: true,
	});
});

describe('wrong usage ends with exit code 2', () => {
	it.each([
		[['--verdict', 'LOST'], /--verdict: found "LOST", expected one of FORWARDED/],
		[['--not'], /--not: found nothing after it/],
		[['--not', '--not', '--pod', 'a'], /--not: found --not after it/],
		[['--first', '1', '--last', '1'], /--first: found it beside --last/],
		[['--until', '1s', '-f'], /--until: found it beside --follow/],
		[['--last', 'x'], /--last: found "x", expected a number from 0/],
		[['-o', 'table', '-f'], /-o: found table beside --follow/],
		[['--time-format', 'Kitchen'], /--time-format: found "Kitchen", expected StampMilli/],
		[['--socket', '/nowhere/agent.sock'], /--socket \/nowhere\/agent.sock: found no agent there/],
	])('%j', async (args, message) => {
		const { code, out, err } = await heddle(['observe', ...args]);
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(err).toMatch(message);
	});
});

it('colour is for terminals, unless asked for', () => {
	const colour = (isTTY: boolean, env: Record<string, string>, when: 'auto' | 'always' | 'never') => {
		const io = { stdin: nothing(), stdout: { isTTY, write: () => true }, stderr: { write: () => true }, env };
		return print('compact', [flowOf()], { paint: createPaint(io, when) }).includes('\u001b[32mFORWARDED\u001b[0m');
	};
	expect(colour(true, {}, 'auto')).toBe(true);
	expect(colour(false, {}, 'auto')).toBe(false);
	expect(colour(true, { NO_COLOR: '1' }, 'auto')).toBe(false);
	expect(colour(false, {}, 'always')).toBe(true);
	expect(colour(true, {}, 'never')).toBe(false);
});

async function* nothing(): AsyncGenerator<string> {}
