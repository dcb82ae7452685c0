import type { Flow, FlowEndpoint } from '../../../lib/index.js';

const end = (identity: number): FlowEndpoint => ({ name: 'pod', identity, labels: [], network: 'blue' });

/** A flow of a TCP handshake's first packet, unless told otherwise. */
export const flow = (more: Partial<Flow> = {}): Flow => ({
	time: new Date(0),
	timeNs: 0n,
	verdict: 'FORWARDED',
	eventType: 'to-endpoint',
	trafficDirection: 'INGRESS',
	network: 'blue',
	source: end(256),
	destination: end(257),
	ip: { version: 4, source: '10.0.0.1', destination: '10.0.0.2' },
	l4: { protocol: 'TCP', sourcePort: 40_000, destinationPort: 80, flags: ['SYN'] },
	isReply: false,
	length: 66,
	...more,
});

export const icmp = (version: 4 | 6, type: number, code = 0, more: Partial<Flow> = {}): Flow =>
	flow({
		ip: {
			version,
			source: version === 4 ? '10.0.0.1' : 'fd00::1',
			destination: version === 4 ? '10.0.0.2' : 'fd00::2',
		},
		l4: { protocol: `ICMPv${version}`, icmp: { type, code } },
		...more,
	});
