import { expect, it } from 'vitest';

import * as abi from '../../../lib/abi/generated.js';
import { openFlowStream } from '../../../lib/flows/stream.js';
import type { FlowSource } from '../../../lib/flows/stream.js';
import type { EventListener } from '../../../lib/flows/hub.js';

/** A hub whose ring holds one event more each time it is looked into, as on a busy node. */
function busySource() {
	const history: number[] = [];
	const listeners = new Set<EventListener>();
	let next = 0;
	const record = (time: number) => Uint8Array.of(time);
	const drain = () => {
		history.push(next);
		listeners.forEach((listener) => listener.event(record(next)));
		next++;
	};
	const source: FlowSource = {
		hub: {
			subscribe(listener) {
				drain();
				listeners.add(listener);
				return { awake: () => {}, close: () => void listeners.delete(listener) };
			},
			recent: (count) => history.slice(-count).map(record),
			drain,
			tell: () => {},
			isHeard: () => true,
			close: () => listeners.forEach((listener) => listener.end()),
		},
		names: { endpoint: () => undefined, identity: () => undefined, network: String, rule: () => undefined },
		recordSize: 1,
		clockOffsetNs: 0n,
		decode: ([time]) =>
			({
				timeNs: BigInt(time!),
				type: abi.EventType.Verdict,
				family: 0,
				flags: 0,
				egressVerdict: abi.Verdict.NotEnforced,
				ingressVerdict: abi.Verdict.NotEnforced,
				weights: [1, 1] as const,
				points: abi.TracePoint.To,
			}) as abi.Event,
		kernelLost: () => 0n,
	};
	return { source, drain };
}

it('a stream that begins with the past goes on where that ends: nothing missing, nothing twice', async () => {
	const { source, drain } = busySource();
	[1, 2, 3].forEach(drain);
	const stream = openFlowStream(source, { last: 100 });
	[1, 2].forEach(drain);
	const times: number[] = [];
	while (times.length < 6) {
		times.push(Number((await stream.next()).value.timeNs));
	}
	await stream.close();
	expect(times).toEqual([0, 1, 2, 3, 4, 5]);
});

it('a stream of the past alone has what lies in the ring', async () => {
	const { source, drain } = busySource();
	[1, 2].forEach(drain);
	const times: number[] = [];
	for await (const flow of openFlowStream(source, { last: 100, follow: false })) {
		times.push(Number(flow.timeNs));
	}
	expect(times).toEqual([0, 1, 2]);
});
