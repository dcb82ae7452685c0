import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, PolicyInput } from '../../lib/index.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { originIn, request, urlOf } from './support-http.js';
import type { Origin } from './support-http.js';

const SERVER = '10.9.0.2';
const DENIED = { status: 403 };
const ALLOWED = { status: 200 };
/** Ours takes it, RE2 finds its program too large. */
const TOO_LARGE = '.{1000}'.repeat(580);

let lab: Lab;
let datapath: Datapath;
let client: LabPod;
let server: LabPod;
let origin: Origin;

const ask = (path: string, ...options: string[]) => request(client, urlOf(SERVER, path), ...options);
const WEB = { kind: 'CiliumNetworkPolicy', name: 'web' } as const;

function policy(http: readonly object[], name = 'web'): PolicyInput {
	const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http } }];
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name },
		spec: { endpointSelector: { matchLabels: { app: 'server' } }, ingress: [{ toPorts }] },
	} as PolicyInput;
}

beforeAll(async () => {
	lab = openLab();
	datapath = await lab.datapath({ sweepIntervalMs: 0, l7: { threads: 2 } });
	[client, server] = [lab.pod('client'), lab.pod('server')];
	await client.join(datapath.networks.default, ['10.9.0.1'], { labels: labels('client') });
	await server.join(datapath.networks.default, [SERVER], { labels: labels('server') });
	origin = await originIn(server, 80);
});

beforeEach(() => {
	datapath.policies.delete(WEB);
	datapath.policies.apply(policy([{ path: '/kept' }]));
});

afterAll(async () => {
	await origin[Symbol.asyncDispose]();
	await lab[Symbol.asyncDispose]();
});

async function expectKept(): Promise<void> {
	// Any other change: what was left behind of a refused one would come with it.
	datapath.policies.apply(policy([{ path: '/kept' }], 'other'));
	datapath.policies.delete({ ...WEB, name: 'other' });
	expect(await ask('/kept')).toMatchObject(ALLOWED);
	expect(await ask('/changed')).toMatchObject(DENIED);
}

describe('rules of requests that were not applied', () => {
	it.each([
		['planned', () => void datapath.policies.plan(policy([{ path: '/changed' }]))],
		[
			'of a transaction that failed',
			() =>
				datapath.transaction(() => {
					datapath.policies.apply(policy([{ path: '/changed' }]));
					throw new Error('second thoughts');
				}),
		],
		[
			'with a secret beside them',
			() => void datapath.policies.apply(policy([{ path: '/changed' }]), policy([secretRule()], 'other')),
		],
		[
			'with an expression beside them that RE2 refuses',
			() => void datapath.policies.apply(policy([{ path: '/changed' }]), policy([{ path: TOO_LARGE }], 'other')),
		],
	])('are not enforced: %s', async (_, attempt) => {
		try {
			attempt();
		} catch {
			// Told elsewhere: what counts is what is enforced now.
		}
		await expectKept();
	});

	it('have their reason', () => {
		const apply = (rule: object) => () => datapath.policies.apply(policy([rule]));
		expect(apply(secretRule())).toThrow(expect.objectContaining({ code: 'ERR_NOT_SUPPORTED' }) as Error);
		expect(apply({ path: TOO_LARGE })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }) as Error);
	});

	it('are refused as well while the proxy does not run', async () => {
		await datapath.l7.stop();
		const apply = () => datapath.policies.apply(policy([secretRule()]));
		expect(apply).toThrow(expect.objectContaining({ code: 'ERR_NOT_SUPPORTED' }) as Error);
		await datapath.l7.start({ threads: 2 });
		await expectKept();
	});
});

describe('headers of requests', () => {
	const headers = ['-H', 'X-Team: blue', '-H', 'X-Old: y'];

	async function seen(headerMatches: readonly object[], ...more: string[]): Promise<Record<string, unknown> | number> {
		datapath.policies.apply(policy([{ path: '/headers', headerMatches }]));
		const { status, body } = await ask('/headers', ...headers, ...more);
		return status === 200 ? (JSON.parse(body) as Record<string, unknown>) : status;
	}

	it('must match, unless the rule says what becomes of those that do not', async () => {
		expect(await seen([{ name: 'X-Team', value: 'red' }])).toBe(403);
		expect(await seen([{ name: 'X-Team', value: 'blue' }])).toMatchObject({ 'x-team': 'blue', 'x-old': 'y' });
		expect(await seen([{ name: 'X-Team', value: 'red', mismatch: 'LOG' }])).toMatchObject({ 'x-team': 'blue' });
	});

	it('reach the server as the rule says', async () => {
		const told = await seen([
			{ name: 'X-Team', value: 'red', mismatch: 'REPLACE' },
			{ name: 'X-Old', value: 'x', mismatch: 'DELETE' },
			{ name: 'X-New', value: 'n', mismatch: 'ADD' },
		]);
		expect(told).toMatchObject({ 'x-team': 'red', 'x-new': 'n' });
		expect(told).not.toHaveProperty('x-old');
		expect(
			await seen([{ name: 'X-Team', value: 'red', mismatch: 'REPLACE' }], '-H', 'Connection: x-team'),
		).toMatchObject({ 'x-team': 'red' });
	});
});

function secretRule(): object {
	return { path: '/changed', headerMatches: [{ name: 'X-Token', secret: { name: 'token' } }] };
}
