import type { Flow } from './flow.js';

/** What a proxy saw, in Hubble's fields. */
export interface FlowL7 {
	/** 'REQUEST', 'RESPONSE', 'SAMPLE' */
	readonly type?: string;
	readonly latencyNs?: bigint | number | string;
	readonly http?: {
		readonly code?: number;
		readonly method?: string;
		readonly url?: string;
		/** 'HTTP/1.1' */
		readonly protocol?: string;
	};
	readonly dns?: object;
	readonly kafka?: object;
}

/** undefined: the flow was seen below layer 7. */
export function l7Of(flow: Flow): FlowL7 | undefined {
	const { l7 } = flow as Flow & { readonly l7?: FlowL7 };
	return l7;
}
