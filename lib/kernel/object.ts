import { HeddleError, wrapNative, wrapNativeAsync } from '../errors.js';
import type { BpfMap, BpfProgram, LoadOptions } from '../native/addon.js';
import { embeddedObject, load, loadNow } from '../native/addon.js';
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

export interface ProgramChoice {
	/** Contents of that section. */
	readonly rodata: Uint8Array;
	/** By name; no other is verified. */
	readonly programs: readonly string[];
}

/** @throws ERR_VERIFIER with the whole log, ERR_PERMISSION, ERR_KERNEL_FEATURE */
export async function loadObject(
	maxEntries: Readonly<Record<string, number>>,
	{ rodata, programs }: ProgramChoice,
): Promise<LoadedObject> {
	const options = { maxEntries: { ...maxEntries }, rodata, programs };
	return wrapNativeAsync(() => load(embeddedObject(), options), 'load the datapath');
}

/** New programs on maps that there are. @throws ERR_LAYOUT_MISMATCH */
export async function loadOnto(maps: Readonly<Record<string, BpfMap>>, choice: ProgramChoice): Promise<LoadedObject> {
	return wrapNativeAsync(() => load(embeddedObject(), onto(maps, choice)), `load ${choice.programs.join(', ')}`);
}

/** `loadOnto`, and this thread waits. */
export function loadOntoNow(maps: Readonly<Record<string, BpfMap>>, choice: ProgramChoice): LoadedObject {
	return wrapNative(() => loadNow(embeddedObject(), onto(maps, choice)), `load ${choice.programs.join(', ')}`);
}

function onto(maps: Readonly<Record<string, BpfMap>>, choice: ProgramChoice): LoadOptions {
	return { ...choice, reuse: Object.fromEntries(SHARED_MAPS.map((name) => [name, maps[name] as BpfMap])) };
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
