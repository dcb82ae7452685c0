import type { Agent } from '../../../../lib/agent/agent.js';
import { HeddleError } from '../../../../lib/errors.js';
import { documentName, type HeddleDocument } from '../../../../lib/documents/document.js';
import { readDocuments, type DocumentInput } from '../../../../lib/documents/parse.js';
import { throwIssues } from '../../../../lib/documents/issue.js';
import { nameRequests, networkRequestsOf } from '../../../../lib/pods/network-requests.js';
import type { Attachment } from '../../../../lib/pods/attachment.js';
import type { PodRequest } from '../../../../lib/pods/pod-request.js';

/** An agent in memory: it keeps what it is told, and touches nothing. */
export interface FakeAgent extends Agent {
	readonly requests: PodRequest[];
	/** The next call of a verb that changes something fails so. */
	failNext(error: Error): void;
	/** Numbers of documents of each `apply`. */
	readonly applies: number[];
}

export function createFakeAgent(): FakeAgent {
	const pods = new Map<string, readonly Attachment[]>();
	const documents = new Map<string, HeddleDocument>();
	const requests: PodRequest[] = [];
	const applies: number[] = [];
	let failure: Error | undefined;

	function fail(): void {
		const error = failure;
		failure = undefined;
		if (error !== undefined) {
			throw error;
		}
	}

	const agent: Partial<FakeAgent> = {
		requests,
		applies,
		failNext: (error) => void (failure = error),
		datapath: { endpoints: new Map(), networks: [{ name: 'default' }] } as never,
		pods: { [Symbol.iterator]: () => pods.keys() },
		documents: { [Symbol.iterator]: () => documents.values() },
		attachments: (id) => pods.get(id) ?? [],
		async apply(...inputs) {
			fail();
			const read = readDocuments(inputs.filter((one): one is DocumentInput => !isRead(one)));
			throwIssues(read.issues);
			const all = [...inputs.filter(isRead), ...read.documents];
			applies.push(all.length);
			all.forEach((document) => documents.set(documentName(document), document));
			return { warnings: read.warnings };
		},
		async delete(ref) {
			fail();
			const {
				kind,
				namespace = 'default',
				name,
			} = ref as { kind: HeddleDocument['kind']; namespace?: string; name: string };
			return documents.delete(documentName({ kind, metadata: { name, namespace } }));
		},
		async attachPod(request) {
			fail();
			requests.push(request);
			const made = attach(request);
			pods.set(made[0]!.id, made);
			return made;
		},
		async detachPod(id) {
			fail();
			return pods.delete(id);
		},
		async detachPods(ids) {
			fail();
			return [...ids].filter((id) => pods.delete(id)).length;
		},
		checkPod(id) {
			fail();
			if (!pods.has(id)) {
				throw new HeddleError('ERR_NOT_FOUND', `pod: found none of id '${id}', expected one that is attached`);
			}
		},
		async collect(keep) {
			const kept = new Set(keep);
			const gone = [...pods.keys()].filter((id) => !kept.has(id));
			gone.forEach((id) => pods.delete(id));
			return gone;
		},
	};
	return agent as FakeAgent;
}

function isRead(input: unknown): input is HeddleDocument {
	return typeof input === 'object' && input !== null && 'source' in input;
}

function attach({ id, netns, pod, networks }: PodRequest): readonly Attachment[] {
	const named = networks === undefined ? networkRequestsOf(pod) : nameRequests(networks);
	return named.map((request, i) => ({
		id: id ?? `${pod.namespace}/${pod.name}`,
		pod: { namespace: pod.namespace, name: pod.name },
		network: request.network,
		primary: request.primary,
		netns,
		interface: request.interface,
		hostInterface: `hdl00000000000${i}`,
		mac: request.mac ?? `02:00:00:00:00:0${i}`,
		hostMac: `02:00:00:00:01:0${i}`,
		mtu: 1500,
		ipv4: request.ips?.[0] ?? `10.10.0.${i + 1}`,
		ipv6: `fd00:10::${i + 1}`,
		routes:
			i === 0 && request.defaultRoute === undefined
				? [
						{ destination: '0.0.0.0/0', gateway: '169.254.1.1' },
						{ destination: '::/0', gateway: 'fe80::1' },
					]
				: [],
		endpoint: (i + 1) as never,
		identity: { id: 256 + i, labels: {} } as never,
	}));
}
