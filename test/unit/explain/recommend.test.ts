import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { recommend } from '../../../lib/explain/recommend.js';
import { endOfPod, endOfWorld, flow, icmp, tcp, udp } from './support/flows.js';

const CLIENT = endOfPod({ labels: { app: 'client', 'pod-template-hash': '5d4f' } });
const WEB = endOfPod({ labels: { app: 'web' } });
const FAR = endOfPod({ namespace: 'far', labels: { app: 'db' } });

/** Specs by name of their policy. */
function specs(flows: readonly object[], options = {}) {
	const { documents, coverage } = recommend(flows, options);
	expect(coverage).toMatchObject({ missing: [] });
	return Object.fromEntries(documents.map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, spec]));
}

describe('of what was seen, a workload gets a policy that', () => {
	test('allows it on both sides, and isolates the directions of which nothing was seen', () => {
		const port = { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] };
		expect(specs([flow(CLIENT, WEB, tcp(80))])).toEqual({
			'default/client': {
				endpointSelector: { matchLabels: { app: 'client' } },
				ingress: [{}],
				egress: [{ toEndpoints: [{ matchLabels: { app: 'web' } }], ...port }],
			},
			'default/web': {
				endpointSelector: { matchLabels: { app: 'web' } },
				ingress: [{ fromEndpoints: [{ matchLabels: { app: 'client' } }], ...port }],
				egress: [{}],
			},
		});
	});

	test('names the namespace of peers of another', () => {
		expect(specs([flow(WEB, FAR, tcp(5432))])).toMatchObject({
			'default/web': {
				egress: [{ toEndpoints: [{ matchLabels: { app: 'db', 'k8s:io.kubernetes.pod.namespace': 'far' } }] }],
			},
			'far/db': {
				ingress: [{ fromEndpoints: [{ matchLabels: { app: 'web', 'k8s:io.kubernetes.pod.namespace': 'default' } }] }],
			},
		});
	});

	test('knows the host and the like as entities, and the world by address', () => {
		const seen = [
			flow({ labels: ['reserved:host'] }, WEB, tcp(80)),
			flow({ labels: ['reserved:kube-apiserver', 'reserved:remote-node'] }, WEB, tcp(80)),
			flow(WEB, endOfWorld('1.1.1.1'), udp(53), { ip: { source: '10.0.0.1', destination: '1.1.1.1' } }),
			flow(WEB, endOfWorld('fd00::1'), udp(53), { ip: { source: 'fd01::1', destination: 'fd00::1' } }),
		];
		expect(specs(seen)).toMatchObject({
			'default/web': {
				ingress: [{ fromEntities: ['host', 'kube-apiserver'] }],
				egress: [{ toCIDR: ['1.1.1.1/32', 'fd00::1/128'], toPorts: [{ ports: [{ port: '53', protocol: 'UDP' }] }] }],
			},
		});
	});

	test('allows ICMP by its type', () => {
		expect(specs([flow(CLIENT, WEB, icmp(8)), flow(CLIENT, WEB, icmp(128, 'ICMPv6'))])).toMatchObject({
			'default/web': {
				ingress: [
					{
						icmps: [
							{
								fields: [
									{ family: 'IPv4', type: 8 },
									{ family: 'IPv6', type: 128 },
								],
							},
						],
					},
				],
			},
		});
	});

	test('has as many entries of ports as there may be ports in one', () => {
		const seen = Array.from({ length: 100 }, (_, i) => flow(CLIENT, WEB, tcp(1000 + i)));
		const { ingress } = specs(seen)['default/web'] as { ingress: [{ toPorts: { ports: object[] }[] }] };
		expect(ingress[0].toPorts.map(({ ports }) => ports.length)).toEqual([40, 40, 20]);
	});

	test('selects no workload that has more labels', () => {
		const canary = endOfPod({ labels: { app: 'web', track: 'canary' } });
		expect(specs([flow(CLIENT, WEB, tcp(80)), flow(CLIENT, canary, tcp(81))])).toMatchObject({
			'default/web': {
				endpointSelector: {
					matchLabels: { app: 'web' },
					matchExpressions: [{ key: 'track', operator: 'DoesNotExist' }],
				},
			},
			'default/web-2': { endpointSelector: { matchLabels: { app: 'web', track: 'canary' } } },
		});
	});

	test('is of one network where its pods are on several', () => {
		const blue = (app: string) => endOfPod({ labels: { app }, network: 'blue' });
		const cni = 'cni:com.isovalent.v1alpha1.network.attachment';
		expect(specs([flow(blue('a'), blue('b'), tcp(80))])).toMatchObject({
			'default/b-blue': { endpointSelector: { matchLabels: { app: 'b', [cni]: 'blue' } } },
		});
	});
});

