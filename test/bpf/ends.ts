import type { Ends } from './packet.js';
import type { TestEndpoint } from './subject.js';

export type Family = 4 | 6;
export const FAMILIES = [4, 6] as const;

export function addressOf(endpoint: TestEndpoint, family: Family): string {
	return family === 4 ? endpoint.ipv4 : endpoint.ipv6;
}

/** Ends of a frame that `from` sends to `to`, by way of its gateway. */
export function between(from: TestEndpoint, to: TestEndpoint, family: Family, change: Partial<Ends> = {}): Ends {
	return {
		source: addressOf(from, family),
		destination: addressOf(to, family),
		sourceMac: from.mac,
		destinationMac: from.hostMac,
		...change,
	};
}

/** Of a network value: no L7 proxy. */
export const NO_PROXY = { proxyPort: 0, proxyIfindex: 0, proxyMac: new Uint8Array(6) };
