import { HeddleError } from '../errors.js';
import { ABI_NAMES, LAYOUT_HASH } from './generated.js';
import { hashLayout } from './layout-hash.js';
import { readLayout } from './read-layout.js';

/** The layout hash of a compiled BPF object. */
export function objectLayoutHash(object: Uint8Array): string {
	return hashLayout(readLayout(object, ABI_NAMES));
}

/** Refuses what was made with another layout than these codecs. `what` names it: `the pins in /sys/fs/bpf/heddle`. */
export function requireLayout(found: string, what: string): void {
	if (found === LAYOUT_HASH) return;
	throw new HeddleError('ERR_LAYOUT_MISMATCH', `${what}: found layout ${found}, expected ${LAYOUT_HASH}`, {
		field: what,
		found,
		expected: LAYOUT_HASH,
	});
}
