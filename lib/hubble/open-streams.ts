import type { Streaming } from './service.js';

/** Streams that stay open though nothing is sent, until the client leaves or the server closes. */
export interface OpenStreams {
	keep(call: Streaming): void;
	close(): void;
}

export function createOpenStreams(): OpenStreams {
	const calls = new Set<Streaming>();
	return {
		keep(call) {
			calls.add(call);
			for (const event of ['cancelled', 'close', 'error']) {
				call.on(event, () => calls.delete(call));
			}
		},
		close() {
			for (const call of calls) {
				call.end();
			}
			calls.clear();
		},
	};
}
