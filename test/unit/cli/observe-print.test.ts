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
import { CLIENT, DROP, flowOf, SERVER, WORLD } from '../flows/support/sample.js';
import { heddle } from './support/cli.js';

const PLAIN = {
	timeFormat: 'StampMilli',
	numeric: false,
	printNodeName: false,
	paint: (text: string) => text,
} as const;

function print(output: OutputName, flows: readonly Flow[], more: object = {}): string {
	const printer = createPrinter(output, { ...PLAIN, ...more });
	return flows.map((flow) => printer.flow(flow, 'node1')).join('') + printer.lost('3', 'node1') + printer.end();
}

const ENDS = 'default/client-cil1:50406 (ID:39536 cil1@jupiter) -> default/server-jupiter:80 (ID:21927 eth0@jupiter)';

describe('compact', () => {
	const line = (flow: Flow, more: object = {}) => print('compact', [flow], more).split('\n')[0];

	it('is a line as Hubble has it, with interface and network', () => {
		expect(line(flowOf())).toBe(`Jan  2 03:04:05.067: ${ENDS} to-endpoint FORWARDED (TCP Flags: SYN)`);
		expect(line(flowOf(DROP))).toMatch(/Policy denied DROPPED \(ICMPv4 EchoRequest\)$/);
		expect(line(flowOf({ source: WORLD }))).toContain('192.168.16.5:50406 (world-ipv4 @jupiter) -> ');
	});

	it('of layer 7 is an answer, told from who asked', () => {
		const http = { code: 200, method: 'GET', url: 'http://192.168.16.20/public', protocol: 'HTTP/1.1' };
		const answer = flowOf({
			source: SERVER,
			destination: CLIENT,
			l4: { protocol: 'TCP', sourcePort: 80, destinationPort: 50_406 },
			isReply: true,
			l7: { type: 'RESPONSE', latencyNs: 6_400_000n, http },
		});
		expect(line(answer)).toBe(
			`Jan  2 03:04:05.067: ${ENDS.replace('->', '<-')} http-response FORWARDED (HTTP/1.1 200 6ms (GET http://192.168.16.20/public))`,
		);
		const evil = flowOf({ l7: { type: 'REQUEST', http: { ...http, url: 'http://a/\u001b[2J' } } });
		expect(line(evil)).toContain('GET http://a/\\x1b[2J');
	});

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
				time: '2026-01-02T03:04:05.0678009Z',
				verdict: 'DROPPED',
				drop_reason: 133,
				drop_reason_desc: 'POLICY_DENIED',
				IP: { source: '192.168.16.5', destination: '192.168.16.20', ipVersion: 'IPv4' },
				l4: { ICMPv4: { type: 8, code: 0 } },
				source: {
					ID: 2,
					identity: 39_536,
					namespace: 'default',
					labels: CLIENT.labels,
					pod_name: 'client',
				},
				destination: {
					ID: 3,
					identity: 21_927,
					namespace: 'default',
					labels: SERVER.labels,
					pod_name: 'server-jupiter',
				},
				Type: 'L3_L4',
				node_name: 'node1',
				event_type: { type: 1, sub_type: 133 },
				traffic_direction: 'INGRESS',
				policy_match_type: 0,
				is_reply: false,
				Summary: 'ICMPv4 EchoRequest',
			},
			node_name: 'node1',
			time: '2026-01-02T03:04:05.0678009Z',
		});
		expect(lost).toMatchObject({ lost_events: { num_events_lost: '3' } });
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
