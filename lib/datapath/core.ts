import type * as abi from '../abi/generated.js';
import type { Epoch } from '../kernel/epoch.js';
import type { KernelMaps } from '../kernel/maps.js';
import type { Pins } from '../kernel/pins.js';
import type { Records } from '../kernel/records.js';
import type { AttachMode, BpfProgram, Netlink } from '../native/addon.js';
import type { Changes } from './changes.js';
import type { DetachedDrops } from './detached-drops.js';
import type { BaseProgram, PartPrograms } from './programs.js';

/** What the parts of one datapath share. */
export interface Core {
	readonly maps: KernelMaps;
	readonly programs: Readonly<Record<BaseProgram, BpfProgram>>;
	readonly parts: PartPrograms;
	readonly epoch: Epoch;
	readonly records: Records;
	readonly changes: Changes;
	readonly detachedDrops: DetachedDrops;
	/** Absent: the datapath ends with this process. */
	readonly pins?: Pins;
	/** In the namespace of the thread that opened the datapath. */
	readonly netlink: Netlink;
	readonly attachMode: AttachMode;
	readonly expedited: boolean;
	/** @throws ERR_CLOSED */
	assertOpen(): void;
}

export type EndpointValue = abi.Endpoint;
