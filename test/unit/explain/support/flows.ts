import { podIdentityLabels } from '../../../../lib/labels/pod-labels.js';

export interface SimplePod {
	readonly namespace?: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly network?: string;
}

export function endOfPod({ namespace = 'default', labels, network = 'default' }: SimplePod) {
	return { labels: podIdentityLabels({ namespace, labels, network }).toStrings() };
}

export function endOfWorld(address: string) {
	return { labels: [`reserved:world-ipv${address.includes(':') ? 6 : 4}`] };
}

/** As heddle tells a packet that was handed over; `more` over it. */
export function flow(source: object, destination: object, l4: object, more: object = {}): object {
	return {
		verdict: 'FORWARDED',
		eventType: 'to-endpoint',
		trafficDirection: 'INGRESS',
		isReply: false,
		source,
		destination,
		l4,
		...more,
	};
}

export function tcp(destinationPort: number) {
	return { protocol: 'TCP', sourcePort: 40_000, destinationPort };
}

export function udp(destinationPort: number) {
	return { protocol: 'UDP', sourcePort: 40_000, destinationPort };
}

export function icmp(type: number, protocol = 'ICMPv4') {
	return { protocol, icmp: { type, code: 0 } };
}