describe('no evidence is', () => {
	const none = { coverage: { flows: 0 }, documents: [] };

	test('an answer, unless it is asked for: then it stands for the connection that it answers', () => {
		const reply = flow(WEB, CLIENT, { protocol: 'TCP', sourcePort: 80, destinationPort: 40_000 }, { isReply: true });
		expect(recommend([reply])).toMatchObject(none);
		expect(specs([reply], { replies: true })).toEqual(specs([flow(CLIENT, WEB, tcp(80))]));
		const echo = flow(WEB, CLIENT, icmp(0), { isReply: true });
		expect(specs([echo], { replies: true })).toEqual(specs([flow(CLIENT, WEB, icmp(8))]));
	});

	test('a drop, unless it is asked for; nor that the packet left its sender before', () => {
		const left = flow(CLIENT, WEB, tcp(80), { eventType: 'from-endpoint', trafficDirection: 'EGRESS' });
		const dropped = flow(CLIENT, WEB, tcp(80), { verdict: 'DROPPED', eventType: 'drop' });
		expect(recommend([left, dropped])).toMatchObject(none);
		expect(recommend([left, dropped], { drops: true }).coverage).toMatchObject({ flows: 2, covered: 2 });
		expect(recommend([left, dropped, flow(CLIENT, WEB, tcp(80))]).coverage).toMatchObject({ flows: 2, covered: 2 });
	});

	test('what is no flow, or has no pod; the reason is told', () => {
		const { ignored, documents } = recommend([
			{},
			{ lost_events: { num_events_lost: 3 } },
			flow(CLIENT, WEB, {}),
			flow(endOfWorld('1.1.1.1'), { labels: ['reserved:host'] }, tcp(80), { ip: { source: '1.1.1.1' } }),
			flow({ labels: ['k8s:app=x'] }, WEB, tcp(80)),
		]);
		expect(documents).toEqual([]);
		expect(ignored.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
		expect(ignored[4]!.reason).toContain('io.kubernetes.pod.namespace');
	});
});

describe('nothing wider than what was seen comes of', () => {
	test.each([0, 65_536, -1, 1.5, '80', undefined])('a flow to port %j', (destinationPort) => {
		const { documents, ignored } = recommend([flow(CLIENT, WEB, { protocol: 'TCP', destinationPort })]);
		expect({ documents, ignored }).toEqual({
			documents: [],
			ignored: [{ index: 0, reason: 'found no destination port' }],
		});
	});

	test('labels that no policy can name', () => {
		const odd = { labels: ['k8s:app=not a value', 'k8s:io.kubernetes.pod.namespace=default'] };
		const { documents, ignored } = recommend([flow(odd, WEB, tcp(80))]);
		expect(documents).toEqual([]);
		expect(ignored[0]!.reason).toMatch(/^source: found labels that no policy can name: /);
	});
});

describe("Hubble's flows", () => {
	const hubble = (more: object) => ({
		flow: {
			time: '2025-01-01T00:00:00Z',
			verdict: 'FORWARDED',
			IP: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 'IPv4' },
			l4: { TCP: { source_port: 40000, destination_port: 80, flags: { SYN: true } } },
			source: {
				ID: 1,
				identity: 300,
				namespace: 'default',
				labels: ['k8s:app=client', 'k8s:io.kubernetes.pod.namespace=default'],
				pod_name: 'client-0',
			},
			destination: { ID: 2, identity: 301, namespace: 'default', labels: ['k8s:app=web'], pod_name: 'web-0' },
			is_reply: false,
			traffic_direction: 'EGRESS',
			...more,
		},
		node_name: 'n1',
	});

	test('say the same as our own', () => {
		expect(specs([hubble({})])).toEqual(specs([flow(CLIENT, WEB, tcp(80))]));
		expect(specs([hubble({}).flow])).toEqual(specs([hubble({})]));
		expect(specs([hubble({ l4: { ICMPv4: { type: 8 } } })])).toEqual(specs([flow(CLIENT, WEB, icmp(8))]));
	});

	test('are answers where they say so, or by their flags where they do not', () => {
		expect(recommend([hubble({ is_reply: true })]).documents).toEqual([]);
		const syn = hubble({ is_reply: null });
		expect(recommend([syn]).documents).toHaveLength(2);
		const answer = { TCP: { destination_port: 40000, flags: { SYN: true, ACK: true } } };
		expect(recommend([hubble({ is_reply: null, l4: answer })]).documents).toEqual([]);
	});
});

test('a protocol that no rule can name is told as missing, and not let in by its neighbours', () => {
	const { coverage, documents } = recommend([flow(CLIENT, WEB, { protocol: '47' }), flow(CLIENT, WEB, tcp(80))]);
	expect(documents).toHaveLength(2);
	expect(coverage).toMatchObject({ flows: 2, covered: 1, missing: [{ protocol: 47, direction: 'egress', flows: 1 }] });
});

test('the documents and the text are the same, and read without complaint', () => {
	const { documents, yaml } = recommend([flow(CLIENT, WEB, tcp(80)), flow(WEB, FAR, tcp(5432))]);
	const plain = (all: readonly object[]) => all.map((one) => ({ ...one, source: undefined }));
	expect(plain(parseDocuments(yaml))).toEqual(plain(parseDocuments(...documents)));
	expect(documents).toHaveLength(3);
});

test('the order of the flows makes no difference', () => {
	const flows = [
		flow(CLIENT, WEB, tcp(80)),
		flow(CLIENT, WEB, tcp(8080)),
		flow(WEB, FAR, tcp(5432)),
		flow(CLIENT, WEB, icmp(8)),
	];
	expect(recommend(flows.toReversed()).yaml).toBe(recommend(flows).yaml);
});
