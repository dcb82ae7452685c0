import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { endOfPod, flow, tcp } from '../explain/support/flows.js';
import { heddle } from './support/cli.js';

const [CLIENT, WEB] = [endOfPod({ labels: { app: 'client' } }), endOfPod({ labels: { app: 'web' } })];
const FLOWS = [flow(CLIENT, WEB, tcp(80)), flow(CLIENT, WEB, tcp(443))];
const NDJSON = FLOWS.map((one) => `${JSON.stringify(one)}\n`).join('');

describe('recommend', () => {
	test('writes policies that validate takes, and tells their coverage apart', async () => {
		const { code, out, err } = await heddle(['policy', 'recommend', '-f', '-'], { stdin: NDJSON });
		expect({ code, err }).toEqual({ code: 0, err: '2 policies allow 2 of 2 flows\n' });
		expect(parseDocuments(out).map(({ metadata }) => metadata.name)).toEqual(['client', 'web']);
		expect(await heddle(['policy', 'validate', '-f', '-'], { stdin: out })).toMatchObject({ code: 0 });
	});

	test('reads a list of flows, and empty lines, too', async () => {
		const listed = await heddle(['policy', 'recommend', '-f', '-'], { stdin: JSON.stringify(FLOWS, undefined, 2) });
		const spaced = await heddle(['policy', 'recommend', '-'], { stdin: `\n${NDJSON}\n\n` });
		expect(listed.out).toBe(spaced.out);
		expect(listed.code).toBe(0);
	});

	test('ends with 1 where a flow cannot be allowed, and tells which', async () => {
		const stdin = JSON.stringify(flow(CLIENT, WEB, { protocol: '47' }));
		const { code, err } = await heddle(['policy', 'recommend', '-f', '-'], { stdin });
		expect(code).toBe(1);
		expect(err).toBe(
			'2 policies allow 0 of 1 flows\nnot allowed: default/app=client -> default/app=web protocol 47 (1 flows), by the egress policy\n',
		);
	});

	test('tells how many lines say nothing, and why', async () => {
		const { err } = await heddle(['policy', 'recommend', '-f', '-'], {
			stdin: `${NDJSON}{"lost_events":{}}\n{"lost_events":{}}\n`,
		});
		expect(err).toBe('2 policies allow 2 of 2 flows\nignored 2 flows: no flow: found no source and destination\n');
	});

	test.each(['{', '3', '"x"', 'null', '[1]'])('ends with 2 where a line is %s', async (line) => {
		const { code, out, err } = await heddle(['policy', 'recommend', '-f', '-'], { stdin: `${NDJSON}${line}\n` });
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(err).toMatch(/^heddle: \(stdin\):3: found .*, expected a flow/);
	});

	test('as json has documents, coverage and what was ignored', async () => {
		const { out } = await heddle(['policy', 'recommend', '-f', '-', '-o', 'json'], { stdin: NDJSON });
		expect(JSON.parse(out)).toMatchObject({
			documents: [{ kind: 'CiliumNetworkPolicy', metadata: { name: 'client' } }, { metadata: { name: 'web' } }],
			coverage: { flows: 2, covered: 2, missing: [] },
			ignored: [],
		});
	});

	test('counts drops, or answers, where it is asked to', async () => {
		const dropped = JSON.stringify(flow(CLIENT, WEB, tcp(80), { verdict: 'DROPPED' }));
		const reply = JSON.stringify(
			flow(WEB, CLIENT, { protocol: 'TCP', sourcePort: 80, destinationPort: 4000 }, { isReply: true }),
		);
		const stdin = `${dropped}\n${reply}\n`;
		const count = async (...more: readonly string[]) =>
			(await heddle(['policy', 'recommend', '-f', '-', ...more], { stdin })).err.split('\n')[0];
		expect(await count()).toBe('0 policies allow 0 of 0 flows');
		expect(await count('--drops')).toBe('2 policies allow 1 of 1 flows');
		expect(await count('--replies')).toBe('2 policies allow 1 of 1 flows');
		expect(await count('--replies', '--drops')).toBe('2 policies allow 2 of 2 flows');
	});
});
