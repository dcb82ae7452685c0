import { contains, parsePrefix } from '../../addresses/prefix.js';
import { invalidArgument } from '../../errors.js';
import { createLabelSet } from '../../labels/label-set.js';
import { SOURCE_RESERVED } from '../../labels/label.js';
import { RESERVED_IDENTITIES } from '../../labels/reserved.js';
import type { Flow, FlowEndpoint } from '../flow.js';
import { parseLabelQuery } from './label-query.js';

/** One end of a flow, with what the packet says of it. */
export interface SeenEnd {
	readonly end: FlowEndpoint;
	readonly ip: string | undefined;
	readonly port: number | undefined;
}

export type EndTest = (seen: SeenEnd) => boolean;

/** Reads a value of a flag. @throws ERR_INVALID_ARGUMENT naming the flag */
export type EndTestReader = (value: string, flag: string) => EndTest;

/** Flags that look at one end: the plain one at either, `from-` and `to-` at that one. */
export const END_TESTS = {
	pod: readPod,
	namespace: (value) => (seen) => seen.end.namespace === value,
	ip: readIp,
	identity: readIdentity,
	label: readLabel,
	port: readPort,
	interface: (value) => (seen) => seen.end.podInterface === value || seen.end.interface === value,
} as const satisfies Readonly<Record<string, EndTestReader>>;

export function sourceOf({ source, ip, l4 }: Flow): SeenEnd {
	return { end: source, ip: ip?.source, port: l4?.sourcePort };
}

export function destinationOf({ destination, ip, l4 }: Flow): SeenEnd {
	return { end: destination, ip: ip?.destination, port: l4?.destinationPort };
}

/** `namespace/` is every pod of it, `name` one of the namespace `default`; names are prefixes, as in Hubble. */
function readPod(value: string, flag: string): EndTest {
	const [first = '', second, ...rest] = value.split('/');
	const [namespace, prefix] = second === undefined ? ['default', first] : [first, second];
	if (rest.length > 0 || namespace === '' || (second === undefined && prefix === '')) {
		throw invalidArgument(flag, value, 'a prefix [namespace/]pod, or namespace/');
	}
	return ({ end }) =>
		end.pod !== undefined &&
		end.namespace === namespace &&
		// The endpoint's name tells the interfaces of a pod apart: `client-cil1`.
		(end.pod.startsWith(prefix) || end.name.startsWith(prefix));
}

function readIp(value: string, flag: string): EndTest {
	const wanted = parsePrefix(value);
	if (wanted === undefined) {
		throw invalidArgument(flag, value, "an address or a CIDR such as '10.0.0.0/8'");
	}
	return ({ ip }) => {
		const found = ip === undefined ? undefined : parsePrefix(ip);
		return found !== undefined && contains(wanted, found);
	};
}

/** By the name of its first label that is no other's: kube-apiserver is a remote node as well. */
const RESERVED = new Map<string, number>();
for (const { id, labels } of RESERVED_IDENTITIES) {
	const names = labels.toStrings().map((label) => label.slice(SOURCE_RESERVED.length + 1));
	RESERVED.set(names.find((name) => !RESERVED.has(name)) ?? String(id), id);
}

function readIdentity(value: string, flag: string): EndTest {
	const number = RESERVED.get(value) ?? (/^\d{1,10}$/.test(value) ? Number(value) : undefined);
	if (number === undefined || number > 0xffff_ffff) {
		throw invalidArgument(flag, value, `a number, or one of ${[...RESERVED.keys()].join(', ')}`);
	}
	return ({ end }) => end.identity === number;
}

function readLabel(value: string, flag: string): EndTest {
	const selector = parseLabelQuery(value, flag);
	return ({ end }) => selector.matches(createLabelSet(end.labels));
}

function readPort(value: string, flag: string): EndTest {
	const wanted = /^\d{1,5}$/.test(value) ? Number(value) : -1;
	if (wanted < 0 || wanted > 65_535) {
		throw invalidArgument(flag, value, 'a port from 0 to 65535');
	}
	return ({ port }) => port === wanted;
}
