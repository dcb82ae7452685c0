import { formatAddress } from '../addresses/address.js';

/** Texts of IPv4 addresses that were told lately. */
const texts = new Map<number, string>();
const MOST = 16_384;

/** As `formatAddress`. */
export function addressText(family: number, bytes: Uint8Array): string {
	if (family !== 4) {
		return formatAddress(family, bytes);
	}
	const number = (bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
	let text = texts.get(number);
	if (text === undefined) {
		if (texts.size >= MOST) {
			texts.clear();
		}
		text = formatAddress(family, bytes);
		texts.set(number, text);
	}
	return text;
}
