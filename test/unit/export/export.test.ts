import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportFlows } from '../../../lib/export/export.js';
import type { FlowExportOptions } from '../../../lib/export/options.js';
import type { Flow } from '../../../lib/flows/flow.js';

let folder: string;
let path: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-export-'));
	path = join(folder, 'events.log');
});

afterEach(() => rmSync(folder, { recursive: true }));

const RULE = { cookie: 7, policy: 'CiliumNetworkPolicy default/web', rule: 'spec.ingress[0]', match: 'L3-L4' } as const;
const DROPPED: Flow = {
	time: new Date(Date.UTC(2026, 10, 25, 8, 40, 0, 123)),
	timeNs: BigInt(Date.UTC(2026, 10, 25, 8, 40)) * 1_000_000n + 123_456_789n,
	verdict: 'DROPPED',
	eventType: 'drop',
	trafficDirection: 'INGRESS',
	network: 'blue',
	source: {
		endpointId: 3,
		name: 'client',
		identity: 1001,
		labels: ['k8s:app=client', 'k8s:io.cilium.k8s.policy.cluster=east', 'k8s:io.kubernetes.pod.namespace=shop'],
		pod: 'client-0',
		namespace: 'shop',
		interface: 'hd3',
		network: 'blue',
	},
	destination: { endpointId: 4, name: 'server', identity: 1002, labels: [], interface: 'hd4', network: 'blue' },
	ip: { version: 4, source: '10.0.0.1', destination: '10.0.0.2' },
	l4: { protocol: 'TCP', sourcePort: 40_000, destinationPort: 443, flags: ['SYN'] },
	isReply: false,
	length: 74,
	dropReason: { number: 181, name: 'POLICY_DENIED_BY_DENYLIST', text: 'Policy denied by denylist' },
	policy: { action: 'DENIED', rule: RULE },
};

async function* sourceOf(flows: Iterable<Flow>): AsyncGenerator<Flow> {
	yield* flows;
}

async function exported(flows: Iterable<Flow>, options: Partial<FlowExportOptions> = {}): Promise<unknown[]> {
	await using running = exportFlows(sourceOf(flows), { path, nodeName: 'node-1', ...options });
	await running.done;
	return linesOf(readFileSync(path, 'utf8'));
}

function linesOf(text: string): unknown[] {
	expect(text === '' || text.endsWith('\n')).toBe(true);
	return text
		.split('\n')
		.slice(0, -1)
		.map((line) => JSON.parse(line) as unknown);
}

