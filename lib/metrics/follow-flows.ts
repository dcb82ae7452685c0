import type { Flow } from '../flows/flow.js';
import type { MetricsSource } from './view.js';

/** Counts what is told, from now on until it is closed or the datapath is. */
export interface FollowedFlows {
	/** Events that neither the kernel nor this process could keep for these counts. */
	readonly lost: bigint;
	/** Of the kernel, before. */
	readonly kernelLostBefore: bigint;
	close(): Promise<void>;
}

/** Events that may wait while this process does something else. */
const QUEUE = 16_384;

export function followFlows(
	source: Pick<MetricsSource, 'flows' | 'stats'>,
	count: (flow: Flow) => void,
): FollowedFlows {
	const kernelLostBefore = source.stats().events.lost;
	const stream = source.flows({ bufferSize: QUEUE });

	async function follow(): Promise<void> {
		for await (const flow of stream) {
			count(flow);
		}
	}

	const done = follow();
	return {
		get lost() {
			return stream.lost;
		},
		kernelLostBefore,
		async close() {
			await stream.close();
			await done;
		},
	};
}

/** Reads no flow; what the kernel lost is told all the same. */
export function followNothing(source: Pick<MetricsSource, 'stats'>): FollowedFlows {
	const kernelLostBefore = source.stats().events.lost;
	return {
		get lost() {
			return source.stats().events.lost - kernelLostBefore;
		},
		kernelLostBefore,
		close: async () => undefined,
	};
}
