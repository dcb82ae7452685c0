import * as abi from '../abi/generated.js';
import { controlWord } from '../kernel/control-word.js';
import type { BpfMap } from '../native/addon.js';

/** Of which endpoints more than the least is to be told: while there are none, the kernel plans nothing. */
export interface Tracing {
	/** What an endpoint asks for from now on. Before the epoch rises. */
	note(id: number, asked: Pick<abi.Endpoint, 'aggregation' | 'sampling'>): void;
}

export function createTracing(control: BpfMap): Tracing {
	const word = controlWord(control, 'tracing');
	const asking = new Set<number>();
	return {
		note(id, { aggregation, sampling }) {
			if (aggregation !== abi.Aggregation.Maximum || sampling > 1) {
				asking.add(id);
			} else {
				asking.delete(id);
			}
			Atomics.store(word, 0, asking.size > 0 ? 1 : 0);
		},
	};
}
