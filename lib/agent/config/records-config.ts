import { list, object, optional, required, type Check } from '../../documents/check.js';
import { isMapping } from '../../documents/check.js';
import { boolean, integer, string } from '../../documents/scalars.js';

/** Flows on disk, for `heddle observe --since` and Hubble's clients: see `openFlowHistory`. */
export interface HistoryConfig {
	readonly path: string;
	/** Bytes of the file and its log together, from 16 MiB. @default 1 GiB */
	readonly maxBytes?: number;
	/** Hours; older flows go. @default no limit but the bytes */
	readonly maxAgeHours?: number;
}

/** A file of flows as JSON, with the names of Hubble's exporter: see `exportFlows`. */
export interface ExportConfig {
	/** Or `stdout`. */
	readonly filePath: string;
	/** @default 10 */
	readonly fileMaxSizeMb?: number;
	/** @default 5 */
	readonly fileMaxBackups?: number;
	/** @default false */
	readonly fileCompress?: boolean;
	/** Hubble's filters, as JSON or as they are: `{ verdict: [DROPPED] }`. */
	readonly allowList?: readonly (string | object)[];
	readonly denyList?: readonly (string | object)[];
	readonly fieldMask?: readonly string[];
	/** @default the host's name */
	readonly nodeName?: string;
}

const LEAST_BYTES = 16 << 20;
/** A hundred years. */
const MOST_HOURS = 876_000;
const MOST_MB = 1 << 20;
const MOST_BACKUPS = 1 << 16;
export const MOST_EXPORTS = 64;

const path = string(/^[^\0]+$/, 'a path');

const filter: Check<string | object> = (value, { path: where, report }) =>
	typeof value === 'string' || isMapping(value)
		? value
		: report.wrong(where, value, "a filter of Hubble's, such as { verdict: [DROPPED] }");

export const historyConfig: Check<HistoryConfig> = object({
	path: required(path),
	maxBytes: optional(integer(LEAST_BYTES, Number.MAX_SAFE_INTEGER)),
	maxAgeHours: optional(integer(1, MOST_HOURS)),
});

export const exportConfig: Check<ExportConfig> = object({
	filePath: required(path),
	fileMaxSizeMb: optional(integer(1, MOST_MB)),
	fileMaxBackups: optional(integer(0, MOST_BACKUPS)),
	fileCompress: optional(boolean),
	allowList: optional(list(filter)),
	denyList: optional(list(filter)),
	fieldMask: optional(list(string())),
	nodeName: optional(string(/^\S+$/, 'a name')),
});
