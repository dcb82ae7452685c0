import { hasPorts, parseProtocol, protocolName } from '../policy/protocols.js';
import { integer, list, object, optional, refine, required, type Check } from './check.js';

/** Cilium's limit. */
const MAX_PORTS = 40;

export interface PortProtocol {
	/** 0: every port. */
	readonly port: number;
	/** Last port of a range; absent: one port. */
	readonly endPort?: number;
	/** IANA number; `any` is TCP, UDP and SCTP. */
	readonly protocol: number | 'any';
}

export interface PortRule {
	/** Absent or empty: no port, as in Cilium. */
	readonly ports?: readonly PortProtocol[];
}

const PROTOCOLS = 'TCP, UDP, SCTP or ANY';

/** A string in documents, so that names would fit too; numbers are what people write. */
const port: Check<number> = (value, { path, report }) => {
	const found = typeof value === 'string' && /^(0|[1-9]\d{0,4})$/.test(value) ? Number(value) : value;
	return typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= 65535
		? found
		: report.wrong(path, value, 'a port number from 0 to 65535 (port names are not supported)');
};

const protocol: Check<number | 'any'> = (value, { path, report }) => {
	const found = typeof value === 'string' ? parseProtocol(value === '' ? 'any' : value) : undefined;
	const usable = found === 'any' || (found !== undefined && hasPorts(found) && !protocolName(found).startsWith('icmp'));
	return usable ? found : report.wrong(path, value, PROTOCOLS);
};

const portProtocol: Check<PortProtocol> = refine(
	object({ port: required(port), endPort: optional(integer(0, 65535)), protocol: optional(protocol) }),
	(found, { path, report }) => {
		const { endPort } = found;
		// Kubernetes writes 0 for absent.
		const range = endPort === undefined || endPort === 0 ? {} : { endPort };
		if (range.endPort !== undefined && (found.port === 0 || range.endPort < found.port)) {
			return report.wrong(
				[...path, 'endPort'],
				endPort,
				found.port === 0 ? 'none with port 0' : `at least the port, ${found.port}`,
			);
		}
		return { port: found.port, ...range, protocol: found.protocol ?? 'any' };
	},
);

const ports: Check<readonly PortProtocol[]> = refine(list(portProtocol), (found, { path, report }) =>
	found.length <= MAX_PORTS ? found : report.wrong(path, found.length, `at most ${MAX_PORTS} ports`),
);

export const toPorts: Check<readonly PortRule[]> = list(object({ ports: optional(ports) }));
