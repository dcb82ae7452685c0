import type { Datapath } from '../../datapath/datapath.js';
import { HeddleError } from '../../errors.js';
import type { Flow } from '../../flows/flow.js';
import type { FlowHistory } from '../../history/history.js';
import type { FlowLoss } from '../../history/loss.js';
import { openFlowHistory } from '../../history/open.js';
import type { FlowHistoryOptions } from '../../history/options.js';
import type { FlowQuery } from '../../history/query.js';
import { recordFlows, type FlowRecorder } from '../../history/recorder.js';
import { watchFailure, type PlainFailure } from './failure.js';

/** An agent's flows on disk. Whatever the disk does, the agent goes on. */
export interface KeptHistory {
	/** undefined: the file could not be opened; then there is only what memory holds. */
	past(query: FlowQuery): AsyncGenerator<Flow | FlowLoss, void> | undefined;
	/** For `heddle status`. */
	status(): HistoryStatus;
	close(): Promise<void>;
}

export interface HistoryStatus {
	readonly path: string;
	readonly flows: number;
	readonly bytes: number;
	/** Flows that the disk did not take. */
	readonly lost: number;
	readonly earliest?: string;
	readonly failure?: PlainFailure;
}

interface Opened {
	readonly history: FlowHistory;
	readonly recorder: FlowRecorder;
}

/** @throws ERR_INVALID_ARGUMENT; what the disk refuses is told to `log` and by `status` */
export async function keepHistory(
	datapath: Pick<Datapath, 'flows' | 'stats'>,
	options: FlowHistoryOptions,
	log: (line: string) => void,
): Promise<KeptHistory> {
	let refused: HeddleError | undefined;
	const opened = await open(datapath, options).catch((error: unknown) => {
		refused = refusal(error);
		return undefined;
	});
	const watch = watchFailure('history', () => refused ?? opened?.history.stats().failure, log);
	return {
		past: (query) => opened?.recorder.past(query),
		status: () => statusOf(options.path, opened?.history, watch.failure()),
		async close() {
			watch.close();
			await opened?.recorder.close();
			// What it refuses has been told.
			await opened?.history.close().catch(() => undefined);
		},
	};
}

async function open(datapath: Pick<Datapath, 'flows' | 'stats'>, options: FlowHistoryOptions): Promise<Opened> {
	const history = await openFlowHistory(options);
	return { history, recorder: recordFlows(datapath, history) };
}

/** The agent's own mistakes are not the disk's. */
function refusal(error: unknown): HeddleError {
	if (error instanceof HeddleError && error.code.startsWith('ERR_STORE')) {
		return error;
	}
	throw error;
}

function statusOf(path: string, history: FlowHistory | undefined, failure: PlainFailure | undefined): HistoryStatus {
	const stats = history?.stats();
	return {
		path,
		flows: stats?.flows ?? 0,
		bytes: stats?.diskBytes ?? 0,
		lost: stats?.lost ?? 0,
		...(stats?.earliest === undefined ? {} : { earliest: stats.earliest.toISOString() }),
		...(failure === undefined ? {} : { failure }),
	};
}