describe('an export of flows', () => {
	it("has the shape of Hubble's exporter", async () => {
		expect(await exported([DROPPED])).toEqual([
			{
				flow: {
					time: '2026-11-25T08:40:00.123456789Z',
					verdict: 'DROPPED',
					drop_reason: 181,
					IP: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 'IPv4' },
					l4: { TCP: { source_port: 40_000, destination_port: 443, flags: { SYN: true } } },
					source: {
						ID: 3,
						identity: 1001,
						cluster_name: 'east',
						namespace: 'shop',
						labels: [...DROPPED.source.labels, 'heddle:network=blue'],
						pod_name: 'client-0',
					},
					destination: { ID: 4, identity: 1002, labels: ['heddle:network=blue'] },
					Type: 'L3_L4',
					node_name: 'node-1',
					event_type: { type: 1, sub_type: 181 },
					traffic_direction: 'INGRESS',
					policy_match_type: 2,
					drop_reason_desc: 'POLICY_DENY',
					is_reply: false,
					interface: { name: 'hd4' },
					uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
					emitter: { name: 'Heddle', version: expect.stringMatching(/^\d/) as string },
					ingress_denied_by: [
						{ kind: 'CiliumNetworkPolicy', namespace: 'default', name: 'web', labels: ['heddle:rule=spec.ingress[0]'] },
					],
					Summary: 'TCP Flags: SYN',
				},
				node_name: 'node-1',
				time: '2026-11-25T08:40:00.123456789Z',
			},
		]);
	});

	it('leaves out what is 0, tells traces and pings, and has no ends of conversations', async () => {
		const ping: Flow = {
			...DROPPED,
			timeNs: 1_500_000_000n,
			verdict: 'FORWARDED',
			eventType: 'to-endpoint',
			l4: { protocol: 'ICMPv4', icmp: { type: 0, code: 0 } },
			isReply: true,
			dropReason: undefined,
			policy: undefined,
		};
		const [line, ...others] = (await exported([ping, { ...ping, eventType: 'flow-end' }])) as { flow: object }[];
		expect(others).toEqual([]);
		expect(line?.flow).toMatchObject({
			time: '1970-01-01T00:00:01.500Z',
			l4: { ICMPv4: {} },
			event_type: { type: 4 },
			trace_observation_point: 'TO_ENDPOINT',
			reply: true,
			is_reply: true,
		});
		expect(line?.flow).not.toHaveProperty('drop_reason');
	});

	it('writes what the allow list has and the deny list has not', async () => {
		const flows = [1, 2, 3, 4].map((identity): Flow => ({ ...DROPPED, source: { ...DROPPED.source, identity } }));
		const lists = {
			allowList: [{ identity: [1, 2] }, { identity: 3 }],
			denyList: [{ identity: 2, verdict: 'DROPPED' }],
		};
		const lines = (await exported(flows, lists as Partial<FlowExportOptions>)) as { flow: { source: object } }[];
		expect(lines.map(({ flow }) => flow.source)).toMatchObject([{ identity: 1 }, { identity: 3 }]);
	});

	it('writes the fields of the mask only', async () => {
		const fieldMask = ['verdict', 'source.pod_name', 'l4.TCP', 'l4.TCP.destination_port', 'IP.source', 'l7'];
		const [line] = await exported([DROPPED], { fieldMask });
		expect(line).toEqual({
			flow: {
				verdict: 'DROPPED',
				source: { pod_name: 'client-0' },
				l4: { TCP: { source_port: 40_000, destination_port: 443, flags: { SYN: true } } },
				IP: { source: '10.0.0.1' },
			},
			node_name: 'node-1',
			time: '2026-11-25T08:40:00.123456789Z',
		});
	});

	it('puts full files aside, keeps so many, and loses no line of those kept', async () => {
		writeFileSync(join(folder, 'events-of-others.log'), '');
		const flows = Array.from({ length: 6000 }, (_, i) => ({ ...DROPPED, timeNs: BigInt(i) * 1_000_000_000n }));
		await exported(flows, { maxSizeMb: 1, maxBackups: 2, compress: true });
		const names = readdirSync(folder).sort();
		expect(names.filter((name) => /^events-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.log\.gz$/.test(name))).toHaveLength(
			2,
		);
		expect(names).toHaveLength(4);
		const texts = names
			.filter((name) => name.endsWith('.gz'))
			.map((name) => gunzipSync(readFileSync(join(folder, name))).toString());
		for (const text of texts) {
			expect(text.length).toBeLessThanOrEqual(1 << 20);
			expect(text.length).toBeGreaterThan((1 << 20) - 2000);
		}
		const kept = [...texts, readFileSync(path, 'utf8')].flatMap(linesOf) as { time: string }[];
		expect(kept.map(({ time }) => Date.parse(time) / 1000)).toEqual(
			Array.from({ length: kept.length }, (_, i) => 6000 - kept.length + i),
		);
	});

	it('goes on in a file that is there', async () => {
		await exported([DROPPED]);
		expect(await exported([DROPPED])).toHaveLength(2);
	});

	it('tells what its source lost', async () => {
		const source = Object.assign(sourceOf([DROPPED]), { lost: 0n });
		await using running = exportFlows(source, { path });
		source.lost = 12n;
		await running.done;
		const [lost] = linesOf(readFileSync(path, 'utf8')) as { lost_events: object }[];
		expect(lost?.lost_events).toEqual({ source: 'PERF_EVENT_RING_BUFFER', num_events_lost: '12' });
	});

	it('that is closed does not wait for a silent source, and has written what it took', async () => {
		async function* silent(): AsyncGenerator<Flow> {
			yield DROPPED;
			await new Promise(() => undefined);
		}
		const running = exportFlows(silent(), { path });
		await new Promise((resolve) => setTimeout(resolve, 20));
		await running.close();
		expect(linesOf(readFileSync(path, 'utf8'))).toHaveLength(1);
		expect(running.stats()).toEqual({ exported: 1, lost: 0 });
	});

	it("tells its source's failure", async () => {
		async function* failing(): AsyncGenerator<Flow> {
			yield DROPPED;
			throw new Error('no more');
		}
		await using running = exportFlows(failing(), { path });
		await expect(running.done).rejects.toThrow('no more');
		expect(linesOf(readFileSync(path, 'utf8'))).toHaveLength(1);
	});

	it('refuses options that mean nothing, by name', () => {
		const cases: [object, string][] = [
			[{ path: 'relative' }, 'path'],
			[{ maxSizeMb: 0 }, 'maxSizeMb'],
			[{ maxBackups: -1 }, 'maxBackups'],
			[{ allowList: [{ identities: 1 }] }, 'allowList[0].identities'],
			[{ denyList: [7] }, 'denyList[0]'],
			[{ fieldMask: ['verdict', 'source.pod'] }, 'fieldMask[1]'],
			[{ fieldMask: ['l4.TCP.source_port.x'] }, 'fieldMask[0]'],
		];
		for (const [options, field] of cases) {
			expect(() => exportFlows(sourceOf([]), { path, ...options })).toThrow(
				expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field }) as Error,
			);
		}
		expect(readdirSync(folder)).toEqual([]);
	});

	it('tells a place where nothing can be written', () => {
		const refused = expect.objectContaining({
			field: 'path',
			code: expect.stringMatching(/^ERR_STORE/) as string,
		}) as Error;
		expect(() => exportFlows(sourceOf([]), { path: '/proc/none/events.log' })).toThrow(refused);
	});
});
