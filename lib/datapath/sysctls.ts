import { existsSync } from 'node:fs';

import { readSysctl, writeSysctl } from '../native/addon.js';

type Setting = readonly [path: readonly string[], value: string];

/**
 * The host's stack must take what a pod sends to the host, and send what others of the host send to the pod.
 * Returns how to put the former values back.
 */
export function prepareHostSide(name: string): () => void {
	const undo: (() => void)[] = [];
	for (const [path, value] of settingsOf(name)) {
		const former = readSysctl(path).trim();
		if (former !== value) {
			writeSysctl(path, value);
			undo.push(() => writeSysctl(path, former));
		}
	}
	return () => undo.reverse().forEach(tryTo);
}

function settingsOf(name: string): Setting[] {
	const settings: Setting[] = [
		[['net', 'ipv4', 'conf', name, 'forwarding'], '1'],
		// The way back to a pod on another network than the main table's is not the way it came.
		[['net', 'ipv4', 'conf', name, 'rp_filter'], '0'],
	];
	if (existsSync(`/proc/sys/net/ipv6/conf/${name}`)) {
		settings.push([['net', 'ipv6', 'conf', name, 'forwarding'], '1']);
	}
	return settings;
}

function tryTo(step: () => void): void {
	try {
		step();
	} catch {
		// The interface may be gone by now.
	}
}
