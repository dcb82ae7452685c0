import type { FlowEventType } from './flow.js';

/** In the order in which they are offered. */
export const FLOW_EVENT_TYPES: readonly FlowEventType[] = [
	'policy-verdict',
	'drop',
	'from-endpoint',
	'from-host',
	'from-stack',
	'from-network',
	'from-proxy',
	'to-endpoint',
	'to-host',
	'to-stack',
	'to-network',
	'to-proxy',
	'flow-end',
	'l7',
];
