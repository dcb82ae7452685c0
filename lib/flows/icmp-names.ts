const ICMP4_NAMES: Readonly<Record<number, string>> = {
	0: 'EchoReply',
	3: 'DestinationUnreachable',
	5: 'Redirect',
	8: 'EchoRequest',
	11: 'TimeExceeded',
	12: 'ParameterProblem',
};

const ICMP6_NAMES: Readonly<Record<number, string>> = {
	1: 'DestinationUnreachable',
	2: 'PacketTooBig',
	3: 'TimeExceeded',
	4: 'ParameterProblem',
	128: 'EchoRequest',
	129: 'EchoReply',
	133: 'RouterSolicitation',
	134: 'RouterAdvertisement',
	135: 'NeighborSolicitation',
	136: 'NeighborAdvertisement',
	143: 'MulticastListenerReport',
};

/** `EchoRequest`, else `type 13 code 0` */
export function icmpName(version: 4 | 6, { type, code }: { readonly type: number; readonly code: number }): string {
	const names = version === 6 ? ICMP6_NAMES : ICMP4_NAMES;
	return names[type] ?? `type ${type} code ${code}`;
}
