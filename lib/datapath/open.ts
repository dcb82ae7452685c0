import * as abi from '../abi/generated.js';
import { HeddleError, closedError, wrapNative } from '../errors.js';
import { jiffiesPerSecond } from '../kernel/clock.js';
import { openEpoch } from '../kernel/epoch.js';
import { kernelMaps } from '../kernel/maps.js';
import type { KernelMaps } from '../kernel/maps.js';
import { loadObject, loadOnto, openPinnedObject, programOf, sharedPart } from '../kernel/object.js';
import type { LoadedObject } from '../kernel/object.js';
import { openPins, pinsExist, publishPins } from '../kernel/pins.js';
import type { Pins } from '../kernel/pins.js';
import { noRecords, openRecords } from '../kernel/records.js';
import type { Records } from '../kernel/records.js';
import { Netlink, kernelRelease, missingPrivilege, probeAttachMode } from '../native/addon.js';
import type { AttachMode } from '../native/addon.js';
import { readImage } from '../policy/read-image.js';
import { createPolicyTable } from '../policy/table.js';
import { createChanges } from './changes.js';
import type { Core } from './core.js';
import { createDatapath } from './datapath.js';
import type { Datapath } from './datapath.js';
import { createDetachedDrops } from './detached-drops.js';
import { baseOf, partLoader } from './load-programs.js';
import { checkDatapathOptions } from './options.js';
import type { CheckedDatapathOptions, DatapathOptions } from './options.js';
import { BASE_PROGRAMS, createPartPrograms } from './programs.js';
import type { BaseProgram } from './programs.js';
import { createRowMemory, forgetfulRows } from './row-memory.js';
import { upgradePrograms } from './upgrade.js';

/** Of the record that says whose pins these are. */
interface DatapathRecord {
	readonly layout: string;
	readonly attachMode: AttachMode;
}

interface Opened {
	readonly object: LoadedObject;
	readonly pins?: Pins;
	readonly attachMode: AttachMode;
	readonly adopted: boolean;
}

const TICK_SHIFT = 4;
const RECORD_CHUNK = abi.recordCodec.size - abi.recordOffsets.data;

/**
 * Loads the datapath into the kernel, or takes over one that is pinned. Needs root, or CAP_BPF, CAP_NET_ADMIN and
 * CAP_PERFMON; Linux 6.1 or later.
 *
 * @throws ERR_PERMISSION, ERR_KERNEL_FEATURE naming the feature, ERR_VERIFIER with the whole log,
 * ERR_LAYOUT_MISMATCH when the pinned maps are of another version, ERR_EXISTS with `existing: 'fail'`,
 * ERR_INVALID_ARGUMENT naming the option
 */
export async function openDatapath(options: DatapathOptions = {}): Promise<Datapath> {
	const checked = checkDatapathOptions(options);
	const missing = wrapNative(missingPrivilege);
	if (missing !== undefined) {
		throw new HeddleError('ERR_PERMISSION', `open the datapath: ${missing}`);
	}
	const opened = await obtain(checked);
	try {
		return await start(opened, checked);
	} catch (error) {
		opened.object.close();
		throw error;
	}
}

async function obtain(options: CheckedDatapathOptions): Promise<Opened> {
	const { pinPath } = options;
	if (pinPath === undefined) {
		const attachMode = modeOf(options);
		return { object: await loadObject(options.maxEntries, baseOf(options)), attachMode, adopted: false };
	}
	if (!wrapNative(() => pinsExist(pinPath), `open ${pinPath}`)) {
		return createPinned(pinPath, options);
	}
	if (options.existing === 'fail') {
		throw new HeddleError('ERR_EXISTS', `pinPath: found a datapath at ${pinPath}, expected none`, {
			field: 'pinPath',
			found: pinPath,
		});
	}
	return adopt(pinPath, options);
}

async function createPinned(path: string, options: CheckedDatapathOptions): Promise<Opened> {
	const attachMode = modeOf(options);
	const object = await loadObject(options.maxEntries, baseOf(options));
	try {
		const record: DatapathRecord = { layout: abi.LAYOUT_HASH, attachMode };
		recordsOf(kernelMaps(object.maps)).put(abi.RecordKind.Datapath, 0, record);
		const pins = wrapNative(() => publishPins(path, sharedPart(object)), `pin under ${path}`);
		return { object, pins, attachMode, adopted: false };
	} catch (error) {
		object.close();
		throw error;
	}
}

async function adopt(path: string, options: CheckedDatapathOptions): Promise<Opened> {
	const pinned = openPinnedObject(path, options.existing === 'upgrade' ? [] : BASE_PROGRAMS);
	try {
		const record = checkLayout(path, kernelMaps(pinned.maps));
		if (options.attachMode !== undefined && options.attachMode !== record.attachMode) {
			throw new HeddleError(
				'ERR_INVALID_ARGUMENT',
				`attachMode: found '${options.attachMode}', expected '${record.attachMode}' as the datapath at ${path} has`,
				{ field: 'attachMode' },
			);
		}
		const pins = openPins(path);
		if (options.existing === 'adopt') {
			return { object: pinned, pins, attachMode: record.attachMode, adopted: true };
		}
		const object = await loadOnto(pinned.maps, baseOf(options));
		return { object: withMaps(object, pinned), pins, attachMode: record.attachMode, adopted: true };
	} catch (error) {
		pinned.close();
		throw error;
	}
}

