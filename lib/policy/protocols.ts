/** IANA protocol numbers, as rows carry them; the names are those of Cilium's documents. */
export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;
export const SCTP = 132;

export type ProtocolName = 'any' | 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmpv6';

const NUMBERS: Readonly<Record<string, number | 'any'>> = {
	any: 'any',
	tcp: TCP,
	udp: UDP,
	sctp: SCTP,
	icmp: ICMP,
	icmpv6: ICMPV6,
};

/** What `any` means once a port is named. */
export const PORT_PROTOCOLS: readonly number[] = [TCP, UDP, SCTP];

/** A number, or a name in any letter case; undefined for anything else. */
export function parseProtocol(text: string | number): number | 'any' | undefined {
	if (typeof text === 'number') {
		return isProtocolNumber(text) ? text : undefined;
	}
	const name = text.toLowerCase();
	return Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
}

export function protocolName(protocol: number | 'any'): string {
	if (protocol === 'any') {
		return 'any';
	}
	return Object.keys(NUMBERS).find((name) => NUMBERS[name] === protocol) ?? String(protocol);
}

export function isProtocolNumber(value: number): boolean {
	return Number.isInteger(value) && value >= 0 && value <= 255;
}

/** ICMP's type and code stand where others have a port. */
export function hasPorts(protocol: number): boolean {
	return protocol === TCP || protocol === UDP || protocol === SCTP || protocol === ICMP || protocol === ICMPV6;
}
