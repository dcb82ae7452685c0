import * as abi from '../abi/generated.js';
import type { BpfMap } from '../native/addon.js';

/**
 * A word of the control map, as the kernel sees it. For `Atomics` only: writing the whole map's entry would undo what the
 * kernel writes to its neighbours meanwhile.
 */
export function controlWord(control: BpfMap, field: keyof typeof abi.controlOffsets): Uint32Array {
	return new Uint32Array(control.mmap(), abi.dataControlOffsets.control + abi.controlOffsets[field], 1);
}