/** The new object's programs, and the handles of the maps they share with the old one. */
function withMaps(object: LoadedObject, pinned: LoadedObject): LoadedObject {
	return {
		maps: { ...object.maps, ...pinned.maps },
		programs: object.programs,
		close() {
			object.close();
			pinned.close();
		},
	};
}

async function start(
	{ object, pins, attachMode, adopted }: Opened,
	options: CheckedDatapathOptions,
): Promise<Datapath> {
	const maps = kernelMaps(object.maps);
	const epoch = openEpoch(maps.control.handle);
	const netlink = wrapNative(() => new Netlink());
	let open = true;
	const assertOpen = () => {
		if (!open) {
			throw closedError('the datapath');
		}
	};
	const records = pins === undefined ? noRecords() : recordsOf(maps);
	const parts = createPartPrograms(partLoader(object.maps, options, pins));
	const core: Core = {
		maps,
		programs: Object.fromEntries(BASE_PROGRAMS.map((name) => [name, programOf(object, name)])) as Record<
			BaseProgram,
			ReturnType<typeof programOf>
		>,
		parts,
		epoch,
		records,
		detachedDrops: createDetachedDrops(records),
		changes: createChanges(() => epoch.bump(), assertOpen),
		...(pins === undefined ? {} : { pins }),
		netlink,
		attachMode,
		expedited: options.expedited,
		assertOpen,
	};
	try {
		await writeLimits(core, options);
		const memory = pins === undefined ? forgetfulRows() : createRowMemory(maps.records);
		const remembered = adopted ? memory.restore() : undefined;
		const { datapath, endpoints, uplinkLinks } = createDatapath({
			core,
			table: createPolicyTable(
				adopted ? readImage({ sets: maps.policySets, peers: maps.peers, rules: maps.rules }) : undefined,
			),
			memory,
			...(remembered === undefined ? {} : { remembered }),
			sweepIntervalMs: options.sweepIntervalMs,
			flowHistory: options.flowHistory,
			ipBlocks: options.ipBlocks,
			telling: { aggregation: options.aggregation, sampling: options.sampling },
			shut() {
				open = false;
			},
			release() {
				netlink.close();
				parts.close();
				object.close();
			},
		});
		if (adopted && options.existing === 'upgrade') {
			await upgradePrograms(core, endpoints, uplinkLinks());
		}
		if (options.l7 !== undefined && options.l7 !== false) {
			await datapath.l7.start(options.l7 === true ? {} : options.l7);
		}
		return datapath;
	} catch (error) {
		netlink.close();
		parts.close();
		throw error;
	}
}

function recordsOf(maps: KernelMaps): Records {
	return openRecords(maps.records, RECORD_CHUNK);
}

function checkLayout(path: string, maps: KernelMaps): DatapathRecord {
	const record = recordsOf(maps).get<DatapathRecord>(abi.RecordKind.Datapath, 0);
	if (record?.layout !== abi.LAYOUT_HASH) {
		throw new HeddleError(
			'ERR_LAYOUT_MISMATCH',
			`${path}: found maps of layout ${record?.layout ?? 'unknown'}, expected ${abi.LAYOUT_HASH}; unload it with the version that made it`,
			{ found: record?.layout, expected: abi.LAYOUT_HASH },
		);
	}
	return record;
}

function modeOf({ attachMode }: CheckedDatapathOptions): AttachMode {
	if (attachMode === 'clsact') {
		return attachMode;
	}
	const found = wrapNative(probeAttachMode, 'find out how to attach programs');
	if (attachMode === 'tcx' && found !== 'tcx') {
		const message = `attachMode: found 'tcx', expected 'clsact': this kernel (${kernelRelease()}) has no TCX links`;
		throw new HeddleError('ERR_KERNEL_FEATURE', message, { field: 'attachMode', feature: 'tcx' });
	}
	return found;
}

/** What a former process left of the L7 proxy stays: connections that need it are refused, not let past it. */
async function writeLimits(core: Core, options: CheckedDatapathOptions): Promise<void> {
	const { timeouts, dropEventsPerSecond, aggregationIntervalMs } = options;
	const former = core.maps.control.get(0)?.control;
	const rate = await jiffiesPerSecond(() => {
		core.programs.read_clock.testRun({});
		return core.maps.clockResult.get(0) ?? { jiffies: 0n, monotonicNs: 0n };
	});
	const ticks = (seconds: number) => Math.max(1, Math.round((seconds * rate) / 2 ** TICK_SHIFT));
	core.maps.control.set(0, {
		control: {
			epoch: core.epoch.value,
			timeoutTcpSyn: ticks(timeouts.tcpSyn),
			timeoutTcpEstablished: ticks(timeouts.tcpEstablished),
			timeoutTcpClosing: ticks(timeouts.tcpClosing),
			timeoutAny: ticks(timeouts.any),
			dropEventsPerTick: Math.ceil((dropEventsPerSecond * 2 ** TICK_SHIFT) / rate),
			proxiedNetworks: former?.proxiedNetworks ?? 0,
			proxyBeat: former?.proxyBeat ?? 0,
			aggregationTicks: ticks(aggregationIntervalMs / 1000),
			aggregationLimit: abi.Aggregation.None,
			pressedTick: 0,
			tracing: former?.tracing ?? 0,
		},
	});
}
