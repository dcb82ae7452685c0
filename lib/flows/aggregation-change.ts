import { aggregationOf } from '../datapath/aggregation.js';
import type { Event } from '../abi/generated.js';
import type { Aggregation } from '../datapath/types.js';

/** Less is told of each conversation while this process is late to read, and more again once it is not. */
export interface AggregationChange {
	readonly time: Date;
	/** No endpoint tells more than this level from now on; 'none': as they ask for. */
	readonly limit: Aggregation;
	readonly former: Aggregation;
	/** Events of any kind that found no room since the change before. */
	readonly lost: bigint;
}

/** Of a record that the ring's reader made. */
export function aggregationChange(event: Event, offsetNs: bigint): AggregationChange {
	return {
		time: new Date(Number((event.timeNs + offsetNs) / 1_000_000n)),
		former: aggregationOf(event.weights[0]),
		limit: aggregationOf(event.weights[1]),
		lost: event.packets[0],
	};
}
