import type {
	DatapathStats,
	EndpointId,
	Flow,
	FlowStream,
	MeasuredEndpoint,
	MetricsSource,
} from '../../../lib/index.js';
import { dropReason } from '../../../lib/flows/drop-reasons.js';

export type MutableStats = { -readonly [field in keyof DatapathStats]: DatapathStats[field] };

export interface FakeDatapath extends MetricsSource {
	readonly stats: () => DatapathStats;
	/** What `stats` answers next. */
	readonly now: MutableStats;
	readonly endpoints: Map<EndpointId, MeasuredEndpoint>;
	readonly stream: FakeStream;
	/** Resolves once every flow was taken. */
	tell(...flows: Flow[]): Promise<void>;
}

export interface FakeStream {
	lost: bigint;
	closed: boolean;
}

export const drop = (direction: 'ingress' | 'egress', reason: number, packets: bigint) => ({
	direction,
	reason: dropReason(reason),
	packets,
});

export const endpoint = (network: string, more: Partial<MeasuredEndpoint> = {}): MeasuredEndpoint => ({
	network: { id: 1 as never, name: network },
	addresses: [],
	enforced: { ingress: false, egress: false },
	audit: false,
	...more,
});

export function fakeDatapath(): FakeDatapath {
	const waiting: ((result: IteratorResult<Flow>) => void)[] = [];
	const ready: Flow[] = [];
	let drained: (() => void) | undefined;
	const stream = { lost: 0n, closed: false };
	const now: MutableStats = {
		epoch: 1,
		forwarded: { fromPods: { packets: 0n, bytes: 0n }, fromHost: { packets: 0n, bytes: 0n } },
		endpoints: new Map(),
		otherDrops: [],
		detachedDrops: [],
		events: { lost: 0n, suppressed: 0n, uncountedDrops: 0n, aggregated: 0n },
		aggregationLimit: 'none',
		flows: 0,
		maps: {},
	};

	function next(): Promise<IteratorResult<Flow>> {
		const flow = ready.shift();
		if (flow !== undefined) {
			return Promise.resolve({ value: flow, done: false });
		}
		drained?.();
		return new Promise((resolve) => waiting.push(resolve));
	}

	const flows: FlowStream = {
		get lost() {
			return stream.lost;
		},
		next,
		ready: () => Promise.resolve(ready.length > 0),
		take: () => ready.splice(0),
		async close() {
			stream.closed = true;
			waiting.splice(0).forEach((resolve) => resolve({ value: undefined, done: true }));
		},
		[Symbol.asyncDispose]: () => flows.close(),
		[Symbol.asyncIterator]: () => flows,
	};

	return {
		now,
		stream,
		stats: () => now,
		endpoints: new Map(),
		identities: [{ kind: 'reserved' }, { kind: 'labels' }, { kind: 'labels' }, { kind: 'cidr' }],
		policies: { size: 3 },
		flows: () => flows,
		tell(...told) {
			return new Promise((resolve) => {
				drained = resolve;
				ready.push(...told);
				const flow = ready.shift();
				if (flow !== undefined) {
					waiting.shift()?.({ value: flow, done: false });
				}
			});
		},
	};
}
