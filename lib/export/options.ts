import { isAbsolute } from 'node:path';
import { invalidArgument } from '../errors.js';
import type { FlowFilter, FlowPredicate } from '../flows/filter.js';

/** Options as of Hubble's exporter: `hubble-export-…`. */
export interface FlowExportOptions {
	/** Absolute path of the file, folders are made; or `stdout`, which does not rotate. */
	readonly path: string;
	/** MiB at which the file is put aside and begun anew, from 1. @default 10 */
	readonly maxSizeMb?: number;
	/** Files put aside that are kept, the newest; 0: all. @default 5 */
	readonly maxBackups?: number;
	/** Whether files put aside are compressed with gzip. @default false */
	readonly compress?: boolean;
	/** Flows that match one of these are written. @default all */
	readonly allowList?: readonly (FlowFilter | FlowPredicate)[];
	/** Flows that match one of these are not, whatever the allow list says. @default none */
	readonly denyList?: readonly (FlowFilter | FlowPredicate)[];
	/** Fields of the flow that are written: `time`, `source.namespace`, `l4.TCP.destination_port`. @default all */
	readonly fieldMask?: readonly string[];
	/** @default the host's name */
	readonly nodeName?: string;
}

export const DEFAULT_SIZE_MB = 10;
export const DEFAULT_BACKUPS = 5;
export const STANDARD_OUTPUT = 'stdout';

const FILTER_FIELDS: Readonly<Record<keyof FlowFilter, true>> = {
	endpoint: true,
	pod: true,
	identity: true,
	network: true,
	verdict: true,
	eventType: true,
	protocol: true,
	trafficDirection: true,
	dropReason: true,
	ip: true,
	port: true,
	isReply: true,
};

/** But for the field mask. @throws ERR_INVALID_ARGUMENT */
export function checkExportOptions(options: FlowExportOptions): void {
	const { path, maxSizeMb, maxBackups, allowList = [], denyList = [] } = options;
	if (typeof path !== 'string' || !(isAbsolute(path) || path === STANDARD_OUTPUT)) {
		throw invalidArgument('path', path, `an absolute path or '${STANDARD_OUTPUT}'`);
	}
	assertWhole('maxSizeMb', maxSizeMb, 1);
	assertWhole('maxBackups', maxBackups, 0);
	allowList.forEach((filter, i) => assertFilter(`allowList[${i}]`, filter));
	denyList.forEach((filter, i) => assertFilter(`denyList[${i}]`, filter));
}

function assertWhole(field: string, value: number | undefined, least: number): void {
	if (value !== undefined && (!Number.isSafeInteger(value) || value < least)) {
		throw invalidArgument(field, value, `an integer from ${least}`);
	}
}

/** A misspelt field would match everything. */
function assertFilter(field: string, filter: FlowFilter | FlowPredicate): void {
	if (typeof filter === 'function') {
		return;
	}
	if (typeof filter !== 'object' || filter === null) {
		throw invalidArgument(field, filter, 'a filter');
	}
	for (const name of Object.keys(filter)) {
		if (!Object.hasOwn(FILTER_FIELDS, name)) {
			throw invalidArgument(`${field}.${name}`, name, `one of ${Object.keys(FILTER_FIELDS).join(', ')}`);
		}
	}
}
