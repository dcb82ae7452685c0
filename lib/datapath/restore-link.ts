import { Link, findClsact } from '../native/addon.js';
import type { Hook } from '../native/addon.js';

/** What a former process left on the interface; undefined: nothing, or on one that is gone. */
export function openLink(
	path: string | undefined,
	ifindex: number,
	hook: Hook,
	mode: 'tcx' | 'clsact',
): Link | undefined {
	if (mode === 'clsact') {
		const found = findClsact(ifindex, hook);
		found?.keep();
		return found;
	}
	try {
		const link = Link.openPinned(path ?? '');
		// A link outlives its interface, without one.
		return link.ifindex === ifindex ? link : undefined;
	} catch {
		return undefined;
	}
}
