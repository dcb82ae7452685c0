import { l7Type } from '../flows/l7-words.js';
import { packetWords } from '../flows/words.js';
import type { Flow, FlowEndpoint } from '../flows/flow.js';
import type { WireEnd, WireFlow } from './wire.js';

/** A flow as the page gets it. */
export function wireFlow(flow: Flow, number: number): WireFlow {
	const { verdict, eventType, network, isReply, ip, l4, l7, dropReason, policy } = flow;
	const explainPort = explainPortOf(flow);
	return {
		number,
		timeMs: flow.time.getTime(),
		verdict,
		eventType,
		direction: flow.trafficDirection,
		network,
		source: wireEnd(flow.source, ip?.source, l4?.sourcePort),
		destination: wireEnd(flow.destination, ip?.destination, l4?.destinationPort),
		isReply,
		detail: packetWords(flow),
		...(l4 === undefined ? {} : { protocol: l4.protocol }),
		...(l7 === undefined ? {} : { l7: l7Type(l7) }),
		...(dropReason === undefined ? {} : { dropReason: dropReason.text }),
		...(policy?.rule === undefined ? {} : { rule: policy.rule }),
		...(explainPort === undefined ? {} : { explainPort }),
	};
}

function wireEnd(end: FlowEndpoint, address: string | undefined, port: number | undefined): WireEnd {
	const { name, namespace, identity, endpointId, network } = end;
	const iface = end.podInterface ?? end.interface;
	return {
		name,
		identity,
		network,
		...(namespace === undefined ? {} : { namespace }),
		...(endpointId === undefined ? {} : { endpointId }),
		...(iface === undefined ? {} : { interface: iface }),
		...(address === undefined ? {} : { address }),
		...(port === undefined ? {} : { port }),
	};
}

/** A reply's connection was to the port that the reply comes from. */
function explainPortOf({ l4, isReply }: Flow): number | undefined {
	if (l4?.icmp !== undefined) {
		return (l4.icmp.type << 8) | l4.icmp.code;
	}
	return isReply ? l4?.sourcePort : l4?.destinationPort;
}
