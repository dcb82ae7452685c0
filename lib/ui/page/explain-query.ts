import type { WireEnd, WireFlow } from '../wire.js';

/** The question that a flow stands for: the first packet of its conversation. */
export function explainQuery({ source, destination, isReply, protocol, explainPort }: WireFlow): string {
	const [from, to] = isReply ? [destination, source] : [source, destination];
	const query = new URLSearchParams({ from: refOf(from), to: refOf(to) });
	query.set('protocol', protocolOf(protocol));
	query.set('port', String(explainPort ?? 0));
	return query.toString();
}

function refOf({ endpointId, address, network, identity }: WireEnd): string {
	if (endpointId !== undefined) {
		return `endpoint:${endpointId}`;
	}
	return address === undefined ? `identity:${identity}` : `address:${address}@${network}`;
}

function protocolOf(protocol = 'any'): string {
	return protocol === 'ICMPv4' ? 'icmp' : protocol.toLowerCase();
}
