import type { Flow, FlowEndpoint } from '../../../lib/flows/flow.js';
import type { HubbleSource } from '../../../lib/hubble/source.js';

export interface FakeSource extends HubbleSource {
	push(...flows: Flow[]): void;
	lose(count: number): void;
	end(): void;
	fail(error: Error): void;
	readonly closed: boolean;
}

/** A source that gives what a test pushes. */
export function fakeSource(past: readonly Flow[] = []): FakeSource {
	const flows = [...past];
	let lost = 0n;
	let over: { readonly error?: Error } | undefined;
	let closed = false;
	let wake = () => {};

	async function* read(): AsyncGenerator<Flow> {
		for (;;) {
			const flow = flows.shift();
			if (flow !== undefined) {
				yield flow;
			} else if (over?.error !== undefined) {
				throw over.error;
			} else if (over !== undefined) {
				return;
			} else {
				await new Promise<void>((resolve) => (wake = resolve));
			}
		}
	}

	return {
		get closed() {
			return closed;
		},
		push(...more) {
			flows.push(...more);
			wake();
		},
		lose: (count) => void (lost += BigInt(count)),
		end() {
			over = {};
			wake();
		},
		fail(error) {
			over = { error };
			wake();
		},
		flows: () =>
			Object.assign(Object.defineProperty(read(), 'lost', { get: () => lost }), {
				async close() {
					closed = true;
					over = {};
					wake();
				},
			}),
	};
}

export const START_NS = 1_767_323_045_678_901_234n;

export const end = (more: Partial<FlowEndpoint> = {}): FlowEndpoint => ({
	endpointId: 1,
	name: 'client',
	identity: 256,
	labels: ['k8s:app=client', 'k8s:io.kubernetes.pod.namespace=shop'],
	pod: 'client-0',
	namespace: 'shop',
	interface: 'h1',
	network: 'blue',
	...more,
});

export const web = end({
	endpointId: 2,
	name: 'web',
	identity: 257,
	labels: ['k8s:app=web', 'k8s:io.kubernetes.pod.namespace=shop'],
	pod: 'web-0',
	interface: 'h2',
});

/** The `i`th flow: a millisecond after the one before, from another port. */
export const flow = (i = 0, more: Partial<Flow> = {}): Flow => {
	const timeNs = START_NS + BigInt(i) * 1_000_000n;
	return {
		time: new Date(Number(timeNs / 1_000_000n)),
		timeNs,
		verdict: 'FORWARDED',
		eventType: 'to-endpoint',
		trafficDirection: 'INGRESS',
		network: 'blue',
		source: end(),
		destination: web,
		ip: { version: 4, source: '10.0.0.1', destination: '10.0.0.2' },
		l4: { protocol: 'TCP', sourcePort: 40_000 + (i % 20_000), destinationPort: 80, flags: ['SYN'] },
		isReply: false,
		length: 66,
		...more,
	};
};
