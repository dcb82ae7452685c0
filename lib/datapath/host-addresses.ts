import * as abi from '../abi/generated.js';
import { WRITE_ANY } from '../kernel/typed-map.js';
import { formatAddress, isUsable, parseAddress } from '../addresses/address.js';
import type { Address } from '../addresses/address.js';
import type { Core } from './core.js';

/** Brings the kernel's list of the host's own addresses up to date. true: it changed. */
export function syncHostAddresses(core: Core): boolean {
	const { hostAddresses } = core.maps;
	const wanted = new Map<string, Address>();
	for (const { address } of core.netlink.addresses()) {
		const parsed = parseAddress(address.split('/')[0] ?? '', 'host address');
		if (isUsable(parsed)) {
			wanted.set(formatAddress(parsed.family, parsed.bytes), parsed);
		}
	}
	const present = new Map<string, abi.HostAddressKey>();
	for (const [key] of hostAddresses) {
		present.set(formatAddress(key.family, key.address), key);
	}
	const added = [...wanted].filter(([text]) => !present.has(text)).map(([, address]) => address);
	const gone = [...present].filter(([text]) => !wanted.has(text)).map(([, key]) => key);
	for (const { family, bytes } of added) {
		hostAddresses.set({ family, address: bytes }, { identity: abi.ReservedIdentity.Host }, WRITE_ANY);
	}
	hostAddresses.deleteMany(gone);
	if (added.length + gone.length > 0) {
		core.epoch.bump();
	}
	return added.length + gone.length > 0;
}
