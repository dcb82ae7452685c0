import { parseProtocol, SCTP, TCP, UDP } from '../policy/protocols.js';
import { listOf, object, optional, refine, required, type Check, type Place } from './check.js';
import type { CiliumPort } from './cilium-rule.js';
import { isPortName, PORT_NAME_MEANING } from './names.js';
import { isPort, MAX_PORT } from './ports.js';
import { integer } from './scalars.js';

/** Cilium's limit. */
const MAX_PORTS = 40;

const PROTOCOLS: readonly (number | 'any' | undefined)[] = ['any', TCP, UDP, SCTP];

/** A string in documents, for there are names too; numbers are what people write. Names have no letter case. */
const port: Check<number | string> = (value, { path, report }) => {
	const found = typeof value === 'string' && /^(0|[1-9]\d{0,4})$/.test(value) ? Number(value) : value;
	if (isPort(found, 0)) {
		return found;
	}
	return typeof found === 'string' && isPortName(found)
		? found.toLowerCase()
		: report.wrong(path, value, `a number from 0 to ${MAX_PORT}, or a name (${PORT_NAME_MEANING})`);
};

/** Empty is the same as absent. */
const protocol: Check<number | 'any'> = (value, { path, report }) => {
	const found = typeof value === 'string' && value.length < 8 ? parseProtocol(value === '' ? 'any' : value) : undefined;
	return found !== undefined && PROTOCOLS.includes(found) ? found : report.wrong(path, value, 'TCP, UDP, SCTP or ANY');
};

const ciliumPort: Check<CiliumPort> = refine(
	object({ port: required(port), endPort: optional(integer(0, MAX_PORT)), protocol: optional(protocol) }),
	(found, place) => {
		// Kubernetes writes 0 for absent.
		const endPort = found.endPort === 0 ? undefined : found.endPort;
		return endPort === undefined || isRange(found.port, endPort, place)
			? { port: found.port, ...(endPort === undefined ? {} : { endPort }), protocol: found.protocol ?? 'any' }
			: undefined;
	},
);

export const ciliumPorts: Check<readonly CiliumPort[]> = listOf(ciliumPort, 0, MAX_PORTS);

function isRange(first: number | string, last: number, { path, report }: Place): boolean {
	if (typeof first === 'number' && first !== 0 && last >= first) {
		return true;
	}
	const expected =
		typeof first === 'string' ? 'none with a name' : first === 0 ? 'none with port 0' : `at least ${first}, the port`;
	report.wrong([...path, 'endPort'], last, expected);
	return false;
}
