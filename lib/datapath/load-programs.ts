import * as abi from '../abi/generated.js';
import { loadOnto, loadOntoNow } from '../kernel/object.js';
import type { ProgramChoice } from '../kernel/object.js';
import { closeAll } from '../kernel/pins.js';
import type { Pins } from '../kernel/pins.js';
import type { BpfMap } from '../native/addon.js';
import type { CheckedDatapathOptions } from './options.js';
import { BASE_PROGRAMS } from './programs.js';
import type { PartLoader } from './programs.js';

const DEFAULT_RING_BYTES = abi.maps.events.maxEntries;

export function baseOf(options: CheckedDatapathOptions): ProgramChoice {
	return { rodata: rodata(options), programs: BASE_PROGRAMS };
}

/** An upgrade takes none of the old programs over. */
export function partLoader(
	maps: Readonly<Record<string, BpfMap>>,
	options: CheckedDatapathOptions,
	pins: Pins | undefined,
): PartLoader {
	const choice = (programs: readonly string[]) => ({ rodata: rodata(options), programs });
	return {
		open(names) {
			const programs = options.existing === 'upgrade' ? undefined : pins?.openPrograms(names);
			return programs && { programs, close: () => closeAll({ maps: {}, programs }) };
		},
		load: (names) => loadOnto(maps, choice(names)),
		loadNow: (names) => loadOntoNow(maps, choice(names)),
		pin: (programs) => pins?.pinPrograms(programs),
	};
}

/** Woken at a quarter full: the reader then has time, and rarely runs. */
function rodata(options: CheckedDatapathOptions): Uint8Array {
	const ringBytes = options.maxEntries['events'] ?? DEFAULT_RING_BYTES;
	const zeroes = abi.rodataCodec.decode(new Uint8Array(abi.rodataCodec.size));
	return abi.rodataCodec.encode({ ...zeroes, wakeupBytes: ringBytes / 4 });
}
