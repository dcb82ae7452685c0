import { beforeEach, describe, expect, test } from 'vitest';
import { answerCni } from '../../../lib/agent/cni/answer.js';
import { CNI_VERSIONS } from '../../../lib/agent/cni/versions.js';
import { HeddleError, type ErrorCode } from '../../../lib/errors.js';
import { createFakeAgent, type FakeAgent } from '../agent/support/fake-agent.js';

let agent: FakeAgent;
let unavailable: string | undefined;

beforeEach(() => {
	agent = createFakeAgent();
	unavailable = undefined;
});

interface Wish {
	readonly call?: Readonly<Record<string, unknown>>;
	readonly config?: Readonly<Record<string, unknown>>;
}

const CALL = {
	containerID: 'c1',
	netns: '/run/netns/c1',
	ifname: 'eth0',
	args: 'K8S_POD_NAMESPACE=blue;K8S_POD_NAME=web',
};

function ask(command: string, { call = {}, config = {} }: Wish = {}) {
	const body = {
		command,
		...CALL,
		...call,
		config: { cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', ...config },
	};
	return answerCni({ agent, unavailable: () => unavailable }, JSON.parse(JSON.stringify(body)));
}

async function codeOf(command: string, wish?: Wish) {
	const { ok, body } = await ask(command, wish);
	expect(ok).toBe(false);
	return (body as { code: number; msg: string }).code;
}

const BOTH = {
	runtimeConfig: {
		'io.kubernetes.cri.pod-annotations': { 'network.v1alpha1.isovalent.com/pod-networks': 'default,jupiter' },
	},
};

describe('ADD', () => {
	test('answers host and sandbox interface, addresses and routes of every network', async () => {
		const { body } = await ask('ADD', { config: BOTH });
		expect(body).toEqual({
			cniVersion: '1.1.0',
			interfaces: [
				{ name: 'hdl000000000000', mac: '02:00:00:00:01:00', mtu: 1500 },
				{ name: 'eth0', mac: '02:00:00:00:00:00', mtu: 1500, sandbox: '/run/netns/c1' },
				{ name: 'hdl000000000001', mac: '02:00:00:00:01:01', mtu: 1500 },
				{ name: 'cil1', mac: '02:00:00:00:00:01', mtu: 1500, sandbox: '/run/netns/c1' },
			],
			ips: [
				{ address: '10.10.0.1/32', gateway: '169.254.1.1', interface: 1 },
				{ address: 'fd00:10::1/128', gateway: 'fe80::1', interface: 1 },
				{ address: '10.10.0.2/32', interface: 3 },
				{ address: 'fd00:10::2/128', interface: 3 },
			],
			routes: [
				{ dst: '0.0.0.0/0', gw: '169.254.1.1' },
				{ dst: '::/0', gw: 'fe80::1' },
			],
			dns: {},
		});
	});

	test('is of the form of the version that was asked for', async () => {
		const [old, middle] = await Promise.all(
			['0.4.0', '1.0.0'].map(async (cniVersion) => (await ask('ADD', { config: { cniVersion } })).body),
		);
		expect(old).toMatchObject({ cniVersion: '0.4.0', ips: [{ version: '4' }, { version: '6' }] });
		expect(middle).toMatchObject({ cniVersion: '1.0.0' });
		expect(middle).not.toHaveProperty('ips.0.version');
		for (const body of [old, middle]) {
			expect(body).not.toHaveProperty('interfaces.0.mtu');
		}
	});

	test('names the pod as the orchestrator does, or by the container', async () => {
		await ask('ADD');
		await ask('ADD', { call: { args: 'IgnoreUnknown=1', containerID: 'c2' } });
		expect(agent.requests.map(({ id, pod }) => [id, pod.namespace, pod.name])).toEqual([
			['cni/pods/c1/eth0', 'blue', 'web'],
			['cni/pods/c2/eth0', 'default', 'c2'],
		]);
	});

	test('leaves to the pod’s document what nobody said', async () => {
		await ask('ADD');
		expect(agent.requests[0]).toEqual({
			id: 'cni/pods/c1/eth0',
			netns: '/run/netns/c1',
			pod: { namespace: 'blue', name: 'web' },
		});
	});

	test('calls the primary interface as the runtime does, on the networks of the document', async () => {
		await agent.apply({
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: {
				namespace: 'blue',
				name: 'web',
				annotations: { 'network.v1alpha1.isovalent.com/pod-networks': 'jupiter,mars' },
			},
		});
		await ask('ADD', { call: { ifname: 'net0' } });
		expect(agent.requests[0]!.networks).toEqual([
			expect.objectContaining({ network: 'jupiter', interface: 'net0' }),
			expect.objectContaining({ network: 'mars', interface: 'cil1' }),
		]);
	});

	test('takes labels, addresses and MAC from where runtimes put them', async () => {
		const args = { cni: { labels: [{ key: 'app', value: 'web' }], ips: ['10.10.0.9'], other: true }, other: 1 };
		await ask('ADD', { config: { args, runtimeConfig: { mac: '02:00:00:00:00:99' } } });
		expect(agent.requests[0]).toMatchObject({
			pod: { labels: { app: 'web' } },
			networks: [{ network: 'default', interface: 'eth0', ips: ['10.10.0.9'], mac: '02:00:00:00:00:99' }],
		});
	});

	test('takes addresses and MAC from CNI_ARGS too, after what the configuration says', async () => {
		const args = 'IgnoreUnknown=1;IP=10.10.0.9,fd00:10::9;MAC=02:00:00:00:00:99';
		await ask('ADD', { call: { args } });
		await ask('ADD', { call: { args, containerID: 'c2' }, config: { runtimeConfig: { ips: ['10.10.0.8'] } } });
		expect(agent.requests.map(({ networks }) => networks)).toMatchObject([
			[{ network: 'default', interface: 'eth0', ips: ['10.10.0.9', 'fd00:10::9'], mac: '02:00:00:00:00:99' }],
			[{ network: 'default', interface: 'eth0', ips: ['10.10.0.8'], mac: '02:00:00:00:00:99' }],
		]);
	});

	test('on networks of a container in any order: the default route is the usual interface’s', async () => {
		await ask('ADD', { config: { name: 'b', network: 'jupiter' }, call: { ifname: 'cil1' } });
		await ask('ADD', { config: { name: 'a' } });
		expect(agent.requests.map(({ networks }) => networks)).toEqual([
			[{ network: 'jupiter', interface: 'cil1', defaultRoute: [] }],
			undefined,
		]);
	});

	test('on the pod’s own networks after another one with the default route: none a second time', async () => {
		await ask('ADD', { config: { name: 'b', network: 'jupiter' } });
		await ask('ADD', { config: { name: 'a' }, call: { ifname: 'eth1' } });
		expect(agent.requests[1]!.networks).toMatchObject([{ network: 'default', interface: 'eth1', defaultRoute: [] }]);
	});

	test('on one network after another of a container: one default route, and each goes by itself', async () => {
		await ask('ADD', { config: { name: 'a', network: 'default' } });
		await ask('ADD', { config: { name: 'b', network: 'jupiter' }, call: { ifname: 'eth1' } });
		expect(agent.requests.map(({ networks }) => networks)).toEqual([
			[{ network: 'default', interface: 'eth0' }],
			[{ network: 'jupiter', interface: 'eth1', defaultRoute: [] }],
		]);
		await ask('DEL', { config: { name: 'a', network: 'default' } });
		expect([...agent.pods]).toEqual(['cni/b/c1/eth1']);
	});

	test('passes DNS settings on', async () => {
		const dns = { nameservers: ['10.0.0.53'] };
		expect((await ask('ADD', { config: { dns } })).body).toMatchObject({ dns });
	});
});

describe('the version', () => {
	test.each(CNI_VERSIONS)('%s is known', async (cniVersion) => {
		expect(await ask('ADD', { config: { cniVersion } })).toMatchObject({ ok: true, body: { cniVersion } });
	});

	test.each(['0.3.1', '2.0.0', undefined, 1, null])(
		'%j is refused with code 1, in the newest form',
		async (cniVersion) => {
			expect(await ask('ADD', { config: { cniVersion } })).toMatchObject({
				ok: false,
				body: { code: 1, cniVersion: '1.1.0', msg: expect.stringContaining('0.4.0, 1.0.0, 1.1.0') as string },
			});
			expect(agent.requests).toEqual([]);
		},
	);

	test.each(['GC', 'STATUS'])('that knows no %s refuses it', async (command) => {
		expect(await codeOf(command, { config: { cniVersion: '1.0.0', 'cni.dev/valid-attachments': [] } })).toBe(1);
	});
});

describe('DEL', () => {
	test('removes, is right where nothing is, and needs no namespace', async () => {
		await ask('ADD');
		expect(await ask('DEL', { call: { netns: '' } })).toEqual({ ok: true, body: undefined });
		expect([...agent.pods]).toEqual([]);
		expect(await ask('DEL')).toEqual({ ok: true, body: undefined });
	});
});

describe('CHECK', () => {
	test('agrees with what ADD answered, and with what plugins after ours added', async () => {
		const { body } = await ask('ADD', { config: BOTH });
		const { interfaces, ...more } = body as unknown as { interfaces: object[] };
		expect(await ask('CHECK', { config: { prevResult: body } })).toEqual({ ok: true, body: undefined });
		const longer = { ...more, interfaces: [...interfaces, { name: 'other', mac: '02:00:00:00:09:09' }] };
		expect(await ask('CHECK', { config: { prevResult: longer } })).toEqual({ ok: true, body: undefined });
	});

	const damages: readonly (readonly [string, (result: never) => unknown])[] = [
		[
			'interfaces',
			({ interfaces, ...more }: { interfaces: object[] }) => ({ ...more, interfaces: interfaces.slice(1) }),
		],
		['interfaces', (result: object) => ({ ...result, interfaces: undefined })],
		['ips', (result: { ips: object[] }) => ({ ...result, ips: result.ips.slice(1) })],
		['ips', (result: { ips: object[] }) => ({ ...result, ips: result.ips.map((ip) => ({ ...ip, interface: 0 })) })],
		['routes', (result: object) => ({ ...result, routes: [] })],
	];

	test.each(damages)('tells that prevResult.%s is different', async (field, damage) => {
		const { body } = await ask('ADD');
		const answer = await ask('CHECK', { config: { prevResult: damage(body as never) } });
		expect(answer.body).toMatchObject({ code: 101, msg: expect.stringContaining(`prevResult.${field}`) as string });
	});

	test('tells what the agent finds, and that a container is unknown', async () => {
		expect(await codeOf('CHECK', { config: { prevResult: {} } })).toBe(3);
		await ask('ADD');
		agent.failNext(new HeddleError('ERR_CHECK_FAILED', 'eth0.up: found false, expected true'));
		expect(await codeOf('CHECK', { config: { prevResult: {} } })).toBe(101);
		expect(await codeOf('CHECK')).toBe(7);
	});
});

describe('GC', () => {
	test('removes what this network has and the runtime knows no more, and nothing of others', async () => {
		for (const [name, containerID] of [
			['pods', 'c1'],
			['pods', 'c2'],
			['other', 'c3'],
		] as const) {
			await ask('ADD', { call: { containerID }, config: { name } });
		}
		await agent.attachPod({ netns: 'by-hand', pod: { namespace: 'default', name: 'by-hand' } });
		await ask('GC', { config: { 'cni.dev/valid-attachments': [{ containerID: 'c2', ifname: 'eth0' }] } });
		expect([...agent.pods]).toEqual(['cni/pods/c2/eth0', 'cni/other/c3/eth0', 'default/by-hand']);
		expect(await codeOf('GC')).toBe(7);
	});
});

describe('STATUS', () => {
	test('is nothing where pods can be attached, and code 50 with the reason where not', async () => {
		expect(await ask('STATUS')).toEqual({ ok: true, body: undefined });
		unavailable = 'the manifests are wrong';
		expect((await ask('STATUS')).body).toMatchObject({ code: 50, msg: 'the manifests are wrong' });
	});
});

describe('an error', () => {
	test.each([
		['CNI_CONTAINERID', { containerID: '' }],
		['CNI_NETNS', { netns: '' }],
		['CNI_IFNAME', { ifname: '' }],
		['CNI_CONTAINERID, CNI_IFNAME', { containerID: '', ifname: '' }],
		['CNI_CONTAINERID', { containerID: '../etc' }],
		['CNI_IFNAME', { ifname: 'a/b' }],
		['CNI_IFNAME', { ifname: 'sixteen-letters-' }],
		['CNI_ARGS', { args: 'K8S_POD_NAME' }],
	])('names %s with code 4', async (variable, call) => {
		expect((await ask('ADD', { call })).body).toMatchObject({
			code: 4,
			msg: expect.stringContaining(variable) as string,
		});
		expect(agent.requests).toEqual([]);
	});

	test.each([
		[2, { bridge: 'cni0' }],
		[2, { ipam: { type: 'host-local' } }],
		[7, { name: 'a/b' }],
		[7, { network: 'A b' }],
		[7, { network: 1 }],
		[7, { runtimeConfig: { portMappings: [] } }],
		[7, { args: { cni: { labels: { app: 'web' } } } }],
		[7, { args: { cni: 'text' } }],
		[7, { dns: { nameservers: 'x' } }],
		[7, { prevResult: {} }],
	])('of the configuration has code %i: %j', async (code, config) => {
		expect(await codeOf('ADD', { config })).toBe(code);
		expect(agent.requests).toEqual([]);
	});

	test('leaves fields alone that the specification keeps for itself', async () => {
		expect((await ask('ADD', { config: { 'cni.dev/new': 1 } })).ok).toBe(true);
	});

	test.each([
		['ERR_POOL_EXHAUSTED', 11],
		['ERR_CLOSED', 11],
		['ERR_UNKNOWN_NETWORK', 7],
		['ERR_NETNS', 4],
		['ERR_STORE_FULL', 5],
		['ERR_MAP_FULL', 100],
	] as const)('%s is told by code %#', async (own, code) => {
		agent.failNext(new HeddleError(own as ErrorCode, 'why'));
		expect((await ask('ADD')).body).toMatchObject({ code, details: own, cniVersion: '1.1.0' });
	});

	test.each([
		[null],
		[{}],
		[{ command: 'ADD' }],
		[{ command: 'ADD', config: [] }],
		['text'],
		[{ command: 1, config: {} }],
	])('of a call that is none has CNI’s form: %j', async (body) => {
		const answer = await answerCni({ agent, unavailable: () => undefined }, body);
		expect(answer).toMatchObject({ ok: false, body: { cniVersion: '1.1.0', code: expect.any(Number) as number } });
	});
});
