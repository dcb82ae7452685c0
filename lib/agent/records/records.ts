import type { Datapath } from '../../datapath/datapath.js';
import type { ExportConfig, HistoryConfig } from '../config/records-config.js';
import { runExport, type ExportStatus, type RunningExport } from './exports.js';
import { keepHistory, type HistoryStatus, type KeptHistory } from './history.js';

/** What an agent writes down of its flows. */
export interface AgentRecords {
	readonly history: KeptHistory | undefined;
	status(): RecordsStatus;
	close(): Promise<void>;
}

export interface RecordsStatus {
	readonly history?: HistoryStatus;
	readonly exports?: readonly ExportStatus[];
}

export interface RecordsConfig {
	readonly history?: HistoryConfig;
	readonly export?: readonly ExportConfig[];
}

const MS_PER_HOUR = 3_600_000;

/** @throws ERR_INVALID_ARGUMENT naming the option */
export async function openRecords(
	datapath: Pick<Datapath, 'flows' | 'stats'>,
	config: RecordsConfig,
	log: (line: string) => void,
): Promise<AgentRecords> {
	const history = config.history && (await openHistory(datapath, config.history, log));
	const exports: RunningExport[] = [];

	async function close(): Promise<void> {
		await Promise.all(exports.map((one) => one.close()));
		await history?.close();
	}

	try {
		for (const one of config.export ?? []) {
			exports.push(await runExport(datapath, one, log));
		}
	} catch (error) {
		await close();
		throw error;
	}
	return {
		history,
		status: () => ({
			...(history === undefined ? {} : { history: history.status() }),
			...(exports.length === 0 ? {} : { exports: exports.map((one) => one.status()) }),
		}),
		close,
	};
}

function openHistory(
	datapath: Pick<Datapath, 'flows' | 'stats'>,
	{ path, maxBytes, maxAgeHours }: HistoryConfig,
	log: (line: string) => void,
): Promise<KeptHistory> {
	const options = {
		path,
		...(maxBytes === undefined ? {} : { maxBytes }),
		...(maxAgeHours === undefined ? {} : { maxAge: maxAgeHours * MS_PER_HOUR }),
	};
	return keepHistory(datapath, options, log);
}
