import type { Coding } from './coding.js';

/** What is kept of each flow as a number; the order is that of the file and only grows. */
export const COLUMNS = [
	/** Nanoseconds since the segment's base. */
	'time',
	/** Milliseconds between `time` and `timeNs`: none in flows of the datapath. */
	'skew',
	'kind',
	'source',
	'destination',
	'l4',
	'sourceIp',
	'destinationIp',
	/** Ports plus one; 0 is none. */
	'sourcePort',
	'destinationPort',
	'length',
	/** Milliseconds before `time`. */
	'started',
	'packetsLow',
	'packetsHigh',
	'bytesLow',
	'bytesHigh',
	'replyPacketsLow',
	'replyPacketsHigh',
	'replyBytesLow',
	'replyBytesHigh',
	/** Place among what proxies saw plus one; 0 is none. */
	'l7',
	/** Nanoseconds, in two columns of 32 bits. */
	'latencyLow',
	'latencyHigh',
] as const;

export type ColumnName = (typeof COLUMNS)[number];

/** A flow end's counts, each in two columns of 32 bits. */
export const COUNTS = [
	['packets', 'packetsLow', 'packetsHigh'],
	['bytes', 'bytesLow', 'bytesHigh'],
	['replyPackets', 'replyPacketsLow', 'replyPacketsHigh'],
	['replyBytes', 'replyBytesLow', 'replyBytesHigh'],
] as const satisfies readonly (readonly [string, ColumnName, ColumnName])[];

/** Lines of one event share most of what they tell; an end has mostly one address, a service mostly one port. */
export const CODINGS: Readonly<Record<ColumnName, Coding>> = {
	time: { form: 'delta' },
	skew: { form: 'signed' },
	kind: { form: 'plain' },
	source: { form: 'repeated' },
	destination: { form: 'repeated' },
	l4: { form: 'plain' },
	sourceIp: { form: 'repeated', by: 'source' },
	destinationIp: { form: 'repeated', by: 'destination' },
	sourcePort: { form: 'repeated' },
	destinationPort: { form: 'repeated', by: 'destination' },
	length: { form: 'repeated' },
	started: { form: 'signed' },
	packetsLow: { form: 'plain' },
	packetsHigh: { form: 'plain' },
	bytesLow: { form: 'plain' },
	bytesHigh: { form: 'plain' },
	replyPacketsLow: { form: 'plain' },
	replyPacketsHigh: { form: 'plain' },
	replyBytesLow: { form: 'plain' },
	replyBytesHigh: { form: 'plain' },
	l7: { form: 'plain' },
	latencyLow: { form: 'plain' },
	latencyHigh: { form: 'plain' },
};
