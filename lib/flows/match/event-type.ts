import { dropReasonNames } from '../../abi/generated.js';
import { invalidArgument } from '../../errors.js';
import type { FlowPredicate } from '../filter.js';
import type { Flow } from '../flow.js';

/** Points at which Cilium traces packets. */
const TRACE_POINTS = ['endpoint', 'proxy', 'host', 'stack', 'overlay', 'network'].flatMap((place) => [
	`to-${place}`,
	`from-${place}`,
]);
const L7_TYPES = ['request', 'response', 'sample'];

/** Hubble's event types, and the end of a conversation, which is ours. */
const TYPES: Readonly<Record<string, { readonly subtypes: readonly string[]; read(subtype?: string): FlowPredicate }>> =
	{
		trace: {
			subtypes: TRACE_POINTS,
			read: (point) => (flow) => isTrace(flow) && (point === undefined || flow.eventType === point),
		},
		drop: {
			subtypes: Object.entries(dropReasonNames).flat(),
			read: (reason) => (flow) => isDrop(flow) && (reason === undefined || hasReason(flow, reason)),
		},
		'policy-verdict': {
			subtypes: [],
			read: () => (flow) => flow.eventType === 'policy-verdict',
		},
		l7: {
			subtypes: L7_TYPES,
			read: (type) => (flow) => flow.l7 !== undefined && (type === undefined || flow.l7.type.toLowerCase() === type),
		},
		'flow-end': {
			subtypes: [],
			read: () => (flow) => flow.eventType === 'flow-end',
		},
	};

/** `drop`, `trace:to-endpoint`, `drop:POLICY_DENIED`, `drop:133`. @throws ERR_INVALID_ARGUMENT */
export function readEventType(value: string, flag: string): FlowPredicate {
	const [name = '', subtype, ...rest] = value.split(':');
	const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
	if (type === undefined) {
		throw invalidArgument(flag, value, `one of ${Object.keys(TYPES).join(', ')}`);
	}
	if (subtype !== undefined && (rest.length > 0 || !type.subtypes.includes(subtype))) {
		const names = type.subtypes.filter((one) => !/^\d/.test(one)).map((one) => `${name}:${one}`);
		throw invalidArgument(flag, value, names.length === 0 ? `'${name}' alone` : `one of ${names.join(', ')}`);
	}
	return type.read(subtype);
}

function isTrace(flow: Flow): boolean {
	return TRACE_POINTS.includes(flow.eventType);
}

function isDrop(flow: Flow): boolean {
	return flow.eventType === 'drop';
}

function hasReason({ dropReason }: Flow, wanted: string): boolean {
	return dropReason !== undefined && (dropReason.name === wanted || String(dropReason.number) === wanted);
}
