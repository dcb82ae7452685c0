import type { FlowDns, FlowL7 } from '../../flows/l7.js';
import type { DnsMessage, L7Message } from '../messages/flow-message.js';

const TYPES: Readonly<Record<FlowL7['type'], number>> = { REQUEST: 1, RESPONSE: 2, SAMPLE: 3 };

/** A request has neither status nor answer, as in Hubble. */
export function l7Message({ type, latencyNs, http, dns }: FlowL7): L7Message {
	return {
		type: TYPES[type],
		// Nanoseconds of a hundred days are an exact number.
		latency_ns: Number(latencyNs),
		...(http === undefined ? {} : { http }),
		...(dns === undefined ? {} : { dns: dnsMessage(dns) }),
	};
}

function dnsMessage({ observationSource: observation_source, ...more }: FlowDns): DnsMessage {
	return { ...more, observation_source };
}
