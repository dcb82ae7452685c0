import { hostname } from 'node:os';
import type { Datapath } from '../../datapath/datapath.js';
import { HeddleError } from '../../errors.js';
import { exportFlows, type FlowExport } from '../../export/export.js';
import type { FlowExportOptions } from '../../export/options.js';
import type { ExportConfig } from '../config/records-config.js';
import { watchFailure, type PlainFailure } from './failure.js';
import { hubblePredicates } from './hubble-filters.js';

/** One file of an agent's flows. */
export interface RunningExport {
	/** For `heddle status`. */
	status(): ExportStatus;
	close(): Promise<void>;
}

export interface ExportStatus {
	readonly filePath: string;
	readonly exported: number;
	/** Flows that the disk did not take. */
	readonly lost: number;
	readonly failure?: PlainFailure;
}

/** Events that may wait while this process does something else. */
const BUFFER = 16_384;

/** @throws ERR_INVALID_ARGUMENT naming the option; what the disk refuses is told to `log` and by `status` */
export async function runExport(
	datapath: Pick<Datapath, 'flows'>,
	config: ExportConfig,
	log: (line: string) => void,
): Promise<RunningExport> {
	const { filePath } = config;
	const options = await optionsOf(config);
	let refused: HeddleError | undefined;
	let running: FlowExport | undefined;
	const stream = datapath.flows({ bufferSize: BUFFER });
	try {
		running = exportFlows(stream, options);
	} catch (error) {
		await stream.close();
		refused = refusal(error);
	}
	const watch = watchFailure(`export ${filePath}`, () => refused ?? running?.stats().failure, log);
	return {
		status() {
			const { exported = 0, lost = 0 } = running?.stats() ?? {};
			const failure = watch.failure();
			return { filePath, exported, lost, ...(failure === undefined ? {} : { failure }) };
		},
		async close() {
			watch.close();
			await running?.close();
		},
	};
}

function refusal(error: unknown): HeddleError {
	if (error instanceof HeddleError && error.code.startsWith('ERR_STORE')) {
		return error;
	}
	throw error;
}

async function optionsOf(config: ExportConfig): Promise<FlowExportOptions> {
	const { filePath, fileMaxSizeMb, fileMaxBackups, fileCompress, fieldMask, nodeName = hostname() } = config;
	const { allowList, denyList } = await hubblePredicates(config, nodeName);
	return {
		path: filePath,
		nodeName,
		allowList,
		denyList,
		...(fileMaxSizeMb === undefined ? {} : { maxSizeMb: fileMaxSizeMb }),
		...(fileMaxBackups === undefined ? {} : { maxBackups: fileMaxBackups }),
		...(fileCompress === undefined ? {} : { compress: fileCompress }),
		...(fieldMask === undefined ? {} : { fieldMask }),
	};
}
