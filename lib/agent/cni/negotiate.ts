import { describeValue } from '../../errors.js';
import type { CniCommand } from './call.js';
import { CniError, INCOMPATIBLE_VERSION } from './cni-error.js';
import { CNI_VERSIONS, isOlder, knownVersion, type CniVersion } from './versions.js';

/** Commands that came later than the oldest version. */
const SINCE: Partial<Record<CniCommand, CniVersion>> = { GC: '1.1.0', STATUS: '1.1.0' };

/** @throws CniError 1 */
export function negotiate(command: CniCommand, asked: unknown): CniVersion {
	const version = knownVersion(asked);
	if (version === undefined) {
		const message = `cniVersion: found ${describeValue(asked)}, expected one of ${CNI_VERSIONS.join(', ')}`;
		throw new CniError(INCOMPATIBLE_VERSION, message);
	}
	const since = SINCE[command];
	if (since !== undefined && isOlder(version, since)) {
		throw new CniError(INCOMPATIBLE_VERSION, `cniVersion: found ${version}, expected ${since} or newer for ${command}`);
	}
	return version;
}
