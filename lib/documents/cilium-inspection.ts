import { fieldOf, isMapping, itemsOf, type Mapping, type Place } from './check.js';

export type Way = 'ingress' | 'egress';

type Kind = 'rules.http' | 'rules.dns' | 'serverNames';

const PROTOCOLS: Readonly<Record<Kind, readonly string[]>> = {
	'rules.http': ['TCP'],
	'rules.dns': ['UDP', 'TCP', 'ANY'],
	serverNames: ['TCP', 'ANY'],
};

const KNOWN = ['TCP', 'UDP', 'SCTP', 'ANY'];

/** The kinds of layer 7 that an entry of `toPorts` asks for. */
export function inspectionsOf(entry: unknown): readonly Kind[] {
	const rules = isMapping(entry) ? fieldOf(entry, 'rules') : undefined;
	const has = (name: string) => isMapping(rules) && fieldOf(rules, name) !== undefined;
	return [
		...(has('http') ? (['rules.http'] as const) : []),
		...(has('dns') ? (['rules.dns'] as const) : []),
		...(itemsOf(entry, 'serverNames').length > 0 ? (['serverNames'] as const) : []),
	];
}

/** What layer 7 asks of the ports it stands with. */
export function checkInspection(entry: Mapping, way: Way, { path, report }: Place): void {
	const kinds = inspectionsOf(entry);
	const [kind] = kinds;
	if (kind === undefined) {
		return;
	}
	if (kinds.length > 1) {
		report.refuse(path, `found ${kinds.join(' and ')}, expected one of them`);
	}
	if (kinds.includes('rules.dns') && way === 'ingress') {
		report.refuse([...path, 'rules', 'dns'], 'unsupported on ingress, expected on egress only');
	}
	const ports = itemsOf(entry, 'ports');
	if (ports.length === 0) {
		report.refuse([...path, 'ports'], `missing, expected at least one port with ${kind}`);
	}
	ports.forEach((port, i) => checkPort(port, kind, { path: [...path, 'ports', i], report }));
}

function checkPort(value: unknown, kind: Kind, { path, report }: Place): void {
	if (!isMapping(value)) {
		return;
	}
	const written = fieldOf(value, 'protocol') || 'ANY';
	const protocol = typeof written === 'string' ? written.toUpperCase() : '';
	const expected = PROTOCOLS[kind];
	// What is no protocol at all has been told already.
	if (KNOWN.includes(protocol) && !expected.includes(protocol)) {
		report.wrong([...path, 'protocol'], protocol, `${expected.join(' or ')} with ${kind}`);
	}
	const port = fieldOf(value, 'port');
	if (port === 0 || port === '0') {
		report.wrong([...path, 'port'], port, `a port with ${kind}`);
	}
	const endPort = fieldOf(value, 'endPort');
	const isNumber = typeof port === 'number' || typeof port === 'string';
	if (kind === 'rules.dns' && typeof endPort === 'number' && isNumber && endPort > Number(port)) {
		report.wrong([...path, 'endPort'], endPort, 'no range with rules.dns');
	}
}
