import { fieldOf, isMapping, object, optional, required, type Check, type Place } from './check.js';
import type { ClusterDestination, ClusterPortRange, ClusterProtocol } from './cluster-network-policy.js';
import { exactlyOne } from './exactly-one.js';
import { oneKnown } from './cluster-unknown.js';
import { MAX_PORT, portName } from './ports.js';
import { integer } from './scalars.js';

const KNOWN = ['tcp', 'udp', 'sctp', 'destinationNamedPort'];
const TRANSPORTS = ['tcp', 'udp', 'sctp'];

const range: Check<ClusterPortRange> = object(
	{ start: required(integer(1, MAX_PORT)), end: required(integer(1, MAX_PORT)) },
	{
		across: ({ start, end }, { path, report }) => {
			if (typeof start === 'number' && typeof end === 'number' && start >= end) {
				report.wrong([...path, 'end'], end, `more than ${start}, the start`);
			}
		},
	},
);

const destination: Check<ClusterDestination> = object({
	destinationPort: required(
		object(
			{ number: optional(integer(1, MAX_PORT)), range: optional(range) },
			{ across: (value, place) => exactlyOne(value, place, 'number', 'range') },
		),
	),
});

const known: Check<ClusterProtocol> = object({
	tcp: optional(destination),
	udp: optional(destination),
	sctp: optional(destination),
	destinationNamedPort: optional(portName),
});

const protocol: Check<ClusterProtocol> = oneKnown(KNOWN, 'protocol', known);

/** What is not known within `tcp` and its like makes all of it unknown, for one cannot tell how it narrows the rule. */
export const clusterProtocol: Check<ClusterProtocol> = (value, place) => {
	const unknown = isMapping(value) ? unknownWithin(value, place) : undefined;
	return unknown ?? protocol(value, place);
};

function unknownWithin(value: Readonly<Record<string, unknown>>, { path, report }: Place): ClusterProtocol | undefined {
	for (const name of TRANSPORTS) {
		const inner = oneUnknown(fieldOf(value, name), ['destinationPort'], [name]);
		if (inner !== undefined && Object.keys(value).length === 1) {
			report.warn(
				[...path, ...inner],
				`found an option that is not known here in a protocol, so it fails closed`,
				value,
			);
			return {};
		}
	}
	return undefined;
}

function oneUnknown(value: unknown, names: readonly string[], path: readonly string[]): readonly string[] | undefined {
	if (!isMapping(value)) {
		return undefined;
	}
	const other = Object.keys(value).find((name) => !names.includes(name));
	if (other !== undefined) {
		return [...path, other];
	}
	if (names.every((name) => fieldOf(value, name) === undefined)) {
		return path;
	}
	const port = fieldOf(value, 'destinationPort');
	return port === undefined ? undefined : oneUnknown(port, ['number', 'range'], [...path, 'destinationPort']);
}
