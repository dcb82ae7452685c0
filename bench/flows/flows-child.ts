/** Events from the reader's batch to one consumer with a filter, in a process of its own; CPU time, for others may be busy. */
import { EventType, TracePoint, Verdict, eventCodec } from '../../lib/abi/generated.js';
import type { Event } from '../../lib/abi/generated.js';
import { EventView } from '../../lib/flows/event-view.js';
import type { Flow } from '../../lib/flows/flow.js';
import type { EventListener } from '../../lib/flows/hub.js';
import type { FlowNames } from '../../lib/flows/names.js';
import { openFlowStream } from '../../lib/flows/stream.js';
import type { FlowStream } from '../../lib/flows/stream.js';
import { serve } from '../support/serve.js';

export interface Delivered {
	readonly events: number;
	readonly flows: number;
	readonly lost: number;
	readonly cpuSeconds: number;
}

/** As the reader hands them over. */
const BATCH = 1024;
const ENDPOINTS = 100;
const RULE = { cookie: 7, policy: 'CiliumNetworkPolicy default/web', rule: 'spec.ingress[0]', match: 'L3-L4' } as const;

const EVENT: Event = {
	timeNs: 1n,
	type: EventType.Verdict,
	reason: 0,
	direction: 0,
	protocol: 6,
	network: 1,
	family: 4,
	tcpFlags: 2,
	sourceIdentity: 256,
	destinationIdentity: 300,
	sourceEndpoint: 1,
	destinationEndpoint: 2,
	sourcePort: 40_000,
	destinationPort: 80,
	sourceAddress: new Uint8Array(16),
	destinationAddress: new Uint8Array(16),
	egressCookie: 0,
	ingressCookie: 7,
	egressVerdict: Verdict.NotEnforced,
	ingressVerdict: Verdict.Allowed,
	endCause: 0,
	flags: 0,
	length: 74,
	packets: [0n, 0n],
	bytes: [0n, 0n],
	startedNs: 0n,
	weights: [1, 1],
	points: TracePoint.To,
};

function batchOf(count: number): Uint8Array {
	const batch = new Uint8Array(count * eventCodec.size);
	for (let i = 0; i < count; i++) {
		const [from, to] = [i % ENDPOINTS, (i * 7 + 1) % ENDPOINTS];
		const event = {
			...EVENT,
			timeNs: BigInt(i) * 1_234_567n,
			sourceIdentity: 256 + from,
			destinationIdentity: 256 + to,
			sourceEndpoint: 1 + from,
			destinationEndpoint: 1 + to,
			sourcePort: 32_768 + ((i * 31) % 28_000),
			sourceAddress: Uint8Array.of(10, 0, from >> 8, from, ...new Uint8Array(12)),
			destinationAddress: Uint8Array.of(10, 0, to >> 8, to, ...new Uint8Array(12)),
		};
		eventCodec.encode(event, batch, i * eventCodec.size);
	}
	return batch;
}

function namesOf(): FlowNames {
	const labels = Array.from({ length: ENDPOINTS + 1 }, (_, i) => [
		`k8s:app=app-${i}`,
		'k8s:io.kubernetes.pod.namespace=default',
	]);
	const endpoints = labels.map((_, i) => ({
		name: `app-${i}`,
		identity: { id: 256 + i },
		pod: { namespace: 'default', name: `app-${i}` },
		interface: { name: `hdl${i}`, pod: 'eth0' },
	}));
	const identities = labels.map((of) => ({ labels: of }));
	return {
		endpoint: (id) => endpoints[id],
		identity: (id) => identities[id - 256],
		network: () => 'default',
		rule: () => RULE,
	};
}

function openStream(): { readonly stream: FlowStream; readonly feed: (batch: Uint8Array) => void } {
	let listener: EventListener | undefined;
	const stream = openFlowStream(
		{
			hub: {
				subscribe(one) {
					listener = one;
					return { awake: () => undefined, close: () => undefined };
				},
				recent: () => [],
				tell: () => undefined,
				isHeard: () => true,
				drain: () => undefined,
				close: () => undefined,
			},
			names: namesOf(),
			recordSize: eventCodec.size,
			clockOffsetNs: 1_767_323_045_000_000_000n,
			decode: (record) => new EventView(record),
			kernelLost: () => 0n,
		},
		{ filter: { network: 'default', protocol: 'tcp' }, bufferSize: BATCH * 4 },
	);
	return {
		stream,
		feed(batch) {
			for (let at = 0; at < batch.length; at += eventCodec.size) {
				listener!.event(batch.subarray(at, at + eventCodec.size));
			}
			listener!.batch();
		},
	};
}

let sink = 0;

function touchOne(flow: Flow): void {
	sink += flow.length;
}

function touchEnd(end: Flow['source']): number {
	const { name, pod, namespace, podInterface, labels, identity, network } = end;
	return (
		name.length + pod!.length + namespace!.length + podInterface!.length + labels[0]!.length + identity + network.length
	);
}

function touchAll(flow: Flow): void {
	const { time, timeNs, verdict, eventType, trafficDirection, network, ip, l4, isReply, length, policy } = flow;
	sink += time.getTime() + Number(timeNs & 1n) + verdict.length + eventType.length + trafficDirection.length;
	sink += network.length + ip!.source.length + ip!.destination.length + l4!.protocol.length + l4!.flags!.length;
	sink += l4!.sourcePort! + l4!.destinationPort! + (isReply ? 1 : 0) + length + (policy?.rule?.policy.length ?? 0);
	sink += touchEnd(flow.source) + touchEnd(flow.destination);
}

/** Batch after batch, each read before the next comes, as fast as that goes. */
async function deliver({ everyField, seconds }: { everyField: boolean; seconds: number }): Promise<Delivered> {
	const { stream, feed } = openStream();
	const batch = batchOf(BATCH);
	const touch = everyField ? touchAll : touchOne;
	let [events, flows] = [0, 0];
	const before = process.cpuUsage();
	const spent = () => {
		const { user, system } = process.cpuUsage(before);
		return (user + system) / 1e6;
	};
	while (spent() < seconds) {
		feed(batch);
		events += BATCH;
		await stream.ready();
		const taken = stream.take();
		taken.forEach(touch);
		flows += taken.length;
	}
	const cpuSeconds = spent();
	await stream.close();
	return { events, flows, lost: Number(stream.lost), cpuSeconds: sink === 0 ? Infinity : cpuSeconds };
}

serve({ deliver }, async () => undefined);
