import { formatAddress, maskAddress, tryParseAddress, type Address } from './address.js';

/** An address block in canonical form: no bits beyond its length. A bare address is a whole-length one. */
export interface Prefix extends Address {
	readonly length: number;
	/** `10.0.0.0/8`; equal for equal prefixes. */
	readonly text: string;
}

const known = new Map<string, Prefix | undefined>();
const KNOWN = 65_536;

/** Bits beyond the length are dropped, as the field does it. undefined: neither an address nor a CIDR. */
export function parsePrefix(text: string): Prefix | undefined {
	if (known.has(text)) {
		return known.get(text);
	}
	if (known.size >= KNOWN) {
		known.clear();
	}
	const prefix = parse(text);
	known.set(text, prefix);
	return prefix;
}

/** True where every address of `inner` is one of `outer`. */
export function contains(outer: Prefix, inner: Prefix): boolean {
	if (outer.family !== inner.family || inner.length < outer.length) {
		return false;
	}
	const whole = outer.length >> 3;
	for (let i = 0; i < whole; i++) {
		if (outer.bytes[i] !== inner.bytes[i]) {
			return false;
		}
	}
	const rest = outer.length & 7;
	return rest === 0 || ((outer.bytes[whole]! ^ inner.bytes[whole]!) & (0xff << (8 - rest)) & 0xff) === 0;
}

/** The block of `length` bits around a longer one. */
export function shorten({ family, bytes }: Prefix, length: number): Prefix {
	return prefixOf({ family, bytes }, length);
}

export function bitsOf(family: 4 | 6): number {
	return family === 4 ? 32 : 128;
}

function parse(text: string): Prefix | undefined {
	const slash = text.indexOf('/');
	const address = tryParseAddress(slash === -1 ? text : text.slice(0, slash));
	const digits = slash === -1 ? undefined : text.slice(slash + 1);
	if (address === undefined || (digits !== undefined && !/^(0|[1-9]\d{0,2})$/.test(digits))) {
		return undefined;
	}
	const { family } = address;
	const length = digits === undefined ? bitsOf(family) : Number(digits);
	if (length > bitsOf(family)) {
		return undefined;
	}
	return prefixOf(address, length);
}

function prefixOf(address: Address, length: number): Prefix {
	const { family } = address;
	const bytes = maskAddress(address, length);
	return { family, bytes, length, text: `${formatAddress(family, bytes)}/${length}` };
}
