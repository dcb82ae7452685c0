import { existsSync } from 'node:fs';
import * as abi from '../abi/generated.js';
import { HeddleError } from '../errors.js';
import { kernelMaps, type KernelMaps } from '../kernel/maps.js';
import { openPinnedObject } from '../kernel/object.js';
import { openRecords } from '../kernel/records.js';

/** The maps of a pinned datapath, to look at: nothing is written, and whoever runs it is not disturbed. */
export interface PinnedMaps {
	readonly maps: KernelMaps;
	readonly names: PinnedNames;
	close(): void;
}

/** What the datapath's own records say of its numbers. */
export interface PinnedNames {
	network(id: number): string;
	/** `default/client-cil1`; undefined: it has no endpoint of this number. */
	endpoint(id: number): string | undefined;
	/** Empty for reserved ones, and for those that are gone. */
	labels(identity: number): Readonly<Record<string, string>>;
}

interface DatapathRecord {
	readonly layout: string;
}

interface EndpointRecord {
	readonly name: string;
	readonly pod?: { readonly namespace: string; readonly name: string };
}

const RECORD_CHUNK = abi.recordCodec.size - abi.recordOffsets.data;

/** @throws ERR_UNREADABLE where nothing is pinned, ERR_LAYOUT_MISMATCH, ERR_PERMISSION */
export function openPinnedMaps(pinPath: string): PinnedMaps {
	if (!existsSync(pinPath)) {
		throw new HeddleError('ERR_UNREADABLE', `--pin-path: found nothing at ${pinPath}, expected a pinned datapath`, {
			field: 'pin-path',
			found: pinPath,
		});
	}
	const object = openPinnedObject(pinPath, []);
	try {
		const maps = kernelMaps(object.maps);
		checkLayout(pinPath, maps);
		return { maps, names: namesOf(maps), close: () => object.close() };
	} catch (error) {
		object.close();
		throw error;
	}
}

function checkLayout(path: string, maps: KernelMaps): void {
	const found = openRecords(maps.records, RECORD_CHUNK).get<DatapathRecord>(abi.RecordKind.Datapath, 0)?.layout;
	if (found !== abi.LAYOUT_HASH) {
		const message = `${path}: found maps of layout ${found ?? 'unknown'}, expected ${abi.LAYOUT_HASH}; use the version that made it`;
		throw new HeddleError('ERR_LAYOUT_MISMATCH', message, { found, expected: abi.LAYOUT_HASH });
	}
}

function namesOf(maps: KernelMaps): PinnedNames {
	const records = openRecords(maps.records, RECORD_CHUNK);
	const byId = <T>(kind: number) => new Map(records.all<T>(kind).map(({ id, value }) => [id, value]));
	const networks = byId<{ readonly name: string }>(abi.RecordKind.Network);
	const endpoints = byId<EndpointRecord>(abi.RecordKind.Endpoint);
	const identities = byId<{ readonly labels: Readonly<Record<string, string>> }>(abi.RecordKind.Identity);
	return {
		network: (id) => networks.get(id)?.name ?? String(id),
		endpoint(id) {
			const found = endpoints.get(id);
			return found === undefined || found.pod === undefined ? found?.name : `${found.pod.namespace}/${found.name}`;
		},
		labels: (identity) => identities.get(identity)?.labels ?? {},
	};
}
