import { fakeSource } from '../hubble/fake-source.js';
import type { FakeSource } from '../hubble/fake-source.js';
import { HeddleError } from '../../../lib/errors.js';
import type { PolicyQuestion } from '../../../lib/datapath/explain-policies.js';
import type { ShownEndpoint, UiSource } from '../../../lib/ui/source.js';

export interface FakeUiSource extends UiSource {
	readonly told: FakeSource;
	readonly asked: PolicyQuestion[];
}

const endpoint = (id: number, name: string): ShownEndpoint => ({
	id: id as never,
	name,
	network: { id: 2 as never, name: 'blue' },
	interface: { name: `h${id}`, index: 10 + id, pod: 'eth0' },
	addresses: [`10.0.0.${id}`],
	pod: { namespace: 'shop', name: `${name}-0` },
	identity: { id: (255 + id) as never, kind: 'labels', labels: { 'k8s:app': name } },
	enforced: { ingress: id === 2, egress: false },
	audit: false,
});

const POLICY = {
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: 'web', namespace: 'shop' },
	spec: { endpointSelector: { matchLabels: { app: 'web' } }, ingress: [{}] },
} as const;

const rule = {
	document: 'CiliumNetworkPolicy shop/web',
	path: 'spec.ingress[0]',
	file: 'policies.yaml',
	line: 9,
	action: 'allow',
	audit: false,
	tier: 'normal',
	precedence: 0,
	cookie: 7,
} as const;

const side = {
	direction: 'ingress',
	subject: 257,
	peer: 256,
	verdict: 'denied',
	enforced: true,
	default: 'deny',
	policies: [{ document: rule.document, default: 'deny' }],
	decidedBy: [],
	matching: [],
	whyNot: [{ ...rule, missing: [{ what: 'port', expected: 'TCP 80', found: 'TCP 81' }] }],
	moreWhyNot: 0,
} as const;

/** Two endpoints, one policy, and the flows that a test tells. */
export function fakeUiSource(...past: Parameters<typeof fakeSource>): FakeUiSource {
	const told = fakeSource(...past);
	const asked: PolicyQuestion[] = [];
	return {
		told,
		asked,
		flows: (options) => told.flows(options) as never,
		endpoints: new Map([endpoint(1, 'client'), endpoint(2, 'web')].map((one) => [one.id, one])),
		policies: {
			explain(question) {
				asked.push(question);
				if (question.port === 1) {
					throw new HeddleError('ERR_NOT_FOUND', 'from: found no such endpoint, expected one there is');
				}
				return {
					verdict: 'denied',
					from: { identity: 256, labels: ['k8s:app=client'] },
					to: { identity: 257, labels: ['k8s:app=web'] },
					protocol: 6,
					port: question.port ?? 0,
					ingress: side as never,
					loaded: {},
				};
			},
			*[Symbol.iterator]() {
				yield POLICY as never;
			},
		},
	};
}
