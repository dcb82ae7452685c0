import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { credentials, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { serveHubble } from '../../../lib/hubble/server.js';
import type { HubbleTls } from '../../../lib/hubble/options.js';
import { connectTo, withFolder } from './client.js';
import { end, fakeSource, flow } from './fake-source.js';
import { flows, serving } from './serving.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

describe('the node', () => {
	it(
		'tells its state, and its version first of all',
		serving(flows(5), async ({ client, address }) => {
			const told = await client.one('observer.Observer/ServerStatus');
			expect(told).toMatchObject({ num_flows: 5, max_flows: 4095, seen_flows: 5, version: `heddle v${version}` });
			expect(told.flows_rate).toBeGreaterThan(0);
			const { nodes } = await client.one('observer.Observer/GetNodes');
			expect(nodes).toEqual([
				expect.objectContaining({ name: 'node-1', address, state: 'NODE_CONNECTED', tls: {}, seen_flows: 5 }),
			]);
			const { call } = client.open('observer.Observer/GetFlows', { follow: true });
			const metadata = await new Promise<{ get(key: string): unknown[] }>((resolve) => call.once('metadata', resolve));
			expect(metadata.get('hubble-server-version')).toEqual([version]);
			call.cancel();
		}),
	);

	it(
		'tells the namespaces of its flows, of other clusters by their label',
		serving(
			[
				flow(0, { source: end({ namespace: 'b' }), destination: end({ namespace: undefined, labels: [] }) }),
				flow(1, {
					source: end({
						endpointId: undefined,
						namespace: undefined,
						labels: ['k8s:io.cilium.k8s.policy.cluster=east', 'k8s:io.kubernetes.pod.namespace=a'],
					}),
				}),
			],
			async ({ client }) => {
				expect((await client.one('observer.Observer/GetNamespaces')).namespaces).toEqual([
					{ cluster: 'east', namespace: 'a' },
					{ cluster: 'west', namespace: 'b' },
					{ cluster: 'west', namespace: 'shop' },
				]);
			},
			{ clusterName: 'west' },
		),
	);

	it(
		'is its own only peer',
		serving(
			[],
			async ({ client }) => {
				const stream = client.open('peer.Peer/Notify');
				expect(await stream.count(1)).toEqual(
					[{ name: 'west/node-1', address: '192.0.2.1:4244', type: 'PEER_ADDED', tls: undefined }].map(
						({ tls: _, ...rest }) => rest,
					),
				);
				stream.call.cancel();
				expect((await stream.ended)?.code).toBe(status.CANCELLED);
			},
			{ clusterName: 'west', peerAddress: '192.0.2.1:4244' },
		),
	);

	it(
		'has no debug events: who follows waits',
		serving([], async ({ client }) => {
			for (const method of ['observer.Observer/GetDebugEvents']) {
				expect(await client.all(method, { number: 5 })).toEqual([]);
				const stream = client.open(method, { follow: true });
				await new Promise((resolve) => stream.call.once('metadata', resolve));
				stream.call.cancel();
				expect(await stream.ended).toMatchObject({ code: status.CANCELLED });
				expect(stream.answers).toEqual([]);
			}
		}),
	);

	it(
		'is healthy while flows come',
		serving([], async ({ client, source }) => {
			const check = (service: string) => client.one('grpc.health.v1.Health/Check', { service });
			expect(await check('hubble.server.Observer')).toEqual({ status: 'SERVING' });
			await expect(check('other')).rejects.toMatchObject({ code: status.NOT_FOUND });
			const watch = client.open('grpc.health.v1.Health/Watch');
			await watch.count(1);
			source.end();
			expect(await watch.count(2)).toEqual([{ status: 'SERVING' }, { status: 'NOT_SERVING' }]);
			expect(await check('')).toEqual({ status: 'NOT_SERVING' });
			watch.call.cancel();
		}),
	);
});

describe('a server listens', () => {
	it('at a socket of its owner’s alone, in place of one left behind, not of one in use', () =>
		withFolder(async (folder) => {
			const options = { listen: `unix://${folder}/new/hubble.sock`, nodeName: 'node-1' };
			const path = `${folder}/new/hubble.sock`;
			const server = await serveHubble(fakeSource(), options);
			expect(statSync(path).mode & 0o777).toBe(0o600);
			await expect(serveHubble(fakeSource(), options)).rejects.toMatchObject({ code: 'ERR_SOCKET_IN_USE' });
			await server.close();
			expect(existsSync(path)).toBe(false);
		}));

	it('at several addresses, or nowhere', async () => {
		const source = fakeSource(flows(1));
		const server = await serveHubble(source, { listen: ['127.0.0.1:0', '[::1]:0'], nodeName: 'node-1' });
		const taken = server.addresses[0]!;
		expect(server.addresses).toEqual([
			expect.stringMatching(/^127\.0\.0\.1:[1-9]/),
			expect.stringMatching(/^\[::1\]:[1-9]/),
		]);
		for (const address of server.addresses) {
			const client = connectTo(address);
			expect(await client.all('observer.Observer/GetFlows')).toHaveLength(1);
			client.close();
		}
		const second = fakeSource();
		const refused = serveHubble(second, { listen: ['127.0.0.1:0', taken], nodeName: 'node-1' });
		await expect(refused).rejects.toMatchObject({ code: 'ERR_SOCKET', field: 'listen', found: taken });
		expect(second.closed).toBe(true);
		await server.close();
	});

	it.each([
		[{ listen: '' }, 'listen'],
		[{ listen: [] }, 'listen'],
		[{ listen: 'unix://relative' }, 'listen'],
		[{ listen: '127.0.0.1:70000' }, 'listen'],
		[{ nodeName: '' }, 'nodeName'],
		[{ nodeName: 'a/b' }, 'nodeName'],
		[{ maxFlows: 0 }, 'maxFlows'],
		[{ clientQueue: 1.5 }, 'clientQueue'],
		[{ maxClients: 1e6 }, 'maxClients'],
		[{ tls: { cert: 'x', key: 'y' } }, 'tls.cert'],
	])('%j is refused by name', async (wrong, field) => {
		const source = fakeSource();
		const options = { listen: '127.0.0.1:0', nodeName: 'node-1', ...wrong };
		await expect(serveHubble(source, options)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT', field });
	});
});

describe('with TLS', () => {
	const NAME = 'node-1-rack.default.hubble-grpc.cilium.io';

	function makeCertificates(folder: string) {
		const openssl = (...options: string[]) => execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
		const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
		openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca');
		const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', `subjectAltName=DNS:${NAME}`];
		openssl('req', '-x509', ...key, ...signed, '-keyout', 'node.key', '-out', 'node.pem', '-subj', '/CN=node');
		const [ca, nodeKey, cert] = ['ca.pem', 'node.key', 'node.pem'].map((name) => readFileSync(`${folder}/${name}`));
		return { ca: ca!, key: nodeKey!, cert: cert! };
	}

	const serveTls = async (tls: HubbleTls, use: (address: string) => Promise<void>) => {
		const server = await serveHubble(fakeSource(flows(2)), { listen: '127.0.0.1:0', nodeName: 'node-1.rack', tls });
		try {
			await use(server.addresses[0]!);
		} finally {
			await server.close();
		}
	};

	const ask = async (address: string, channel: ReturnType<typeof credentials.createSsl>) => {
		const options = { 'grpc.ssl_target_name_override': NAME, 'grpc.use_local_subchannel_pool': 1 };
		const client = connectTo(address, channel, options);
		try {
			return await client.all('observer.Observer/GetFlows');
		} finally {
			client.close();
		}
	};

	it('clients see the certificate, and peers its name; without TLS nobody is answered', () =>
		withFolder(async (folder) => {
			const { ca, key, cert } = makeCertificates(folder);
			await serveTls({ cert, key: key.toString() }, async (address) => {
				expect(await ask(address, credentials.createSsl(ca))).toHaveLength(2);
				await expect(ask(address, credentials.createInsecure())).rejects.toMatchObject({ code: status.UNAVAILABLE });
				const client = connectTo(address, credentials.createSsl(ca), { 'grpc.ssl_target_name_override': NAME });
				const { nodes } = await client.one('observer.Observer/GetNodes');
				expect(nodes[0].tls).toEqual({ enabled: true, server_name: NAME });
				const peers = client.open('peer.Peer/Notify');
				expect((await peers.count(1))[0].tls).toEqual({ server_name: NAME });
				client.close();
			});
		}));

	it('and an authority, only clients that it signed are answered', () =>
		withFolder(async (folder) => {
			const { ca, key, cert } = makeCertificates(folder);
			await serveTls({ cert, key, ca }, async (address) => {
				expect(await ask(address, credentials.createSsl(ca, key, cert))).toHaveLength(2);
				await expect(ask(address, credentials.createSsl(ca))).rejects.toMatchObject({ code: status.UNAVAILABLE });
			});
		}));
});
