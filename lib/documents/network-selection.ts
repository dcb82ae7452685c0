import { isUsable, parseMac, tryParseAddress } from '../addresses/address.js';
import { HeddleError, describeValue } from '../errors.js';
import { NAME, NAME_LENGTH } from './names.js';

/** Of the Network Plumbing Working Group, "Kubernetes Network Custom Resource Definition De-facto Standard" v1.3, 4.1. */
export const SELECTION_ANNOTATION = 'k8s.v1.cni.cncf.io/networks';

/** One more network for a pod, and how it wants it. */
export interface NetworkSelection {
	readonly network: string;
	/** In the pod. */
	readonly interface?: string;
	/** One a family at most, without prefix length. */
	readonly ips?: readonly string[];
	readonly mac?: string;
	/** Gateways of default routes, one a family at most; empty: it has none, be it the primary one. */
	readonly defaultRoute?: readonly string[];
}

const FIELDS = ['name', 'namespace', 'interface', 'ips', 'mac', 'default-route'];
/** Of the standard, and nothing that heddle does. */
const OTHER_FIELDS = ['bandwidth', 'portMappings', 'infiniband-guid', 'cni-args', 'deviceID', 'ipam-claim-reference'];
const MAX_SELECTIONS = 64;
const MAX_INTERFACE = 15;

/**
 * Both forms: `jupiter, mars@net2`, and a list in JSON. Networks are in no namespace: one in front of a name is taken
 * only where it is the pod's own, which is what it would be by default.
 * @throws ERR_INVALID_ARGUMENT naming the annotation, and what of it is wrong
 */
export function parseNetworkSelections(text: string, namespace: string): readonly NetworkSelection[] {
	const trimmed = text.trim();
	if (trimmed === '') {
		return [];
	}
	const found = trimmed.startsWith('[') || trimmed.startsWith('{') ? readJson(trimmed) : readShort(trimmed);
	if (found.length > MAX_SELECTIONS) {
		throw wrong('', found.length, `at most ${MAX_SELECTIONS} networks`);
	}
	return found.map((item, i) => checkSelection(item, i, namespace));
}

/** @throws ERR_INVALID_ARGUMENT where no interface could have this name */
export function checkInterfaceName(name: unknown, field: string): string {
	const isName =
		typeof name === 'string' &&
		name !== '' &&
		Buffer.byteLength(name) <= MAX_INTERFACE &&
		!/[/:\s]/.test(name) &&
		!['.', '..', 'lo', 'all', 'default'].includes(name);
	if (!isName) {
		throw wrongField(
			field,
			name,
			`an interface name of 1 to ${MAX_INTERFACE} bytes without '/', ':' and spaces, not lo`,
		);
	}
	return name;
}

function readJson(text: string): readonly unknown[] {
	try {
		const value = JSON.parse(text) as unknown;
		return Array.isArray(value) ? (value as unknown[]) : [value];
	} catch (error) {
		throw wrong('', text, `JSON: ${error instanceof Error ? error.message : String(error)}`);
	}
}

function readShort(text: string): readonly unknown[] {
	return text.split(',').map((part) => {
		const [, namespace, name, at] = /^(?:([^/@]*)\/)?([^/@]*)(?:@(.*))?$/.exec(part.trim()) ?? [];
		if (name === undefined || name === '') {
			throw wrong('', part.trim(), 'a network as [<namespace>/]<name>[@<interface>]');
		}
		return { name, ...(namespace === undefined ? {} : { namespace }), ...(at === undefined ? {} : { interface: at }) };
	});
}

function checkSelection(item: unknown, i: number, namespace: string): NetworkSelection {
	if (typeof item !== 'object' || item === null || Array.isArray(item)) {
		throw wrong(`[${i}]`, item, 'an object with name');
	}
	const fields = item as Readonly<Record<string, unknown>>;
	for (const key of Object.keys(fields)) {
		if (!FIELDS.includes(key)) {
			const expected = OTHER_FIELDS.includes(key) ? 'no such field: heddle does not do this' : FIELDS.join(', ');
			throw wrong(`[${i}].${key}`, fields[key], expected);
		}
	}
	checkNamespace(fields['namespace'], i, namespace);
	const { ips, mac, 'default-route': gateways } = fields;
	return {
		network: checkName(fields['name'], i),
		...(fields['interface'] === undefined
			? {}
			: { interface: checkInterfaceName(fields['interface'], fieldOf(`[${i}].interface`)) }),
		...(ips === undefined ? {} : { ips: checkAddresses(ips, `[${i}].ips`, true) }),
		...(mac === undefined ? {} : { mac: checkMac(mac, fieldOf(`[${i}].mac`)) }),
		...(gateways === undefined ? {} : { defaultRoute: checkAddresses(gateways, `[${i}].default-route`, false) }),
	};
}

function checkName(name: unknown, i: number): string {
	if (typeof name !== 'string' || name.length > NAME_LENGTH || !NAME.test(name)) {
		throw wrong(`[${i}].name`, name, 'the name of a network');
	}
	return name;
}

function checkNamespace(found: unknown, i: number, namespace: string): void {
	if (found !== undefined && found !== namespace) {
		throw wrong(`[${i}].namespace`, found, `${namespace}, the pod's, or none: networks are in no namespace`);
	}
}

/** @throws ERR_INVALID_ARGUMENT for what no interface of a pod can have */
export function checkMac(mac: unknown, field: string): string {
	const bytes = typeof mac === 'string' ? parseMac(mac) : undefined;
	if (bytes === undefined || (bytes[0]! & 1) === 1 || bytes.every((byte) => byte === 0)) {
		throw wrongField(field, mac, 'a unicast MAC address such as 02:00:00:00:00:01');
	}
	return (mac as string).toLowerCase();
}

function checkAddresses(found: unknown, path: string, prefix: boolean): readonly string[] {
	if (!Array.isArray(found) || found.length === 0) {
		throw wrong(path, found, 'a list of addresses');
	}
	return checkRequestAddresses(found as readonly unknown[], fieldOf(path), prefix);
}

/** One usable address a family at most. `prefix`: a length behind it is allowed, and means nothing here. */
export function checkRequestAddresses(found: readonly unknown[], field: string, prefix: boolean): readonly string[] {
	const families = new Set<number>();
	return found.map((text, i) => {
		const bare = typeof text === 'string' && prefix ? text.replace(/\/\d{1,3}$/, '') : text;
		const address = typeof bare === 'string' ? tryParseAddress(bare) : undefined;
		if (address === undefined || (prefix && !isUsable(address))) {
			throw wrongField(`${field}[${i}]`, text, 'a unicast IP address');
		}
		if (families.has(address.family)) {
			throw wrongField(`${field}[${i}]`, text, `one IPv${address.family} address at most`);
		}
		families.add(address.family);
		return bare as string;
	});
}

function fieldOf(path: string): string {
	return `metadata.annotations['${SELECTION_ANNOTATION}']${path}`;
}

function wrong(path: string, found: unknown, expected: string): HeddleError {
	return wrongField(fieldOf(path), found, expected);
}

function wrongField(field: string, found: unknown, expected: string): HeddleError {
	const message = `${field}: found ${describeValue(found)}, expected ${expected}`;
	return new HeddleError('ERR_INVALID_ARGUMENT', message, { field, found, expected });
}
