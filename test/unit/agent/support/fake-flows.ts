import * as abi from '../../../../lib/abi/generated.js';
import type { Flow } from '../../../../lib/flows/flow.js';
import type { EventListener, Told } from '../../../../lib/flows/hub.js';
import { openFlowStream, type FlowOptions, type FlowStream } from '../../../../lib/flows/stream.js';

/** The datapath's flows without a kernel: events come when they are told to. */
export interface FakeFlows {
	readonly flows: (options?: FlowOptions) => FlowStream;
	/** Streams that are open. */
	readonly listeners: ReadonlySet<EventListener>;
	/** UDP, to port `port`. */
	emit(...ports: number[]): void;
	/** From a proxy. */
	tell(flow: Flow): void;
	/** Events that the kernel could not tell. */
	lose(count: bigint): void;
	lost(): bigint;
}

export function createFakeFlows(bufferSize: number): FakeFlows {
	const listeners = new Set<EventListener>();
	const history: Told[] = [];
	let lost = 0n;
	const source = {
		hub: {
			subscribe(listener: EventListener) {
				listeners.add(listener);
				return { awake: () => undefined, close: () => void listeners.delete(listener) };
			},
			recent: (count: number) => history.slice(-count),
			drain: () => undefined,
			tell: (flows: Iterable<Flow>) => [...flows].forEach(tell),
			isHeard: () => true,
			close: () => undefined,
		},
		names: {
			endpoint: () => undefined,
			identity: () => undefined,
			network: () => 'default',
			rule: () => undefined,
		},
		recordSize: abi.eventCodec.size,
		clockOffsetNs: 0n,
		decode: (record: Uint8Array) => abi.eventCodec.decode(record),
		kernelLost: () => lost,
	};
	function tell(flow: Flow): void {
		history.push(flow);
		listeners.forEach((listener) => listener.event(flow));
		listeners.forEach((listener) => listener.batch());
	}
	return {
		tell,
		listeners,
		flows: (options = {}) => openFlowStream(source, { bufferSize, ...options }),
		emit(...ports) {
			for (const port of ports) {
				const record = abi.eventCodec.encode({ ...EVENT, destinationPort: port });
				history.push(record);
				listeners.forEach((listener) => listener.event(record));
			}
			listeners.forEach((listener) => listener.batch());
		},
		lost: () => lost,
		lose: (count) => void (lost += count),
	};
}

const EVENT: abi.Event = {
	timeNs: 1_767_323_045_000_000_000n,
	type: abi.EventType.Verdict,
	reason: 0,
	direction: 0,
	protocol: 17,
	network: 1,
	family: 4,
	tcpFlags: 0,
	sourceIdentity: 256,
	destinationIdentity: 257,
	sourceEndpoint: 0,
	destinationEndpoint: 0,
	sourcePort: 5000,
	destinationPort: 53,
	sourceAddress: Uint8Array.from([10, 0, 0, 1, ...new Uint8Array(12)]),
	destinationAddress: Uint8Array.from([10, 0, 0, 2, ...new Uint8Array(12)]),
	egressCookie: 0,
	ingressCookie: 0,
	egressVerdict: abi.Verdict.NotEnforced,
	ingressVerdict: abi.Verdict.NotEnforced,
	endCause: 0,
	flags: 0,
	length: 60,
	packets: [0n, 0n],
	bytes: [0n, 0n],
	startedNs: 0n,
	weights: [1, 1],
	points: abi.TracePoint.To,
};
