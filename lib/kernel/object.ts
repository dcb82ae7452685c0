import { HeddleError, wrapNative, wrapNativeAsync } from '../errors.js';
import type { BpfMap, BpfProgram } from '../native/addon.js';
import { embeddedObject, load } from '../native/addon.js';
import { MAP_NAMES } from './maps.js';
import { closeAll, openPinned } from './pins.js';
import type { PinnedObject } from './pins.js';

/** Maps that the control plane shares with a pinned datapath; the others are each loaded object's own. */
const OWN_SECTIONS = ['.rodata', '.bss'];

const SHARED_MAPS = MAP_NAMES.filter((name) => !OWN_SECTIONS.includes(name));

export interface LoadedObject extends PinnedObject {
	maps: Record<string, BpfMap>;
	programs: Record<string, BpfProgram>;
	close(): void;
}

/** @throws ERR_VERIFIER with the whole log, ERR_PERMISSION, ERR_KERNEL_FEATURE */
export async function loadObject(
	maxEntries: Readonly<Record<string, number>>,
	rodata: Uint8Array,
): Promise<LoadedObject> {
	return wrapNativeAsync(() => load(embeddedObject(), { maxEntries: { ...maxEntries }, rodata }), 'load the datapath');
}

/** New programs on the maps that are pinned. @throws ERR_LAYOUT_MISMATCH */
export async function loadOnto(pinned: PinnedObject, rodata: Uint8Array): Promise<LoadedObject> {
	const reuse = Object.fromEntries(SHARED_MAPS.map((name) => [name, pinned.maps[name] as BpfMap]));
	return wrapNativeAsync(() => load(embeddedObject(), { reuse, rodata }), 'load the datapath onto pinned maps');
}

export function openPinnedObject(path: string, programNames: readonly string[]): LoadedObject {
	const opened = wrapNative(() => openPinned(path, SHARED_MAPS, programNames), `open ${path}`);
	return { ...opened, close: () => closeAll(opened) };
}

/** What is to be pinned: without the sections that belong to one object. */
export function sharedPart(object: PinnedObject): PinnedObject {
	return {
		maps: Object.fromEntries(SHARED_MAPS.map((name) => [name, object.maps[name] as BpfMap])),
		programs: object.programs,
	};
}

export function programOf(object: PinnedObject, name: string): BpfProgram {
	const program = object.programs[name];
	if (program === undefined) {
		throw new HeddleError('ERR_LAYOUT_MISMATCH', `program '${name}': found none in the object, expected one`);
	}
	return program;
}
