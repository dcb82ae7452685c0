import { listOf, object, optional, refine, required, type Check } from './check.js';
import type { CiliumIcmpField, CiliumIcmpRule } from './cilium-rule.js';
import { oneOf } from './scalars.js';

/** Cilium's limit. */
const MAX_FIELDS = 40;

/** As IANA and Cilium name them. */
const IPV4: Readonly<Record<string, number>> = {
	EchoReply: 0,
	DestinationUnreachable: 3,
	Redirect: 5,
	Echo: 8,
	EchoRequest: 8,
	RouterAdvertisement: 9,
	RouterSelection: 10,
	TimeExceeded: 11,
	ParameterProblem: 12,
	Timestamp: 13,
	TimestampReply: 14,
	Photuris: 40,
	ExtendedEchoRequest: 42,
	ExtendedEchoReply: 43,
};

const IPV6: Readonly<Record<string, number>> = {
	DestinationUnreachable: 1,
	PacketTooBig: 2,
	TimeExceeded: 3,
	ParameterProblem: 4,
	EchoRequest: 128,
	EchoReply: 129,
	MulticastListenerQuery: 130,
	MulticastListenerReport: 131,
	MulticastListenerDone: 132,
	RouterSolicitation: 133,
	RouterAdvertisement: 134,
	NeighborSolicitation: 135,
	NeighborAdvertisement: 136,
	RedirectMessage: 137,
	RouterRenumbering: 138,
	ICMPNodeInformationQuery: 139,
	ICMPNodeInformationResponse: 140,
	InverseNeighborDiscoverySolicitation: 141,
	InverseNeighborDiscoveryAdvertisement: 142,
	HomeAgentAddressDiscoveryRequest: 144,
	HomeAgentAddressDiscoveryReply: 145,
	MobilePrefixSolicitation: 146,
	MobilePrefixAdvertisement: 147,
	DuplicateAddressRequestCodeSuffix: 157,
	DuplicateAddressConfirmationCodeSuffix: 158,
	ExtendedEchoRequest: 160,
	ExtendedEchoReply: 161,
};

const type: Check<number | string> = (value, { path, report }) => {
	const found = typeof value === 'string' && /^(0|[1-9]\d{0,2})$/.test(value) ? Number(value) : value;
	const number = typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= 255;
	return number || typeof found === 'string' ? found : report.wrong(path, value, 'a number from 0 to 255, or a name');
};

const field: Check<CiliumIcmpField> = refine(
	object({ family: optional(oneOf('IPv4', 'IPv6')), type: required(type) }),
	({ family = 'IPv4', type: found }, { path, report }) => {
		const names = family === 'IPv4' ? IPV4 : IPV6;
		if (typeof found === 'number') {
			return { family, type: found };
		}
		return Object.hasOwn(names, found)
			? { family, type: names[found]! }
			: report.wrong([...path, 'type'], found, `0 to 255 or a name of ${family}: ${Object.keys(names).join(', ')}`);
	},
);

export const icmpRule: Check<CiliumIcmpRule> = refine(
	object({ fields: optional(listOf(field, 0, MAX_FIELDS)) }),
	({ fields = [] }) => ({ fields }),
);
