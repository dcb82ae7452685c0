/** What a type is called, and its codes where they mean something. */
interface IcmpName {
	readonly name: string;
	readonly codes?: readonly string[];
}

const ICMP4: Readonly<Record<number, IcmpName>> = {
	0: { name: 'EchoReply' },
	3: {
		name: 'DestinationUnreachable',
		codes: [
			'Net',
			'Host',
			'Protocol',
			'Port',
			'FragmentationNeeded',
			'SourceRoutingFailed',
			'NetUnknown',
			'HostUnknown',
			'SourceIsolated',
			'NetAdminProhibited',
			'HostAdminProhibited',
			'NetTOS',
			'HostTOS',
			'CommAdminProhibited',
			'HostPrecedence',
			'PrecedenceCutoff',
		],
	},
	4: { name: 'SourceQuench' },
	5: { name: 'Redirect', codes: ['Net', 'Host', 'TOS+Net', 'TOS+Host'] },
	8: { name: 'EchoRequest' },
	9: { name: 'RouterAdvertisement' },
	10: { name: 'RouterSolicitation' },
	11: { name: 'TimeExceeded', codes: ['TTLExceeded', 'FragmentReassemblyTimeExceeded'] },
	12: { name: 'ParameterProblem', codes: ['PointerIndicatesError', 'MissingOption', 'BadLength'] },
	13: { name: 'TimestampRequest' },
	14: { name: 'TimestampReply' },
};

const ICMP6: Readonly<Record<number, IcmpName>> = {
	1: {
		name: 'DestinationUnreachable',
		codes: [
			'NoRouteToDst',
			'AdminProhibited',
			'BeyondScopeOfSrc',
			'AddressUnreachable',
			'PortUnreachable',
			'SrcAddressFailedPolicy',
			'RejectRouteToDst',
		],
	},
	2: { name: 'PacketTooBig' },
	3: { name: 'TimeExceeded', codes: ['HopLimitExceeded', 'FragmentReassemblyTimeExceeded'] },
	4: { name: 'ParameterProblem', codes: ['ErroneousHeader', 'UnrecognizedNextHeader', 'UnrecognizedIPv6Option'] },
	128: { name: 'EchoRequest' },
	129: { name: 'EchoReply' },
	130: { name: 'MLDv1MulticastListenerQueryMessage' },
	131: { name: 'MLDv1MulticastListenerReportMessage' },
	132: { name: 'MLDv1MulticastListenerDoneMessage' },
	133: { name: 'RouterSolicitation' },
	134: { name: 'RouterAdvertisement' },
	135: { name: 'NeighborSolicitation' },
	136: { name: 'NeighborAdvertisement' },
	137: { name: 'Redirect' },
	143: { name: 'MLDv2MulticastListenerReportMessageV2' },
};

/** In Hubble's words: 'EchoRequest', 'DestinationUnreachable(Port)', '99(0)'. */
export function icmpText(version: 4 | 6, type: number, code: number): string {
	const known = (version === 4 ? ICMP4 : ICMP6)[type];
	if (known === undefined) {
		return `${type}(${code})`;
	}
	if (known.codes === undefined && code === 0) {
		return known.name;
	}
	return `${known.name}(${known.codes?.[code] ?? `Code: ${code}`})`;
}
