import { createHash } from 'node:crypto';

/** Host sides of interfaces that attachments make; nothing else may be named so. */
export const HOST_PREFIX = 'hdl';
const HASH_DIGITS = 12;

const HOST_NAME = new RegExp(`^${HOST_PREFIX}[0-9a-f]{${HASH_DIGITS}}$`);

/** The same after every restart: 15 characters, as many as Linux allows. */
export function hostInterfaceName(id: string, network: string): string {
	return HOST_PREFIX + digestOf('host', id, network).toString('hex').slice(0, HASH_DIGITS);
}

export function isHostInterfaceName(name: string): boolean {
	return HOST_NAME.test(name);
}

/** Locally administered, unicast (IEEE 802, 8.2), and the same for the same pod. */
export function macAddress(side: 'pod' | 'host', id: string, network: string): string {
	const bytes = digestOf(side, id, network).subarray(0, 6);
	bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Who has the addresses of an attachment, and what errors and audits call it. */
export function attachmentKey(id: string, network: string): string {
	return `${id}/${network}`;
}

function digestOf(...parts: readonly string[]): Buffer {
	return createHash('sha256').update(parts.join('\0')).digest();
}
